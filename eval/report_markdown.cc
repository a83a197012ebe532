#include <algorithm>

#include "base/text.h"
#include "eval/metric_catalogue.h"
#include "eval/report.h"

namespace quarry::eval {
namespace {

constexpr size_t kCasesShown = 20;

// Text in a table cell: on one line, without what Markdown or HTML would act upon.
std::string Cell(std::string_view text) {
  std::string cell;
  for (const char c : text) {
    if (c == '\n' || c == '\r' || c == '\t') {
      cell += ' ';
    } else if (c == '<') {
      cell += "&lt;";
    } else if (c == '&') {
      cell += "&amp;";
    } else {
      if (c == '|' || c == '*' || c == '_' || c == '`' || c == '[' || c == ']' || c == '\\' ||
          c == '@') {
        cell += '\\';
      }
      cell += c;
    }
  }
  return cell;
}

std::string RangeText(const std::string& metric, const Estimate& estimate) {
  return FormatMetric(metric, estimate.low) + " to " + FormatMetric(metric, estimate.high);
}

std::string MetricsTable(const RunReport& report) {
  std::string text = "| metric | mean | 95 % interval | cases |\n|---|--:|--:|--:|\n";
  for (const Metric& metric : Metrics()) {
    const Estimate* estimate = report.card.Find(metric.name);
    if (estimate == nullptr) continue;
    text += std::string("| ") + metric.name + " | " + FormatMetric(metric.name, estimate->mean) +
            " | " + RangeText(metric.name, *estimate) + " | " + std::to_string(estimate->count) +
            " |\n";
  }
  return text;
}

std::string CorrectedTable(const RunReport& report) {
  std::string text =
      "| what the judge said | reported | corrected | 95 % interval | by "
      "|\n|---|--:|--:|--:|---|\n";
  for (const CorrectedRate& rate : report.corrected) {
    text += "| " + rate.metric + ", " + std::to_string(rate.corrected.count) + " " + rate.of +
            " | " + FormatMetric(rate.metric, rate.reported) + " | " +
            FormatMetric(rate.metric, rate.corrected.mean) + " | " +
            RangeText(rate.metric, rate.corrected) + " | " + rate.method + " |\n";
  }
  return text;
}

std::string ComparisonTable(const RunReport& report) {
  std::string text =
      "| metric | before | now | difference | 95 % interval | p "
      "|\n|---|--:|--:|--:|--:|--:|\n";
  for (const MetricDelta& delta : report.comparison->overall) {
    const std::string mark = delta.is_significant() ? "**" : "";
    text += "| " + delta.metric + " | " + FormatMetric(delta.metric, delta.before) + " | " +
            FormatMetric(delta.metric, delta.after) + " | " + mark +
            FormatDelta(delta.metric, delta.delta.mean) + mark + " | " +
            FormatDelta(delta.metric, delta.delta.low) + " to " +
            FormatDelta(delta.metric, delta.delta.high) + " | " + FormatP(delta.adjusted_p) +
            " |\n";
  }
  return text + "\n" + kHowPIsCorrected + "\n";
}

std::string SlicesTable(const RunReport& report) {
  std::string head = "| slice | cases |";
  std::string rule = "|---|--:|";
  for (const char* metric : HeadlineMetrics()) {
    head += std::string(" ") + metric + " |";
    rule += "--:|";
  }
  std::string text = head + "\n" + rule + "\n";
  for (const SliceScores& slice : report.card.slices) {
    text += "| " + (slice.slice.empty() ? std::string("all") : Cell(slice.slice)) + " | " +
            std::to_string(slice.cases) + " |";
    for (const char* metric : HeadlineMetrics()) {
      const auto found = slice.metrics.find(metric);
      text += " " +
              (found == slice.metrics.end() ? std::string()
                                            : FormatMetric(metric, found->second.mean)) +
              " |";
    }
    text += "\n";
  }
  return text;
}

}  // namespace

std::string ReportMarkdown(const RunReport& report) {
  const RunManifest& manifest = report.run.manifest;
  std::string text = "## " + Cell(manifest.suite) + ": " + VerdictText(report.gates) + "\n\n";
  text += std::to_string(report.scores.cases.size()) + " cases, run `" + manifest.id + "`" +
          (manifest.name.empty() ? "" : " (" + Cell(manifest.name) + ")") + ", " +
          FormatTime(manifest.created_micros) + " UTC\n\n";
  if (!report.corpus_change.empty()) text += "**" + Cell(report.corpus_change) + "**\n\n";
  for (const std::string& reason : report.gates.invalid) text += "- **invalid**: " + reason + "\n";
  for (const GateResult& result : report.gates.results) {
    text += std::string("- **") + GateOutcomeName(result.outcome) + "** " +
            Cell(Describe(result.gate)) + ": " + Cell(result.detail) + "\n";
  }
  for (const std::string& note : report.gates.notes) text += "- note: " + Cell(note) + "\n";
  for (const std::string& warning : report.warnings) text += "- note: " + Cell(warning) + "\n";
  if (report.comparison) {
    text +=
        "\n### Against " + Cell(report.baseline->manifest.id) + "\n\n" + ComparisonTable(report);
    if (!report.comparison->flips.empty()) {
      text += "\n| case | now | why |\n|---|---|---|\n";
      for (size_t i = 0; i < std::min(kCasesShown, report.comparison->flips.size()); ++i) {
        const FlippedCase& flip = report.comparison->flips[i];
        text += "| " + Cell(flip.id) + " | " + (flip.passes_now ? "passes" : "**fails**") + " | " +
                Cell((flip.label.empty() ? "" : flip.label + ": ") + Join(flip.reasons, "; ") +
                     AnsweredText(flip.answer)) +
                " |\n";
      }
    }
  }
  text += "\n### Figures\n\n" + MetricsTable(report);
  if (!report.corrected.empty()) text += "\n### Corrected\n\n" + CorrectedTable(report);
  text += "\n### Slices\n\n" + SlicesTable(report);
  std::string failures;
  size_t failed = 0;
  for (const CaseScores& one : report.scores.cases) {
    if (one.reasons.empty() || ++failed > kCasesShown) continue;
    failures += "| " + Cell(one.id) + " | " +
                Cell(Join(one.reasons, "; ") + AnsweredText(one.answer)) + " |\n";
  }
  if (failed > 0) {
    text += "\n<details><summary>" + std::to_string(failed) +
            (failed == 1 ? " case does not pass" : " cases do not pass") +
            (failed > kCasesShown ? "; the first " + std::to_string(kCasesShown) : "") +
            "</summary>\n\n| case | why |\n|---|---|\n" + failures + "\n</details>\n";
  }
  return text;
}

}  // namespace quarry::eval
