#pragma once

// A run as its readers see it: figures, gates, what changed against a baseline, and every case. The
// forms: JSON for programs, Markdown for pull requests, JUnit XML for CI, one self-contained HTML
// file for people. Texts of documents and answers are escaped in each. Pure.

#include <optional>
#include <string>
#include <vector>

#include "eval/comparison.h"
#include "eval/corrected_rates.h"
#include "eval/gate.h"
#include "eval/run.h"
#include "eval/scorecard.h"

namespace quarry::eval {

// A run of the same suite, for the trend.
struct HistoryPoint {
  std::string id;
  std::string name;
  int64_t created_micros = 0;
  Estimate pass;
  double p95_ms = 0;
  bool same_cases = false;  // as the run that is reported
};

struct RunReport {
  Run run;
  RunScores scores;
  Scorecard card;
  std::optional<Run> baseline;
  std::optional<RunScores> baseline_scores;
  std::optional<Comparison> comparison;
  std::string
      corpus_change;  // against the baseline, in words (corpus_change.h); "" = none is known
  GateReport gates;
  std::vector<CorrectedRate> corrected;  // what the judge said, corrected for its errors
  std::vector<HistoryPoint> history;     // oldest first, the run itself last
  std::vector<std::string> warnings;
};

struct ReportOptions {
  std::optional<Run> baseline;
  std::optional<std::vector<Gate>> gates;  // nullopt: those of the manifest
  std::optional<JudgeCalibration>
      calibration;                // of the run's judge; nullopt: it was never measured
  std::vector<CaseLabel> labels;  // what people say of some of the cases
};
// kInvalidArgument: labels of cases that the run has not.
Result<RunReport> MakeReport(Run run, ReportOptions options);

HistoryPoint MakeHistoryPoint(const Run& run, const Run& reported);

std::string ReportJson(const RunReport& report);  // one line
std::string ReportMarkdown(const RunReport& report);
// Gates and cases as tests.
std::string ReportJUnit(const RunReport& report);
std::string ReportHtml(const RunReport& report);

// The form that the end of `path` asks for: .json, .md, .xml, .html, .jsonl (the run itself).
// kInvalidArgument for another.
Result<std::string> ReportFor(const std::string& path, const RunReport& report);

// --- What the forms share ---

// "72.5 %", "12.3 ms", "340".
std::string FormatMetric(const std::string& metric, double value);
// The same with its sign, percentage points for shares: "-3.1".
std::string FormatDelta(const std::string& metric, double value);
// "of the variance of pass 71.0 % are the questions, 20.0 % asking again, 9.0 % the judge"; "" where
// nothing varies.
std::string FormatVariance(const VarianceSplit& split);
// `; answered: "..."`, behind why a case does not pass; "" without an answer (CaseScores::answer).
std::string AnsweredText(const std::string& answer);
// "0.003", "<0.001".
std::string FormatP(double p);
// What stands below a table of metrics with their p (comparison.h).
inline constexpr const char* kHowPIsCorrected =
    "p: pass by itself, the others by Holm among themselves";
// "2026-11-26 07:15" in UTC.
std::string FormatTime(int64_t micros);
// "pass", "FAIL", "inconclusive" or "INVALID", of all gates together; "no gates".
std::string VerdictOf(const GateReport& gates);
// The same for people, who are told of an invalid run which gates failed, too: "INVALID, 1 gate FAILED".
std::string VerdictText(const GateReport& gates);

}  // namespace quarry::eval
