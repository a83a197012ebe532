#include "eval/advice.h"

#include <cmath>
#include <set>

#include "base/random.h"
#include "eval/learning_curve.h"
#include "tests/testing/test_environment.h"

namespace quarry::eval {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

// A system as it is: how often each step works.
struct System {
  double retrieval = 0.99;     // the gold passage is in the prompt
  double reading = 0.97;       // given it, the answer is right
  double knowledge = 0.3;      // right without any passage
  double small_reading = 0.6;  // of a cheaper model, of what the other reads rightly
  double harm = 0;             // passages lead a model astray that knew
};

// One suite that was drawn from it.
std::vector<AxisCase> Draw(const System& system, size_t cases, Random& random) {
  std::vector<AxisCase> drawn;
  for (size_t i = 0; i < cases; ++i) {
    const bool knows = random.Uniform() < system.knowledge;
    const bool found = random.Uniform() < system.retrieval;
    const bool reads = random.Uniform() < system.reading;
    const bool astray = random.Uniform() < system.harm;
    AxisCase one{.id = std::to_string(i)};
    one.gold_context = reads ? 1 : 0;
    one.closed_book = knows ? 1 : 0;
    one.now = found ? *one.gold_context : (knows && !astray ? 1 : 0);
    one.small_model = reads && random.Uniform() < system.small_reading ? 1 : 0;
    if (one.now < 1) one.failure = found ? FailureKind::kOmission : FailureKind::kRetrievalMiss;
    drawn.push_back(one);
  }
  return drawn;
}

// The accuracy that the system has once retrieval, or reading, is as good as it can be.
double WithGold(const System& system) { return system.reading; }
double Now(const System& system) {
  return system.retrieval * system.reading +
         (1 - system.retrieval) * system.knowledge * (1 - system.harm);
}

TEST(AdviceTest, TheRightThingIsAdvisedFirstInEachQuadrant) {
  struct Quadrant {
    const char* name;
    System system;
    std::set<AdviceKind> first;  // in any order
  };
  const Quadrant quadrants[] = {
      {"context gap", {.retrieval = 0.65}, {AdviceKind::kRetrieval}},
      {"behaviour gap", {.reading = 0.7, .small_reading = 0.4}, {AdviceKind::kPrompt}},
      {"both",
       {.retrieval = 0.6, .reading = 0.75, .small_reading = 0.4},
       {AdviceKind::kRetrieval, AdviceKind::kPrompt}},
      {"neither", {}, {AdviceKind::kKeep}},
      {"retrieval hurts",
       {.retrieval = 0.55, .reading = 0.85, .knowledge = 0.85, .small_reading = 0.4, .harm = 0.9},
       {AdviceKind::kWithoutRetrieval}},
      {"the cheap model suffices", {.small_reading = 0.995}, {AdviceKind::kSmallModel}}};
  for (const Quadrant& quadrant : quadrants) {
    Random random(quadrant.name[0]);
    int right = 0;
    for (int suite = 0; suite < 100; ++suite) {
      const AdviceReport report =
          Advise(Draw(quadrant.system, 200, random),
                 {.cost_per_case = 0.01, .small_cost_per_case = 0.001, .samples = 400});
      std::set<AdviceKind> first = {report.advice[0].kind};
      if (quadrant.first.size() == 2 && report.advice.size() > 1) {
        first.insert(report.advice[1].kind);
      }
      right += first == quadrant.first ? 1 : 0;
    }
    EXPECT_GE(right, 95) << quadrant.name;
  }
}

TEST(AdviceTest, PredictedGainsCoverRealisedOnesAtTheirStatedRate) {
  const System system{.retrieval = 0.7, .reading = 0.8, .small_reading = 0.4};
  Random random(17);
  int context = 0;
  int behaviour = 0;
  constexpr int kSuites = 1000;
  for (int suite = 0; suite < kSuites; ++suite) {
    const AdviceReport report = Advise(Draw(system, 150, random), {.samples = 400});
    // What is realised: retrieval made perfect; reading brought to the target.
    const double realised = WithGold(system) - Now(system);
    context += report.context_gap->low <= realised && realised <= report.context_gap->high ? 1 : 0;
    const double wanted = 0.9 - WithGold(system);
    behaviour +=
        report.behaviour_gap->low <= wanted && wanted <= report.behaviour_gap->high ? 1 : 0;
  }
  EXPECT_GE(context, 930);
  EXPECT_LE(context, 970);
  EXPECT_GE(behaviour, 930);
  EXPECT_LE(behaviour, 970);
}

TEST(AdviceTest, OfOneDocumentThereIsNoInterval) {
  AdviceReport report;
  report.cases = 3;
  const std::vector<double> values = {0, 1, 1};
  report.gold_context = EstimateMean(values, std::vector<uint32_t>{7, 7, 7}, 1);
  EXPECT_THAT(AdviceText(report),
              HasSubstr("  gold context       66.7  too few cases for an interval\n"));
}

TEST(AdviceTest, PersistentGapsLeadToExamplesAndThenToFineTuning) {
  Random random(2);
  const auto cases = Draw({.reading = 0.7, .small_reading = 0.4}, 300, random);
  EXPECT_EQ(Advise(cases, {}).advice[0].kind, AdviceKind::kPrompt);
  EXPECT_THAT(Advise(cases, {}).advice[0].text, HasSubstr("leaves out what the passages say"));
  const AdviceReport few = Advise(cases, {.clean_examples = 20, .prompts_tried = 1});
  EXPECT_EQ(few.advice[0].kind, AdviceKind::kFewShot);
  const AdviceReport many = Advise(cases, {.clean_examples = 80, .prompts_tried = 1});
  EXPECT_EQ(many.advice[0].kind, AdviceKind::kFineTune);
  EXPECT_THAT(AdviceText(many), HasSubstr("Expected gain: "));
  EXPECT_THAT(AdviceText(many), HasSubstr("behaviour gap"));
}

TEST(AdviceTest, WhatIsUnsureOrUnmeasuredIsSaid) {
  Random random(3);
  const auto few = Draw({.retrieval = 0.2}, 10, random);
  ASSERT_THAT(Advise(few, {}).advice, SizeIs(1));
  EXPECT_EQ(Advise(few, {}).advice[0].kind, AdviceKind::kMeasureMore);
  std::vector<AxisCase> plain(100);
  for (AxisCase& one : plain) one.now = 0.5;
  const AdviceReport report = Advise(plain, {});
  EXPECT_EQ(report.advice[0].kind, AdviceKind::kMeasureMore);
  EXPECT_FALSE(report.context_gap.has_value());
  EXPECT_EQ(Advise({}, {}).advice[0].kind, AdviceKind::kMeasureMore);
}

TEST(LearningCurveTest, TwiceTheDataFallsIntoItsBandAtTheStatedRate) {
  Random random(23);
  constexpr int kTrials = 1000;
  constexpr double kCases = 400;
  int covered = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    const auto measured = [&](double size) {
      const double error = 0.9 * std::pow(size, -0.2);
      double wrong = 0;
      for (int i = 0; i < kCases; ++i) wrong += random.Uniform() < error ? 1 : 0;
      return wrong / kCases;
    };
    std::vector<LearningPoint> points;
    for (const double size : {50, 100, 200, 400, 800}) {
      points.push_back({size, measured(size), kCases});
    }
    ASSERT_OK_AND_ASSIGN(const LearningCurve curve, FitLearningCurve(points));
    const double twice = measured(1600);
    covered += curve.at_twice.low <= twice && twice <= curve.at_twice.high ? 1 : 0;
  }
  EXPECT_GE(covered, 930);
  EXPECT_LE(covered, 985);
}

