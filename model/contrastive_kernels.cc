#include "model/contrastive_kernels.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <iterator>

#if defined(__x86_64__)
#include <immintrin.h>

#include "model/cpu_features.h"
#endif

// Both versions do the same operations in the same order, rounded after each (no fused
// multiply-add), so they give the same bits.

namespace quarry::model {
namespace {

constexpr size_t kLanes = 8;

// e^x = 2^n * 2^f with n whole and |f| <= 1/2; 2^f by its Taylor series.
constexpr float kLog2E = 1.44269504f;
constexpr float kLowestPower = -115.0f;
constexpr float kToWhole = 12582912.0f;  // 1.5 * 2^23: adding it rounds to a whole number
constexpr float kSeries[] = {1.5403530e-4f, 1.3333558e-3f, 9.6181291e-3f, 5.5504109e-2f,
                             2.4022651e-1f, 6.9314718e-1f, 1.0f};

float SumOfLanes(const float* lanes) {
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
         ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

}  // namespace

namespace plain {

void AdamUpdate(const AdamStep& step, const float* gradient, size_t count, float* row, float* m,
                float* v) {
  const float rest1 = 1.0f - step.beta1;
  const float rest2 = 1.0f - step.beta2;
  for (size_t i = 0; i < count; ++i) {
    m[i] = step.beta1 * m[i] + rest1 * gradient[i];
    v[i] = step.beta2 * v[i] + rest2 * (gradient[i] * gradient[i]);
    row[i] -= step.rate * m[i] / (std::sqrt(v[i]) + step.epsilon);
  }
}

float ExpInPlace(float scale, float* values, size_t count) {
  const float to_powers = scale * kLog2E;
  float sums[kLanes] = {};
  for (size_t i = 0; i < count; ++i) {
    float x = to_powers * (values[i] - 1.0f);
    x = x < kLowestPower ? kLowestPower : x;
    const float shifted = x + kToWhole;
    const float f = x - (shifted - kToWhole);
    float y = kSeries[0];
    for (size_t k = 1; k < std::size(kSeries); ++k) y = y * f + kSeries[k];
    values[i] =
        std::bit_cast<float>(std::bit_cast<uint32_t>(y) + (std::bit_cast<uint32_t>(shifted) << 23));
    sums[i % kLanes] += values[i];
  }
  return SumOfLanes(sums);
}

float DotProduct(const float* a, const float* b, size_t count) {
  float sums[kLanes] = {};
  for (size_t i = 0; i < count; ++i) sums[i % kLanes] += a[i] * b[i];
  return SumOfLanes(sums);
}

}  // namespace plain

namespace {

#if defined(__x86_64__)
__attribute__((target("avx2"))) void AdamUpdateAvx2(const AdamStep& step, const float* gradient,
                                                    size_t count, float* row, float* m, float* v) {
  const __m256 beta1 = _mm256_set1_ps(step.beta1);
  const __m256 beta2 = _mm256_set1_ps(step.beta2);
  const __m256 rest1 = _mm256_set1_ps(1.0f - step.beta1);
  const __m256 rest2 = _mm256_set1_ps(1.0f - step.beta2);
  const __m256 rate = _mm256_set1_ps(step.rate);
  const __m256 epsilon = _mm256_set1_ps(step.epsilon);
  for (size_t i = 0; i < count; i += kLanes) {
    const __m256 g = _mm256_loadu_ps(gradient + i);
    const __m256 first =
        _mm256_add_ps(_mm256_mul_ps(beta1, _mm256_loadu_ps(m + i)), _mm256_mul_ps(rest1, g));
    const __m256 second = _mm256_add_ps(_mm256_mul_ps(beta2, _mm256_loadu_ps(v + i)),
                                        _mm256_mul_ps(rest2, _mm256_mul_ps(g, g)));
    const __m256 change =
        _mm256_div_ps(_mm256_mul_ps(rate, first), _mm256_add_ps(_mm256_sqrt_ps(second), epsilon));
    _mm256_storeu_ps(m + i, first);
    _mm256_storeu_ps(v + i, second);
    _mm256_storeu_ps(row + i, _mm256_sub_ps(_mm256_loadu_ps(row + i), change));
  }
}

__attribute__((target("avx2"))) float SumOfLanesAvx2(__m256 sums) {
  alignas(32) float lanes[kLanes];
  _mm256_store_ps(lanes, sums);
  return SumOfLanes(lanes);
}

__attribute__((target("avx2"))) float ExpInPlaceAvx2(float scale, float* values, size_t count) {
  const __m256 to_powers = _mm256_set1_ps(scale * kLog2E);
  const __m256 one = _mm256_set1_ps(1.0f);
  const __m256 lowest = _mm256_set1_ps(kLowestPower);
  const __m256 to_whole = _mm256_set1_ps(kToWhole);
  __m256 sums = _mm256_setzero_ps();
  for (size_t i = 0; i < count; i += kLanes) {
    const __m256 x = _mm256_max_ps(
        _mm256_mul_ps(to_powers, _mm256_sub_ps(_mm256_loadu_ps(values + i), one)), lowest);
    const __m256 shifted = _mm256_add_ps(x, to_whole);
    const __m256 f = _mm256_sub_ps(x, _mm256_sub_ps(shifted, to_whole));
    __m256 y = _mm256_set1_ps(kSeries[0]);
    for (size_t k = 1; k < std::size(kSeries); ++k) {
      y = _mm256_add_ps(_mm256_mul_ps(y, f), _mm256_set1_ps(kSeries[k]));
    }
    y = _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(y),
                                             _mm256_slli_epi32(_mm256_castps_si256(shifted), 23)));
    _mm256_storeu_ps(values + i, y);
    sums = _mm256_add_ps(sums, y);
  }
  return SumOfLanesAvx2(sums);
}

__attribute__((target("avx2"))) float DotProductAvx2(const float* a, const float* b, size_t count) {
  __m256 sums = _mm256_setzero_ps();
  for (size_t i = 0; i < count; i += kLanes) {
    sums = _mm256_add_ps(sums, _mm256_mul_ps(_mm256_loadu_ps(a + i), _mm256_loadu_ps(b + i)));
  }
  return SumOfLanesAvx2(sums);
}
#endif

}  // namespace

void AdamUpdate(const AdamStep& step, const float* gradient, size_t count, float* row, float* m,
                float* v) {
#if defined(__x86_64__)
  if (HasAvx2()) return AdamUpdateAvx2(step, gradient, count, row, m, v);
#endif
  plain::AdamUpdate(step, gradient, count, row, m, v);
}

float ExpInPlace(float scale, float* values, size_t count) {
#if defined(__x86_64__)
  if (HasAvx2()) return ExpInPlaceAvx2(scale, values, count);
#endif
  return plain::ExpInPlace(scale, values, count);
}

float DotProduct(const float* a, const float* b, size_t count) {
#if defined(__x86_64__)
  if (HasAvx2()) return DotProductAvx2(a, b, count);
#endif
  return plain::DotProduct(a, b, count);
}

}  // namespace quarry::model
