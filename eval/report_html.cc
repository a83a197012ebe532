#include <algorithm>
#include <cstdio>
#include <unordered_map>

#include "base/markup.h"
#include "base/text.h"
#include "eval/metric_catalogue.h"
#include "eval/report.h"
#include "eval/report_style.h"
#include "eval/svg_plot.h"

namespace quarry::eval {
namespace {

constexpr const char* kCards[] = {"pass",        "answer.score",     "spans.prompt",
                                  "spans.cited", "claims.supported", "refusal.correct",
                                  "refusal.over"};
constexpr size_t kCandidatesShown = 10;

std::string E(std::string_view text) { return EscapeMarkup(text); }

std::string Element(const char* tag, const std::string& style, const std::string& inner) {
  return std::string("<") + tag + (style.empty() ? "" : " class=\"" + style + "\"") + ">" + inner +
         "</" + tag + ">";
}

std::string Cell(const std::string& inner) { return Element("td", "", inner); }
std::string NumberCell(const std::string& inner) { return Element("td", "n", inner); }

// The start of a fingerprint.
std::string Shortened(const std::string& text) {
  constexpr size_t kShown = 28;
  return text.size() <= kShown ? text : std::string(TruncateUtf8(text, kShown)) + "…";
}

std::string Head(const std::vector<std::string>& names, size_t first_number) {
  std::string row;
  for (size_t i = 0; i < names.size(); ++i) {
    row += Element("th", i >= first_number ? "n" : "", E(names[i]));
  }
  return "<thead><tr>" + row + "</tr></thead>";
}

std::string Badge(const std::string& verdict) {
  const char* style = verdict == "pass"                           ? "badge pass"
                      : verdict == "FAIL" || verdict == "INVALID" ? "badge fail"
                                                                  : "badge open";
  return Element("span", style, E(verdict));
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
            E(manifest.suite + ": " + VerdictOf(report_.gates)) + "</title>\n" + kPageStyle +
            "</head>\n<body>\n";
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
  void Title(const std::string& title) { html_ += Element("h2", "", E(title)) + "\n"; }

  void WriteHeader() {
    const RunManifest& manifest = report_.run.manifest;
    html_ += "<h1>" + E(manifest.suite) + Badge(VerdictOf(report_.gates)) + "</h1>\n";
    html_ += "<div class=\"facts\">";
    const auto fact = [&](const char* name, const std::string& value) {
      if (!value.empty()) {
        html_ += "<div><span class=\"dim\">" + std::string(name) + "</span> " + E(value) + "</div>";
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
    for (const auto& [key, value] : manifest.config) fact(E(key).c_str(), value);
    html_ += "</div>\n";
    for (const std::string& warning : report_.warnings) {
      html_ += Element("p", "small", Element("span", "dot open", "note") + " " + E(warning)) + "\n";
    }
  }

  void WriteGates() {
    if (report_.gates.results.empty() && report_.gates.invalid.empty()) return;
    Title("Gates");
    html_ += "<table>";
    for (const std::string& reason : report_.gates.invalid) {
      html_ += "<tr>" + Cell(Element("span", "dot fail", "INVALID")) +
               Cell("the run says nothing") + Cell(E(reason)) + "</tr>";
    }
    for (const GateResult& result : report_.gates.results) {
      const char* style = result.outcome == GateOutcome::kPass   ? "dot pass"
                          : result.outcome == GateOutcome::kFail ? "dot fail"
                                                                 : "dot open";
      html_ += "<tr>" + Cell(Element("span", style, GateOutcomeName(result.outcome))) +
               Cell(E(Describe(result.gate))) + Cell(Element("span", "dim", E(result.detail))) +
               "</tr>";
    }
    html_ += "</table>\n";
    for (const std::string& note : report_.gates.notes) {
      html_ += Element("p", "small dim", E(note)) + "\n";
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
      std::string inner = Element("div", "name", E(metric)) +
                          Element("div", "figure", FormatMetric(metric, estimate->mean)) +
                          Element("div", "name",
                                  FormatMetric(metric, estimate->low) + " to " +
                                      FormatMetric(metric, estimate->high));
      if (const MetricDelta* delta = DeltaOf(metric)) {
        const std::string direction = Direction(*delta);
        inner += Element("div", direction == "n" ? "name" : direction.substr(2),
                         FormatDelta(metric, delta->delta.mean) + " points");
      }
      html_ += "<div class=\"card\" title=\"" + E(FindMetric(metric)->description) + "\">" + inner +
               "</div>";
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
      html_ +=
          (first ? "" : " · ") + E(metric.name) + " " + FormatMetric(metric.name, estimate->mean);
      first = false;
    }
    html_ += "</p>\n";
    WriteCorrected();
    for (const VarianceSplit& split : report_.card.variance) {
      if (!(split.total() > 0)) continue;
      html_ += Element("p", "small dim", E(FormatVariance(split)));
    }
  }

  void WriteCorrected() {
    if (report_.corrected.empty()) return;
    html_ += "<div class=\"scroll\"><table>" + Head({"corrected for the judge's errors", "by", "of",
                                                     "reported", "corrected", "95 % interval"},
                                                    2);
    for (const CorrectedRate& rate : report_.corrected) {
      html_ += "<tr>" + Cell(E(rate.metric)) + Cell(E(rate.method)) +
               NumberCell(std::to_string(rate.corrected.count) + " " + rate.of) +
               NumberCell(FormatMetric(rate.metric, rate.reported)) +
               NumberCell(FormatMetric(rate.metric, rate.corrected.mean)) +
               NumberCell(FormatMetric(rate.metric, rate.corrected.low) + " to " +
                          FormatMetric(rate.metric, rate.corrected.high)) +
               "</tr>";
    }
    html_ += "</table></div>\n";
  }

  void WriteComparison() {
    const RunManifest& before = report_.baseline->manifest;
    Title("Against " + before.id + (before.name.empty() ? "" : " (" + before.name + ")"));
    html_ +=
        "<div class=\"scroll\"><table>" + Head({"metric", "before", "now", "difference",
                                                "95 % interval", "p (Holm)", "better", "worse"},
                                               1);
    for (const MetricDelta& delta : report_.comparison->overall) {
      html_ += "<tr>" + Cell(E(delta.metric)) +
               NumberCell(FormatMetric(delta.metric, delta.before)) +
               NumberCell(FormatMetric(delta.metric, delta.after)) +
               Element("td", Direction(delta), FormatDelta(delta.metric, delta.delta.mean)) +
               NumberCell(FormatDelta(delta.metric, delta.delta.low) + " to " +
                          FormatDelta(delta.metric, delta.delta.high)) +
               NumberCell(E(FormatP(delta.adjusted_p))) + NumberCell(std::to_string(delta.gained)) +
               NumberCell(std::to_string(delta.lost)) + "</tr>";
    }
    html_ += "</table></div>\n";
    std::string moved;
    for (const MetricDelta& delta : report_.comparison->slices) {
      if (!delta.is_significant()) continue;
      moved += Element("li", "",
                       E(delta.metric) + " on " + E(delta.slice) + ": " +
                           Element("span", Direction(delta).substr(2),
                                   FormatDelta(delta.metric, delta.delta.mean)) +
                           ", " + FormatDelta(delta.metric, delta.delta.low) + " to " +
                           FormatDelta(delta.metric, delta.delta.high));
    }
    html_ += moved.empty() ? Element("p", "small dim", "No slice changed beyond chance.")
                           : Element("ul", "small", moved);
    WriteFlips();
  }

  void WriteFlips() {
    if (report_.comparison->flips.empty()) return;
    Title("Cases that flipped");
    for (const FlippedCase& flip : report_.comparison->flips) {
      const auto now = records_.find(flip.id);
      const auto old = old_records_.find(flip.id);
      if (now == records_.end() || old == old_records_.end()) continue;
      html_ +=
          "<details><summary>" +
          Element("span", flip.passes_now ? "dot pass" : "dot fail",
                  flip.passes_now ? "gained" : "lost") +
          Element("span", "dim", E(flip.id)) + Element("span", "", E(now->second->asked.query)) +
          "</summary><div class=\"body sides\"><div>" + Element("div", "dim small", "before") +
          AnswerBox(*old->second) + "</div><div>" + Element("div", "dim small", "now") +
          AnswerBox(*now->second) + "</div></div>" + Why(flip.label, flip.reasons) + "</details>\n";
    }
  }

  static std::string Why(const std::string& label, const std::vector<std::string>& reasons) {
    std::string text = label.empty() ? "" : E(label) + ": ";
    for (size_t i = 0; i < reasons.size(); ++i) text += (i == 0 ? "" : "; ") + E(reasons[i]);
    return text.empty() ? "" : Element("div", "why", text);
  }

  // The answer; sentences that nothing supports stand out.
  static std::string AnswerBox(const RunRecord& record) {
    if (!record.error.empty()) return Element("div", "answer down", E(record.error));
    std::string inner;
    size_t at = 0;
    for (const RunSentence& sentence : record.sentences) {
      if (sentence.supported || sentence.span.begin < at ||
          sentence.span.end > record.answer.size() || sentence.span.end < sentence.span.begin) {
        continue;
      }
      inner += E(std::string_view(record.answer).substr(at, sentence.span.begin - at)) +
               "<span class=\"weak\" title=\"not carried by what it cites\">" +
               E(std::string_view(record.answer)
                     .substr(sentence.span.begin, sentence.span.end - sentence.span.begin)) +
               "</span>";
      at = sentence.span.end;
    }
    inner += E(std::string_view(record.answer).substr(at));
    return Element("div", "answer", (record.abstained ? "<em>declined</em> " : "") + inner);
  }

  void WriteSlices() {
    Title("Slices");
    std::vector<std::string> names = {"slice", "cases"};
    for (const char* metric : HeadlineMetrics()) names.push_back(metric);
    html_ += "<div class=\"scroll\"><table>" + Head(names, 1);
    for (const SliceScores& slice : report_.card.slices) {
      html_ += "<tr>" + Cell(slice.slice.empty() ? "<b>all</b>" : E(slice.slice)) +
               NumberCell(std::to_string(slice.cases));
      for (const char* metric : HeadlineMetrics()) {
        const auto found = slice.metrics.find(metric);
        if (found == slice.metrics.end()) {
          html_ += NumberCell("");
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
      html_ += "<option value=\"" + E(slice.slice) + "\">" + E(slice.slice) + "</option>";
    }
    html_ += "</select><span id=\"count\" class=\"dim small\"></span></div>\n";
    // What does not pass comes first.
    for (const bool passing : {false, true}) {
      for (const CaseScores& one : report_.scores.cases) {
        if (one.reasons.empty() == passing) WriteCase(one);
      }
    }
  }

  void WriteCase(const CaseScores& one) {
    const auto found = records_.find(one.id);
    if (found == records_.end()) return;
    const RunRecord& record = *found->second;
    const bool is_known = one.values.contains("pass");
    std::string slices = one.reasons.empty() ? "passes" : "fails";
    for (const std::string& slice : one.slices) slices += " " + slice;
    html_ +=
        "<details class=\"case\" data-slices=\"" + E(slices) + "\"><summary>" +
        Element("span",
                !is_known             ? "dot open"
                : one.reasons.empty() ? "dot pass"
                                      : "dot fail",
                !is_known             ? "open"
                : one.reasons.empty() ? "pass"
                                      : "fail") +
        Element("span", "dim small", E(one.id)) +
        Element("span", "",
                E(record.asked.query) +
                    (one.reasons.empty() ? ""
                                         : Element("div", "dim small",
                                                   (one.label.empty() ? "" : E(one.label) + ": ") +
                                                       E(one.reasons[0])))) +
        "</summary><div class=\"body\">";
    html_ += Why(one.label, one.reasons) + AnswerBox(record);
    WriteRepeats(record);
    WriteExpected(record);
    WriteMatrix(record);
    WritePassages(record);
    WriteRetrieval(record);
    html_ += "</div></details>\n";
  }

  // What was answered when the same was asked again.
  void WriteRepeats(const RunRecord& shown) {
    const std::vector<const RunRecord*>& all = repeats_.at(shown.case_id);
    if (all.size() < 2) return;
    html_ += "<details class=\"inner\"><summary>asked " + std::to_string(all.size()) +
             " times; above: time " + std::to_string(shown.repeat + 1) + "</summary>";
    for (const RunRecord* record : all) {
      if (record == &shown) continue;
      html_ += Element("div", "dim small", "time " + std::to_string(record->repeat + 1)) +
               AnswerBox(*record);
    }
    html_ += "</details>";
  }

  void WriteExpected(const RunRecord& record) {
    std::string inner;
    if (!record.asked.answerable) inner += Element("li", "", "to be declined");
    for (const ExpectedFact& fact : record.asked.expected_facts) {
      inner += Element("li", "",
                       E(fact.text) + (fact.must ? "" : " <span class=\"dim\">(a plus)</span>"));
    }
    if (!record.asked.reference.empty()) inner += Element("li", "", E(record.asked.reference));
    for (const ResolvedSpan& span : record.gold_spans) {
      inner += Element("li", "",
                       "<code>" + E(span.span.document) + "</code> “" + E(span.span.quote) + "”" +
                           (span.present ? "" : " <b class=\"down\">not in the corpus</b>"));
    }
    if (!inner.empty()) {
      html_ += Element("div", "dim small", "expected") + Element("ul", "small", inner);
    }
  }

  // One row per claim of the answer.
  void WriteMatrix(const RunRecord& record) {
    if (!record.judge_error.empty()) html_ += Element("div", "why", E(record.judge_error));
    if (!record.matrix || record.matrix->answer.empty()) return;
    const ClaimMatrix& matrix = *record.matrix;
    html_ += "<details class=\"inner\"><summary>" + std::to_string(matrix.answer.size()) +
             " claims</summary><div class=\"scroll\"><table>" +
             Head({"claim", "passages", "reference", "what it cites"}, 9);
    for (size_t i = 0; i < matrix.answer.size(); ++i) {
      std::string passages;
      for (size_t p = 0; p < matrix.answer_by_passage[i].size(); ++p) {
        const ClaimVerdict verdict = matrix.answer_by_passage[i][p].verdict;
        if (verdict == ClaimVerdict::kNeutral) continue;
        passages += "[" + std::to_string(p + 1) + "] " + ClaimVerdictName(verdict) + " ";
      }
      html_ +=
          "<tr>" + Cell(E(matrix.answer[i].text)) +
          Cell(passages.empty() ? "none says it" : passages) +
          Cell(matrix.reference.empty() ? ""
                                        : ClaimVerdictName(matrix.answer_by_reference[i].verdict)) +
          Cell(matrix.answer[i].citations.empty()
                   ? "nothing cited"
                   : ClaimVerdictName(matrix.citations[i].together.verdict)) +
          "</tr>";
    }
    html_ += "</table></div></details>";
  }

  void WritePassages(const RunRecord& record) {
    if (record.passages.empty()) return;
    html_ += "<details class=\"inner\"><summary>" + std::to_string(record.passages.size()) +
             " passages in the context</summary>";
    for (size_t i = 0; i < record.passages.size(); ++i) {
      const RunPassage& passage = record.passages[i];
      const bool is_cited = std::ranges::any_of(
          record.citations, [&](const RunCitation& citation) { return citation.passage == i + 1; });
      html_ += Element("div", is_cited ? "passage cited" : "passage",
                       "<b>[" + std::to_string(i + 1) + "] " + E(passage.heading) + "</b> <code>" +
                           E(passage.document) + "</code>\n" + E(passage.text));
    }
    html_ += "</details>";
  }

  void WriteRetrieval(const RunRecord& record) {
    if (record.candidates.empty()) return;
    html_ += "<details class=\"inner\"><summary>retrieval: the first of " +
             std::to_string(record.candidates.size()) +
             " candidates</summary><div class=\"scroll\"><table>" +
             Head({"#", "document", "bytes", "score", "by words", "by meaning"}, 2);
    for (size_t i = 0; i < std::min(kCandidatesShown, record.candidates.size()); ++i) {
      const RunCandidate& one = record.candidates[i];
      const auto rank = [](uint32_t place) {
        return place == 0 ? std::string("–") : std::to_string(place);
      };
      char score[32];
      std::snprintf(score, sizeof(score), "%.4f", one.score);
      html_ += "<tr>" + Cell(std::to_string(i + 1)) + Cell(E(one.document)) +
               NumberCell(std::to_string(one.begin) + "–" + std::to_string(one.end)) +
               NumberCell(score) + NumberCell(rank(one.lexical_rank)) +
               NumberCell(rank(one.dense_rank)) + "</tr>";
    }
    html_ += "</table></div></details>";
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
