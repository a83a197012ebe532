#pragma once

// CacheTable: the stored answers of a collection, as they stand on disk. What may be served of them,
// and to whom, is retrieval's (retrieval/answer_cache.h).
//
// An entry is linked to the chunks that it was made from. The batch that replaces or deletes a document
// takes every entry out that rests on one of its chunks, unchanged ones too: their place in the
// document may be another. So no entry survives what it was made from, not even by a crash.
//
// Thread-safe. Copies are cheap. Must not outlive its Index. Where the store is open for reading only,
// what writes gives kFailedPrecondition.

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "index/cache_record.h"
#include "index/store.h"

namespace quarry::index {

class Collection;

class CacheTable {
 public:
  // Adds or replaces an entry; false, and nothing written, if a document that it rests on has
  // changed since entry.commit, or the collection was deleted. REQUIRES: entry.id, entry.commit.
  Result<bool> Add(const StoredCacheEntry& entry);
  // Writes anew those that are still there: hits and times.
  Status Update(std::span<const StoredCacheEntry> entries);
  // Those that are not there are ignored.
  Status Remove(std::span<const CacheEntryId> ids);
  // Removes all entries; what was tuned stays.
  Status Clear();

  // Whether the collection was deleted: nothing is written any more.
  bool deleted() const;
  Result<bool> Contains(CacheEntryId id) const;
  Result<std::optional<StoredCacheEntry>> Get(CacheEntryId id) const;
  // Entries whose hashes are these, by id; the caller compares the strings.
  Result<std::vector<StoredCacheEntry>> Find(uint64_t scope_hash, uint64_t form_hash) const;
  Result<std::vector<StoredCacheEntry>> FindScope(uint64_t scope_hash) const;
  // By id, until visit returns false. A damaged entry is passed over and counted in `damaged`.
  Status ForEach(const std::function<bool(StoredCacheEntry)>& visit,
                 uint64_t* damaged = nullptr) const;

  // What `quarry cache tune` found, as it was written; "" before it ran.
  Result<std::string> Tuning() const;
  Status SetTuning(std::string tuning);

 private:
  friend class Index;
  explicit CacheTable(std::shared_ptr<Collection> collection);
  Result<std::vector<StoredCacheEntry>> FindPrefix(const std::string& prefix) const;

  std::shared_ptr<Collection> collection_;
};

}  // namespace quarry::index
