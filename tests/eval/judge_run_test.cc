#include "eval/judge_run.h"

#include "eval/calibration_store.h"
#include "tests/testing/engine_testing.h"

namespace quarry::eval {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

ClaimLabel Label(const std::string& group, const std::string& claim, const std::string& text,
                 bool carried) {
  return {.set = "s",
          .language = "en",
          .group = group,
          .claim = claim,
          .text = text,
          .carried = carried};
}

JudgeLabels PumpLabels() {
  JudgeLabels labels;
  for (int i = 0; i < 40; ++i) {
    const std::string n = std::to_string(i);
    const std::string text = "The pump P-" + n + " weighs " + std::to_string(50 + i) + " kg.";
    labels.claims.push_back(Label(n, text, text, true));
    labels.claims.push_back(
        Label(n, "The pump P-" + n + " weighs " + std::to_string(10 + i) + " kg.", text, false));
  }
  return labels;
}

TEST(JudgeRunTest, TheLocalJudgeIsMeasuredAndItsCalibrationKept) {
  const Analyzer analyzer;
  const LocalJudge judge(analyzer);
  std::vector<size_t> claims_of_calls;
  const ClaimJudge claims = [&](const generation::VerdictQuestion& question,
                                const CallContext& context) {
    claims_of_calls.push_back(question.claims.size());
    return judge.JudgeClaims(question, context);
  };
  ASSERT_OK_AND_ASSIGN(const JudgeCheckReport report,
                       CheckJudge(PumpLabels(), judge, claims, nullptr, {}));
  EXPECT_THAT(claims_of_calls, SizeIs(40)) << "claims of one text are asked about together";
  ASSERT_THAT(report.claims, SizeIs(1));
  EXPECT_EQ(report.claims[0].accuracy.mean, 1);
  EXPECT_EQ(report.claims[0].groups, 40u);
  EXPECT_TRUE(report.calibration.trusted());

  testing::TestEngine engine;
  index::ObjectTable& objects = engine.index->objects();
  EXPECT_FALSE(FindCalibration(objects, judge.fingerprint()).value().has_value());
  ASSERT_OK(KeepCalibration(objects, report.calibration));
  ASSERT_OK_AND_ASSIGN(const auto kept, FindCalibration(objects, judge.fingerprint()));
  EXPECT_EQ(CalibrationLine(*kept), CalibrationLine(report.calibration));
  ASSERT_OK(
      objects.Put({.kind = index::ObjectKind::kVerdict, .id = "x", .scope = "calibration"}, "{}"));
  EXPECT_THAT(FindCalibration(objects, "x").status().message(), HasSubstr("judge x: calibration"));
}

TEST(JudgeRunTest, WhatTheJudgeDoesNotSayIsCountedAsUnjudged) {
  const Analyzer analyzer;
  const LocalJudge judge(analyzer);
  const ClaimJudge silent = [](const generation::VerdictQuestion& question, const CallContext&) {
    return Result<std::vector<Judgement>>(std::vector<Judgement>(question.claims.size()));
  };
  ASSERT_OK_AND_ASSIGN(const JudgeCheckReport report,
                       CheckJudge(PumpLabels(), judge, silent, nullptr, {}));
  EXPECT_EQ(report.claims[0].unjudged, 80u);
  EXPECT_EQ(report.claims[0].accuracy.mean, 0);
  EXPECT_FALSE(report.calibration.trusted());
}

TEST(JudgeRunTest, OneHalfIsTunedOnAndTheOtherReported) {
  const JudgeLabels labels = PumpLabels();
  const JudgeLabels half = Select(labels, {.held_out = true});
  EXPECT_GT(half.claims.size(), 20u);
  EXPECT_LT(half.claims.size(), 60u);
  for (const ClaimLabel& label : half.claims) EXPECT_TRUE(HeldOut(label.group));
  EXPECT_THAT(Select(labels, {.limit = 7}).claims, SizeIs(7));
  EXPECT_EQ(Select(labels, {.limit = 7}).claims[3].claim,
            Select(labels, {.limit = 7}).claims[3].claim);
  const Analyzer analyzer;
  ASSERT_OK_AND_ASSIGN(const ThresholdTuning tuning, TuneLocalJudge(labels, analyzer, {}));
  EXPECT_THAT(tuning.trials, SizeIs(19));
  for (const ThresholdTrial& trial : tuning.trials) {
    EXPECT_TRUE(trial.threshold != tuning.best || trial.kappa == 1);
  }
}

TEST(JudgeRunTest, PublicSetsAreReadWhole) {
  const std::pair<const char*, size_t> claim_sets[] = {{"begin_dev", 2392},
                                                       {"climate_fever_pairs_dev", 3833},
                                                       {"qags_sentences_dev", 465},
                                                       {"wice_claim_dev", 360},
                                                       {"rgb_fact_zh_en_dev", 3 * 98}};
  for (const auto& [name, rows] : claim_sets) {
    const auto path = testing::DataPath("judge/" + std::string(name) + ".jsonl");
    if (!path) GTEST_SKIP() << "no judge/" << name << ".jsonl in the data";
    JudgeLabels labels;
    ASSERT_OK(ReadJudgeLabels(*path, labels));
    EXPECT_THAT(labels.claims, SizeIs(rows)) << name;
    EXPECT_THAT(labels.pairs, IsEmpty());
  }
  for (const auto& [name, rows] :
       {std::pair<const char*, size_t>{"llmbar_pairs_dev", 598}, {"judgebench_pairs_dev", 305}}) {
    const auto path = testing::DataPath("judge/" + std::string(name) + ".jsonl");
    if (!path) GTEST_SKIP() << "no judge/" << name << ".jsonl in the data";
    JudgeLabels labels;
    ASSERT_OK(ReadJudgeLabels(*path, labels));
    EXPECT_THAT(labels.pairs, SizeIs(rows)) << name;
  }
}

}  // namespace
}  // namespace quarry::eval
