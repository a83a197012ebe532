#include "eval/judge_check.h"

#include <cmath>

#include "base/random.h"
#include "eval/bradley_terry.h"
#include "eval/calibration.h"
#include "eval/judge_labels.h"
#include "tests/testing/test_environment.h"

namespace quarry::eval {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

std::vector<LabelledVerdict> Rows(int tp, int fn, int fp, int tn) {
  std::vector<LabelledVerdict> rows;
  const auto add = [&](int count, bool carried, bool verdict) {
    for (int i = 0; i < count; ++i) {
      rows.push_back({.carried = carried, .verdict = verdict, .score = verdict ? 1.0 : 0.0});
    }
  };
  add(tp, true, true);
  add(fn, true, false);
  add(fp, false, true);
  add(tn, false, false);
  return rows;
}

TEST(JudgeCheckTest, AgreementIsThatOfTheTextbooks) {
  // Accuracy 0.7, chance 0.5 * 0.6 + 0.5 * 0.4: kappa 0.4.
  const JudgeAgreement report = MeasureAgreement(Rows(20, 5, 10, 15));
  EXPECT_DOUBLE_EQ(report.accuracy.mean, 0.7);
  EXPECT_DOUBLE_EQ(report.kappa.mean, 0.4);
  EXPECT_DOUBLE_EQ(report.sensitivity.mean, 0.8);
  EXPECT_DOUBLE_EQ(report.specificity.mean, 0.6);
  EXPECT_DOUBLE_EQ(report.auc.mean, 0.7);
  EXPECT_LT(report.kappa.low, 0.4);
  EXPECT_GT(report.kappa.high, 0.4);
  EXPECT_EQ(MeasureAgreement(Rows(20, 5, 10, 15)).kappa.low, report.kappa.low);
  EXPECT_EQ(MeasureAgreement({}).kappa.mean, 0);
}

TEST(JudgeCheckTest, ASilentJudgeGainsNothing) {
  std::vector<LabelledVerdict> rows = Rows(1, 0, 0, 0);
  for (int i = 0; i < 4; ++i) rows.push_back({.carried = i % 2 == 0, .verdict = std::nullopt});
  const JudgeAgreement report = MeasureAgreement(rows);
  EXPECT_EQ(report.unjudged, 4u);
  EXPECT_DOUBLE_EQ(report.accuracy.mean, 0.2) << "one right of five, not of one";
  EXPECT_DOUBLE_EQ(report.sensitivity.mean, 1.0 / 3);
  EXPECT_DOUBLE_EQ(report.specificity.mean, 0);
  // Where it spoke it was right; where it did not, it told nothing.
  std::vector<LabelledVerdict> spoken = Rows(50, 0, 0, 50);
  const double kappa = MeasureAgreement(spoken).kappa.mean;
  for (int i = 0; i < 100; ++i) {
    spoken.push_back({.carried = i % 2 == 0, .verdict = std::nullopt});
  }
  EXPECT_DOUBLE_EQ(kappa, 1);
  EXPECT_LT(MeasureAgreement(spoken).kappa.mean, 0.5);
}

TEST(JudgeCheckTest, RowsOfOneDocumentAreDrawnTogether) {
  std::vector<LabelledVerdict> alone;
  for (int i = 0; i < 100; ++i) {
    alone.push_back({.carried = true, .verdict = i % 2 == 0, .score = 1});
  }
  std::vector<LabelledVerdict> together = alone;
  for (int i = 0; i < 100; ++i) together[i].group = std::to_string(i % 2 * 50 + i / 20);
  const Estimate narrow = MeasureAgreement(alone).accuracy;
  const Estimate wide = MeasureAgreement(together).accuracy;
  EXPECT_GT(wide.high - wide.low, 2 * (narrow.high - narrow.low));
}

TEST(JudgeCheckTest, SetsAndLanguagesAreReportedApartAndTogether) {
  std::vector<LabelledVerdict> rows = Rows(3, 1, 1, 3);
  for (LabelledVerdict& row : rows) row.set = "a", row.language = "en";
  std::vector<LabelledVerdict> more = Rows(4, 0, 0, 4);
  for (LabelledVerdict& row : more) row.set = "a", row.language = "zh";
  rows.insert(rows.end(), more.begin(), more.end());
  const auto reports = AgreementBySet(rows);
  ASSERT_THAT(reports, SizeIs(3));
  EXPECT_EQ(reports[0].language, "en");
  EXPECT_DOUBLE_EQ(reports[0].accuracy.mean, 0.75);
  EXPECT_EQ(reports[1].language, "zh");
  EXPECT_DOUBLE_EQ(reports[1].accuracy.mean, 1);
  EXPECT_EQ(reports[2].set, "");
  EXPECT_DOUBLE_EQ(reports[2].accuracy.mean, 14.0 / 16);
}

TEST(JudgeCheckTest, OrdersThatDisagreeAreInconsistentAndATieIsNoAnswer) {
  const auto pair = [](Preference in_order, Preference swapped, Preference label) {
    LabelledPair row{.label = label};
    row.judgement.in_order = in_order;
    row.judgement.swapped = swapped;
    row.judgement.preference = in_order == swapped ? in_order : Preference::kTie;
    row.first_bytes = 10;
    row.second_bytes = 40;
    return row;
  };
  using enum Preference;
  const std::vector<LabelledPair> rows = {
      pair(kFirst, kFirst, kFirst),    // right
      pair(kSecond, kSecond, kFirst),  // wrong
      pair(kFirst, kSecond, kFirst),   // the first that it sees, both times
      pair(kFirst, kSecond, kSecond)};
  const PairAgreement report = MeasurePairs(rows);
  EXPECT_DOUBLE_EQ(report.accuracy.mean, 0.25);
  EXPECT_DOUBLE_EQ(report.swap_consistency.mean, 0.5);
  EXPECT_EQ(report.ties, 2u);
  EXPECT_DOUBLE_EQ(report.first_shown.mean, 6.0 / 8);
  EXPECT_DOUBLE_EQ(report.longer.mean, 1.0 / 2) << "ties name none";
  EXPECT_DOUBLE_EQ(report.longer_label.mean, 1.0 / 4);
}

TEST(BradleyTerryTest, FindsTheStrengthsThatPairsWereDrawnFrom) {
  const double truth[] = {1.0, 0.2, -1.2};
  Random random(7);
  std::vector<PairResult> comparisons;
  for (int i = 0; i < 3000; ++i) {
    const size_t first = random.Below(3);
    const size_t second = (first + 1 + random.Below(2)) % 3;
    const double odds = std::exp(truth[first] - truth[second]);
    comparisons.push_back({.first = std::string(1, static_cast<char>('a' + first)),
                           .second = std::string(1, static_cast<char>('a' + second)),
                           .preference = random.Uniform() < odds / (1 + odds)
                                             ? Preference::kFirst
                                             : Preference::kSecond});
  }
  const auto systems = FitBradleyTerry(comparisons, 200);
  ASSERT_THAT(systems, SizeIs(3));
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(systems[i].system, std::string(1, static_cast<char>('a' + i)));
    EXPECT_NEAR(systems[i].strength.mean, truth[i], 0.15);
    EXPECT_LT(systems[i].strength.low, truth[i] + 0.02);
    EXPECT_GT(systems[i].strength.high, truth[i] - 0.02);
  }
}

