#include "model/row_packing.h"

#include <algorithm>
#include <cmath>

#include "model/contrastive_kernels.h"

namespace quarry::model {
namespace {

constexpr float kShortestRow = 1e-20f;

}  // namespace

void ScaleToUnit(float* vector, size_t count) {
  const float length = std::sqrt(DotProduct(vector, vector, count));
  if (!(length > kShortestRow)) return;
  for (size_t j = 0; j < count; ++j) vector[j] /= length;
}

float PackRow(const float* row, size_t count, int8_t* bytes) {
  float largest = 0;
  for (size_t j = 0; j < count; ++j) largest = std::max(largest, std::abs(row[j]));
  if (!(largest > kShortestRow)) return 0;
  const float to_byte = 127.0f / largest;
  for (size_t j = 0; j < count; ++j) bytes[j] = static_cast<int8_t>(std::lround(row[j] * to_byte));
  return largest / 127.0f;
}

}  // namespace quarry::model
