#pragma once

// What it takes to see a difference: cases, calls, tokens, money. Pure.

#include <cstdint>

#include "eval/run.h"

namespace quarry::eval {

struct PlanInput {
  double detect = 0.05;       // difference of two pass rates
  double discordance = 0.15;  // share of cases on which two systems disagree
  uint32_t repeats = 1;
  uint64_t cases = 0;   // that there are
  uint64_t drafts = 0;  // beside them: asked once somebody accepts them
  // Per answer; 0 = not known.
  double tokens = 0;
  double cost = 0;
  double judge_calls = 0;
  double judge_cost = 0;
  double seconds = 0;
};

struct EvalPlan {
  PlanInput input;
  uint64_t cases = 0;       // needed
  uint64_t more_cases = 0;  // than there are
  double shown = 1;         // difference that those that there are show
  // Of one run of as many cases as are needed.
  uint64_t answers = 0;
  double tokens = 0;
  double cost = 0;
  double judge_calls = 0;
  double seconds = 0;
};

// kInvalidArgument: a difference that is 0, or larger than the discordance.
Result<EvalPlan> MakePlan(const PlanInput& input);

// Tokens, money and calls per answer of a run that is there.
void TakeCosts(const Run& run, PlanInput& input);

}  // namespace quarry::eval
