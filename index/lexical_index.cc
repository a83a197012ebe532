#include "index/lexical_index.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "index/lexical_segment.h"

namespace quarry::index {
namespace {

// Segments are merged in tiers (as log-structured merge trees do): eight neighbours whose size has
// the same power of eight become one of the next power.
constexpr uint32_t kFanOut = 8;

uint32_t TierOf(uint32_t live_slots) {
  uint32_t tier = 0;
  for (; live_slots >= kFanOut; live_slots /= kFanOut) ++tier;
  return tier;
}

// The scoring formula with everything that one query's rows share worked out. Search and Explain
// both score through it, so that they agree to the last bit.
class Bm25 {
 public:
  Bm25(const Bm25Parameters& parameters, uint64_t live_rows, uint64_t live_tokens)
      : live_rows_(static_cast<double>(live_rows)),
        k1_(parameters.k1),
        norm_base_(parameters.k1 * (1 - parameters.b)),
        // Without tokens there is no posting to score either.
        norm_slope_(live_tokens == 0 ? 0
                                     : parameters.k1 * parameters.b /
                                           (static_cast<double>(live_tokens) / live_rows_)) {}

  double Idf(uint64_t document_frequency) const {
    const double df = static_cast<double>(document_frequency);
    return std::log(1 + (live_rows_ - df + 0.5) / (df + 0.5));
  }
  // Of a query term: what its rows' scores have in common.
  double Weight(uint32_t query_count, double idf) const { return query_count * idf * (k1_ + 1); }
  double Score(double weight, uint32_t count, uint32_t length) const {
    return weight * count / (count + (norm_base_ + norm_slope_ * length));
  }

 private:
  const double live_rows_;
  const double k1_;
  const double norm_base_;   // of the length normalisation: k1 * (1 - b)
  const double norm_slope_;  // per token of the row: k1 * b / avgdl
};

struct QueryTerm {
  std::string_view term;  // of the caller's terms
  uint32_t hash = 0;
  uint32_t count = 0;
};

// Distinct terms in order of their first occurrence.
std::vector<QueryTerm> DistinctTerms(std::span<const std::string> terms) {
  TermDictionary seen;
  std::vector<QueryTerm> distinct;
  for (const std::string& term : terms) {
    const uint32_t hash = TermDictionary::HashOf(term);
    const uint32_t number = seen.Add(term, hash);
    if (number == distinct.size()) distinct.push_back({.term = term, .hash = hash, .count = 0});
    ++distinct[number].count;
  }
  return distinct;
}

// What is left of one term's postings in the segment that is being scored.
struct Cursor {
  const Posting* next;
  const Posting* end;
  double weight;
};

// Scores a segment term at a time, one window of slots after the other, so that the accumulators
// stay in the first-level cache and no memory in proportion to the index is cleared.
class SegmentScorer {
 public:
  SegmentScorer(const Bm25& bm25, const Bitmap* allowed, TopRows& top)
      : bm25_(bm25), allowed_(allowed), top_(top) {}

  // Uses `cursors` up.
  Status Score(const SegmentView& view, std::vector<Cursor>& cursors, const CallContext& context) {
    while (true) {
      std::erase_if(cursors, [](const Cursor& cursor) { return cursor.next == cursor.end; });
      if (cursors.empty()) return OkStatus();
      QUARRY_RETURN_IF_ERROR(context.Check());
      uint32_t first = UINT32_MAX;
      for (const Cursor& cursor : cursors) first = std::min(first, cursor.next->slot);
      ScoreWindow(view, cursors, first);
    }
  }

 private:
  static constexpr uint32_t kWindow = 4096;

  // The slots [begin, begin + kWindow).
  void ScoreWindow(const SegmentView& view, std::vector<Cursor>& cursors, uint32_t begin) {
    const uint32_t* lengths = view.segment->lengths().data();
    size_t touched = 0;
    for (Cursor& cursor : cursors) {
      const Posting* posting = cursor.next;
      for (; posting != cursor.end && posting->slot - begin < kWindow; ++posting) {
        const uint32_t at = posting->slot - begin;
        // Every contribution is positive, so zero means "not touched yet". No branch: postings of
        // common terms would mispredict it.
        touched_[touched] = static_cast<uint16_t>(at);
        touched += scores_[at] == 0 ? 1 : 0;
        scores_[at] += bm25_.Score(cursor.weight, posting->count, lengths[posting->slot]);
      }
      cursor.next = posting;
    }
    double threshold = top_.Threshold();
    for (size_t i = 0; i < touched; ++i) {
      const double score = std::exchange(scores_[touched_[i]], 0.0);
      if (score < threshold) continue;
      const uint32_t slot = begin + touched_[i];
      const RowId row = view.segment->row(slot);
      if (view.IsDead(slot) || (allowed_ != nullptr && !allowed_->Test(row))) continue;
      top_.Offer({.row = row, .score = score});
      threshold = top_.Threshold();
    }
  }

