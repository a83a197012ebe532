#pragma once

// What an Index holds. Internal: index.cc opens and hands out, index_upkeep.cc measures, checks,
// copies and compacts.

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "index/collection.h"
#include "index/derived_files.h"
#include "index/index.h"

namespace quarry::index {

struct Index::Impl {
  std::string directory;
  IndexOptions options;
  const Analyzer* analyzer = nullptr;
  const Clock* clock = nullptr;
  std::optional<FileLock> lock;
  std::unique_ptr<DerivedFiles> derived;
  std::unique_ptr<Store> store;
  std::optional<ObjectTable> objects;
  std::unique_ptr<Maintenance> maintenance;  // nullptr: none

  // Never held while a collection is loaded: that can take minutes, and the others go on. Taken before
  // the mutexes of collections and of the objects.
  mutable std::mutex mutex;
  std::map<std::string, StoredCollection> records;             // guarded by mutex, by name
  std::map<CollectionId, std::shared_ptr<Collection>> loaded;  // guarded by mutex
  std::set<CollectionId> loading;                              // guarded by mutex
  std::condition_variable load_ended;                          // one that was in `loading`
  uint32_t next_collection = 1;                                // guarded by mutex

  uint64_t BytesOf(const std::string& prefix) const {
    return store->ApproximateBytes(prefix, PrefixEnd(prefix));
  }
  // Of the derived file of a generation's graph.
  uint64_t GraphBytes(CollectionId collection, GenerationId generation) const;
  uint64_t BytesOf(CollectionId collection, const StoredGeneration& generation) const;
  void AddDiskUsage(const Snapshot& snapshot, CollectionStats& stats) const;
  uint64_t DerivedBytes() const;

  Status LoadRecords();
  void RemoveFilesOfNone();
  Status CheckFilesAreReached() const;
  Result<CollectionId> Find(const std::string& name) const;  // REQUIRES: mutex is held
  // Waits where another thread is loading the collection.
  Result<std::shared_ptr<Collection>> Load(CollectionId id);
  std::vector<std::shared_ptr<Collection>> Loaded() const;
};

}  // namespace quarry::index
