#include "retrieval/shared_statistics.h"

#include "index/bm25.h"
#include "index/query_postings.h"

namespace quarry::retrieval {

Result<SharedStatistics> SharedStatistics::Of(std::span<const index::LexicalIndex* const> indexes,
                                              std::span<const index::QueryTerm> terms,
                                              const CallContext& context) {
  SharedStatistics statistics;
  for (const index::LexicalIndex* index : indexes) {
    QUARRY_ASSIGN_OR_RETURN(const index::QueryPostings postings,
                            index::QueryPostings::Make(index->segments(), terms, context));
    statistics.rows_ += index->live_rows();
    statistics.frequencies_.resize(postings.terms().size());
    for (size_t t = 0; t < postings.terms().size(); ++t) {
      statistics.frequencies_[t] += postings.terms()[t].document_frequency;
    }
  }
  return statistics;
}

double SharedStatistics::Apply(std::span<index::TermContribution> contributions) const {
  double sum = 0;
  for (size_t t = 0; t < contributions.size(); ++t) {
    index::TermContribution& one = contributions[t];
    const double own = one.idf;
    one.document_frequency = frequencies_[t];
    one.idf = index::InverseDocumentFrequency(rows_, frequencies_[t]);
    if (own > 0) one.score *= one.idf / own;
    sum += one.score;
  }
  return sum;
}

}  // namespace quarry::retrieval
