#include "base/random.h"

#include <cmath>

#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

TEST(RandomTest, SequenceIsThatOfSplitMix64) {
  // The reference implementation's first values for seed 1234567.
  Random random(1234567);
  EXPECT_EQ(random.Next(), 6457827717110365317u);
  EXPECT_EQ(random.Next(), 3203168211198807973u);
  EXPECT_EQ(random.Next(), 9817491932198370423u);
}

TEST(RandomTest, UniformStaysInRangeAndAveragesOneHalf) {
  Random random(2);
  double sum = 0;
  constexpr int kDraws = 20000;
  for (int i = 0; i < kDraws; ++i) {
    const double value = random.Uniform();
    ASSERT_GE(value, 0.0);
    ASSERT_LT(value, 1.0);
    sum += value;
  }
  EXPECT_NEAR(sum / kDraws, 0.5, 0.01);
}

TEST(RandomTest, BelowReachesEveryValueAndNoOther) {
  Random random(3);
  int seen[7] = {};
  for (int i = 0; i < 7000; ++i) ++seen[random.Below(7)];
  for (const int count : seen) EXPECT_NEAR(count, 1000, 150);
}

TEST(RandomTest, GaussianHasMeanZeroAndVarianceOne) {
  Random random(4);
  double sum = 0;
  double squares = 0;
  constexpr int kDraws = 40000;
  for (int i = 0; i < kDraws; ++i) {
    const double value = random.Gaussian();
    ASSERT_TRUE(std::isfinite(value));
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / kDraws, 0.0, 0.02);
  EXPECT_NEAR(squares / kDraws, 1.0, 0.03);
}

}  // namespace
}  // namespace quarry
