#include "eval/sweep.h"

#include <cmath>
#include <set>

#include "base/random.h"
#include "tests/testing/test_environment.h"

namespace quarry::eval {
namespace {

using ::testing::DoubleNear;
using ::testing::HasSubstr;

// Quality of a question: its own difficulty, and what the setting is worth.
class Simulation {
 public:
  explicit Simulation(std::map<std::string, double> worth, uint64_t seed = 0)
      : worth_(std::move(worth)), seed_(seed) {}

  Result<std::vector<SweepScore>> operator()(const SweepSetting& setting,
                                             const std::vector<uint32_t>& questions) {
    std::vector<SweepScore> scores;
    const auto found = worth_.find(Describe(setting));
    const double worth = found == worth_.end() ? 0 : found->second;
    for (const uint32_t question : questions) {
      asked.insert({Describe(setting), question});
      Random random(question * 1000 + 7);
      Random noise(seed_ * 1'000'003 + question * 131 +
                   std::hash<std::string>()(Describe(setting)) % 1000);
      scores.push_back({.quality = random.Uniform() + worth + 0.05 * noise.Gaussian(),
                        .micros = 1000 + worth * 10000});
    }
    return scores;
  }
  std::multiset<std::pair<std::string, uint32_t>> asked;

 private:
  std::map<std::string, double> worth_;
  uint64_t seed_;  // other questions, with other chances
};

std::vector<uint32_t> EachAlone(uint32_t count) {
  std::vector<uint32_t> clusters(count);
  for (uint32_t i = 0; i < count; ++i) clusters[i] = i;
  return clusters;
}

TEST(SweepTest, EveryCombinationIsASettingAndTheDefaultComesFirst) {
  ASSERT_OK_AND_ASSIGN(const std::vector<SweepSetting> settings,
                       SettingsOf({"k=5,10", "weight=0,0.5,1"}));
  ASSERT_EQ(settings.size(), 7u);
  EXPECT_EQ(Describe(settings[0]), "default");
  EXPECT_EQ(Describe(settings[1]), "k=5 weight=0");
  EXPECT_EQ(Describe(settings[6]), "k=10 weight=1");
  EXPECT_EQ(SettingsOf({"k"}).status().message(),
            "--vary: expected KEY=VALUE,VALUE,..., got \"k\"");
  EXPECT_EQ(SettingsOf({"k=1,,2"}).status().message(), "--vary: k: a value is empty in \"k=1,,2\"");
  EXPECT_EQ(SettingsOf({"k=1", "k=2"}).status().message(), "--vary: k: given twice");
}

TEST(SweepTest, TheBestSettingWinsAndItsGainIsThatOfTheHeldOutQuestions) {
  ASSERT_OK_AND_ASSIGN(const std::vector<SweepSetting> settings, SettingsOf({"k=1,2,3,4,5,6,7"}));
  Simulation simulation({{"k=3", 0.1}, {"k=6", -0.2}});
  ASSERT_OK_AND_ASSIGN(
      const SweepReport report,
      RunSweep(settings, EachAlone(200), std::ref(simulation), {}, {}, CallContext()));
  EXPECT_EQ(Describe(report.trials[report.winner].setting), "k=3");
  EXPECT_EQ(report.choosing, 100u);
  EXPECT_EQ(report.held_out, 100u);
  EXPECT_THAT(report.gain.mean, DoubleNear(0.1, 0.03));
  EXPECT_LT(report.gain.low, 0.1);
  EXPECT_TRUE(report.is_better());
  // No question was asked twice of one setting, and most were never asked of most.
  std::set<std::pair<std::string, uint32_t>> once(simulation.asked.begin(), simulation.asked.end());
  EXPECT_EQ(once.size(), simulation.asked.size());
  EXPECT_EQ(report.answers, simulation.asked.size());
  EXPECT_LT(report.answers, 8u * 100 + 200);
  EXPECT_EQ(report.trials[report.default_trial].asked, 100u);
}

TEST(SweepTest, FoldsMeasureOnEveryQuestionAndAskNothingTwice) {
  ASSERT_OK_AND_ASSIGN(const std::vector<SweepSetting> settings, SettingsOf({"k=1,2,3,4,5,6,7"}));
  Simulation simulation({{"k=3", 0.1}, {"k=6", -0.2}});
  ASSERT_OK_AND_ASSIGN(
      const SweepReport report,
      RunSweep(settings, EachAlone(200), std::ref(simulation), {.folds = 5}, {}, CallContext()));
  EXPECT_EQ(Describe(report.trials[report.winner].setting), "k=3");
  EXPECT_EQ(report.choosing, 200u);
  EXPECT_EQ(report.held_out, 200u);
  EXPECT_EQ(report.gain.count, 200u);
  EXPECT_THAT(report.gain.mean, DoubleNear(0.1, 0.03));
  EXPECT_TRUE(report.is_better());
  std::set<std::pair<std::string, uint32_t>> once(simulation.asked.begin(), simulation.asked.end());
  EXPECT_EQ(once.size(), simulation.asked.size());
  EXPECT_EQ(report.answers, simulation.asked.size());
  EXPECT_EQ(
      RunSweep(settings, EachAlone(3), std::ref(simulation), {.folds = 5}, {}, CallContext())
          .status()
          .message(),
      "a sweep needs questions of 5 clusters at least: one part chooses, the other is held out");
}

TEST(SweepTest, WithoutARealDifferenceTheWinnerIsRarelyCalledBetter) {
  ASSERT_OK_AND_ASSIGN(const std::vector<SweepSetting> settings, SettingsOf({"k=1,2,3,4,5,6,7"}));
  int better = 0;
  int better_by_folds = 0;
  double chosen = 0;
  double held_out = 0;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    Simulation simulation({}, seed);
    ASSERT_OK_AND_ASSIGN(const SweepReport report,
                         RunSweep(settings, EachAlone(60), std::ref(simulation),
                                  {.seed = seed, .first = 8}, {}, CallContext()));
    better += report.is_better() ? 1 : 0;
    ASSERT_OK_AND_ASSIGN(const SweepReport folds,
                         RunSweep(settings, EachAlone(60), std::ref(simulation),
                                  {.folds = 5, .seed = seed, .first = 8}, {}, CallContext()));
    better_by_folds += folds.is_better() ? 1 : 0;
    chosen += report.trials[report.winner].quality - report.trials[report.default_trial].quality;
    held_out += report.gain.mean;
  }
  EXPECT_LE(better, 12);
  EXPECT_LE(better_by_folds, 12);
  // What chose is too high; what did not is not.
  EXPECT_GT(chosen, 0.3);
  EXPECT_LT(std::abs(held_out), 0.3);
}

TEST(SweepTest, QuestionsOfOneClusterStayTogether) {
  ASSERT_OK_AND_ASSIGN(const std::vector<SweepSetting> settings, SettingsOf({"k=1"}));
  std::vector<uint32_t> clusters;
  for (uint32_t i = 0; i < 40; ++i) clusters.push_back(i / 4);
  std::set<uint32_t> chosen;
  std::set<uint32_t> held;
  int calls = 0;
  const SweepAsk ask =
      [&](const SweepSetting&,
          const std::vector<uint32_t>& questions) -> Result<std::vector<SweepScore>> {
    // Both settings are asked what chooses, then both what is held out.
    for (const uint32_t question : questions) {
      (calls < 2 ? chosen : held).insert(clusters[question]);
    }
    ++calls;
    std::vector<SweepScore> scores(questions.size());
    return scores;
  };
  ASSERT_OK(RunSweep(settings, clusters, ask, {.first = 40}, {}, CallContext()).status());
  for (const uint32_t cluster : chosen) EXPECT_FALSE(held.contains(cluster)) << cluster;
  EXPECT_EQ(chosen.size() + held.size(), 10u);
  EXPECT_EQ(RunSweep(settings, {1, 1}, ask, {}, {}, CallContext()).status().code(),
            Code::kInvalidArgument);
}

TEST(SweepTest, TheFrontHoldsWhatNothingBeats) {
  ASSERT_OK_AND_ASSIGN(const std::vector<SweepSetting> settings, SettingsOf({"k=1"}));
  Simulation simulation({{"k=1", 0.2}});
  ASSERT_OK_AND_ASSIGN(
      const SweepReport report,
      RunSweep(settings, EachAlone(80), std::ref(simulation), {}, {}, CallContext()));
  // The winner is slower: both are on it.
  EXPECT_TRUE(report.trials[0].on_front);
  EXPECT_TRUE(report.trials[1].on_front);
  const std::string html = SweepHtml(report, {.what = "<b>", .quality = "q"});
  EXPECT_THAT(html, HasSubstr("&lt;b&gt;"));
  EXPECT_THAT(html, ::testing::Not(HasSubstr("<h1><b>")));
  EXPECT_THAT(SweepJson(report, {.what = "w", .quality = "q"}), HasSubstr("\"is_better\":true"));
}

}  // namespace
}  // namespace quarry::eval
