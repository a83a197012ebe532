#include "model/accumulate.h"

#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>

#include <array>
#include <utility>

#include "model/cpu_features.h"
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

constexpr size_t kCacheLine = 16;  // floats
constexpr size_t kRowsAhead = 3;   // fetched before they are used

// Registers of 8 and of 16 floats that one pass over the rows fills.
constexpr size_t kPassAvx2 = 8;
constexpr size_t kPassAvx512 = 24;

// The values [first, first + count) of all rows, count <= 8 * n.
template <size_t n>
__attribute__((target("avx2"))) void SumPassAvx2(const FloatRows& rows,
                                                 std::span<const uint32_t> chosen,
                                                 const float* factors, size_t first, float* sums) {
  __m256 total[n];
  for (size_t i = 0; i < n; ++i) total[i] = _mm256_setzero_ps();
  for (size_t k = 0; k < chosen.size(); ++k) {
    const float* const row = rows.row(chosen[k]) + first;
    if (k + kRowsAhead < chosen.size()) {
      const float* const ahead = rows.row(chosen[k + kRowsAhead]) + first;
      for (size_t i = 0; i < 8 * n; i += kCacheLine) __builtin_prefetch(ahead + i);
    }
    const __m256 factor = _mm256_set1_ps(factors[k]);
    for (size_t i = 0; i < n; ++i) {
      total[i] = _mm256_add_ps(total[i], _mm256_mul_ps(factor, _mm256_loadu_ps(row + 8 * i)));
    }
  }
  for (size_t i = 0; i < n; ++i) _mm256_storeu_ps(sums + first + 8 * i, total[i]);
}

// With the rounding said, the compiler does not join product and sum. (All lanes: without a mask GCC 12
// warns in its own header.)
constexpr int kRound = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
constexpr __mmask16 kAllLanes = 0xFFFF;
__attribute__((target("avx512f"))) inline __m512 AddProduct(__m512 sum, __m512 factor,
                                                            __m512 value) {
  const __m512 product = _mm512_maskz_mul_round_ps(kAllLanes, factor, value, kRound);
  return _mm512_maskz_add_round_ps(kAllLanes, sum, product, kRound);
}

// The same with n registers of 16; of the last one only the values of `last`.
template <size_t n>
__attribute__((target("avx512f"))) void SumPassAvx512(const FloatRows& rows,
                                                      std::span<const uint32_t> chosen,
                                                      const float* factors, size_t first,
                                                      __mmask16 last, float* sums) {
  __m512 total[n];
  for (size_t i = 0; i < n; ++i) total[i] = _mm512_setzero_ps();
  for (size_t k = 0; k < chosen.size(); ++k) {
    const float* const row = rows.row(chosen[k]) + first;
    if (k + kRowsAhead < chosen.size()) {
      const float* const ahead = rows.row(chosen[k + kRowsAhead]) + first;
      for (size_t i = 0; i < n; ++i) __builtin_prefetch(ahead + 16 * i);
    }
    const __m512 factor = _mm512_set1_ps(factors[k]);
    for (size_t i = 0; i + 1 < n; ++i) {
      total[i] = AddProduct(total[i], factor, _mm512_loadu_ps(row + 16 * i));
    }
    total[n - 1] =
        AddProduct(total[n - 1], factor, _mm512_maskz_loadu_ps(last, row + 16 * (n - 1)));
  }
  for (size_t i = 0; i + 1 < n; ++i) _mm512_storeu_ps(sums + first + 16 * i, total[i]);
  _mm512_mask_storeu_ps(sums + first + 16 * (n - 1), last, total[n - 1]);
}

using PassAvx2 = decltype(&SumPassAvx2<1>);
using PassAvx512 = decltype(&SumPassAvx512<1>);

template <size_t... i>
constexpr std::array<PassAvx2, sizeof...(i)> PassesAvx2(std::index_sequence<i...>) {
  return {&SumPassAvx2<i + 1>...};
}
template <size_t... i>
constexpr std::array<PassAvx512, sizeof...(i)> PassesAvx512(std::index_sequence<i...>) {
  return {&SumPassAvx512<i + 1>...};
}

void SumRowsAvx512(const FloatRows& rows, std::span<const uint32_t> chosen,
                   std::span<const float> factors, size_t count, float* sums) {
  static constexpr auto kPasses = PassesAvx512(std::make_index_sequence<kPassAvx512>());
  for (size_t first = 0; first < count; first += 16 * kPassAvx512) {
    const size_t values = std::min(16 * kPassAvx512, count - first);
    const auto last = static_cast<__mmask16>(values % 16 == 0 ? 0xFFFF : 0xFF);
    kPasses[(values + 15) / 16 - 1](rows, chosen, factors.data(), first, last, sums);
  }
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

void plain::SumRows(const FloatRows& rows, std::span<const uint32_t> chosen,
                    std::span<const float> factors, size_t count, float* sums) {
  std::fill_n(sums, count, 0.0f);
  for (size_t k = 0; k < chosen.size(); ++k) {
    AccumulateFloatsBaseline(factors[k], rows.row(chosen[k]), count, sums);
  }
}

void plain::SumRowsAvx2(const FloatRows& rows, std::span<const uint32_t> chosen,
                        std::span<const float> factors, size_t count, float* sums) {
#if defined(__x86_64__)
  if (HasAvx2()) {
    static constexpr auto kPasses = PassesAvx2(std::make_index_sequence<kPassAvx2>());
    for (size_t first = 0; first < count; first += 8 * kPassAvx2) {
      const size_t values = std::min(8 * kPassAvx2, count - first);
      kPasses[values / 8 - 1](rows, chosen, factors.data(), first, sums);
    }
    return;
  }
#endif
  plain::SumRows(rows, chosen, factors, count, sums);
}

void SumRows(const FloatRows& rows, std::span<const uint32_t> chosen,
             std::span<const float> factors, size_t count, float* sums) {
#if defined(__x86_64__)
  if (HasAvx512()) return SumRowsAvx512(rows, chosen, factors, count, sums);
#endif
  plain::SumRowsAvx2(rows, chosen, factors, count, sums);
}

}  // namespace quarry::model
