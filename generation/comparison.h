#pragma once

// Comparison: which statements of two documents speak of the same thing, and where they differ. By forms
// alone, English and Chinese. Pure and deterministic.
//
// Statements (sentences, rows of tables) of the same words are the same. Of the others, what both sides state
// once under one label ("Colour: red", a row of that first cell) is paired, though the value may share
// nothing; the rest by the words that two share without their numbers, the rarer a word the more it counts
// (weighted Jaccard), the most alike first, each at most once. Of a pair that has other numbers, denies on
// one side, has another word behind its label, or one where all others are equal the two differ; other pairs
// say it in other words.

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "generation/document_pieces.h"

namespace quarry::generation {

struct Comparison {
  std::vector<std::pair<size_t, size_t>> differing;  // indexes of both sides, by the first's order
  std::vector<size_t> only_first;                    // ascending
  std::vector<size_t> only_second;
  size_t same = 0;       // pairs of the same words
  size_t rephrased = 0;  // pairs that say it otherwise
};

// `passages`: what the pieces of both are of.
Comparison ComparePieces(std::span<const DocumentPiece> first,
                         std::span<const DocumentPiece> second, std::span<const Passage> passages);

}  // namespace quarry::generation
