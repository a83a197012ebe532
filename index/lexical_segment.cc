#include "index/lexical_segment.h"

#include <algorithm>
#include <limits>

#include "base/status.h"
#include "index/lexical_index.h"

namespace quarry::index {
namespace {

// Turns counts per term into the begin of each term's postings, with the total at the end.
std::vector<uint64_t> BeginsOf(const std::vector<uint32_t>& counts) {
  std::vector<uint64_t> begins(counts.size() + 1, 0);
  for (size_t i = 0; i < counts.size(); ++i) begins[i + 1] = begins[i] + counts[i];
  return begins;
}

}  // namespace

std::shared_ptr<const LexicalSegment> LexicalSegment::Build(std::span<const LexicalRow> rows) {
  QUARRY_CHECK(!rows.empty());
  std::shared_ptr<LexicalSegment> segment(new LexicalSegment());
  size_t total = 0;
  for (const LexicalRow& row : rows) total += row.terms.size();

  // First pass: number the terms and count their postings.
  std::vector<uint32_t> numbers;  // of every term of every row, in order
  std::vector<uint32_t> counts;
  numbers.reserve(total);
  segment->rows_.reserve(rows.size());
  segment->lengths_.reserve(rows.size());
  for (const LexicalRow& row : rows) {
    uint64_t length = 0;
    for (const TermFrequency& term : row.terms) {
      const uint32_t number = segment->terms_.Add(term.term);
      if (number == counts.size()) counts.push_back(0);
      ++counts[number];
      numbers.push_back(number);
      length += term.count;
    }
    segment->rows_.push_back(row.row);
    segment->lengths_.push_back(
        static_cast<uint32_t>(std::min<uint64_t>(length, std::numeric_limits<uint32_t>::max())));
  }
  segment->terms_.ShrinkToFit();

  // Second pass: put every posting where its term's postings stand.
  segment->begins_ = BeginsOf(counts);
  segment->postings_.resize(total);
  std::vector<uint64_t> next(segment->begins_.begin(), segment->begins_.end() - 1);
  size_t at = 0;
  for (size_t slot = 0; slot < rows.size(); ++slot) {
    for (const TermFrequency& term : rows[slot].terms) {
      segment->postings_[next[numbers[at++]]++] = {.slot = static_cast<uint32_t>(slot),
                                                   .count = term.count};
    }
  }
  return segment;
}

std::shared_ptr<const LexicalSegment> LexicalSegment::Merge(std::span<const SegmentView> parts) {
  std::shared_ptr<LexicalSegment> merged(new LexicalSegment());
  size_t most_terms = 0;
  size_t live_slots = 0;
  for (const SegmentView& part : parts) {
    most_terms = std::max<size_t>(most_terms, part.segment->terms_.size());
    live_slots += part.live_slots();
  }
  QUARRY_CHECK(live_slots > 0 && live_slots <= std::numeric_limits<uint32_t>::max());

  // First pass: number the terms that live rows hold, and the live rows.
  merged->terms_.Reserve(most_terms);
  merged->rows_.reserve(live_slots);
  merged->lengths_.reserve(live_slots);
  std::vector<std::vector<uint32_t>> numbers(parts.size());    // by part and its own term number
  std::vector<std::vector<uint32_t>> new_slots(parts.size());  // by part and slot; dead: unused
  std::vector<uint32_t> counts;
  for (size_t p = 0; p < parts.size(); ++p) {
    const LexicalSegment& part = *parts[p].segment;
    new_slots[p].resize(part.slots());
    for (uint32_t slot = 0; slot < part.slots(); ++slot) {
      if (parts[p].IsDead(slot)) continue;
      new_slots[p][slot] = merged->slots();
      merged->rows_.push_back(part.rows_[slot]);
      merged->lengths_.push_back(part.lengths_[slot]);
    }
    numbers[p].assign(part.terms_.size(), TermDictionary::kNone);
    for (uint32_t term = 0; term < part.terms_.size(); ++term) {
      const uint64_t live = parts[p].CountLive(part.PostingsOf(term));
      if (live == 0) continue;
      const uint32_t number = merged->terms_.Add(part.terms_.term(term), part.terms_.hash(term));
      if (number == counts.size()) counts.push_back(0);
      counts[number] += static_cast<uint32_t>(live);
      numbers[p][term] = number;
    }
  }
  merged->terms_.ShrinkToFit();

  // Second pass: copy the postings. Parts ascend, so each term's stay in order.
  merged->begins_ = BeginsOf(counts);
  merged->postings_.resize(merged->begins_.back());
  std::vector<uint64_t> next(merged->begins_.begin(), merged->begins_.end() - 1);
  for (size_t p = 0; p < parts.size(); ++p) {
    const LexicalSegment& part = *parts[p].segment;
    for (uint32_t term = 0; term < part.terms_.size(); ++term) {
      if (numbers[p][term] == TermDictionary::kNone) continue;
      uint64_t& to = next[numbers[p][term]];
      for (const Posting& posting : part.PostingsOf(term)) {
        if (parts[p].IsDead(posting.slot)) continue;
        merged->postings_[to++] = {.slot = new_slots[p][posting.slot], .count = posting.count};
      }
    }
  }
  return merged;
}

std::optional<uint32_t> LexicalSegment::SlotOf(RowId row) const {
  const auto at = std::lower_bound(rows_.begin(), rows_.end(), row);
  if (at == rows_.end() || *at != row) return std::nullopt;
  return static_cast<uint32_t>(at - rows_.begin());
}

std::span<const Posting> LexicalSegment::Find(std::string_view term, uint32_t hash) const {
  const uint32_t number = terms_.Find(term, hash);
  if (number == TermDictionary::kNone) return {};
  return PostingsOf(number);
}

uint64_t LexicalSegment::MemoryBytes() const {
  return sizeof(*this) + terms_.MemoryBytes() + begins_.capacity() * sizeof(begins_[0]) +
         postings_.capacity() * sizeof(Posting) + rows_.capacity() * sizeof(RowId) +
         lengths_.capacity() * sizeof(uint32_t);
}

uint64_t SegmentView::CountLive(std::span<const Posting> postings) const {
  if (dead == nullptr) return postings.size();
  uint64_t count = 0;
  for (const Posting& posting : postings) count += dead->Test(posting.slot) ? 0 : 1;
  return count;
}

}  // namespace quarry::index
