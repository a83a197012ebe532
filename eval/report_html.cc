#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "eval/html_parts.h"
#include "eval/metric_catalogue.h"
#include "eval/report.h"
#include "eval/report_case_html.h"
#include "eval/report_style.h"
#include "eval/svg_plot.h"

namespace quarry::eval {
namespace {

constexpr const char* kCards[] = {"pass",        "answer.score",     "spans.prompt",
                                  "spans.cited", "claims.supported", "refusal.correct",
                                  "refusal.over"};

// The start of a fingerprint.
std::string Shortened(const std::string& text) {
  constexpr size_t kShown = 28;
  return text.size() <= kShown ? text : std::string(TruncateUtf8(text, kShown)) + "…";
}

std::string Badge(const GateReport& gates) {
  const std::string verdict = VerdictOf(gates);
  const char* style = verdict == "pass"                           ? "badge pass"
                      : verdict == "FAIL" || verdict == "INVALID" ? "badge fail"
                                                                  : "badge open";
  return html::Element("span", style, html::Text(VerdictText(gates)));
}

// A class for the change of a metric: good, bad or neither.
std::string Direction(const MetricDelta& delta) {
  const Metric* metric = FindMetric(delta.metric);
  if (!delta.is_significant() || metric == nullptr || delta.delta.mean == 0) return "n";
  return (delta.delta.mean > 0) == metric->higher_is_better ? "n up" : "n down";
}

using RecordsByCase = std::unordered_map<std::string, const RunRecord*>;

// Of each case the record that its reasons are of.
RecordsByCase ShownRecords(const Run& run, const RunScores& scores) {
  std::unordered_map<std::string, uint32_t> shown;
  for (const CaseScores& one : scores.cases) shown[one.id] = one.shown_repeat;
  RecordsByCase records;
  for (const RunRecord& record : run.records) {
    if (record.repeat == shown[record.case_id]) records[record.case_id] = &record;
  }
  return records;
}

class HtmlWriter {
 public:
  explicit HtmlWriter(const RunReport& report) : report_(report) {
    records_ = ShownRecords(report.run, report.scores);
    if (report.baseline) old_records_ = ShownRecords(*report.baseline, *report.baseline_scores);
    for (const RunRecord& record : report.run.records) repeats_[record.case_id].push_back(&record);
  }

  std::string Write() {
    const RunManifest& manifest = report_.run.manifest;
    html_ = "<!doctype html>\n<html lang=\"en\">\n<head>\n" + std::string(kPageHead) + "<title>" +
            html::Text(manifest.suite + ": " + VerdictText(report_.gates)) + "</title>\n" +
            kPageStyle + "</head>\n<body>\n";
    WriteHeader();
    WriteGates();
    WriteCards();
    WritePlot();
    if (report_.comparison) WriteComparison();
    WriteSlices();
    WriteTrend();
    WriteCases();
    html_ += kPageScript;
    return std::move(html_) + "</body>\n</html>\n";
  }

 private:
  void Title(const std::string& title) {
    html_ += html::Element("h2", "", html::Text(title)) + "\n";
  }

