#pragma once

// Vectors for the benchmarks: a seeded mixture of Gaussians in a space of few dimensions, lifted to
// many and normalised, as embeddings are. Queries are drawn from the same mixture.

#include <cstdint>
#include <span>
#include <vector>

#include "base/embedding.h"

namespace quarry::bench {

struct VectorData {
  EmbeddingMatrix base;
  EmbeddingMatrix queries;
  std::vector<std::vector<uint32_t>>
      nearest;  // of each query: positions of the exact k, best first
};

struct VectorDataOptions {
  size_t count = 200'000;
  uint32_t dimension = 384;
  size_t queries = 1000;
  size_t k = 10;
  uint64_t seed = 1;
};

VectorData MakeVectorData(const VectorDataOptions& options);

// base and queries from files of raw floats, row after row.
VectorData ReadVectorData(const char* base, const char* queries, uint32_t dimension, size_t k);

}  // namespace quarry::bench
