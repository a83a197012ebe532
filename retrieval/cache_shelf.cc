#include "retrieval/cache_shelf.h"

#include <algorithm>

namespace quarry::retrieval {
namespace {

// What an entry takes in memory, its place in the maps included.
uint64_t SizeOf(const index::StoredCacheEntry& entry) {
  constexpr uint64_t kFixed = 512;
  return kFixed + 2 * entry.scope.size() + entry.question.size() + 2 * entry.form.size() +
         entry.answer.size() + entry.chunks.size() * sizeof(ChunkId) +
         entry.vector.size() * sizeof(float);
}

}  // namespace

void CacheShelf::Prioritise(Item& item) {
  const auto& entry = *item.entry;
  item.priority = sunk_ + static_cast<double>(entry.hits + 1) *
                              static_cast<double>(entry.cost_micros) /
                              static_cast<double>(item.bytes);
  order_.emplace(item.priority, entry.id);
}

std::vector<CacheEntryId> CacheShelf::Put(CacheEntry entry, bool stored) {
  std::vector<CacheEntryId> gone;
  const CacheEntryId id = entry->id;
  last_id_ = std::max(last_id_, id);
  const auto question = std::pair(entry->scope, entry->form);
  if (const auto before = by_question_.find(question); before != by_question_.end()) {
    if (before->second != id) gone.push_back(before->second);
    Drop(CacheEntryId(before->second));
  }
  Drop(id);
  Item& item = items_[id];
  item.bytes = SizeOf(*entry);
  item.entry = std::move(entry);
  item.stored = stored;
  bytes_ += item.bytes;
  by_question_[question] = id;
  Prioritise(item);
  while (bytes_ > max_bytes_ || items_.size() > max_entries_) {
    const Place least = *order_.begin();
    sunk_ = std::max(sunk_, least.first);
    gone.push_back(least.second);
    Drop(least.second);
  }
  return gone;
}

void CacheShelf::MarkStored(CacheEntryId id) {
  if (const auto it = items_.find(id); it != items_.end()) it->second.stored = true;
}

bool CacheShelf::IsStored(CacheEntryId id) const {
  const auto it = items_.find(id);
  return it != items_.end() && it->second.stored;
}

void CacheShelf::Touch(CacheEntryId id, int64_t micros) {
  const auto it = items_.find(id);
  if (it == items_.end()) return;
  Item& item = it->second;
  auto touched = std::make_shared<index::StoredCacheEntry>(*item.entry);
  ++touched->hits;
  touched->used_micros = std::max(touched->used_micros, micros);
  item.entry = std::move(touched);
  item.touched = true;
  order_.erase({item.priority, id});
  Prioritise(item);
}

void CacheShelf::Drop(CacheEntryId id) {
  const auto it = items_.find(id);
  if (it == items_.end()) return;
  bytes_ -= it->second.bytes;
  order_.erase({it->second.priority, id});
  by_question_.erase({it->second.entry->scope, it->second.entry->form});
  items_.erase(it);
}

CacheEntry CacheShelf::Find(const std::string& scope, const std::string& form) const {
  const auto found = by_question_.find({scope, form});
  return found == by_question_.end() ? nullptr : items_.at(found->second).entry;
}

std::vector<CacheEntry> CacheShelf::Scope(const std::string& scope) const {
  std::vector<CacheEntry> entries;
  for (auto it = by_question_.lower_bound({scope, ""});
       it != by_question_.end() && it->first.first == scope; ++it) {
    entries.push_back(items_.at(it->second).entry);
  }
  std::sort(entries.begin(), entries.end(),
            [](const CacheEntry& a, const CacheEntry& b) { return a->id < b->id; });
  return entries;
}

std::vector<CacheEntry> CacheShelf::All() const {
  std::vector<CacheEntry> entries;
  for (const auto& [id, item] : items_) entries.push_back(item.entry);
  return entries;
}

std::vector<CacheEntry> CacheShelf::TakeTouched() {
  std::vector<CacheEntry> entries;
  for (auto& [id, item] : items_) {
    if (item.touched && item.stored) {
      entries.push_back(item.entry);
      item.touched = false;
    }
  }
  return entries;
}

}  // namespace quarry::retrieval
