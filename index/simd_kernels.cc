// Compiled once per instruction set: Highway includes this file again for each of them.
#define HWY_WANT_AVX3_DL 1  // VNNI; off by default for its size
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "index/simd_kernels.cc"  // NOLINT
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

#include <bit>
#include <cstring>

#include "index/simd_kernels.h"

// Every CPU of this target has VNNI, and Highway 1.0 leaves it out. To clang a feature cannot be added
// to those of the target: it takes the way of the others.
#define QUARRY_USE_VNNI (HWY_TARGET == HWY_AVX3_DL && !HWY_COMPILER_CLANG)

HWY_BEFORE_NAMESPACE();
#if QUARRY_USE_VNNI
HWY_PUSH_ATTRIBUTES("avx512vnni")
#endif
namespace quarry::index::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// So many rows are multiplied side by side (their sums are independent) while as many are fetched.
constexpr size_t kRows = 4;

HWY_INLINE void Fetch(const uint8_t* row, size_t bytes) {
  for (size_t i = 0; i < bytes; i += kCodeBlock) __builtin_prefetch(row + i, 0, 3);
}

// Calls dot(rows, n, out) for the rows at `positions`, n = kRows and at the end 1 at a time.
template <typename Sum, typename Dot4, typename Dot1>
HWY_INLINE void ForRows(const CodeRows& rows, const uint32_t* positions, size_t count, Sum* out,
                        const Dot4& dot4, const Dot1& dot1) {
  for (size_t i = 0; i < count && i < 2 * kRows; ++i) Fetch(rows.row(positions[i]), rows.width);
  size_t i = 0;
  for (; i + kRows <= count; i += kRows) {
    const uint8_t* at[kRows];
    for (size_t r = 0; r < kRows; ++r) at[r] = rows.row(positions[i + r]);
    for (size_t r = i + 2 * kRows; r < i + 3 * kRows && r < count; ++r) {
      Fetch(rows.row(positions[r]), rows.width);
    }
    dot4(at, out + i);
  }
  for (; i < count; ++i) {
    const uint8_t* at[1] = {rows.row(positions[i])};
    dot1(at, out + i);
  }
}

// Calls dot1(row, out) for the first `count` rows.
template <typename Sum, typename Dot1>
HWY_INLINE void ForRun(const CodeRows& rows, size_t count, Sum* out, const Dot1& dot1) {
  const uint8_t* at = rows.first;
  for (size_t i = 0; i < count; ++i, at += rows.stride) dot1(&at, out + i);
}

#if QUARRY_USE_VNNI

template <size_t n>
HWY_INLINE void DotInt8Rows(const int8_t* query, const uint8_t* const* rows, size_t bytes,
                            int32_t* out) {
  __m512i sums[n];
  for (size_t r = 0; r < n; ++r) sums[r] = _mm512_setzero_si512();
  for (size_t i = 0; i < bytes; i += kCodeBlock) {
    const __m512i q = _mm512_loadu_si512(query + i);
    for (size_t r = 0; r < n; ++r) {
      sums[r] = _mm512_dpbusd_epi32(sums[r], _mm512_loadu_si512(rows[r] + i), q);
    }
  }
  for (size_t r = 0; r < n; ++r) out[r] = _mm512_reduce_add_epi32(sums[r]);
}

#else

template <size_t n>
HWY_INLINE void DotInt8Rows(const int8_t* query, const uint8_t* const* rows, size_t bytes,
                            int32_t* out) {
  const hn::ScalableTag<int16_t> d16;
  const hn::ScalableTag<int32_t> d32;
  const hn::Rebind<int8_t, decltype(d16)> d8;
  const hn::Rebind<uint8_t, decltype(d16)> du8;
  using Sums = decltype(hn::Zero(d32));
  Sums low[n];
  Sums high[n];
  for (size_t r = 0; r < n; ++r) low[r] = high[r] = hn::Zero(d32);
  const size_t step = hn::Lanes(d16);  // divides kCodeBlock
  for (size_t i = 0; i < bytes; i += step) {
    const auto q = hn::PromoteTo(d16, hn::LoadU(d8, query + i));
    for (size_t r = 0; r < n; ++r) {
      const auto codes = hn::PromoteTo(d16, hn::LoadU(du8, rows[r] + i));
      low[r] = hn::ReorderWidenMulAccumulate(d32, q, codes, low[r], high[r]);
    }
  }
  for (size_t r = 0; r < n; ++r) {
    out[r] = hn::GetLane(hn::SumOfLanes(d32, hn::Add(low[r], high[r])));
  }
}

#endif

void DotInt8(const int8_t* query, const CodeRows& rows, const uint32_t* positions, size_t count,
             int32_t* out) {
  ForRows(
      rows, positions, count, out,
      [&](const uint8_t* const* at, int32_t* to) { DotInt8Rows<kRows>(query, at, rows.width, to); },
      [&](const uint8_t* const* at, int32_t* to) { DotInt8Rows<1>(query, at, rows.width, to); });
}

