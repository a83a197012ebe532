#pragma once

// Rows of a table: to unit length, and to bytes. Internal to learning.

#include <cstddef>
#include <cstdint>

namespace quarry::model {

// A vector without a direction to speak of stays as it is. REQUIRES: count is a multiple of 8.
void ScaleToUnit(float* vector, size_t count);

// bytes[i] ~= row[i] / the number returned, which is 0 for a row without a direction; its bytes are
// left alone.
float PackRow(const float* row, size_t count, int8_t* bytes);

}  // namespace quarry::model
