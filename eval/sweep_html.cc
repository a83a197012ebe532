#include "base/markup.h"
#include "base/numbers.h"
#include "eval/report_style.h"
#include "eval/svg_plot.h"
#include "eval/sweep.h"

namespace quarry::eval {
std::string SweepHtml(const SweepReport& report, const SweepText& text) {
  const SweepTrial& winner = report.trials[report.winner];
  std::string html =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n" + std::string(kPageHead) + "<title>" +
      EscapeMarkup(text.what) + ": sweep</title>\n" + kPageStyle + "</head>\n<body>\n<h1>" +
      EscapeMarkup(text.what) + "<span class=\"badge " +
      (report.is_better() ? "pass\">better than the default" : "open\">not shown to be better") +
      "</span></h1>\n";
  html += "<p><code>" + EscapeMarkup(Describe(winner.setting)) + "</code></p>\n<p>On " +
          std::to_string(report.held_out) +
          " held-out questions, which chose nothing: " + EscapeMarkup(text.quality) + " " +
          FormatFixed(report.default_quality, 4) + " → " + FormatFixed(report.winner_quality, 4) +
          ", " + FormatSigned(report.gain.mean, 4) + " (95 % interval " +
          FormatSigned(report.gain.low, 4) + " to " + FormatSigned(report.gain.high, 4) + ", p " +
          FormatFixed(report.p, 4) + "); " + FormatFixed(report.default_micros / 1000, 2) + " → " +
          FormatFixed(report.winner_micros / 1000, 2) + " ms a question.</p>\n";
  html += "<h2>" + EscapeMarkup(text.quality) + " against latency</h2>\n";
  std::vector<ScatterPoint> points;
  for (size_t i = 0; i < report.trials.size(); ++i) {
    const SweepTrial& trial = report.trials[i];
    if (trial.asked < report.choosing) continue;
    points.push_back({.label = Describe(trial.setting),
                      .x = trial.micros / 1000,
                      .y = trial.quality,
                      .on_front = trial.on_front,
                      .chosen = i == report.winner});
  }
  html += ScatterPlot(points, {.x = "milliseconds a question", .y = text.quality});
  html +=
      "<p class=\"small dim\">Of the " + std::to_string(report.choosing) +
      " choosing questions; what wins here is a maximum over " +
      std::to_string(report.trials.size()) +
      " configurations and so too high. Large: the winner. Filled: no other is better, quicker and "
      "cheaper. Dropped ones are not shown.</p>\n";
  html +=
      "<h2>Configurations</h2>\n<div class=\"scroll\"><table><thead><tr><th>setting</th>"
      "<th class=\"n\">asked</th><th class=\"n\">" +
      EscapeMarkup(text.quality) +
      "</th><th class=\"n\">ms</th><th class=\"n\">cost</th></tr></thead>";
  for (size_t i = 0; i < report.trials.size(); ++i) {
    const SweepTrial& trial = report.trials[i];
    html += "<tr><td>" + std::string(i == report.winner ? "<b>" : "") +
            EscapeMarkup(Describe(trial.setting)) + (i == report.winner ? "</b>" : "") +
            (trial.on_front ? " <span class=\"dim\">front</span>" : "") + "</td><td class=\"n\">" +
            std::to_string(trial.asked) + "</td><td class=\"n\">" + FormatFixed(trial.quality, 4) +
            "</td><td class=\"n\">" + FormatFixed(trial.micros / 1000, 2) +
            "</td><td class=\"n\">" + FormatFixed(trial.cost, 5) + "</td></tr>";
  }
  return html + "</table></div>\n</body>\n</html>\n";
}

}  // namespace quarry::eval
