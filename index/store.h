#pragma once

// Store: the one truth. An ordered map from bytes to bytes with atomic durable batches and
// immutable views. Everything else in index/ is derived from it and can be rebuilt.
//
// Implementations: RocksStore (rocks_store.h, the product), MemoryStore (memory_store.h, for
// tests). tests/index/store_conformance_test.cc holds both to what is written here.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
  // Deletes every key in [begin, end).
  void DeleteRange(std::string begin, std::string end) {
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
};

// Thread-safe.
class Store {
 public:
  virtual ~Store() = default;

  // Applies the batch atomically. When it returns ok the batch is on disk (fsync) and survives a
  // crash; on error nothing of it shows. kResourceExhausted when the disk is full,
  // kFailedPrecondition on a read-only store.
  virtual Status Write(const WriteBatch& batch) = 0;

  virtual std::shared_ptr<const StoreView> GetView() const = 0;

  // Reads every block and compares its checksum; kDataLoss names the damaged file.
  virtual Status VerifyChecksums() const = 0;

  // Approximate bytes on disk (in memory for MemoryStore).
  virtual uint64_t ApproximateBytes() const = 0;
};

// The smallest key larger than every key that starts with `prefix`; for DeleteRange.
// REQUIRES: prefix has a byte other than 0xFF.
std::string PrefixEnd(std::string_view prefix);

}  // namespace quarry::index
