#pragma once

// The statistics of comparing systems on the same questions. Deterministic: the same input and seed
// give the same numbers. Values, differences and gains must be finite. Pure functions.

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace quarry::eval {

// A mean with its 95 % interval.
struct Estimate {
  double mean = 0;
  double low = 0;
  double high = 0;
  uint64_t count = 0;     // values
  uint64_t clusters = 0;  // groups of values that are not independent

  friend bool operator==(const Estimate&, const Estimate&) = default;
};

// `count` of `of`; 0 of none.
inline double Share(uint64_t count, uint64_t of) {
  return of == 0 ? 0 : static_cast<double>(count) / static_cast<double>(of);
}

// 0 of no values.
double Mean(std::span<const double> values);
// The value below which `share` of the sorted values lie (nearest rank); 0 of no values.
double Percentile(std::span<const double> sorted, double share);

// With n - 1 below; 0 of fewer than two values.
double SampleVariance(std::span<const double> values);

inline constexpr uint32_t kBootstrapSamples = 2000;

// The interval of what was measured of resampled groups: their percentiles, expanded for few groups as
// EstimateMean says. One group says nothing of the spread: anything from `least` to `most`.
Estimate BootstrapInterval(double value, std::vector<double> samples, uint64_t groups,
                           double least = -std::numeric_limits<double>::infinity(),
                           double most = std::numeric_limits<double>::infinity());

// Mean of `values` with a cluster bootstrap interval: whole clusters are drawn with replacement, as
// many as there are (Davison and Hinkley: "Bootstrap methods and their application", 1997), and the
// percentiles are expanded for few clusters (Hesterberg: "What teachers should know about the
// bootstrap", 2015, section 5.3), since the plain ones are too narrow by sqrt((n - 1) / n) and the
// normal for Student's t. A single cluster says nothing of its spread: infinite bounds.
// REQUIRES: clusters.size() == values.size(); equal numbers are one cluster.
Estimate EstimateMean(std::span<const double> values, std::span<const uint32_t> clusters,
                      uint64_t seed = 1, uint32_t samples = kBootstrapSamples);

// The same where every value is a cluster of its own: the gains per question between two ways to
// search, say.
Estimate EstimateIndependentMean(std::span<const double> values, uint64_t seed = 42,
                                 uint32_t samples = 5000);

// The same for a share of cases. A bootstrap sees nothing of what no case shows: the interval is the wider of
// it and that of Clopper and Pearson (proportions.h) for as many independent cases as the clusters are worth
// (Korn and Graubard: "Confidence intervals for proportions with small expected number of positive counts
// estimated from survey data", 1998), one more cluster imagined in which every case is at the bound's end: what
// clusters differ by cannot be told where they all agree. So a worse run is never surer than a better one, and
// of 3 that all pass at least 0.29 may be expected to. It covers the truth more often than 95 %: up to 99 % near
// the ends. REQUIRES: values from 0 to 1.
Estimate EstimateShare(std::span<const double> values, std::span<const uint32_t> clusters,
                       uint64_t seed = 1, uint32_t samples = kBootstrapSamples);

// How many independent cases the clusters are worth, as EstimateShare counts them, at either end; at most as
// many as there are values. REQUIRES: values from 0 to 1.
double CountEffective(std::span<const double> values, std::span<const uint32_t> clusters);

// The same as EstimateMean for paired differences of what is right or wrong of a case: the wider of the bootstrap and Tango's
// interval (proportions.h), below where any case lost and above where any gained. Of cases that do not differ
// nothing is said of how many may: a run is equal to its baseline
// (docs/decisions/0048-gates.md). REQUIRES: differences from -1 to 1.
Estimate EstimateDifference(std::span<const double> differences, std::span<const uint32_t> clusters,
                            uint64_t seed = 1, uint32_t samples = kBootstrapSamples);

// Two-sided exact McNemar test of `gained` against `lost` flips (McNemar 1947, as a binomial test).
double McNemarTest(uint64_t gained, uint64_t lost);

// Two-sided test that paired differences are around 0: signs are exchanged by cluster, all of them
// where there are at most 16 clusters that differ, else `rounds` drawn at random (Fisher's
// randomisation test; Good: "Permutation, parametric and bootstrap tests", 2005). 1 for no
// differences.
double PermutationTest(std::span<const double> differences, std::span<const uint32_t> clusters,
                       uint64_t seed = 1, uint32_t rounds = 5000);

// One-sided test that paired gains are around -`margin` or better; small = surely a larger loss.
// Signs of the gains above the margin are exchanged by cluster, all of them where there are few,
// else at random until 50 are as extreme (Besag and Clifford: "Sequential Monte Carlo p-values",
// 1991).
double LossTest(std::span<const double> gains, std::span<const uint32_t> clusters, double margin,
                uint64_t seed = 1, uint32_t rounds = 100'000);

// Holm's step-down correction: adjusted p values, in the order given (Holm 1979).
std::vector<double> HolmAdjust(std::span<const double> p_values);

// Whether signs of so many clusters, exchanged in every way, can make a one-sided test at 2.5 % or a
// two-sided one at 5 % say anything: the smallest p of either is that of all of one sign. Tests that
// cannot are not counted among those that are corrected for (Tarone: "A modified Bonferroni method for
// discrete data", 1990).
inline bool CanBeSignificant(uint64_t clusters) {
  constexpr uint64_t kFewest = 6;  // 2^-5 > 0.025 > 2^-6
  return clusters >= kFewest;
}

// Of how many clusters a test of `differences` exchanges signs: of those that do not sum to 0. `margin` as of
// LossTest.
uint64_t CountExchanged(std::span<const double> differences, std::span<const uint32_t> clusters,
                        double margin = 0);

// Paired cases that a two-sided test at 5 % needs to see a difference of `delta` between two rates
// with 80 % power, where `discordance` is the share of cases on which the two disagree (Connor
// 1987). REQUIRES: 0 < delta <= discordance <= 1.
uint64_t CasesForDifference(double delta, double discordance);

// The smallest difference that so many paired cases would show, by the same formula; 1 where even
// that is not seen.
double DetectableDifference(uint64_t cases, double discordance);

// Quantiles of the standard normal and of Student's t with `degrees` of freedom, for 0 < p < 1.
double NormalQuantile(double p);
double StudentQuantile(double p, double degrees);
double NormalProbability(double x);

}  // namespace quarry::eval
