#include "retrieval/lexical_leg.h"

namespace quarry::retrieval {

Result<std::vector<index::ScoredRow>> SearchLexicalLeg(std::span<const index::QueryTerm> terms,
                                                       size_t documents,
                                                       const index::Snapshot& snapshot,
                                                       const index::AllowedRows& allowed,
                                                       const CallContext& context) {
  StageTimer timer(context, "retrieve.lexical");
  return snapshot.SearchLexical(terms, index::ResultLimit::Documents(documents), allowed, context);
}

}  // namespace quarry::retrieval
