#include "app/output_eval.h"

#include <algorithm>
#include <cmath>

#include "app/json_line.h"
#include "app/output_text.h"
#include "app/text_layout.h"
#include "eval/metric_catalogue.h"

namespace quarry::app {
namespace {

constexpr size_t kBarColumns = 20;
constexpr uint32_t kFlipsShown = 10;

std::string JoinedReasons(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : "; ") + OneLine(part);
  return text;
}

Style StyleOf(const std::string& verdict) {
  if (verdict == "pass") return Style::kGood;
  return verdict == "FAIL" || verdict == "INVALID" ? Style::kBad : Style::kWarning;
}

// "··——●———··": where the interval and the mean of a share lie between 0 and 1.
std::string Bar(const eval::Estimate& estimate) {
  const auto place = [](double share) {
    const double clamped = std::isfinite(share) ? std::clamp(share, 0.0, 1.0) : (share < 0 ? 0 : 1);
    return static_cast<size_t>(std::lround(clamped * (kBarColumns - 1)));
  };
  std::string bar;
  for (size_t i = 0; i < kBarColumns; ++i) {
    const bool is_inside = i >= place(estimate.low) && i <= place(estimate.high);
    bar += i == place(estimate.mean) ? "●" : is_inside ? "─" : "·";
  }
  return bar;
}

std::string HeaderText(const eval::RunReport& report, const Console& console) {
  const eval::RunManifest& manifest = report.run.manifest;
  std::string text =
      console.Styled(Style::kTitle, OneLine(manifest.suite)) + "  " +
      console.Styled(StyleOf(eval::VerdictOf(report.gates)), eval::VerdictText(report.gates)) +
      "\n";
  text += "run " + manifest.id +
          (manifest.name.empty() ? "" : " (" + OneLine(manifest.name) + ")") + ", " +
          eval::FormatTime(manifest.created_micros) + " UTC, " +
          std::to_string(report.scores.cases.size()) + " cases";
  if (manifest.repeats > 1) text += " asked " + std::to_string(manifest.repeats) + " times";
  text += ", p95 " + eval::FormatMetric("latency.ms", report.card.p95_ms);
  if (report.card.warm_p95_ms > 0) {
    text += " (asked again " + eval::FormatMetric("latency.ms", report.card.warm_p95_ms) + ")";
  }
  if (report.scores.total_cost > 0) {
    text += ", cost " + eval::FormatMetric("cost", report.scores.total_cost);
  }
  if (!manifest.judge.empty()) {
    text += ", " + eval::FormatMetric("pass", report.scores.coverage()) + " judged";
  }
  return text + "\n";
}

std::string GatesText(const eval::RunReport& report, const Console& console) {
  std::string text;
  for (const std::string& reason : report.gates.invalid) {
    text += "  " + console.Styled(Style::kBad, "INVALID     ") + "  " + OneLine(reason) + "\n";
  }
  for (const eval::GateResult& result : report.gates.results) {
    const std::string outcome = eval::GateOutcomeName(result.outcome);
    text += "  " + console.Styled(StyleOf(outcome), PadRight(outcome, 12)) + "  " +
            OneLine(eval::Describe(result.gate)) + "\n";
    text += "                " + console.Styled(Style::kDim, OneLine(result.detail)) + "\n";
  }
  for (const std::string& note : report.gates.notes) text += "  note: " + OneLine(note) + "\n";
  for (const std::string& warning : report.warnings) text += "  note: " + OneLine(warning) + "\n";
  return text.empty() ? text : "\nGates\n" + text;
}

std::string FiguresText(const eval::RunReport& report, const Console& console) {
  std::vector<std::vector<std::string>> rows = {{"", "mean", "95 % interval", "cases", ""}};
  for (const eval::Metric& metric : eval::Metrics()) {
    const eval::Estimate* estimate = report.card.Find(metric.name);
    if (estimate == nullptr) continue;
    const bool is_share = metric.unit == eval::Metric::Unit::kShare;
    rows.push_back({metric.name, eval::FormatMetric(metric.name, estimate->mean),
                    eval::FormatMetric(metric.name, estimate->low) + " to " +
                        eval::FormatMetric(metric.name, estimate->high),
                    std::to_string(estimate->count), is_share ? Bar(*estimate) : ""});
  }
  std::string text = "\n" + Table(rows, {1, 2, 3}, console);
  for (const eval::VarianceSplit& split : report.card.variance) {
    if (split.total() > 0) text += eval::FormatVariance(split) + "\n";
  }
  return text;
}

std::string CorrectedText(const eval::RunReport& report, const Console& console) {
  if (report.corrected.empty()) return "";
  std::vector<std::vector<std::string>> rows = {
      {"corrected for the judge's errors", "reported", "corrected", "95 % interval", "of", "by"}};
  for (const eval::CorrectedRate& rate : report.corrected) {
    rows.push_back({rate.metric, eval::FormatMetric(rate.metric, rate.reported),
                    eval::FormatMetric(rate.metric, rate.corrected.mean),
                    eval::FormatMetric(rate.metric, rate.corrected.low) + " to " +
                        eval::FormatMetric(rate.metric, rate.corrected.high),
                    std::to_string(rate.corrected.count) + " " + rate.of, rate.method});
  }
  return "\n" + Table(rows, {1, 2, 3, 4}, console);
}

std::string ComparisonText(const eval::RunReport& report, const Console& console) {
  const eval::Comparison& comparison = *report.comparison;
  std::string text = "\nAgainst run " + report.baseline->manifest.id + ", " +
                     std::to_string(comparison.cases) + " cases\n";
  std::vector<std::vector<std::string>> rows = {
      {"", "before", "now", "difference", "95 % interval", "p", "better", "worse"}};
  for (const eval::MetricDelta& delta : comparison.overall) {
    rows.push_back({delta.metric, eval::FormatMetric(delta.metric, delta.before),
                    eval::FormatMetric(delta.metric, delta.after),
                    eval::FormatDelta(delta.metric, delta.delta.mean),
                    eval::FormatDelta(delta.metric, delta.delta.low) + " to " +
                        eval::FormatDelta(delta.metric, delta.delta.high),
                    eval::FormatP(delta.adjusted_p), std::to_string(delta.gained),
                    std::to_string(delta.lost)});
  }
  text += Table(rows, {1, 2, 3, 4, 5, 6, 7}, console) + eval::kHowPIsCorrected + "\n";
  for (const eval::MetricDelta& delta : comparison.slices) {
    if (!delta.is_significant()) continue;
    text += "  " + delta.metric + " on " + OneLine(delta.slice) + ": " +
            eval::FormatDelta(delta.metric, delta.delta.mean) + ", p (Holm) " +
            eval::FormatP(delta.adjusted_p) + "\n";
  }
  uint32_t shown = 0;
  for (const eval::FlippedCase& flip : comparison.flips) {
    if (shown++ == kFlipsShown) {
      text += "  and " + std::to_string(comparison.flips.size() - kFlipsShown) + " more\n";
      break;
    }
    const std::string failed = (flip.label.empty() ? "" : OneLine(flip.label) + ": ") +
                               JoinedReasons(flip.reasons) +
                               OneLine(eval::AnsweredText(flip.answer));
    text += "  " + OneLine(flip.id) + ": " +
            (flip.passes_now ? failed + " \u2192 " + console.Styled(Style::kGood, "passes")
                             : console.Styled(Style::kBad, "passes") + " \u2192 " + failed) +
            "\n";
  }
  return text;
}

std::string SlicesText(const eval::RunReport& report, const Console& console) {
  if (report.card.slices.size() < 2) return "";
  std::vector<std::string> head = {"", "cases"};
  std::vector<size_t> right = {1};
  for (const char* metric : eval::HeadlineMetrics()) {
    right.push_back(head.size());
    head.push_back(metric);
  }
  std::vector<std::vector<std::string>> rows = {head};
  for (const eval::SliceScores& slice : report.card.slices) {
    std::vector<std::string> row = {slice.slice.empty() ? "all" : OneLine(slice.slice),
                                    std::to_string(slice.cases)};
    for (const char* metric : eval::HeadlineMetrics()) {
      const auto found = slice.metrics.find(metric);
      row.push_back(found == slice.metrics.end() ? ""
                                                 : eval::FormatMetric(metric, found->second.mean));
    }
    rows.push_back(std::move(row));
  }
  return "\n" + Table(rows, right, console);
}

std::string FailuresText(const eval::RunReport& report, uint32_t shown, const Console& console) {
  uint64_t failed = 0;
  std::string text;
  for (const eval::CaseScores& one : report.scores.cases) {
    if (one.reasons.empty() || ++failed > shown) continue;
    const auto record = std::ranges::find(report.run.records, one.id, &eval::RunRecord::case_id);
    text += "  " + OneLine(one.id) + "  " + OneLine(record->asked.query) + "\n    " +
            console.Styled(Style::kDim, (one.label.empty() ? "" : one.label + ": ") +
                                            JoinedReasons(one.reasons) +
                                            OneLine(eval::AnsweredText(one.answer))) +
            "\n";
  }
  if (failed == 0 || shown == 0) return "";
  return "\n" + std::to_string(failed) +
         (failed == 1 ? " case does not pass" : " cases do not pass") +
         (failed > shown ? ", the first " + std::to_string(shown) : "") + ":\n" + text;
}

}  // namespace

