#pragma once

// CacheShelf: the stored answers of one collection in memory, and which of them go when there are too
// many.
//
// What goes first saves least: each has the priority L + (hits + 1) * cost / size, where L is the
// priority of what went last, so that what was used long ago sinks (Cherkasova: "Improving WWW proxies
// performance with Greedy-Dual-Size-Frequency caching policy", 1998). Cost is the time that making the
// answer took. Ties go by age.
//
// Not thread-safe.

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "index/cache_record.h"

namespace quarry::retrieval {

using CacheEntry = std::shared_ptr<const index::StoredCacheEntry>;

class CacheShelf {
 public:
  CacheShelf(uint64_t max_bytes, uint64_t max_entries)
      : max_bytes_(max_bytes), max_entries_(max_entries) {}

  // Takes `entry` in, in place of one with its scope and form, and gives the ids of what went for it;
  // its own, if it is what saves least. `stored`: it is on disk.
  std::vector<CacheEntryId> Put(CacheEntry entry, bool stored);
  // The entry is on disk now.
  void MarkStored(CacheEntryId id);
  bool IsStored(CacheEntryId id) const;
  // It has been served at `micros`.
  void Touch(CacheEntryId id, int64_t micros);
  void Drop(CacheEntryId id);

  CacheEntry Find(const std::string& scope, const std::string& form) const;  // nullptr: none
  std::vector<CacheEntry> Scope(const std::string& scope) const;             // by id
  std::vector<CacheEntry> All() const;                                       // by id
  // Those on disk that were served since the last call.
  std::vector<CacheEntry> TakeTouched();

  uint64_t bytes() const { return bytes_; }
  size_t size() const { return items_.size(); }
  CacheEntryId last_id() const { return last_id_; }

 private:
  struct Item {
    CacheEntry entry;
    uint64_t bytes = 0;
    double priority = 0;
    bool stored = false;
    bool touched = false;
  };
  using Place = std::pair<double, CacheEntryId>;  // by priority, then age

  void Prioritise(Item& item);

  const uint64_t max_bytes_;
  const uint64_t max_entries_;
  std::map<CacheEntryId, Item> items_;
  std::map<std::pair<std::string, std::string>, CacheEntryId> by_question_;  // scope, form
  std::set<Place> order_;
  uint64_t bytes_ = 0;
  double sunk_ = 0;  // L
  CacheEntryId last_id_;
};

}  // namespace quarry::retrieval
