#pragma once

// Many systems ranked by pairs of their answers (Bradley and Terry, 1952): each has a strength, and i
// is preferred to j with probability s_i / (s_i + s_j). A tie is half a win for both. Fitted by the MM
// algorithm (Hunter, 2004); one imagined tie of each system against an average one keeps a system that
// never lost finite. Intervals: bootstrap over cases, seeded, expanded for few of them; of one case infinite
// (BootstrapInterval of statistics.h).
//
// Pure; thread-safe.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "eval/judge_check.h"

namespace quarry::eval {

struct PairResult {
  std::string first;  // systems
  std::string second;
  Preference preference = Preference::kTie;  // kUnjudged rows count for nobody
  std::string group;                         // the case
};

struct SystemStrength {
  std::string system;
  Estimate strength;  // log odds against an average system
  uint64_t wins = 0;
  uint64_t losses = 0;
  uint64_t ties = 0;
  uint64_t unjudged = 0;
};

// Strongest first, equal ones by name.
std::vector<SystemStrength> FitBradleyTerry(std::span<const PairResult> comparisons,
                                            uint32_t samples = 500, uint64_t seed = 42);

}  // namespace quarry::eval
