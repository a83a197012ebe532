#pragma once

// Retrieval metrics, equal to trec_eval's to the fourth decimal.
//
// Definitions (NIST trec_eval 9, relevance level 1), in trec_eval's names:
//   * The order of a ranking is by score descending, ties by document id descending, byte by
//     byte; the rank column of a run is ignored. Scores are compared as double, as trec_eval does
//     now; its older releases kept them as float, where scores that differ after the 7th digit are
//     ties.
//   * Relevant means grade >= 1. A document without a grade is not relevant, nor is one of grade
//     0 or below.
//   * ndcg_cut_k: gain = grade (linear; 0 for a grade below 0), discount 1/log2(rank + 1). The
//     ideal ranking is every judged document of the query by grade, cut at k.
//   * P_k divides by k, also where the ranking is shorter. recall_k and map divide by the number
//     of relevant documents, retrieved or not.
//   * recip_rank and map look at the whole ranking; only ndcg, P, recall and
//     reciprocal_rank_at_k stop at k.
//   * A query none of whose documents is relevant scores 0 everywhere, and counts in the mean.
//
// Pure functions, safe to call from any thread.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace quarry::eval {

struct RankedDocument {
  std::string id;
  double score = 0;  // larger is better
};

// query id -> its ranking, in any order.
using RankedRun = std::map<std::string, std::vector<RankedDocument>>;
// query id -> document id -> grade.
using Qrels = std::map<std::string, std::map<std::string, int>>;

struct QueryMetrics {
  double ndcg_at_k = 0;             // ndcg_cut_k
  double recall_at_k = 0;           // recall_k
  double recall_at_100 = 0;         // recall_100
  double precision_at_k = 0;        // P_k
  double reciprocal_rank_at_k = 0;  // 0 if the first relevant document stands behind rank k
  double reciprocal_rank = 0;       // recip_rank
  double average_precision = 0;     // map

  friend bool operator==(const QueryMetrics&, const QueryMetrics&) = default;
};

// Puts a ranking into the order that is measured. Of a document that stands in it more than once
// only the best-placed entry is kept (trec_eval refuses such a run, and ParseTrecRun does too;
// counting it twice would give recalls above 1). A NaN score sorts behind every other.
void SortRanking(std::vector<RankedDocument>& ranking);

// Metrics of one query. `ranking` in any order; `grades` may hold grades <= 0 (judged, not
// relevant).
// REQUIRES: k >= 1.
QueryMetrics MeasureQuery(const std::vector<RankedDocument>& ranking,
                          const std::map<std::string, int>& grades, uint32_t k);

struct RunMetrics {
  QueryMetrics mean;                              // all zero if there is no query to average
  std::map<std::string, QueryMetrics> per_query;  // exactly the queries that `mean` averages
};

enum class Averaging {
  kAllJudged,          // every query of the qrels; one without results counts 0 (trec_eval -c)
  kJudgedWithResults,  // those that have results too (trec_eval's default)
};

// Queries of the run that are not in the qrels are ignored. An empty ranking is no result.
// REQUIRES: k >= 1.
RunMetrics MeasureRun(const RankedRun& run, const Qrels& qrels, uint32_t k,
                      Averaging averaging = Averaging::kAllJudged);

}  // namespace quarry::eval
