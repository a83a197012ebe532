#pragma once

// Inner products with coded vectors (vector_codes.h): the inner loops of vector search.
//
// Each is compiled for several instruction sets (Highway) and chosen at run time for the CPU. Sums
// of integers are the same number everywhere; sums of floats are added in an order that depends on
// the instruction set, so they are the same on one machine, and differ in their last bits between
// machines. The Plain functions are the slow clear versions that the others are tested against.
//
// Rows come in blocks of kCodeBlock bytes: one cache line, one register of AVX-512. The functions
// over rows at any positions fetch them from memory ahead of their use. Those over a run of rows (the
// first `count`) read memory in its order and leave that to the hardware, which is faster.
//
// Pure and thread-safe.

#include <cstddef>
#include <cstdint>
#include <string>

namespace quarry::index {

inline constexpr size_t kCodeBlock = 64;

// Rows at equal distances.
struct CodeRows {
  CodeRows() = default;
  CodeRows(const uint8_t* first_row, size_t bytes) : CodeRows(first_row, bytes, bytes) {}
  CodeRows(const uint8_t* first_row, size_t distance, size_t bytes)
      : first(first_row), stride(distance), width(bytes) {}

  const uint8_t* first = nullptr;
  size_t stride = 0;  // bytes from row to row, a multiple of kCodeBlock
  size_t width = 0;   // bytes of a row that are multiplied, a multiple of kCodeBlock, <= stride

  const uint8_t* row(size_t i) const { return first + i * stride; }
};

// out[i] = sum of (code * query) over the row positions[i], in a run over row i.

// Codes of 8 bits without sign; `query` has width values. REQUIRES: width <= 2^16 (no sum
// overflows).
void DotInt8(const int8_t* query, const CodeRows& rows, const uint32_t* positions, size_t count,
             int32_t* out);
void DotInt8Plain(const int8_t* query, const CodeRows& rows, const uint32_t* positions,
                  size_t count, int32_t* out);
void DotInt8Run(const int8_t* query, const CodeRows& rows, size_t count, int32_t* out);

// Codes are the upper halves of floats; `query` has width / 2 values.
void DotBf16(const float* query, const CodeRows& rows, const uint32_t* positions, size_t count,
             float* out);
void DotBf16Plain(const float* query, const CodeRows& rows, const uint32_t* positions, size_t count,
                  float* out);
void DotBf16Run(const float* query, const CodeRows& rows, size_t count, float* out);

// Codes are floats; `query` has width / 4 values.
void DotFloat(const float* query, const CodeRows& rows, const uint32_t* positions, size_t count,
              float* out);
void DotFloatPlain(const float* query, const CodeRows& rows, const uint32_t* positions,
                   size_t count, float* out);
void DotFloatRun(const float* query, const CodeRows& rows, size_t count, float* out);

// The inner product of `query` with one vector at full precision: its codes, and what they leave
// out. `count` values, a multiple of kCodeBlock.

// A value is (code - 128) + residual / 256.
float DotInt8Residual(const float* query, const uint8_t* codes, const int8_t* residuals,
                      size_t count);
float DotInt8ResidualPlain(const float* query, const uint8_t* codes, const int8_t* residuals,
                           size_t count);

// A value is the float with `high` and `low` as its halves.
float DotSplitFloat(const float* query, const uint16_t* high, const uint16_t* low, size_t count);
float DotSplitFloatPlain(const float* query, const uint16_t* high, const uint16_t* low,
                         size_t count);

// The instruction set in use: "AVX3_DL", "AVX2".
std::string SimdTargetName();

// Leaves AVX-512 unused, or lifts that. For tests and measurements; not thread-safe.
void LimitSimdToAvx2(bool limit);

}  // namespace quarry::index
