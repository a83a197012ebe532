#pragma once

// HnswGraphBuilder: builds an HNSW graph over coded vectors, in the arrays of a faiss::HNSW.
//
// Vertices are inserted in batches that grow with the graph (Manohar, Shen, Blelloch et al.,
// "ParlayANN: Scalable and deterministic parallel graph-based approximate nearest neighbor search
// algorithms", 2024). Of a batch, first every vertex searches the graph as it was before the batch
// and chooses its links; then the links back are grouped by the vertex that they lead to, and each
// of those lists is brought up to date by one thread. Nothing is locked, and the graph is the same
// for any number of threads. Links are chosen by the heuristic of Malkov and Yashunin, 2018,
// algorithm 4, for the inner product of the vectors' coarse parts.
//
// FAISS's own IndexHNSW::add computes distances without SIMD in Debian's build, starts a team of
// OpenMP threads and waits for the slowest of them.

#include <cstdint>
#include <memory>

#include "base/call_context.h"
#include "index/hnsw_links.h"
#include "index/vector_codes.h"

namespace faiss {
struct HNSW;
}

namespace quarry::index {

struct HnswOptions {
  uint32_t links = 16;         // M: per vertex and level, twice that on level 0; 2 to 512
  uint32_t build_width = 200;  // efConstruction: candidates kept while searching for links
  uint32_t threads = 2;        // own threads, which end with the build
  uint64_t seed = 42;
};

class HnswGraphBuilder {
 public:
  // Draws the levels of `count` vertices. With `base`, the first vertices and their links are those
  // of that graph; options.links must be its number. REQUIRES: count < 2^31.
  // Error: kResourceExhausted when memory runs out.
  static Result<HnswGraphBuilder> Start(const HnswOptions& options, size_t count,
                                        const HnswLinks* base = nullptr);
  HnswGraphBuilder(HnswGraphBuilder&&) noexcept;
  HnswGraphBuilder& operator=(HnswGraphBuilder&&) noexcept;
  ~HnswGraphBuilder();

  // Links every vertex that is not linked yet. REQUIRES: codes.size() == count.
  // Errors: those of context.Check(); kResourceExhausted.
  Status Link(const VectorCodes& codes, const CallContext& context);

  // The file form (hnsw_links.h): its size, known from the start, and where in it the neighbours
  // begin (they are read fastest when that place lies at a cache line).
  size_t FileBytes() const;
  size_t NeighborsAt() const;
  // Writes FileBytes() bytes.
  void Write(char* to) const;

 private:
  HnswGraphBuilder(const HnswOptions& options, std::unique_ptr<faiss::HNSW> graph, size_t linked);

  HnswOptions options_;
  std::unique_ptr<faiss::HNSW> graph_;
  size_t linked_ = 0;  // vertices of the base
};

}  // namespace quarry::index
