#pragma once

// Whether a mean difference is more than chance.

#include <cstdint>
#include <span>

namespace quarry::eval {

struct PairedInterval {
  double mean = 0;
  double low = 0;  // of the 95 % interval
  double high = 0;
};

// Of the differences per query between two configurations, by the percentile bootstrap (Efron and
// Tibshirani: "An introduction to the bootstrap", 1993): `samples` means of as many differences
// drawn with replacement. Deterministic for the same input. All zero for none. Pure.
PairedInterval BootstrapInterval(std::span<const double> differences, uint32_t samples = 5000,
                                 uint64_t seed = 42);

}  // namespace quarry::eval
