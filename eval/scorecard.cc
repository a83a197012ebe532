#include "eval/scorecard.h"

#include <algorithm>
#include <unordered_map>

#include "eval/metric_catalogue.h"
#include "eval/statistics.h"

namespace quarry::eval {
namespace {

std::optional<Estimate> EstimateOver(const std::vector<const CaseScores*>& cases,
                                     const Metric& metric, uint64_t seed) {
  std::vector<double> values;
  std::vector<std::string> clusters;
  for (const CaseScores* one : cases) {
    const auto found = one->values.find(metric.name);
    if (found == one->values.end()) continue;
    values.push_back(found->second);
    clusters.push_back(one->cluster);
  }
  if (values.empty()) return std::nullopt;
  // Without prices there is nothing to say.
  const bool is_money = metric.unit == Metric::Unit::kMoney;
  if (is_money && std::ranges::all_of(values, [](double value) { return value == 0; })) {
    return std::nullopt;
  }
  return metric.unit == Metric::Unit::kShare ? EstimateShare(values, ClusterNumbers(clusters), seed)
                                             : EstimateMean(values, ClusterNumbers(clusters), seed);
}

SliceScores ScoreSlice(const std::string& slice, const std::vector<const CaseScores*>& cases,
                       uint64_t seed) {
  SliceScores scores;
  scores.slice = slice;
  scores.cases = cases.size();
  for (const Metric& metric : Metrics()) {
    if (const auto estimate = EstimateOver(cases, metric, seed)) {
      scores.metrics[metric.name] = *estimate;
    }
  }
  return scores;
}

std::optional<VarianceSplit> SplitOf(const std::string& metric,
                                     const std::vector<const CaseScores*>& cases) {
  std::vector<CaseSpread> spreads;
  double repeats = 0;
  double judgements = 0;
  for (const CaseScores* one : cases) {
    const auto found = one->spreads.find(metric);
    if (found == one->spreads.end()) continue;
    spreads.push_back(found->second);
    repeats += one->records;
    judgements = std::max<double>(judgements, one->judgements);
  }
  const auto count = static_cast<double>(spreads.size());
  if (spreads.empty()) return std::nullopt;
  return SplitVariance(metric, spreads, repeats / count, judgements);
}

}  // namespace

std::vector<uint32_t> ClusterNumbers(const std::vector<std::string>& names) {
  std::unordered_map<std::string, uint32_t> numbers;
  std::vector<uint32_t> clusters;
  clusters.reserve(names.size());
  for (const std::string& name : names) {
    clusters.push_back(numbers.emplace(name, static_cast<uint32_t>(numbers.size())).first->second);
  }
  return clusters;
}

const Estimate* Scorecard::Find(const std::string& metric, const std::string& slice) const {
  for (const SliceScores& one : slices) {
    if (one.slice != slice) continue;
    const auto found = one.metrics.find(metric);
    return found == one.metrics.end() ? nullptr : &found->second;
  }
  return nullptr;
}

std::optional<Estimate> EstimateMetric(const RunScores& scores, const Metric& metric, uint64_t seed,
                                       const std::string& slice) {
  std::vector<const CaseScores*> cases;
  for (const CaseScores& one : scores.cases) {
    if (one.IsIn(slice)) cases.push_back(&one);
  }
  return EstimateOver(cases, metric, seed);
}

Scorecard MakeScorecard(const RunScores& scores, uint64_t seed) {
  std::map<std::string, std::vector<const CaseScores*>> slices;
  std::vector<const CaseScores*>& all = slices[""];
  for (const CaseScores& one : scores.cases) {
    all.push_back(&one);
    for (const std::string& slice : one.slices) slices[slice].push_back(&one);
  }
  Scorecard card;
  for (const auto& [slice, cases] : slices) {
    if (!slice.empty() && (cases.size() < kMinSliceCases || cases.size() == all.size())) continue;
    card.slices.push_back(ScoreSlice(slice, cases, seed));
  }
  // Documents are many and small: behind the rest.
  std::ranges::stable_partition(
      card.slices, [](const SliceScores& slice) { return !slice.slice.starts_with("cluster="); });
  card.p50_ms = Percentile(scores.latencies_ms, 0.50);
  card.p95_ms = Percentile(scores.latencies_ms, 0.95);
  card.warm_p95_ms = Percentile(scores.warm_latencies_ms, 0.95);

  for (const char* metric : {"pass", "answer.score"}) {
    if (auto split = SplitOf(metric, all)) card.variance.push_back(*std::move(split));
  }
  return card;
}

}  // namespace quarry::eval
