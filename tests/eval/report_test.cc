// Reports of a run whose texts would rather be markup.

#include "eval/report.h"

#include <nlohmann/json.hpp>

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

RunReport Bad() { return MakeReport(MakeRun(false), {.baseline = MakeRun(true)}); }

TEST(ReportTest, NothingThatADocumentSaysIsMarkup) {
  const std::string html = ReportHtml(Bad());
  EXPECT_THAT(html, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(&#39;x&#39;)"));
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
  const std::string markdown = ReportMarkdown(Bad());
  EXPECT_THAT(markdown, Not(HasSubstr("<script>")));
  EXPECT_THAT(markdown, HasSubstr("\\*\\*b\\*\\*"));
  const std::string junit = ReportJUnit(Bad());
  EXPECT_THAT(junit, Not(HasSubstr("<script>")));
  EXPECT_THAT(junit, Not(HasSubstr("\x01")));
}

TEST(ReportTest, AFailedGateIsSaidInEveryForm) {
  const RunReport report = Bad();
  EXPECT_EQ(VerdictOf(report.gates), "FAIL");
  EXPECT_THAT(ReportHtml(report), HasSubstr("badge fail\">FAIL"));
  EXPECT_THAT(ReportMarkdown(report), HasSubstr("- **FAIL** no\\_regression pass, margin 0"));
  EXPECT_THAT(ReportJUnit(report),
              HasSubstr("<failure message=\"FAIL: difference -1 [-1, -1], p 0.0"));
  const nlohmann::json json = nlohmann::json::parse(ReportJson(report));
  EXPECT_EQ(json["gates"]["exit_code"], 1);
  EXPECT_EQ(json["comparison"]["flips"].size(), 12u);
  EXPECT_EQ(json["cases"].size(), 12u);
}

TEST(ReportTest, JUnitIsRedExactlyWhereTheGatesAre) {
  // All answers wrong, and no gate that says anything against it.
  const RunReport report = MakeReport(MakeRun(false), {.gates = std::vector<Gate>()});
  const std::string junit = ReportJUnit(report);
  EXPECT_THAT(junit, Not(HasSubstr("<failure")));
  EXPECT_THAT(junit, HasSubstr("skipped=\"12\""));
  EXPECT_EQ(VerdictOf(report.gates), "no gates");
}

TEST(ReportTest, WhatCannotBeComparedIsSaid) {
  eval::Run other = MakeRun(true);
  other.manifest.suite_hash = 7;
  other.manifest.judge = "another";
  other.records.pop_back();
  const RunReport report = MakeReport(MakeRun(false), {.baseline = other, .distrust = "kappa 0.3"});
  EXPECT_THAT(report.warnings,
              ElementsAre("the baseline was asked other cases; only those of both are compared",
                          HasSubstr("the baseline was judged by another judge (another)"),
                          "0 cases are only in the baseline, 1 only in the run",
                          "the judge is not trusted: kappa 0.3"));
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
