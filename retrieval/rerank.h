#pragma once

// The rerank stage: a model that reads question and passage together orders the best hits.
//
// model::Reranker is the seam: a cross-encoder folder, a remote service or a chat model that is
// asked to order passages stand behind it alike.

#include <string>
#include <vector>

#include "base/call_context.h"
#include "base/retrieval_options.h"
#include "model/reranker.h"
#include "retrieval/ranked_hit.h"

namespace quarry::retrieval {

// Puts the first `options.candidates` hits in the order of the reranker's scores, which are the
// hits' then; equal ones keep the order that they had. What it did not read follows in the old
// order with score 0. Errors: those of the store and of the reranker. Stage of the trace:
// retrieve.rerank.
Status Rerank(const std::string& question, Snapshots snapshots, const model::Reranker& reranker,
              const RerankOptions& options, const CallContext& context,
              std::vector<RankedHit>& hits);

}  // namespace quarry::retrieval