TEST(BradleyTerryTest, OneThatNeverLostIsStrongestAndFiniteAndUnjudgedPairsCountForNobody) {
  using enum Preference;
  const std::vector<PairResult> comparisons = {{"a", "b", kFirst, "1"},
                                               {"b", "a", kSecond, "2"},
                                               {"b", "c", kTie, "3"},
                                               {"c", "a", kUnjudged, "4"}};
  const auto systems = FitBradleyTerry(comparisons, 50);
  EXPECT_EQ(systems[0].system, "a");
  EXPECT_LT(systems[0].strength.mean, 5);
  EXPECT_EQ(systems[0].wins, 2u);
  EXPECT_EQ(systems[0].unjudged, 1u);
  EXPECT_EQ(FitBradleyTerry({}).size(), 0u);
}

TEST(BradleyTerryTest, OfOneCaseNothingIsSureAndOfFewLess) {
  using enum Preference;
  const auto one = FitBradleyTerry(std::vector<PairResult>{{"a", "b", kFirst, "1"}});
  EXPECT_TRUE(std::isinf(one[0].strength.low) && std::isinf(one[0].strength.high));
  const auto width = [](int times) {
    std::vector<PairResult> comparisons;
    for (int i = 0; i < 4 * times; ++i) {
      comparisons.push_back({"a", "b", i % 4 == 0 ? kSecond : kFirst, std::to_string(i)});
    }
    const Estimate strength = FitBradleyTerry(comparisons)[0].strength;
    return strength.high - strength.low;
  };
  EXPECT_GT(width(1), 2 * width(8));
}

