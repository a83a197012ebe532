// Gates are as sure as what they are decided on: of few losses, of what nobody judged, of what another judge said.

#include "eval/gate.h"
#include "eval/report.h"
#include "tests/testing/test_environment.h"

namespace quarry::eval {
namespace {

using ::testing::HasSubstr;

// `wrong` of `count` answers lack what `accept` asks for.
eval::Run CheckedRun(size_t count, size_t wrong) {
  eval::Run run;
  run.manifest.cases = static_cast<uint32_t>(count);
  for (size_t i = 0; i < count; ++i) {
    RunRecord& record = run.records.emplace_back();
    record.case_id = record.asked.id = "c" + std::to_string(i);
    record.asked.query = "question";
    record.asked.accept = {{.texts = {"right"}}};
    record.answer = i < wrong ? "It is wrong." : "It is right.";
    record.micros = 1000;
  }
  return run;
}

// Of which every `each`-th case has an expected fact instead, and a judge says that it is there.
eval::Run JudgedRun(size_t count, size_t each) {
  eval::Run run = CheckedRun(count, 0);
  run.manifest.judge = "one";
  for (size_t i = 0; i < count; i += each) {
    RunRecord& record = run.records[i];
    record.asked.accept.clear();
    record.asked.expected_facts = {{.id = "f", .text = "It is right."}};
    ClaimMatrix& matrix = record.matrix.emplace();
    matrix.reference = {{.id = "f", .text = "It is right."}};
    matrix.reference_by_passage.resize(1);
    matrix.reference_by_answer = {{.verdict = ClaimVerdict::kEntailed}};
  }
  return run;
}

// The same answers with nobody to judge them.
eval::Run Unjudged(eval::Run run) {
  run.manifest.judge.clear();
  for (RunRecord& record : run.records) record.matrix.reset();
  return run;
}

GateResult DecideOne(const eval::Run& run, const Gate& gate,
                     const std::optional<eval::Run>& baseline = std::nullopt) {
  return MakeReport(run, {.baseline = baseline, .gates = std::vector<Gate>{gate}})
      .value()
      .gates.results.at(0);
}

Gate MinPass(double value) { return {.kind = Gate::Kind::kMin, .metric = "pass", .value = value}; }
Gate NoLoss(double margin) {
  return {.kind = Gate::Kind::kNoRegression, .metric = "pass", .value = margin};
}

TEST(GateCertaintyTest, ARunThatIsWorseThanAPerfectOneIsNoSurer) {
  using enum GateOutcome;
  EXPECT_EQ(DecideOne(CheckedRun(50, 0), MinPass(0.94)).outcome, kInconclusive);
  EXPECT_EQ(DecideOne(CheckedRun(50, 1), MinPass(0.94)).outcome, kInconclusive);
  EXPECT_EQ(DecideOne(CheckedRun(50, 0), MinPass(0.92)).outcome, kPass);
  EXPECT_EQ(DecideOne(CheckedRun(50, 1), MinPass(0.92)).outcome, kInconclusive);
  EXPECT_THAT(DecideOne(CheckedRun(50, 1), MinPass(0.92)).detail, HasSubstr("0.98 [0.8935, "));
}

TEST(GateCertaintyTest, OneLossInAHundredDoesNotSurelyHoldAMarginOfThree) {
  using enum GateOutcome;
  const eval::Run before = CheckedRun(100, 0);
  EXPECT_EQ(DecideOne(before, NoLoss(0.03), before).outcome, kPass) << "nothing has changed";
  const GateResult one = DecideOne(CheckedRun(100, 1), NoLoss(0.03), before);
  EXPECT_EQ(one.outcome, kInconclusive);
  EXPECT_THAT(one.detail, HasSubstr("gain -0.01 [-0.05449, "));
  EXPECT_EQ(DecideOne(CheckedRun(100, 1), NoLoss(0.06), before).outcome, kPass);
  EXPECT_EQ(DecideOne(before, NoLoss(0.03), CheckedRun(100, 1)).outcome, kPass) << "a gain";
}

TEST(GateCertaintyTest, WhatNobodyJudgedDoesNotPass) {
  using enum GateOutcome;
  const eval::Run judged = JudgedRun(60, 2);
  EXPECT_EQ(DecideOne(judged, MinPass(0.5)).outcome, kPass);
  const GateResult result = DecideOne(Unjudged(judged), MinPass(0.5));
  EXPECT_EQ(result.outcome, kInconclusive);
  EXPECT_EQ(result.detail, "nothing says of 30 of 60 cases whether they pass");
  // At most 2 % may be so.
  EXPECT_EQ(DecideOne(Unjudged(JudgedRun(60, 60)), MinPass(0.5)).outcome, kPass);
}

TEST(GateCertaintyTest, FactsOfWhichNoneMustBeThereDecideNoCase) {
  eval::Run run = JudgedRun(60, 2);
  for (RunRecord& record : run.records) {
    if (!record.matrix) continue;
    record.asked.expected_facts[0].must = record.matrix->reference[0].must = false;
    record.matrix->reference_by_answer[0].verdict = ClaimVerdict::kNeutral;
  }
  EXPECT_EQ(DecideOne(run, MinPass(0.5)).outcome, GateOutcome::kInconclusive);
}

TEST(GateCertaintyTest, JudgesThatDifferDecideNoRegressionOfWhatTheyJudge) {
  using enum GateOutcome;
  const eval::Run before = JudgedRun(60, 2);
  eval::Run after = before;
  EXPECT_EQ(DecideOne(after, NoLoss(0.02), before).outcome, kPass);
  after.manifest.judge = "another";
  const GateResult result = DecideOne(after, NoLoss(0.02), before);
  EXPECT_EQ(result.outcome, kInconclusive);
  EXPECT_EQ(result.detail,
            "the baseline was judged by another judge, and a judge says of 30 of 60 cases whether "
            "they pass");
  // Where all but a few have checks of their own the judges decide nothing.
  after = JudgedRun(60, 60);
  after.manifest.judge = "another";
  EXPECT_EQ(DecideOne(after, NoLoss(0.02), JudgedRun(60, 60)).outcome, kPass);
}

TEST(GateCertaintyTest, AnAnswerOfTheCacheThatNobodyJudgedIsNotRight) {
  const auto served = [](eval::Run run) {
    for (RunRecord& record : run.records) record.cache.kind = CacheKind::kExact;
    return run;
  };
  const Gate gate{.kind = Gate::Kind::kMaxFalseHit, .value = 0.15};
  using enum GateOutcome;
  EXPECT_EQ(DecideOne(served(JudgedRun(60, 2)), gate).outcome, kPass);
  const GateResult result = DecideOne(served(Unjudged(JudgedRun(60, 2))), gate);
  EXPECT_EQ(result.outcome, kInconclusive);
  EXPECT_EQ(result.detail,
            "nothing says of 30 of 60 answers from the cache whether they are right");
  // One of fifty is at most a tenth, as an exact interval has it.
  EXPECT_THAT(DecideOne(served(CheckedRun(50, 1)), gate).detail,
              HasSubstr("0.02, at most 0.1065, of 50 hits"));
  // A wrong answer that nobody attributed is wrong all the same.
  eval::Run wrong = served(CheckedRun(50, 50));
  for (RunRecord& record : wrong.records) record.failure = FailureLabel{"infra error", ""};
  EXPECT_EQ(DecideOne(wrong, gate).outcome, kFail);
}

TEST(GateCertaintyTest, AGateOfTheCacheTellsWhetherItWasAsked) {
  const Gate gate{.kind = Gate::Kind::kMaxFalseHit, .value = 0.15};
  eval::Run run = CheckedRun(10, 0);
  EXPECT_EQ(DecideOne(run, gate).detail, "the cache was left out (--cache)");
  for (RunRecord& record : run.records) record.cache.kind = CacheKind::kMiss;
  EXPECT_EQ(DecideOne(run, gate).detail, "no answer came from the cache");
}

}  // namespace
}  // namespace quarry::eval
