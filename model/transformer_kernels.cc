// Compiled once per instruction set: Highway includes this file again for each of them.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "model/transformer_kernels.cc"  // NOLINT
// clang-format off
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include <hwy/contrib/math/math-inl.h>
// clang-format on

#include "model/transformer_kernels.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace quarry::model::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// Loads the `count` first floats of a vector, the rest being `otherwise`.
V LoadTail(const float* from, size_t count, float otherwise) {
  const D d;
  HWY_ALIGN float lanes[HWY_MAX_BYTES / sizeof(float)];
  hn::Store(hn::Set(d, otherwise), d, lanes);
  std::memcpy(lanes, from, count * sizeof(float));
  return hn::Load(d, lanes);
}

void StoreTail(V values, float* to, size_t count) {
  HWY_ALIGN float lanes[HWY_MAX_BYTES / sizeof(float)];
  hn::Store(values, D(), lanes);
  std::memcpy(to, lanes, count * sizeof(float));
}

// Calls f(load, store), load(p, otherwise) giving lanes of p from the same place on, for all of
// [0, count).
template <typename F>
HWY_INLINE void ForLanes(size_t count, F f) {
  const D d;
  const size_t lanes = hn::Lanes(d);
  size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    f([&](const float* p, float) HWY_ATTR { return hn::LoadU(d, p + i); },
      [&](V v, float* p) HWY_ATTR { hn::StoreU(v, d, p + i); });
  }
  if (i < count) {
    f([&](const float* p, float otherwise)
          HWY_ATTR { return LoadTail(p + i, count - i, otherwise); },
      [&](V v, float* p) HWY_ATTR { StoreTail(v, p + i, count - i); });
  }
}

// erf(x): a quotient of polynomials on [-4, 4], beyond which floats do not tell it from +-1; the
// coefficients are those of Eigen's.
HWY_INLINE V Erf(V x) {
  const D d;
  const auto c = [&](double value) HWY_ATTR { return hn::Set(d, static_cast<float>(value)); };
  x = hn::Min(hn::Max(x, c(-4)), c(4));
  const V y = hn::Mul(x, x);
  V p = c(-2.72614225801306e-10);
  p = hn::MulAdd(p, y, c(2.77068142495902e-08));
  p = hn::MulAdd(p, y, c(-2.10102402082508e-06));
  p = hn::MulAdd(p, y, c(-5.69250639462346e-05));
  p = hn::MulAdd(p, y, c(-7.34990630326855e-04));
  p = hn::MulAdd(p, y, c(-2.95459980854025e-03));
  p = hn::MulAdd(p, y, c(-1.60960333262415e-02));
  V q = c(-1.45660718464996e-05);
  q = hn::MulAdd(q, y, c(-2.13374055278905e-04));
  q = hn::MulAdd(q, y, c(-1.68282697438203e-03));
  q = hn::MulAdd(q, y, c(-7.37332916720468e-03));
  q = hn::MulAdd(q, y, c(-1.42647390514189e-02));
  return hn::Div(hn::Mul(x, p), q);
}

HWY_INLINE V Gelu(V x) {
  const D d;
  const V half = hn::Mul(x, hn::Set(d, 0.5f));
  return hn::MulAdd(half, Erf(hn::Mul(x, hn::Set(d, 0.70710678118654752f))), half);
}

// x * sigmoid(2u), which is x / 2 * (1 + tanh(u)), u = sqrt(2/pi) (x + 0.044715 x^3).
HWY_INLINE V GeluTanh(V x) {
  const D d;
  const V cubic = hn::MulAdd(hn::Mul(hn::Mul(x, x), x), hn::Set(d, 0.044715f), x);
  // Beyond 88 a float has no exponential; the result is nothing there anyway.
  const V exponent =
      hn::Min(hn::Mul(cubic, hn::Set(d, -2 * 0.79788456080286536f)), hn::Set(d, 88.0f));
  return hn::Div(x, hn::Add(hn::Set(d, 1.0f), hn::Exp(d, exponent)));
}

template <typename F>
HWY_INLINE void ApplyWithBias(const float* bias, size_t count, float* row, F f) {
  ForLanes(count, [&](auto load, auto store)
                      HWY_ATTR { store(f(hn::Add(load(row, 0), load(bias, 0))), row); });
}

void AddBias(const float* bias, size_t count, float* row) {
  ApplyWithBias(bias, count, row, [](V v) HWY_ATTR { return v; });
}

void AddBiasActivate(Activation activation, const float* bias, size_t count, float* row) {
  switch (activation) {
    case Activation::kGelu:
      return ApplyWithBias(bias, count, row, [](V v) HWY_ATTR { return Gelu(v); });
    case Activation::kGeluTanh:
      return ApplyWithBias(bias, count, row, [](V v) HWY_ATTR { return GeluTanh(v); });
    case Activation::kRelu:
      return ApplyWithBias(bias, count, row,
                           [](V v) HWY_ATTR { return hn::Max(v, hn::Zero(D())); });
  }
}

