#pragma once

// Pseudo-relevance feedback: the passages found first are taken for relevant, and the words that
// they use and others do not are searched for too. Finds more of what is relevant (recall), and
// moves away from a question that one passage answers: off unless asked for.
//
// RM3 (Abdul-Jaleel and others: "UMass at TREC 2004: novelty and HARD"; Lavrenko and Croft:
// "Relevance-based language models", 2001):
//   P(t|R) = sum over passages d of P(t|d) * score(d) / sum of scores
// The terms with the largest P(t|R) * ln(N/df) are kept, without those that stand in more than a
// tenth of the chunks, and interpolated with the question's own.

#include <span>
#include <vector>

#include "base/retrieval_options.h"
#include "index/lexical_query.h"
#include "retrieval/ranked_hit.h"
#include "retrieval/term_vector.h"

namespace quarry::retrieval {

// What feedback added to a search, the heaviest first; the weights add up to 1.
using FeedbackTerms = std::vector<WeightedTerm>;

// From the best `options.passages` of `hits`, which are best first. Errors: those of the store.
Result<FeedbackTerms> TermsOfFeedback(Snapshots snapshots, std::span<const RankedHit> hits,
                                      const FeedbackOptions& options);

// The question's terms, in proportion to their counts, with those of feedback; what translates a term has that
// term's share once more (its own weight goes on top). Weights become counts of a bag of about a thousand terms,
// which BM25 scores as it scores any.
std::vector<index::QueryTerm> AddFeedback(std::span<const index::QueryTerm> terms,
                                          const FeedbackTerms& feedback,
                                          const FeedbackOptions& options);

}  // namespace quarry::retrieval
