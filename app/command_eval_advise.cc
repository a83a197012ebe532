// quarry eval advise: why cases of a run failed, and what to change next.

#include <algorithm>
#include <memory>
#include <optional>

#include "app/command_engine.h"
#include "app/commands_eval.h"
#include "app/eval_setup.h"
#include "app/output_advice.h"
#include "app/profile_setup.h"
#include "app/progress.h"
#include "eval/failure_analysis.h"
#include "eval/run_store.h"
#include "generation/extractive_writer.h"
#include "generation/model_writer.h"

namespace quarry::app {
namespace {

constexpr uint32_t kUnlimitedTokens = 1'000'000;
constexpr uint32_t kUnlimitedPassages = eval::kRunDepth;

// What of an engine is replayed with.
struct ReplayEngine {
  ReplayEngine(Engine& engine, const Config& config)
      : extractive(engine.analyzer(), engine.token_counter(), config.answer.extractive) {
    std::optional<generation::AnswerModel> model;
    if (const ChatSetup* chat = engine.chat()) {
      model.emplace(generation::AnswerModel{chat->chat(), chat->prompts()});
      writer = std::make_unique<generation::ModelWriter>(
          chat->chat(), chat->prompts(), engine.analyzer(), extractive, config.answer.model);
      used = writer.get();
    }
    generation::AnswerOptions options = config.answer;
    options.context.token_budget = kUnlimitedTokens;
    options.context.max_passages = kUnlimitedPassages;
    unlimited.emplace(engine.analyzer(), engine.retriever(), engine.token_counter(), options,
                      model);
    cached.emplace(*unlimited, engine.index(), nullptr, engine.metrics());
  }

  ReplayEngine(const ReplayEngine&) = delete;
  ReplayEngine& operator=(const ReplayEngine&) = delete;

  generation::ExtractiveWriter extractive;
  std::unique_ptr<generation::ModelWriter> writer;
  const generation::AnswerWriter* used = &extractive;  // the model's, where there is one
  std::optional<generation::Answerer> unlimited;
  std::optional<generation::CachedAnswerer> cached;
};

// The labels into the records of the run that is stored.
Status KeepLabels(const eval::Run& run, const std::vector<eval::Case>& cases,
                  const std::vector<eval::RunRecord>& labelled, eval::RunStore& store) {
  for (const eval::RunRecord& record : labelled) {
    const auto found = std::ranges::find(cases, record.case_id, &eval::Case::id);
    if (found == cases.end()) continue;
    const auto index = static_cast<uint32_t>(found - cases.begin());
    QUARRY_RETURN_IF_ERROR(store.Append(
        run.manifest.id, eval::RecordPart(index, record.repeat, run.manifest.repeats), record));
  }
  return OkStatus();
}

// Answers that passed and that their passages carry.
uint64_t CleanExamples(const eval::Run& run, const std::vector<eval::AxisCase>& axes) {
  return static_cast<uint64_t>(std::ranges::count_if(run.records, [&](const auto& record) {
    const auto axis = std::ranges::find(axes, record.case_id, &eval::AxisCase::id);
    return record.repeat == 0 && !record.abstained && axis != axes.end() && axis->now == 1 &&
           !axis->failure;
  }));
}

}  // namespace

Result<int> RunEvalAdvise(const EvalAdviseArguments& arguments, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const eval::Suite suite, FindSuite(arguments.suite, context));
  QUARRY_ASSIGN_OR_RETURN(const SuiteBench bench, OpenSuiteBench(suite, context));
  Engine& engine = *bench.engine;
  QUARRY_ASSIGN_OR_RETURN(const eval::Run run, FindRun(arguments.run, &engine, context));
  QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<eval::Judge> judge,
                          MakeJudge(arguments.judge, engine));
  if (judge == nullptr) {
    return InvalidArgumentError("--judge: without a judge nothing is known of what answers say");
  }
  if (!arguments.small_model.empty() && engine.chat() == nullptr) {
    return FailedPreconditionError("--small-model: no chat model is configured (chat.model)");
  }
  if (run.records.size() < uint64_t{run.manifest.cases} * run.manifest.repeats) {
    return FailedPreconditionError("run " + run.manifest.id + ": it is not finished; the same " +
                                   "`quarry eval run` goes on with it");
  }
  if (run.manifest.commit != bench.snapshot->commit().value) {
    context.console.Note(
        "the collection has changed since the run: replays tell of it as it is now");
  }
  const ReplayEngine replays(engine, bench.config);
  eval::RunSettings settings;
  settings.query.mode = bench.config.mode;
  settings.query.k = bench.config.k;
  settings.correct = bench.config.assistant.correct;
  const auto profile = run.manifest.config.find("profile");
  if (profile != run.manifest.config.end()) {
    const Status used = UseProfile(profile->second, context, engine, settings.query).status();
    if (used.code() == Code::kNotFound) {
      context.console.Note("the profile \"" + profile->second +
                           "\" of the run is gone: replays are made without it");
    } else {
      QUARRY_RETURN_IF_ERROR(used.Annotate("profile of the run"));
    }
  }
  const eval::ReplayParts parts{.run = {.retriever = engine.retriever(),
                                        .answerer = engine.answerer(),
                                        .snapshot = *bench.snapshot},
                                .settings = settings,
                                .writer = *replays.used,
                                .unlimited = &*replays.cached,
                                .chat = engine.chat() ? &engine.chat()->chat() : nullptr,
                                .small_model = arguments.small_model};
  const std::vector<eval::Case> cases = eval::CasesOf(run);
  ProgressPrinter progress(context.console);
  const Result<eval::AnalysedRun> analysed =
      eval::AnalyseRun(cases, run, parts, *judge, {.max_words = run.manifest.max_words},
                       progress.StageSink(), context.call);
  progress.Clear();
  QUARRY_RETURN_IF_ERROR(analysed.status());
  if (!arguments.run.ends_with(".jsonl")) {
    eval::RunStore store(engine.index().objects());
    QUARRY_RETURN_IF_ERROR(KeepLabels(run, cases, analysed->labelled, store));
  }
  eval::AdviceOptions options{.target = arguments.target,
                              .clean_examples = CleanExamples(run, analysed->axes),
                              .prompts_tried = arguments.prompts_tried};
  for (const eval::RunRecord& record : run.records) {
    options.cost_per_case += record.usage.cost / static_cast<double>(run.records.size());
  }
  options.small_cost_per_case = options.cost_per_case * analysed->small_cost_share;
  const bool is_tried = std::ranges::any_of(
      analysed->axes, [](const auto& one) { return one.small_model.has_value(); });
  if (!arguments.small_model.empty() && !is_tried) {
    context.console.Note("--small-model: " + arguments.small_model +
                         " answered none of the cases that name gold passages");
  }
  const eval::AdviceReport report = eval::Advise(analysed->axes, options);
  context.console.Print(context.console.json()
                            ? AdviceJson(report, analysed->labelled)
                            : AdviceReportText(report, analysed->labelled, context.console));
  return kExitDone;
}

}  // namespace quarry::app
