#pragma once

// The diversity stage: maximal marginal relevance (Carbonell and Goldstein: "The use of MMR,
// diversity-based reranking", 1998). One after the other the hit is taken that has the largest
//
//   (1 - w) * score' - w * (similarity to the most similar one taken before)
//
// score' being scaled to [0, 1] among the candidates, similarity the cosine of the chunks' terms
// (term_vector.h), which every collection has, with vectors or without.

#include <vector>

#include "base/call_context.h"
#include "base/retrieval_options.h"
#include "retrieval/ranked_hit.h"

namespace quarry::retrieval {

// Puts the first `options.candidates` hits in that order; the others follow as they were. Scores
// stay what they are. Equal gains keep the order of before. Errors: those of the store. Stage of
// the trace: retrieve.diversity.
Status Diversify(Snapshots snapshots, const DiversityOptions& options, const CallContext& context,
                 std::vector<RankedHit>& hits);

}  // namespace quarry::retrieval