void DotInt8Run(const int8_t* query, const CodeRows& rows, size_t count, int32_t* out) {
  ForRun(rows, count, out,
         [&](const uint8_t* const* at, int32_t* to) { DotInt8Rows<1>(query, at, rows.width, to); });
}

// `load(row, i)` gives the floats i, i + 1, .. of a row of `count`.
template <size_t n, typename Load>
HWY_INLINE void DotFloatRows(const float* query, const uint8_t* const* rows, size_t count,
                             float* out, const Load& load) {
  const hn::ScalableTag<float> df;
  const size_t step = hn::Lanes(df);  // divides kCodeBlock / sizeof(float)
  using Sums = decltype(hn::Zero(df));
  Sums sums[n];
  for (size_t r = 0; r < n; ++r) sums[r] = hn::Zero(df);
  for (size_t i = 0; i < count; i += step) {
    const auto q = hn::LoadU(df, query + i);
    for (size_t r = 0; r < n; ++r) sums[r] = hn::MulAdd(q, load(rows[r], i), sums[r]);
  }
  for (size_t r = 0; r < n; ++r) out[r] = hn::GetLane(hn::SumOfLanes(df, sums[r]));
}

// Loads of the floats of a row from i on.
struct LoadBf16 {
  HWY_INLINE auto operator()(const uint8_t* row, size_t i) const {
    const hn::ScalableTag<float> df;
    const hn::Rebind<uint32_t, decltype(df)> du32;
    const hn::Rebind<uint16_t, decltype(df)> du16;
    const auto* halves = reinterpret_cast<const uint16_t*>(row);
    return hn::BitCast(df, hn::ShiftLeft<16>(hn::PromoteTo(du32, hn::LoadU(du16, halves + i))));
  }
};
struct LoadFloat {
  HWY_INLINE auto operator()(const uint8_t* row, size_t i) const {
    const hn::ScalableTag<float> df;
    return hn::LoadU(df, reinterpret_cast<const float*>(row) + i);
  }
};

template <typename Load>
HWY_INLINE void DotFloats(const float* query, const CodeRows& rows, size_t values,
                          const uint32_t* positions, size_t count, float* out, const Load& load) {
  ForRows(
      rows, positions, count, out,
      [&](const uint8_t* const* at, float* to) {
        DotFloatRows<kRows>(query, at, values, to, load);
      },
      [&](const uint8_t* const* at, float* to) { DotFloatRows<1>(query, at, values, to, load); });
}

template <typename Load>
HWY_INLINE void DotFloatsRun(const float* query, const CodeRows& rows, size_t values, size_t count,
                             float* out, const Load& load) {
  ForRun(rows, count, out, [&](const uint8_t* const* at, float* to) {
    DotFloatRows<1>(query, at, values, to, load);
  });
}

void DotBf16(const float* query, const CodeRows& rows, const uint32_t* positions, size_t count,
             float* out) {
  DotFloats(query, rows, rows.width / sizeof(uint16_t), positions, count, out, LoadBf16());
}

void DotBf16Run(const float* query, const CodeRows& rows, size_t count, float* out) {
  DotFloatsRun(query, rows, rows.width / sizeof(uint16_t), count, out, LoadBf16());
}

void DotFloat(const float* query, const CodeRows& rows, const uint32_t* positions, size_t count,
              float* out) {
  DotFloats(query, rows, rows.width / sizeof(float), positions, count, out, LoadFloat());
}

void DotFloatRun(const float* query, const CodeRows& rows, size_t count, float* out) {
  DotFloatsRun(query, rows, rows.width / sizeof(float), count, out, LoadFloat());
}

float DotInt8Residual(const float* query, const uint8_t* codes, const int8_t* residuals,
                      size_t count) {
  const hn::ScalableTag<float> df;
  const hn::Rebind<int32_t, decltype(df)> d32;
  const hn::Rebind<uint8_t, decltype(df)> du8;
  const hn::Rebind<int8_t, decltype(df)> d8;
  const size_t step = hn::Lanes(df);
  const auto offset = hn::Set(d32, 128 * 256);
  auto sum = hn::Zero(df);
  for (size_t i = 0; i < count; i += step) {
    const auto code = hn::PromoteTo(d32, hn::LoadU(du8, codes + i));
    const auto residual = hn::PromoteTo(d32, hn::LoadU(d8, residuals + i));
    const auto value = hn::Add(hn::Sub(hn::ShiftLeft<8>(code), offset), residual);
    sum = hn::MulAdd(hn::LoadU(df, query + i), hn::ConvertTo(df, value), sum);
  }
  return hn::GetLane(hn::SumOfLanes(df, sum)) / 256;
}

float DotSplitFloat(const float* query, const uint16_t* high, const uint16_t* low, size_t count) {
  const hn::ScalableTag<float> df;
  const hn::Rebind<uint32_t, decltype(df)> du32;
  const hn::Rebind<uint16_t, decltype(df)> du16;
  const size_t step = hn::Lanes(df);
  auto sum = hn::Zero(df);
  for (size_t i = 0; i < count; i += step) {
    const auto upper = hn::ShiftLeft<16>(hn::PromoteTo(du32, hn::LoadU(du16, high + i)));
    const auto lower = hn::PromoteTo(du32, hn::LoadU(du16, low + i));
    sum = hn::MulAdd(hn::LoadU(df, query + i), hn::BitCast(df, hn::Or(upper, lower)), sum);
  }
  return hn::GetLane(hn::SumOfLanes(df, sum));
}

