#include "retrieval/term_vector.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace quarry::retrieval {

double TermReader::Rarity(const std::string& term) {
  const auto [it, is_new] = rarity_.try_emplace(term, 0.0);
  if (is_new) {
    const index::LexicalIndex& index = snapshot_.lexical();
    const auto frequency = static_cast<double>(index.DocumentFrequency(term));
    if (frequency > 0) it->second = std::log(static_cast<double>(index.live_rows()) / frequency);
  }
  return it->second;
}

Result<std::vector<WeightedTerm>> ReadTermVector(TermReader& reader, RowId row) {
  QUARRY_ASSIGN_OR_RETURN(std::vector<TermFrequency> terms, reader.Read(row));
  std::vector<WeightedTerm> vector;
  double squares = 0;
  for (TermFrequency& term : terms) {
    const double weight = (1 + std::log(term.count)) * reader.Rarity(term.term);
    if (weight <= 0) continue;
    squares += weight * weight;
    vector.push_back({std::move(term.term), weight});
  }
  const double length = std::sqrt(squares);
  for (WeightedTerm& term : vector) term.weight /= length;
  return vector;
}

double Similarity(const std::vector<WeightedTerm>& a, const std::vector<WeightedTerm>& b) {
  double product = 0;
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    const int order = i->term.compare(j->term);
    if (order == 0) product += i->weight * j->weight;
    if (order <= 0) ++i;
    if (order >= 0) ++j;
  }
  return std::min(product, 1.0);
}

}  // namespace quarry::retrieval
