#pragma once

// Whether a run keeps its gates (gate_spec.h). Pure.
//
// A run in which too much is missing says nothing, and is invalid before any gate: under 98 % of
// the records without an error, under 98 % of the verdicts given, gold spans and documents that the
// corpus has not (over 2 %). The same holds of a baseline, which also has to be of the same suite.
// A judge that is not trusted (kappa not surely 0.6, `quarry eval judge-check`) decides nothing: gates
// over its metrics are inconclusive, and whether a case passes is taken from the case's own checks; where
// more than 2 % of the cases have none, that is inconclusive, too. So is a gate that nothing measured: a
// cache that was not asked, prices that are not known.

#include <string>
#include <vector>

#include "eval/comparison.h"
#include "eval/gate_spec.h"
#include "eval/scorecard.h"

namespace quarry::eval {

enum class GateOutcome : uint8_t { kPass, kFail, kInconclusive };
const char* GateOutcomeName(GateOutcome outcome);  // "pass", "FAIL", "inconclusive"

struct GateResult {
  Gate gate;
  GateOutcome outcome = GateOutcome::kPass;
  std::string detail;  // one line with the figures
};

struct GateReport {
  std::vector<std::string> invalid;  // why the run says nothing; empty = it is valid
  std::vector<GateResult> results;   // in the order of the gates
  std::vector<std::string> notes;    // slices that lost, where that may be chance

  // 0 passed, 1 failed, 3 invalid, 4 inconclusive.
  int exit_code() const;
};

struct GateInput {
  const RunScores&
      scores;  // without the judge (ScoreRun) where it is not trusted, as the baseline's
  const Scorecard& card;
  const RunScores* baseline = nullptr;  // of kNoRegression; null = it is inconclusive
  bool judge_trusted = true;            // also where there is no judge, or nobody has measured it
  uint64_t seed = 1;
};
GateReport EvaluateGates(const std::vector<Gate>& gates, const GateInput& input);

// Why a run says nothing by itself.
std::vector<std::string> ReasonsInvalid(const RunScores& scores);

}  // namespace quarry::eval
