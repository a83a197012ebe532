#include "index/lexical_index.h"

#include <algorithm>
#include <utility>

#include "index/bm25_kernels.h"
#include "index/lexical_search.h"
#include "index/query_postings.h"

namespace quarry::index {
namespace {

// Segments are merged in tiers (as log-structured merge trees do): eight neighbours whose size has
// the same power of eight become one of the next power.
constexpr uint32_t kFanOut = 8;
// A segment of which more than a fourth part is dead is written anew.
constexpr uint32_t kDeadShare = 4;

uint32_t TierOf(uint32_t live_slots) {
  uint32_t tier = 0;
  for (; live_slots >= kFanOut; live_slots /= kFanOut) ++tier;
  return tier;
}

uint64_t SlotsOf(std::span<const SegmentView> run) {
  uint64_t slots = 0;
  for (const SegmentView& view : run) slots += view.segment->slots();
  return slots;
}

}  // namespace

LexicalIndex::LexicalIndex(const Bm25Parameters& parameters) : parameters_(parameters) {
  QUARRY_CHECK(parameters.k1 >= 0 && parameters.b >= 0 && parameters.b <= 1);
}

std::shared_ptr<const LexicalIndex> LexicalIndex::Empty(const Bm25Parameters& parameters) {
  return std::shared_ptr<const LexicalIndex>(new LexicalIndex(parameters));
}

std::shared_ptr<const LexicalIndex> LexicalIndex::Restore(const Bm25Parameters& parameters,
                                                          std::vector<SegmentView> segments) {
  std::shared_ptr<LexicalIndex> index(new LexicalIndex(parameters));
  for (const SegmentView& view : segments) {
    const LexicalSegment& segment = *view.segment;
    QUARRY_CHECK(segment.parameters() == parameters && segment.row(0) >= index->next_row_);
    index->next_row_ = segment.rows().back() + 1;
    index->live_rows_ += view.live_slots();
    index->live_tokens_ += segment.tokens();
    if (view.dead == nullptr) continue;
    view.dead->ForEachSet([&](size_t slot) { index->live_tokens_ -= segment.lengths()[slot]; });
  }
  index->segments_ = std::move(segments);
  return index;
}

std::shared_ptr<const LexicalIndex> LexicalIndex::Apply(std::span<const LexicalRow> added,
                                                        std::span<const LexicalRow> removed,
                                                        uint64_t inline_slots) const {
  std::shared_ptr<LexicalIndex> next(new LexicalIndex(*this));
  next->Kill(removed);
  if (!added.empty()) {
    SegmentBuilder builder(parameters_);
    for (const LexicalRow& row : added) {
      QUARRY_CHECK(row.row >= next->next_row_);
      next->next_row_ = row.row + 1;
      builder.Add(row.row, row.terms);
    }
    next->segments_.push_back({.segment = builder.Finish()});
    next->live_rows_ += added.size();
    next->live_tokens_ += next->segments_.back().segment->tokens();
  }
  next->MergeInline(inline_slots);
  return next;
}

void LexicalIndex::Kill(std::span<const LexicalRow> rows) {
  std::vector<std::vector<LexicalRow>> by_segment(segments_.size());
  for (const LexicalRow& row : rows) {
    const auto after = std::upper_bound(
        segments_.begin(), segments_.end(), row.row,
        [](RowId id, const SegmentView& view) { return id < view.segment->row(0); });
    QUARRY_CHECK(after != segments_.begin());
    by_segment[static_cast<size_t>(after - segments_.begin()) - 1].push_back(row);
  }
  for (size_t s = 0; s < segments_.size(); ++s) {
    if (by_segment[s].empty()) continue;
    segments_[s].Kill(by_segment[s]);
    for (const LexicalRow& row : by_segment[s]) {
      const LexicalSegment& segment = *segments_[s].segment;
      live_tokens_ -= segment.lengths()[*segment.SlotOf(row.row)];
    }
    live_rows_ -= by_segment[s].size();
  }
}

void LexicalIndex::MergeInline(uint64_t budget) {
  std::erase_if(segments_, [](const SegmentView& view) { return view.live_slots() == 0; });
  for (auto run = NextMerge(budget); !run.empty(); run = NextMerge(budget)) {
    budget -= SlotsOf(run);
    SegmentView merged{.segment = MergeSegments(run, parameters_, {}, CallContext()).value()};
    const auto first = segments_.begin() + (run.data() - segments_.data());
    segments_.erase(first + 1, first + static_cast<ptrdiff_t>(run.size()));
    *first = std::move(merged);
  }
}

std::span<const SegmentView> LexicalIndex::NextMerge(uint64_t max_slots) const {
  std::span<const SegmentView> best;
  uint64_t best_slots = max_slots;
  const auto offer = [&](size_t first, size_t last) {
    const std::span run(&segments_[first], last - first + 1);
    const uint64_t slots = SlotsOf(run);
    if (slots > best_slots || (slots == best_slots && !best.empty())) return;
    best = run;
    best_slots = slots;
  };
  for (size_t last = 0; last < segments_.size(); ++last) {
    const SegmentView& view = segments_[last];
    if (view.dead_slots > view.segment->slots() / kDeadShare) offer(last, last);
    // A segment closes a run when it and the neighbours before it that are not of a higher tier are
    // kFanOut or more. With no such run left there are less than kFanOut segments per tier.
    const uint32_t tier = TierOf(view.live_slots());
    size_t first = last;
    while (first > 0 && TierOf(segments_[first - 1].live_slots()) <= tier) --first;
    if (last - first + 1 >= kFanOut) offer(first, last);
  }
  return best;
}

std::span<const SegmentView> LexicalIndex::NextConsolidation() const {
  size_t end = segments_.size();
  uint64_t slots = 0;  // live ones, of those before `end`
  for (size_t i = segments_.size(); i-- > 0;) {
    slots += segments_[i].live_slots();
    if (i > 0 && segments_[i - 1].live_slots() < kFanOut * slots) continue;
    if (end - i > 1) return {&segments_[i], end - i};
    end = i;
    slots = 0;
  }
  return {};
}

std::vector<SegmentView>::const_iterator LexicalIndex::Find(
    std::span<const SegmentView> parts) const {
  return std::search(
      segments_.begin(), segments_.end(), parts.begin(), parts.end(),
      [](const SegmentView& a, const SegmentView& b) { return a.segment == b.segment; });
}

std::optional<std::vector<RowId>> LexicalIndex::DiedSince(
    std::span<const SegmentView> parts) const {
  auto now = Find(parts);
  if (now == segments_.end()) return std::nullopt;
  std::vector<RowId> died;
  for (const SegmentView& then : parts) {
    if (now->dead != then.dead) {
      now->dead->ForEachSet([&](size_t at) {
        const auto slot = static_cast<uint32_t>(at);
        if (!then.IsDead(slot)) died.push_back(then.segment->row(slot));
      });
    }
    ++now;
  }
  return died;
}

std::shared_ptr<const LexicalIndex> LexicalIndex::WithMerged(std::span<const SegmentView> parts,
                                                             SegmentView merged) const {
  const auto at = Find(parts);
  QUARRY_CHECK(at != segments_.end());
  uint64_t live = 0;
  for (size_t i = 0; i < parts.size(); ++i) live += at[static_cast<ptrdiff_t>(i)].live_slots();
  QUARRY_CHECK(live == merged.live_slots());
  std::shared_ptr<LexicalIndex> next(new LexicalIndex(*this));
  const auto first = next->segments_.begin() + (at - segments_.begin());
  *first = std::move(merged);
  const bool is_empty = first->live_slots() == 0;
  next->segments_.erase(first + (is_empty ? 0 : 1), first + static_cast<ptrdiff_t>(parts.size()));
  return next;
}

std::shared_ptr<const LexicalIndex> LexicalIndex::WithSegments(
    const Replacements& replacements) const {
  std::shared_ptr<LexicalIndex> next(new LexicalIndex(*this));
  for (SegmentView& view : next->segments_) {
    const auto found = replacements.find(view.segment.get());
    if (found != replacements.end()) view.segment = found->second;
  }
  return next;
}

Result<std::shared_ptr<const LexicalIndex>> LexicalIndex::Renumbered(
    std::span<const RowId> new_rows, const CallContext& context) const {
  std::vector<SegmentView> segments;
  for (const SegmentView& view : segments_) {
    SegmentView& renumbered = segments.emplace_back();
    QUARRY_ASSIGN_OR_RETURN(renumbered.segment,
                            MergeSegments({&view, 1}, parameters_, new_rows, context));
  }
  return Restore(parameters_, std::move(segments));
}

namespace {

TermWeights WeightsOf(const std::vector<QueryPostings::Term>& terms,
                      const Bm25Parameters& parameters, uint64_t rows) {
  std::vector<double> importance;
  for (const QueryPostings::Term& term : terms) {
    importance.push_back(term.query_count * term.term.weight *
                         InverseDocumentFrequency(rows, term.document_frequency));
  }
  return TermWeights(parameters, importance);
}

}  // namespace

Result<std::vector<ScoredRow>> LexicalIndex::Search(std::span<const QueryTerm> terms,
                                                    ResultLimit limit, const Bitmap* allowed,
                                                    const RowTable& table,
                                                    const CallContext& context) const {
  if (terms.empty() || limit.count == 0) return std::vector<ScoredRow>();
  // The postings of every segment come first: the weights need document frequencies of all of them.
  QUARRY_ASSIGN_OR_RETURN(const QueryPostings postings,
                          QueryPostings::Make(segments_, terms, context));
  const TermWeights weights = WeightsOf(postings.terms(), parameters_, live_rows_);
  const LengthNorm norm(parameters_, live_rows_, live_tokens_);

  const std::unique_ptr<ResultCollector> top = ResultCollector::Make(table, limit);
  LexicalSearch search(norm, weights, allowed, *top);
  for (size_t s = 0; s < segments_.size(); ++s) {
    QUARRY_RETURN_IF_ERROR(search.Search(segments_[s], postings.Lists(s), context));
  }
  return top->Take();
}

std::optional<LexicalIndex::Place> LexicalIndex::PlaceOf(RowId row) const {
  for (size_t s = 0; s < segments_.size(); ++s) {
    const std::optional<uint32_t> slot = segments_[s].segment->SlotOf(row);
    if (slot) return segments_[s].IsDead(*slot) ? std::nullopt : std::optional(Place{s, *slot});
  }
  return std::nullopt;
}

uint32_t LexicalIndex::TermCount(std::string_view term, RowId row) const {
  const std::optional<Place> place = PlaceOf(row);
  if (!place) return 0;
  const LexicalSegment& segment = *segments_[place->segment].segment;
  const std::optional<TermEntry> entry = segment.terms().Find(term);
  return entry ? segment.List(*entry).CountAt(place->slot) : 0;
}

Result<std::vector<std::vector<TermContribution>>> LexicalIndex::Explain(
    std::span<const QueryTerm> terms, std::span<const RowId> rows,
    const CallContext& context) const {
  QUARRY_ASSIGN_OR_RETURN(const QueryPostings postings,
                          QueryPostings::Make(segments_, terms, context));
  const TermWeights weights = WeightsOf(postings.terms(), parameters_, live_rows_);
  const LengthNorm norm(parameters_, live_rows_, live_tokens_);
  std::vector<std::vector<TermContribution>> contributions(rows.size());
  for (size_t r = 0; r < rows.size(); ++r) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    const std::optional<Place> place = PlaceOf(rows[r]);
    for (size_t t = 0; t < postings.terms().size(); ++t) {
      const QueryPostings::Term& term = postings.terms()[t];
      TermContribution& one = contributions[r].emplace_back();
      one.term = term.term.text;
      one.prefix = term.term.prefix;
      one.translated = !term.term.translations.empty();
      one.query_count = term.query_count;
      one.document_frequency = term.document_frequency;
      one.idf = InverseDocumentFrequency(live_rows_, term.document_frequency);
      if (!place) continue;
      one.count = postings.Lists(place->segment)[t].CountAt(place->slot);
      if (one.count == 0) continue;
      const uint32_t length = segments_[place->segment].segment->lengths()[place->slot];
      one.score = weights.ScoreOf(TermScore(weights.weight(t), one.count, length, norm));
      for (const std::string& expanded : term.expansion) {
        if (TermCount(expanded, rows[r]) > 0) one.matched.push_back(expanded);
      }
    }
  }
  return contributions;
}

uint64_t LexicalIndex::DocumentFrequency(std::string_view term) const {
  uint64_t count = 0;
  for (const SegmentView& view : segments_) {
    const std::optional<TermEntry> entry = view.segment->terms().Find(term);
    if (entry) count += view.DocumentFrequency(*entry);
  }
  return count;
}

uint64_t LexicalIndex::MappedBytes() const {
  uint64_t bytes = 0;
  for (const SegmentView& view : segments_) {
    if (view.segment->bytes().mapped) bytes += view.segment->bytes().view.size();
  }
  return bytes;
}

uint64_t LexicalIndex::MemoryBytes() const {
  uint64_t bytes = sizeof(*this) + segments_.capacity() * sizeof(SegmentView);
  for (const SegmentView& view : segments_) {
    bytes += view.segment->bytes().view.size();
    if (view.dead != nullptr) bytes += view.dead->size() / 8;
  }
  return bytes;
}

}  // namespace quarry::index
