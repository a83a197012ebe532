#pragma once

// The two inner loops of the learnt embedder: sums of scaled rows. Internal to model/.
//
// Dispatched at run time: AVX2 where the processor has it, else what the compiler makes of the
// baseline. Both round after every multiplication and after every addition (no fused multiply-add),
// so they give the same bits.

#include <cstddef>
#include <cstdint>

namespace quarry::model {

// sums[i] += factor * row[i] for i in [0, count). REQUIRES: count is a multiple of 8.
void AccumulateFloats(float factor, const float* row, size_t count, float* sums);

// Likewise for signed bytes; any count.
void AccumulateBytes(float factor, const int8_t* row, size_t count, float* sums);

}  // namespace quarry::model