  void WriteHeader() {
    const RunManifest& manifest = report_.run.manifest;
    html_ += "<h1>" + html::Text(manifest.suite) + Badge(report_.gates) + "</h1>\n";
    html_ += "<div class=\"facts\">";
    const auto fact = [&](const char* name, const std::string& value) {
      if (!value.empty()) {
        html_ += "<div><span class=\"dim\">" + std::string(name) + "</span> " + html::Text(value) +
                 "</div>";
      }
    };
    fact("run", manifest.id + (manifest.name.empty() ? "" : " (" + manifest.name + ")"));
    fact("asked", FormatTime(manifest.created_micros) + " UTC");
    fact("cases", std::to_string(report_.scores.cases.size()) +
                      (manifest.repeats > 1 ? " × " + std::to_string(manifest.repeats) : ""));
    fact("collection", manifest.collection + ", " + std::to_string(manifest.documents) +
                           " documents, " + std::to_string(manifest.chunks) + " chunks");
    fact("writer", report_.run.records.empty() ? "" : report_.run.records[0].model);
    fact("judge", manifest.judge.empty() ? "none" : Shortened(manifest.judge));
    fact("latency",
         "p50 " + FormatMetric("latency.ms", report_.card.p50_ms) + ", p95 " +
             FormatMetric("latency.ms", report_.card.p95_ms) +
             (report_.card.warm_p95_ms > 0
                  ? "; asked again p95 " + FormatMetric("latency.ms", report_.card.warm_p95_ms)
                  : ""));
    if (report_.scores.total_cost > 0)
      fact("cost", FormatMetric("cost", report_.scores.total_cost));
    if (!manifest.judge.empty()) {
      fact("verdicts given", FormatMetric("pass", report_.scores.coverage()));
    }
    for (const auto& [key, value] : manifest.config) fact(html::Text(key).c_str(), value);
    html_ += "</div>\n";
    if (!report_.corpus_change.empty()) {
      html_ += html::Element("p", "", "<b>" + html::Text(report_.corpus_change) + "</b>") + "\n";
    }
    for (const std::string& warning : report_.warnings) {
      html_ +=
          html::Element("p", "small",
                        html::Element("span", "dot open", "note") + " " + html::Text(warning)) +
          "\n";
    }
  }

  void WriteGates() {
    if (report_.gates.results.empty() && report_.gates.invalid.empty()) return;
    Title("Gates");
    html_ += "<table>";
    for (const std::string& reason : report_.gates.invalid) {
      html_ += "<tr>" + html::Cell(html::Element("span", "dot fail", "INVALID")) +
               html::Cell("the run says nothing") + html::Cell(html::Text(reason)) + "</tr>";
    }
    for (const GateResult& result : report_.gates.results) {
      const char* style = result.outcome == GateOutcome::kPass   ? "dot pass"
                          : result.outcome == GateOutcome::kFail ? "dot fail"
                                                                 : "dot open";
      html_ += "<tr>" + html::Cell(html::Element("span", style, GateOutcomeName(result.outcome))) +
               html::Cell(html::Text(Describe(result.gate))) +
               html::Cell(html::Element("span", "dim", html::Text(result.detail))) + "</tr>";
    }
    html_ += "</table>\n";
    for (const std::string& note : report_.gates.notes) {
      html_ += html::Element("p", "small dim", html::Text(note)) + "\n";
    }
  }

  const MetricDelta* DeltaOf(const std::string& metric) const {
    if (!report_.comparison) return nullptr;
    for (const MetricDelta& delta : report_.comparison->overall) {
      if (delta.metric == metric) return &delta;
    }
    return nullptr;
  }

  void WriteCards() {
    html_ += "<div class=\"cards\">";
    for (const char* metric : kCards) {
      const Estimate* estimate = report_.card.Find(metric);
      if (estimate == nullptr) continue;
      std::string inner = html::Element("div", "name", html::Text(metric)) +
                          html::Element("div", "figure", FormatMetric(metric, estimate->mean)) +
                          html::Element("div", "name",
                                        FormatMetric(metric, estimate->low) + " to " +
                                            FormatMetric(metric, estimate->high));
      if (const MetricDelta* delta = DeltaOf(metric)) {
        const std::string direction = Direction(*delta);
        inner += html::Element("div", direction == "n" ? "name" : direction.substr(2),
                               FormatDelta(metric, delta->delta.mean) + " points");
      }
      html_ += "<div class=\"card\" title=\"" + html::Text(FindMetric(metric)->description) +
               "\">" + inner + "</div>";
    }
    html_ += "</div>\n";
  }

