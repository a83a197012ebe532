#include "model/accumulate.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace quarry::model {
namespace {

void AccumulateFloatsBaseline(float factor, const float* row, size_t count, float* sums) {
  for (size_t i = 0; i < count; i += 8) {
    for (size_t j = i; j < i + 8; ++j) sums[j] += factor * row[j];
  }
}

void AccumulateBytesBaseline(float factor, const int8_t* row, size_t count, float* sums) {
  for (size_t i = 0; i < count; ++i) sums[i] += factor * static_cast<float>(row[i]);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) void AccumulateFloatsAvx2(float factor, const float* row,
                                                          size_t count, float* sums) {
  const __m256 factors = _mm256_set1_ps(factor);
  for (size_t i = 0; i < count; i += 8) {
    const __m256 product = _mm256_mul_ps(factors, _mm256_loadu_ps(row + i));
    _mm256_storeu_ps(sums + i, _mm256_add_ps(_mm256_loadu_ps(sums + i), product));
  }
}

__attribute__((target("avx2"))) void AccumulateBytesAvx2(float factor, const int8_t* row,
                                                         size_t count, float* sums) {
  const __m256 factors = _mm256_set1_ps(factor);
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(row + i));
    const __m256 values = _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(bytes));
    const __m256 product = _mm256_mul_ps(factors, values);
    _mm256_storeu_ps(sums + i, _mm256_add_ps(_mm256_loadu_ps(sums + i), product));
  }
  for (; i < count; ++i) sums[i] += factor * static_cast<float>(row[i]);
}

bool HasAvx2() {
  static const bool has = __builtin_cpu_supports("avx2") != 0;
  return has;
}
#endif

}  // namespace

void AccumulateFloats(float factor, const float* row, size_t count, float* sums) {
#if defined(__x86_64__)
  if (HasAvx2()) return AccumulateFloatsAvx2(factor, row, count, sums);
#endif
  AccumulateFloatsBaseline(factor, row, count, sums);
}

void AccumulateBytes(float factor, const int8_t* row, size_t count, float* sums) {
#if defined(__x86_64__)
  if (HasAvx2()) return AccumulateBytesAvx2(factor, row, count, sums);
#endif
  AccumulateBytesBaseline(factor, row, count, sums);
}

}  // namespace quarry::model
