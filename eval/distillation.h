#pragma once

// Answers of a run as examples for a smaller model: distillation. Only of a run that its gates let
// through, and of it only what passed; what a model should not learn from is left out as of any other
// answer (feedback_export.h): false cache hits, claims that the passages do not carry, refusals,
// questions near those that are held out. Pure.

#include <map>
#include <string>
#include <vector>

#include "eval/feedback_export.h"
#include "eval/report.h"

namespace quarry::eval {

struct DistilledAnswers {
  std::vector<RatedAnswer> answers;          // rated up, in the order of the run; of a case one
  std::map<std::string, uint64_t> left_out;  // by reason
};

// kFailedPrecondition for a run that is not finished, is not valid, or has gates that it does not pass
// surely; and for one without gates, of which nobody said what is good enough.
Result<DistilledAnswers> DistilRun(const RunReport& report);

}  // namespace quarry::eval
