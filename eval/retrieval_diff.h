#pragma once

// Two ways to search a collection, question by question: what changes, by how much, and whether the
// difference is more than chance. And the weight of the vectors that suits a collection.

#include <string>
#include <vector>

#include "base/query.h"
#include "eval/beir_corpus.h"
#include "eval/statistics.h"

namespace quarry::eval {

// How a side searches.
struct SearchSetting {
  SearchMode mode = SearchMode::kHybrid;
  RetrievalOptions options;
};

struct RetrievalDiffOptions {
  std::string directory;  // BEIR layout
  std::string split = "test";
  uint32_t k = 10;      // how deep is looked
  uint32_t shown = 10;  // queries in the report
  SearchSetting before;
  SearchSetting after;
};

// A document among the best k of either side; rank 0 = not among them.
struct RankMove {
  DocumentId document;
  uint32_t before = 0;
  uint32_t after = 0;
  int grade = 0;  // as judged; 0 where it is not
};

struct QueryDiff {
  std::string id;
  std::string text;
  double overlap = 0;  // of the best k: how many stand in both, by the larger number of them
  double ndcg_before = 0;
  double ndcg_after = 0;
  std::vector<RankMove> moves;  // those that moved, by their better rank
};

struct RetrievalDiffReport {
  std::string directory;
  std::string split;
  uint32_t k = 0;
  CorpusReport corpus;
  uint64_t queries = 0;
  uint64_t changed = 0;     // whose best k differ, or their order
  double mean_overlap = 0;  // of all
  double ndcg_before = 0;   // nDCG@k, means
  double ndcg_after = 0;
  Estimate gain;  // after less before; unbounded of a single query
  double before_p50_us = 0;
  double after_p50_us = 0;
  std::vector<QueryDiff> largest;  // by change of nDCG, then by overlap
};

// Which documents moved between two rankings, best first. Pure.
std::vector<RankMove> MovesBetween(const std::vector<DocumentId>& before,
                                   const std::vector<DocumentId>& after);
// |common| / the larger size; 1 for two empty ones. Pure.
double OverlapOf(const std::vector<DocumentId>& before, const std::vector<DocumentId>& after);

// Indexes the corpus if the collection is empty, and asks every judged query of both sides. Errors:
// those of EvaluateRetrieval.
Result<RetrievalDiffReport> DiffRetrieval(const RetrievalDiffOptions& options,
                                          const EvalParts& parts,
                                          const ingest::ProgressSink& progress,
                                          const CallContext& context);

struct TuningOptions {
  std::string directory;
  std::string split = "test";
  uint32_t k = 10;
  RetrievalOptions retrieval;  // all but the weight
};

// nDCG@k of every query at one weight.
struct WeightTrial {
  double weight = 0;
  std::vector<double> ndcg;
  double mean = 0;
};

struct TuningReport {
  std::string directory;
  std::string collection;
  uint32_t k = 0;
  CorpusReport corpus;
  std::vector<WeightTrial> trials;  // by weight
  double current = 0;               // the weight that was configured
  double best = 0;                  // with the highest mean, the lowest of equal ones
  double apparent_gain = 0;  // of the best over the current one, on the questions that chose it
  // Of choosing so, on questions that did not choose: every second one is measured at the weight
  // that is best on the others.
  Estimate gain;
  double advised = 0;  // the best where that gain is surely above 0; else the current one
};

// Fills in what follows from `report.trials` and `report.current`. REQUIRES: the trials have the
// same queries, and one has the current weight. Pure.
void ChooseWeight(TuningReport& report);

// Tries the weights 0, 0.05, ..., 1 and the current one. Errors: those of EvaluateRetrieval;
// kFailedPrecondition for a collection without vectors.
Result<TuningReport> TuneDenseWeight(const TuningOptions& options, const EvalParts& parts,
                                     const ingest::ProgressSink& progress,
                                     const CallContext& context);

}  // namespace quarry::eval
