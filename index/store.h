#pragma once

// Store: the one truth. An ordered map from bytes to bytes with atomic durable batches and
// immutable views. Everything else in index/ is derived from it and can be rebuilt.
//
// The implementation is RocksStore (rocks_store.h). tests/index/store_conformance_test.cc holds it, and
// those of tests, to what is written here.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/call_context.h"
#include "base/status.h"

namespace quarry::index {

// Changes that happen together or not at all, applied in the order in which they were added.
class WriteBatch {
 public:
  struct Operation {
    enum class Kind : uint8_t { kPut, kDelete, kDeleteRange };
    Kind kind;
    std::string key;    // kDeleteRange: the first key that goes
    std::string value;  // kPut: the value; kDeleteRange: the first key that stays
  };

  void Put(std::string key, std::string value) {
    bytes_ += key.size() + value.size();
    operations_.push_back({Operation::Kind::kPut, std::move(key), std::move(value)});
  }
  void Delete(std::string key) {
    bytes_ += key.size();
    operations_.push_back({Operation::Kind::kDelete, std::move(key), {}});
  }
  // Deletes every key in [begin, end); none if end <= begin.
  void DeleteRange(std::string begin, std::string end) {
    bytes_ += begin.size() + end.size();
    operations_.push_back({Operation::Kind::kDeleteRange, std::move(begin), std::move(end)});
  }

  bool empty() const { return operations_.empty(); }
  size_t bytes() const { return bytes_; }  // of the keys and values
  const std::vector<Operation>& operations() const { return operations_; }

 private:
  std::vector<Operation> operations_;
  size_t bytes_ = 0;
};

// The store at one moment. Immutable and thread-safe; later writes do not show. Keeps what it shows
// alive on disk, so hold views for queries, not for hours. Must not outlive its Store.
class StoreView {
 public:
  virtual ~StoreView() = default;

  // The value of `key`, nullopt if there is none. kDataLoss when its block is damaged.
  virtual Result<std::optional<std::string>> Get(std::string_view key) const = 0;

  // Calls visit(key, value) for every key that starts with `prefix` and is >= `from`, in order,
  // until visit returns false. The arguments are valid during the call only.
  using Visitor = std::function<bool(std::string_view key, std::string_view value)>;
  virtual Status Scan(std::string_view prefix, std::string_view from,
                      const Visitor& visit) const = 0;
  Status Scan(std::string_view prefix, const Visitor& visit) const {
    return Scan(prefix, prefix, visit);
  }
  // The same from the last key to the first, of those that are < `before`; "" = all.
  virtual Status ScanBackward(std::string_view prefix, std::string_view before,
                              const Visitor& visit) const = 0;
};

// What a store holds in memory.
struct StoreMemory {
  uint64_t block_cache = 0;  // blocks of tables, their indexes and filters among them
  uint64_t block_cache_limit = 0;
  uint64_t memtables = 0;  // what is not in tables yet
  uint64_t table_readers = 0;
};

// Thread-safe.
class Store {
 public:
  virtual ~Store() = default;

  // Applies the batch atomically. When it returns ok the batch is on disk (fsync) and survives a
  // crash. On error nothing of it shows; if it was the sync that failed, reopening may find all of
  // it. Writes go on failing until the cause is gone. kResourceExhausted when the disk is full,
  // kFailedPrecondition on a read-only store.
  virtual Status Write(const WriteBatch& batch) = 0;

  virtual std::shared_ptr<const StoreView> GetView() const = 0;

  // Reads every block and compares its checksum; kDataLoss names the damaged file.
  virtual Status VerifyChecksums() const = 0;

  // Approximate bytes on disk (in memory for one that has none).
  virtual uint64_t ApproximateBytes() const = 0;
  // Of them those of the keys in [begin, end), as they are compressed. What lies in the log only is
  // counted too.
  virtual uint64_t ApproximateBytes(std::string_view begin, std::string_view end) const = 0;
  virtual StoreMemory Memory() const = 0;

  // Makes `directory`, which must not exist and whose parent must, a store (rocks_store.h) with the
  // content of this one at a moment during the call; writes go on meanwhile. On disk when it
  // returns ok; what it left behind on error is no store. Tables that lie on the same file system
  // are linked, not copied: they never change. kResourceExhausted when the disk is full.
  virtual Status Checkpoint(const std::string& directory) const = 0;

  // Rewrites the keys in [begin, end), so that what was deleted or replaced among them takes no room
  // any more; `end` empty = to the last key. Needs as much free disk as they take. Cancelled between
  // files. kResourceExhausted, kCancelled, kFailedPrecondition on a read-only store.
  virtual Status Compact(std::string_view begin, std::string_view end,
                         const CallContext& context) = 0;
};

// The smallest key larger than every key that starts with `prefix`; for DeleteRange.
// REQUIRES: prefix has a byte other than 0xFF.
std::string PrefixEnd(std::string_view prefix);

}  // namespace quarry::index
