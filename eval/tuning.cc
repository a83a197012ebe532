#include "eval/tuning.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <utility>

#include "base/hash.h"
#include "eval/query_ranking.h"
#include "eval/question_pairs.h"
#include "eval/statistics.h"

namespace quarry::eval {
namespace {

constexpr double kK1[] = {0.6, 0.9, 1.2, 1.6, 2.0};
constexpr double kB[] = {0.3, 0.5, 0.75, 0.9};
constexpr int kWeightSteps = 20;
constexpr size_t kNestedSubsets = 5;  // 1, 1/2, 1/4, ... of the questions
constexpr size_t kFewQuestions = 10;  // below, a subset teaches nothing

// nDCG of each question.
Result<std::vector<double>> MeasureAll(const JudgedQuestions& questions, SearchMode mode,
                                       const RetrievalOptions& options, uint32_t k,
                                       TrialCollection& trial, const CallContext& context) {
  const EvalParts parts = trial.Parts();
  const std::shared_ptr<const index::Snapshot> snapshot = trial.Snapshot();
  std::vector<double> values;
  for (const BeirQuery& query : questions.queries) {
    const Query request{.text = query.text, .mode = mode, .options = options};
    QUARRY_ASSIGN_OR_RETURN(QueryRanking ranked, RankDocuments(parts.retriever, request, query.id,
                                                               k, *snapshot, context));
    values.push_back(MeasureQuery(ranked.documents, questions.qrels.at(query.id), k).ndcg_at_k);
  }
  return values;
}

RetrievalOptions WithWeight(const RetrievalOptions& retrieval, double weight) {
  RetrievalOptions options = retrieval;
  options.fusion.dense_weight = weight;
  options.collection_dense_weights.clear();
  return options;
}

Estimate GainOf(const std::vector<double>& before, const std::vector<double>& after) {
  std::vector<double> gains;
  for (size_t i = 0; i < after.size(); ++i) gains.push_back(after[i] - before[i]);
  return EstimateIndependentMean(gains);
}

class Learner {
 public:
  Learner(const JudgedQuestions& train, const JudgedQuestions& held_out,
          const LearningOptions& options, const OpenTrial& open,
          const ingest::ProgressSink& progress, const CallContext& context)
      : train_(train),
        held_out_(held_out),
        options_(options),
        open_(open),
        progress_(progress),
        context_(context) {}

  Result<LearningReport> Run() {
    report_.k = options_.k;
    report_.learnt_from = train_.queries.size();
    report_.held_out = held_out_.queries.size();
    report_.current = report_.learnt = options_.current;
    if (options_.learn_bm25) QUARRY_RETURN_IF_ERROR(LearnBm25());
    // One trial at a time is open: each may be a copy of the whole collection.
    QUARRY_ASSIGN_OR_RETURN(std::unique_ptr<TrialCollection> trial,
                            open_({.bm25 = report_.learnt.bm25}));
    QUARRY_RETURN_IF_ERROR(LearnWeight(*trial));
    QUARRY_ASSIGN_OR_RETURN(after_, HeldOut(report_.learnt.dense_weight, *trial));
    if (report_.learnt.bm25 == report_.current.bm25) {
      QUARRY_ASSIGN_OR_RETURN(before_, HeldOut(report_.current.dense_weight, *trial));
    }
    if (options_.learn_embedder) QUARRY_RETURN_IF_ERROR(LearnPairs(std::move(trial)));
    trial.reset();
    if (report_.learnt.bm25 != report_.current.bm25) {
      QUARRY_ASSIGN_OR_RETURN(trial, open_({.bm25 = report_.current.bm25}));
      QUARRY_ASSIGN_OR_RETURN(before_, HeldOut(report_.current.dense_weight, *trial));
    }
    report_.ndcg_current = Mean(before_);
    report_.ndcg_learnt = Mean(after_);
    report_.gain = GainOf(before_, after_);
    return std::move(report_);
  }

 private:
  Status LearnBm25() {
    std::set<std::pair<double, double>> grid = {
        {options_.current.bm25.k1, options_.current.bm25.b}};
    for (const double k1 : kK1) {
      for (const double b : kB) grid.insert({k1, b});
    }
    for (const auto& [k1, b] : grid) {
      const index::Bm25Parameters bm25{.k1 = k1, .b = b};
      QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<TrialCollection> trial,
                              open_({.bm25 = bm25, .with_vectors = false}));
      QUARRY_ASSIGN_OR_RETURN(const std::vector<double> values,
                              MeasureAll(train_, SearchMode::kLexical, options_.retrieval,
                                         options_.k, *trial, context_));
      report_.bm25_trials.push_back(
          {{.bm25 = bm25, .dense_weight = options_.current.dense_weight}, Mean(values)});
      Show("trying k1 and b", report_.bm25_trials.size(), grid.size());
    }
    report_.learnt.bm25 = report_.bm25_trials[BestTrial(report_.bm25_trials)].parameters.bm25;
    return OkStatus();
  }

