#pragma once

// FaissStructure: vectors held by FAISS's own index: flat, HNSW or IVF over floats.
//
// Used of FAISS (1.7.3): the structures, the insertion of one vertex of HNSW, the searches, k-means,
// the file format.
// Not used:
//   * its distances for HNSW. Debian builds FAISS without SIMD; handing the graph a
//     DistanceComputer of our own makes building and searching two to three times faster (10,000 x
//     384 floats, one thread);
//   * IndexHNSW::add and ::search. They start OpenMP threads, as many as the process is set to, for
//     every single query, and those spin when the work is done. Here threads of our own insert
//     vertices from a shared counter (a slow core delays nobody, the caller can give up in
//     between), and a walk runs on the caller's thread.
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
struct Index;
}

namespace quarry::index {

// Immutable and thread-safe.
class FaissStructure {
 public:
  // options.kind names the structure. The same bytes for the same input, options and
  // build_threads == 1.
  // REQUIRES: every vector passes CheckVector.
  // Errors: kInvalidArgument for options out of range, kResourceExhausted when memory runs out or
  // there are more than 2^31 - 1 vectors, those of context.Check().
  static Result<FaissStructure> Build(const VectorIndexOptions& options, EmbeddingMatrix vectors,
                                      const CallContext& context);

  // Reads what AppendTo wrote. REQUIRES: the bytes passed a checksum; damage that a checksum cannot
  // see (a file of another program) is still found as far as it could lead out of an array. Errors:
  // kDataLoss; kResourceExhausted.
  static Result<FaissStructure> Parse(VectorIndexKind kind, std::string_view payload,
                                      uint32_t dimension, uint64_t count);

  FaissStructure(FaissStructure&&) noexcept;
  FaissStructure& operator=(FaissStructure&&) noexcept;
  ~FaissStructure();

  // Appends the graph and its vectors. Error: kResourceExhausted when memory runs out.
  Status AppendTo(std::string& out) const;

  struct Neighbour {
    uint32_t position = 0;
    float score = 0;  // InnerProduct(query, vector)
  };
  // The `width` (fewer if fewer are reached) vectors with the largest inner product among those that
  // a search of such a width looks at: flat at all, hnsw at a walk with so many candidates, ivf at
  // the lists where so many are likely. In no particular order. REQUIRES: query passes CheckVector.
  // Error: kResourceExhausted when memory runs out.
  Result<std::vector<Neighbour>> Search(std::span<const float> query, size_t width) const;

  uint32_t dimension() const;
  size_t size() const;
  const float* vector(size_t position) const;  // as given to Build
  uint64_t MemoryBytes() const;
  size_t CountReachable() const;  // VectorIndex::CountReachable

 private:
  explicit FaissStructure(std::unique_ptr<faiss::Index> index);

  std::unique_ptr<faiss::Index> index_;
};

}  // namespace quarry::index
