#include "eval/statistics.h"

#include <cmath>

#include "base/random.h"
#include "tests/testing/test_environment.h"

namespace quarry::eval {
namespace {

using ::testing::DoubleEq;
using ::testing::DoubleNear;
using ::testing::ElementsAre;

std::vector<uint32_t> Alone(size_t count) {
  std::vector<uint32_t> clusters(count);
  for (uint32_t i = 0; i < count; ++i) clusters[i] = i;
  return clusters;
}

TEST(StatisticsTest, QuantilesAreThoseOfTables) {
  EXPECT_THAT(NormalQuantile(0.975), DoubleNear(1.959964, 1e-6));
  EXPECT_THAT(NormalQuantile(0.5), DoubleNear(0, 1e-9));
  EXPECT_THAT(StudentQuantile(0.975, 1), DoubleNear(12.7062, 1e-3));
  EXPECT_THAT(StudentQuantile(0.975, 2), DoubleNear(4.30265, 1e-4));
  EXPECT_THAT(StudentQuantile(0.975, 5), DoubleNear(2.57058, 1e-3));
  EXPECT_THAT(StudentQuantile(0.975, 30), DoubleNear(2.04227, 1e-4));
  EXPECT_THAT(StudentQuantile(0.025, 30), DoubleNear(-2.04227, 1e-4));
}

TEST(StatisticsTest, McNemarIsTheBinomialTest) {
  EXPECT_THAT(McNemarTest(0, 0), DoubleEq(1));
  EXPECT_THAT(McNemarTest(5, 5), DoubleEq(1));
  EXPECT_THAT(McNemarTest(0, 6), DoubleNear(2 * std::pow(0.5, 6), 1e-12));
  // 2 * (1 + 10 + 45) / 1024
  EXPECT_THAT(McNemarTest(2, 8), DoubleNear(112.0 / 1024, 1e-12));
  EXPECT_THAT(McNemarTest(8, 2), DoubleNear(112.0 / 1024, 1e-12));
}

TEST(StatisticsTest, PermutationsOfFewDifferencesAreAllTried) {
  // Of 2^3 patterns of signs, those of all plus and all minus are as extreme.
  const std::vector<double> differences = {0.1, 0.2, 0.3, 0};
  EXPECT_THAT(PermutationTest(differences, Alone(4)), DoubleEq(0.25));
  // As one cluster they have one sign.
  const std::vector<uint32_t> one_cluster = {7, 7, 7, 7};
  EXPECT_THAT(PermutationTest(differences, one_cluster), DoubleEq(1));
  EXPECT_THAT(PermutationTest(std::vector<double>{0, 0}, Alone(2)), DoubleEq(1));
}

TEST(StatisticsTest, ALossIsTestedAgainstTheMargin) {
  // Four of four lost: one of sixteen sign patterns.
  EXPECT_THAT(LossTest(std::vector<double>(4, -1), Alone(4), 0), DoubleEq(1.0 / 16));
  EXPECT_THAT(LossTest(std::vector<double>(4, 1), Alone(4), 0), DoubleEq(1));
  EXPECT_THAT(LossTest(std::vector<double>(4, 0), Alone(4), 0), DoubleEq(1));
  // In one cluster they are one observation.
  EXPECT_THAT(LossTest(std::vector<double>(4, -1), std::vector<uint32_t>(4, 7), 0), DoubleEq(0.5));
  // 20 of 200 lost is surely more than 2 points, and not surely more than 8.
  std::vector<double> gains(200, 0);
  for (size_t i = 0; i < 20; ++i) gains[i] = -1;
  EXPECT_LT(LossTest(gains, Alone(200), 0.02), 0.001);
  EXPECT_GT(LossTest(gains, Alone(200), 0.08), 0.05);
  EXPECT_GT(LossTest(gains, Alone(200), 0.1), 0.4);
}

TEST(StatisticsTest, LossesAreFoundByChanceAtMostAtTheStatedRate) {
  Random random(11);
  int found = 0;
  constexpr int kSuites = 1000;
  for (int suite = 0; suite < kSuites; ++suite) {
    std::vector<double> gains;
    // Of 60 cases a tenth gains, and so many lose that the true gain is the margin.
    for (int i = 0; i < 60; ++i) {
      const double drawn = random.Uniform();
      gains.push_back(drawn < 0.1 ? 1 : drawn < 0.25 ? -1 : 0);
    }
    found += LossTest(gains, Alone(60), 0.05, static_cast<uint64_t>(suite), 2000) < 0.05 ? 1 : 0;
  }
  EXPECT_LE(found, kSuites * 8 / 100);
}

TEST(StatisticsTest, HolmStepsDown) {
  EXPECT_THAT(
      HolmAdjust(std::vector<double>{0.04, 0.01, 0.03}),
      ElementsAre(DoubleNear(0.06, 1e-12), DoubleNear(0.03, 1e-12), DoubleNear(0.06, 1e-12)));
  EXPECT_THAT(HolmAdjust(std::vector<double>{0.9, 0.8}), ElementsAre(DoubleEq(1), DoubleEq(1)));
}

TEST(StatisticsTest, FivePointsAtFifteenPercentDiscordanceNeed469Cases) {
  EXPECT_EQ(CasesForDifference(0.05, 0.15), 469u);
  EXPECT_THAT(DetectableDifference(469, 0.15), DoubleNear(0.05, 1e-4));
  EXPECT_THAT(DetectableDifference(3, 0.15), DoubleEq(1));
}

TEST(StatisticsTest, EqualValuesHaveNoSpreadAndOneClusterAnUnknownOne) {
  const Estimate equal = EstimateMean(std::vector<double>{0.1, 0.1, 0.1}, Alone(3));
  EXPECT_EQ(equal.low, 0.1);
  EXPECT_EQ(equal.mean, 0.1);
  EXPECT_EQ(equal.high, 0.1);
  const Estimate one = EstimateMean(std::vector<double>{0, 1}, std::vector<uint32_t>{3, 3});
  EXPECT_TRUE(std::isinf(one.low));
  EXPECT_TRUE(std::isinf(one.high));
}

// Share of 2,000 simulated suites whose interval holds the true mean.
using Estimator = Estimate(std::span<const double>, std::span<const uint32_t>, uint64_t, uint32_t);
template <typename Draw>
double Coverage(double truth, size_t clusters, size_t cluster_size, Draw draw,
                Estimator estimator = EstimateMean) {
  constexpr uint64_t kSuites = 2000;
  uint64_t held = 0;
  for (uint64_t suite = 0; suite < kSuites; ++suite) {
    Random random(suite + 1);
    std::vector<double> values;
    std::vector<uint32_t> numbers;
    for (uint32_t cluster = 0; cluster < clusters; ++cluster) {
      const double level = random.Uniform();
      for (size_t i = 0; i < cluster_size; ++i) {
        values.push_back(draw(random, level));
        numbers.push_back(cluster);
      }
    }
    const Estimate estimate = estimator(values, numbers, suite, 600);
    held += estimate.low <= truth && truth <= estimate.high ? 1 : 0;
  }
  return static_cast<double>(held) / static_cast<double>(kSuites);
}

TEST(StatisticsTest, IntervalsCoverTheTruthAtTheirRate) {
  const auto between = ::testing::AllOf(::testing::Ge(0.93), ::testing::Le(0.97));
  // Pass rates, of cases by themselves.
  EXPECT_THAT(Coverage(0.7, 150, 1,
                       [](Random& random, double) { return random.Uniform() < 0.7 ? 1.0 : 0.0; }),
              between);
  // Graded scores.
  EXPECT_THAT(Coverage(1.0 / 3, 60, 1,
                       [](Random& random, double) {
                         const double u = random.Uniform();
                         return u * u;
                       }),
              between);
  // Differences of pairs: -1, 0, 1.
  EXPECT_THAT(Coverage(0.1, 120, 1,
                       [](Random& random, double) {
                         const double u = random.Uniform();
                         return u < 0.2 ? 1.0 : u < 0.3 ? -1.0 : 0.0;
                       }),
              between);
  // Five questions on each of 40 documents, which are hard or easy together.
  EXPECT_THAT(
      Coverage(0.5, 40, 5,
               [](Random& random, double level) { return random.Uniform() < level ? 1.0 : 0.0; }),
      between);
}

TEST(StatisticsTest, SharesAndChangesNearTheirEndsAreCoveredAtTheirRateOrMoreOften) {
  const auto at_least = ::testing::Ge(0.94);
  const auto seldom_wrong = [](Random& random, double) {
    return random.Uniform() < 0.97 ? 1.0 : 0.0;
  };
  EXPECT_LT(Coverage(0.97, 50, 1, seldom_wrong), 0.85) << "a bootstrap that saw no wrong one";
  EXPECT_THAT(Coverage(0.97, 50, 1, seldom_wrong, EstimateShare), at_least);
  // Documents of which one in thirty is wrong as a whole.
  const auto wrong_together = [](Random&, double level) { return level < 0.97 ? 1.0 : 0.0; };
  EXPECT_THAT(Coverage(0.97, 40, 5, wrong_together, EstimateShare), at_least);
  const auto seldom_lost = [](Random& random, double) {
    const double u = random.Uniform();
    return u < 0.01 ? 1.0 : u < 0.04 ? -1.0 : 0.0;
  };
  EXPECT_THAT(Coverage(-0.03, 150, 1, seldom_lost, EstimateDifference), at_least);
}

// `right` of `count` in clusters of `size`, those that are wrong in as many clusters as can be.
Estimate ShareOf(size_t right, size_t count, size_t size) {
  std::vector<double> values(count, 1);
  std::vector<uint32_t> clusters(count);
  const size_t groups = count / size;
  for (size_t i = 0; i < count; ++i) {
    clusters[i] = static_cast<uint32_t>(i % groups);
    values[i] = i < count - right ? 0 : 1;
  }
  return EstimateShare(values, clusters);
}

TEST(StatisticsTest, AShareOfIndependentCasesIsAsUnsureAsTheExactInterval) {
  EXPECT_THAT(ShareOf(3, 3, 1).low, DoubleNear(std::pow(0.025, 1.0 / 3), 1e-6));
  EXPECT_THAT(ShareOf(50, 50, 1).low, DoubleNear(0.9289, 1e-4));
  EXPECT_EQ(ShareOf(50, 50, 1).high, 1);
  EXPECT_THAT(ShareOf(49, 50, 1).low, DoubleNear(0.8935, 1e-4));
  EXPECT_THAT(ShareOf(1, 50, 1).high, DoubleNear(0.1065, 1e-4));
  // Cases of one document are one case where nothing shows that they are more.
  EXPECT_THAT(ShareOf(250, 250, 5).low, DoubleNear(0.9289, 1e-4));
  // A share of a case is as little sure.
  std::vector<double> graded(50, 1);
  graded[0] = 0.5;
  EXPECT_LT(EstimateShare(graded, Alone(50)).low, 0.93);
}

TEST(StatisticsTest, AWorseRunIsNeverSurerThanABetterOne) {
  for (const size_t size : {1u, 5u}) {
    Estimate better = ShareOf(100, 100, size);
    for (size_t right = 100; right-- > 0;) {
      const Estimate worse = ShareOf(right, 100, size);
      EXPECT_LE(worse.low, better.low + 1e-9) << right << " in clusters of " << size;
      EXPECT_LE(worse.high, better.high + 1e-9) << right << " in clusters of " << size;
      better = worse;
    }
  }
}

// `gained` and `lost` of 100 cases.
Estimate DifferenceOf(size_t gained, size_t lost) {
  std::vector<double> differences(100, 0);
  for (size_t i = 0; i < gained + lost; ++i) differences[i] = i < gained ? 1 : -1;
  return EstimateDifference(differences, Alone(100));
}

TEST(StatisticsTest, ALossOfOneInAHundredMayBeOneOfFive) {
  EXPECT_THAT(DifferenceOf(0, 1).low, DoubleNear(-0.0545, 1e-4));
  EXPECT_THAT(DifferenceOf(1, 1).low, DoubleNear(-0.0456, 1e-4));
  EXPECT_EQ(DifferenceOf(0, 0).low, 0);
  EXPECT_EQ(DifferenceOf(1, 0).low, 0) << "surer than with nothing gained, not less";
  EXPECT_THAT(DifferenceOf(1, 0).high, DoubleNear(0.0545, 1e-4));
  for (size_t lost = 1; lost <= 20; ++lost) {
    EXPECT_LT(DifferenceOf(5, lost).low, DifferenceOf(5, lost - 1).low) << lost;
  }
}

TEST(StatisticsTest, IntervalsThatIgnoreClustersWouldBeTooNarrow) {
  constexpr uint32_t kClusters = 40;
  constexpr uint32_t kSize = 5;
  std::vector<double> values;
  std::vector<uint32_t> clusters;
  for (uint32_t i = 0; i < kClusters * kSize; ++i) {
    values.push_back(i / kSize % 2 == 0 ? 1 : 0);
    clusters.push_back(i / kSize);
  }
  const Estimate clustered = EstimateMean(values, clusters);
  const Estimate alone = EstimateMean(values, Alone(values.size()));
  EXPECT_GT(clustered.high - clustered.low, 2 * (alone.high - alone.low));
}

}  // namespace
}  // namespace quarry::eval
