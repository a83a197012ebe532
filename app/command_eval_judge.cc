#include "app/commands.h"
#include "app/engine.h"
#include "app/output_judge.h"
#include "app/progress.h"
#include "base/file.h"
#include "eval/calibration_store.h"
#include "eval/judge_run.h"
#include "eval/llm_judge.h"
#include "eval/local_judge.h"

namespace quarry::app {
namespace {

// The chat model asked again, each time by another seed and without the verdicts that are kept.
Status Repeat(uint32_t repeats, const eval::JudgeLabels& labels, const Engine& engine,
              const eval::JudgeProgress& progress, const CallContext& call,
              eval::JudgeCheckReport& report) {
  eval::JudgeLabels claims_only = labels;
  claims_only.pairs.clear();
  std::vector<std::vector<std::optional<bool>>> verdicts = {report.verdicts};
  while (verdicts.size() < repeats) {
    const eval::LlmJudge judge(engine.chat()->chat(), nullptr, {.seed = 1 + verdicts.size()});
    QUARRY_ASSIGN_OR_RETURN(
        const eval::JudgeCheckReport again,
        eval::CheckJudge(
            claims_only, judge,
            [&](const generation::VerdictQuestion& question, const CallContext& context) {
              return judge.JudgeClaims(question, context);
            },
            progress, call));
    verdicts.push_back(again.verdicts);
  }
  report.repeats = eval::MeasureRepeats(verdicts);
  return OkStatus();
}

}  // namespace

Result<int> RunEvalJudgeCheck(const EvalJudgeCheckArguments& arguments, CommandContext& context) {
  if (arguments.judge != "local" && arguments.judge != "llm") {
    return InvalidArgumentError("--judge: expected local or llm, got \"" + arguments.judge + "\"");
  }
  if (arguments.repeats > 1 && arguments.judge != "llm") {
    return InvalidArgumentError("--repeats: the local judge says the same every time; --judge llm");
  }
  if (arguments.tune && arguments.keep) {
    return InvalidArgumentError(
        "--keep: not with --tune: runs are judged at the threshold that is built in, and no report "
        "looks up another");
  }
  eval::JudgeLabels all;
  for (const std::string& file : arguments.files) {
    QUARRY_RETURN_IF_ERROR(eval::ReadJudgeLabels(file, all));
  }
  // Without --keep nothing is written that lasts.
  Config config = context.config();
  std::optional<TemporaryDirectory> scratch;
  if (!arguments.keep) {
    QUARRY_ASSIGN_OR_RETURN(TemporaryDirectory made, TemporaryDirectory::Create("quarry-eval-"));
    config.store = made.path() + "/store";
    scratch.emplace(std::move(made));
  }
  QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine,
                          Engine::Open(config, StoreAccess::kCreate));

  std::optional<eval::ThresholdTuning> tuning;
  eval::LocalJudgeOptions local_options;
  if (arguments.tune) {
    if (arguments.judge != "local") {
      return InvalidArgumentError("--tune: only the local judge has a threshold");
    }
    QUARRY_ASSIGN_OR_RETURN(tuning, eval::TuneLocalJudge(all, engine->analyzer(), context.call));
    local_options.threshold = tuning->best;
  }
  const eval::LocalJudge local(engine->analyzer(), local_options);
  std::optional<eval::LlmJudge> llm;
  if (arguments.judge == "llm") {
    if (engine->chat() == nullptr) {
      return FailedPreconditionError(
          "--judge llm: no chat model is configured (chat.model, such as "
          "http://127.0.0.1:11434/v1#llama3.1)");
    }
    llm.emplace(engine->chat()->chat(), &engine->index().objects());
  }
  const eval::Judge& judge = llm ? static_cast<const eval::Judge&>(*llm) : local;
  const eval::ClaimJudge claims = [&](const generation::VerdictQuestion& question,
                                      const CallContext& call) {
    return llm ? llm->JudgeClaims(question, call) : local.JudgeClaims(question, call);
  };
  eval::JudgeLabels labels = eval::Select(
      all, {.limit = arguments.limit, .held_out = arguments.tune || arguments.held_out});
  // Which answer is better is told from what was expected, which pairs do not say.
  if (!llm) labels.pairs.clear();
  if (labels.claims.empty() && labels.pairs.empty()) {
    return InvalidArgumentError("LABELS: nothing in them that this judge can be asked about");
  }
  ProgressPrinter progress(context.console);
  const eval::JudgeProgress show = [&](uint64_t done, uint64_t total) {
    progress.Show({.stage = "judging", .done = done, .total = total});
  };
  Result<eval::JudgeCheckReport> report =
      eval::CheckJudge(labels, judge, claims, show, context.call);
  if (report.ok() && arguments.repeats > 1) {
    const Status repeated = Repeat(arguments.repeats, labels, *engine, show, context.call, *report);
    if (!repeated.ok()) report = repeated;
  }
  progress.Clear();
  QUARRY_RETURN_IF_ERROR(report.status());
  if (arguments.keep) {
    QUARRY_RETURN_IF_ERROR(eval::KeepCalibration(engine->index().objects(), report->calibration));
  }
  context.console.Print(context.console.json() ? JudgeCheckJson(*report, tuning)
                                               : JudgeCheckText(*report, tuning, context.console));
  return kExitDone;
}

}  // namespace quarry::app
