#pragma once

// The derived file of a vector index.
//
//   offset  bytes
//        0      4  magic "QVEC"
//        4      4  version of this layout (2)
//        8      4  kind (the values of VectorIndexKind)
//       12      4  codes (the values of VectorCodeKind)
//       16      4  dimension
//       20      4  width of a walk for 10 results (0: no graph)
//       24      4  width of a walk for 100 results
//       28      4  0
//       32      8  number of vectors
//       40      8  size of the file
//       48     80  five times offset and size of a section, in the order of VectorSection
//      128         the sections; coarse and fine begin at multiples of 64, so does the graph's list
//                  of neighbours
//
// Integers are little-endian. The checksum stands in the manifest (derived_files.h).

#include <array>
#include <cstdint>
#include <string_view>

#include "base/status.h"
#include "index/vector_index.h"

namespace quarry::index {

enum class VectorSection : uint8_t {
  kCoarse,  // vector_codes.h
  kFine,
  kScales,
  kChunks,  // 8 bytes per vector: its ChunkId
  kGraph,   // hnsw: hnsw_links.h; faiss_*: what faiss::write_index makes
};
inline constexpr size_t kVectorSections = 5;

struct VectorFile {
  VectorIndexKind kind = VectorIndexKind::kFlat;
  VectorCodeKind codes = VectorCodeKind::kInt8;
  uint32_t dimension = 0;
  std::array<uint32_t, 2> widths = {};  // for 10 and for 100 results
  uint64_t count = 0;
  struct Section {
    uint64_t offset = 0;
    uint64_t size = 0;
  };
  std::array<Section, kVectorSections> sections = {};

  const Section& section(VectorSection name) const { return sections[static_cast<size_t>(name)]; }
  // Places a section behind those placed before so that the byte `aligned` of it lies at a multiple
  // of 64. Returns where it begins.
  uint64_t Place(VectorSection name, uint64_t size, uint64_t aligned = 0);
  uint64_t FileBytes() const;
};

inline constexpr size_t kVectorHeaderBytes = 128;

// Writes the header's kVectorHeaderBytes.
void WriteVectorHeader(const VectorFile& file, char* to);

// Every section lies inside `bytes` and begins at a multiple of 4, every code is known, there are
// kInt8 to kFloat's sections in their sizes. Error: kDataLoss naming what is wrong.
Result<VectorFile> ReadVectorHeader(std::string_view bytes);

}  // namespace quarry::index
