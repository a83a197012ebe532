#include "eval/paired_interval.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "base/random.h"

namespace quarry::eval {

PairedInterval BootstrapInterval(std::span<const double> differences, uint32_t samples,
                                 uint64_t seed) {
  PairedInterval interval;
  if (differences.empty()) return interval;
  const auto count = static_cast<double>(differences.size());
  interval.mean = std::accumulate(differences.begin(), differences.end(), 0.0) / count;
  Random random(seed);
  std::vector<double> means(samples);
  for (double& mean : means) {
    for (size_t i = 0; i < differences.size(); ++i) {
      mean += differences[random.Below(differences.size())];
    }
    mean /= count;
  }
  std::sort(means.begin(), means.end());
  interval.low = means[static_cast<size_t>(0.025 * samples)];
  interval.high = means[static_cast<size_t>(0.975 * samples)];
  return interval;
}

}  // namespace quarry::eval
