#pragma once

// Whether a run lost anything against its baseline: the paired gain of each metric, in all cases
// and in every slice, tested for a loss beyond a margin (LossTest of statistics.h).
//
// Many slices are looked at, and some of them lose by chance alone. So that equal runs fail in at
// most 5 of 100 comparisons, one half of the 5 % belongs to the tests over all cases, the other to
// those of slices, and each half is corrected by Holm over all metrics
// (docs/decisions/0048-gates.md). Slices where too few clusters differ to be sure of anything (CanBeSignificant
// of statistics.h) are not counted among those: they may be suspect, never lost. Pure.

#include <string>
#include <vector>

#include "eval/run_scores.h"
#include "eval/statistics.h"

namespace quarry::eval {

enum class LossVerdict : uint8_t {
  // Surely no loss beyond the margin: the lower bound of the gain is above it, of so many clusters that a loss
  // could be seen.
  kHolds,
  kUnclear,   // neither is sure
  kSuspect,   // a slice: below 5 % by itself, and not among so many
  kLost,      // surely a loss beyond the margin
  kUntested,  // a slice of fewer than kMinSliceCases cases that lost beyond the margin
};

struct LossTestResult {
  std::string metric;
  std::string slice;  // "" = all cases
  Estimate gain;      // in the metric's own direction: below 0 is worse
  uint64_t gained = 0;
  uint64_t lost = 0;
  uint64_t exchanged = 0;  // clusters whose signs the test exchanges
  double p = 1;            // one-sided
  double adjusted_p = 1;   // below 0.05: lost; 1 of a slice where too few are exchanged
  LossVerdict verdict = LossVerdict::kUnclear;
};

struct LossMargin {
  std::string metric;
  double margin = 0;
};

// All cases of a metric, then its slices by name, metric by metric; those without a case that both
// runs have are left out. REQUIRES: the metrics are of the catalogue, each once.
std::vector<LossTestResult> TestForLosses(const RunScores& before, const RunScores& after,
                                          const std::vector<LossMargin>& margins, uint64_t seed);

}  // namespace quarry::eval
