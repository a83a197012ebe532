#pragma once

// The kinds flat and hnsw of VectorIndex: coded vectors (vector_codes.h), for hnsw with a graph over
// them (faiss_hnsw.h, graph_search.h). Every search has two steps: a scan or a walk by the coarse
// parts of the vectors, then exact scores for the best of what it found.
//
// It searches the bytes of its file (vector_file.h), in memory of its own after a build and mapped
// after a restart. Knows nothing of FAISS.

#include <memory>

#include "index/vector_file.h"
#include "index/vector_index.h"

namespace quarry::index {

// REQUIRES: options.kind is kFlat or kHnsw. Errors: those of BuildVectorIndex.
Result<std::shared_ptr<const VectorIndex>> BuildCodedIndex(const VectorIndexOptions& options,
                                                           VectorSource source,
                                                           const CallContext& context);

// REQUIRES: file is the header of bytes; one row per vector. Errors: kDataLoss.
Result<std::shared_ptr<const VectorIndex>> OpenCodedIndex(const VectorFile& file, SharedBytes bytes,
                                                          std::vector<RowId> rows);

}  // namespace quarry::index
