#pragma once

// LruMap: the last values that were used, by a text.

#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace quarry {

// Thread-safe.
template <typename Value>
class LruMap {
 public:
  explicit LruMap(size_t capacity) : capacity_(capacity) {}

  std::optional<Value> Find(const std::string& key) {
    std::lock_guard lock(mutex_);
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return std::nullopt;
    recent_.splice(recent_.begin(), recent_, found->second);
    return recent_.front().second;
  }

  // The value that a key has already stays.
  void Put(const std::string& key, Value value) {
    std::lock_guard lock(mutex_);
    if (capacity_ == 0 || by_key_.contains(key)) return;
    recent_.emplace_front(key, std::move(value));
    by_key_[key] = recent_.begin();
    if (recent_.size() > capacity_) {
      by_key_.erase(recent_.back().first);
      recent_.pop_back();
    }
  }

 private:
  using Entry = std::pair<std::string, Value>;

  const size_t capacity_;
  std::mutex mutex_;
  std::list<Entry> recent_;  // guarded by mutex_; the last used first
  std::unordered_map<std::string, typename std::list<Entry>::iterator>
      by_key_;  // guarded by mutex_
};

}  // namespace quarry
