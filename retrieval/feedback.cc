#include "retrieval/feedback.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace quarry::retrieval {
namespace {

constexpr double kBagSize = 1000;
const double kLeastRarity = std::log(10.0);  // at most a tenth of the chunks holds the term

}  // namespace

Result<FeedbackTerms> TermsOfFeedback(Snapshots snapshots, std::span<const RankedHit> hits,
                                      const FeedbackOptions& options) {
  std::vector<TermReader> readers;
  for (const index::Snapshot* snapshot : snapshots) readers.emplace_back(*snapshot);
  std::map<std::string, double> model;  // ordered: sums and ties are the same in every run
  for (const RankedHit& hit : hits.first(std::min<size_t>(options.passages, hits.size()))) {
    if (hit.hit.score <= 0) break;
    TermReader& reader = readers[hit.collection];
    QUARRY_ASSIGN_OR_RETURN(const std::vector<TermFrequency> terms, reader.Read(hit.row));
    double length = 0;
    for (const TermFrequency& term : terms) length += term.count;
    for (const TermFrequency& term : terms) {
      const double rarity = reader.Rarity(term.term);
      if (rarity < kLeastRarity) continue;
      model[term.term] += hit.hit.score * term.count / length * rarity;
    }
  }
  FeedbackTerms best;
  for (auto& [term, weight] : model) best.push_back({term, weight});
  std::stable_sort(best.begin(), best.end(), [](const WeightedTerm& a, const WeightedTerm& b) {
    return a.weight > b.weight;
  });
  if (best.size() > options.terms) best.resize(options.terms);
  double sum = 0;
  for (const WeightedTerm& term : best) sum += term.weight;
  for (WeightedTerm& term : best) term.weight /= sum;
  return best;
}

std::vector<index::QueryTerm> AddFeedback(std::span<const index::QueryTerm> terms,
                                          const FeedbackTerms& feedback,
                                          const FeedbackOptions& options) {
  if (feedback.empty()) return {terms.begin(), terms.end()};
  std::vector<index::QueryTerm> bag;
  const auto add = [&bag](index::QueryTerm term, double weight, double least) {
    const double count = std::max(std::round(kBagSize * weight), least);
    if (count < 1) return;
    term.count = static_cast<uint32_t>(count);
    bag.push_back(std::move(term));
  };
  // A translated term stands beside its word and has the word's share: it takes none of the question's.
  double own = 0;
  for (const index::QueryTerm& term : terms) own += term.translations.empty() ? term.count : 0;
  // A long question keeps all of its words.
  const double least = options.original_weight > 0 ? 1 : 0;
  for (const index::QueryTerm& term : terms) {
    add(term, options.original_weight * term.count / own, least);
  }
  for (const WeightedTerm& term : feedback) {
    add(term.term, (1 - options.original_weight) * term.weight, 0);
  }
  return bag;
}

}  // namespace quarry::retrieval
