#include "eval/regression.h"

#include <algorithm>

#include "eval/comparison.h"
#include "eval/metric_catalogue.h"
#include "eval/scorecard.h"

namespace quarry::eval {
namespace {

constexpr double kLevel = 0.05;

// Halves the level between the tests over all cases and those of slices.
void CorrectHalf(std::vector<LossTestResult*> tests) {
  std::vector<double> p;
  for (const LossTestResult* test : tests) p.push_back(test->p);
  const std::vector<double> adjusted = HolmAdjust(p);
  for (size_t i = 0; i < tests.size(); ++i) {
    tests[i]->adjusted_p = std::min(1.0, 2 * adjusted[i]);
  }
}

}  // namespace

std::vector<LossTestResult> TestForLosses(const RunScores& before, const RunScores& after,
                                          const std::vector<LossMargin>& margins, uint64_t seed) {
  std::vector<LossTestResult> results;
  const auto test = [&](const LossMargin& margin, const std::string& slice) {
    const Metric& metric = *FindMetric(margin.metric);
    PairedCases paired = PairCases(before, after, metric, slice);
    if (paired.differences.empty()) return;
    if (!metric.higher_is_better) {
      for (double& difference : paired.differences) difference = -difference;
    }
    LossTestResult result{.metric = margin.metric,
                          .slice = slice,
                          .gain = EstimateChange(paired, metric, seed),
                          .gained = paired.gained,
                          .lost = paired.lost};
    if (!slice.empty() && paired.differences.size() < kMinSliceCases) {
      if (result.gain.mean >= -margin.margin) return;
      result.verdict = LossVerdict::kUntested;
    } else {
      result.exchanged = CountExchanged(paired.differences, paired.clusters, margin.margin);
      result.p = LossTest(paired.differences, paired.clusters, margin.margin, seed);
    }
    results.push_back(std::move(result));
  };
  for (const LossMargin& margin : margins) {
    test(margin, "");
    for (const std::string& slice : SlicesOf(after, 1)) test(margin, slice);
  }
  std::vector<LossTestResult*> whole;
  std::vector<LossTestResult*> slices;
  for (LossTestResult& result : results) {
    if (result.verdict == LossVerdict::kUntested) continue;
    if (result.slice.empty()) {
      whole.push_back(&result);
    } else if (CanBeSignificant(result.exchanged)) {
      slices.push_back(&result);
    }
  }
  CorrectHalf(whole);
  CorrectHalf(slices);
  for (LossTestResult& result : results) {
    if (result.verdict == LossVerdict::kUntested) continue;
    const auto margin = std::ranges::find(margins, result.metric, &LossMargin::metric);
    if (result.adjusted_p < kLevel) {
      result.verdict = LossVerdict::kLost;
    } else if (result.gain.low >= -margin->margin && CanBeSignificant(result.gain.clusters)) {
      result.verdict = LossVerdict::kHolds;
    } else if (!result.slice.empty() && result.p < kLevel) {
      result.verdict = LossVerdict::kSuspect;
    }
  }
  return results;
}

}  // namespace quarry::eval
