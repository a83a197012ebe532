#pragma once

// The inner loops of the learnt embedder: sums of scaled rows. Internal to model/.
//
// Dispatched at run time: AVX-512 or AVX2 where the processor has it, else what the compiler makes of
// the baseline. All round after every multiplication and after every addition (no fused multiply-add)
// and add in the order given, so they give the same bits.

#include <cstddef>
#include <cstdint>
#include <span>

namespace quarry::model {

// sums[i] += factor * row[i] for i in [0, count). REQUIRES: count is a multiple of 8.
void AccumulateFloats(float factor, const float* row, size_t count, float* sums);

// Likewise for signed bytes; any count.
void AccumulateBytes(float factor, const int8_t* row, size_t count, float* sums);

// Rows at equal distances.
struct FloatRows {
  const float* first = nullptr;
  size_t stride = 0;  // values from row to row

  const float* row(size_t i) const { return first + i * stride; }
};

// sums[i] = sum over k of factors[k] * row chosen[k] of `rows`, at i in [0, count). What a call of
// AccumulateFloats for each gives, with the sums in registers and the rows fetched ahead: they mostly lie
// far apart. REQUIRES: count is a multiple of 8, as many factors as chosen rows.
void SumRows(const FloatRows& rows, std::span<const uint32_t> chosen,
             std::span<const float> factors, size_t count, float* sums);

// The same without the instructions of this processor, or with AVX2 at most (where it has that): their
// twins, for tests.
namespace plain {
void SumRows(const FloatRows& rows, std::span<const uint32_t> chosen,
             std::span<const float> factors, size_t count, float* sums);
void SumRowsAvx2(const FloatRows& rows, std::span<const uint32_t> chosen,
                 std::span<const float> factors, size_t count, float* sums);
}  // namespace plain

}  // namespace quarry::model
