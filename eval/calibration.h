#pragma once

// What a judge's verdicts say of the truth, once the judge was measured against people: a rate that
// it reports is corrected for its errors, with an interval that knows of them.
//
//   RoganGladen         from its sensitivity and specificity alone (Rogan and Gladen, 1978; the
//                       interval is that of Lang and Reiczigel, 2014). Holds where claims are as
//                       hard for the judge as those that it was measured on.
//   PredictionPowered   from human labels on a part of the very cases that are reported
//                       (Angelopoulos and others: "Prediction-powered inference", 2023, and the
//                       weight of "PPI++", 2023). Holds whatever the judge is worth; a good one
//                       narrows the interval.
//
// Pure functions; thread-safe.

#include <map>
#include <span>
#include <string>

#include "eval/judge_check.h"

namespace quarry::eval {

inline constexpr double kFewestLabels = 30;
inline constexpr uint64_t kFewestGroups = 10;  // documents, say, that the labels are of

struct LanguageKappa {
  Estimate kappa;     // from -1 where it is of fewer than kFewestGroups
  double fewest = 0;  // labels of the kind of which there are fewer
};

// A judge as it was measured. Stored by `quarry eval judge-check`, read by reports.
struct JudgeCalibration {
  std::string judge;  // fingerprint
  uint64_t rows = 0;
  uint64_t unjudged = 0;
  VerdictCounts counts;
  Estimate kappa;
  Estimate accuracy;
  // Those that it was measured in: a report of a run that asks in another does not trust it.
  std::map<std::string, LanguageKappa> languages;

  // Surely so, in all and in every language that it was measured in: the lower bound of kappa
  // reaches kTrustedKappa, by kFewestLabels labels of either kind at least.
  bool trusted() const;
};

// Of several measured sets, `rows` of which the judge was not tuned on.
JudgeCalibration CalibrationOf(const std::string& judge, std::span<const LabelledVerdict> rows);

// One line for a report: whether the judge is trusted, and why.
std::string TrustText(const JudgeCalibration& calibration);

// JSON on one line. Parsing is strict: kDataLoss names the key.
std::string CalibrationLine(const JudgeCalibration& calibration);
Result<JudgeCalibration> ParseCalibration(std::string_view line);

// Of `total` claims the judge called `positive` carried; the rate of those that are. [0, 1] where
// the judge tells nothing (sensitivity + specificity <= 1, or one of both labels was never seen).
// Claims are taken as independent: of those that are not, so many as they are worth (CountEffective of
// statistics.h). Labels of one group count as the interval of the judge's accuracy, which knows of groups, says
// they do.
Estimate RoganGladen(const JudgeCalibration& calibration, double positive, double total);

// A case that people labelled and the judge scored.
struct LabelledScore {
  double label = 0;
  double judged = 0;
};
// The mean label of all cases, of which `unlabelled` have the judge's score only; labels and scores lie
// in [0, 1], and so does what is said of them. By Student's t; [0, 1] below two labels. Cases are taken
// as independent, whatever cluster they are of.
Estimate PredictionPoweredMean(std::span<const LabelledScore> labelled,
                               std::span<const double> unlabelled);

}  // namespace quarry::eval
