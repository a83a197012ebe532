#pragma once

// VectorCodes: vectors in the form that search reads, in two parts. The coarse part of a vector is
// what a walk or a scan multiplies; the fine part, read only for the few best, completes it.
//
//             coarse, per component           fine, per component   together
//   int8      1 byte: component / scale,      1 byte: residual in   16 bits; error of a component
//             rounded, plus 128               1/256 of a step       at most scale / 512
//   bf16      2 bytes: upper half of the      2 bytes: lower half   the float itself
//             float
//   float     4 bytes: the float              none                  the float itself
//
// with scale = largest |component| of the vector / 127, one per vector: no training, so the codes
// of a vector depend on nothing but the vector, and its score for a query is the same to the last
// bit in whatever index it stands. Rows are padded with zeros to kCodeBlock bytes.
//
// A VectorCodes is a view of memory or of a file (vector_file.h): three sections, each with one
// entry per vector in the order of their positions. Immutable and thread-safe.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "index/simd_kernels.h"

namespace quarry::index {

// Stored (vector_file.h): do not renumber.
enum class VectorCodeKind : uint8_t { kInt8 = 0, kBf16 = 1, kFloat = 2 };
const char* VectorCodeKindName(VectorCodeKind kind);  // "int8"
// Error: kInvalidArgument naming what is known.
Result<VectorCodeKind> ParseVectorCodeKind(std::string_view name);

// Dimensions that can be coded: 1 to this.
inline constexpr uint32_t kMaxDimension = 1u << 16;

// How large the entry of one vector is, in bytes.
struct CodeLayout {
  CodeLayout(VectorCodeKind kind, uint32_t dimension);

  size_t padded = 0;  // components with padding, a multiple of kCodeBlock
  size_t coarse = 0;
  size_t fine = 0;
  size_t scale = 0;
};

class VectorCodes {
 public:
  VectorCodes() = default;
  // REQUIRES: the sections hold count entries of CodeLayout(kind, dimension), coarse and fine ones
  // begin at a multiple of kCodeBlock.
  VectorCodes(VectorCodeKind kind, uint32_t dimension, size_t count, const char* coarse,
              const char* fine, const char* scales);

  VectorCodeKind kind() const { return kind_; }
  uint32_t dimension() const { return dimension_; }
  size_t size() const { return count_; }
  const CodeLayout& layout() const { return layout_; }

  CodeRows coarse() const { return {coarse_, layout_.coarse}; }
  const uint8_t* fine(size_t position) const { return fine_ + position * layout_.fine; }
  float scale(size_t position) const { return scales_[position]; }  // int8 only
  void FetchScale(size_t position) const {
    if (scales_ != nullptr) __builtin_prefetch(scales_ + position);
  }

  // The vector as its codes have it.
  void Decode(size_t position, std::span<float> out) const;

 private:
  VectorCodeKind kind_ = VectorCodeKind::kInt8;
  uint32_t dimension_ = 0;
  size_t count_ = 0;
  CodeLayout layout_{VectorCodeKind::kInt8, 0};
  const uint8_t* coarse_ = nullptr;
  const uint8_t* fine_ = nullptr;
  const float* scales_ = nullptr;
};

// Writes the entries of one vector. REQUIRES: every value is finite; the entries were zero.
void WriteCodes(VectorCodeKind kind, std::span<const float> vector, char* coarse, char* fine,
                char* scale);

// A query in the form that the kernels want, against the vectors of one VectorCodes. Of a query that
// begins or ends with zeros only the blocks in between are read and multiplied (vectors of two
// parts, model/learnt_embedder.h, are asked by one); the scores are the same to the last bit.
// Reusable: Set allocates nothing after the first time. Not thread-safe.
class CodedQuery {
 public:
  // Any query. REQUIRES: codes.dimension() finite values.
  void Set(const VectorCodes& codes, std::span<const float> query);
  // The stored vector at `position`.
  void SetStored(const VectorCodes& codes, size_t position);

  // What the coarse parts give: proportional to the inner product, with one factor for the query.
  // For a stored query it is the inner product. `codes` are those of Set.
  void CoarseScores(const VectorCodes& codes, const uint32_t* positions, size_t count,
                    float* out) const;
  // The same for `count` vectors in the order of their positions, from `first` on.
  void CoarseScoresOfRun(const VectorCodes& codes, size_t first, size_t count, float* out) const;
  // The inner product at full precision. REQUIRES: Set.
  float Score(const VectorCodes& codes, uint32_t position) const;
  // Fetches from memory what Score reads of a vector's fine part.
  void FetchFine(const VectorCodes& codes, uint32_t position) const;
  // Of each coarse row, from the one at `first` on, what is read for the query.
  CodeRows Used(const VectorCodes& codes, size_t first = 0) const;

 private:
  // The components [begin_, end_), multiples of kCodeBlock, are those of all that are not zero.
  void Use(size_t begin, size_t end);

  std::vector<float> values_;  // padded
  std::vector<int8_t> bytes_;  // padded; int8 only
  size_t begin_ = 0;
  size_t end_ = 0;
  int32_t offset_ = 0;  // what the 128 in every code adds to a sum
  float scale_ = 1;     // of coarse scores
};

}  // namespace quarry::index
