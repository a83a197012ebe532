#include "index/bm25.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "base/random.h"
#include "index/bm25_kernels.h"
#include "index/simd_kernels.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

class Bm25KernelTest : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override { LimitSimdToAvx2(GetParam()); }
  void TearDown() override { LimitSimdToAvx2(false); }
};
INSTANTIATE_TEST_SUITE_P(Targets, Bm25KernelTest, ::testing::Bool());

TEST_P(Bm25KernelTest, ManyScoresAreThoseOfOneByOne) {
  Random random(3);
  std::vector<uint32_t> lengths(1000);
  for (uint32_t& length : lengths) length = static_cast<uint32_t>(random.Below(500));
  lengths[0] = INT32_MAX;
  for (const auto& [k1, b] : {std::pair(1.2, 0.75), {0.0, 0.75}, {2.0, 0.0}, {0.9, 1.0}}) {
    const LengthNorm norm({.k1 = k1, .b = b}, 1000, 200'000);
    for (size_t count = 0; count <= 128; ++count) {
      std::array<uint32_t, 128> slots = {};
      std::array<uint32_t, 128> counts;
      counts.fill(1);
      for (size_t i = 0; i < count; ++i) {
        slots[i] = static_cast<uint32_t>(random.Below(1000));
        counts[i] = 1 + static_cast<uint32_t>(random.Below(random.Below(2) == 0 ? 5 : INT32_MAX));
      }
      const auto weight = static_cast<float>(random.Uniform() * (1 << 30));
      std::array<uint32_t, 128> scores;
      TermScores(weight, slots.data(), counts.data(), count, lengths.data(), norm, scores.data());
      for (size_t i = 0; i < count; ++i) {
        ASSERT_EQ(scores[i], TermScore(weight, counts[i], lengths[slots[i]], norm)) << i;
        ASSERT_GE(scores[i], 1u);
      }
    }
  }
}

TEST_P(Bm25KernelTest, SelectsAndCountsWhatIsEnough) {
  Random random(4);
  std::vector<uint32_t> scores(4096);
  std::vector<uint16_t> found(scores.size());
  for (const uint64_t share : {1u, 2u, 10u, 1000u}) {
    for (uint32_t& score : scores) {
      score = random.Below(share) == 0 ? static_cast<uint32_t>(random.Below(INT32_MAX)) : 0;
    }
    scores[17] = INT32_MAX;
    for (const uint32_t least : {1u, 1000u, uint32_t{INT32_MAX} / 2, uint32_t{INT32_MAX}}) {
      std::vector<uint16_t> expected;
      for (size_t i = 0; i < scores.size(); ++i) {
        if (scores[i] >= least) expected.push_back(static_cast<uint16_t>(i));
      }
      const size_t count = SelectScores(scores.data(), scores.size(), least, found.data());
      EXPECT_EQ(std::vector<uint16_t>(found.begin(), found.begin() + static_cast<ptrdiff_t>(count)),
                expected);
      EXPECT_EQ(CountScores(scores.data(), scores.size(), least), expected.size());
    }
  }
}

TEST(Bm25Test, WeightsStayBelowTheirLimitAndScoresComeBack) {
  for (const double scale : {1e-9, 1.0, 1e9}) {
    const TermWeights weights({.k1 = 1.2, .b = 0.75}, std::vector<double>{3 * scale, 5 * scale});
    EXPECT_LE(weights.weight(0) + weights.weight(1), 1 << 30);
    EXPECT_GT(weights.weight(0) + weights.weight(1), 1 << 28);
    EXPECT_NEAR(weights.ScoreOf(static_cast<uint32_t>(weights.weight(1))), 11 * scale,
                1e-6 * scale);
    for (const uint32_t units : {1u, 2u, 12'345u, 1u << 30}) {
      EXPECT_EQ(weights.UnitsOf(weights.ScoreOf(units)), units);
    }
    EXPECT_EQ(weights.UnitsOf(-std::numeric_limits<double>::infinity()), 1u);
  }
}

// Whatever became of the average length since the impact was worked out.
TEST(Bm25Test, BoundsHold) {
  Random random(6);
  const Bm25Parameters parameters;
  for (int i = 0; i < 100'000; ++i) {
    const uint64_t then_tokens = 1 + random.Below(100'000);
    const uint64_t now_tokens = 1 + random.Below(100'000);
    const LengthNorm then(parameters, 1000, then_tokens);
    const LengthNorm now(parameters, 1000, now_tokens);
    const auto count = static_cast<uint32_t>(1 + random.Below(20));
    const auto length = static_cast<uint32_t>(count + random.Below(300));
    const double share = count / (double{then.base} + count + double{then.slope} * length);
    const auto impact = static_cast<uint8_t>(std::ceil(share * 255));
    const auto weight = static_cast<float>(random.Uniform() * (1 << 30));
    ASSERT_LE(TermScore(weight, count, length, now),
              ScoreBound(weight, impact, double{then.slope} / now.slope));
  }
}

}  // namespace
}  // namespace quarry::index
