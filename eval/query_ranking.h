#pragma once

// One question of a collection as a ranking of documents: what every measurement of retrieval looks
// at.

#include <string>
#include <vector>

#include "base/query.h"
#include "eval/metrics.h"
#include "index/snapshot.h"
#include "retrieval/retriever.h"

namespace quarry::eval {

struct QueryRanking {
  std::vector<RankedDocument> documents;  // best first, without the query itself
  double micros = 0;                      // of the first call of the retriever
};

// Ranks documents by their best chunk. The retriever is asked for `leg_documents` chunks, and for
// more where those come from fewer than `depth` documents (100 at least). The order is the
// retriever's, ties included: a document that ties with the one before it gets the next float below
// as its score, so that neither SortRanking nor trec_eval, which order ties by id, change what a
// user would have seen (docs/decisions/0006-ties-in-runs.md). `id` is the query's: a document of
// that id is dropped, as BEIR does before it measures (in some of its collections the queries are
// documents of the corpus). Errors: those of the retriever.
Result<QueryRanking> RankDocuments(const retrieval::Retriever& retriever, Query query,
                                   const std::string& id, uint32_t depth,
                                   const index::Snapshot& snapshot, const CallContext& context);

}  // namespace quarry::eval
