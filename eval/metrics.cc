#include "eval/metrics.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <unordered_set>

#include "base/status.h"

namespace quarry::eval {
namespace {

// Every figure that MeasureRun averages.
constexpr double QueryMetrics::*kFigures[] = {
    &QueryMetrics::ndcg_at_k,
    &QueryMetrics::recall_at_k,
    &QueryMetrics::recall_at_100,
    &QueryMetrics::precision_at_k,
    &QueryMetrics::reciprocal_rank_at_k,
    &QueryMetrics::reciprocal_rank,
    &QueryMetrics::average_precision,
};
static_assert(sizeof(QueryMetrics) == std::size(kFigures) * sizeof(double),
              "a figure of QueryMetrics is missing in kFigures");

// True if `a` ranks before `b`. NaN is before nothing, so that this stays a strict weak order.
bool RanksBefore(const RankedDocument& a, const RankedDocument& b) {
  if (std::isnan(a.score) != std::isnan(b.score)) return std::isnan(b.score);
  if (a.score > b.score) return true;
  if (a.score < b.score) return false;
  return a.id > b.id;  // std::string compares as unsigned bytes, like trec_eval's strcmp
}

double DiscountedGain(int grade, size_t rank) {
  return grade / std::log2(static_cast<double>(rank) + 1.0);
}

// The best DCG at k that these judgements allow.
double IdealDcg(const std::map<std::string, int>& grades, size_t k) {
  std::vector<int> gains;
  for (const auto& [document, grade] : grades) {
    if (grade > 0) gains.push_back(grade);
  }
  std::sort(gains.begin(), gains.end(), std::greater<>());
  gains.resize(std::min(gains.size(), k));
  double dcg = 0;
  for (size_t i = 0; i < gains.size(); ++i) dcg += DiscountedGain(gains[i], i + 1);
  return dcg;
}

// Metrics of a ranking that SortRanking has ordered.
QueryMetrics MeasureSorted(const std::vector<RankedDocument>& ranking,
                           const std::map<std::string, int>& grades, size_t k) {
  const auto relevant = std::count_if(grades.begin(), grades.end(),
                                      [](const auto& judged) { return judged.second >= 1; });
  QueryMetrics metrics;
  if (relevant == 0) return metrics;

  double dcg = 0;
  double precisions = 0;
  size_t found = 0;
  size_t found_at_k = 0;
  size_t found_at_100 = 0;
  for (size_t rank = 1; rank <= ranking.size(); ++rank) {
    const auto judged = grades.find(ranking[rank - 1].id);
    if (judged == grades.end() || judged->second < 1) continue;
    ++found;
    precisions += static_cast<double>(found) / static_cast<double>(rank);
    if (found == 1) metrics.reciprocal_rank = 1.0 / static_cast<double>(rank);
    if (found == 1 && rank <= k) metrics.reciprocal_rank_at_k = metrics.reciprocal_rank;
    if (rank <= 100) ++found_at_100;
    if (rank <= k) {
      ++found_at_k;
      dcg += DiscountedGain(judged->second, rank);
    }
  }
  const auto all = static_cast<double>(relevant);
  metrics.ndcg_at_k = dcg / IdealDcg(grades, k);
  metrics.recall_at_k = static_cast<double>(found_at_k) / all;
  metrics.recall_at_100 = static_cast<double>(found_at_100) / all;
  metrics.precision_at_k = static_cast<double>(found_at_k) / static_cast<double>(k);
  metrics.average_precision = precisions / all;
  return metrics;
}

}  // namespace

void SortRanking(std::vector<RankedDocument>& ranking) {
  std::sort(ranking.begin(), ranking.end(), RanksBefore);
  std::unordered_set<std::string> seen;
  std::erase_if(ranking,
                [&](const RankedDocument& entry) { return !seen.insert(entry.id).second; });
}

QueryMetrics MeasureQuery(const std::vector<RankedDocument>& ranking,
                          const std::map<std::string, int>& grades, uint32_t k) {
  QUARRY_CHECK(k >= 1);
  std::vector<RankedDocument> sorted = ranking;
  SortRanking(sorted);
  return MeasureSorted(sorted, grades, k);
}

RunMetrics MeasureRun(const RankedRun& run, const Qrels& qrels, uint32_t k, Averaging averaging) {
  QUARRY_CHECK(k >= 1);
  RunMetrics result;
  for (const auto& [query, grades] : qrels) {
    const auto ranking = run.find(query);
    const bool has_results = ranking != run.end() && !ranking->second.empty();
    if (has_results) {
      result.per_query.emplace(query, MeasureQuery(ranking->second, grades, k));
    } else if (averaging == Averaging::kAllJudged) {
      result.per_query.emplace(query, QueryMetrics{});
    }
  }
  if (result.per_query.empty()) return result;
  for (const auto figure : kFigures) {
    double sum = 0;
    for (const auto& [query, metrics] : result.per_query) sum += metrics.*figure;
    result.mean.*figure = sum / static_cast<double>(result.per_query.size());
  }
  return result;
}

}  // namespace quarry::eval