TEST(LearningCurveTest, RecoversExactCurvesAndSaysWhereDataDoesNotHelp) {
  std::vector<LearningPoint> points;
  for (const double size : {100, 200, 400, 800}) {
    points.push_back({size, 0.8 * std::pow(size, -0.3), 5000});
  }
  ASSERT_OK_AND_ASSIGN(const LearningCurve curve, FitLearningCurve(points));
  EXPECT_NEAR(curve.a, 0.8, 1e-6);
  EXPECT_NEAR(curve.b, 0.3, 1e-6);
  EXPECT_NEAR(curve.at_twice.mean, 0.8 * std::pow(1600, -0.3), 1e-6);
  EXPECT_TRUE(curve.helps());
  EXPECT_THAT(LearningCurveText(curve), HasSubstr("twice the data (1600): expected error 0.087"));
  for (LearningPoint& point : points) point.error = 0.25;
  EXPECT_FALSE(FitLearningCurve(points).value().helps());
  EXPECT_THAT(LearningCurveText(FitLearningCurve(points).value()), HasSubstr("not sure"));
  EXPECT_THAT(FitLearningCurve(std::vector<LearningPoint>(5, {100, 0.2, 50})).status().message(),
              HasSubstr("expected at least 3 sizes, got 1"));
  EXPECT_THAT(FitLearningCurve(std::vector<LearningPoint>(3, {0, 0.2, 50})).status().message(),
              HasSubstr("sizes and cases of at least 1"));
}

}  // namespace
}  // namespace quarry::eval