  // The number of the best trial; of equal ones the nearest to the current values.
  size_t BestTrial(const std::vector<ParameterTrial>& trials) const {
    const auto distance = [&](const SearchParameters& one) {
      return std::abs(one.bm25.k1 - options_.current.bm25.k1) +
             std::abs(one.bm25.b - options_.current.bm25.b) +
             std::abs(one.dense_weight - options_.current.dense_weight);
    };
    const auto best =
        std::min_element(trials.begin(), trials.end(), [&](const auto& a, const auto& b) {
          if (a.ndcg != b.ndcg) return a.ndcg > b.ndcg;
          return distance(a.parameters) < distance(b.parameters);
        });
    return static_cast<size_t>(best - trials.begin());
  }

  std::vector<double> Weights() const {
    std::set<double> weights = {options_.current.dense_weight};
    for (int i = 0; i <= kWeightSteps; ++i) weights.insert(static_cast<double>(i) / kWeightSteps);
    return {weights.begin(), weights.end()};
  }

  Status LearnWeight(TrialCollection& trial) {
    const std::vector<double> weights = Weights();
    for (const double weight : weights) {
      const RetrievalOptions options = WithWeight(options_.retrieval, weight);
      QUARRY_ASSIGN_OR_RETURN(
          std::vector<double> learnt,
          MeasureAll(train_, SearchMode::kHybrid, options, options_.k, trial, context_));
      QUARRY_ASSIGN_OR_RETURN(std::vector<double> held, HeldOut(weight, trial));
      report_.weight_trials.push_back(
          {{.bm25 = report_.learnt.bm25, .dense_weight = weight}, Mean(learnt)});
      train_values_.push_back(std::move(learnt));
      held_values_.push_back(std::move(held));
      Show("trying weights", report_.weight_trials.size(), weights.size());
    }
    const size_t best = BestTrial(report_.weight_trials);
    report_.learnt.dense_weight = report_.weight_trials[best].parameters.dense_weight;
    DrawCurve();
    return OkStatus();
  }

  // Keeps the pairs where they surely gain something beside the corpus alone, on questions that are not held
  // out: what is measured there is not chosen there. `plain`: without them.
  Status LearnPairs(std::unique_ptr<TrialCollection> plain) {
    JudgedQuestions teaching;
    JudgedQuestions others;
    std::vector<std::vector<double>> without(
        train_values_.size());  // [weight][question], of the others
    for (size_t i = 0; i < train_.queries.size(); ++i) {
      const BeirQuery& query = train_.queries[i];
      const bool teaches = Hash64(query.id) % 2 == 0;
      JudgedQuestions& side = teaches ? teaching : others;
      side.queries.push_back(query);
      side.qrels[query.id] = train_.qrels.at(query.id);
      for (size_t w = 0; !teaches && w < without.size(); ++w) {
        without[w].push_back(train_values_[w][i]);
      }
    }
    if (teaching.queries.empty() || others.queries.empty()) {
      return InvalidArgumentError(
          "tuning: expected more questions to learn an embedder from, got " +
          std::to_string(train_.queries.size()));
    }
    const Analyzer& analyzer = plain->Parts().analyzer;
    QUARRY_ASSIGN_OR_RETURN(std::vector<model::LearningPair> some,
                            PairsOf(teaching, *plain->Snapshot(), analyzer));
    QUARRY_ASSIGN_OR_RETURN(std::vector<model::LearningPair> all,
                            PairsOf(train_, *plain->Snapshot(), analyzer));
    plain.reset();
    SearchParameters learnt = {.bm25 = report_.learnt.bm25, .pairs = all.size()};
    QUARRY_ASSIGN_OR_RETURN(std::unique_ptr<TrialCollection> trial,
                            open_({.bm25 = learnt.bm25, .pairs = std::move(some)}));
    std::vector<ParameterTrial> trials;
    std::vector<std::vector<double>> trial_values;
    for (const double weight : Weights()) {
      QUARRY_ASSIGN_OR_RETURN(
          std::vector<double> values,
          MeasureAll(others, SearchMode::kHybrid, WithWeight(options_.retrieval, weight),
                     options_.k, *trial, context_));
      trials.push_back({{.bm25 = learnt.bm25, .dense_weight = weight}, Mean(values)});
      trial_values.push_back(std::move(values));
    }
    const size_t best = BestTrial(trials);
    learnt.dense_weight = trials[best].parameters.dense_weight;
    std::vector<bool> halves;
    for (const BeirQuery& query : others.queries) halves.push_back(Hash64(query.id) / 2 % 2 == 0);
    report_.gain_of_pairs =
        GainOf(ChosenAcross(without, halves), ChosenAcross(trial_values, halves));
    if (report_.gain_of_pairs->low <= 0) return OkStatus();
    trial.reset();
    QUARRY_ASSIGN_OR_RETURN(trial, open_({.bm25 = learnt.bm25, .pairs = all}));
    QUARRY_ASSIGN_OR_RETURN(after_, HeldOut(learnt.dense_weight, *trial));
    report_.learnt = learnt;
    report_.pairs = std::move(all);
    return OkStatus();
  }

