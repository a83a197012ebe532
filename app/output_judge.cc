#include "app/output_judge.h"

#include "app/json_line.h"
#include "app/output_text.h"
#include "app/text_layout.h"
#include "base/numbers.h"

namespace quarry::app {
namespace {

// "0.71 [0.69, 0.73]".
std::string IntervalText(const eval::Estimate& estimate) {
  return FormatFixed(estimate.mean, 2) + " [" + FormatFixed(estimate.low, 2) + ", " +
         FormatFixed(estimate.high, 2) + "]";
}

std::string SetName(const std::string& set) { return set.empty() ? "all" : OneLine(set); }

}  // namespace

std::string JudgeCheckText(const eval::JudgeCheckReport& report,
                           const std::optional<eval::ThresholdTuning>& tuning,
                           const Console& console) {
  std::string text = console.Styled(Style::kTitle, "Judge " + OneLine(report.judge)) + "\n";
  if (tuning) {
    text += "threshold " + FormatFixed(tuning->best, 2) +
            ", chosen on the half of the rows that is not reported below\n";
  }
  if (!report.claims.empty()) {
    std::vector<std::vector<std::string>> rows = {{"set", "language", "rows", "unjudged",
                                                   "accuracy", "kappa", "sensitivity",
                                                   "specificity", "AUC"}};
    for (const eval::JudgeAgreement& one : report.claims) {
      rows.push_back({SetName(one.set), one.language, WithThousands(one.rows),
                      WithThousands(one.unjudged), IntervalText(one.accuracy),
                      IntervalText(one.kappa), IntervalText(one.sensitivity),
                      IntervalText(one.specificity), IntervalText(one.auc)});
    }
    text += Table(rows, {2, 3}, console);
    text += console.Styled(report.calibration.trusted() ? Style::kGood : Style::kWarning,
                           eval::TrustText(report.calibration)) +
            "\n";
  }
  if (report.repeats) {
    text += "asked " + std::to_string(report.repeats->repeats) + " times, it says the same of " +
            IntervalText(report.repeats->same) + " of the claims; " +
            FormatFixed(100 * report.repeats->variance_share, 1) +
            " % of the variance of a verdict come from asking again\n";
  }
  if (!report.pairs.empty()) {
    std::vector<std::vector<std::string>> rows = {{"pairs", "language", "rows", "ties", "unjudged",
                                                   "accuracy", "same in both orders", "first shown",
                                                   "longer", "longer, people"}};
    for (const eval::PairAgreement& one : report.pairs) {
      rows.push_back({SetName(one.set), one.language, WithThousands(one.rows),
                      WithThousands(one.ties), WithThousands(one.unjudged),
                      IntervalText(one.accuracy), IntervalText(one.swap_consistency),
                      IntervalText(one.first_shown), IntervalText(one.longer),
                      IntervalText(one.longer_label)});
    }
    text += Table(rows, {2, 3, 4}, console);
  }
  return text;
}

std::string JudgeCheckJson(const eval::JudgeCheckReport& report,
                           const std::optional<eval::ThresholdTuning>& tuning) {
  Json json;
  json["judge"] = report.judge;
  json["trusted"] = report.calibration.trusted();
  json["kappa"] = ToJson(report.calibration.kappa);
  if (report.repeats) {
    json["repeats"] = {{"times", report.repeats->repeats},
                       {"same", ToJson(report.repeats->same)},
                       {"variance_share", report.repeats->variance_share}};
  }
  json["sets"] = Json::array();
  for (const eval::JudgeAgreement& one : report.claims) {
    json["sets"].push_back({{"set", one.set},
                            {"language", one.language},
                            {"rows", one.rows},
                            {"groups", one.groups},
                            {"unjudged", one.unjudged},
                            {"accuracy", ToJson(one.accuracy)},
                            {"kappa", ToJson(one.kappa)},
                            {"sensitivity", ToJson(one.sensitivity)},
                            {"specificity", ToJson(one.specificity)},
                            {"auc", ToJson(one.auc)}});
  }
  json["pairs"] = Json::array();
  for (const eval::PairAgreement& one : report.pairs) {
    json["pairs"].push_back({{"set", one.set},
                             {"language", one.language},
                             {"rows", one.rows},
                             {"ties", one.ties},
                             {"unjudged", one.unjudged},
                             {"accuracy", ToJson(one.accuracy)},
                             {"swap_consistency", ToJson(one.swap_consistency)},
                             {"first_shown", ToJson(one.first_shown)},
                             {"longer", ToJson(one.longer)},
                             {"longer_label", ToJson(one.longer_label)}});
  }
  if (tuning) {
    json["threshold"] = tuning->best;
    for (const eval::ThresholdTrial& trial : tuning->trials) {
      json["trials"].push_back({{"threshold", trial.threshold}, {"kappa", trial.kappa}});
    }
  }
  return Line(json);
}

}  // namespace quarry::app
