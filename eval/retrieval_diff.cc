#include "eval/retrieval_diff.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "eval/beir.h"
#include "eval/query_ranking.h"
#include "eval/statistics.h"

namespace quarry::eval {
namespace {

constexpr int kGridSteps = 20;
constexpr size_t kHalves = 2;

// A collection with its questions, opened to be measured on.
struct Bench {
  BeirQueries queries;
  std::shared_ptr<const index::Snapshot> snapshot;
};

Result<Bench> OpenBench(const std::string& directory, const std::string& split,
                        const EvalParts& parts, const ingest::ProgressSink& progress,
                        const CallContext& context, CorpusReport& corpus) {
  Bench bench;
  QUARRY_ASSIGN_OR_RETURN(bench.queries, ReadBeirQueries(directory, split));
  if (bench.queries.queries.empty()) {
    return InvalidArgumentError(directory + ": the split " + split + " judges no query");
  }
  QUARRY_ASSIGN_OR_RETURN(bench.snapshot,
                          OpenBeirCorpus(directory, parts, progress, context, corpus));
  QUARRY_RETURN_IF_ERROR(
      CountMissingDocuments(*bench.snapshot, bench.queries.qrels, directory).status());
  return bench;
}

// The documents of one question without itself, and how good they are.
struct Measured {
  std::vector<DocumentId> best;  // k
  double ndcg = 0;
  double micros = 0;
};

Result<Measured> Measure(const SearchSetting& setting, const BeirQuery& query, uint32_t k,
                         const Bench& bench, const EvalParts& parts, const CallContext& context) {
  Query request;
  request.text = query.text;
  request.mode = setting.mode;
  request.options = setting.options;
  QUARRY_ASSIGN_OR_RETURN(QueryRanking ranked, RankDocuments(parts.retriever, request, query.id, k,
                                                             *bench.snapshot, context));
  Measured measured;
  measured.micros = ranked.micros;
  measured.ndcg = MeasureQuery(ranked.documents, bench.queries.qrels.at(query.id), k).ndcg_at_k;
  for (size_t i = 0; i < std::min<size_t>(k, ranked.documents.size()); ++i) {
    measured.best.push_back(ranked.documents[i].id);
  }
  return measured;
}

double MedianOf(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return Percentile(values, 0.5);
}

}  // namespace

std::vector<RankMove> MovesBetween(const std::vector<DocumentId>& before,
                                   const std::vector<DocumentId>& after) {
  std::vector<RankMove> moves;
  for (size_t i = 0; i < before.size(); ++i) {
    const auto at = std::find(after.begin(), after.end(), before[i]);
    const auto rank = at == after.end() ? 0 : static_cast<uint32_t>(at - after.begin() + 1);
    moves.push_back({before[i], static_cast<uint32_t>(i + 1), rank});
  }
  for (size_t i = 0; i < after.size(); ++i) {
    if (std::find(before.begin(), before.end(), after[i]) != before.end()) continue;
    moves.push_back({after[i], 0, static_cast<uint32_t>(i + 1)});
  }
  std::erase_if(moves, [](const RankMove& move) { return move.before == move.after; });
  const auto best = [](const RankMove& move) {
    if (move.before == 0 || move.after == 0) return std::max(move.before, move.after);
    return std::min(move.before, move.after);
  };
  std::stable_sort(moves.begin(), moves.end(),
                   [&](const RankMove& a, const RankMove& b) { return best(a) < best(b); });
  return moves;
}

double OverlapOf(const std::vector<DocumentId>& before, const std::vector<DocumentId>& after) {
  const size_t larger = std::max(before.size(), after.size());
  if (larger == 0) return 1;
  const std::set<DocumentId> there(before.begin(), before.end());
  const auto common = std::count_if(after.begin(), after.end(),
                                    [&](const DocumentId& id) { return there.contains(id); });
  return static_cast<double>(common) / static_cast<double>(larger);
}

Result<RetrievalDiffReport> DiffRetrieval(const RetrievalDiffOptions& options,
                                          const EvalParts& parts,
                                          const ingest::ProgressSink& progress,
                                          const CallContext& context) {
  RetrievalDiffReport report{
      .directory = options.directory, .split = options.split, .k = options.k};
  QUARRY_ASSIGN_OR_RETURN(const Bench bench, OpenBench(options.directory, options.split, parts,
                                                       progress, context, report.corpus));
  std::vector<double> before_micros, after_micros, before_ndcg, after_ndcg, gains, overlaps;
  for (const BeirQuery& query : bench.queries.queries) {
    QUARRY_ASSIGN_OR_RETURN(const Measured before,
                            Measure(options.before, query, options.k, bench, parts, context));
    QUARRY_ASSIGN_OR_RETURN(const Measured after,
                            Measure(options.after, query, options.k, bench, parts, context));
    before_micros.push_back(before.micros);
    after_micros.push_back(after.micros);
    before_ndcg.push_back(before.ndcg);
    after_ndcg.push_back(after.ndcg);
    gains.push_back(after.ndcg - before.ndcg);
    overlaps.push_back(OverlapOf(before.best, after.best));
    QueryDiff diff{.id = query.id,
                   .text = query.text,
                   .overlap = overlaps.back(),
                   .ndcg_before = before.ndcg,
                   .ndcg_after = after.ndcg,
                   .moves = MovesBetween(before.best, after.best)};
    const auto& grades = bench.queries.qrels.at(query.id);
    for (RankMove& move : diff.moves) {
      const auto grade = grades.find(move.document);
      if (grade != grades.end()) move.grade = grade->second;
    }
    if (!diff.moves.empty()) report.largest.push_back(std::move(diff));
    if (progress) {
      progress({.stage = "searching", .done = gains.size(), .total = bench.queries.queries.size()});
    }
  }
  report.queries = gains.size();
  report.changed = report.largest.size();
  report.mean_overlap = Mean(overlaps);
  report.ndcg_before = Mean(before_ndcg);
  report.ndcg_after = Mean(after_ndcg);
  report.gain = EstimateIndependentMean(gains);
  report.before_p50_us = MedianOf(std::move(before_micros));
  report.after_p50_us = MedianOf(std::move(after_micros));
  std::stable_sort(report.largest.begin(), report.largest.end(),
                   [](const QueryDiff& a, const QueryDiff& b) {
                     const double change_a = std::abs(a.ndcg_after - a.ndcg_before);
                     const double change_b = std::abs(b.ndcg_after - b.ndcg_before);
                     return change_a != change_b ? change_a > change_b : a.overlap < b.overlap;
                   });
  if (report.largest.size() > options.shown) report.largest.resize(options.shown);
  return report;
}

void ChooseWeight(TuningReport& report) {
  // The best by the questions that are not of `left_out`; the lowest weight of equal ones.
  const auto best_without = [&](size_t left_out) {
    const WeightTrial* best = nullptr;
    double highest = 0;
    for (const WeightTrial& trial : report.trials) {
      double sum = 0;
      for (size_t i = 0; i < trial.ndcg.size(); ++i)
        sum += i % kHalves == left_out ? 0 : trial.ndcg[i];
      if (best != nullptr && sum <= highest) continue;
      best = &trial;
      highest = sum;
    }
    return best;
  };
  const WeightTrial* current = nullptr;
  for (WeightTrial& trial : report.trials) {
    trial.mean = Mean(trial.ndcg);
    if (trial.weight == report.current) current = &trial;
  }
  const WeightTrial* best = best_without(kHalves);
  report.best = best->weight;
  report.apparent_gain = best->mean - current->mean;
  const WeightTrial* chosen = best_without(1);
  std::vector<double> gains;
  for (size_t i = 1; i < current->ndcg.size(); i += kHalves) {
    gains.push_back(chosen->ndcg[i] - current->ndcg[i]);
  }
  report.gain = EstimateIndependentMean(gains);
  report.advised = report.gain.low > 0 ? report.best : report.current;
}

Result<TuningReport> TuneDenseWeight(const TuningOptions& options, const EvalParts& parts,
                                     const ingest::ProgressSink& progress,
                                     const CallContext& context) {
  TuningReport report{.directory = options.directory, .k = options.k};
  QUARRY_ASSIGN_OR_RETURN(const Bench bench, OpenBench(options.directory, options.split, parts,
                                                       progress, context, report.corpus));
  report.collection = bench.snapshot->collection().name;
  if (!bench.snapshot->generation()) {
    return FailedPreconditionError("collection \"" + report.collection +
                                   "\" has no vectors: there is no weight to choose");
  }
  report.current = options.retrieval.DenseWeightOf(report.collection);
  std::set<double> weights = {report.current};
  for (int i = 0; i <= kGridSteps; ++i) weights.insert(static_cast<double>(i) / kGridSteps);
  for (const double weight : weights) {
    WeightTrial& trial = report.trials.emplace_back();
    trial.weight = weight;
    SearchSetting setting{.options = options.retrieval};
    setting.options.fusion.dense_weight = weight;
    setting.options.collection_dense_weights.clear();
    for (const BeirQuery& query : bench.queries.queries) {
      QUARRY_ASSIGN_OR_RETURN(const Measured measured,
                              Measure(setting, query, options.k, bench, parts, context));
      trial.ndcg.push_back(measured.ndcg);
    }
    if (progress) {
      progress({.stage = "searching", .done = report.trials.size(), .total = weights.size()});
    }
  }
  ChooseWeight(report);
  return report;
}

}  // namespace quarry::eval
