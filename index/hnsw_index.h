#pragma once

// The HNSW graph (faiss_graph.h) as a VectorIndex: which searches walk it, which scan, and with
// what width, so that filters and ties are honoured. Knows nothing of FAISS.

#include <memory>
#include <vector>

#include "index/vector_file.h"
#include "index/vector_index.h"

namespace quarry::index {

// REQUIRES: one vector per row, each passes CheckVector.
// Errors: those of FaissGraph::Build.
Result<std::shared_ptr<const VectorIndex>> BuildHnswIndex(const VectorIndexOptions& options,
                                                          EmbeddingMatrix vectors,
                                                          std::vector<RowId> rows,
                                                          const CallContext& context);

// Reads the payload of a file of kind hnsw. REQUIRES: file.header.count == rows.size().
// Error: kDataLoss.
Result<std::shared_ptr<const VectorIndex>> ParseHnswIndex(const VectorFile& file,
                                                          std::vector<RowId> rows);

}  // namespace quarry::index