  const Bm25& bm25_;
  const Bitmap* allowed_;
  TopRows& top_;
  std::array<double, kWindow> scores_ = {};  // by slot of the window; zero between windows
  // Slots with a score; one more for the last write, which is undone.
  std::array<uint16_t, kWindow + 1> touched_ = {};
};

}  // namespace

LexicalIndex::LexicalIndex(const Bm25Parameters& parameters) : parameters_(parameters) {
  QUARRY_CHECK(parameters.k1 >= 0 && parameters.b >= 0 && parameters.b <= 1);
}
LexicalIndex::LexicalIndex(const LexicalIndex&) = default;
LexicalIndex::~LexicalIndex() = default;

std::shared_ptr<const LexicalIndex> LexicalIndex::Empty(const Bm25Parameters& parameters) {
  return std::shared_ptr<const LexicalIndex>(new LexicalIndex(parameters));
}

std::shared_ptr<const LexicalIndex> LexicalIndex::Apply(std::vector<LexicalRow> added,
                                                        std::span<const RowId> removed) const {
  std::shared_ptr<LexicalIndex> next(new LexicalIndex(*this));
  next->Kill(removed);
  if (!added.empty()) {
    for (const LexicalRow& row : added) {
      QUARRY_CHECK(row.row >= next->next_row_);
      next->next_row_ = row.row + 1;
    }
    next->segments_.push_back({.segment = LexicalSegment::Build(added)});
    next->live_rows_ += added.size();
    for (const uint32_t length : next->segments_.back().segment->lengths()) {
      next->live_tokens_ += length;
    }
  }
  next->MergeSegments();
  return next;
}

void LexicalIndex::Kill(std::span<const RowId> rows) {
  // Other indexes share the sets of dead rows: change copies, one per segment.
  std::vector<std::shared_ptr<Bitmap>> dead(segments_.size());
  for (const RowId row : rows) {
    const auto after = std::upper_bound(
        segments_.begin(), segments_.end(), row,
        [](RowId id, const SegmentView& view) { return id < view.segment->row(0); });
    QUARRY_CHECK(after != segments_.begin());
    const size_t position = static_cast<size_t>(after - segments_.begin()) - 1;
    SegmentView& view = segments_[position];
    const std::optional<uint32_t> slot = view.segment->SlotOf(row);
    QUARRY_CHECK(slot.has_value() && !view.IsDead(*slot));
    if (dead[position] == nullptr) {
      dead[position] = view.dead == nullptr ? std::make_shared<Bitmap>(view.segment->slots())
                                            : std::make_shared<Bitmap>(*view.dead);
      view.dead = dead[position];
    }
    dead[position]->Set(*slot);
    ++view.dead_slots;
    --live_rows_;
    live_tokens_ -= view.segment->lengths()[*slot];
  }
}

void LexicalIndex::MergeSegments() {
  std::erase_if(segments_, [](const SegmentView& view) { return view.live_slots() == 0; });
  // Mostly dead segments are rewritten, so that postings touched stay in proportion to live rows.
  for (SegmentView& view : segments_) {
    if (view.dead_slots > view.live_slots()) view = {.segment = LexicalSegment::Merge({&view, 1})};
  }
  // A segment closes a run when it and the neighbours before it that are not of a higher tier are
  // kFanOut or more. With no such run left there are less than kFanOut segments per tier.
  for (size_t last = 0; last < segments_.size(); ++last) {
    const uint32_t tier = TierOf(segments_[last].live_slots());
    size_t first = last;
    while (first > 0 && TierOf(segments_[first - 1].live_slots()) <= tier) --first;
    if (last - first + 1 < kFanOut) continue;
    const std::span<const SegmentView> run(&segments_[first], last - first + 1);
    segments_[first] = {.segment = LexicalSegment::Merge(run)};
    segments_.erase(segments_.begin() + static_cast<ptrdiff_t>(first) + 1,
                    segments_.begin() + static_cast<ptrdiff_t>(last) + 1);
    // The merged one may close a run itself.
    last = first - 1;
  }
}

Result<std::vector<ScoredRow>> LexicalIndex::Search(std::span<const std::string> terms, size_t k,
                                                    const Bitmap* allowed, const RowTable& table,
                                                    const CallContext& context) const {
  const std::vector<QueryTerm> query = DistinctTerms(terms);
  if (query.empty() || k == 0) return std::vector<ScoredRow>();
  const Bm25 bm25(parameters_, live_rows_, live_tokens_);

  // The postings of every segment come first: the weights need document frequencies of all of them.
  std::vector<std::span<const Posting>> postings;  // by segment, then by term
  std::vector<uint64_t> document_frequencies(query.size(), 0);
  postings.reserve(segments_.size() * query.size());
  for (const SegmentView& view : segments_) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    for (size_t t = 0; t < query.size(); ++t) {
      postings.push_back(view.segment->Find(query[t].term, query[t].hash));
      document_frequencies[t] += view.CountLive(postings.back());
    }
  }
  std::vector<double> weights;
  for (size_t t = 0; t < query.size(); ++t) {
    weights.push_back(bm25.Weight(query[t].count, bm25.Idf(document_frequencies[t])));
  }

