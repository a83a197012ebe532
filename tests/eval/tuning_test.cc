#include "eval/tuning.h"

#include "base/random.h"
#include "tests/testing/test_environment.h"

namespace quarry::eval {
namespace {

TEST(TuningTest, AChoiceAmongSettingsThatAreAlikeGainsNothing) {
  constexpr size_t kQuestions = 60;
  std::vector<bool> halves(kQuestions);
  for (size_t i = 0; i < kQuestions; ++i) halves[i] = i % 2 == 0;
  double gained = 0;
  double gained_by_the_best = 0;
  constexpr int kRounds = 200;
  for (int round = 0; round < kRounds; ++round) {
    Random random(static_cast<uint64_t>(round) + 1);
    std::vector<std::vector<double>> values(21, std::vector<double>(kQuestions));
    double best = -1;
    for (std::vector<double>& setting : values) {
      for (double& value : setting) value = random.Gaussian();
      best = std::max(best, Mean(setting));
    }
    gained += Mean(ChosenAcross(values, halves)) / kRounds;
    gained_by_the_best += best / kRounds;
  }
  EXPECT_GT(gained_by_the_best, 0.2) << "measured where it was chosen";
  EXPECT_NEAR(gained, 0, 0.03);
}

TEST(TuningTest, ASettingThatIsBetterIsChosenOnEitherHalf) {
  const std::vector<bool> halves = {true, false, true, false};
  EXPECT_EQ(ChosenAcross({{0, 0, 0, 0.5}, {1, 1, 0.5, 1}}, halves),
            (std::vector<double>{1, 1, 0.5, 1}));
}

}  // namespace
}  // namespace quarry::eval