// What a judge of these errors says of `total` claims, `rate` of which are carried.
uint64_t Called(double rate, double sensitivity, double specificity, uint64_t total,
                Random& random) {
  uint64_t called = 0;
  for (uint64_t i = 0; i < total; ++i) {
    const bool carried = random.Uniform() < rate;
    called += random.Uniform() < (carried ? sensitivity : 1 - specificity) ? 1 : 0;
  }
  return called;
}

TEST(CalibrationTest, TheCorrectedRateCoversTheTruthAtItsStatedRate) {
  Random random(11);
  for (const double rate : {0.5, 0.9}) {
    int covered = 0;
    int plain = 0;
    double mean = 0;
    constexpr int kTrials = 1000;
    for (int trial = 0; trial < kTrials; ++trial) {
      JudgeCalibration calibration;
      calibration.counts.true_positive = static_cast<double>(Called(1, 0.85, 0.7, 150, random));
      calibration.counts.false_negative = 150 - calibration.counts.true_positive;
      calibration.counts.false_positive = static_cast<double>(Called(0, 0.85, 0.7, 150, random));
      calibration.counts.true_negative = 150 - calibration.counts.false_positive;
      const uint64_t called = Called(rate, 0.85, 0.7, 400, random);
      const Estimate corrected = RoganGladen(calibration, static_cast<double>(called), 400);
      covered += corrected.low <= rate && rate <= corrected.high ? 1 : 0;
      mean += corrected.mean / kTrials;
      plain += std::abs(static_cast<double>(called) / 400 - rate) < 0.02 ? 1 : 0;
    }
    EXPECT_GE(covered, 930) << rate;
    EXPECT_LE(covered, 985) << rate;
    EXPECT_NEAR(mean, rate, 0.015);
    EXPECT_LT(plain, 300) << "uncorrected, the judge is off";
  }
}

TEST(CalibrationTest, LabelsOfOneDocumentSayLessOfTheJudge) {
  JudgeCalibration calibration;
  calibration.counts = {
      .true_positive = 135, .false_negative = 15, .false_positive = 15, .true_negative = 135};
  // As wide as of 300 labels by themselves, and twice as wide.
  calibration.accuracy = {.mean = 0.9, .low = 0.866, .high = 0.934};
  const Estimate alone = RoganGladen(calibration, 280, 400);
  calibration.accuracy = {.mean = 0.9, .low = 0.832, .high = 0.968};
  const Estimate grouped = RoganGladen(calibration, 280, 400);
  EXPECT_DOUBLE_EQ(grouped.mean, alone.mean);
  EXPECT_GT(grouped.high - grouped.low, 1.2 * (alone.high - alone.low));
}

TEST(CalibrationTest, AJudgeThatTellsNothingCorrectsNothing) {
  JudgeCalibration coin;
  coin.counts = {
      .true_positive = 50, .false_negative = 50, .false_positive = 50, .true_negative = 50};
  const Estimate rate = RoganGladen(coin, 90, 100);
  EXPECT_EQ(rate.low, 0);
  EXPECT_EQ(rate.high, 1);
  EXPECT_EQ(RoganGladen({}, 90, 100).high, 1);
}

TEST(CalibrationTest, PredictionPoweredMeansCoverTheTruthAndAGoodJudgeNarrowsThem) {
  Random random(5);
  int covered = 0;
  double width = 0;
  double width_alone = 0;
  constexpr int kTrials = 1000;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<LabelledScore> labelled;
    std::vector<double> unlabelled;
    for (int i = 0; i < 1100; ++i) {
      const bool right = random.Uniform() < 0.6;
      const bool called = random.Uniform() < 0.1 ? !right : right;
      if (i < 100) {
        labelled.push_back({right ? 1.0 : 0.0, called ? 1.0 : 0.0});
      } else {
        unlabelled.push_back(called ? 1 : 0);
      }
    }
    const Estimate mean = PredictionPoweredMean(labelled, unlabelled);
    covered += mean.low <= 0.6 && 0.6 <= mean.high ? 1 : 0;
    width += (mean.high - mean.low) / kTrials;
    const Estimate alone = PredictionPoweredMean(labelled, {});
    width_alone += (alone.high - alone.low) / kTrials;
  }
  EXPECT_GE(covered, 925);
  EXPECT_LE(covered, 975);
  EXPECT_LT(width, 0.75 * width_alone);
}

