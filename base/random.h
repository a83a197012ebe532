#pragma once

// Deterministic random numbers: the same seed gives the same sequence on every machine, which
// std::normal_distribution and friends do not promise.

#include <cmath>
#include <cstdint>
#include <numbers>

namespace quarry {

// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014). Small
// state, so that one can be seeded per item (by a hash) and the result not depend on the order of
// work.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  // Uniform in [0, 1).
  double Uniform() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }
  // Uniform in [0, bound). REQUIRES: bound > 0. (Bias under 2^-32 for bounds below 2^32.)
  uint64_t Below(uint64_t bound) { return Next() % bound; }
  // Standard normal, by the Box-Muller transform.
  double Gaussian() {
    const double u = 1.0 - Uniform();
    return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * Uniform());
  }

 private:
  uint64_t state_;
};

}  // namespace quarry
