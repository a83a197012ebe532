#pragma once

// Explain: how a search came to its result, term by term. Why a document is not in it: absence.h.

#include <vector>

#include "retrieval/retriever.h"

namespace quarry::retrieval {

// The terms behind the lexical score of each hit, in query order; they add up to it. Errors: those
// of context.Check().
Result<std::vector<std::vector<index::TermContribution>>> ExplainTerms(const Retrieved& retrieved,
                                                                       Snapshots snapshots,
                                                                       const CallContext& context);

}  // namespace quarry::retrieval