  void WritePlot() {
    std::vector<IntervalRow> rows;
    for (const Metric& metric : Metrics()) {
      const Estimate* estimate = report_.card.Find(metric.name);
      if (estimate == nullptr || metric.unit != Metric::Unit::kShare) continue;
      IntervalRow row{.label = metric.name,
                      .low = estimate->low,
                      .mean = estimate->mean,
                      .high = estimate->high,
                      .text = FormatMetric(metric.name, estimate->mean)};
      if (const MetricDelta* delta = DeltaOf(metric.name)) row.before = delta->before;
      rows.push_back(std::move(row));
    }
    Title("Figures, with 95 % intervals");
    html_ += "<div class=\"scroll\">" + IntervalPlot(rows) + "</div>\n<p class=\"small dim\">";
    if (report_.comparison) html_ += "Hollow: the baseline. ";
    bool first = true;
    for (const Metric& metric : Metrics()) {
      const Estimate* estimate = report_.card.Find(metric.name);
      if (estimate == nullptr || metric.unit == Metric::Unit::kShare) continue;
      html_ += (first ? "" : " · ") + html::Text(metric.name) + " " +
               FormatMetric(metric.name, estimate->mean);
      first = false;
    }
    html_ += "</p>\n";
    WriteCorrected();
    for (const VarianceSplit& split : report_.card.variance) {
      if (!(split.total() > 0)) continue;
      html_ += html::Element("p", "small dim", html::Text(FormatVariance(split)));
    }
  }

  void WriteCorrected() {
    if (report_.corrected.empty()) return;
    html_ += "<div class=\"scroll\"><table>" +
             html::Head({"corrected for the judge's errors", "by", "of", "reported", "corrected",
                         "95 % interval"},
                        2);
    for (const CorrectedRate& rate : report_.corrected) {
      html_ += "<tr>" + html::Cell(html::Text(rate.metric)) + html::Cell(html::Text(rate.method)) +
               html::NumberCell(std::to_string(rate.corrected.count) + " " + rate.of) +
               html::NumberCell(FormatMetric(rate.metric, rate.reported)) +
               html::NumberCell(FormatMetric(rate.metric, rate.corrected.mean)) +
               html::NumberCell(FormatMetric(rate.metric, rate.corrected.low) + " to " +
                                FormatMetric(rate.metric, rate.corrected.high)) +
               "</tr>";
    }
    html_ += "</table></div>\n";
  }

  void WriteComparison() {
    const RunManifest& before = report_.baseline->manifest;
    Title("Against " + before.id + (before.name.empty() ? "" : " (" + before.name + ")"));
    html_ += "<div class=\"scroll\"><table>" + html::Head({"metric", "before", "now", "difference",
                                                           "95 % interval", "p", "better", "worse"},
                                                          1);
    for (const MetricDelta& delta : report_.comparison->overall) {
      html_ += "<tr>" + html::Cell(html::Text(delta.metric)) +
               html::NumberCell(FormatMetric(delta.metric, delta.before)) +
               html::NumberCell(FormatMetric(delta.metric, delta.after)) +
               html::Element("td", Direction(delta), FormatDelta(delta.metric, delta.delta.mean)) +
               html::NumberCell(FormatDelta(delta.metric, delta.delta.low) + " to " +
                                FormatDelta(delta.metric, delta.delta.high)) +
               html::NumberCell(html::Text(FormatP(delta.adjusted_p))) +
               html::NumberCell(std::to_string(delta.gained)) +
               html::NumberCell(std::to_string(delta.lost)) + "</tr>";
    }
    html_ += "</table></div>\n" + html::Element("p", "small dim", kHowPIsCorrected);
    std::string moved;
    for (const MetricDelta& delta : report_.comparison->slices) {
      if (!delta.is_significant()) continue;
      moved += html::Element("li", "",
                             html::Text(delta.metric) + " on " + html::Text(delta.slice) + ": " +
                                 html::Element("span", Direction(delta).substr(2),
                                               FormatDelta(delta.metric, delta.delta.mean)) +
                                 ", " + FormatDelta(delta.metric, delta.delta.low) + " to " +
                                 FormatDelta(delta.metric, delta.delta.high));
    }
    html_ += moved.empty() ? html::Element("p", "small dim", "No slice changed beyond chance.")
                           : html::Element("ul", "small", moved);
    WriteFlips();
  }

