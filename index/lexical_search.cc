#include "index/lexical_search.h"

#include <algorithm>
#include <numeric>

#include "index/bm25_kernels.h"
#include "index/postings_cursor.h"

namespace quarry::index {
namespace {

// Asking a term about one row takes as long as adding up so many of its postings.
constexpr size_t kLookupCost = 16;
// Counting the rows to ask about takes as long as adding up so many postings.
constexpr size_t kCountCost = 256;
// One row in so many allowed, or fewer: the terms are asked about each of them.
constexpr size_t kFew = 64;

}  // namespace

// Where one term stands in the segment.
class LexicalSearch::Cursor {
 public:
  Cursor(const PostingsList& list, float weight, double stretch, const LengthNorm& norm,
         const LexicalSegment& segment)
      : postings_(list),
        weight_(weight),
        stretch_(stretch),
        norm_(norm),
        lengths_(segment.lengths().data()),
        windows_((segment.slots() + kWindow - 1) / kWindow) {}

  // bounds[w * stride] = what the term can add in window w.
  void BoundWindows(uint32_t* bounds, size_t stride) {
    const auto raise = [&](uint32_t window, uint32_t bound) {
      uint32_t& at = bounds[window * stride];
      at = std::max(at, bound);
    };
    if (list().is_short()) {
      postings_.Decode(0);
      ScoreBlock();
      for (uint32_t i = 0; i < block().size; ++i) raise(block().slots[i] / kWindow, scores_[i]);
      return;
    }
    uint32_t first = 0;
    for (size_t b = 0; b < list().blocks(); ++b) {
      const uint32_t last = list().LastSlot(b);
      const uint32_t bound = ScoreBound(weight_, list().Impact(b), stretch_);
      for (uint32_t w = first / kWindow; w <= last / kWindow; ++w) raise(w, bound);
      first = last + 1;
    }
  }

  // How many of its postings lie in a window, on average.
  size_t PerWindow() const { return list().size() / windows_; }

  // Adds what the term adds to the rows of the slots [begin, end).
  void AddTo(uint32_t* scores, uint32_t begin, uint32_t end) {
    for (bool more = postings_.Seek(begin); more; more = DecodeNext()) {
      ScoreBlock();
      uint32_t i = 0;
      if (block().slots[0] < begin) {
        i = static_cast<uint32_t>(
            std::lower_bound(block().slots.begin(), block().slots.begin() + block().size, begin) -
            block().slots.begin());
      }
      if (block().slots[block().size - 1] < end) {
        for (; i < block().size; ++i) scores[block().slots[i] - begin] += scores_[i];
        continue;
      }
      for (; block().slots[i] < end; ++i) scores[block().slots[i] - begin] += scores_[i];
      return;
    }
  }

  // What the term can add to the row at `slot`, from its block's impact.
  uint32_t BoundAt(uint32_t slot) {
    if (list().is_short()) return UINT32_MAX;
    const size_t at = postings_.SeekBlock(slot);
    return at == list().blocks() ? 0 : ScoreBound(weight_, list().Impact(at), stretch_);
  }

  // What the term adds to the row at `slot`.
  uint32_t ScoreAt(uint32_t slot) {
    const uint32_t count = postings_.CountAt(slot);
    return count == 0 ? 0 : TermScore(weight_, count, lengths_[slot], norm_);
  }

 private:
  const PostingsList& list() const { return postings_.list(); }
  const PostingsBlock& block() const { return postings_.block(); }

  bool DecodeNext() {
    const size_t next = postings_.decoded() + 1;
    if (next >= list().blocks()) return false;
    postings_.Decode(next);
    return true;
  }

  void ScoreBlock() {
    if (scored_ == postings_.decoded()) return;
    TermScores(weight_, block().slots.data(), block().counts.data(), block().size, lengths_, norm_,
               scores_.data());
    scored_ = postings_.decoded();
  }

