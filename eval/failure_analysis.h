#pragma once

// A run looked at case by case: each replayed with its gold passages and without any, the failed ones
// labelled (attribution.h), so that what to change next can be told (advice.h).

#include <functional>
#include <vector>

#include "eval/advice.h"
#include "eval/engine_replayer.h"

namespace quarry::eval {

struct AnalysedRun {
  std::vector<RunRecord> labelled;  // of the run, those that failed, with RunRecord::failure
  std::vector<AxisCase> axes;       // one per case that says whether it passes, means over repeats
  // What the smaller model's answers cost, as a share of the configured one's over the same passages.
  double small_cost_share = 0;
};

// Replays are asked of the engine as it is now: where corpus or configuration have changed since the
// run, they say what is, not what was. Errors: those of the engine, the judge and the call.
Result<AnalysedRun> AnalyseRun(const std::vector<Case>& cases, const Run& run,
                               const ReplayParts& parts, const Judge& judge,
                               const ScoreOptions& options, const index::Progress& progress,
                               const CallContext& context);

}  // namespace quarry::eval