const char* TargetName() { return hwy::TargetName(HWY_TARGET); }

}  // namespace quarry::index::HWY_NAMESPACE
#if QUARRY_USE_VNNI
HWY_POP_ATTRIBUTES
#endif
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace quarry::index {

HWY_EXPORT(DotInt8);
HWY_EXPORT(DotInt8Run);
HWY_EXPORT(DotBf16);
HWY_EXPORT(DotBf16Run);
HWY_EXPORT(DotFloat);
HWY_EXPORT(DotFloatRun);
HWY_EXPORT(DotInt8Residual);
HWY_EXPORT(DotSplitFloat);
HWY_EXPORT(TargetName);

void DotInt8(const int8_t* query, const CodeRows& rows, const uint32_t* positions, size_t count,
             int32_t* out) {
  HWY_DYNAMIC_DISPATCH(DotInt8)(query, rows, positions, count, out);
}

void DotBf16(const float* query, const CodeRows& rows, const uint32_t* positions, size_t count,
             float* out) {
  HWY_DYNAMIC_DISPATCH(DotBf16)(query, rows, positions, count, out);
}

void DotFloat(const float* query, const CodeRows& rows, const uint32_t* positions, size_t count,
              float* out) {
  HWY_DYNAMIC_DISPATCH(DotFloat)(query, rows, positions, count, out);
}

void DotInt8Run(const int8_t* query, const CodeRows& rows, size_t count, int32_t* out) {
  HWY_DYNAMIC_DISPATCH(DotInt8Run)(query, rows, count, out);
}

void DotBf16Run(const float* query, const CodeRows& rows, size_t count, float* out) {
  HWY_DYNAMIC_DISPATCH(DotBf16Run)(query, rows, count, out);
}

void DotFloatRun(const float* query, const CodeRows& rows, size_t count, float* out) {
  HWY_DYNAMIC_DISPATCH(DotFloatRun)(query, rows, count, out);
}

float DotInt8Residual(const float* query, const uint8_t* codes, const int8_t* residuals,
                      size_t count) {
  return HWY_DYNAMIC_DISPATCH(DotInt8Residual)(query, codes, residuals, count);
}

float DotSplitFloat(const float* query, const uint16_t* high, const uint16_t* low, size_t count) {
  return HWY_DYNAMIC_DISPATCH(DotSplitFloat)(query, high, low, count);
}

std::string SimdTargetName() { return HWY_DYNAMIC_DISPATCH(TargetName)(); }

void LimitSimdToAvx2(bool limit) {
  hwy::DisableTargets(limit ? HWY_AVX3 | HWY_AVX3_DL : 0);
  hwy::GetChosenTarget().DeInit();  // the next dispatch chooses again
}

void DotInt8Plain(const int8_t* query, const CodeRows& rows, const uint32_t* positions,
                  size_t count, int32_t* out) {
  for (size_t i = 0; i < count; ++i) {
    out[i] = 0;
    for (size_t j = 0; j < rows.width; ++j) out[i] += rows.row(positions[i])[j] * query[j];
  }
}

void DotBf16Plain(const float* query, const CodeRows& rows, const uint32_t* positions, size_t count,
                  float* out) {
  for (size_t i = 0; i < count; ++i) {
    double sum = 0;
    for (size_t j = 0; j < rows.width / sizeof(uint16_t); ++j) {
      uint16_t half;
      std::memcpy(&half, rows.row(positions[i]) + j * sizeof(half), sizeof(half));
      sum += double{query[j]} * std::bit_cast<float>(uint32_t{half} << 16);
    }
    out[i] = static_cast<float>(sum);
  }
}

void DotFloatPlain(const float* query, const CodeRows& rows, const uint32_t* positions,
                   size_t count, float* out) {
  for (size_t i = 0; i < count; ++i) {
    double sum = 0;
    for (size_t j = 0; j < rows.width / sizeof(float); ++j) {
      float value;
      std::memcpy(&value, rows.row(positions[i]) + j * sizeof(value), sizeof(value));
      sum += double{query[j]} * value;
    }
    out[i] = static_cast<float>(sum);
  }
}

float DotInt8ResidualPlain(const float* query, const uint8_t* codes, const int8_t* residuals,
                           size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; ++i) sum += query[i] * (codes[i] - 128 + residuals[i] / 256.0);
  return static_cast<float>(sum);
}

float DotSplitFloatPlain(const float* query, const uint16_t* high, const uint16_t* low,
                         size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; ++i) {
    sum += double{query[i]} * std::bit_cast<float>(uint32_t{high[i]} << 16 | low[i]);
  }
  return static_cast<float>(sum);
}

}  // namespace quarry::index

#endif  // HWY_ONCE
