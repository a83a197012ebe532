#pragma once

// LexicalIndex: BM25 (bm25.h) over the terms of chunks.
//
// The number of rows, the document frequencies and the average length count live rows only, so the
// scores equal those of an index that was built afresh from the live chunks, whatever was deleted
// before. They depend on the live rows and the query alone, to the last bit: not on how the rows
// fell into segments, nor on the order of the query's terms.
//
// Immutable: Apply makes a new index that shares the postings of the old one. It is a list of
// segments (lexical_segment.h), each the postings of a run of rows; Apply adds one for the new rows
// and merges tiny neighbours. Larger merges are made beside the writer, by whoever asks for
// NextMerge and puts the result in with WithMerged; where that is done there are O(log rows)
// segments and at most a quarter of their rows is dead. Readers need no lock; any number of threads
// may search one index.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/analyzer.h"
#include "base/bitmap.h"
#include "base/call_context.h"
#include "index/bm25.h"
#include "index/lexical_query.h"
#include "index/row_table.h"
#include "index/segment_view.h"

namespace quarry::index {

// What one term of the query contributed to one row's score.
struct TermContribution {
  std::string term;  // or prefix
  bool prefix = false;
  bool translated = false;  // the term's words in another language were searched for
  uint32_t query_count = 0;
  uint32_t count = 0;               // in the row
  uint64_t document_frequency = 0;  // live rows that hold the term
  double idf = 0;
  double score = 0;
  // Of a prefix: which of the terms that it stands for the row holds, those in the most rows first.
  // Of a translated term: which of its translations, the nearest first.
  std::vector<std::string> matched;
};

class LexicalIndex {
 public:
  // REQUIRES: k1 >= 0, 0 <= b <= 1.
  static std::shared_ptr<const LexicalIndex> Empty(const Bm25Parameters& parameters = {});

  // An index of segments that were made before: `segments` ascend by rows and have the parameters.
  static std::shared_ptr<const LexicalIndex> Restore(const Bm25Parameters& parameters,
                                                     std::vector<SegmentView> segments);

  // The index with the rows of `added` and without those of `removed`. Costs time in proportion to
  // them; tiny segments are merged, of at most `inline_slots` slots in all. REQUIRES: added rows
  // ascend and are larger than every row that was ever added; removed rows are live.
  std::shared_ptr<const LexicalIndex> Apply(std::span<const LexicalRow> added,
                                            std::span<const LexicalRow> removed,
                                            uint64_t inline_slots = 4096) const;

  // Neighbouring segments that should become one: the merge that is due and reads the fewest slots,
  // at most `max_slots`. Empty when there is none.
  std::span<const SegmentView> NextMerge(uint64_t max_slots = UINT64_MAX) const;
  // The same for keeping segments in files: each is to have at least eight times as many rows as
  // the next.
  std::span<const SegmentView> NextConsolidation() const;
  // The rows that died in `parts` since that copy of them was taken; nullopt where they are no
  // longer the neighbours that they were.
  std::optional<std::vector<RowId>> DiedSince(std::span<const SegmentView> parts) const;
  // The index with `merged` in place of `parts`. REQUIRES: DiedSince(parts) is not nullopt, and
  // those rows are dead in `merged` too.
  std::shared_ptr<const LexicalIndex> WithMerged(std::span<const SegmentView> parts,
                                                 SegmentView merged) const;

  // The index with other memory behind some of its segments, by the segment that each stands for.
  // REQUIRES: their bytes are equal.
  using Replacements = std::map<const LexicalSegment*, std::shared_ptr<const LexicalSegment>>;
  std::shared_ptr<const LexicalIndex> WithSegments(const Replacements& replacements) const;

  // The index without dead rows, row r being new_rows[r]. REQUIRES: the new rows of live ones
  // ascend. Errors: those of context.Check().
  Result<std::shared_ptr<const LexicalIndex>> Renumbered(std::span<const RowId> new_rows,
                                                         const CallContext& context) const;

  // The best rows for a bag of query terms (repeated terms count), best first, ties by
  // table.Precedes. Rows without any of the terms are not returned. A prefix counts as one term
  // (query_postings.h). `allowed` restricts the result, not the statistics; nullptr = all live
  // rows; else allowed->size() >= rows of the table. Errors: those of context.Check().
  Result<std::vector<ScoredRow>> Search(std::span<const QueryTerm> terms, ResultLimit limit,
                                        const Bitmap* allowed, const RowTable& table,
                                        const CallContext& context) const;

  // How the scores of `rows` come about: for each one entry per distinct query term in query order;
  // the scores add up to that of Search. Counts and scores are 0 where the row is dead or lacks the
  // term. Errors: those of context.Check().
  Result<std::vector<std::vector<TermContribution>>> Explain(std::span<const QueryTerm> terms,
                                                             std::span<const RowId> rows,
                                                             const CallContext& context) const;

  // How often `term` stands in `row`; 0 where the row is dead.
  uint32_t TermCount(std::string_view term, RowId row) const;

  // Live rows that hold `term`.
  uint64_t DocumentFrequency(std::string_view term) const;

  uint64_t live_rows() const { return live_rows_; }
  uint64_t live_tokens() const { return live_tokens_; }
  const std::vector<SegmentView>& segments() const { return segments_; }
  uint64_t MemoryBytes() const;
  uint64_t MappedBytes() const;  // of them those of mapped files
  const Bm25Parameters& parameters() const { return parameters_; }

 private:
  explicit LexicalIndex(const Bm25Parameters& parameters);
  LexicalIndex(const LexicalIndex&) = default;

  void Kill(std::span<const LexicalRow> rows);
  void MergeInline(uint64_t budget);
  // Where `parts` stand in segments_; its end where they do not.
  std::vector<SegmentView>::const_iterator Find(std::span<const SegmentView> parts) const;
  // Where a row stands; nullopt if it was never added, or died.
  struct Place {
    size_t segment;
    uint32_t slot;
  };
  std::optional<Place> PlaceOf(RowId row) const;

  Bm25Parameters parameters_;
  std::vector<SegmentView> segments_;  // by ascending rows; each has a live one
  RowId next_row_ = 0;                 // larger than every row that was ever added
  uint64_t live_rows_ = 0;
  uint64_t live_tokens_ = 0;
};

}  // namespace quarry::index
