#pragma once

// RemoteReranker: scores by an upstream's rerank endpoint, in either of the two shapes that there are:
//
//   BASE_URL#MODEL   Cohere, Jina, vLLM:  POST BASE_URL/rerank {"model", "query", "documents"}
//                                         -> {"results": [{"index", "relevance_score"}, ...]}
//   BASE_URL         TEI, of one model:   POST BASE_URL/rerank {"query", "texts"}
//                                         -> [{"index", "score"}, ...]

#include <memory>
#include <string>

#include "model/remote_endpoint.h"
#include "model/remote_name.h"
#include "model/reranker.h"

namespace quarry::model {

// Asks nothing yet. An answer is believed only where it has one finite score for each text; scores
// outside 0 to 1 are logits and go through the logistic function, all of an answer together.
std::shared_ptr<const Reranker> MakeRemoteReranker(std::shared_ptr<RemoteEndpoint> endpoint,
                                                   const RemoteName& name);

}  // namespace quarry::model