  void WriteFlips() {
    if (report_.comparison->flips.empty()) return;
    Title("Cases that flipped");
    for (const FlippedCase& flip : report_.comparison->flips) {
      const auto now = records_.find(flip.id);
      const auto old = old_records_.find(flip.id);
      if (now == records_.end() || old == old_records_.end()) continue;
      html_ += "<details><summary>" +
               html::Element("span", flip.passes_now ? "dot pass" : "dot fail",
                             flip.passes_now ? "gained" : "lost") +
               html::Element("span", "dim", html::Text(flip.id)) +
               html::Element("span", "", html::Text(now->second->asked.query)) +
               "</summary><div class=\"body sides\"><div>" +
               html::Element("div", "dim small", "before") + AnswerHtml(*old->second) +
               "</div><div>" + html::Element("div", "dim small", "now") + AnswerHtml(*now->second) +
               "</div></div>" + ReasonsHtml(flip.label, flip.reasons) + "</details>\n";
    }
  }

  void WriteSlices() {
    Title("Slices");
    std::vector<std::string> names = {"slice", "cases"};
    for (const char* metric : HeadlineMetrics()) names.push_back(metric);
    html_ += "<div class=\"scroll\"><table>" + html::Head(names, 1);
    for (const SliceScores& slice : report_.card.slices) {
      html_ += "<tr>" + html::Cell(slice.slice.empty() ? "<b>all</b>" : html::Text(slice.slice)) +
               html::NumberCell(std::to_string(slice.cases));
      for (const char* metric : HeadlineMetrics()) {
        const auto found = slice.metrics.find(metric);
        if (found == slice.metrics.end()) {
          html_ += html::NumberCell("");
          continue;
        }
        const Estimate& estimate = found->second;
        html_ += "<td class=\"n\" title=\"" + FormatMetric(metric, estimate.low) + " to " +
                 FormatMetric(metric, estimate.high) + ", " + std::to_string(estimate.count) +
                 " cases\">" + FormatMetric(metric, estimate.mean) + "</td>";
      }
      html_ += "</tr>";
    }
    html_ += "</table></div>\n";
  }

  void WriteTrend() {
    if (report_.history.size() < 2) return;
    Title("Runs of this suite");
    std::vector<TrendPoint> points;
    for (const HistoryPoint& point : report_.history) {
      points.push_back(
          {.label = FormatTime(point.created_micros) + (point.name.empty() ? "" : " " + point.name),
           .low = point.pass.low,
           .mean = point.pass.mean,
           .high = point.pass.high,
           .hollow = !point.same_cases});
    }
    html_ += TrendPlot(points) + "<p class=\"small dim\">pass; hollow: asked other cases.</p>\n";
  }

  void WriteCases() {
    Title("Cases");
    html_ +=
        "<div class=\"filters\"><input id=\"find\" aria-label=\"find\" placeholder=\"find in "
        "questions, answers, sources\"><select id=\"kind\" aria-label=\"which cases\"><option "
        "value=\"\">all cases</option>"
        "<option value=\"fails\">that do not pass</option>";
    for (const SliceScores& slice : report_.card.slices) {
      if (slice.slice.empty()) continue;
      html_ += "<option value=\"" + html::Text(slice.slice) + "\">" + html::Text(slice.slice) +
               "</option>";
    }
    html_ += "</select><span id=\"count\" class=\"dim small\"></span></div>\n";
    // What does not pass comes first.
    for (const bool passing : {false, true}) {
      for (const CaseScores& one : report_.scores.cases) {
        const auto found = records_.find(one.id);
        if (found == records_.end() || one.reasons.empty() != passing) continue;
        html_ += CaseHtml(one, *found->second, repeats_.at(one.id));
      }
    }
  }

  const RunReport& report_;
  RecordsByCase records_;
  RecordsByCase old_records_;
  std::unordered_map<std::string, std::vector<const RunRecord*>> repeats_;
  std::string html_;
};

}  // namespace

std::string ReportHtml(const RunReport& report) { return HtmlWriter(report).Write(); }

}  // namespace quarry::eval
