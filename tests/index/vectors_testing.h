#pragma once

// Vectors for tests: clustered as embeddings are, the same on every machine.

#include <cstdint>
#include <span>
#include <vector>

#include "base/bitmap.h"
#include "base/embedding.h"
#include "base/random.h"
#include "index/row_table.h"

namespace quarry::index {

// `count` unit vectors around `clusters` centres; vector i belongs to cluster i % clusters.
EmbeddingMatrix ClusteredVectors(uint64_t seed, size_t count, uint32_t dimension, size_t clusters);

// A table of `rows` documents of one chunk each, whose ids ascend with the rows.
RowTable TableOf(size_t rows);

// 0, 1, .., count - 1.
std::vector<RowId> AllRows(size_t count);

// The rows that `expected` and `found` share, by the number of `expected`.
double Recall(std::span<const ScoredRow> expected, std::span<const ScoredRow> found);

// The k best allowed rows by the definition: every inner product, sorted. Scores in double
// precision.
std::vector<ScoredRow> BruteForce(const EmbeddingMatrix& vectors, std::span<const float> query,
                                  size_t k, const Bitmap* allowed);

}  // namespace quarry::index
