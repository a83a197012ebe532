#include "retrieval/lexical_leg.h"

#include "retrieval/leg.h"

namespace quarry::retrieval {

Result<std::vector<index::ScoredRow>> SearchLexicalLeg(std::span<const index::QueryTerm> terms,
                                                       size_t documents,
                                                       const index::Snapshot& snapshot,
                                                       const index::AllowedRows& allowed,
                                                       const CallContext& context) {
  StageTimer timer(context, "retrieve.lexical");
  return FetchDocuments(snapshot.rows(), documents, [&](size_t k) {
    return snapshot.SearchLexical(terms, k, allowed, context);
  });
}

}  // namespace quarry::retrieval
