#pragma once

// The derived file of a vector index: a header of ours, then the library's own bytes.
//
//   offset  bytes
//        0      4  magic "QVEC"
//        4      4  version of this layout (1)
//        8      4  kind: 2 = hnsw (the values of VectorIndexKind)
//       12      4  dimension
//       16      8  number of vectors
//       24      8  size of the payload
//       32      8  checksum: Hash64 (XXH3) of bytes 0 to 31 and of the payload
//       40         payload: what faiss::write_index makes
//
// Integers are little-endian. FAISS believes what it reads (damaged bytes crash it or give wrong
// neighbours), hence every byte is under the checksum.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "index/vector_index.h"

namespace quarry::index {

struct VectorFileHeader {
  VectorIndexKind kind = VectorIndexKind::kHnsw;
  uint32_t dimension = 0;
  uint64_t count = 0;
};

// Room for the header: append the payload to it, then call FinishVectorFile.
std::string BeginVectorFile();

// Fills the header in. REQUIRES: `file` began as BeginVectorFile().
void FinishVectorFile(const VectorFileHeader& header, std::string& file);

struct VectorFile {
  VectorFileHeader header;
  std::string_view payload;  // of the bytes given
};

// The parts of `bytes` once everything about them is checked.
// Error: kDataLoss naming what is wrong.
Result<VectorFile> ReadVectorFile(std::string_view bytes);

}  // namespace quarry::index
