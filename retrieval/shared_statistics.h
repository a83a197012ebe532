#pragma once

// BM25 over several collections as if they were one.
//
// A term is worth more in a collection where it is rare, so the scores of two collections do not
// compare: a word that everybody uses in one and nobody in the other would win for that alone. Here
// the document frequencies and the numbers of chunks are added up, as a distributed search engine
// does before it merges ("global idf"), and each hit is scored anew with them. The mean length of a
// chunk stays that of its own collection. Pure but for reading the index.

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "index/lexical_index.h"

namespace quarry::retrieval {

class SharedStatistics {
 public:
  // Of no collection: nothing is scored anew.
  SharedStatistics() = default;
  // Those of `indexes` for `terms`. Errors: those of context.Check().
  static Result<SharedStatistics> Of(std::span<const index::LexicalIndex* const> indexes,
                                     std::span<const index::QueryTerm> terms,
                                     const CallContext& context);

  bool empty() const { return rows_ == 0; }
  // Puts the shared document frequency, idf and score into what one index said of a row; returns
  // the row's score. REQUIRES: the terms are those that the statistics are of.
  double Apply(std::span<index::TermContribution> contributions) const;

 private:
  uint64_t rows_ = 0;
  std::vector<uint64_t> frequencies_;  // by distinct term, in the order of LexicalIndex::Explain
};

}  // namespace quarry::retrieval
