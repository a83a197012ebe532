#pragma once

// The lexical leg: the chunks with the highest BM25 for a bag of terms.

#include <span>
#include <vector>

#include "index/snapshot.h"

namespace quarry::retrieval {

// Best first, the chunks of the best `documents` documents. Errors: those of searching. Stage of
// the trace: retrieve.lexical.
Result<std::vector<index::ScoredRow>> SearchLexicalLeg(std::span<const index::QueryTerm> terms,
                                                       size_t documents,
                                                       const index::Snapshot& snapshot,
                                                       const index::AllowedRows& allowed,
                                                       const CallContext& context);

}  // namespace quarry::retrieval
