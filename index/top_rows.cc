#include "index/top_rows.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

#include "base/status.h"
#include "index/number_set.h"

namespace quarry::index {
namespace {

void SortBestFirst(const RowTable& table, std::vector<ScoredRow>& rows) {
  std::sort(rows.begin(), rows.end(),
            [&](const ScoredRow& a, const ScoredRow& b) { return Better(table, a, b); });
}

}  // namespace

std::unique_ptr<ResultCollector> ResultCollector::Make(const RowTable& table, ResultLimit limit) {
  if (limit.unit == ResultLimit::Unit::kRows) return std::make_unique<TopRows>(table, limit.count);
  return std::make_unique<TopDocuments>(table, limit.count);
}

// ---- rows ----

double TopRows::Threshold() const {
  if (heap_.size() < k_) return -std::numeric_limits<double>::infinity();
  return k_ == 0 ? std::numeric_limits<double>::infinity() : heap_.front().score;
}

void TopRows::Offer(ScoredRow row) {
  // "Better comes first" as the heap's order puts the worst row on top.
  const auto better = [this](const ScoredRow& a, const ScoredRow& b) {
    return Better(table_, a, b);
  };
  if (heap_.size() < k_) {
    heap_.push_back(row);
    std::push_heap(heap_.begin(), heap_.end(), better);
    return;
  }
  if (k_ == 0 || !better(row, heap_.front())) return;
  std::pop_heap(heap_.begin(), heap_.end(), better);
  heap_.back() = row;
  std::push_heap(heap_.begin(), heap_.end(), better);
}

std::vector<ScoredRow> TopRows::Take() {
  SortBestFirst(table_, heap_);
  return std::exchange(heap_, {});
}

// ---- documents ----

TopDocuments::TopDocuments(const RowTable& table, size_t count) : table_(table), count_(count) {
  const size_t most = std::min(count, table.documents());
  slots_.assign(std::bit_ceil(2 * most + 1), kNone);
  entries_.reserve(most);
  heap_.reserve(most);
  most_rows_ = 4 * most + 64;
  rows_.reserve(most_rows_);
}

double TopDocuments::Threshold() const {
  if (!is_full()) return -std::numeric_limits<double>::infinity();
  return count_ == 0 ? std::numeric_limits<double>::infinity() : worst().score;
}

void TopDocuments::Offer(ScoredRow row) {
  if (is_full() && (count_ == 0 || !Better(table_, row, worst()))) return;
  const uint32_t document = table_.row(row.row).document;
  rows_.push_back(row);
  if (const uint32_t known = Find(document); known != kNone) {
    if (Better(table_, row, entries_[known].best)) {
      entries_[known].best = row;
      SiftDown(entries_[known].in_heap);
    }
  } else if (!is_full()) {
    const auto entry = static_cast<uint32_t>(entries_.size());
    entries_.push_back({.document = document, .best = row});
    Link(entry);
    heap_.push_back(entry);
    SiftUp(heap_.size() - 1);
  } else {
    const uint32_t entry = heap_.front();
    Unlink(entry);
    entries_[entry].document = document;
    entries_[entry].best = row;
    Link(entry);
    SiftDown(0);
  }
  if (rows_.size() >= most_rows_) DropWorse();
}

std::vector<ScoredRow> TopDocuments::Take() {
  DropWorse();
  SortBestFirst(table_, rows_);
  entries_.clear();
  heap_.clear();
  std::fill(slots_.begin(), slots_.end(), kNone);
  return std::exchange(rows_, {});
}

uint32_t& TopDocuments::FirstOf(uint32_t document) {
  return slots_[SlotOf(document, slots_.size())];
}

uint32_t TopDocuments::Find(uint32_t document) {
  uint32_t entry = FirstOf(document);
  while (entry != kNone && entries_[entry].document != document) entry = entries_[entry].next;
  return entry;
}

void TopDocuments::Link(uint32_t entry) {
  entries_[entry].next = std::exchange(FirstOf(entries_[entry].document), entry);
}

void TopDocuments::Unlink(uint32_t entry) {
  uint32_t* link = &FirstOf(entries_[entry].document);
  while (*link != entry) link = &entries_[*link].next;
  *link = entries_[entry].next;
}

void TopDocuments::Put(size_t place, uint32_t entry) {
  heap_[place] = entry;
  entries_[entry].in_heap = place;
}

void TopDocuments::SiftUp(size_t place) {
  const uint32_t entry = heap_[place];
  for (; place > 0; place = (place - 1) / 2) {
    const uint32_t parent = heap_[(place - 1) / 2];
    if (!Better(table_, entries_[parent].best, entries_[entry].best)) break;
    Put(place, parent);
  }
  Put(place, entry);
}

void TopDocuments::SiftDown(size_t place) {
  const uint32_t entry = heap_[place];
  while (true) {
    size_t child = 2 * place + 1;
    if (child >= heap_.size()) break;
    const bool has_sibling = child + 1 < heap_.size();
    if (has_sibling &&
        Better(table_, entries_[heap_[child]].best, entries_[heap_[child + 1]].best)) {
      ++child;
    }
    if (!Better(table_, entries_[entry].best, entries_[heap_[child]].best)) break;
    Put(place, heap_[child]);
    place = child;
  }
  Put(place, entry);
}

void TopDocuments::DropWorse() {
  if (is_full() && count_ > 0) {
    std::erase_if(rows_, [&](const ScoredRow& row) { return Better(table_, worst(), row); });
  }
  most_rows_ = std::max(most_rows_, 2 * rows_.size());
}

}  // namespace quarry::index
