#pragma once

// Inner products and the exact scan: what every vector index falls back to and is measured against.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/bitmap.h"
#include "base/call_context.h"
#include "base/embedding.h"
#include "index/row_table.h"

namespace quarry::index {

// The inner product of two vectors of `dimension` floats. The one function that makes scores: a
// vector has the same score for a query, to the last bit, in whatever index and place it stands, so
// that ties are ties everywhere. Symmetric.
float InnerProduct(const float* a, const float* b, size_t dimension);

// Whether `vector` can be searched for or stored: `dimension` values, all finite, and not so long
// that an inner product of two such vectors could overflow (length below 1e19). Error:
// kInvalidArgument, beginning with `what`.
Status CheckVector(std::span<const float> vector, uint32_t dimension, std::string_view what);

// Whether no value differs from zero.
bool IsZero(std::span<const float> vector);

// Vectors side by side, and the row that each stands for (kNoRow: none any more). A view.
struct VectorRows {
  const float* values = nullptr;
  uint32_t dimension = 0;
  std::span<const RowId> rows;

  const float* vector(size_t position) const { return values + position * dimension; }
  // Whether the vector at `position` may be returned.
  bool IsAllowed(size_t position, const Bitmap* allowed) const;
};

// VectorIndex::Search by looking at every allowed vector. REQUIRES: query has vectors.dimension
// values.
Result<std::vector<ScoredRow>> ExactScan(const VectorRows& vectors, std::span<const float> query,
                                         size_t k, const Bitmap* allowed, const RowTable& table,
                                         const CallContext& context);

}  // namespace quarry::index
