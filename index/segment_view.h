#pragma once

// A segment of a lexical index and which of its rows are dead; how segments are made and merged.
//
// Values and free functions; what they share is immutable. Thread-safe as values are.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/analyzer.h"
#include "base/bitmap.h"
#include "base/call_context.h"
#include "index/lexical_segment.h"
#include "index/term_dictionary.h"

namespace quarry::index {

// The terms of one row, each once and with a count of at least 1. The row's length is the sum of the
// counts; a row without terms has length 0 and counts in the statistics all the same.
struct LexicalRow {
  RowId row = 0;
  std::vector<TermFrequency> terms;
};

// How many postings of each term are dead. A value whose copies share their parts: sorted runs, each
// less than half as large as the one before, so that adding few costs little.
class DeadPostings {
 public:
  // A term, by its number in the segment (TermEntry), and how many.
  using Run = std::vector<std::pair<uint32_t, uint32_t>>;

  // REQUIRES: terms ascend.
  void AddRun(Run run);
  // One more of each of these terms, in any order.
  void Add(std::vector<uint32_t> terms);
  uint32_t Of(uint32_t term) const;

 private:
  std::vector<std::shared_ptr<const Run>> runs_;
};

struct SegmentView {
  std::shared_ptr<const LexicalSegment> segment;
  std::shared_ptr<const Bitmap> dead = nullptr;  // by slot; nullptr while all are alive
  uint32_t dead_slots = 0;
  DeadPostings dead_postings = {};

  uint32_t live_slots() const { return segment->slots() - dead_slots; }
  bool IsDead(uint32_t slot) const { return dead != nullptr && dead->Test(slot); }
  // How many live rows hold the term.
  uint64_t DocumentFrequency(const TermEntry& term) const {
    return term.postings - dead_postings.Of(term.number);
  }
  // The view whose dead slots are these. Reads all postings if there are any.
  static SegmentView WithDead(std::shared_ptr<const LexicalSegment> segment, Bitmap dead);
  // Lets rows die. REQUIRES: they are live ones of the segment, with the terms that they have there.
  void Kill(std::span<const LexicalRow> rows);
};

// Makes a segment of rows one by one. Not thread-safe.
class SegmentBuilder {
 public:
  explicit SegmentBuilder(const Bm25Parameters& parameters) : parameters_(parameters) {}

  // REQUIRES: larger than the row before; `terms` names no term twice.
  void Add(RowId row, std::span<const TermFrequency> terms);
  size_t rows() const { return rows_.size(); }
  // REQUIRES: rows() > 0. The builder is empty afterwards.
  std::shared_ptr<const LexicalSegment> Finish();

 private:
  struct TermCount {
    uint32_t term;  // number in terms_
    uint32_t count;
  };

  Bm25Parameters parameters_;
  TermDictionary terms_;             // as they come
  std::vector<size_t> frequencies_;  // of the terms: in how many rows
  std::vector<TermCount> counts_;    // of all rows, one after the other
  std::vector<size_t> ends_;         // of each row in counts_
  std::vector<RowId> rows_;
  std::vector<uint32_t> lengths_;
  std::vector<uint32_t> hashes_;  // of the terms of the row that is added
};

// One segment of all live rows of `parts`; with `new_rows`, row r becomes new_rows[r]. It is written into
// `spill` if that is given, and of mapped parts little is in memory at a time. REQUIRES: there is a live
// row; parts ascend by rows, new rows too. Errors: those of context.Check() and of the file.
Result<std::shared_ptr<const LexicalSegment>> MergeSegments(
    std::span<const SegmentView> parts, const Bm25Parameters& parameters,
    std::span<const RowId> new_rows, const CallContext& context,
    std::optional<SpillFile> spill = std::nullopt);

}  // namespace quarry::index
