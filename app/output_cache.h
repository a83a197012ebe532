#pragma once

// How `quarry cache` prints what it found.

#include <string>
#include <vector>

#include "app/console.h"
#include "retrieval/cache_explain.h"

namespace quarry::app {

struct CacheList {
  std::string collection;
  retrieval::CacheStats stats;
  std::vector<retrieval::CacheEntry> entries;
};
std::string CacheListText(const CacheList& list, const Console& console);
std::string CacheListJson(const CacheList& list);

std::string CacheExplanationText(const retrieval::CacheExplanation& explanation);
std::string CacheExplanationJson(const retrieval::CacheExplanation& explanation);

std::string CacheTuningText(const retrieval::CacheTuning& tuning);
std::string CacheTuningJson(const retrieval::CacheTuning& tuning);

}  // namespace quarry::app
