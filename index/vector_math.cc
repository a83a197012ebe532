#include "index/vector_math.h"

#include <cmath>
#include <cstring>
#include <string>

namespace quarry::index {
namespace {

// Four floats that are added and multiplied at once, on every CPU that we build for (SSE2, NEON).
using Lanes = float __attribute__((vector_size(16)));
constexpr size_t kLanes = sizeof(Lanes) / sizeof(float);

Lanes Load(const float* from) {
  Lanes lanes;
  std::memcpy(&lanes, from, sizeof(lanes));
  return lanes;
}

constexpr float kLongest = 1e19f;  // its square is just below the largest float

}  // namespace

float InnerProduct(const float* a, const float* b, size_t dimension) {
  // Four sums hide the latency of the additions. They have names, since g++ -O2 keeps an array of
  // them in memory.
  Lanes sum0 = {}, sum1 = {}, sum2 = {}, sum3 = {};
  size_t i = 0;
  for (; i + 4 * kLanes <= dimension; i += 4 * kLanes) {
    sum0 += Load(a + i) * Load(b + i);
    sum1 += Load(a + i + kLanes) * Load(b + i + kLanes);
    sum2 += Load(a + i + 2 * kLanes) * Load(b + i + 2 * kLanes);
    sum3 += Load(a + i + 3 * kLanes) * Load(b + i + 3 * kLanes);
  }
  for (; i + kLanes <= dimension; i += kLanes) sum0 += Load(a + i) * Load(b + i);
  const Lanes lanes = (sum0 + sum1) + (sum2 + sum3);
  float sum = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
  for (; i < dimension; ++i) sum += a[i] * b[i];
  return sum;
}

Status CheckVector(std::span<const float> vector, uint32_t dimension, std::string_view what) {
  if (vector.size() != dimension) {
    return InvalidArgumentError(std::string(what) + ": dimension " + std::to_string(vector.size()) +
                                ", expected " + std::to_string(dimension));
  }
  // One pass for all is well: a value that is not finite makes the sum so too.
  const float squared_length = InnerProduct(vector.data(), vector.data(), dimension);
  if (squared_length < kLongest * kLongest) return OkStatus();
  for (size_t i = 0; i < vector.size(); ++i) {
    if (std::isfinite(vector[i])) continue;
    return InvalidArgumentError(std::string(what) + ": value " + std::to_string(i) +
                                " is not finite");
  }
  return InvalidArgumentError(std::string(what) + ": length is 1e19 or more");
}

bool IsZero(std::span<const float> vector) {
  for (const float value : vector) {
    if (value != 0) return false;
  }
  return true;
}

}  // namespace quarry::index