  Result<std::vector<double>> HeldOut(double weight, TrialCollection& trial) const {
    return MeasureAll(held_out_, SearchMode::kHybrid, WithWeight(options_.retrieval, weight),
                      options_.k, trial, context_);
  }

  // What weights would have been chosen on nested subsets, and what they reach.
  void DrawCurve() {
    std::vector<size_t> order(train_.queries.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      return Hash64(train_.queries[a].id) < Hash64(train_.queries[b].id);
    });
    std::vector<LearningPoint> points;
    for (size_t subset = 0; subset < kNestedSubsets; ++subset) {
      const size_t size = order.size() >> subset;
      if (size < kFewQuestions) break;
      size_t best = 0;
      double best_mean = -1;
      for (size_t trial = 0; trial < train_values_.size(); ++trial) {
        double sum = 0;
        for (size_t i = 0; i < size; ++i) sum += train_values_[trial][order[i]];
        if (sum > best_mean) {
          best_mean = sum;
          best = trial;
        }
      }
      points.push_back({static_cast<double>(size), 1 - Mean(held_values_[best]),
                        static_cast<double>(held_out_.queries.size())});
    }
    const Result<LearningCurve> curve = FitLearningCurve(points);
    if (curve.ok()) report_.curve = *curve;
  }

  void Show(const char* stage, size_t done, size_t total) const {
    if (progress_) progress_({.stage = stage, .done = done, .total = total});
  }

  const JudgedQuestions& train_;
  const JudgedQuestions& held_out_;
  const LearningOptions& options_;
  const OpenTrial& open_;
  const ingest::ProgressSink& progress_;
  const CallContext& context_;
  std::vector<std::vector<double>> train_values_;  // [weight trial][question]
  std::vector<std::vector<double>> held_values_;
  std::vector<double> before_;  // on the held-out questions, of the current parameters
  std::vector<double> after_;   // of those learnt
  LearningReport report_;
};

}  // namespace

std::vector<double> ChosenAcross(const std::vector<std::vector<double>>& values,
                                 const std::vector<bool>& halves) {
  std::vector<double> chosen(halves.size());
  for (const bool half : {false, true}) {
    size_t best = 0;
    double best_sum = -std::numeric_limits<double>::infinity();
    for (size_t setting = 0; setting < values.size(); ++setting) {
      double sum = 0;
      for (size_t i = 0; i < halves.size(); ++i) sum += halves[i] != half ? values[setting][i] : 0;
      if (sum <= best_sum) continue;
      best = setting;
      best_sum = sum;
    }
    for (size_t i = 0; i < halves.size(); ++i) {
      if (halves[i] == half) chosen[i] = values[best][i];
    }
  }
  return chosen;
}

Result<LearningReport> LearnSearch(const JudgedQuestions& train, const JudgedQuestions& held_out,
                                   const LearningOptions& options, const OpenTrial& open,
                                   const ingest::ProgressSink& progress,
                                   const CallContext& context) {
  if (train.queries.empty() || held_out.queries.empty()) {
    return InvalidArgumentError(
        "tuning: expected judged questions to learn from and others to hold "
        "out, got " +
        std::to_string(train.queries.size()) + " and " + std::to_string(held_out.queries.size()));
  }
  return Learner(train, held_out, options, open, progress, context).Run();
}

}  // namespace quarry::eval
