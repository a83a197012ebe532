#pragma once

// Learns from judged questions how a collection is searched best: BM25's k1 and b, which are those of
// the collection's postings, the weight of the vectors, and, where asked for, the built-in embedder.
// Learnt on one part of the questions, measured on another that nothing was chosen on; a change that
// does not surely measure better there is refused.
//
// k1 and b are chosen by the words alone, the weight then with both legs: a grid each, the mean
// nDCG@k over the questions to learn from decides, ties for what is nearest the current values.
//
// The embedder is learnt from the corpus as ever, and from each question with the passage of a relevant
// document that shares most words with it. On questions that it was learnt from it is better than on
// others, so the weight beside it is chosen on every second one, by an embedder that was learnt from the
// rest. There it is decided, too: it is kept only where it surely beats what is learnt without it, each with
// the weight that is best on one half of those questions measured on the other. What is measured then was
// learnt from all.

#include <functional>
#include <optional>
#include <vector>

#include "eval/beir_corpus.h"
#include "eval/learning_curve.h"
#include "eval/statistics.h"
#include "index/bm25.h"
#include "model/learnt_embedder.h"

namespace quarry::eval {

// Questions with their judgements.
struct JudgedQuestions {
  std::vector<BeirQuery> queries;
  Qrels qrels;
};

struct SearchParameters {
  index::Bm25Parameters bm25;
  double dense_weight = 0.35;
  uint64_t pairs = 0;  // that the embedder was learnt from besides the corpus

  friend bool operator==(const SearchParameters&, const SearchParameters&) = default;
};

struct LearningOptions {
  uint32_t k = 10;
  SearchParameters current;
  RetrievalOptions retrieval;  // all but the weight
  bool learn_bm25 = true;      // needs the collection to be made anew for each pair
  bool learn_embedder = false;
};

struct ParameterTrial {
  SearchParameters parameters;
  double ndcg = 0;  // mean over the questions learnt from; of k1 and b by words alone
};

struct LearningReport {
  uint32_t k = 0;
  uint64_t learnt_from = 0;  // questions
  uint64_t held_out = 0;
  std::vector<ParameterTrial> bm25_trials;    // by k1, then b
  std::vector<ParameterTrial> weight_trials;  // by weight
  SearchParameters current;
  SearchParameters learnt;
  std::vector<model::LearningPair> pairs;  // that the embedder was learnt from; none if not better
  double ndcg_current = 0;                 // on the held-out questions
  double ndcg_learnt = 0;
  Estimate gain;  // there; unbounded of a single question
  // Of the pairs, beside what was learnt without them, on the questions that decide whether they are kept.
  std::optional<Estimate> gain_of_pairs;
  // All of the gain's interval is above 0; else `current` stays.
  bool improves() const { return gain.low > 0; }
  std::optional<LearningCurve> curve;  // of 1 - nDCG on the held-out questions; the weight alone
};

// How a collection for a trial is to be made.
struct TrialSetup {
  index::Bm25Parameters bm25;
  bool with_vectors = true;
  std::vector<model::LearningPair> pairs;  // to learn the embedder from, too
};

// A collection of the same documents, open for as long as the object lives.
class TrialCollection {
 public:
  virtual ~TrialCollection() = default;
  virtual EvalParts Parts() = 0;
  virtual std::shared_ptr<const index::Snapshot> Snapshot() = 0;
};
using OpenTrial = std::function<Result<std::unique_ptr<TrialCollection>>(const TrialSetup& setup)>;

// Of each question what it has by the setting that is best on the half of them that it is not in, the first of
// equal ones: on those that a setting was chosen on it measures too well. `values`: [setting][question];
// `halves`: of each question. REQUIRES: a setting at least.
std::vector<double> ChosenAcross(const std::vector<std::vector<double>>& values,
                                 const std::vector<bool>& halves);

// kInvalidArgument without questions on one of the sides; else the errors of `open`, the retriever and
// the call.
Result<LearningReport> LearnSearch(const JudgedQuestions& train, const JudgedQuestions& held_out,
                                   const LearningOptions& options, const OpenTrial& open,
                                   const ingest::ProgressSink& progress,
                                   const CallContext& context);

}  // namespace quarry::eval
