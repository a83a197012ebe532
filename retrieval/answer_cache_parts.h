#pragma once

// What the files of AnswerCache share. Internal to answer_cache*.cc and cache_explain.cc.

#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "retrieval/answer_cache.h"

namespace quarry::retrieval {

inline double InnerProduct(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size()) return 0;
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += double{a[i]} * double{b[i]};
  return sum;
}

struct AnswerCache::Shelf {
  Shelf(index::CacheTable opened, const CacheOptions& options)
      : table(std::move(opened)), shelf(options.max_bytes, options.max_entries) {}

  index::CacheTable table;
  std::mutex loading;
  bool loaded = false;  // guarded by loading: whether `shelf` holds what the store does
  std::mutex mutex;
  CacheShelf shelf;                   // guarded by mutex
  std::optional<std::string> tuning;  // guarded by mutex; as it stands in the store
  uint64_t cleared = 0;               // guarded by mutex; how often
};

struct AnswerCache::CacheMetrics {
  explicit CacheMetrics(MetricsRegistry& metrics) : registry(metrics) {}
  void Count(const char* name, const char* help, MetricLabels labels = {}) {
    registry.GetCounter(name, help, labels).Increment();
  }
  void Lookup(const char* result) {
    Count("quarry_cache_lookups_total", "Questions to the answer cache", {{"result", result}});
  }
  void Refused(const char* reason) {
    Count("quarry_cache_refused_total", "Stored answers that were looked at and not served",
          {{"reason", reason}});
  }
  void NotStored(const std::string& reason) {
    Count("quarry_cache_not_stored_total", "Answers that were not stored", {{"reason", reason}});
  }
  MetricsRegistry& registry;
};

}  // namespace quarry::retrieval
