// Compiled once per instruction set: Highway includes this file again for each of them. Without
// contraction of floats (the library's build file): TermScore and TermScores agree in every bit.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "index/bm25_kernels.cc"  // NOLINT
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

#include "index/bm25_kernels.h"

#include <bit>

HWY_BEFORE_NAMESPACE();
namespace quarry::index::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

void TermScores(float weight, const uint32_t* slots, const uint32_t* counts, size_t count,
                const uint32_t* lengths, const LengthNorm& norm, uint32_t* out) {
  const hn::ScalableTag<int32_t> di;
  const hn::Rebind<float, decltype(di)> df;
  const auto base = hn::Set(df, norm.base);
  const auto slope = hn::Set(df, norm.slope);
  const auto factor = hn::Set(df, weight);
  const auto one = hn::Set(di, 1);
  const auto* from = reinterpret_cast<const int32_t*>(lengths);
  for (size_t i = 0; i < count; i += hn::Lanes(di)) {
    const auto slot = hn::LoadU(di, reinterpret_cast<const int32_t*>(slots + i));
    const auto length = hn::ConvertTo(df, hn::GatherIndex(di, from, slot));
    const auto tf = hn::ConvertTo(df, hn::LoadU(di, reinterpret_cast<const int32_t*>(counts + i)));
    const auto saturated = hn::Div(tf, hn::Add(tf, hn::Add(base, hn::Mul(slope, length))));
    const auto units = hn::Add(hn::ConvertTo(di, hn::Mul(factor, saturated)), one);
    hn::StoreU(units, di, reinterpret_cast<int32_t*>(out + i));
  }
}

size_t CountScores(const uint32_t* scores, size_t count, uint32_t least) {
  const hn::ScalableTag<int32_t> d;  // scores are below 2^31
  const auto bound = hn::Set(d, static_cast<int32_t>(least) - 1);
  // Minus one in each lane of a score that is at least `least`.
  auto found = hn::Zero(d);
  for (size_t i = 0; i < count; i += hn::Lanes(d)) {
    const auto mask = hn::Gt(hn::LoadU(d, reinterpret_cast<const int32_t*>(scores + i)), bound);
    found = hn::Add(found, hn::VecFromMask(d, mask));
  }
  return static_cast<size_t>(-hn::GetLane(hn::SumOfLanes(d, found)));
}

size_t SelectScores(const uint32_t* scores, size_t count, uint32_t least, uint16_t* out) {
  const hn::ScalableTag<int32_t> d;
  const auto bound = hn::Set(d, static_cast<int32_t>(least) - 1);
  const size_t lanes = hn::Lanes(d);
  const auto load = [&](size_t i) HWY_ATTR {
    return hn::LoadU(d, reinterpret_cast<const int32_t*>(scores + i));
  };
  size_t found = 0;
  for (size_t four = 0; four < count; four += 4 * lanes) {
    // Mostly none of them is enough.
    const auto most = hn::Max(hn::Max(load(four), load(four + lanes)),
                              hn::Max(load(four + 2 * lanes), load(four + 3 * lanes)));
    if (hn::AllFalse(d, hn::Gt(most, bound))) continue;
    for (size_t i = four; i < four + 4 * lanes; i += lanes) {
      uint8_t bytes[8] = {};
      hn::StoreMaskBits(d, hn::Gt(load(i), bound), bytes);
      for (size_t j = 0; j * 8 < lanes; ++j) {
        for (uint32_t bits = bytes[j]; bits != 0; bits &= bits - 1) {
          out[found++] =
              static_cast<uint16_t>(i + j * 8 + static_cast<size_t>(std::countr_zero(bits)));
        }
      }
    }
  }
  return found;
}

}  // namespace quarry::index::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace quarry::index {

HWY_EXPORT(TermScores);
HWY_EXPORT(CountScores);
HWY_EXPORT(SelectScores);

uint32_t TermScore(float weight, uint32_t count, uint32_t length, const LengthNorm& norm) {
  const auto tf = static_cast<float>(static_cast<int32_t>(count));
  const float per_token = norm.slope * static_cast<float>(static_cast<int32_t>(length));
  const float saturated = tf / (tf + (norm.base + per_token));
  return static_cast<uint32_t>(static_cast<int32_t>(weight * saturated)) + 1;
}

void TermScores(float weight, const uint32_t* slots, const uint32_t* counts, size_t count,
                const uint32_t* lengths, const LengthNorm& norm, uint32_t* out) {
  HWY_DYNAMIC_DISPATCH(TermScores)(weight, slots, counts, count, lengths, norm, out);
}

size_t CountScores(const uint32_t* scores, size_t count, uint32_t least) {
  return HWY_DYNAMIC_DISPATCH(CountScores)(scores, count, least);
}

size_t SelectScores(const uint32_t* scores, size_t count, uint32_t least, uint16_t* out) {
  return HWY_DYNAMIC_DISPATCH(SelectScores)(scores, count, least, out);
}

}  // namespace quarry::index
#endif  // HWY_ONCE
