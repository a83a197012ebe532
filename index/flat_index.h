#pragma once

// The exact scan as a VectorIndex. Its vectors are a plain matrix: FAISS 1.7.3's IndexFlatIP would
// hold the same floats, but scans them one at a time (Debian builds it without SIMD; 2.4 times the
// time measured on 100,000 x 384 floats) and resolves ties at the cut by position, not by
// RowTable::Precedes.

#include <memory>
#include <vector>

#include "index/vector_index.h"

namespace quarry::index {

// REQUIRES: one vector per row, each passes CheckVector.
std::shared_ptr<const VectorIndex> MakeFlatIndex(EmbeddingMatrix vectors, std::vector<RowId> rows);

}  // namespace quarry::index
