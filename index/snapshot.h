#pragma once

// Snapshot: one collection at one moment. Immutable; a query is a pure function of it.
//
//   auto snapshot = index->GetSnapshot(collection).value();
//   auto allowed = snapshot->Allow(query.filter, query.principals, context).value();
//   auto rows = snapshot->SearchLexical(terms, 100, allowed, context).value();
//   Passage passage = snapshot->ReadPassage(rows[0].row).value();
//
// Thread-safe. Holding one keeps what it shows alive (memory of the derived indexes, disk of the
// store): take one per query and let it go. It must not outlive its Index.

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bitmap.h"
#include "base/query.h"
#include "base/shared_bytes.h"
#include "index/document_sets.h"
#include "index/held_languages.h"
#include "index/id_map.h"
#include "index/lexical_index.h"
#include "index/records.h"
#include "index/row_table.h"
#include "index/store.h"
#include "index/vector_index.h"

namespace quarry::index {

// Which rows a query may see; nullopt = every live row.
using AllowedRows = std::optional<Bitmap>;

// What a snapshot is made of. Filled by the writer, never changed after.
struct SnapshotParts {
  std::shared_ptr<const StoreView> view;
  StoredCollection collection;
  CommitSequence commit;  // the last change that shows
  RowTable rows;
  Bitmap live;           // over rows
  Bitmap live_versions;  // over the documents of rows
  IdMap positions;       // DocumentNumber -> its newest version among the documents of rows
  uint64_t live_documents = 0;
  std::shared_ptr<const LexicalIndex> lexical;
  std::optional<StoredGeneration>
      generation;  // of the vectors; nullopt before the first is published
  std::optional<StoredGeneration> previous;  // kept beside it
  std::optional<SharedBytes> embedder;       // the generation's, where it has a file
  std::vector<std::shared_ptr<const VectorIndex>> vectors;
  uint64_t rows_with_vector = 0;  // live ones
};

class Snapshot {
 public:
  explicit Snapshot(SnapshotParts parts);

  const StoredCollection& collection() const { return parts_.collection; }
  CommitSequence commit() const { return parts_.commit; }
  const std::optional<StoredGeneration>& generation() const { return parts_.generation; }
  // The one that IndexWriter::ResumePreviousGeneration takes up.
  const std::optional<StoredGeneration>& previous_generation() const { return parts_.previous; }
  const RowTable& rows() const { return parts_.rows; }
  const LexicalIndex& lexical() const { return *parts_.lexical; }
  const std::vector<std::shared_ptr<const VectorIndex>>& vectors() const { return parts_.vectors; }
  const StoreView& view() const { return *parts_.view; }

  uint64_t live_documents() const { return parts_.live_documents; }
  uint64_t live_chunks() const { return live_chunks_; }
  // Chunks that are found lexically and have no vector of the current generation yet.
  uint64_t pending_vectors() const { return live_chunks_ - parts_.rows_with_vector; }
  bool IsLive(RowId row) const { return parts_.live.Test(row); }
  // The positions in rows() of documents that are there, and that of one of them.
  const Bitmap& live_versions() const { return parts_.live_versions; }
  std::optional<size_t> PositionOf(DocumentNumber document) const;
  // What row_filter.h keeps between searches.
  const DocumentSets& document_sets() const { return document_sets_; }

  // The live rows whose documents satisfy `filter` and may be read by `principals`.
  Result<AllowedRows> Allow(const Filter& filter, const Principals& principals,
                            const CallContext& context) const;

  // Those of `allowed` that hold what `query` requires and nothing that it excludes. The analyzer
  // is that of the collection. See word_filter.h for what it costs.
  Result<AllowedRows> Restrict(AllowedRows allowed, const LexicalQuery& query,
                               const Analyzer& analyzer, const CallContext& context) const;

  // The best rows for a bag of terms, by BM25. See LexicalIndex::Search.
  Result<std::vector<ScoredRow>> SearchLexical(std::span<const QueryTerm> terms, ResultLimit limit,
                                               const AllowedRows& allowed,
                                               const CallContext& context) const;

  // The nearest rows by inner product. kFailedPrecondition when no generation is published,
  // kInvalidArgument when the dimension is another.
  Result<std::vector<ScoredRow>> SearchDense(std::span<const float> query, ResultLimit limit,
                                             const AllowedRows& allowed,
                                             const VectorSearchOptions& options,
                                             const CallContext& context) const;

  // Record of a chunk with what a reader needs of its document.
  Result<Passage> ReadPassage(RowId row) const;

  // The terms of a chunk with their counts, by term: what its postings are made of.
  Result<std::vector<TermFrequency>> ReadTerms(RowId row) const;

  // kNotFound when there is no document of that id (any more).
  Result<StoredDocument> ReadDocument(std::string_view id) const;
  Result<StoredDocument> ReadDocument(DocumentNumber document) const;
  // The same for those who may know a document by an older name: when no document has that id, the
  // one that had it before its file was moved (StoredDocument::aliases).
  Result<StoredDocument> FindDocument(std::string_view id) const;
  // The ids of the records of a file (Document::source), in order of first indexing.
  Result<std::vector<DocumentId>> RecordsOf(const DocumentId& source) const;
  Result<std::string> ReadText(DocumentNumber document) const;
  Result<StoredChunk> ReadChunk(ChunkId chunk) const;
  // Which languages the live rows are in. Found out when it is first asked.
  HeldLanguages languages() const;
  // In which a document is, be it a single one, by what each was said to be in when it was read: for collections too
  // small for languages(). Reads the documents when it is first asked.
  Result<HeldLanguages> DocumentLanguages() const;
  // Ordered by document number, which is the order of first indexing. Stops when visit returns
  // false.
  Status ForEachDocument(const std::function<bool(const StoredDocument&)>& visit) const;

  // Calls visit(chunk, IndexedText) for every live chunk in the order of the ids. Stops when it
  // returns false.
  Status ForEachIndexedText(
      const std::function<bool(ChunkId chunk, std::string_view text)>& visit) const;

  // The bytes of the current generation's embedder, checked against their stored hash (kDataLoss).
  // REQUIRES: generation().
  Result<SharedBytes> ReadEmbedderBlob() const;
  // Of any generation of the store, read from there.
  Result<SharedBytes> ReadEmbedderBlob(const StoredGeneration& generation) const;

 private:
  SnapshotParts parts_;
  uint64_t live_chunks_ = 0;
  bool all_live_ = false;
  DocumentSets document_sets_;
  mutable KnownLanguages languages_;
  mutable KnownLanguages document_languages_;
};

}  // namespace quarry::index
