#pragma once

// Chunks as bags of terms, as feedback and diversity look at them.

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "index/snapshot.h"

namespace quarry::retrieval {

struct WeightedTerm {
  std::string term;
  double weight = 0;
};

// Reads terms and remembers how many chunks hold each. Not thread-safe.
class TermReader {
 public:
  explicit TermReader(const index::Snapshot& snapshot) : snapshot_(snapshot) {}

  // Errors: those of the store.
  Result<std::vector<TermFrequency>> Read(RowId row) const { return snapshot_.ReadTerms(row); }
  // ln(N / df), 0 for a term that stands in every chunk.
  double Rarity(const std::string& term);

 private:
  const index::Snapshot& snapshot_;
  std::unordered_map<std::string, double> rarity_;
};

// (1 + ln count) * rarity, of unit length, by term. Empty where no term tells chunks apart.
Result<std::vector<WeightedTerm>> ReadTermVector(TermReader& reader, RowId row);

// Cosine of two of them, 0 to 1.
double Similarity(const std::vector<WeightedTerm>& a, const std::vector<WeightedTerm>& b);

}  // namespace quarry::retrieval
