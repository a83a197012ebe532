#pragma once

// A judge asked about what people have labelled (judge_labels.h), and what that says of it
// (judge_check.h). `quarry eval judge-check`.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "eval/calibration.h"
#include "eval/judge_check.h"
#include "eval/judge_labels.h"
#include "eval/local_judge.h"
#include "generation/judge_prompts.h"

namespace quarry::eval {

struct JudgeCheckOptions {
  uint32_t limit = 0;  // claims, and pairs, of each set; 0 = all. Drawn by `seed`
  uint64_t seed = 42;
  bool held_out = false;  // only the half that nothing was fitted on (HeldOut)
};

struct JudgeCheckReport {
  std::string judge;                   // fingerprint
  std::vector<JudgeAgreement> claims;  // by set and language, then of all
  std::vector<PairAgreement> pairs;
  JudgeCalibration calibration;
  std::vector<std::optional<bool>> verdicts;  // of each claim of the labels, in their order
  std::optional<JudgeRepeats> repeats;        // where the judge was asked several times
};

// Whether a row is on the half that is reported: by its group, so that rows of one document are on
// one side. The weights of the support scorer were fitted on the other half of the public sets.
bool HeldOut(const std::string& group);

// What is left of the labels: one half, so many of each set, in their order.
JudgeLabels Select(const JudgeLabels& labels, const JudgeCheckOptions& options);

// Verdicts on the claims of one text.
using ClaimJudge = std::function<Result<std::vector<Judgement>>(
    const generation::VerdictQuestion& question, const CallContext& context)>;
using JudgeProgress = std::function<void(uint64_t done, uint64_t total)>;

// Asks about every claim (those of one text together, at most 20) and every pair. Errors: those of
// the judge that are not a matter of one claim.
Result<JudgeCheckReport> CheckJudge(const JudgeLabels& labels, const Judge& judge,
                                    const ClaimJudge& claims, const JudgeProgress& progress,
                                    const CallContext& context);

// The threshold of the local judge.
struct ThresholdTrial {
  double threshold = 0;
  double kappa = 0;  // mean over the sets and languages
};
struct ThresholdTuning {
  std::vector<ThresholdTrial> trials;  // 0.05, 0.10, ..., 0.95
  double best = 0;  // the middle of those whose kappa is within 0.002 of the highest
};
// On the half that is not held out. kInvalidArgument where no row is there.
Result<ThresholdTuning> TuneLocalJudge(const JudgeLabels& labels, const Analyzer& analyzer,
                                       const CallContext& context);

}  // namespace quarry::eval
