#pragma once

// Vectors for tests: clustered as embeddings are, the same on every machine.

#include <cstdint>
#include <span>
#include <vector>

#include "base/bitmap.h"
#include "base/embedding.h"
#include "base/random.h"
#include "index/row_table.h"
#include "index/vector_index.h"

namespace quarry::index {

// `count` unit vectors around `clusters` centres; vector i belongs to cluster i % clusters.
EmbeddingMatrix ClusteredVectors(uint64_t seed, size_t count, uint32_t dimension, size_t clusters);

// An index of the vectors, vector i being that of rows[i] and of ChunkId(i + 1).
Result<std::shared_ptr<const VectorIndex>> BuildOf(const VectorIndexOptions& options,
                                                   const EmbeddingMatrix& vectors,
                                                   std::vector<RowId> rows,
                                                   const CallContext& context = {});

// A copy at a multiple of 64, as ParseVectorIndex wants it.
SharedBytes Aligned(std::string_view bytes);
// ParseVectorIndex of a copy; ChunkId(i + 1) stands at row i.
Result<std::shared_ptr<const VectorIndex>> ParseOf(std::string_view bytes);

// A table of `rows` documents of one chunk each, whose ids ascend with the rows.
RowTable TableOf(size_t rows);

// A table of `rows` rows in documents of one to ten chunks, whose ids descend.
RowTable TableOfDocuments(size_t rows);
// ResultLimit::Documents by its definition.
std::vector<ScoredRow> CutAtDocuments(const RowTable& table, std::vector<ScoredRow> rows,
                                      size_t documents);
// Holds a result against what it should be, to the last bit.
void ExpectRows(std::span<const ScoredRow> found, std::span<const ScoredRow> expected);

// 0, 1, .., count - 1.
std::vector<RowId> AllRows(size_t count);

// The rows that `expected` and `found` share, by the number of `expected`.
double Recall(std::span<const ScoredRow> expected, std::span<const ScoredRow> found);

// The k best allowed rows by the definition: every inner product, sorted. Scores in double
// precision.
std::vector<ScoredRow> BruteForce(const EmbeddingMatrix& vectors, std::span<const float> query,
                                  size_t k, const Bitmap* allowed);

}  // namespace quarry::index