TEST(CalibrationTest, FewLabelsSayLittleAndNoShareIsBeyondAll) {
  const Estimate one = PredictionPoweredMean(std::vector<LabelledScore>{{1, 1}}, {});
  EXPECT_EQ(one.mean, 1);
  EXPECT_EQ(one.low, 0);
  EXPECT_EQ(one.high, 1);
  // Of nine that are all right at least 0.66 may be expected to.
  const Estimate all = PredictionPoweredMean(std::vector<LabelledScore>(9, {1, 1}), {});
  EXPECT_DOUBLE_EQ(all.mean, 1);
  EXPECT_NEAR(all.low, 0.664, 0.001);
  EXPECT_EQ(all.high, 1);
  std::vector<LabelledScore> most(10, {1, 1});
  most[0].label = 0;
  const Estimate nine = PredictionPoweredMean(most, {});
  EXPECT_DOUBLE_EQ(nine.mean, 0.9);
  EXPECT_NEAR(nine.low, 0.9 - 2.262 * 0.1, 0.001);
  EXPECT_EQ(nine.high, 1);
  // A judge that was right each time may be wrong the next.
  const std::vector<LabelledScore> right = {{1, 1}, {0, 0}, {1, 1}, {0, 0}};
  const Estimate agreed = PredictionPoweredMean(right, std::vector<double>(10'000, 1.0));
  EXPECT_LT(agreed.low, 0.9);
}

TEST(CalibrationTest, IsKeptAsJsonAndSaysWhetherTheJudgeIsTrusted) {
  const JudgeCalibration good = CalibrationOf("local-1", Rows(45, 5, 5, 45));
  EXPECT_TRUE(good.trusted());
  EXPECT_THAT(TrustText(good), HasSubstr("judge trusted: kappa 0.80"));
  ASSERT_OK_AND_ASSIGN(const JudgeCalibration read, ParseCalibration(CalibrationLine(good)));
  EXPECT_EQ(CalibrationLine(read), CalibrationLine(good));
  const JudgeCalibration poor = CalibrationOf("local-1", Rows(35, 15, 15, 35));
  EXPECT_FALSE(poor.trusted());
  EXPECT_THAT(TrustText(poor), HasSubstr("NOT trusted: kappa 0.40"));
  EXPECT_THAT(TrustText(poor), HasSubstr("gates use only what needs no judge"));
  // 0.7 of so few may be 0.5 as well, and two labels prove nothing.
  const JudgeCalibration unsure = CalibrationOf("local-1", Rows(27, 5, 5, 27));
  EXPECT_GT(unsure.kappa.mean, 0.6);
  EXPECT_FALSE(unsure.trusted());
  EXPECT_FALSE(CalibrationOf("local-1", Rows(1, 0, 0, 1)).trusted());
  // Nor do labels of few documents, however many they are.
  std::vector<LabelledVerdict> one_text = Rows(30, 0, 0, 30);
  for (LabelledVerdict& row : one_text) row.group = "manual";
  const JudgeCalibration narrow = CalibrationOf("local-1", one_text);
  EXPECT_EQ(narrow.kappa.mean, 1);
  EXPECT_EQ(narrow.kappa.low, -1);
  EXPECT_FALSE(narrow.trusted());
  for (size_t i = 0; i < one_text.size(); ++i) one_text[i].group = std::to_string(i % 9);
  EXPECT_FALSE(CalibrationOf("local-1", one_text).trusted());
  for (size_t i = 0; i < one_text.size(); ++i) one_text[i].group = std::to_string(i % 10);
  EXPECT_TRUE(CalibrationOf("local-1", one_text).trusted());
  // Nor does a judge that is of use in one language only.
  std::vector<LabelledVerdict> rows = Rows(400, 10, 10, 400);
  for (LabelledVerdict& row : rows) row.language = "en";
  std::vector<LabelledVerdict> chinese = Rows(20, 20, 20, 20);
  for (LabelledVerdict& row : chinese) row.language = "zh";
  rows.insert(rows.end(), chinese.begin(), chinese.end());
  const JudgeCalibration lopsided = CalibrationOf("local-1", rows);
  EXPECT_GT(lopsided.kappa.low, 0.6);
  EXPECT_FALSE(lopsided.trusted());
  EXPECT_THAT(TrustText(lopsided), HasSubstr(", zh kappa 0.00"));
  ASSERT_OK_AND_ASSIGN(const JudgeCalibration again, ParseCalibration(CalibrationLine(lopsided)));
  EXPECT_EQ(CalibrationLine(again), CalibrationLine(lopsided));
  EXPECT_THAT(ParseCalibration(R"({"version":1,"judge":"a"})").status().message(),
              HasSubstr("rows: expected a number"));
  EXPECT_THAT(ParseCalibration("{").status().message(), HasSubstr("version 1"));
}

TEST(JudgeRepeatsTest, WhatComesFromAskingAgainIsToldFromWhatLiesBetweenClaims) {
  // Half of the claims are always carried, half never; then a quarter of them by turns.
  std::vector<std::vector<std::optional<bool>>> steady(4);
  std::vector<std::vector<std::optional<bool>>> wavering(4);
  for (size_t repeat = 0; repeat < 4; ++repeat) {
    for (size_t row = 0; row < 200; ++row) {
      steady[repeat].push_back(row % 2 == 0);
      wavering[repeat].push_back(row < 50 ? (row + repeat) % 2 == 0 : row % 2 == 0);
    }
  }
  EXPECT_EQ(MeasureRepeats(steady).same.mean, 1);
  EXPECT_EQ(MeasureRepeats(steady).variance_share, 0);
  const JudgeRepeats repeats = MeasureRepeats(wavering);
  EXPECT_EQ(repeats.repeats, 4u);
  EXPECT_DOUBLE_EQ(repeats.same.mean, 0.75);
  EXPECT_LT(repeats.same.low, 0.72);
  EXPECT_GT(repeats.same.high, 0.78);
  // A quarter of the rows has the variance 1/3 of four verdicts, two of each kind; in all it is
  // 1/4.
  EXPECT_NEAR(repeats.variance_share, 0.25 / 3 / 0.25, 1e-9);
  // Silence is no verdict.
  steady[1][0] = std::nullopt;
  EXPECT_LT(MeasureRepeats(steady).same.mean, 1);
}

TEST(JudgeLabelsTest, LinesOfOwnAndPublicSetsAreRead) {
  JudgeLabels labels;
  const auto parse = [&](const char* line) { return ParseJudgeLabel(line, "set", labels); };
  EXPECT_OK(parse(R"({"claim": "It runs at 9 bar.", "text": "The pump runs at 9 bar.",
                      "label": true, "group": "g"})"));
  EXPECT_OK(parse(R"({"claim": "c", "evidence": ["one", "two"], "label": "partially_supported"})"));
  EXPECT_OK(parse(R"({"answer": "c", "context": "t", "label": "Fully attributable"})"));
  EXPECT_OK(parse(R"({"a": "水泵重80千克", "b": "水泵很重", "label": "neutral"})"));
  ASSERT_THAT(labels.claims, SizeIs(4));
  EXPECT_TRUE(labels.claims[0].carried);
  EXPECT_EQ(labels.claims[0].group, "g");
  EXPECT_FALSE(labels.claims[1].carried);
  EXPECT_EQ(labels.claims[1].text, "one\n\ntwo");
  EXPECT_TRUE(labels.claims[2].carried);
  EXPECT_EQ(labels.claims[3].claim, "水泵很重");
  EXPECT_EQ(labels.claims[3].language, "zh");
  EXPECT_OK(parse(R"({"question": "q", "answer": "70", "positive": ["a 70"],
                      "positive_wrong": ["a 170"], "negative": ["b"]})"));
  ASSERT_THAT(labels.claims, SizeIs(7));
  EXPECT_TRUE(labels.claims[4].carried);
  EXPECT_FALSE(labels.claims[5].carried);
  EXPECT_OK(parse(R"({"question": "q", "a": "x", "b": "y", "label": "B>A"})"));
  EXPECT_OK(parse(R"({"question": "q", "a": "x", "b": "y", "label": 1})"));
  ASSERT_THAT(labels.pairs, SizeIs(2));
  EXPECT_EQ(labels.pairs[0].label, Preference::kSecond);
  EXPECT_EQ(labels.pairs[1].label, Preference::kFirst);

  EXPECT_THAT(parse("[]").message(), HasSubstr("expected a JSON object"));
  EXPECT_THAT(parse(R"({"claim": "c", "label": true})").message(), HasSubstr("a text in"));
  EXPECT_THAT(parse(R"({"claim": "c", "text": "t", "label": "maybe"})").message(),
              HasSubstr("label: expected true, false"));
  EXPECT_THAT(parse(R"({"question": "q", "a": "x", "b": "y", "label": 3})").message(),
              HasSubstr("got 3"));
}

}  // namespace
}  // namespace quarry::eval
