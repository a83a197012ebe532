#include "index/records.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "base/coding.h"
#include "index/indexed_terms.h"
#include "index/record_coding.h"

namespace quarry::index {
namespace {

using namespace record_coding;

static_assert(std::endian::native == std::endian::little, "stored vectors are little-endian");
static_assert(sizeof(float) == 4);

// What a term list may expand to. Shared prefixes make small damaged bytes claim huge lists.
constexpr size_t kMaxTermListBytes = size_t{1} << 28;

}  // namespace

std::string EncodeCollection(const StoredCollection& collection) {
  std::string out = NewRecord(kCollectionVersion);
  AppendVarint(out, collection.id.value);
  AppendBytes(out, collection.name);
  AppendBytes(out, collection.analyzer_fingerprint);
  AppendDouble(out, collection.k1);
  AppendDouble(out, collection.b);
  AppendSigned(out, collection.created_micros);
  AppendVarint(out, collection.current_generation.value);
  AppendVarint(out, collection.title_weight);
  out.push_back(collection.vectors ? '\x01' : '\x00');
  if (!collection.vectors) return out;
  const VectorSettings& vectors = *collection.vectors;
  out.push_back(static_cast<char>(vectors.kind));
  out.push_back(static_cast<char>(vectors.codes));
  AppendVarint(out, vectors.hnsw_links);
  AppendVarint(out, vectors.hnsw_build_width);
  AppendDouble(out, vectors.target_recall);
  return out;
}

Result<StoredCollection> DecodeCollection(std::string_view bytes) {
  Decoder in(bytes, "collection", kCollectionVersion);
  StoredCollection collection;
  collection.id = in.ValidId<CollectionId>("collection id is 0");
  collection.name = in.String();
  collection.analyzer_fingerprint = in.String();
  collection.k1 = in.reader().Double();
  collection.b = in.reader().Double();
  in.Require(std::isfinite(collection.k1) && collection.k1 >= 0, "k1 is not a number >= 0");
  in.Require(collection.b >= 0 && collection.b <= 1, "b is not between 0 and 1");
  collection.created_micros = in.Signed();
  collection.current_generation = in.AnyId<GenerationId>();
  if (in.version() >= 2) {
    collection.title_weight = in.reader().Varint32();
    in.Require(collection.title_weight >= 1 && collection.title_weight <= kMaxTitleWeight,
               "the weight of the title is not between 1 and 100");
  }
  if (in.version() >= 2 && in.Bool()) {
    VectorSettings vectors;
    vectors.kind = static_cast<VectorIndexKind>(in.reader().Byte());
    vectors.codes = static_cast<VectorCodeKind>(in.reader().Byte());
    vectors.hnsw_links = in.reader().Varint32();
    vectors.hnsw_build_width = in.reader().Varint32();
    vectors.target_recall = in.reader().Double();
    in.Require(vectors.kind <= VectorIndexKind::kFaissIvf, "unknown kind of vector index");
    in.Require(vectors.codes <= VectorCodeKind::kFloat, "unknown kind of vector codes");
    in.Require(vectors.target_recall >= 0 && vectors.target_recall <= 1,
               "target recall is not between 0 and 1");
    collection.vectors = vectors;
  }
  QUARRY_RETURN_IF_ERROR(in.Finish());
  return collection;
}

std::string EncodeDocument(const StoredDocument& document) {
  std::string out = NewRecord();
  AppendVarint(out, document.number.value);
  for (const std::string* text : {&document.id, &document.source, &document.root, &document.uri,
                                  &document.title, &document.media_type, &document.language}) {
    AppendBytes(out, *text);
  }
  AppendMetadata(out, document.metadata);
  AppendStrings(out, document.access);
  AppendFixed64(out, document.source_hash);
  AppendFixed64(out, document.content_hash);
  AppendBytes(out, document.pipeline);
  AppendSigned(out, document.indexed_micros);
  AppendVarint(out, document.text_bytes);
  AppendChunkIds(out, document.chunks);
  AppendVarint(out, document.commit.value);
  AppendStrings(out, document.aliases);
  return out;
}

Result<StoredDocument> DecodeDocument(std::string_view bytes) {
  Decoder in(bytes, "document");
  StoredDocument document;
  document.number = in.ValidId<DocumentNumber>("document number is 0");
  for (std::string* text : {&document.id, &document.source, &document.root, &document.uri,
                            &document.title, &document.media_type, &document.language}) {
    *text = in.String();
  }
  in.Require(!document.id.empty(), "document id is empty");
  document.metadata = in.Fields();
  document.access = in.Strings();
  document.source_hash = in.reader().Fixed64();
  document.content_hash = in.reader().Fixed64();
  document.pipeline = in.String();
  document.indexed_micros = in.Signed();
  document.text_bytes = in.reader().Varint();
  document.chunks = in.ChunkIds();
  document.commit = in.ValidId<CommitSequence>("commit sequence is 0");
  document.aliases = in.Strings();
  QUARRY_RETURN_IF_ERROR(in.Finish());
  return document;
}

std::string EncodeChunk(const StoredChunk& chunk) {
  std::string out = NewRecord();
  AppendVarint(out, chunk.id.value);
  AppendVarint(out, chunk.document.value);
  AppendVarint(out, chunk.ordinal);
  AppendSpan(out, chunk.span);
  AppendVarint(out, chunk.token_count);
  AppendVarint(out, chunk.length);
  AppendFixed64(out, chunk.text_hash);
  AppendFixed64(out, chunk.input_hash);
  AppendBytes(out, chunk.text);
  AppendBlocks(out, chunk.blocks);
  return out;
}

Result<StoredChunk> DecodeChunk(std::string_view bytes) {
  Decoder in(bytes, "chunk");
  StoredChunk chunk;
  chunk.id = in.ValidId<ChunkId>("chunk id is 0");
  chunk.document = in.ValidId<DocumentNumber>("document number is 0");
  chunk.ordinal = in.reader().Varint32();
  chunk.span = in.Span();
  chunk.token_count = in.reader().Varint32();
  chunk.length = in.reader().Varint32();
  chunk.text_hash = in.reader().Fixed64();
  chunk.input_hash = in.reader().Fixed64();
  chunk.text = in.String();
  chunk.blocks = in.Blocks(chunk.text.size());
  QUARRY_RETURN_IF_ERROR(in.Finish());
  return chunk;
}

std::string EncodeGeneration(const StoredGeneration& generation) {
  std::string out = NewRecord();
  AppendVarint(out, generation.id.value);
  AppendBytes(out, generation.embedder_kind);
  AppendBytes(out, generation.space.fingerprint);
  AppendVarint(out, generation.space.dimension);
  out.push_back(static_cast<char>(generation.space.metric));
  out.push_back(generation.space.normalised ? '\x01' : '\x00');
  AppendVarint(out, generation.blob_bytes);
  AppendFixed64(out, generation.blob_hash);
  AppendVarint(out, generation.blob_parts);
  AppendSigned(out, generation.created_micros);
  AppendVarint(out, generation.learnt_chunks);
  return out;
}

Result<StoredGeneration> DecodeGeneration(std::string_view bytes) {
  Decoder in(bytes, "generation");
  StoredGeneration generation;
  generation.id = in.ValidId<GenerationId>("generation id is 0");
  generation.embedder_kind = in.String();
  generation.space.fingerprint = in.String();
  generation.space.dimension = in.reader().Varint32();
  const uint8_t metric = in.reader().Byte();
  in.Require(metric == static_cast<uint8_t>(Metric::kInnerProduct), "unknown metric");
  generation.space.metric = static_cast<Metric>(metric);
  generation.space.normalised = in.Bool();
  generation.blob_bytes = in.reader().Varint();
  generation.blob_hash = in.reader().Fixed64();
  generation.blob_parts = in.reader().Varint32();
  const uint64_t parts = generation.blob_bytes / kGenerationPartBytes +
                         (generation.blob_bytes % kGenerationPartBytes != 0 ? 1 : 0);
  in.Require(generation.blob_parts == parts, "number of blob parts does not fit their bytes");
  generation.created_micros = in.Signed();
  generation.learnt_chunks = in.reader().Varint();
  QUARRY_RETURN_IF_ERROR(in.Finish());
  return generation;
}

std::string EncodeChange(const StoredChange& change) {
  std::string out = NewRecord();
  AppendVarint(out, change.sequence.value);
  AppendVarint(out, change.document.value);
  AppendBytes(out, change.id);
  out.push_back(static_cast<char>(change.kind));
  AppendChunkIds(out, change.added);
  AppendChunkIds(out, change.kept);
  AppendChunkIds(out, change.removed);
  AppendSigned(out, change.micros);
  return out;
}

Result<StoredChange> DecodeChange(std::string_view bytes) {
  Decoder in(bytes, "change");
  StoredChange change;
  change.sequence = in.ValidId<CommitSequence>("commit sequence is 0");
  change.document = in.ValidId<DocumentNumber>("document number is 0");
  change.id = in.String();
  in.Require(!change.id.empty(), "document id is empty");
  change.kind = static_cast<StoredChange::Kind>(in.reader().Byte());
  in.Require(change.kind == StoredChange::Kind::kPut || change.kind == StoredChange::Kind::kDelete,
             "unknown kind of change");
  change.added = in.ChunkIds();
  change.kept = in.ChunkIds();
  change.removed = in.ChunkIds();
  in.Require(
      change.kind == StoredChange::Kind::kPut || (change.added.empty() && change.kept.empty()),
      "a deletion adds or keeps chunks");
  change.micros = in.Signed();
  QUARRY_RETURN_IF_ERROR(in.Finish());
  return change;
}

std::string EncodeTerms(std::span<const TermFrequency> terms) {
  std::string out = NewRecord();
  AppendVarint(out, terms.size());
  std::string_view last;
  for (const auto& [term, count] : terms) {
    const auto differs = std::mismatch(last.begin(), last.end(), term.begin(), term.end());
    const auto shared = static_cast<size_t>(differs.first - last.begin());
    AppendVarint(out, shared);
    AppendBytes(out, std::string_view(term).substr(shared));
    AppendVarint(out, count);
    last = term;
  }
  return out;
}

Result<std::vector<TermFrequency>> DecodeTerms(std::string_view bytes) {
  Decoder in(bytes, "term list");
  std::vector<TermFrequency> terms;
  const size_t count = in.Count(3);  // shared bytes, length of the rest, count
  terms.reserve(count);
  std::string_view last;
  size_t total = 0;
  for (size_t i = 0; i < count && in.ok(); ++i) {
    const uint64_t shared = in.reader().Varint();
    const std::string_view rest = in.reader().Bytes();
    in.Require(shared <= last.size(), "a term shares more bytes than the one before it has");
    total += rest.size() + static_cast<size_t>(shared);
    in.Require(total <= kMaxTermListBytes, "the list is too large");
    if (!in.ok()) break;
    TermFrequency& entry = terms.emplace_back();
    entry.term.reserve(shared + rest.size());
    entry.term.append(last.substr(0, shared)).append(rest);
    entry.count = in.reader().Varint32();
    in.Require(i == 0 || last < entry.term, "terms are out of order");
    in.Require(entry.count != 0, "a term occurs 0 times");
    last = entry.term;  // stays where it is: the list was reserved
  }
  QUARRY_RETURN_IF_ERROR(in.Finish());
  return terms;
}

std::string EncodeInteger(uint64_t value) {
  std::string out = NewRecord();
  AppendVarint(out, value);
  return out;
}

Result<uint64_t> DecodeInteger(std::string_view bytes) {
  Decoder in(bytes, "integer");
  const uint64_t value = in.reader().Varint();
  QUARRY_RETURN_IF_ERROR(in.Finish());
  return value;
}

std::string EncodeVector(std::span<const float> vector) {
  std::string out(vector.size_bytes(), '\0');
  if (!vector.empty()) std::memcpy(out.data(), vector.data(), vector.size_bytes());
  return out;
}

Status DecodeVector(std::string_view bytes, std::span<float> vector) {
  if (bytes.size() != vector.size_bytes()) {
    return DataLossError("vector: " + std::to_string(bytes.size()) + " bytes, expected " +
                         std::to_string(vector.size_bytes()));
  }
  if (!vector.empty()) std::memcpy(vector.data(), bytes.data(), bytes.size());
  // Without a branch per value: x - x is 0 for finite x and NaN otherwise.
  float sum = 0;
  for (const float value : vector) sum += value - value;
  if (sum != 0) return DataLossError("vector: a value is not finite");
  return OkStatus();
}

}  // namespace quarry::index
