#include "eval/comparison.h"

#include <algorithm>
#include <functional>
#include <map>
#include <string_view>
#include <unordered_map>

#include "eval/scorecard.h"

namespace quarry::eval {
namespace {

constexpr const char* kHeadlines[] = {"pass",        "answer.score",     "spans.prompt",
                                      "spans.cited", "claims.supported", "refusal.correct",
                                      "refusal.over"};

// What a comparison is made for, named before anything is measured: it is tested by itself. The other metrics
// are looked through for what else has changed, and are corrected for being many.
constexpr std::string_view kPrimary = "pass";

bool IsWhole(double value) { return value == 0 || value == 1; }

}  // namespace

std::span<const char* const> HeadlineMetrics() { return kHeadlines; }

std::vector<std::string> SlicesOf(const RunScores& scores, uint64_t min_cases) {
  std::map<std::string, uint64_t> counts;
  for (const CaseScores& one : scores.cases) {
    for (const std::string& slice : one.slices) ++counts[slice];
  }
  std::vector<std::string> slices;
  for (const auto& [slice, count] : counts) {
    if (count >= min_cases && count < scores.cases.size()) slices.push_back(slice);
  }
  return slices;
}

PairedCases PairCases(const RunScores& before, const RunScores& after, const Metric& metric,
                      const std::string& slice) {
  std::unordered_map<std::string, const CaseScores*> old_cases;
  for (const CaseScores& one : before.cases) old_cases[one.id] = &one;
  PairedCases paired;
  paired.is_binary = metric.is_binary;
  std::vector<std::string> clusters;
  for (const CaseScores& one : after.cases) {
    if (!one.IsIn(slice)) continue;
    const auto old = old_cases.find(one.id);
    if (old == old_cases.end() || old->second->question_hash != one.question_hash) continue;
    const auto value = one.values.find(metric.name);
    const auto old_value = old->second->values.find(metric.name);
    if (value == one.values.end() || old_value == old->second->values.end()) continue;
    const double difference = value->second - old_value->second;
    paired.differences.push_back(difference);
    clusters.push_back(one.cluster);
    paired.before += old_value->second;
    paired.after += value->second;
    if (difference != 0) {
      ((difference > 0) == metric.higher_is_better ? paired.gained : paired.lost) += 1;
    }
    paired.is_binary = paired.is_binary && IsWhole(value->second) && IsWhole(old_value->second);
  }
  const auto count = static_cast<double>(std::max<size_t>(paired.differences.size(), 1));
  paired.before /= count;
  paired.after /= count;
  paired.clusters = ClusterNumbers(clusters);
  return paired;
}

Estimate EstimateChange(const PairedCases& paired, const Metric& metric, uint64_t seed) {
  return metric.is_binary ? EstimateDifference(paired.differences, paired.clusters, seed)
                          : EstimateMean(paired.differences, paired.clusters, seed);
}

std::optional<MetricDelta> CompareMetric(const RunScores& before, const RunScores& after,
                                         const std::string& metric, const std::string& slice,
                                         uint64_t seed) {
  const Metric* info = FindMetric(metric);
  if (info == nullptr) return std::nullopt;
  const PairedCases paired = PairCases(before, after, *info, slice);
  if (paired.differences.empty()) return std::nullopt;
  MetricDelta delta{.metric = metric,
                    .slice = slice,
                    .before = paired.before,
                    .after = paired.after,
                    .delta = EstimateChange(paired, *info, seed),
                    .gained = paired.gained,
                    .lost = paired.lost,
                    .exchanged = CountExchanged(paired.differences, paired.clusters)};
  const bool is_independent = delta.delta.clusters == delta.delta.count;
  delta.p = paired.is_binary && is_independent
                ? McNemarTest(delta.gained, delta.lost)
                : PermutationTest(paired.differences, paired.clusters, seed);
  delta.adjusted_p = delta.p;
  return delta;
}

Comparison CompareRuns(const RunScores& before, const RunScores& after, uint64_t seed) {
  Comparison comparison;
  for (const Metric& metric : Metrics()) {
    if (auto delta = CompareMetric(before, after, metric.name, "", seed)) {
      comparison.overall.push_back(*std::move(delta));
    }
  }
  for (const std::string& slice : SlicesOf(after, kMinSliceCases)) {
    for (const char* metric : kHeadlines) {
      if (auto delta = CompareMetric(before, after, metric, slice, seed)) {
        comparison.slices.push_back(*std::move(delta));
      }
    }
  }
  const auto correct = [](std::vector<MetricDelta>& deltas, const auto& is_meant) {
    std::vector<double> p;
    std::vector<MetricDelta*> tested;
    for (MetricDelta& delta : deltas) {
      if (!is_meant(delta)) continue;
      delta.adjusted_p = 1;
      if (!CanBeSignificant(delta.exchanged)) continue;
      p.push_back(delta.p);
      tested.push_back(&delta);
    }
    const std::vector<double> adjusted = HolmAdjust(p);
    for (size_t i = 0; i < tested.size(); ++i) tested[i]->adjusted_p = adjusted[i];
  };
  const auto is_primary = [](const MetricDelta& delta) { return delta.metric == kPrimary; };
  correct(comparison.overall, is_primary);
  correct(comparison.overall, std::not_fn(is_primary));
  correct(comparison.slices, [](const MetricDelta&) { return true; });

  std::unordered_map<std::string, const CaseScores*> old_cases;
  for (const CaseScores& one : before.cases) old_cases[one.id] = &one;
  std::vector<FlippedCase> gained;
  for (const CaseScores& one : after.cases) {
    const auto old = old_cases.find(one.id);
    if (old == old_cases.end()) {
      ++comparison.only_after;
      continue;
    }
    if (old->second->question_hash != one.question_hash) {
      ++comparison.changed;
      continue;
    }
    ++comparison.cases;
    const bool passed = old->second->Passes();
    if (passed == one.Passes()) continue;
    const CaseScores& failed = passed ? one : *old->second;
    FlippedCase flip{.id = one.id,
                     .passes_now = one.Passes(),
                     .reasons = failed.reasons,
                     .label = failed.label,
                     .answer = failed.answer};
    (passed ? comparison.flips : gained).push_back(std::move(flip));
  }
  comparison.only_before = before.cases.size() - comparison.cases - comparison.changed;
  comparison.flips.insert(comparison.flips.end(), gained.begin(), gained.end());
  return comparison;
}

}  // namespace quarry::eval