  TopRows top(table, k);
  SegmentScorer scorer(bm25, allowed, top);
  std::vector<Cursor> cursors;
  for (size_t s = 0; s < segments_.size(); ++s) {
    cursors.clear();
    for (size_t t = 0; t < query.size(); ++t) {
      const std::span<const Posting> list = postings[s * query.size() + t];
      cursors.push_back({list.data(), list.data() + list.size(), weights[t]});
    }
    QUARRY_RETURN_IF_ERROR(scorer.Score(segments_[s], cursors, context));
  }
  return top.Take();
}

uint32_t LexicalIndex::TermCount(std::string_view term, RowId row) const {
  const uint32_t hash = TermDictionary::HashOf(term);
  for (const SegmentView& view : segments_) {
    const std::optional<uint32_t> slot = view.segment->SlotOf(row);
    if (!slot.has_value()) continue;
    if (view.IsDead(*slot)) return 0;
    const std::span<const Posting> list = view.segment->Find(term, hash);
    const auto at = std::lower_bound(
        list.begin(), list.end(), *slot,
        [](const Posting& posting, uint32_t wanted) { return posting.slot < wanted; });
    return at == list.end() || at->slot != *slot ? 0 : at->count;
  }
  return 0;
}

std::vector<TermContribution> LexicalIndex::Explain(std::span<const std::string> terms,
                                                    RowId row) const {
  const Bm25 bm25(parameters_, live_rows_, live_tokens_);
  std::vector<TermContribution> contributions;
  for (const QueryTerm& term : DistinctTerms(terms)) {
    TermContribution contribution{.term = std::string(term.term), .query_count = term.count};
    contribution.document_frequency = DocumentFrequency(term.term);
    contribution.idf = bm25.Idf(contribution.document_frequency);
    for (const SegmentView& view : segments_) {
      const std::optional<uint32_t> slot = view.segment->SlotOf(row);
      if (!slot.has_value() || view.IsDead(*slot)) continue;
      const std::span<const Posting> list = view.segment->Find(term.term, term.hash);
      const auto at = std::lower_bound(
          list.begin(), list.end(), *slot,
          [](const Posting& posting, uint32_t wanted) { return posting.slot < wanted; });
      if (at == list.end() || at->slot != *slot) continue;
      contribution.count = at->count;
      contribution.score = bm25.Score(bm25.Weight(term.count, contribution.idf), at->count,
                                      view.segment->lengths()[*slot]);
    }
    contributions.push_back(std::move(contribution));
  }
  return contributions;
}

uint64_t LexicalIndex::DocumentFrequency(std::string_view term) const {
  const uint32_t hash = TermDictionary::HashOf(term);
  uint64_t count = 0;
  for (const SegmentView& view : segments_) {
    count += view.CountLive(view.segment->Find(term, hash));
  }
  return count;
}

size_t LexicalIndex::segments() const { return segments_.size(); }

uint64_t LexicalIndex::MemoryBytes() const {
  uint64_t bytes = sizeof(*this) + segments_.capacity() * sizeof(SegmentView);
  for (const SegmentView& view : segments_) {
    bytes += view.segment->MemoryBytes();
    if (view.dead != nullptr) bytes += view.dead->size() / 8;
  }
  return bytes;
}

}  // namespace quarry::index
