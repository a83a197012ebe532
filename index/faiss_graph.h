#pragma once

// FaissGraph: vectors and an HNSW graph over them, held by FAISS. The one place of Quarry that
// calls it.
//
// Used of FAISS (1.7.3): the graph, the insertion of one vertex, the walk, the file format.
// Not used:
//   * its distances. Debian builds FAISS without SIMD; handing the graph a DistanceComputer of our
//     own makes building and searching two to three times faster (10,000 x 384 floats, one thread),
//     and gives scores that equal those of the exact scan to the last bit;
//   * IndexHNSW::add and ::search. They start OpenMP threads, as many as the process is set to, for
//     every single query, and those spin when the work is done. Here threads of our own insert
//     vertices from a shared counter (a slow core delays nobody, the caller can give up in
//     between), and a walk runs on the caller's thread. No OpenMP team is started and no BLAS is
//     called, so their settings are not touched.
//
// Vectors are known by their position in the build. Exceptions of FAISS do not leave this class.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/call_context.h"
#include "base/embedding.h"
#include "index/vector_index.h"

namespace faiss {
struct IndexHNSWFlat;
}

namespace quarry::index {

// Immutable and thread-safe.
class FaissGraph {
 public:
  // The same bytes for the same input, options and build_threads == 1.
  // REQUIRES: every vector passes CheckVector.
  // Errors: kInvalidArgument for options out of range, kResourceExhausted when memory runs out or
  // there are more than 2^31 - 1 vectors, those of context.Check().
  static Result<FaissGraph> Build(const VectorIndexOptions& options, EmbeddingMatrix vectors,
                                  const CallContext& context);

  // Reads what AppendTo wrote. REQUIRES: the bytes passed a checksum; damage that a checksum cannot
  // see (a file of another program) is still found as far as it could lead out of an array. Errors:
  // kDataLoss; kResourceExhausted.
  static Result<FaissGraph> Parse(std::string_view payload, uint32_t dimension, uint64_t count);

  FaissGraph(FaissGraph&&) noexcept;
  FaissGraph& operator=(FaissGraph&&) noexcept;
  ~FaissGraph();

  // Appends the graph and its vectors. Error: kResourceExhausted when memory runs out.
  Status AppendTo(std::string& out) const;

  struct Neighbour {
    uint32_t position = 0;
    float score = 0;  // InnerProduct(query, vector)
  };
  // The `width` (fewer if the graph has or reaches fewer) vectors with the largest inner product
  // that a walk finds which keeps so many candidates. In no particular order. REQUIRES: query
  // passes CheckVector. Error: kResourceExhausted when memory runs out.
  Result<std::vector<Neighbour>> Walk(std::span<const float> query, size_t width) const;

  uint32_t dimension() const;
  size_t size() const;
  const float* values() const;  // row-major, as given to Build
  uint64_t MemoryBytes() const;

 private:
  explicit FaissGraph(std::unique_ptr<faiss::IndexHNSWFlat> index);

  std::unique_ptr<faiss::IndexHNSWFlat> index_;
};

}  // namespace quarry::index
