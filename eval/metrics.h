#pragma once

// Retrieval metrics, equal to trec_eval's to the fourth decimal. Pure functions.
//
// Definitions (NIST trec_eval 9): the order of a ranking is by score descending, ties by document id
// descending (the rank column of a run is ignored); a document that is not judged is not relevant;
// relevant means grade >= 1; nDCG uses the grade as gain and discount 1/log2(rank + 1), the ideal
// ranking being all judged documents of the query by grade.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/status.h"

namespace quarry::eval {

struct RankedDocument {
  std::string id;
  double score = 0;
};

// query id -> its ranking, in any order.
using RankedRun = std::map<std::string, std::vector<RankedDocument>>;
// query id -> document id -> grade.
using Qrels = std::map<std::string, std::map<std::string, int>>;

struct QueryMetrics {
  double ndcg_at_k = 0;
  double recall_at_k = 0;    // k as given
  double recall_at_100 = 0;
  double precision_at_k = 0;
  double reciprocal_rank_at_k = 0;
  double reciprocal_rank = 0;
  double average_precision = 0;
};

// Sorts as trec_eval does.
void SortRanking(std::vector<RankedDocument>& ranking);

// Metrics of one query. `grades` may hold grades <= 0 (judged, not relevant).
QueryMetrics MeasureQuery(const std::vector<RankedDocument>& ranking,
                          const std::map<std::string, int>& grades, uint32_t k);

struct RunMetrics {
  QueryMetrics mean;
  std::map<std::string, QueryMetrics> per_query;
};

enum class Averaging {
  kAllJudged,        // every query with a relevant document; one without results counts 0 (trec_eval -c)
  kJudgedWithResults // trec_eval's default
};

// Queries of the run that are not in the qrels are ignored.
RunMetrics MeasureRun(const RankedRun& run, const Qrels& qrels, uint32_t k,
                      Averaging averaging = Averaging::kAllJudged);

}  // namespace quarry::eval