void AddNormalise(const float* bias, const float* residual, const NormWeights& weights,
                  size_t count, float* row) {
  const D d;
  V sum = hn::Zero(d);
  ForLanes(count, [&](auto load, auto store) HWY_ATTR {
    V v = load(row, 0);
    if (bias != nullptr) v = hn::Add(v, load(bias, 0));
    if (residual != nullptr) v = hn::Add(v, load(residual, 0));
    sum = hn::Add(sum, v);
    store(v, row);
  });
  const auto size = static_cast<float>(count);
  const float mean = hn::GetLane(hn::SumOfLanes(d, sum)) / size;
  const V means = hn::Set(d, mean);
  V squares = hn::Zero(d);
  ForLanes(count, [&](auto load, auto) HWY_ATTR {
    const V v = hn::Sub(load(row, mean), means);
    squares = hn::MulAdd(v, v, squares);
  });
  const float variance = hn::GetLane(hn::SumOfLanes(d, squares)) / size;
  const V factor = hn::Set(d, 1.0f / std::sqrt(variance + weights.epsilon));
  ForLanes(count, [&](auto load, auto store) HWY_ATTR {
    const V v = hn::Mul(hn::Sub(load(row, 0), means), factor);
    store(hn::MulAdd(v, load(weights.scale, 0), load(weights.shift, 0)), row);
  });
}

void SoftMax(size_t count, float* row) {
  const D d;
  constexpr float kLeast = std::numeric_limits<float>::lowest();
  V most = hn::Set(d, kLeast);
  ForLanes(count, [&](auto load, auto) HWY_ATTR { most = hn::Max(most, load(row, kLeast)); });
  const V top = hn::MaxOfLanes(d, most);
  V sum = hn::Zero(d);
  ForLanes(count, [&](auto load, auto store) HWY_ATTR {
    const V v = hn::Exp(d, hn::Sub(load(row, kLeast), top));
    sum = hn::Add(sum, v);
    store(v, row);
  });
  const V factor = hn::Div(hn::Set(d, 1.0f), hn::SumOfLanes(d, sum));
  ForLanes(count,
           [&](auto load, auto store) HWY_ATTR { store(hn::Mul(load(row, 0), factor), row); });
}

void AddRow(const float* row, size_t count, float* sums) {
  ForLanes(count, [&](auto load, auto store)
                      HWY_ATTR { store(hn::Add(load(sums, 0), load(row, 0)), sums); });
}

void MaxRow(const float* row, size_t count, float* best) {
  ForLanes(count, [&](auto load, auto store)
                      HWY_ATTR { store(hn::Max(load(best, 0), load(row, 0)), best); });
}

void NormaliseLength(size_t count, float* row) {
  const D d;
  V squares = hn::Zero(d);
  ForLanes(count, [&](auto load, auto) HWY_ATTR {
    const V v = load(row, 0);
    squares = hn::MulAdd(v, v, squares);
  });
  const float length = std::sqrt(hn::GetLane(hn::SumOfLanes(d, squares)));
  const V factor = hn::Set(d, length > 0 ? 1.0f / length : 0.0f);
  ForLanes(count,
           [&](auto load, auto store) HWY_ATTR { store(hn::Mul(load(row, 0), factor), row); });
}

}  // namespace quarry::model::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace quarry::model {

HWY_EXPORT(AddBias);
HWY_EXPORT(AddBiasActivate);
HWY_EXPORT(AddNormalise);
HWY_EXPORT(SoftMax);
HWY_EXPORT(AddRow);
HWY_EXPORT(MaxRow);
HWY_EXPORT(NormaliseLength);

void AddBias(const float* bias, size_t count, float* row) {
  HWY_DYNAMIC_DISPATCH(AddBias)(bias, count, row);
}

void AddBiasActivate(Activation activation, const float* bias, size_t count, float* row) {
  HWY_DYNAMIC_DISPATCH(AddBiasActivate)(activation, bias, count, row);
}

void AddNormalise(const float* bias, const float* residual, const NormWeights& weights,
                  size_t count, float* row) {
  HWY_DYNAMIC_DISPATCH(AddNormalise)(bias, residual, weights, count, row);
}

void SoftMax(size_t count, float* row) { HWY_DYNAMIC_DISPATCH(SoftMax)(count, row); }

void AddRow(const float* row, size_t count, float* sums) {
  HWY_DYNAMIC_DISPATCH(AddRow)(row, count, sums);
}

void MaxRow(const float* row, size_t count, float* best) {
  HWY_DYNAMIC_DISPATCH(MaxRow)(row, count, best);
}

void NormaliseLength(size_t count, float* row) {
  HWY_DYNAMIC_DISPATCH(NormaliseLength)(count, row);
}

}  // namespace quarry::model
#endif  // HWY_ONCE
