// Reports of a run whose texts would rather be markup.

#include "eval/report.h"

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "eval/svg_plot.h"
#include "tests/testing/test_environment.h"

namespace quarry::eval {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kHostile = "<script>alert('x')</script> | **b** \x01 ]]> & \"q\"";

eval::Run MakeRun(bool good) {
  eval::Run run;
  run.manifest.id = good ? "run_good" : "run_bad";
  run.manifest.suite = kHostile;
  run.manifest.cases = 12;
  run.manifest.created_micros = 1'700'000'000'000'000;
  run.manifest.gates = {{.kind = Gate::Kind::kNoRegression, .metric = "pass"}};
  for (int i = 0; i < 12; ++i) {
    RunRecord& record = run.records.emplace_back();
    record.case_id = "c" + std::to_string(i);
    record.asked = {.id = record.case_id, .query = kHostile, .lang = i % 2 == 0 ? "en" : "zh"};
    record.asked.accept = {{.texts = {"right"}}};
    record.answer = std::string(good ? "right " : "wrong ") + kHostile;
    record.sentences = {{.span = {0, 5}}};
    record.passages = {{.document = kHostile, .heading = kHostile, .text = kHostile}};
    record.candidates = {{.document = kHostile}};
    record.micros = 1000;
  }
  return run;
}

RunReport ReportOf(eval::Run run, ReportOptions options) {
  return MakeReport(std::move(run), std::move(options)).value();
}

RunReport Bad() { return ReportOf(MakeRun(false), {.baseline = MakeRun(true)}); }

TEST(ReportTest, NothingThatADocumentSaysIsMarkup) {
  const std::string html = ReportHtml(Bad());
  EXPECT_THAT(html, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(&#39;x&#39;)"));
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
  const std::string markdown = ReportMarkdown(Bad());
  EXPECT_THAT(markdown, Not(HasSubstr("<script>")));
  EXPECT_THAT(markdown, HasSubstr("\\*\\*b\\*\\*"));
  EXPECT_THAT(markdown, HasSubstr("| 95 % interval | p |\n"));
  const std::string junit = ReportJUnit(Bad());
  EXPECT_THAT(junit, Not(HasSubstr("<script>")));
  EXPECT_THAT(junit, Not(HasSubstr("\x01")));
}

TEST(ReportTest, HowPIsCorrectedStandsBelowItsColumn) {
  const char* const how = "p: pass by itself, the others by Holm among themselves";
  EXPECT_THAT(ReportMarkdown(Bad()), HasSubstr(std::string(" |\n\n") + how + "\n\n|"));
  EXPECT_THAT(ReportHtml(Bad()), HasSubstr(how));
  EXPECT_THAT(ReportHtml(Bad()), Not(HasSubstr("p (Holm)")));
}

TEST(ReportTest, AFailedGateIsSaidInEveryForm) {
  const RunReport report = Bad();
  EXPECT_EQ(VerdictOf(report.gates), "FAIL");
  EXPECT_THAT(ReportHtml(report), HasSubstr("badge fail\">FAIL"));
  EXPECT_THAT(ReportMarkdown(report), HasSubstr("- **FAIL** no\\_regression pass, margin 0"));
  EXPECT_THAT(ReportJUnit(report), HasSubstr("<failure message=\"FAIL: gain -1 [-1, -1], p 0.0"));
  const nlohmann::json json = nlohmann::json::parse(ReportJson(report));
  EXPECT_EQ(json["gates"]["exit_code"], 1);
  EXPECT_EQ(json["comparison"]["flips"].size(), 12u);
  EXPECT_EQ(json["cases"].size(), 12u);
}

TEST(ReportTest, WhatHasChangedInTheCorpusIsSaidFirst) {
  eval::Run before = MakeRun(true);
  eval::Run now = MakeRun(false);
  before.manifest.documents = 4;
  now.manifest.documents = 3;
  EXPECT_EQ(ReportOf(now, {.baseline = before}).corpus_change,
            "the corpus is not that of the baseline: 4 documents then, 3 now");
  EXPECT_TRUE(
      nlohmann::json::parse(ReportJson(ReportOf(now, {.baseline = before})))["comparison"]["corpus"]
          .is_null());
  before.manifest.content_hashes = {{"a.csv", "1"}, {"b.md", "2"}, {"c.md", "3"}, {"旧.md", "4"}};
  EXPECT_EQ(ReportOf(before, {.baseline = before}).corpus_change, "");
  now.manifest.content_hashes = {{"b.md", "9"}, {"c.md", "3"}, {"新.md", "4"}};
  RunReport report = ReportOf(now, {.baseline = before});
  EXPECT_EQ(report.corpus_change,
            "the corpus is not that of the baseline: 1 document removed (a.csv), 1 changed (b.md), "
            "1 renamed (旧.md -> 新.md)");
  const std::string markdown = ReportMarkdown(report);
  EXPECT_LT(markdown.find("1 document removed (a.csv)"), markdown.find("- **FAIL**"));
  EXPECT_THAT(ReportHtml(report), HasSubstr("1 document removed (a.csv)"));
  const nlohmann::json json = nlohmann::json::parse(ReportJson(report));
  EXPECT_EQ(json["comparison"]["corpus"]["removed"], nlohmann::json::array({"a.csv"}));
  EXPECT_EQ(json["comparison"]["corpus"]["renamed"][0]["to"], "新.md");
  EXPECT_FALSE(json["run"].contains("content_hashes"));
  for (char name = 'd'; name <= 'j'; ++name) {
    now.manifest.content_hashes[std::string(1, name)] = std::string(1, name);
  }
  report = ReportOf(now, {.baseline = before});
  EXPECT_THAT(report.corpus_change, HasSubstr("7 added (d, e, f, g, h and 2 more)"));
}

TEST(ReportTest, TheAnswerStandsBesideWhatDoesNotHold) {
  eval::Run run = MakeRun(false);
  run.records[0].answer = "It is wrong [1].";
  run.records[1].answer = "这是错的。" + std::string(300, 'x');
  run.records[2].abstained = true;
  const RunReport report = ReportOf(std::move(run), {.baseline = MakeRun(true)});
  EXPECT_EQ(report.scores.cases[0].answer, "It is wrong.");
  EXPECT_EQ(report.scores.cases[1].answer, "这是错的。" + std::string(185, 'x') + "...");
  EXPECT_EQ(report.scores.cases[2].answer, "");
  EXPECT_EQ(report.comparison->flips[0].answer, "It is wrong.");
  const std::string beside = "does not hold: contains \"right\"; answered: \"It is wrong.\"";
  EXPECT_THAT(ReportMarkdown(report), HasSubstr("| c0 | **fails** | " + beside + " |"));
  EXPECT_THAT(ReportJUnit(report), HasSubstr("answered: &quot;It is wrong.&quot;"));
  const nlohmann::json json = nlohmann::json::parse(ReportJson(report));
  EXPECT_EQ(json["cases"][0]["answer"], "It is wrong.");
  EXPECT_EQ(json["comparison"]["flips"][0]["answer"], "It is wrong.");
  EXPECT_THAT(ReportOf(MakeRun(true), {}).scores.cases[0].answer, ::testing::IsEmpty());
}

TEST(ReportTest, AnInvalidRunDoesNotHideAGateThatFailed) {
  eval::Run run = MakeRun(false);
  run.manifest.cases = 24;  // it is not finished
  const RunReport report = ReportOf(std::move(run), {.baseline = MakeRun(true)});
  EXPECT_EQ(report.gates.exit_code(), 3);
  EXPECT_EQ(VerdictOf(report.gates), "INVALID");
  EXPECT_EQ(VerdictText(report.gates), "INVALID, 1 gate FAILED");
  EXPECT_THAT(ReportHtml(report), HasSubstr("badge fail\">INVALID, 1 gate FAILED"));
  EXPECT_THAT(ReportMarkdown(report), HasSubstr(": INVALID, 1 gate FAILED\n"));
  EXPECT_EQ(nlohmann::json::parse(ReportJson(report))["gates"]["results"][0]["outcome"], "FAIL");
  EXPECT_EQ(VerdictText(Bad().gates), "FAIL");
}

TEST(ReportTest, JUnitIsRedExactlyWhereTheGatesAre) {
  // All answers wrong, and no gate that says anything against it.
  const RunReport report = ReportOf(MakeRun(false), {.gates = std::vector<Gate>()});
  const std::string junit = ReportJUnit(report);
  EXPECT_THAT(junit, Not(HasSubstr("<failure")));
  EXPECT_THAT(junit, HasSubstr("skipped=\"12\""));
  EXPECT_EQ(VerdictOf(report.gates), "no gates");
}

TEST(ReportTest, FailingCasesAreFailuresOfARunThatItsGatesStop) {
  const std::string junit = ReportJUnit(Bad());
  EXPECT_THAT(junit, HasSubstr("tests=\"12\" failures=\"12\" errors=\"0\" skipped=\"0\""));
}

TEST(ReportTest, TheAnswerShownIsThatWhichTheReasonsAreOf) {
  eval::Run run = MakeRun(true);
  run.manifest.repeats = 2;
  run.manifest.cases = 1;
  run.records.resize(1);
  run.records[0].sentences.clear();
  run.records.push_back(run.records[0]);
  run.records[1].repeat = 1;
  run.records[1].answer = "something else";
  const std::string html = ReportHtml(ReportOf(run, {.gates = std::vector<Gate>()}));
  const size_t why = html.find("does not hold: contains &quot;right&quot;");
  const size_t wrong = html.find("<div class=\"answer\">something else");
  const size_t right = html.find("<div class=\"answer\">right ");
  ASSERT_NE(why, std::string::npos);
  ASSERT_NE(wrong, std::string::npos);
  ASSERT_NE(right, std::string::npos);
  EXPECT_LT(wrong, right);
  EXPECT_THAT(html, HasSubstr("asked 2 times; above: time 2"));
}

TEST(ReportTest, WhatCannotBeComparedIsSaid) {
  eval::Run other = MakeRun(true);
  other.records[0].asked.accept = {{.texts = {"r"}}};
  other.manifest.judge = "another";
  other.records.pop_back();
  const RunReport report =
      ReportOf(MakeRun(false), {.baseline = other, .calibration = JudgeCalibration{.judge = "x"}});
  EXPECT_THAT(
      report.warnings,
      ElementsAre("the baseline was asked other cases: 0 are only in it, 1 only in the run, "
                  "1 were changed; none of these is compared",
                  HasSubstr("the baseline was judged by another judge (another)"),
                  HasSubstr("judge NOT trusted: kappa 0.00")));
}

// 100 claims, of which the judge calls 70 carried; it calls 45 of 50 carried ones so, and 10 of 50
// others.
TEST(ReportTest, WhatTheJudgeSaidIsCorrectedForItsErrors) {
  eval::Run run = MakeRun(true);
  run.manifest.judge = "x";
  RunRecord& record = run.records[0];
  ClaimMatrix& matrix = record.matrix.emplace();
  for (int i = 0; i < 100; ++i) {
    const ClaimVerdict verdict = i < 70 ? ClaimVerdict::kEntailed : ClaimVerdict::kNeutral;
    matrix.answer.push_back({.id = "a" + std::to_string(i), .text = "t", .citations = {1}});
    matrix.answer_by_passage.push_back({{.verdict = verdict}});
    matrix.answer_by_reference.push_back({.verdict = verdict});
    matrix.citations.push_back({.together = {.verdict = verdict}, .alone = {{.verdict = verdict}}});
  }
  JudgeCalibration calibration{.judge = "x"};
  calibration.counts = {
      .true_positive = 45, .false_negative = 5, .false_positive = 10, .true_negative = 40};
  const RunReport report =
      ReportOf(run, {.gates = std::vector<Gate>(), .calibration = calibration});
  ASSERT_EQ(report.corrected.size(), 1u);
  const CorrectedRate& rate = report.corrected[0];
  EXPECT_EQ(rate.metric, "citation.recall");
  EXPECT_DOUBLE_EQ(rate.reported, 0.7);
  // (0.7 + 0.8 - 1) / (0.9 + 0.8 - 1)
  EXPECT_NEAR(rate.corrected.mean, 0.5 / 0.7, 1e-9);
  EXPECT_LT(rate.corrected.low, 0.65);
  EXPECT_GT(rate.corrected.high, 0.8);
  EXPECT_THAT(ReportHtml(report), HasSubstr("corrected for the judge&#39;s errors"));
  EXPECT_THAT(ReportMarkdown(report), HasSubstr("| citation.recall, 100 claims | 70.0 % | 71.4 %"));
  EXPECT_EQ(nlohmann::json::parse(ReportJson(report))["corrected"][0]["method"], "judge-check");
}

// Claims that cite nothing are not carried, as in the metric; the same question again is no new one.
TEST(ReportTest, TheCorrectedRateIsOfAllClaimsAndOfEachQuestionOnce) {
  eval::Run run = MakeRun(true);
  run.manifest.judge = "x";
  ClaimMatrix& matrix = run.records[0].matrix.emplace();
  for (int i = 0; i < 100; ++i) {
    const ClaimVerdict verdict = i < 35 ? ClaimVerdict::kEntailed : ClaimVerdict::kNeutral;
    const bool cites = i < 50;
    matrix.answer.push_back({.id = "a" + std::to_string(i), .text = "t"});
    matrix.citations.emplace_back();
    if (!cites) continue;
    matrix.answer.back().citations = {1};
    matrix.citations.back() = {.together = {.verdict = verdict}, .alone = {{.verdict = verdict}}};
  }
  JudgeCalibration calibration{.judge = "x"};
  calibration.counts = {
      .true_positive = 45, .false_negative = 5, .false_positive = 10, .true_negative = 40};
  const std::vector<CorrectedRate> once = CorrectRates(run, calibration);
  ASSERT_EQ(once.size(), 1u);
  EXPECT_DOUBLE_EQ(once[0].reported, 0.35);
  EXPECT_NEAR(once[0].corrected.mean, 0.5 * 0.5 / 0.7, 1e-9);
  EXPECT_EQ(once[0].corrected.count, 100u);
  for (uint32_t repeat = 1; repeat < 5; ++repeat) {
    run.records.push_back(run.records[0]);
    run.records.back().repeat = repeat;
  }
  EXPECT_EQ(CorrectRates(run, calibration)[0].corrected, once[0].corrected);
}

// 100 claims of ten answers, of which seven are right in all: ten observations, not a hundred.
TEST(ReportTest, ClaimsOfOneAnswerAreNotIndependent) {
  const auto corrected = [](bool together) {
    eval::Run run;
    for (int i = 0; i < 100; ++i) {
      RunRecord record{.case_id = std::to_string(together ? i / 10 : i), .answer = "t"};
      if (i % 10 == 0 || !together) run.records.push_back(record);
      std::optional<ClaimMatrix>& matrix = run.records.back().matrix;
      if (!matrix) matrix.emplace();
      const Judgement judgement{.verdict =
                                    i < 70 ? ClaimVerdict::kEntailed : ClaimVerdict::kNeutral};
      matrix->answer.push_back({.id = "a", .text = "t", .citations = {1}});
      matrix->citations.push_back({.together = judgement, .alone = {judgement}});
    }
    JudgeCalibration calibration;
    calibration.counts = {
        .true_positive = 950, .false_negative = 50, .false_positive = 50, .true_negative = 950};
    return CorrectRates(run, calibration).at(0).corrected;
  };
  const Estimate apart = corrected(false);
  const Estimate together = corrected(true);
  EXPECT_DOUBLE_EQ(together.mean, apart.mean);
  EXPECT_EQ(together.count, 100u);
  EXPECT_GT(together.high - together.low, 2 * (apart.high - apart.low));
}

TEST(ReportTest, PeopleOnSomeCasesCorrectPassOfAll) {
  const TemporaryDirectory directory = testing::MakeTemporaryDirectory();
  const std::string path = directory.path() + "/labels.jsonl";
  std::string lines;
  // People call three of six right, of which the run says that all are.
  for (int i = 0; i < 6; ++i) {
    lines +=
        R"({"case":"c)" + std::to_string(i) + R"(","right":)" + (i < 3 ? "true" : "false") + "}\n";
  }
  ASSERT_OK(WriteFileAtomically(path, lines));
  ASSERT_OK_AND_ASSIGN(const std::vector<CaseLabel> labels, ReadCaseLabels(path));
  const RunReport report =
      ReportOf(MakeRun(true), {.gates = std::vector<Gate>(), .labels = labels});
  ASSERT_EQ(report.corrected.size(), 1u);
  EXPECT_EQ(report.corrected[0].reported, 1);
  EXPECT_DOUBLE_EQ(report.corrected[0].corrected.mean, 0.5);
  EXPECT_EQ(report.corrected[0].method, "6 labels of people");
  EXPECT_EQ(MakeReport(MakeRun(true), {.labels = {{"nosuch", true}}}).status().message(),
            "labels: the run says nothing of case \"nosuch\"");
  ASSERT_OK(WriteFileAtomically(path, lines + R"({"case":"c0","right":true})"));
  EXPECT_EQ(ReadCaseLabels(path).status().message(), path + ":7: case \"c0\" stands twice");
  ASSERT_OK(WriteFileAtomically(path, R"({"case":"c0","right":1})"));
  EXPECT_EQ(ReadCaseLabels(path).status().message(),
            path + ":1: right: expected true or false, found the number 1");
}

TEST(ReportTest, TheFormIsThatOfTheName) {
  EXPECT_OK(ReportFor("a.html", Bad()).status());
  EXPECT_OK(ReportFor("a.jsonl", Bad()).status());
  EXPECT_EQ(
      ReportFor("a.pdf", Bad()).status().message(),
      "a.pdf: expected a name that ends with .html, .md, .xml (JUnit), .json or .jsonl (the run "
      "itself)");
}

TEST(ReportTest, FiguresReadAsPeopleWriteThem) {
  EXPECT_EQ(FormatMetric("pass", 0.7254), "72.5 %");
  EXPECT_EQ(FormatMetric("latency.ms", 3.456), "3.46 ms");
  EXPECT_EQ(FormatMetric("latency.ms", 345.6), "346 ms");
  EXPECT_EQ(FormatDelta("pass", -0.031), "-3.1");
  EXPECT_EQ(FormatDelta("pass", 0.031), "+3.1");
  EXPECT_EQ(FormatDelta("pass", 0), "0.0");
  EXPECT_EQ(FormatP(0.0004), "<0.001");
  EXPECT_EQ(FormatTime(1'700'000'000'000'000), "2023-11-14 22:13");
}

TEST(ReportTest, PlotsTakeWhatIsUnknownOrAlone) {
  const double infinite = std::numeric_limits<double>::infinity();
  EXPECT_THAT(IntervalPlot({{.label = "<a>", .low = -infinite, .mean = 0.5, .high = infinite}}),
              HasSubstr("&lt;a&gt;"));
  EXPECT_THAT(TrendPlot({{.label = "a", .low = -infinite, .mean = 0.5, .high = infinite}}),
              HasSubstr("<svg"));
  EXPECT_THAT(ScatterPlot({{.label = "a", .x = 1, .y = 1}}, {.x = "x", .y = "y"}),
              Not(HasSubstr("nan")));
  EXPECT_EQ(TrendPlot({}), "");
}

}  // namespace
}  // namespace quarry::eval
