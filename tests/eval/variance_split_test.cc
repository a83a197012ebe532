// Where the variance of a mean comes from: by hand, and planted in simulated runs.

#include "eval/variance_split.h"

#include <cmath>
#include <vector>

#include "base/random.h"
#include "eval/report.h"
#include "tests/testing/test_environment.h"

namespace quarry::eval {
namespace {

using ::testing::DoubleNear;

double Variance(const std::vector<double>& values) {
  double mean = 0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return values.size() < 2 ? 0 : squares / static_cast<double>(values.size() - 1);
}

double Mean(const std::vector<double>& values) {
  double mean = 0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  return mean;
}

// Cases of which each answer and each judgement is off by a normal error of these deviations.
std::vector<CaseSpread> Simulated(size_t cases, size_t repeats, size_t judgements, double question,
                                  double repeat, double judge, uint64_t seed) {
  Random random(seed);
  std::vector<CaseSpread> spreads;
  for (size_t c = 0; c < cases; ++c) {
    const double easy = question * random.Gaussian();
    std::vector<double> answers;
    CaseSpread& spread = spreads.emplace_back();
    for (size_t r = 0; r < repeats; ++r) {
      const double answer = easy + repeat * random.Gaussian();
      std::vector<double> judged;
      for (size_t j = 0; j < judgements; ++j) {
        judged.push_back(answer + judge * random.Gaussian());
      }
      spread.judgements += Variance(judged) / static_cast<double>(repeats);
      answers.push_back(Mean(judged));
    }
    spread.mean = Mean(answers);
    spread.repeats = Variance(answers);
  }
  return spreads;
}

TEST(VarianceSplitTest, ByHand) {
  // Two cases; answers of the first 1 and 0, each judged alike, of the second 1 judged 1 and 0, and 1.
  const std::vector<CaseSpread> cases = {{.mean = 0.5, .repeats = 0.5, .judgements = 0},
                                         {.mean = 0.75, .repeats = 0.125, .judgements = 0.25}};
  const auto split = SplitVariance("pass", cases, 2, 2);
  ASSERT_TRUE(split);
  // The judge 0.125 a judgement, of 4 a case and 2 cases; answers 0.3125 less half of that.
  EXPECT_THAT(*split->judge, DoubleNear(0.125 / 4 / 2, 1e-12));
  EXPECT_THAT(*split->repeat, DoubleNear((0.3125 - 0.0625) / 2 / 2, 1e-12));
  EXPECT_EQ(split->question, 0);  // 0.03125 between the cases is less than chance gives
  EXPECT_EQ(
      FormatVariance(*split),
      "of the variance of pass 0.0 % are the questions, 80.0 % asking again, 20.0 % the judge");
}

TEST(VarianceSplitTest, FindsWhatWasPlanted) {
  const auto split = SplitVariance("pass", Simulated(4000, 3, 4, 0.3, 0.2, 0.1, 7), 3, 4);
  ASSERT_TRUE(split);
  EXPECT_THAT(4000 * split->question, DoubleNear(0.09, 0.006));
  EXPECT_THAT(4000 * *split->repeat, DoubleNear(0.04 / 3, 0.001));
  EXPECT_THAT(4000 * *split->judge, DoubleNear(0.01 / 12, 0.0001));
}

TEST(VarianceSplitTest, TheSumIsTheVarianceOfTheMean) {
  // Over many runs of 50 questions the mean scatters as much as the parts of one of them say.
  std::vector<double> means;
  double said = 0;
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    const std::vector<CaseSpread> cases = Simulated(50, 2, 2, 0.2, 0.3, 0.3, seed);
    double mean = 0;
    for (const CaseSpread& one : cases) mean += one.mean / 50;
    means.push_back(mean);
    said += SplitVariance("pass", cases, 2, 2)->total() / 400;
  }
  EXPECT_NEAR(said / Variance(means), 1, 0.2);
}

TEST(VarianceSplitTest, WhatWasNotMeasuredIsNotSaid) {
  const std::vector<CaseSpread> cases = Simulated(40, 1, 3, 0.3, 0, 0.3, 1);
  const auto judged = SplitVariance("pass", cases, 1, 3);
  ASSERT_TRUE(judged);
  EXPECT_FALSE(judged->repeat);
  EXPECT_TRUE(judged->judge);
  EXPECT_THAT(FormatVariance(*judged), ::testing::Not(::testing::HasSubstr("asking again")));
  EXPECT_FALSE(SplitVariance("pass", cases, 1, 1));
  EXPECT_FALSE(SplitVariance("pass", std::vector<CaseSpread>(1), 3, 3));
  const auto nothing = SplitVariance("pass", std::vector<CaseSpread>(3), 3, 3);
  ASSERT_TRUE(nothing);
  EXPECT_EQ(FormatVariance(*nothing), "");
}

}  // namespace
}  // namespace quarry::eval
