#pragma once

// What a judge reported, corrected for its errors (calibration.h). Pure.

#include <string>
#include <string_view>
#include <vector>

#include "eval/calibration.h"
#include "eval/run.h"
#include "eval/run_scores.h"

namespace quarry::eval {

struct CorrectedRate {
  std::string metric;
  std::string of;      // "claims", "facts", "cases"
  std::string method;  // how it was corrected
  double reported =
      0;  // over all of them together: cases of many claims weigh more than in the metric
  Estimate corrected;
};

// By the judge's sensitivity and specificity: citation.recall (claims by what they cite; those that cite nothing
// are not carried, and no judge errs there),
// answer.recall (expected facts by the answer) and answer.precision (claims by what was expected).
// claims.supported is none of them: it asks many passages of one claim, and the error of a single
// verdict is not its error. Of a question that was asked several times, the first answer.
std::vector<CorrectedRate> CorrectRates(const Run& run, const JudgeCalibration& calibration);

// What people say of some cases of a run: {"case": "en-01", "right": true} a line.
struct CaseLabel {
  std::string id;
  bool right = false;
};
// Errors name file and line: kNotFound; kInvalidArgument, also for a case that stands twice.
Result<std::vector<CaseLabel>> ReadCaseLabels(const std::string& path);

// `pass` as people would say, from labels on a part of the cases and the run's own verdict on all.
// kInvalidArgument: a label of a case that the run has not, or of which it says nothing.
Result<CorrectedRate> CorrectPass(const RunScores& scores, const std::vector<CaseLabel>& labels);

}  // namespace quarry::eval
