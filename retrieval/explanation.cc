#include "retrieval/explanation.h"

#include <utility>

namespace quarry::retrieval {

Result<std::vector<std::vector<index::TermContribution>>> ExplainTerms(const Retrieved& retrieved,
                                                                       Snapshots snapshots,
                                                                       const CallContext& context) {
  std::vector<std::vector<index::TermContribution>> explained(retrieved.hits.size());
  for (uint32_t collection = 0; collection < snapshots.size(); ++collection) {
    std::vector<RowId> rows;
    std::vector<size_t> places;
    for (size_t i = 0; i < retrieved.hits.size(); ++i) {
      if (retrieved.hits[i].collection != collection) continue;
      rows.push_back(retrieved.hits[i].row);
      places.push_back(i);
    }
    QUARRY_ASSIGN_OR_RETURN(auto contributions, snapshots[collection]->lexical().Explain(
                                                    retrieved.lexical.terms, rows, context));
    for (size_t i = 0; i < places.size(); ++i) {
      if (!retrieved.statistics.empty()) retrieved.statistics.Apply(contributions[i]);
      explained[places[i]] = std::move(contributions[i]);
    }
  }
  return explained;
}

}  // namespace quarry::retrieval
