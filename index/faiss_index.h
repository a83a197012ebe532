#pragma once

// The kinds faiss_flat, faiss_hnsw and faiss_ivf of VectorIndex: FAISS finds candidates
// (faiss_structure.h); filters, ties and exact scores are seen to here. To compare with.

#include <memory>
#include <string_view>
#include <vector>

#include "index/vector_file.h"
#include "index/vector_index.h"

namespace quarry::index {

// REQUIRES: options.kind is one of the three. Errors: those of BuildVectorIndex.
Result<std::shared_ptr<const VectorIndex>> BuildFaissIndex(const VectorIndexOptions& options,
                                                           VectorSource source,
                                                           const CallContext& context);

// Copies what it needs of `bytes`. REQUIRES: file is the header of bytes; one row per vector.
// Errors: kDataLoss; kResourceExhausted.
Result<std::shared_ptr<const VectorIndex>> OpenFaissIndex(const VectorFile& file,
                                                          std::string_view bytes,
                                                          std::vector<RowId> rows);

}  // namespace quarry::index
