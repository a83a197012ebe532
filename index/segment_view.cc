#include "index/segment_view.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/coding.h"
#include "base/status.h"

namespace quarry::index {
namespace {

// Counts and lengths are worked with as numbers of 31 bits.
constexpr uint32_t kMost = std::numeric_limits<int32_t>::max();

}  // namespace

void DeadPostings::Add(std::vector<uint32_t> terms) {
  std::sort(terms.begin(), terms.end());
  Run run;
  for (const uint32_t term : terms) {
    if (run.empty() || run.back().first != term) run.emplace_back(term, 0);
    ++run.back().second;
  }
  AddRun(std::move(run));
}

void DeadPostings::AddRun(Run run) {
  while (!runs_.empty() && runs_.back()->size() < 2 * run.size()) {
    Run merged;
    auto a = runs_.back()->begin();
    auto b = run.begin();
    while (a != runs_.back()->end() || b != run.end()) {
      const bool from_a = b == run.end() || (a != runs_.back()->end() && a->first <= b->first);
      const auto& next = from_a ? *a++ : *b++;
      if (!merged.empty() && merged.back().first == next.first) {
        merged.back().second += next.second;
      } else {
        merged.push_back(next);
      }
    }
    run = std::move(merged);
    runs_.pop_back();
  }
  if (!run.empty()) runs_.push_back(std::make_shared<const Run>(std::move(run)));
}

uint32_t DeadPostings::Of(uint32_t term) const {
  uint32_t count = 0;
  for (const std::shared_ptr<const Run>& run : runs_) {
    const auto at = std::lower_bound(run->begin(), run->end(), std::pair(term, uint32_t{0}));
    if (at != run->end() && at->first == term) count += at->second;
  }
  return count;
}

SegmentView SegmentView::WithDead(std::shared_ptr<const LexicalSegment> segment, Bitmap dead) {
  SegmentView view{.segment = std::move(segment)};
  view.dead_slots = static_cast<uint32_t>(dead.Count());
  if (view.dead_slots == 0) return view;
  DeadPostings::Run run;
  for (auto it = view.segment->terms().From(""); it.valid(); it.Next()) {
    uint32_t count = 0;
    view.segment->List(it.entry()).ForEach([&](const Posting& posting) {
      if (dead.Test(posting.slot)) ++count;
    });
    if (count > 0) run.emplace_back(it.entry().number, count);
  }
  view.dead_postings.AddRun(std::move(run));
  view.dead = std::make_shared<const Bitmap>(std::move(dead));
  return view;
}

void SegmentView::Kill(std::span<const LexicalRow> rows) {
  // Other indexes share the set: change a copy.
  const auto changed = dead == nullptr ? std::make_shared<Bitmap>(segment->slots())
                                       : std::make_shared<Bitmap>(*dead);
  std::vector<uint32_t> terms;
  for (const LexicalRow& row : rows) {
    const std::optional<uint32_t> slot = segment->SlotOf(row.row);
    QUARRY_CHECK(slot.has_value() && !changed->Test(*slot));
    changed->Set(*slot);
    for (const TermFrequency& term : row.terms) {
      const std::optional<TermEntry> entry = segment->terms().Find(term.term);
      QUARRY_CHECK(entry.has_value());
      terms.push_back(entry->number);
    }
  }
  dead_slots += static_cast<uint32_t>(rows.size());
  dead_postings.Add(std::move(terms));
  dead = changed;
}

void SegmentBuilder::Add(RowId row, std::span<const TermFrequency> terms) {
  hashes_.clear();
  for (const TermFrequency& term : terms) {
    hashes_.push_back(TermDictionary::HashOf(term.term));
    terms_.Prefetch(hashes_.back());
  }
  uint64_t length = 0;
  for (size_t i = 0; i < terms.size(); ++i) {
    const TermFrequency& term = terms[i];
    const uint32_t number = terms_.Add(term.term, hashes_[i]);
    if (number == frequencies_.size()) frequencies_.push_back(0);
    ++frequencies_[number];
    counts_.push_back({.term = number, .count = std::min(term.count, kMost)});
    length += term.count;
  }
  ends_.push_back(counts_.size());
  rows_.push_back(row);
  lengths_.push_back(static_cast<uint32_t>(std::min<uint64_t>(length, kMost)));
}

std::shared_ptr<const LexicalSegment> SegmentBuilder::Finish() {
  // Put every posting where its term's postings stand.
  std::vector<size_t> next(terms_.size());
  std::exclusive_scan(frequencies_.begin(), frequencies_.end(), next.begin(), size_t{0});
  std::vector<Posting> postings(counts_.size());
  size_t at = 0;
  for (uint32_t slot = 0; slot < rows_.size(); ++slot) {
    for (; at < ends_[slot]; ++at) {
      postings[next[counts_[at].term]++] = {.slot = slot, .count = counts_[at].count};
    }
  }

  // Most terms are told apart by their first bytes alone.
  std::vector<std::pair<uint64_t, uint32_t>> sorted;
  sorted.reserve(terms_.size());
  for (uint32_t term = 0; term < terms_.size(); ++term) {
    sorted.emplace_back(SortPrefix(terms_.term(term)), term);
  }
  std::sort(sorted.begin(), sorted.end(), [&](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : terms_.term(a.second) < terms_.term(b.second);
  });
  LexicalSegmentWriter writer(parameters_, std::move(rows_), std::move(lengths_));
  for (const auto& [prefix, term] : sorted) {
    writer.Add(terms_.term(term),
               std::span(postings).subspan(next[term] - frequencies_[term], frequencies_[term]));
  }
  *this = SegmentBuilder(parameters_);
  return writer.Finish().value();
}

Result<std::shared_ptr<const LexicalSegment>> MergeSegments(std::span<const SegmentView> parts,
                                                            const Bm25Parameters& parameters,
                                                            std::span<const RowId> new_rows,
                                                            const CallContext& context,
                                                            std::optional<SpillFile> spill) {
  constexpr uint32_t kDead = std::numeric_limits<uint32_t>::max();
  constexpr size_t kTermsPerCheck = 256;
  constexpr uint64_t kPostingsPerDrop = 4u << 20;  // some MB of the parts
  std::vector<RowId> rows;
  std::vector<uint32_t> lengths;
  std::vector<std::vector<uint32_t>> new_slots(parts.size());  // by part and slot
  for (size_t p = 0; p < parts.size(); ++p) {
    const LexicalSegment& part = *parts[p].segment;
    new_slots[p].reserve(part.slots());
    for (uint32_t slot = 0; slot < part.slots(); ++slot) {
      const bool is_dead = parts[p].IsDead(slot);
      new_slots[p].push_back(is_dead ? kDead : static_cast<uint32_t>(rows.size()));
      if (is_dead) continue;
      rows.push_back(new_rows.empty() ? part.row(slot) : new_rows[part.row(slot)]);
      lengths.push_back(part.lengths()[slot]);
    }
  }
  LexicalSegmentWriter writer(parameters, std::move(rows), std::move(lengths), std::move(spill));
  const auto drop_pages = [&] {
    for (const SegmentView& part : parts) DropMappedPages(part.segment->bytes());
  };

  // All dictionaries are gone through side by side. Parts ascend, so postings stay in order.
  std::vector<SortedTerms::Iterator> next;
  for (const SegmentView& part : parts) next.push_back(part.segment->terms().From(""));
  std::vector<Posting> postings;
  std::string term;
  uint64_t read = 0;
  for (size_t terms = 0;; ++terms) {
    if (terms % kTermsPerCheck == 0) QUARRY_RETURN_IF_ERROR(context.Check());
    if (read >= kPostingsPerDrop) {
      drop_pages();
      read = 0;
    }
    const SortedTerms::Iterator* least = nullptr;
    for (const SortedTerms::Iterator& it : next) {
      if (it.valid() && (least == nullptr || it.term() < least->term())) least = &it;
    }
    if (least == nullptr) {
      drop_pages();
      return writer.Finish();
    }
    term.assign(least->term());
    postings.clear();
    for (size_t p = 0; p < parts.size(); ++p) {
      SortedTerms::Iterator& it = next[p];
      if (!it.valid() || it.term() != term) continue;
      parts[p].segment->List(it.entry()).ForEach([&](const Posting& posting) {
        const uint32_t slot = new_slots[p][posting.slot];
        if (slot != kDead) postings.push_back({.slot = slot, .count = posting.count});
      });
      it.Next();
    }
    read += postings.size();
    if (!postings.empty()) writer.Add(term, postings);
  }
}

}  // namespace quarry::index
