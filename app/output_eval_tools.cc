// The parts of output_eval.h about suites themselves: lint, plan, sweep.

#include "app/json_line.h"
#include "app/output_eval.h"
#include "app/output_text.h"
#include "app/text_layout.h"
#include "base/numbers.h"

namespace quarry::app {
namespace {

using eval::LintFinding;

constexpr size_t kTrialsShown = 12;

// Of one width.
std::string LevelText(LintFinding::Level level, const Console& console) {
  switch (level) {
    case LintFinding::Level::kError:
      return console.Styled(Style::kBad, "error  ");
    case LintFinding::Level::kWarning:
      return console.Styled(Style::kWarning, "warning");
    case LintFinding::Level::kDraft:
      return "draft  ";
  }
  return "";
}

std::string LevelName(LintFinding::Level level) {
  switch (level) {
    case LintFinding::Level::kError:
      return "error";
    case LintFinding::Level::kWarning:
      return "warning";
    case LintFinding::Level::kDraft:
      return "draft";
  }
  return "";
}

std::string Points(double share) { return FormatFixed(100 * share, 1) + " percentage points"; }

}  // namespace

std::string LintText(const eval::LintReport& report, const Console& console) {
  std::string text;
  for (const LintFinding& finding : report.findings) {
    text += LevelText(finding.level, console) + "  " +
            (finding.case_id.empty() ? "" : OneLine(finding.case_id) + ": ") +
            OneLine(finding.message) + "\n";
  }
  text += Counted(report.cases, "case") + " (" + WithThousands(report.unanswerable) +
          " unanswerable, " + Counted(report.drafts, "draft") + " beside them), " +
          Counted(report.spans, "gold span");
  if (report.moved_spans > 0) {
    text += ", " + std::to_string(report.moved_spans) + " moved (--apply writes where they are)";
  }
  return text + "; " +
         (report.detectable < 1
              ? "they show a difference of " + Points(report.detectable) + " and more"
              : "no difference can be shown with so few") +
         "\n";
}

std::string LintJson(const eval::LintReport& report) {
  Json json = {{"cases", report.cases},
               {"drafts", report.drafts},
               {"unanswerable", report.unanswerable},
               {"spans", report.spans},
               {"moved_spans", report.moved_spans},
               {"detectable", report.detectable},
               {"findings", Json::array()}};
  for (const LintFinding& finding : report.findings) {
    json["findings"].push_back({{"level", LevelName(finding.level)},
                                {"case", finding.case_id},
                                {"message", finding.message}});
  }
  return Line(json);
}

std::string PlanText(const eval::EvalPlan& plan) {
  std::string text = "To see " + Points(plan.input.detect) + " where two systems disagree on " +
                     FormatFixed(100 * plan.input.discordance, 0) +
                     " % of the cases (5 % two-sided, 80 % "
                     "power):\n  " +
                     WithThousands(plan.cases) + " paired cases";
  if (plan.input.cases > 0 || plan.input.drafts > 0) {
    text += "; there are " + WithThousands(plan.input.cases);
    if (plan.input.drafts > 0) {
      text += " and " + Counted(plan.input.drafts, "draft") +
              (plan.input.drafts == 1 ? " that is not asked yet" : " that are not asked yet");
    }
    text +=
        std::string(", ") +
        (plan.more_cases == 0 ? "enough" : WithThousands(plan.more_cases) + " more are needed") +
        (plan.shown < 1 ? "\n  those that there are show " + Points(plan.shown) + " and more"
                        : "\n  no difference can be shown with those that there are");
  }
  text += "\n  a run makes " + WithThousands(plan.answers) + " answers";
  if (plan.tokens > 0) text += ", " + WithThousands(static_cast<uint64_t>(plan.tokens)) + " tokens";
  if (plan.judge_calls > 0) {
    text += ", " + WithThousands(static_cast<uint64_t>(plan.judge_calls)) + " calls of the judge";
  }
  if (plan.cost > 0) text += ", cost " + FormatFixed(plan.cost, 2);
  if (plan.seconds > 0) text += ", " + FormatSeconds(plan.seconds) + " one after the other";
  return text + "\n";
}

std::string PlanJson(const eval::EvalPlan& plan) {
  return Line({{"detect", plan.input.detect},
               {"discordance", plan.input.discordance},
               {"cases", plan.cases},
               {"more_cases", plan.more_cases},
               {"drafts", plan.input.drafts},
               {"shown", plan.shown},
               {"answers", plan.answers},
               {"tokens", plan.tokens},
               {"judge_calls", plan.judge_calls},
               {"cost", plan.cost},
               {"seconds", plan.seconds}});
}

std::string SweepReportText(const eval::SweepReport& report, const eval::SweepText& names,
                            const Console& console) {
  const eval::SweepTrial& winner = report.trials[report.winner];
  std::string text =
      console.Styled(Style::kTitle, OneLine(names.what)) + "  " +
      (report.is_better() ? console.Styled(Style::kGood, "better than the default")
                          : console.Styled(Style::kWarning, "not shown to be better")) +
      "\n" + OneLine(eval::Describe(winner.setting)) + "\n";
  if (report.folds > 0) {
    text += "each of " + std::to_string(report.folds) + " parts at what won on the others;\n";
  }
  text += "on " + std::to_string(report.held_out) + " held-out questions: " + names.quality + " " +
          FormatFixed(report.default_quality, 4) + " -> " + FormatFixed(report.winner_quality, 4) +
          ", " + FormatSigned(report.gain.mean, 4) + " (95 % interval " +
          FormatSigned(report.gain.low, 4) + " to " + FormatSigned(report.gain.high, 4) + ", p " +
          eval::FormatP(report.p) + "); " + FormatFixed(report.default_micros / 1000, 2) + " -> " +
          FormatFixed(report.winner_micros / 1000, 2) + " ms\n";
  text += std::to_string(report.trials.size()) + " configurations raced on " +
          std::to_string(report.choosing) + " others, " + WithThousands(report.answers) +
          " answers in all; what stands there chose, and is too high:\n\n";
  std::vector<std::vector<std::string>> rows = {{"asked", names.quality, "ms", "", "setting"}};
  for (size_t i = 0; i < report.trials.size(); ++i) {
    const eval::SweepTrial& trial = report.trials[i];
    const bool is_default = i == report.default_trial;
    if (i >= kTrialsShown && !is_default) continue;
    rows.push_back({std::to_string(trial.asked), FormatFixed(trial.quality, 4),
                    FormatFixed(trial.micros / 1000, 2), trial.on_front ? "front" : "",
                    OneLine(eval::Describe(trial.setting))});
  }
  return text + Table(rows, {0, 1, 2}, console);
}

}  // namespace quarry::app
