#pragma once

// ObjectCache: values that can be made again, kept as objects of one kind (object_table.h) within a
// bound of bytes. Above it those go whose last use is the longest ago, by the day, among equals the
// first that were made, until a tenth of the room is free.
//
// An object has the scope and id that it was kept under; its value: version, day of the last use, the
// bytes. The object "size" of scope "" counts them, in the batch that changes them.
//
// Thread-safe. One per store and kind where it is open for writing; for reading Find and GetStats.

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "index/object_table.h"

namespace quarry::index {

struct ObjectCacheStats {
  uint64_t objects = 0;
  uint64_t bytes = 0;  // as they are bounded: values, scopes and ids
};

struct ObjectCacheOptions {
  ObjectKind kind = {};
  std::string name;    // in messages: "kept vectors"
  std::string remedy;  // of damage: the command that clears them
  uint64_t max_bytes = 0;
  bool read_only = false;  // as the store is: nothing is kept, no use is noted
};

class ObjectCache {
 public:
  struct Entry {
    std::string id;
    std::string value;
  };

  // Both must outlive it.
  ObjectCache(ObjectTable& objects, ObjectCacheOptions options, const Clock& clock)
      : objects_(objects), options_(std::move(options)), clock_(clock) {}

  // Errors of all: those of the store; kDataLoss naming what is damaged and what removes it.
  // REQUIRES: scope is not "".

  // The value of each id; nullopt where none is kept.
  Result<std::vector<std::optional<std::string>>> Find(const std::string& scope,
                                                       std::span<const std::string> ids);
  // Keeps values, in place of those that are kept under their ids.
  Status Keep(const std::string& scope, std::vector<Entry> entries);

  Result<ObjectCacheStats> GetStats() const;
  // Removes all, damaged ones too.
  Status Clear();

  // kDataLoss: `what` is damaged, by whoever reads its bytes.
  Status Damaged(std::string_view what) const;

 private:
  uint32_t Today() const;
  ObjectName NameOf(const std::string& scope, const std::string& id) const;
  Status Evict();

  ObjectTable& objects_;
  const ObjectCacheOptions options_;
  const Clock& clock_;
  std::mutex mutex_;  // of whoever changes what is counted
};

}  // namespace quarry::index
