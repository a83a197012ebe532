#include "index/bm25.h"

#include <algorithm>
#include <cmath>

namespace quarry::index {
namespace {

// What the weights of a query add up to, at most.
constexpr double kUnits = uint64_t{1} << 30;

}  // namespace

LengthNorm::LengthNorm(const Bm25Parameters& parameters, uint64_t rows, uint64_t tokens)
    : base(static_cast<float>(parameters.k1 * (1 - parameters.b))),
      // Without tokens there is no posting to score either.
      slope(tokens == 0
                ? 0
                : static_cast<float>(parameters.k1 * parameters.b * static_cast<double>(rows) /
                                     static_cast<double>(tokens))) {}

double InverseDocumentFrequency(uint64_t rows, uint64_t document_frequency) {
  const auto df = static_cast<double>(document_frequency);
  return std::log(1 + (static_cast<double>(rows) - df + 0.5) / (df + 0.5));
}

TermWeights::TermWeights(const Bm25Parameters& parameters, std::span<const double> importance) {
  double total = 0;
  for (const double one : importance) total += one * (parameters.k1 + 1);
  if (total > 0) unit_ = std::exp2(std::ceil(std::log2(total / kUnits)));
  for (const double one : importance) {
    weights_.push_back(static_cast<float>(one * (parameters.k1 + 1) / unit_));
  }
}

uint32_t TermWeights::UnitsOf(double score) const {
  return static_cast<uint32_t>(std::max(1.0, std::ceil(score / unit_)));
}

uint32_t ScoreBound(float weight, uint8_t impact, double stretch) {
  const double share = std::min(1.0, impact / 255.0 * std::max(1.0, stretch));
  // What the rounding of floats and TermScore's one more may add.
  return static_cast<uint32_t>(weight * share * (1 + 1e-6)) + 2;
}

}  // namespace quarry::index
