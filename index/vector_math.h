#pragma once

// Inner products of plain vectors, and what a vector must be like.

#include <cstdint>
#include <span>
#include <string_view>

#include "base/status.h"

namespace quarry::index {

// The inner product of two vectors of `dimension` floats. Added in the same order on every machine,
// so the same to the last bit. Symmetric. What the coded kernels (simd_kernels.h) are held against.
float InnerProduct(const float* a, const float* b, size_t dimension);

// Whether `vector` can be searched for or stored: `dimension` values, all finite, and not so long
// that an inner product of two such vectors could overflow (length below 1e19). Error:
// kInvalidArgument, beginning with `what`.
Status CheckVector(std::span<const float> vector, uint32_t dimension, std::string_view what);

// Whether no value differs from zero.
bool IsZero(std::span<const float> vector);

}  // namespace quarry::index
