#pragma once

// VectorIndex: nearest neighbours by inner product among the vectors of one embedding space.
//
// Implementations:
//   * flat (flat_index.h): exact scan; the oracle of the others, and the right choice for small
//     collections;
//   * hnsw (hnsw_index.h, on FAISS behind faiss_graph.h): Malkov and Yashunin, "Efficient and
//     robust approximate nearest neighbor search using Hierarchical Navigable Small World graphs",
//     2018.
// tests/index/vector_index_conformance_test.cc holds each to what is written here.
//
// Immutable and thread-safe. A snapshot holds a few of them (a large one and the fresh tail) and
// merges their results; rows that died since the build are excluded by `allowed`.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bitmap.h"
#include "base/call_context.h"
#include "base/embedding.h"
#include "index/row_table.h"

namespace quarry::index {

// Stored (vector_file.h): do not renumber.
enum class VectorIndexKind : uint8_t { kAuto = 0, kFlat = 1, kHnsw = 2 };
const char* VectorIndexKindName(VectorIndexKind kind);  // "flat"
// Error: kInvalidArgument naming what is known.
Result<VectorIndexKind> ParseVectorIndexKind(std::string_view name);

struct VectorIndexOptions {
  VectorIndexKind kind = VectorIndexKind::kAuto;
  uint32_t hnsw_from = 20'000;      // kAuto: flat below this many vectors, hnsw from it on
  uint32_t hnsw_links = 16;         // M: links per node and level (twice that on level 0)
  uint32_t hnsw_build_width = 200;  // efConstruction: more is slower to build and finds more
  uint32_t build_threads = 2;       // own threads, which end with the build
  uint64_t seed = 42;
};

struct VectorSearchOptions {
  uint32_t width = 128;  // ef: candidates kept while walking the graph; at least k is used
};

class VectorIndex {
 public:
  virtual ~VectorIndex() = default;

  virtual VectorIndexKind kind() const = 0;
  virtual uint32_t dimension() const = 0;
  virtual size_t size() const = 0;

  // The k rows with the largest inner product, best first, ties by table.Precedes. `allowed` as in
  // LexicalIndex::Search; a selective one is searched exactly. Fewer than k come back only when
  // fewer are allowed. A query of zeros finds nothing.
  //
  // The score is the inner product in single precision, the same to the last bit whichever index
  // holds the vector. hnsw finds most of the k, not surely all; ties inside what it finds are kept.
  //
  // Errors: kInvalidArgument for another dimension, a value that is not finite or a length of 1e19
  // or more; those of context.Check().
  virtual Result<std::vector<ScoredRow>> Search(std::span<const float> query, size_t k,
                                                const Bitmap* allowed, const RowTable& table,
                                                const VectorSearchOptions& options,
                                                const CallContext& context) const = 0;

  // Which row each vector stands for, in the order of the build.
  virtual std::span<const RowId> rows() const = 0;

  virtual uint64_t MemoryBytes() const = 0;

  // The derived file: everything except the rows, with a header that names format, kind, dimension,
  // count and checksum (vector_file.h). kFailedPrecondition where the kind has no file (flat: it is
  // read from the store).
  virtual Result<std::string> Serialize() const = 0;
};

// Builds over `vectors` (one per entry of `rows`). Deterministic for the same input, options and
// build_threads == 1; with more threads flat is, and hnsw's graph may differ in ties.
// Errors: kInvalidArgument when counts differ, an option is out of range, a value is not finite or
// a vector is of length 1e19 or more; kResourceExhausted when memory runs out; those of
// context.Check().
Result<std::shared_ptr<const VectorIndex>> BuildVectorIndex(const VectorIndexOptions& options,
                                                            EmbeddingMatrix vectors,
                                                            std::vector<RowId> rows,
                                                            const CallContext& context);

// Reads what Serialize made. The bytes are not believed: magic, version, sizes and checksum are
// checked before FAISS sees them. `rows` gives the row of every vector, kNoRow for those that are
// gone.
// Errors: kDataLoss naming what is wrong; kResourceExhausted when memory runs out.
inline constexpr RowId kNoRow = UINT32_MAX;
Result<std::shared_ptr<const VectorIndex>> ParseVectorIndex(std::string_view bytes,
                                                            std::vector<RowId> rows);

}  // namespace quarry::index
