#include "eval/comparison.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "eval/metric_catalogue.h"
#include "eval/scorecard.h"

namespace quarry::eval {
namespace {

constexpr const char* kHeadlines[] = {"pass",        "answer.score",     "spans.prompt",
                                      "spans.cited", "claims.supported", "refusal.correct",
                                      "refusal.over"};

bool IsInSlice(const CaseScores& one, const std::string& slice) {
  return slice.empty() || std::ranges::find(one.slices, slice) != one.slices.end();
}

bool IsWhole(double value) { return value == 0 || value == 1; }

}  // namespace

std::span<const char* const> HeadlineMetrics() { return kHeadlines; }

std::vector<std::string> SlicesOf(const RunScores& scores) {
  std::map<std::string, uint64_t> counts;
  for (const CaseScores& one : scores.cases) {
    for (const std::string& slice : one.slices) ++counts[slice];
  }
  std::vector<std::string> slices;
  for (const auto& [slice, count] : counts) {
    if (count >= kMinSliceCases && count < scores.cases.size()) slices.push_back(slice);
  }
  return slices;
}

std::optional<MetricDelta> CompareMetric(const RunScores& before, const RunScores& after,
                                         const std::string& metric, const std::string& slice,
                                         uint64_t seed) {
  const Metric* info = FindMetric(metric);
  if (info == nullptr) return std::nullopt;
  std::unordered_map<std::string, double> old_values;
  for (const CaseScores& one : before.cases) {
    const auto found = one.values.find(metric);
    if (found != one.values.end()) old_values[one.id] = found->second;
  }
  MetricDelta delta;
  delta.metric = metric;
  delta.slice = slice;
  std::vector<double> differences;
  std::vector<std::string> clusters;
  bool is_binary = info->is_binary;
  for (const CaseScores& one : after.cases) {
    if (!IsInSlice(one, slice)) continue;
    const auto found = one.values.find(metric);
    const auto old = old_values.find(one.id);
    if (found == one.values.end() || old == old_values.end()) continue;
    const double difference = found->second - old->second;
    differences.push_back(difference);
    clusters.push_back(one.cluster);
    delta.before += old->second;
    delta.after += found->second;
    if (difference != 0) {
      ((difference > 0) == info->higher_is_better ? delta.gained : delta.lost) += 1;
    }
    is_binary = is_binary && IsWhole(found->second) && IsWhole(old->second);
  }
  if (differences.empty()) return std::nullopt;
  const auto count = static_cast<double>(differences.size());
  delta.before /= count;
  delta.after /= count;
  const std::vector<uint32_t> numbers = ClusterNumbers(clusters);
  delta.delta = EstimateMean(differences, numbers, seed);
  const bool is_independent = delta.delta.clusters == delta.delta.count;
  delta.p = is_binary && is_independent ? McNemarTest(delta.gained, delta.lost)
                                        : PermutationTest(differences, numbers, seed);
  delta.adjusted_p = delta.p;
  return delta;
}

void CorrectTogether(std::vector<MetricDelta*> deltas) {
  std::vector<double> p;
  for (const MetricDelta* delta : deltas) p.push_back(delta->p);
  const std::vector<double> adjusted = HolmAdjust(p);
  for (size_t i = 0; i < deltas.size(); ++i) deltas[i]->adjusted_p = adjusted[i];
}

Comparison CompareRuns(const RunScores& before, const RunScores& after, uint64_t seed) {
  Comparison comparison;
  for (const Metric& metric : Metrics()) {
    if (auto delta = CompareMetric(before, after, metric.name, "", seed)) {
      comparison.overall.push_back(*std::move(delta));
    }
  }
  for (const std::string& slice : SlicesOf(after)) {
    for (const char* metric : kHeadlines) {
      if (auto delta = CompareMetric(before, after, metric, slice, seed)) {
        comparison.slices.push_back(*std::move(delta));
      }
    }
  }
  const auto correct = [](std::vector<MetricDelta>& deltas) {
    std::vector<MetricDelta*> pointers;
    for (MetricDelta& delta : deltas) pointers.push_back(&delta);
    CorrectTogether(std::move(pointers));
  };
  correct(comparison.overall);
  correct(comparison.slices);

  std::unordered_map<std::string, const CaseScores*> old_cases;
  for (const CaseScores& one : before.cases) old_cases[one.id] = &one;
  std::vector<FlippedCase> gained;
  for (const CaseScores& one : after.cases) {
    const auto old = old_cases.find(one.id);
    if (old == old_cases.end()) {
      ++comparison.only_after;
      continue;
    }
    ++comparison.cases;
    const bool passed = old->second->Passes();
    if (passed == one.Passes()) continue;
    const CaseScores& failed = passed ? one : *old->second;
    FlippedCase flip{
        .id = one.id, .passes_now = one.Passes(), .reasons = failed.reasons, .label = failed.label};
    (passed ? comparison.flips : gained).push_back(std::move(flip));
  }
  comparison.only_before = before.cases.size() - comparison.cases;
  comparison.flips.insert(comparison.flips.end(), gained.begin(), gained.end());
  return comparison;
}

}  // namespace quarry::eval
