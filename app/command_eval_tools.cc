// quarry eval lint, plan.

#include "app/command_engine.h"
#include "app/commands_eval.h"
#include "app/eval_setup.h"
#include "app/output_eval.h"
#include "eval/suite_run.h"

namespace quarry::app {

Result<int> RunEvalLint(const EvalSuiteArguments& arguments, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(eval::Suite suite,
                          FindSuite(arguments.suite, context, eval::SuiteUse::kInWork));
  QUARRY_ASSIGN_OR_RETURN(const SuiteBench bench, OpenSuiteBench(suite, context));
  QUARRY_ASSIGN_OR_RETURN(
      const eval::LintReport report,
      eval::LintSuite(suite, *bench.snapshot, bench.engine->analyzer(), context.call));
  if (arguments.apply) {
    suite.cases = report.repaired;
    QUARRY_RETURN_IF_ERROR(eval::WriteSuite(suite));
  }
  context.console.Print(context.console.json() ? LintJson(report)
                                               : LintText(report, context.console));
  return report.has_errors() ? kExitPartly : kExitDone;
}

Result<int> RunEvalPlan(const EvalPlanArguments& arguments, CommandContext& context) {
  eval::PlanInput input{.detect = arguments.detect, .discordance = arguments.discordance};
  if (!arguments.suite.empty()) {
    // Also of one that is only drafts yet: how many it takes is asked before they are read.
    QUARRY_ASSIGN_OR_RETURN(const eval::Suite suite,
                            FindSuite(arguments.suite, context, eval::SuiteUse::kInWork));
    input.cases = eval::CasesToRun(suite.cases).size();
    input.drafts = suite.cases.size() - input.cases;
    input.repeats = suite.repeats;
  }
  if (!arguments.run.empty()) {
    std::optional<CommandEngine> engine;
    if (!arguments.run.ends_with(".jsonl")) {
      QUARRY_ASSIGN_OR_RETURN(engine, CommandEngine::Open(context, StoreAccess::kRead));
    }
    QUARRY_ASSIGN_OR_RETURN(const eval::Run run,
                            FindRun(arguments.run, engine ? &**engine : nullptr, context));
    eval::TakeCosts(run, input);
  }
  QUARRY_ASSIGN_OR_RETURN(const eval::EvalPlan plan, eval::MakePlan(input));
  context.console.Print(context.console.json() ? PlanJson(plan) : PlanText(plan));
  return kExitDone;
}

}  // namespace quarry::app