std::string RunReportText(const eval::RunReport& report, uint32_t shown, const Console& console) {
  std::string text = HeaderText(report, console);
  // Said first: it may be all that has changed.
  if (!report.corpus_change.empty()) {
    text += "\n" + console.Styled(Style::kWarning, OneLine(report.corpus_change)) + "\n";
  }
  text += GatesText(report, console);
  text += report.comparison ? ComparisonText(report, console) : FiguresText(report, console);
  text += CorrectedText(report, console) + SlicesText(report, console);
  return text + FailuresText(report, shown, console);
}

std::string RunListText(const std::vector<RunListItem>& items, const Console& console) {
  if (items.empty()) return "no runs; make one with: quarry eval run SUITE\n";
  std::vector<std::vector<std::string>> rows = {
      {"run", "asked (UTC)", "suite", "cases", "pass", "p95", "name"}};
  for (const RunListItem& item : items) {
    const uint64_t whole = uint64_t{item.manifest.cases} * item.manifest.repeats;
    rows.push_back(
        {item.manifest.id, eval::FormatTime(item.manifest.created_micros),
         OneLine(item.manifest.suite),
         item.records < whole ? std::to_string(item.records) + " of " + std::to_string(whole)
                              : std::to_string(item.manifest.cases),
         eval::FormatMetric("pass", item.point.pass.mean),
         eval::FormatMetric("latency.ms", item.point.p95_ms), OneLine(item.manifest.name)});
  }
  return Table(rows, {3, 4, 5}, console);
}

std::string RunListJson(const std::vector<RunListItem>& items) {
  Json json = {{"runs", Json::array()}};
  for (const RunListItem& item : items) {
    Json run = Json::parse(eval::ManifestSummary(item.manifest), nullptr, false);
    run["records"] = item.records;
    run["pass"] = item.point.pass.mean;
    run["p95_ms"] = item.point.p95_ms;
    json["runs"].push_back(std::move(run));
  }
  return Line(json);
}

}  // namespace quarry::app
