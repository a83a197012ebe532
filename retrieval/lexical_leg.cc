#include "retrieval/lexical_leg.h"

#include "retrieval/leg.h"

namespace quarry::retrieval {

Result<std::vector<index::ScoredRow>> SearchLexicalLeg(std::span<const index::QueryTerm> terms,
                                                       size_t documents,
                                                       const index::Snapshot& snapshot,
                                                       const index::AllowedRows& allowed,
                                                       const CallContext& context) {
  StageTimer timer(context, "retrieve.lexical");
  // Where documents have several chunks the best 100 seldom stand in 100 rows. Some more cost less
  // than a second search, and what is found is the same.
  const bool has_several = snapshot.live_chunks() >= 2 * snapshot.live_documents();
  const size_t first = has_several ? 2 * documents : documents;
  return FetchDocuments(snapshot.rows(), documents, first, [&](size_t k) {
    return snapshot.SearchLexical(terms, k, allowed, context);
  });
}

}  // namespace quarry::retrieval
