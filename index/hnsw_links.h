#pragma once

// HnswLinks: the links of an HNSW graph as faiss::HNSW keeps them, wherever they lie: in its arrays
// while the graph is built (faiss_hnsw.cc), in a mapped file when it is searched. The file
// holds what faiss::write_index writes of a faiss::HNSW, so that FAISS can read it.
//
// A view; immutable while it is searched.

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace quarry::index {

struct HnswLinks {
  const int32_t* neighbors = nullptr;  // -1 = no more on this level
  const char* offsets = nullptr;       // 8 bytes each: where the lists of a vertex begin
  const int32_t* levels = nullptr;     // of a vertex: on how many levels it is, 1 and more
  uint32_t links = 0;                  // per vertex on each level above 0; on level 0 twice as many
  int32_t entry = -1;                  // a vertex of the top level; -1 = empty graph
  int32_t top = -1;                    // the top level
  size_t size = 0;

  size_t OffsetOf(uint32_t vertex) const {
    uint64_t offset;
    std::memcpy(&offset, offsets + vertex * sizeof(offset), sizeof(offset));
    return offset;
  }
  // The list of a vertex on a level that it is on, with its unused places.
  std::span<const int32_t> ListOf(uint32_t vertex, int level) const {
    const size_t begin = OffsetOf(vertex) + (level == 0 ? 0 : (level + 1) * size_t{links});
    return {neighbors + begin, level == 0 ? 2 * size_t{links} : links};
  }
  void FetchOffset(uint32_t vertex) const {
    __builtin_prefetch(offsets + vertex * sizeof(uint64_t));
  }
};

// The order in which vertices are linked that are on so many `levels` each, from vertex `first` on:
// highest level first, so that the entry point stands from the first vertex on; shuffled inside a
// level, so that neighbours in the input do not shape the graph.
std::vector<uint32_t> InsertionOrder(std::span<const int32_t> levels, size_t first, uint64_t seed);

// How many vertices a walk along the links can come to from the entry, over all levels.
size_t CountReachable(const HnswLinks& links);

// The links in `bytes`, which must be 4-byte aligned and live as long as the view. Nothing in it is
// believed: every list lies inside, and every link leads to a vertex of its level.
// Error: kDataLoss.
Result<HnswLinks> ParseHnswLinks(std::string_view bytes, size_t size);

}  // namespace quarry::index
