#pragma once

// The values of the Store: what is kept under the keys of keys.h, and its bytes.
//
// Every record starts with a version byte (kRecordVersion, of a collection kCollectionVersion) and
// uses base/coding.h: varints, length-prefixed strings, little-endian doubles. Vectors, document
// texts and blob parts are raw bytes: their format is that of the key.
//
// Encode gives the bytes; Decode believes nothing: lengths, counts, enumerators and order are
// checked before anything is allocated. Its errors are kDataLoss and name the record and the
// problem ("chunk record: span ends before it begins"). Whoever reads the store adds the key.
//
// Plain values and free functions: thread-safe as far as values are.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/document.h"
#include "base/embedding.h"
#include "base/ids.h"
#include "base/status.h"
#include "index/vector_index.h"

namespace quarry::index {

// What this program writes and reads; MANIFEST.json holds it. Another one on disk is
// kFailedPrecondition on open, naming both.
inline constexpr uint64_t kStoreFormatVersion = 2;

inline constexpr uint8_t kRecordVersion = 1;
// Of the collection record. Version 1, which has fewer fields, is read as well.
inline constexpr uint8_t kCollectionVersion = 2;

// A collection: a set of documents with one analyzer and one current generation of vectors.
struct StoredCollection {
  CollectionId id;
  std::string name;
  std::string analyzer_fingerprint;  // checked on open: terms of another analyzer do not match
  double k1 = 1.2;                   // BM25
  double b = 0.75;
  int64_t created_micros = 0;
  GenerationId current_generation;  // 0 = none: dense retrieval is off
  // Since version 2 of the record; before, as here.
  uint32_t title_weight = 1;  // 1 to kMaxTitleWeight (indexed_terms.h)
  // Of its vector indexes. nullopt in collections of before: the options that the index is opened
  // with.
  std::optional<VectorSettings> vectors;

  friend bool operator==(const StoredCollection&, const StoredCollection&) = default;
};

// A document version, without its text (kDocumentText) and the texts of its chunks.
struct StoredDocument {
  DocumentNumber number;
  DocumentId id;
  DocumentId source;  // Document::source
  std::string root;   // the indexed root that it was synced from; "" if it was given directly
  std::string uri;
  std::string title;
  std::string media_type;
  std::string language;
  Metadata metadata;
  std::vector<std::string> access;  // principals; empty = everyone in the collection
  uint64_t source_hash = 0;         // Document::source_hash
  uint64_t content_hash = 0;        // Hash64 of the normalised text
  std::string pipeline;             // fingerprint of parser and chunker
  int64_t indexed_micros = 0;
  uint64_t text_bytes = 0;
  std::vector<ChunkId> chunks;  // by ordinal
  CommitSequence commit;        // the commit that wrote this version
  // Ids that the document had before its file was moved, for one sync of its root
  // (IndexWriter::DropAliases).
  std::vector<DocumentId> aliases;

  friend bool operator==(const StoredDocument&, const StoredDocument&) = default;
};

struct StoredChunk {
  ChunkId id;
  DocumentNumber document;
  uint32_t ordinal = 0;
  SourceSpan span;
  uint32_t token_count = 0;
  uint32_t length = 0;  // number of terms: the sum of the counts of its term list
  uint64_t text_hash = 0;
  uint64_t input_hash = 0;
  std::string text;
  std::vector<ChunkBlock> blocks;

  friend bool operator==(const StoredChunk&, const StoredChunk&) = default;
};

// One embedder's vectors of a collection. The embedder's own table, if it has one (a learnt one
// does), is kept beside it in `blob_parts` parts of kGenerationPartBytes (the last may be shorter).
struct StoredGeneration {
  GenerationId id;
  std::string embedder_kind;  // "learnt", "openai", ...
  EmbeddingSpace space;
  uint64_t blob_bytes = 0;
  uint64_t blob_hash = 0;  // Hash64 of all parts in order
  uint32_t blob_parts = 0;
  int64_t created_micros = 0;
  uint64_t learnt_chunks = 0;  // how many chunks it was learnt from; 0 if not learnt

  friend bool operator==(const StoredGeneration&, const StoredGeneration&) = default;
};

inline constexpr size_t kGenerationPartBytes = 1u << 20;

// An entry of the change log: what one commit did to one document. The old chunks of the document
// were kept and removed ones, its new ones are kept and added ones.
struct StoredChange {
  enum class Kind : uint8_t { kPut = 1, kDelete = 2 };

  CommitSequence sequence;
  DocumentNumber document;
  DocumentId id;
  Kind kind = Kind::kPut;
  std::vector<ChunkId> added;
  std::vector<ChunkId> kept;  // same id, text and terms; the ordinal may differ
  std::vector<ChunkId> removed;
  int64_t micros = 0;

  friend bool operator==(const StoredChange&, const StoredChange&) = default;
};

std::string EncodeCollection(const StoredCollection& collection);
std::string EncodeDocument(const StoredDocument& document);
std::string EncodeChunk(const StoredChunk& chunk);
std::string EncodeGeneration(const StoredGeneration& generation);
std::string EncodeChange(const StoredChange& change);
// The forward term list of a chunk (IndexedTerms).
// REQUIRES: sorted by term, no term twice, no count 0, terms of at most 256 MiB together.
std::string EncodeTerms(std::span<const TermFrequency> terms);
// Counters, ids under names, meta fields.
std::string EncodeInteger(uint64_t value);
// float32, little-endian, nothing else.
std::string EncodeVector(std::span<const float> vector);

Result<StoredCollection> DecodeCollection(std::string_view bytes);
Result<StoredDocument> DecodeDocument(std::string_view bytes);
Result<StoredChunk> DecodeChunk(std::string_view bytes);
Result<StoredGeneration> DecodeGeneration(std::string_view bytes);
Result<StoredChange> DecodeChange(std::string_view bytes);
Result<std::vector<TermFrequency>> DecodeTerms(std::string_view bytes);
Result<uint64_t> DecodeInteger(std::string_view bytes);
// Fills `vector`; its size is the dimension that is expected. Values that are not finite are
// refused.
Status DecodeVector(std::string_view bytes, std::span<float> vector);

}  // namespace quarry::index
