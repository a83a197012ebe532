#include "eval/traffic.h"

#include "base/random.h"
#include "eval/local_judge.h"
#include "tests/testing/test_environment.h"

namespace quarry::eval {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr int64_t kDay = 24LL * 3600 * 1'000'000;

TrafficAnswer Given(int day, int number, const std::string& slice, bool faithful) {
  const std::string n = std::to_string(number);
  const std::string answer = std::string("The pump weighs ") + (faithful ? "80" : "95") + " kg.";
  return {.id = "ans_" + std::to_string(day) + "_" + n,
          .time_micros = day * kDay + number,
          .slices = {slice},
          .judged = {.lang = "en",
                     .question = "How heavy is pump " + n + "?",
                     .answer = answer,
                     .sentences = {{{0, answer.size()}, {1}}},
                     .passages = {{"Pump", "The pump weighs 80 kg."}}}};
}

TEST(TrafficTest, ASliceThatFallsIsToldAndAnotherIsNot) {
  Random random(1);
  std::vector<TrafficAnswer> answers;
  for (int day = 0; day < 5; ++day) {
    for (int i = 0; i < 60; ++i) {
      answers.push_back(Given(day, i, "lang=en", random.Uniform() < 0.95));
      answers.push_back(Given(day, 100 + i, "lang=zh", random.Uniform() < (day < 4 ? 0.95 : 0.6)));
    }
  }
  answers.push_back(answers[0]);
  answers.back().declined = true;
  const Analyzer analyzer;
  ASSERT_OK_AND_ASSIGN(const auto slices, JudgeTraffic(answers, LocalJudge(analyzer), {}, {}));
  ASSERT_THAT(slices, SizeIs(3));
  EXPECT_EQ(slices[0].name, "all");
  ASSERT_THAT(slices[0].periods, SizeIs(5));
  EXPECT_EQ(slices[0].periods[0].answers, 120u);
  EXPECT_EQ(slices[0].periods[0].declined, 1u);
  EXPECT_FALSE(slices[1].fell);
  EXPECT_TRUE(slices[2].fell);
  EXPECT_LT(slices[2].change.high, 0);
  EXPECT_NEAR(slices[2].periods.back().carried.mean, 0.6, 0.2);
  MetricsRegistry metrics;
  ShowTraffic(slices, metrics);
  EXPECT_THAT(metrics.Expose(), HasSubstr("quarry_traffic_fell{slice=\"lang=zh\"} 1"));
  EXPECT_THAT(metrics.Expose(), HasSubstr("quarry_traffic_fell{slice=\"lang=en\"} 0"));
}

TEST(TrafficTest, FewAnswersRaiseNoAlertAndUnjudgedOnesCountAsZero) {
  const Analyzer analyzer;
  std::vector<TrafficAnswer> few;
  for (int i = 0; i < 20; ++i) few.push_back(Given(i / 10, i, "a", i < 10));
  ASSERT_OK_AND_ASSIGN(const auto slices, JudgeTraffic(few, LocalJudge(analyzer), {}, {}));
  EXPECT_FALSE(slices[0].fell);

  class Silent final : public Judge {
   public:
    const std::string& fingerprint() const override { return name_; }
    Result<ClaimMatrix> JudgeAnswer(const JudgedCase&, const CallContext&) const override {
      return UnavailableError("no answer");
    }
    Result<PairJudgement> Compare(const JudgedCase&, const JudgedCase&,
                                  const CallContext&) const override {
      return UnavailableError("no answer");
    }

   private:
    std::string name_ = "silent";
  };
  ASSERT_OK_AND_ASSIGN(const auto unjudged, JudgeTraffic(few, Silent(), {}, {}));
  EXPECT_EQ(unjudged[0].periods[0].unjudged, 10u);
  EXPECT_EQ(unjudged[0].periods[0].carried.mean, 0);
}

TEST(TrafficTest, ADayOfRefusalsOnlyIsNoDayOnWhichNothingWasCarried) {
  TrafficPeriod answered{.answers = 40};
  answered.carried.mean = 0.75;
  const std::vector<TrafficSlice> slices = {
      {.name = "all", .periods = {answered, TrafficPeriod{.declined = 3}}},
      {.name = "lang=zh", .periods = {TrafficPeriod{.declined = 3}}}};
  MetricsRegistry metrics;
  ShowTraffic(slices, metrics);
  EXPECT_THAT(metrics.Expose(), HasSubstr("quarry_traffic_carried{slice=\"all\"} 0.75"));
  EXPECT_THAT(metrics.Expose(), HasSubstr("quarry_traffic_answers{slice=\"all\"} 40"));
  EXPECT_THAT(metrics.Expose(), ::testing::Not(HasSubstr("lang=zh")));
}

TEST(TrafficTest, TheSampleIsTheSameEveryTimeAndOfItsShare) {
  int sampled = 0;
  for (int i = 0; i < 10000; ++i) {
    const std::string id = "ans_" + std::to_string(i);
    sampled += InSample(id, 0.1, 3) ? 1 : 0;
    ASSERT_EQ(InSample(id, 0.1, 3), InSample(id, 0.1, 3));
    ASSERT_TRUE(InSample(id, 1, 3));
    ASSERT_FALSE(InSample(id, 0, 3));
  }
  EXPECT_NEAR(sampled, 1000, 100);
}

}  // namespace
}  // namespace quarry::eval