  PostingsCursor postings_;
  float weight_;
  double stretch_;
  LengthNorm norm_;
  const uint32_t* lengths_;
  size_t windows_;
  size_t scored_ = PostingsCursor::kNone;  // block
  alignas(64) std::array<uint32_t, kPackedBlock> scores_;
};

LexicalSearch::LexicalSearch(const LengthNorm& norm, const TermWeights& weights,
                             const Bitmap* allowed, ResultCollector& top)
    : norm_(norm), weights_(weights), allowed_(allowed), top_(top) {
  if (allowed == nullptr || allowed->Count() > allowed->size() / kFew) return;
  few_rows_.emplace();
  allowed->ForEachSet([this](size_t row) { few_rows_->push_back(static_cast<RowId>(row)); });
}
LexicalSearch::~LexicalSearch() = default;

Status LexicalSearch::Search(const SegmentView& view, std::span<const PostingsList> lists,
                             const CallContext& context) {
  view_ = &view;
  const LexicalSegment& segment = *view.segment;
  const LengthNorm own(segment.parameters(), segment.slots(), segment.tokens());
  // Longer averages make normalisation weaker and scores higher than the impacts say.
  const double stretch = norm_.slope > 0 ? double{own.slope} / norm_.slope : 1;
  cursors_.clear();
  for (size_t t = 0; t < lists.size(); ++t) {
    if (lists[t].empty()) continue;
    cursors_.emplace_back(lists[t], weights_.weight(t), stretch, norm_, segment);
  }
  few_slots_.clear();
  if (few_rows_) {
    // Both ascend.
    auto from = segment.rows().begin();
    for (const RowId row : *few_rows_) {
      from = std::lower_bound(from, segment.rows().end(), row);
      if (from == segment.rows().end()) break;
      if (*from == row) few_slots_.push_back(static_cast<uint32_t>(from - segment.rows().begin()));
    }
  }
  const size_t windows = (segment.slots() + kWindow - 1) / kWindow;
  bounds_.assign(windows * cursors_.size(), 0);
  for (size_t c = 0; c < cursors_.size(); ++c) {
    cursors_[c].BoundWindows(bounds_.data() + c, cursors_.size());
  }
  // The most promising window first: it soon yields a score that others must reach.
  size_t best = 0;
  uint32_t most = 0;
  for (size_t w = 0; w < windows; ++w) {
    const uint32_t* bounds = bounds_.data() + w * cursors_.size();
    const uint32_t total = std::accumulate(bounds, bounds + cursors_.size(), uint32_t{0});
    if (total <= most) continue;
    best = w;
    most = total;
  }
  if (most == 0) return OkStatus();
  ScoreWindow(static_cast<uint32_t>(best));
  for (size_t w = 0; w < windows; ++w) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    if (w != best) ScoreWindow(static_cast<uint32_t>(w));
  }
  return OkStatus();
}

void LexicalSearch::ScoreWindow(uint32_t window) {
  const uint32_t* bounds = bounds_.data() + window * cursors_.size();
  order_.clear();
  for (uint32_t c = 0; c < cursors_.size(); ++c) {
    if (bounds[c] > 0) order_.push_back(c);
  }
  std::sort(order_.begin(), order_.end(),
            [&](uint32_t a, uint32_t b) { return bounds[a] < bounds[b]; });
  sums_.assign(1, 0);
  for (const uint32_t c : order_) sums_.push_back(sums_.back() + bounds[c]);
  if (sums_.back() < threshold_) return;
  size_t set_aside = 0;
  while (sums_[set_aside + 1] < threshold_) ++set_aside;

  const uint32_t begin = window * kWindow;
  const uint32_t end = std::min(begin + kWindow, view_->segment->slots());
  if (few_rows_) {
    for (auto slot = std::lower_bound(few_slots_.begin(), few_slots_.end(), begin);
         slot != few_slots_.end() && *slot < end; ++slot) {
      Finish(*slot, 0, order_.size());
    }
    return;
  }
  for (size_t i = set_aside; i < order_.size(); ++i) {
    cursors_[order_[i]].AddTo(scores_.data(), begin, end);
  }
  // Adding up all of a term's postings is cheaper than asking it about many rows.
  uint32_t least = 0;  // of what a row must have by now
  while (true) {
    least = threshold_ - sums_[set_aside];
    if (set_aside == 0) break;
    Cursor& next = cursors_[order_[set_aside - 1]];
    if (next.PerWindow() > kCountCost &&
        kLookupCost * CountScores(scores_.data(), kWindow, least) <= next.PerWindow()) {
      break;
    }
    next.AddTo(scores_.data(), begin, end);
    --set_aside;
  }
  const size_t found = SelectScores(scores_.data(), kWindow, least, found_.data());
  for (size_t i = 0; i < found; ++i) Finish(begin + found_[i], scores_[found_[i]], set_aside);
  scores_.fill(0);
}

// Asks the first `set_aside` terms of the order about a row that the others give `score`.
void LexicalSearch::Finish(uint32_t slot, uint32_t score, size_t set_aside) {
  const RowId row = view_->segment->row(slot);
  if (score + sums_[set_aside] < threshold_ || view_->IsDead(slot) ||
      (allowed_ != nullptr && !allowed_->Test(row))) {
    return;
  }
  for (size_t i = set_aside; i-- > 0;) {
    Cursor& cursor = cursors_[order_[i]];
    if (score + sums_[i + 1] < threshold_) return;
    const uint32_t bound = std::min(cursor.BoundAt(slot), sums_[i + 1] - sums_[i]);
    if (score + sums_[i] + bound < threshold_) return;
    score += cursor.ScoreAt(slot);
  }
  if (score < threshold_) return;  // threshold_ is at least 1: rows without any term
  top_.Offer({.row = row, .score = weights_.ScoreOf(score)});
  threshold_ = weights_.UnitsOf(top_.Threshold());
}

}  // namespace quarry::index
