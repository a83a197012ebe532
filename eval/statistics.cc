#include "eval/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/random.h"
#include "base/status.h"
#include "eval/proportions.h"

namespace quarry::eval {
namespace {

constexpr double kTail = 0.025;      // of a 95 % interval, one side
constexpr uint32_t kExactUpTo = 16;  // clusters whose sign patterns are all tried

constexpr double kMostEffective = 1e6;  // beyond, an interval of cases has no width to speak of

// Sums and sizes of the clusters, in order of first appearance.
struct Clusters {
  std::vector<double> sums;
  std::vector<double> sizes;
};

Clusters GroupByCluster(std::span<const double> values, std::span<const uint32_t> clusters) {
  QUARRY_CHECK(values.size() == clusters.size());
  Clusters grouped;
  std::vector<std::pair<uint32_t, size_t>> order;  // number, first place
  for (size_t i = 0; i < clusters.size(); ++i) order.emplace_back(clusters[i], i);
  std::sort(order.begin(), order.end());
  // first place of its cluster -> position
  std::vector<std::pair<size_t, size_t>> heads;
  std::vector<size_t> head_of(values.size());
  for (size_t i = 0; i < order.size(); ++i) {
    const bool is_first = i == 0 || order[i].first != order[i - 1].first;
    head_of[order[i].second] = is_first ? order[i].second : head_of[order[i - 1].second];
  }
  std::vector<size_t> position(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    if (head_of[i] == i) {
      position[i] = grouped.sums.size();
      grouped.sums.push_back(0);
      grouped.sizes.push_back(0);
    }
    grouped.sums[position[head_of[i]]] += values[i];
    grouped.sizes[position[head_of[i]]] += 1;
  }
  return grouped;
}

// How many independent cases, each of which has or has not what is counted, would say of the mean as much as
// `grouped` does, one more cluster imagined whose values are all `imagined` (statistics.h). `counted`: of the
// values the sum without their signs.
double EffectiveCases(const Clusters& grouped, double counted, double imagined) {
  const auto count = static_cast<double>(grouped.sums.size());
  const double cases = std::accumulate(grouped.sizes.begin(), grouped.sizes.end(), 0.0);
  const double one = cases / count;  // cases of the imagined cluster
  const double all = cases + one;
  const double sum = std::accumulate(grouped.sums.begin(), grouped.sums.end(), imagined * one);
  const double mean = sum / all;
  double variance = std::pow((imagined - mean) * one, 2);
  for (size_t i = 0; i < grouped.sums.size(); ++i) {
    variance += std::pow(grouped.sums[i] - mean * grouped.sizes[i], 2);
  }
  const double independent = counted + std::abs(imagined) * one - all * mean * mean;
  if (!(variance > 0) || !(independent > 0)) return count;
  return std::clamp(cases * independent / variance, 1.0, kMostEffective);
}

// Of each cluster that does not sum to 0, the values lying `margin` higher.
std::vector<double> ExchangedSums(std::span<const double> values,
                                  std::span<const uint32_t> clusters, double margin) {
  std::vector<double> above(values.begin(), values.end());
  for (double& value : above) value += margin;
  std::vector<double> sums = GroupByCluster(above, clusters).sums;
  std::erase_if(sums, [](double sum) { return sum == 0; });
  return sums;
}

// Where bit i is set, number i with the other sign.
double SumWithSigns(const std::vector<double>& numbers, uint64_t pattern) {
  double sum = 0;
  for (size_t i = 0; i < numbers.size(); ++i) {
    sum += (pattern >> i & 1) != 0 ? -numbers[i] : numbers[i];
  }
  return sum;
}

double SumWithRandomSigns(const std::vector<double>& numbers, Random& random) {
  double sum = 0;
  for (size_t i = 0; i < numbers.size();) {
    uint64_t signs = random.Next();
    for (int bit = 0; bit < 64 && i < numbers.size(); ++bit, ++i, signs >>= 1) {
      sum += (signs & 1) != 0 ? -numbers[i] : numbers[i];
    }
  }
  return sum;
}

// log of n choose k.
double LogChoose(uint64_t n, uint64_t k) {
  return std::lgamma(static_cast<double>(n) + 1) - std::lgamma(static_cast<double>(k) + 1) -
         std::lgamma(static_cast<double>(n - k) + 1);
}

}  // namespace

double Mean(std::span<const double> values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double Percentile(std::span<const double> sorted, double share) {
  if (sorted.empty()) return 0;
  const auto rank = static_cast<size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::max<size_t>(rank, 1) - 1];
}

double SampleVariance(std::span<const double> values) {
  if (values.size() < 2) return 0;
  const auto count = static_cast<double>(values.size());
  const double mean = Mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return sum / (count - 1);
}

double NormalProbability(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

double NormalQuantile(double p) {
  // Bisection: exact to the last digits and fast enough for what is asked here.
  double low = -40;
  double high = 40;
  for (int i = 0; i < 120; ++i) {
    const double middle = (low + high) / 2;
    (NormalProbability(middle) < p ? low : high) = middle;
  }
  return (low + high) / 2;
}

double StudentQuantile(double p, double degrees) {
  // Hill: "Algorithm 396: Student's t-quantiles", CACM 1970.
  if (p == 0.5) return 0;
  const double sign = p < 0.5 ? -1 : 1;
  const double two_sided = 2 * std::min(p, 1 - p);
  if (degrees <= 1) return sign * 1 / std::tan(two_sided * M_PI / 2);
  if (degrees == 2) return sign * std::sqrt(2 / (two_sided * (2 - two_sided)) - 2);
  const double n = degrees;
  const double a = 1 / (n - 0.5);
  const double b = 48 / (a * a);
  double c = ((20700 * a / b - 98) * a - 16) * a + 96.36;
  const double d = ((94.5 / (b + c) - 3) / b + 1) * std::sqrt(a * M_PI / 2) * n;
  double x = d * two_sided;
  double y = std::pow(x, 2 / n);
  if (y > 0.05 + a) {
    x = NormalQuantile(two_sided / 2);
    y = x * x;
    if (n < 5) c += 0.3 * (n - 4.5) * (x + 0.6);
    c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c;
    y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x;
    y = std::expm1(a * y * y);
  } else {
    y = ((1 / (((n + 6) / (n * y) - 0.089 * d - 0.822) * (n + 2) * 3) + 0.5 / (n + 4)) * y - 1) *
            (n + 1) / (n + 2) +
        1 / y;
  }
  return sign * std::sqrt(n * y);
}

Estimate BootstrapInterval(double value, std::vector<double> samples, uint64_t groups, double least,
                           double most) {
  if (groups < 2 || samples.empty()) return {value, least, most};
  std::sort(samples.begin(), samples.end());
  const auto n = static_cast<double>(groups);
  const double tail = NormalProbability(std::sqrt(n / (n - 1)) * StudentQuantile(kTail, n - 1));
  const auto last = static_cast<double>(samples.size() - 1);
  return {value, samples[static_cast<size_t>(std::floor(tail * last))],
          samples[static_cast<size_t>(std::ceil((1 - tail) * last))]};
}

Estimate EstimateMean(std::span<const double> values, std::span<const uint32_t> clusters,
                      uint64_t seed, uint32_t samples) {
  Estimate estimate;
  estimate.count = values.size();
  if (values.empty()) return estimate;
  const Clusters grouped = GroupByCluster(values, clusters);
  const size_t count = grouped.sums.size();
  estimate.clusters = count;
  estimate.mean = Mean(values);
  const auto [least, most] = std::ranges::minmax(values);
  if (count > 1 && least == most) {
    estimate.mean = estimate.low = estimate.high = least;
    return estimate;
  }
  Random random(seed);
  std::vector<double> means(count > 1 ? samples : 0);
  for (double& mean : means) {
    double sum = 0;
    double size = 0;
    for (size_t i = 0; i < count; ++i) {
      const size_t drawn = random.Below(count);
      sum += grouped.sums[drawn];
      size += grouped.sizes[drawn];
    }
    mean = sum / size;
  }
  const Estimate interval = BootstrapInterval(estimate.mean, std::move(means), count);
  estimate.low = interval.low;
  estimate.high = interval.high;
  return estimate;
}

Estimate EstimateIndependentMean(std::span<const double> values, uint64_t seed, uint32_t samples) {
  std::vector<uint32_t> clusters(values.size());
  std::iota(clusters.begin(), clusters.end(), 0u);
  return EstimateMean(values, clusters, seed, samples);
}

Estimate EstimateShare(std::span<const double> values, std::span<const uint32_t> clusters,
                       uint64_t seed, uint32_t samples) {
  Estimate estimate = EstimateMean(values, clusters, seed, samples);
  if (values.empty()) return estimate;
  const Clusters grouped = GroupByCluster(values, clusters);
  const double sum = estimate.mean * static_cast<double>(values.size());
  const auto bounds = [&](double imagined) {
    const double cases = EffectiveCases(grouped, sum, imagined);
    return ClopperPearsonInterval(std::clamp(estimate.mean, 0.0, 1.0) * cases, cases);
  };
  // Cases that disagree may show that those of a cluster are not alike, and yet no more than if all agreed.
  Clusters agreeing = grouped;
  agreeing.sums = agreeing.sizes;
  const double cases = EffectiveCases(agreeing, static_cast<double>(values.size()), 0);
  const double farthest = 1 - ClopperPearsonInterval(cases, cases).low;
  estimate.low = std::max(0.0, std::min({estimate.low, bounds(0).low, 1 - farthest}));
  estimate.high = std::min(1.0, std::max({estimate.high, bounds(1).high, farthest}));
  return estimate;
}

double CountEffective(std::span<const double> values, std::span<const uint32_t> clusters) {
  if (values.empty()) return 0;
  const Clusters grouped = GroupByCluster(values, clusters);
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  return std::min({static_cast<double>(values.size()), EffectiveCases(grouped, sum, 0),
                   EffectiveCases(grouped, sum, 1)});
}

Estimate EstimateDifference(std::span<const double> differences, std::span<const uint32_t> clusters,
                            uint64_t seed, uint32_t samples) {
  Estimate estimate = EstimateMean(differences, clusters, seed, samples);
  double gained = 0;
  double lost = 0;
  for (const double difference : differences) {
    (difference > 0 ? gained : lost) += std::abs(difference);
  }
  const Clusters grouped = GroupByCluster(differences, clusters);
  const auto bounds = [&](double imagined) {
    const double cases = EffectiveCases(grouped, gained + lost, imagined);
    const double scale = cases / static_cast<double>(differences.size());
    return TangoInterval(gained * scale, lost * scale, cases);
  };
  if (lost > 0) estimate.low = std::min(estimate.low, bounds(-1).low);
  if (gained > 0) estimate.high = std::max(estimate.high, bounds(1).high);
  return estimate;
}

double McNemarTest(uint64_t gained, uint64_t lost) {
  const uint64_t flips = gained + lost;
  if (flips == 0) return 1;
  const uint64_t fewer = std::min(gained, lost);
  double tail = 0;
  for (uint64_t k = 0; k <= fewer; ++k) {
    tail += std::exp(LogChoose(flips, k) - static_cast<double>(flips) * std::log(2.0));
  }
  return std::min(1.0, 2 * tail);
}

double PermutationTest(std::span<const double> differences, std::span<const uint32_t> clusters,
                       uint64_t seed, uint32_t rounds) {
  const std::vector<double> sums = ExchangedSums(differences, clusters, 0);
  if (sums.empty()) return 1;
  const double observed = std::abs(std::accumulate(sums.begin(), sums.end(), 0.0));
  // Sums of the same numbers in another order may differ in their last digits.
  const double bound = observed * (1 - 1e-9);
  uint64_t as_extreme = 0;
  if (sums.size() <= kExactUpTo) {
    const uint64_t patterns = uint64_t{1} << sums.size();
    for (uint64_t pattern = 0; pattern < patterns; ++pattern) {
      as_extreme += std::abs(SumWithSigns(sums, pattern)) >= bound ? 1 : 0;
    }
    return static_cast<double>(as_extreme) / static_cast<double>(patterns);
  }
  Random random(seed);
  for (uint32_t round = 0; round < rounds; ++round) {
    as_extreme += std::abs(SumWithRandomSigns(sums, random)) >= bound ? 1 : 0;
  }
  // The pattern that was observed is one of them.
  return (static_cast<double>(as_extreme) + 1) / (static_cast<double>(rounds) + 1);
}

double LossTest(std::span<const double> gains, std::span<const uint32_t> clusters, double margin,
                uint64_t seed, uint32_t rounds) {
  constexpr uint32_t kEnoughExtremes = 50;
  const std::vector<double> sums = ExchangedSums(gains, clusters, margin);
  const double observed = std::accumulate(sums.begin(), sums.end(), 0.0);
  if (observed >= 0) return 1;
  const double bound = observed * (1 - 1e-9);
  if (sums.size() <= kExactUpTo) {
    const uint64_t patterns = uint64_t{1} << sums.size();
    uint64_t as_extreme = 0;
    for (uint64_t pattern = 0; pattern < patterns; ++pattern) {
      as_extreme += SumWithSigns(sums, pattern) <= bound ? 1 : 0;
    }
    return static_cast<double>(as_extreme) / static_cast<double>(patterns);
  }
  Random random(seed);
  uint32_t as_extreme = 0;
  for (uint32_t round = 1; round <= rounds; ++round) {
    as_extreme += SumWithRandomSigns(sums, random) <= bound ? 1 : 0;
    if (as_extreme == kEnoughExtremes) return static_cast<double>(kEnoughExtremes) / round;
  }
  return (static_cast<double>(as_extreme) + 1) / (static_cast<double>(rounds) + 1);
}

uint64_t CountExchanged(std::span<const double> differences, std::span<const uint32_t> clusters,
                        double margin) {
  return ExchangedSums(differences, clusters, margin).size();
}

std::vector<double> HolmAdjust(std::span<const double> p_values) {
  std::vector<size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> adjusted(p_values.size());
  double largest = 0;
  for (size_t rank = 0; rank < order.size(); ++rank) {
    const double scaled = p_values[order[rank]] * static_cast<double>(order.size() - rank);
    largest = std::max(largest, std::min(1.0, scaled));
    adjusted[order[rank]] = largest;
  }
  return adjusted;
}

uint64_t CasesForDifference(double delta, double discordance) {
  QUARRY_CHECK(delta > 0 && delta <= discordance && discordance <= 1);
  const double alpha = NormalQuantile(1 - kTail);
  const double beta = NormalQuantile(0.8);
  const double root =
      alpha * std::sqrt(discordance) + beta * std::sqrt(std::max(0.0, discordance - delta * delta));
  return static_cast<uint64_t>(std::ceil(root * root / (delta * delta)));
}

double DetectableDifference(uint64_t cases, double discordance) {
  if (cases == 0 || discordance <= 0 || CasesForDifference(discordance, discordance) > cases) {
    return 1;
  }
  double low = 0;
  double high = discordance;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (CasesForDifference(middle, discordance) > cases ? low : high) = middle;
  }
  return high;
}

}  // namespace quarry::eval
