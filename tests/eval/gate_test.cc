// Runs with planted changes, through scoring, comparing and gates.

#include "eval/gate.h"

#include <cmath>

#include "base/random.h"
#include "eval/metric_catalogue.h"
#include "eval/regression.h"
#include "eval/report.h"
#include "tests/testing/test_environment.h"

namespace quarry::eval {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr ScoreOptions kOptions{.max_words = 300};

// Every third case is Chinese.
std::vector<Case> MakeCases(size_t count) {
  std::vector<Case> cases;
  for (size_t i = 0; i < count; ++i) {
    Case one;
    one.id = "c" + std::to_string(i);
    one.query = "question";
    one.lang = i % 3 == 0 ? "zh" : "en";
    one.tags = {i % 2 == 0 ? "even" : "odd"};
    one.accept = {{.texts = {"right"}}};
    cases.push_back(std::move(one));
  }
  return cases;
}

template <typename IsRight>
Run MakeRun(const std::vector<Case>& cases, IsRight is_right) {
  eval::Run run;
  run.manifest.cases = static_cast<uint32_t>(cases.size());
  for (size_t i = 0; i < cases.size(); ++i) {
    RunRecord record;
    record.case_id = cases[i].id;
    record.asked = cases[i];
    record.answer = is_right(i) ? "It is right." : "It is wrong.";
    record.micros = 1000.0 * static_cast<double>(i + 1);
    run.records.push_back(std::move(record));
  }
  return run;
}

// 8 of 10.
bool Mostly(size_t i) { return i % 5 != 4; }

struct Scored {
  RunScores scores;
  Scorecard card;
};
Scored ScoreOf(const Run& run) {
  Scored scored;
  scored.scores = ScoreRun(run);
  scored.card = MakeScorecard(scored.scores, 1);
  return scored;
}

const Gate kNoRegression{.kind = Gate::Kind::kNoRegression, .metric = "pass", .value = 0.02};

GateReport GateOf(const Scored& now, const Scored& before, std::vector<Gate> gates) {
  return EvaluateGates(gates, {.scores = now.scores, .card = now.card, .baseline = &before.scores});
}

TEST(GateTest, IdenticalRunsDifferByNothingAndPass) {
  const std::vector<Case> cases = MakeCases(200);
  const Scored one = ScoreOf(MakeRun(cases, Mostly));
  const Comparison comparison = CompareRuns(one.scores, one.scores, 1);
  for (const MetricDelta& delta : comparison.overall) {
    EXPECT_EQ(delta.delta.mean, 0) << delta.metric;
    EXPECT_EQ(delta.delta.low, 0) << delta.metric;
    EXPECT_EQ(delta.delta.high, 0) << delta.metric;
    EXPECT_EQ(delta.adjusted_p, 1) << delta.metric;
  }
  EXPECT_THAT(comparison.flips, IsEmpty());
  const GateReport report = GateOf(one, one, {kNoRegression});
  EXPECT_EQ(report.exit_code(), 0);
}

TEST(GateTest, WhetherCasesPassIsTestedByItself) {
  const std::vector<Case> cases = MakeCases(13);
  const RunScores before = ScoreRun(MakeRun(cases, [](size_t) { return true; }));
  eval::Run later = MakeRun(cases, [](size_t i) { return i >= 7; });
  for (size_t i = 0; i < cases.size(); ++i) later.records[i].micros += i % 2 == 0 ? 1 : -1;
  const RunScores after = ScoreRun(later);
  const Comparison comparison = CompareRuns(before, after, 1);
  const auto find = [&](const std::string& metric) {
    return std::ranges::find(comparison.overall, metric, &MetricDelta::metric);
  };
  ASSERT_NE(find("pass"), comparison.overall.end());
  EXPECT_NEAR(find("pass")->adjusted_p, 2 * std::pow(0.5, 7), 1e-9);
  // Corrected for all but `pass`.
  ASSERT_NE(find("check.pass"), comparison.overall.end());
  EXPECT_GT(find("check.pass")->adjusted_p, find("check.pass")->p);
}

TEST(GateTest, ATenPointDropOn200CasesFails) {
  const std::vector<Case> cases = MakeCases(200);
  const Scored before = ScoreOf(MakeRun(cases, Mostly));
  // 28 lost, 8 gained.
  const Scored after = ScoreOf(MakeRun(cases, [](size_t i) {
    return i % 25 == 4 ? true : i % 50 < 35 && i % 5 == 3 ? false : Mostly(i);
  }));
  const auto delta = CompareMetric(before.scores, after.scores, "pass", "", 1);
  ASSERT_TRUE(delta.has_value());
  EXPECT_THAT(delta->delta.mean, ::testing::DoubleNear(-0.1, 1e-9));
  const GateReport report = GateOf(after, before, {kNoRegression});
  EXPECT_EQ(report.exit_code(), 1);
  EXPECT_THAT(report.results[0].detail, HasSubstr("gain -0.1 ["));
}

TEST(GateTest, TheSameDropOnTwentyCasesIsInconclusive) {
  const std::vector<Case> cases = MakeCases(20);
  const Scored before = ScoreOf(MakeRun(cases, Mostly));
  const Scored after =
      ScoreOf(MakeRun(cases, [](size_t i) { return i != 0 && i != 5 && Mostly(i); }));
  EXPECT_EQ(GateOf(after, before, {kNoRegression}).exit_code(), 4);
}

TEST(GateTest, ALossOnOneSliceFailsBehindAGainOverall) {
  const std::vector<Case> cases = MakeCases(300);
  const auto was_right = [](size_t i) { return i % 3 == 0 ? i % 10 != 0 : i % 2 == 0; };
  const Scored before = ScoreOf(MakeRun(cases, was_right));
  // Chinese loses 30 of 90; English gains everything it lacked.
  const Scored after =
      ScoreOf(MakeRun(cases, [&](size_t i) { return i % 3 != 0 || (was_right(i) && i >= 90); }));
  const auto overall = CompareMetric(before.scores, after.scores, "pass", "", 1);
  ASSERT_TRUE(overall.has_value());
  EXPECT_GT(overall->delta.low, 0);
  const GateReport report = GateOf(after, before, {kNoRegression});
  EXPECT_EQ(report.exit_code(), 1);
  EXPECT_THAT(report.results[0].detail, HasSubstr("lost on lang=zh: "));
}

// 249 cases with two languages, ten tags and forty documents; 5 % of the answers change either way
// by chance.
TEST(GateTest, EqualRunsFailInAtMostFiveOfAHundredComparisons) {
  std::vector<Case> cases = MakeCases(249);
  for (size_t i = 0; i < cases.size(); ++i) {
    cases[i].tags = {"t" + std::to_string(i % 10)};
    cases[i].cluster = "d" + std::to_string(i % 40);
  }
  Random random(7);
  int failed = 0;
  int suspect = 0;
  constexpr int kComparisons = 100;
  for (int i = 0; i < kComparisons; ++i) {
    std::vector<bool> old(cases.size());
    std::vector<bool> now(cases.size());
    for (size_t c = 0; c < cases.size(); ++c) {
      const bool usual = Mostly(c);
      old[c] = usual != (random.Below(20) == 0);
      now[c] = usual != (random.Below(20) == 0);
    }
    const RunScores before = ScoreRun(MakeRun(cases, [&](size_t c) { return old[c]; }));
    const RunScores after = ScoreRun(MakeRun(cases, [&](size_t c) { return now[c]; }));
    const std::vector<LossTestResult> losses =
        TestForLosses(before, after, {{"pass", 0.05}}, static_cast<uint64_t>(i));
    const auto has = [&](LossVerdict verdict) {
      return std::ranges::find(losses, verdict, &LossTestResult::verdict) != losses.end();
    };
    failed += has(LossVerdict::kLost) ? 1 : 0;
    suspect += has(LossVerdict::kSuspect) ? 1 : 0;
  }
  RecordProperty("failed", failed);
  RecordProperty("suspect", suspect);
  EXPECT_LE(failed, kComparisons * 5 / 100);
}

TEST(GateTest, ASliceThatFellIsNamedHoweverSmall) {
  std::vector<Case> cases = MakeCases(200);
  for (size_t i = 0; i < 4; ++i) cases[i].tags.push_back("rare");
  const Scored before = ScoreOf(MakeRun(cases, [](size_t) { return true; }));
  const Scored after = ScoreOf(MakeRun(cases, [](size_t i) { return i >= 4; }));
  Gate gate = kNoRegression;
  gate.value = 0.05;
  const GateReport report = GateOf(after, before, {gate});
  EXPECT_THAT(report.notes,
              ElementsAre(HasSubstr("pass fell, with too few cases to tell a loss from chance, on "
                                    "tag=rare (-1 of 4)")));
}

TEST(GateTest, ASliceThatLosesByItselfIsInconclusive) {
  std::vector<Case> cases = MakeCases(300);
  for (size_t i = 0; i < 300; i += 15) cases[i].tags.push_back("table");
  const Scored before = ScoreOf(MakeRun(cases, [](size_t) { return true; }));
  // Five of twenty; a sixth part of what is tested would have to lose more to be sure.
  const Scored after = ScoreOf(MakeRun(cases, [](size_t i) { return i % 15 != 0 || i >= 75; }));
  Gate gate = kNoRegression;
  gate.value = 0.05;
  const GateReport report = GateOf(after, before, {gate});
  EXPECT_EQ(report.exit_code(), 4);
  EXPECT_THAT(report.results[0].detail, HasSubstr("perhaps lost on tag=table: -0.25 ["));
}

TEST(GateTest, ABoundIsDecidedOnTheSliceThatItNames) {
  std::vector<Case> cases = MakeCases(8);
  for (Case& one : cases) one.lang = "en";
  cases[0].tags = {"one"};
  const Scored scored = ScoreOf(MakeRun(cases, [](size_t) { return true; }));
  const auto decide = [&](const std::string& slice) {
    const Gate gate{.kind = Gate::Kind::kMin, .metric = "pass", .slice = slice, .value = 0.1};
    return EvaluateGates({gate}, {.scores = scored.scores, .card = scored.card}).results[0];
  };
  // One that holds every case is as good as another.
  EXPECT_EQ(decide("lang=en").outcome, GateOutcome::kPass);
  EXPECT_THAT(decide("lang=en").detail, HasSubstr("8 cases"));
  EXPECT_EQ(decide("tag=one").outcome, GateOutcome::kInconclusive);
  EXPECT_EQ(decide("tag=one").detail, "1 case on tag=one: fewer than 5 decide nothing");
  EXPECT_EQ(decide("lang=zh").detail, "no case has it on lang=zh");
}

TEST(GateTest, TooFewCasesHoldNothing) {
  const auto gate_of = [](size_t count) {
    const Scored same = ScoreOf(MakeRun(MakeCases(count), [](size_t) { return true; }));
    return GateOf(same, same, {kNoRegression}).results[0];
  };
  EXPECT_EQ(gate_of(2).outcome, GateOutcome::kInconclusive);
  EXPECT_THAT(gate_of(2).detail, HasSubstr("; 2 clusters of cases are too few to tell a loss"));
  EXPECT_EQ(gate_of(5).outcome, GateOutcome::kInconclusive);
  EXPECT_EQ(gate_of(6).outcome, GateOutcome::kPass);
}

// Of twenty metrics that changed on a case or two none can be significant, and none takes from `pass` by slice
// what it has.
TEST(GateTest, WhatDiffersOnTooFewClustersTakesNoPowerFromTheRest) {
  std::vector<Case> cases = MakeCases(90);
  for (size_t i = 0; i < cases.size(); ++i) cases[i].tags = {"t" + std::to_string(i / 9)};
  const RunScores before = ScoreRun(MakeRun(cases, [](size_t) { return true; }));
  const RunScores after = ScoreRun(MakeRun(cases, [](size_t i) { return i >= 9 && i % 9 != 0; }));
  const std::vector<MetricDelta> slices = CompareRuns(before, after, 1).slices;
  const auto find = [&](const std::string& slice) {
    return *std::ranges::find_if(slices, [&](const MetricDelta& delta) {
      return delta.metric == "pass" && delta.slice == slice;
    });
  };
  EXPECT_EQ(find("tag=t1").adjusted_p, 1);
  EXPECT_NEAR(find("tag=t0").adjusted_p, 2 * find("tag=t0").p, 1e-9) << "the second of three";
  EXPECT_TRUE(find("tag=t0").is_significant());
}

// Forty slices of five cases, which nothing can make significant, beside one that lost all of nine.
TEST(GateTest, SlicesThatCannotBeSignificantTakeNoPowerFromThoseThatCan) {
  std::vector<Case> cases = MakeCases(200);
  for (size_t i = 0; i < cases.size(); ++i) {
    cases[i].tags = {"t" + std::to_string(i % 40)};
    if (i < 9) cases[i].tags.push_back("table");
  }
  const RunScores before = ScoreRun(MakeRun(cases, [](size_t) { return true; }));
  const RunScores after = ScoreRun(MakeRun(cases, [](size_t i) { return i >= 9; }));
  const std::vector<LossTestResult> losses = TestForLosses(before, after, {{"pass", 0.05}}, 1);
  const auto table = std::ranges::find(losses, std::string("tag=table"), &LossTestResult::slice);
  ASSERT_NE(table, losses.end());
  EXPECT_EQ(table->verdict, LossVerdict::kLost);
  EXPECT_NEAR(table->adjusted_p, 2 * 3 * std::pow(0.5, 9), 1e-9) << "of two languages and itself";
  const auto few = std::ranges::find(losses, std::string("tag=t0"), &LossTestResult::slice);
  ASSERT_NE(few, losses.end());
  EXPECT_EQ(few->adjusted_p, 1);
  EXPECT_NE(few->verdict, LossVerdict::kLost);
  for (const MetricDelta& delta : CompareRuns(before, after, 1).slices) {
    if (delta.slice == "tag=t0") {
      EXPECT_EQ(delta.adjusted_p, 1) << delta.metric;
    }
    if (delta.slice == "tag=table" && delta.metric == "pass") {
      EXPECT_TRUE(delta.is_significant()) << delta.adjusted_p;
    }
  }
}

TEST(GateTest, ABaselineMustSaySomethingItself) {
  const std::vector<Case> cases = MakeCases(100);
  const eval::Run good = MakeRun(cases, Mostly);
  const Scored after = ScoreOf(good);
  eval::Run errors = good;
  for (RunRecord& record : errors.records) record.error = "UNAVAILABLE: no upstream";
  const GateReport broken = GateOf(after, ScoreOf(errors), {kNoRegression});
  EXPECT_EQ(broken.exit_code(), 3);
  EXPECT_THAT(broken.invalid,
              ElementsAre("the baseline: 100 of 100 answers are errors; at most 2 % may be"));
  eval::Run other = good;
  other.manifest.suite = "another";
  EXPECT_THAT(GateOf(after, ScoreOf(other), {kNoRegression}).invalid,
              ElementsAre("the baseline: is a run of the suite \"another\", not of \"\""));
  // Of a judge's metric the judge must be the same.
  eval::Run judged = good;
  judged.manifest.judge = "j";
  const GateReport report =
      GateOf(after, ScoreOf(judged),
             {{.kind = Gate::Kind::kNoRegression, .metric = "claims.supported", .value = 0.02}});
  EXPECT_EQ(report.exit_code(), 4);
  EXPECT_EQ(report.results[0].detail, "the baseline was judged by another judge");
}

TEST(GateTest, CasesThatWereChangedAreNotCompared) {
  const std::vector<Case> cases = MakeCases(100);
  const Scored before = ScoreOf(MakeRun(cases, Mostly));
  // Every wrong answer is accepted now.
  std::vector<Case> loosened = cases;
  for (size_t i = 0; i < cases.size(); ++i) {
    if (!Mostly(i)) loosened[i].accept = {{.texts = {"wrong"}}};
  }
  const Scored after = ScoreOf(MakeRun(loosened, Mostly));
  const auto delta = CompareMetric(before.scores, after.scores, "pass", "", 1);
  ASSERT_TRUE(delta.has_value());
  EXPECT_EQ(delta->delta.count, 80u);
  EXPECT_EQ(delta->delta.mean, 0);
  const GateReport report = GateOf(after, before, {kNoRegression});
  EXPECT_EQ(report.exit_code(), 4);
  EXPECT_THAT(report.results[0].detail,
              HasSubstr("only 80 % of the baseline's cases were asked again as they were"));
  // Tags tell nothing of what is right.
  std::vector<Case> tagged = cases;
  for (Case& one : tagged) one.tags.push_back("new");
  EXPECT_EQ(GateOf(ScoreOf(MakeRun(tagged, Mostly)), before, {kNoRegression}).exit_code(), 0);
}

TEST(GateTest, ARunOfErrorsIsInvalid) {
  const std::vector<Case> cases = MakeCases(50);
  eval::Run run = MakeRun(cases, Mostly);
  for (RunRecord& record : run.records) record.error = "UNAVAILABLE: no upstream";
  const Scored scored = ScoreOf(run);
  const GateReport report =
      EvaluateGates({{.kind = Gate::Kind::kMin, .metric = "pass", .value = 0}},
                    {.scores = scored.scores, .card = scored.card});
  EXPECT_EQ(report.exit_code(), 3);
  EXPECT_THAT(report.invalid, ElementsAre("50 of 50 answers are errors; at most 2 % may be"));
  // They are wrong answers, and stay in the mean.
  EXPECT_THAT(scored.card.Find("pass")->mean, DoubleEq(0));
  EXPECT_EQ(scored.card.Find("pass")->count, 50u);
}

TEST(GateTest, ARunThatIsNotFinishedIsInvalid) {
  const std::vector<Case> cases = MakeCases(50);
  eval::Run run = MakeRun(cases, Mostly);
  run.records.resize(49);
  EXPECT_THAT(ReasonsInvalid(ScoreOf(run).scores),
              ElementsAre("it is not finished: 49 of 50 answers are there"));
}

TEST(GateTest, TooFewVerdictsMakeARunInvalid) {
  const std::vector<Case> cases = MakeCases(10);
  eval::Run run = MakeRun(cases, Mostly);
  for (RunRecord& record : run.records) {
    record.passages.resize(1);
    ClaimMatrix& matrix = record.matrix.emplace();
    matrix.answer = {{.id = "a1"}};
    matrix.answer_by_passage = {{Judgement{.verdict = ClaimVerdict::kEntailed}}};
    matrix.answer_by_reference = {Judgement()};
    matrix.citations.resize(1);
  }
  run.records[0].matrix->answer_by_passage[0][0].verdict = ClaimVerdict::kUnjudged;
  EXPECT_THAT(ReasonsInvalid(ScoreOf(run).scores),
              ElementsAre("the judge gave 9 of 10 verdicts; at least 98 % are needed"));
  // A case that was not judged at all counts too, and scores nothing.
  run.records[0].matrix.reset();
  run.records[0].judge_error = "UNAVAILABLE: no judge";
  const Scored scored = ScoreOf(run);
  EXPECT_THAT(ReasonsInvalid(scored.scores), SizeIs(2));
  EXPECT_THAT(scored.card.Find("claims.supported")->mean, DoubleEq(0.9));
}

TEST(GateTest, BoundsHoldSurelyOrAreInconclusive) {
  const std::vector<Case> cases = MakeCases(200);
  const Scored scored = ScoreOf(MakeRun(cases, Mostly));
  const auto code = [&](Gate gate) {
    return EvaluateGates({gate}, {.scores = scored.scores, .card = scored.card}).exit_code();
  };
  EXPECT_EQ(code({.kind = Gate::Kind::kMin, .metric = "pass", .value = 0.7}), 0);
  EXPECT_EQ(code({.kind = Gate::Kind::kMin, .metric = "pass", .value = 0.8}), 4);
  EXPECT_EQ(code({.kind = Gate::Kind::kMin, .metric = "pass", .value = 0.9}), 1);
  EXPECT_EQ(code({.kind = Gate::Kind::kMin, .metric = "pass", .slice = "lang=zh", .value = 0.6}),
            0);
  EXPECT_EQ(code({.kind = Gate::Kind::kMin, .metric = "pass", .slice = "lang=fr", .value = 0.6}),
            4);
  EXPECT_EQ(code({.kind = Gate::Kind::kMax, .metric = "refusal.over", .value = 0.1}), 0);
  EXPECT_EQ(code({.kind = Gate::Kind::kMaxP95Ms, .value = 190}), 0);
  EXPECT_EQ(code({.kind = Gate::Kind::kMaxP95Ms, .value = 189}), 1);
  // What nothing measured cannot be judged.
  EXPECT_EQ(code({.kind = Gate::Kind::kMaxCost, .value = 1}), 4);
  EXPECT_EQ(code({.kind = Gate::Kind::kMaxFalseHit, .value = 0.01}), 4);
  EXPECT_EQ(code({.kind = Gate::Kind::kMustPass, .tag = "even"}), 1);
  EXPECT_EQ(code({.kind = Gate::Kind::kMustPass, .tag = "none"}), 4);
  EXPECT_EQ(code(kNoRegression), 4);  // without a baseline
}

TEST(GateTest, AJudgeThatIsNotTrustedDecidesNothing) {
  const std::vector<Case> cases = MakeCases(20);
  const Scored scored = ScoreOf(MakeRun(cases, Mostly));
  const GateReport report =
      EvaluateGates({{.kind = Gate::Kind::kMin, .metric = "claims.supported", .value = 0}},
                    {.scores = scored.scores, .card = scored.card, .judge_trusted = false});
  EXPECT_EQ(report.exit_code(), 4);
  EXPECT_EQ(report.results[0].detail, "the judge is not trusted");
}

// Half of the cases have checks of their own; of the others a judge says whether they pass.
TEST(GateTest, AJudgeThatIsNotTrustedDoesNotSayWhetherACasePasses) {
  std::vector<Case> cases = MakeCases(40);
  for (size_t i = 0; i < cases.size(); i += 2) {
    cases[i].accept.clear();
    cases[i].expected_facts = {{.id = "f1", .text = "It is right."}};
  }
  eval::Run run = MakeRun(cases, [](size_t) { return true; });
  run.manifest.judge = "x";
  for (size_t i = 0; i < cases.size(); i += 2) {
    ClaimMatrix& matrix = run.records[i].matrix.emplace();
    matrix.reference = {{.id = "f1", .text = "It is right."}};
    matrix.reference_by_passage.resize(1);
    matrix.reference_by_answer = {{.verdict = ClaimVerdict::kEntailed}};
  }
  const std::vector<Gate> gates = {{.kind = Gate::Kind::kMin, .metric = "pass", .value = 0.5},
                                   {.kind = Gate::Kind::kMustPass, .tag = "even"},
                                   {.kind = Gate::Kind::kMustPass, .tag = "odd"},
                                   kNoRegression};
  const auto outcomes = [&](std::optional<JudgeCalibration> calibration) {
    std::vector<GateOutcome> all;
    const RunReport report =
        MakeReport(run, {.baseline = run, .gates = gates, .calibration = calibration}).value();
    for (const GateResult& result : report.gates.results) all.push_back(result.outcome);
    return all;
  };
  using enum GateOutcome;
  EXPECT_THAT(outcomes(std::nullopt), ElementsAre(kPass, kPass, kPass, kPass));
  EXPECT_THAT(outcomes(JudgeCalibration{.judge = "x"}),
              ElementsAre(kInconclusive, kInconclusive, kPass, kInconclusive));
  // Every third case is Chinese: measured in English alone a judge says nothing of those.
  JudgeCalibration measured{.judge = "x",
                            .counts = {.true_positive = 90, .true_negative = 90},
                            .kappa = {.mean = 0.9, .low = 0.8, .high = 1}};
  measured.languages["en"] = {measured.kappa, 90};
  ASSERT_TRUE(measured.trusted());
  EXPECT_THAT(outcomes(measured), ElementsAre(kInconclusive, kInconclusive, kPass, kInconclusive));
  measured.languages["zh"] = {measured.kappa, 90};
  EXPECT_THAT(outcomes(measured), ElementsAre(kPass, kPass, kPass, kPass));
}

TEST(CaseScoresTest, WithoutTheJudgeItIsNothingThatItDidNotHear) {
  Case one = MakeCases(1)[0];
  one.accept.clear();
  const RunRecord record{
      .case_id = "c0", .answer = "It is right.", .judge_error = "UNAVAILABLE: no"};
  EXPECT_EQ(ScoreRecord(one, record, kOptions).values.at("pass"), 0);
  EXPECT_FALSE(ScoreRecord(one, record, {.use_judge = false}).values.contains("pass"));
}

TEST(CaseScoresTest, RefusalsStandOnAnAxisOfTheirOwn) {
  Case answerable = MakeCases(1)[0];
  Case unanswerable = answerable;
  unanswerable.answerable = false;
  unanswerable.accept.clear();
  RunRecord declined{.case_id = "c0", .answer = "The documents do not say.", .abstained = true};
  RunRecord answered{.case_id = "c0", .answer = "It is right."};
  EXPECT_EQ(ScoreRecord(answerable, answered, kOptions).values.at("pass"), 1);
  EXPECT_EQ(ScoreRecord(answerable, declined, kOptions).values.at("pass"), 0);
  EXPECT_EQ(ScoreRecord(answerable, declined, kOptions).values.at("refusal.over"), 1);
  EXPECT_EQ(ScoreRecord(unanswerable, declined, kOptions).values.at("refusal.correct"), 1);
  EXPECT_EQ(ScoreRecord(unanswerable, declined, kOptions).values.at("pass"), 1);
  EXPECT_EQ(ScoreRecord(unanswerable, answered, kOptions).values.at("pass"), 0);
}

TEST(CaseScoresTest, AnErrorIsTheWorstOfEveryMetric) {
  Case one = MakeCases(1)[0];
  one.expected_facts = {{.id = "f1", .text = "It is right."}};
  const RunRecord failed{.case_id = "c0", .error = "UNAVAILABLE: no upstream"};
  const CaseScores scores = ScoreRecord(one, failed, kOptions);
  for (const auto& [metric, value] : scores.values) {
    EXPECT_EQ(value, FindMetric(metric)->higher_is_better ? 0 : 1) << metric;
  }
  for (const char* metric :
       {"pass", "refusal.over", "claims.hallucinated", "context.sufficiency"}) {
    EXPECT_TRUE(scores.values.contains(metric)) << metric;
  }
  // Where nobody judged nothing is said of claims.
  const ScoreOptions unjudged{.was_judged = false};
  EXPECT_FALSE(ScoreRecord(one, failed, unjudged).values.contains("claims.supported"));
}

TEST(CaseScoresTest, AnAnswerThatDeniesAFactDoesNotPassByItsWords) {
  Case one = MakeCases(1)[0];
  one.expected_facts = {{.id = "f1", .text = "It is right."}};
  RunRecord record{.case_id = "c0", .answer = "It is not right."};
  ClaimMatrix& matrix = record.matrix.emplace();
  matrix.reference = {{.id = "f1", .text = "It is right."}};
  matrix.reference_by_passage.resize(1);
  matrix.reference_by_answer = {{.verdict = ClaimVerdict::kContradicted}};
  EXPECT_THAT(ScoreRecord(one, record, kOptions).reasons, ElementsAre("denies: It is right."));
  matrix.reference_by_answer[0].verdict = ClaimVerdict::kNeutral;
  EXPECT_EQ(ScoreRecord(one, record, kOptions).values.at("pass"), 1);
  // The judge is not believed where the fact stands there word by word.
  matrix.reference_by_answer[0].verdict = ClaimVerdict::kContradicted;
  record.answer = "If nobody comes, it is right.";
  EXPECT_EQ(ScoreRecord(one, record, kOptions).values.at("pass"), 1);
}

TEST(CaseScoresTest, AnEmptyOrOverlongAnswerDoesNotPass) {
  const Case one = MakeCases(1)[0];
  EXPECT_THAT(ScoreRecord(one, {.case_id = "c0"}, kOptions).reasons,
              ElementsAre("empty answer", "does not hold: contains \"right\""));
  std::string text = "right";
  for (int i = 0; i < 300; ++i) text += " word";
  EXPECT_THAT(ScoreRecord(one, {.case_id = "c0", .answer = text}, kOptions).reasons,
              ElementsAre("301 words; at most 300"));
}

TEST(CaseScoresTest, CitationsMustNamePassagesAndQuoteThem) {
  const Case one = MakeCases(1)[0];
  RunRecord record{.case_id = "c0", .answer = "It is right [1]."};
  record.passages = {{.document = "a.md", .begin = 10, .end = 25, .text = "What is is right"}};
  record.citations = {{.passage = 1, .document = "a.md", .begin = 15, .end = 17, .quote = "is"}};
  EXPECT_EQ(ScoreRecord(one, record, kOptions).values.at("citation.valid"), 1);
  record.citations[0].quote = "it";
  EXPECT_EQ(ScoreRecord(one, record, kOptions).values.at("citation.valid"), 0);
  // A text that is shorter than its place says, as a file may have it.
  record.passages[0].text = "What";
  EXPECT_EQ(ScoreRecord(one, record, kOptions).values.at("citation.valid"), 0);
  record.citations.clear();
  record.answer = "It is right [2].";
  EXPECT_EQ(ScoreRecord(one, record, kOptions).values.at("citation.valid"), 0);
}

TEST(CaseScoresTest, AFactIsFoundWhereOneOfItsPlacesIs) {
  Case one = MakeCases(1)[0];
  one.gold_spans = {{.document = "a.md", .end = 5, .fact = "f"},
                    {.document = "b.md", .end = 5, .fact = "f"},
                    {.document = "c.md", .end = 9, .fact = "g"}};
  RunRecord record{.case_id = "c0", .answer = "It is right."};
  for (const GoldSpan& span : one.gold_spans) record.gold_spans.push_back({span, true});
  record.candidates = {{.document = "b.md", .begin = 0, .end = 9, .within_k = true},
                       {.document = "c.md", .begin = 0, .end = 6},
                       {.document = "c.md", .begin = 5, .end = 12}};
  const CaseScores scores = ScoreRecord(one, record, kOptions);
  EXPECT_EQ(scores.values.at("spans.candidates"), 1);
  EXPECT_EQ(scores.values.at("spans.k"), 0.5);
  EXPECT_EQ(scores.values.at("spans.prompt"), 0);
  EXPECT_EQ(scores.values.at("retrieval.mrr"), 1);
}

TEST(CaseScoresTest, RepeatsSplitTheVariance) {
  const std::vector<Case> cases = MakeCases(40);
  // Half of the cases are always right, half by turns.
  eval::Run run = MakeRun(cases, [](size_t i) { return i % 2 == 0; });
  run.manifest.repeats = 2;
  const eval::Run again = MakeRun(cases, [](size_t) { return true; });
  for (RunRecord record : again.records) {
    record.repeat = 1;
    run.records.push_back(record);
  }
  const Scored scored = ScoreOf(run);
  EXPECT_THAT(scored.card.Find("pass")->mean, DoubleEq(0.75));
  EXPECT_EQ(scored.card.Find("pass")->count, 40u);
  // Of the case means 0.0641 by n - 1; of that half of 0.25 comes from the repeats.
  ASSERT_THAT(scored.card.variance, SizeIs(1));
  const VarianceSplit& split = scored.card.variance[0];
  EXPECT_EQ(split.metric, "pass");
  EXPECT_THAT(*split.repeat, ::testing::DoubleNear(0.125 / 40, 1e-9));
  EXPECT_FALSE(split.judge);
  EXPECT_THAT(split.question, DoubleEq(0));
}

}  // namespace
}  // namespace quarry::eval
