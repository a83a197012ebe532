#pragma once

#include <cstdint>

namespace quarry::generation {

// What a request allows a cache.
enum class CacheUse : uint8_t {
  kRead,     // serve what is stored, store what is made
  kRefresh,  // make anew and store: "no-cache"
  kOff,      // neither: "no-store"
};

}  // namespace quarry::generation
