#pragma once

// The row operations of a transformer's forward pass, between the matrix products. Internal to
// model/transformer*.cc.
//
// Compiled for several instruction sets and chosen at run time. Any count; no alignment needed.
// Results of different instruction sets differ in the last bits (order of sums, fused
// multiply-add), those of one machine never.

#include <cstddef>

#include "model/transformer_config.h"

namespace quarry::model {

// row[i] += bias[i]
void AddBias(const float* bias, size_t count, float* row);

// row[i] = f(row[i] + bias[i]). GELU (Hendrycks, Gimpel, 2016) by a rational approximation of erf,
// within 1e-6 of the exact one.
void AddBiasActivate(Activation activation, const float* bias, size_t count, float* row);

// Layer normalisation (Ba, Kiros, Hinton, 2016) of a sum:
// row = (s - mean(s)) / sqrt(variance(s) + epsilon) * scale + shift, s = row + bias + residual.
// `bias` and `residual` may be null.
struct NormWeights {
  const float* scale = nullptr;
  const float* shift = nullptr;
  float epsilon = 0;
};
void AddNormalise(const float* bias, const float* residual, const NormWeights& weights,
                  size_t count, float* row);

// row[i] = exp(row[i]) / sum(exp(row)), without overflow.
void SoftMax(size_t count, float* row);

// sums[i] += row[i]; best[i] = max(best[i], row[i]).
void AddRow(const float* row, size_t count, float* sums);
void MaxRow(const float* row, size_t count, float* best);

// row / length; zeros where the length is 0.
void NormaliseLength(size_t count, float* row);

}  // namespace quarry::model
