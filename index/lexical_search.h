#pragma once

// LexicalSearch: the best rows of one segment after the other for one query.
//
// MaxScore over windows of slots. For each window the blocks' impacts bound what every term can add
// to a row there. A window whose bounds together stay below the worst row that is kept is skipped.
// In the others the terms with the smallest bounds are set aside as long as together they cannot
// lift a row to that score: the postings of the rest are added up, and the terms set aside are asked
// only about rows that may still be among the best. (Turtle and Flood, "Query evaluation: strategies
// and optimizations", 1995; bounds per window: Mallia et al., "Faster block-max WAND with variable-
// sized blocks", 2017.) Nothing is lost by it: what is skipped scores less than every row kept.
//
// One query, one thread.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bitmap.h"
#include "base/call_context.h"
#include "index/bm25.h"
#include "index/segment_view.h"
#include "index/top_rows.h"

namespace quarry::index {

class LexicalSearch {
 public:
  // All outlive it. `allowed` by row, nullptr: all.
  LexicalSearch(const LengthNorm& norm, const TermWeights& weights, const Bitmap* allowed,
                ResultCollector& top);
  ~LexicalSearch();

  // Offers the rows of a segment that may be among the best. `lists` are the postings of the
  // query's terms there, empty where a term does not occur. Errors: those of context.Check().
  Status Search(const SegmentView& view, std::span<const PostingsList> lists,
                const CallContext& context);

 private:
  class Cursor;
  static constexpr uint32_t kWindow = 4096;

  void ScoreWindow(uint32_t window);
  void Finish(uint32_t slot, uint32_t score, size_t set_aside);

  const LengthNorm norm_;
  const TermWeights& weights_;
  const Bitmap* const allowed_;
  ResultCollector& top_;
  uint32_t threshold_ = 1;  // in units: what a row must score to be kept

  std::optional<std::vector<RowId>> few_rows_;  // that are allowed, if they are few

  // Of the segment that is searched.
  std::vector<uint32_t> few_slots_;
  const SegmentView* view_ = nullptr;
  std::vector<Cursor> cursors_;
  std::vector<uint32_t> bounds_;  // by window, then by cursor

  // Of the window: cursors by ascending bound, and what the first so many can add together.
  std::vector<uint32_t> order_;
  std::vector<uint32_t> sums_;
  alignas(64) std::array<uint32_t, kWindow> scores_ = {};  // zero between windows
  std::array<uint16_t, kWindow> found_ = {};
};

}  // namespace quarry::index
