#include "eval/plan.h"

#include <cmath>

#include "eval/statistics.h"

namespace quarry::eval {

Result<EvalPlan> MakePlan(const PlanInput& input) {
  if (!(input.detect > 0 && input.detect < 1)) {
    return InvalidArgumentError("--detect: expected a difference between 0 and 1");
  }
  if (!(input.discordance >= input.detect && input.discordance <= 1)) {
    return InvalidArgumentError(
        "--discordance: two systems that differ by so much disagree on as many cases at least");
  }
  EvalPlan plan{.input = input};
  plan.cases = CasesForDifference(input.detect, input.discordance);
  plan.more_cases = plan.cases > input.cases ? plan.cases - input.cases : 0;
  plan.shown = DetectableDifference(input.cases, input.discordance);
  plan.answers = plan.cases * input.repeats;
  const auto answers = static_cast<double>(plan.answers);
  plan.tokens = answers * input.tokens;
  plan.cost = answers * (input.cost + input.judge_cost);
  plan.judge_calls = answers * input.judge_calls;
  plan.seconds = answers * input.seconds;
  return plan;
}

void TakeCosts(const Run& run, PlanInput& input) {
  const auto count = static_cast<double>(run.records.size());
  if (run.records.empty()) return;
  for (const RunRecord& record : run.records) {
    input.tokens += (record.usage.prompt_tokens + record.usage.completion_tokens) / count;
    input.cost += record.usage.cost / count;
    input.seconds += record.micros / 1e6 / count;
    if (!record.matrix) continue;
    input.judge_calls += record.matrix->calls / count;
    input.judge_cost += record.matrix->usage.cost / count;
  }
}

}  // namespace quarry::eval
