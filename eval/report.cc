#include "eval/report.h"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <map>
#include <set>
#include <utility>

#include "base/numbers.h"
#include "base/text.h"
#include "eval/corpus_change.h"
#include "eval/metric_catalogue.h"
#include "eval/run_store.h"
#include "eval/statistics.h"

namespace quarry::eval {
namespace {

constexpr size_t kMissingShown = 5;

std::string FormatAs(Metric::Unit unit, double value) {
  if (std::isinf(value)) return "unknown";
  switch (unit) {
    case Metric::Unit::kShare:
      return FormatFixed(100 * value, 1) + " %";
    case Metric::Unit::kMilliseconds:
      return FormatFixed(value, std::abs(value) < 10 ? 2 : 0) + " ms";
    case Metric::Unit::kTokens:
    case Metric::Unit::kWords:
      return FormatFixed(value, 0);
    case Metric::Unit::kMoney:
      return FormatFixed(value, 5);
  }
  return "";
}

// Why the two cannot be compared as they stand.
void CheckBaseline(const Run& run, const Run& baseline, const Comparison& comparison,
                   std::vector<std::string>& warnings) {
  if (comparison.only_before + comparison.only_after + comparison.changed > 0) {
    warnings.push_back(
        "the baseline was asked other cases: " + std::to_string(comparison.only_before) +
        " are only in it, " + std::to_string(comparison.only_after) + " only in the run, " +
        std::to_string(comparison.changed) + " were changed; none of these is compared");
  }
  if (run.manifest.max_words != baseline.manifest.max_words) {
    warnings.push_back("the baseline allowed " + std::to_string(baseline.manifest.max_words) +
                       " words; it is scored as the run, which allows " +
                       std::to_string(run.manifest.max_words));
  }
  if (run.manifest.judge != baseline.manifest.judge) {
    warnings.push_back("the baseline was judged by another judge (" + baseline.manifest.judge +
                       "); compare what needs a judge with care");
  }
}

// The languages of a run that its judge was not measured in: "zh"; "" where that is none, or it is not
// known in which it was.
std::string UnmeasuredLanguages(const Run& run, const JudgeCalibration& calibration) {
  std::map<std::string, size_t> records;
  for (const RunRecord& record : run.records) ++records[LanguageOf(record.asked)];
  // A question in few words may be taken for another language, and a few decide nothing.
  std::set<std::string> unmeasured;
  for (const auto& [language, count] : records) {
    if (language.empty() || calibration.languages.contains(language)) continue;
    if (static_cast<double>(count) > (1 - kMinCoverage) * static_cast<double>(run.records.size())) {
      unmeasured.insert(language);
    }
  }
  return calibration.languages.empty() ? "" : Join(unmeasured, ", ");
}

}  // namespace

Result<RunReport> MakeReport(Run run, ReportOptions options) {
  RunReport report;
  report.run = std::move(run);
  const RunManifest& manifest = report.run.manifest;
  report.scores = ScoreRun(report.run);
  report.card = MakeScorecard(report.scores, manifest.seed);
  // What gates see: a judge that is not trusted decides none, not by whether a case passes either.
  const std::string unmeasured =
      options.calibration ? UnmeasuredLanguages(report.run, *options.calibration) : "";
  const bool is_trusted =
      !options.calibration || (options.calibration->trusted() && unmeasured.empty());
  const RunScores gate_scores = is_trusted ? report.scores : ScoreRun(report.run, false);
  const Scorecard gate_card = is_trusted ? report.card : MakeScorecard(gate_scores, manifest.seed);
  std::optional<RunScores> gate_baseline;
  if (options.baseline) {
    report.baseline = std::move(options.baseline);
    Run& baseline = *report.baseline;
    const uint32_t its_words = std::exchange(baseline.manifest.max_words, manifest.max_words);
    report.baseline_scores = ScoreRun(baseline);
    gate_baseline = is_trusted ? *report.baseline_scores : ScoreRun(baseline, false);
    baseline.manifest.max_words = its_words;
    report.comparison = CompareRuns(*report.baseline_scores, report.scores, manifest.seed);
    report.corpus_change = CorpusChangeText(CompareCorpora(baseline.manifest, manifest));
    CheckBaseline(report.run, baseline, *report.comparison, report.warnings);
  }
  for (size_t i = 0; i < report.scores.missing_gold.size(); ++i) {
    if (i == kMissingShown) {
      report.warnings.push_back("and " + std::to_string(report.scores.missing_gold.size() - i) +
                                " more are not in the corpus");
      break;
    }
    report.warnings.push_back("not in the corpus: " + report.scores.missing_gold[i]);
  }
  if (options.calibration) {
    report.corrected = CorrectRates(report.run, *options.calibration);
    if (!options.calibration->trusted()) {
      report.warnings.push_back(TrustText(*options.calibration));
    } else if (!unmeasured.empty()) {
      report.warnings.push_back("judge NOT trusted: nobody has measured it in " + unmeasured +
                                "; gates use only what needs no judge");
    }
  } else if (!manifest.judge.empty()) {
    report.warnings.push_back(
        "nobody has measured the judge against people: `quarry eval judge-check LABELS --keep`");
  }
  if (!options.labels.empty()) {
    QUARRY_ASSIGN_OR_RETURN(CorrectedRate pass, CorrectPass(report.scores, options.labels));
    report.corrected.push_back(std::move(pass));
  }
  const GateInput input{.scores = gate_scores,
                        .card = gate_card,
                        .baseline = gate_baseline ? &*gate_baseline : nullptr,
                        .judge_trusted = is_trusted,
                        .seed = manifest.seed};
  report.gates = EvaluateGates(options.gates ? *options.gates : manifest.gates, input);
  report.history.push_back(MakeHistoryPoint(report.run, report.run));
  return report;
}

HistoryPoint MakeHistoryPoint(const Run& run, const Run& reported) {
  const RunScores scores = ScoreRun(run);
  HistoryPoint point{.id = run.manifest.id,
                     .name = run.manifest.name,
                     .created_micros = run.manifest.created_micros,
                     .p95_ms = Percentile(scores.latencies_ms, 0.95),
                     .same_cases = run.manifest.suite_hash == reported.manifest.suite_hash};
  // Of the card's many figures these two: a trend is of many runs.
  if (const auto pass = EstimateMetric(scores, *FindMetric("pass"), run.manifest.seed)) {
    point.pass = *pass;
  }
  return point;
}

Result<std::string> ReportFor(const std::string& path, const RunReport& report) {
  if (path.ends_with(".json")) return ReportJson(report) + "\n";
  if (path.ends_with(".jsonl")) return RunLines(report.run);
  if (path.ends_with(".md")) return ReportMarkdown(report);
  if (path.ends_with(".xml")) return ReportJUnit(report);
  if (path.ends_with(".html")) return ReportHtml(report);
  return InvalidArgumentError(path + ": expected a name that ends with .html, .md, .xml (JUnit), " +
                              ".json or .jsonl (the run itself)");
}

std::string FormatMetric(const std::string& metric, double value) {
  const Metric* info = FindMetric(metric);
  return FormatAs(info == nullptr ? Metric::Unit::kShare : info->unit, value);
}

std::string FormatDelta(const std::string& metric, double value) {
  const Metric* info = FindMetric(metric);
  const bool is_share = info == nullptr || info->unit == Metric::Unit::kShare;
  if (std::isinf(value)) return "unknown";
  const std::string text = is_share ? FormatFixed(std::abs(100 * value) < 0.05 ? 0 : 100 * value, 1)
                                    : FormatAs(info->unit, value);
  return (value > 0 && !text.starts_with("0.0") ? "+" : "") + text;
}

std::string FormatVariance(const VarianceSplit& split) {
  const double total = split.total();
  if (!(total > 0)) return "";
  const auto share = [&](double part) { return FormatMetric("pass", part / total); };
  std::string text =
      "of the variance of " + split.metric + " " + share(split.question) + " are the questions";
  if (split.repeat) text += ", " + share(*split.repeat) + " asking again";
  if (split.judge) text += ", " + share(*split.judge) + " the judge";
  return text;
}

std::string AnsweredText(const std::string& answer) {
  return answer.empty() ? "" : "; answered: \"" + answer + '"';
}

std::string FormatP(double p) { return p < 0.001 ? "<0.001" : FormatFixed(p, 3); }

std::string FormatTime(int64_t micros) {
  const std::time_t seconds = micros / 1'000'000;
  std::tm parts = {};
  gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &parts);
  return text;
}

std::string VerdictOf(const GateReport& gates) {
  if (!gates.invalid.empty()) return "INVALID";
  if (gates.results.empty()) return "no gates";
  const int code = gates.exit_code();
  return code == 0 ? "pass" : code == 1 ? "FAIL" : "inconclusive";
}

std::string VerdictText(const GateReport& gates) {
  std::string verdict = VerdictOf(gates);
  const auto failed = std::ranges::count(gates.results, GateOutcome::kFail, &GateResult::outcome);
  if (gates.invalid.empty() || failed == 0) return verdict;
  return verdict + ", " + std::to_string(failed) + (failed == 1 ? " gate FAILED" : " gates FAILED");
}

}  // namespace quarry::eval
