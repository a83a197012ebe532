#pragma once

// Two runs of the same cases: what changed, in all and by slice, and whether that is more than
// chance. Paired by case; `before` is the baseline. Pure.

#include <string>
#include <vector>

#include "eval/metric_catalogue.h"
#include "eval/run_scores.h"
#include "eval/statistics.h"

namespace quarry::eval {

// The cases of two runs that have a metric, were asked the same, and are in a slice ("" = all).
struct PairedCases {
  std::vector<double> differences;  // after less before
  std::vector<uint32_t> clusters;
  double before = 0;  // means
  double after = 0;
  uint64_t gained = 0;  // cases that are better, in the metric's own direction
  uint64_t lost = 0;
  bool is_binary = false;  // every value is 0 or 1, and the metric so by nature
};
PairedCases PairCases(const RunScores& before, const RunScores& after, const Metric& metric,
                      const std::string& slice);
// Their mean difference, of a metric that is right or wrong by EstimateDifference.
Estimate EstimateChange(const PairedCases& paired, const Metric& metric, uint64_t seed);

struct MetricDelta {
  std::string metric;
  std::string slice;  // "" = all cases
  double before = 0;
  double after = 0;
  Estimate delta;       // after less before, of the cases that have both
  uint64_t gained = 0;  // cases that are better, in the metric's own direction
  uint64_t lost = 0;
  // McNemar's test where the metric is binary and cases are independent, else a permutation test.
  double p = 1;
  // Holm; over which tests says the one who made the list. CompareRuns: p of `pass` over all cases; 1 of
  // too few clusters that differ to be sure of anything, which are not counted among the others.
  double adjusted_p = 1;
  uint64_t exchanged = 0;  // clusters that differ

  bool is_significant() const { return adjusted_p < 0.05; }
};

// A case that passes in one run only.
struct FlippedCase {
  std::string id;
  bool passes_now = false;
  std::vector<std::string> reasons;  // why it does not pass, of the run in which it does not
  std::string label;
  std::string answer;  // CaseScores::answer of that run
};

struct Comparison {
  // In the order of the catalogue; `pass` is tested by itself, the others are corrected together.
  std::vector<MetricDelta> overall;
  std::vector<MetricDelta> slices;  // of `pass` and the headline metrics; corrected together
  std::vector<FlippedCase> flips;   // lost first, in the order of the suite
  uint64_t cases = 0;               // asked in both
  uint64_t changed = 0;             // in both, and asked or expected otherwise: not compared
  uint64_t only_before = 0;
  uint64_t only_after = 0;
};

// Of one metric and slice; nullopt where no case of both has it.
std::optional<MetricDelta> CompareMetric(const RunScores& before, const RunScores& after,
                                         const std::string& metric, const std::string& slice,
                                         uint64_t seed);

Comparison CompareRuns(const RunScores& before, const RunScores& after, uint64_t seed);

// The metrics that are compared by slice.
std::span<const char* const> HeadlineMetrics();

// Slices of so many cases or more, and not of all, by name.
std::vector<std::string> SlicesOf(const RunScores& scores, uint64_t min_cases);

}  // namespace quarry::eval
