#pragma once

// Options of the answer cache.

#include <cstdint>
#include <string>

#include "base/status.h"

namespace quarry::retrieval {

struct CacheOptions {
  bool enabled = true;
  uint64_t max_bytes = 64u << 20;  // of entries, per collection
  uint64_t max_entries = 20'000;   // per collection
  uint32_t ttl_hours = 24 * 30;    // after which an entry is not served
  // Answers that take less to make are not stored: looking one up costs a retrieval too.
  uint32_t min_cost_millis = 20;
  // Of the hits, the share that is made anew in the background and compared, 0 to 1.
  double audit_share = 0.01;
  // Level (ii). It opens only when `quarry cache tune` has shown that the bound holds.
  bool semantic = true;
  // Folder of a cross-encoder that says whether two questions are one; "" = PairClassifier.
  std::string verifier;

  Status Validate() const;
};

}  // namespace quarry::retrieval
