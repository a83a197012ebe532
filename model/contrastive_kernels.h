#pragma once

// The inner loops of contrastive learning. Internal to model/.
//
// Dispatched at run time like model/accumulate.h, and like there both versions give the same bits.

#include <cstddef>

namespace quarry::model {

// One step of Adam (Kingma, Ba: "Adam: a method for stochastic optimization", 2015) on a row:
//   m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2;
//   row -= rate m / (sqrt(v) + epsilon)
// with the corrections of the bias in `rate` and `epsilon`.
struct AdamStep {
  float beta1 = 0;
  float beta2 = 0;
  float rate = 0;
  float epsilon = 0;
};

// REQUIRES: count is a multiple of 8.
void AdamUpdate(const AdamStep& step, const float* gradient, size_t count, float* row, float* m,
                float* v);

// values[i] = exp(scale * (values[i] - 1)), within 1e-6 of it; the sum of them, by lanes of 8.
// Below e^-80 it is e^-80. REQUIRES: count is a multiple of 8; scale * (values[i] - 1) <= 1.
float ExpInPlace(float scale, float* values, size_t count);

// sum(a[i] * b[i]), by lanes of 8. REQUIRES: count is a multiple of 8.
float DotProduct(const float* a, const float* b, size_t count);

// What the three give without the instructions of this processor: their twins, for tests.
namespace plain {
void AdamUpdate(const AdamStep& step, const float* gradient, size_t count, float* row, float* m,
                float* v);
float ExpInPlace(float scale, float* values, size_t count);
float DotProduct(const float* a, const float* b, size_t count);
}  // namespace plain

}  // namespace quarry::model
