#pragma once

// What a run reached in all and by slice, each figure with its interval. Pure.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "eval/metric_catalogue.h"
#include "eval/run_scores.h"
#include "eval/statistics.h"
#include "eval/variance_split.h"

namespace quarry::eval {

inline constexpr uint64_t kMinSliceCases = 5;  // smaller slices say nothing and are not shown

struct SliceScores {
  std::string slice;  // "" = all cases
  uint64_t cases = 0;
  std::map<std::string, Estimate> metrics;
};

struct Scorecard {
  std::vector<SliceScores> slices;  // all cases first, then by name
  double p50_ms = 0;
  double p95_ms = 0;
  double warm_p95_ms = 0;               // of the repeats; 0 without
  std::vector<VarianceSplit> variance;  // of pass and answer.score, where asked or judged again

  const SliceScores& all() const { return slices[0]; }
  // nullptr where there is no such slice, or the metric is not defined in it.
  const Estimate* Find(const std::string& metric, const std::string& slice = "") const;
};

// Of the cases in `slice` ("" = all) that have the metric, as in the scorecard, whatever their number; nullopt
// for none.
std::optional<Estimate> EstimateMetric(const RunScores& scores, const Metric& metric, uint64_t seed,
                                       const std::string& slice = "");

Scorecard MakeScorecard(const RunScores& scores, uint64_t seed);

// Numbers for EstimateMean: equal names are one cluster.
std::vector<uint32_t> ClusterNumbers(const std::vector<std::string>& names);

}  // namespace quarry::eval
