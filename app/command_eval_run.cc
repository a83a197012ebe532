// quarry eval run, report, gate, runs.

#include <algorithm>

#include "app/command_engine.h"
#include "app/commands_eval.h"
#include "app/eval_setup.h"
#include "app/output_eval.h"
#include "app/profile_setup.h"
#include "app/progress.h"
#include "base/file.h"
#include "base/hash.h"
#include "eval/calibration_store.h"
#include "eval/report.h"
#include "eval/run_store.h"
#include "eval/suite_run.h"

namespace quarry::app {
namespace {

constexpr uint32_t kHistory = 30;  // runs of a suite in its trend

// Runs of the suite that are finished and older, oldest first. What cannot be read is told and left
// out: the run that is reported loses nothing by an old one.
void AddHistory(const eval::RunStore& store, eval::RunReport& report, Console& console) {
  const auto tell = [&](const Status& status) {
    console.Note("left out of the history: " + status.ToString());
  };
  std::vector<Status> damaged;
  const Result<std::vector<eval::RunManifest>> manifests = store.List(kHistory * 4, &damaged);
  if (!manifests.ok()) return tell(manifests.status());
  for (const Status& status : damaged) tell(status);
  std::vector<eval::HistoryPoint> history;
  const eval::RunManifest& now = report.run.manifest;
  for (const eval::RunManifest& manifest : *manifests) {
    if (manifest.suite != now.suite || manifest.id == now.id ||
        manifest.created_micros > now.created_micros || history.size() + 1 >= kHistory) {
      continue;
    }
    const Result<eval::Run> run = store.Read(manifest.id);
    if (!run.ok()) {
      tell(run.status());
      continue;
    }
    if (run->records.size() < uint64_t{manifest.cases} * manifest.repeats) continue;
    history.push_back(eval::MakeHistoryPoint(*run, report.run));
  }
  std::reverse(history.begin(), history.end());
  report.history.insert(report.history.begin(), history.begin(), history.end());
}

Status WriteReports(const std::vector<std::string>& paths, const eval::RunReport& report,
                    const CommandContext& context) {
  for (const std::string& path : paths) {
    QUARRY_ASSIGN_OR_RETURN(const std::string text, eval::ReportFor(path, report));
    QUARRY_RETURN_IF_ERROR(WriteFileAtomically(PathOf(context, path), text).Annotate("--report"));
    NoteReport(path, context);
  }
  return OkStatus();
}

// Before an hour of asking, not after it.
Status CheckReports(const std::vector<std::string>& paths, const CommandContext& context) {
  for (const std::string& path : paths) {
    QUARRY_RETURN_IF_ERROR(CheckReportFolder(path, context));
    QUARRY_RETURN_IF_ERROR(eval::ReportFor(path, eval::RunReport()).status().Annotate("--report"));
  }
  return OkStatus();
}

void Print(const eval::RunReport& report, uint32_t shown, Console& console) {
  console.Print(console.json() ? eval::ReportJson(report) + "\n"
                               : RunReportText(report, shown, console));
}

// The run goes on where one like it was left ("" = there is none).
Result<eval::RunManifest> StartRun(const std::string& unfinished, eval::RunManifest manifest,
                                   eval::RunStore& store, Console& console) {
  if (unfinished.empty()) return store.Create(std::move(manifest));
  QUARRY_ASSIGN_OR_RETURN(const std::vector<uint32_t> parts, store.Parts(unfinished));
  console.Note("going on with run " + unfinished + ": " + std::to_string(parts.size()) +
               " answers are there");
  return store.ReadManifest(unfinished);
}

// The judge by other seeds, one for each judgement beside the first.
Result<std::vector<std::unique_ptr<eval::Judge>>> MakeJudgesAgain(const EvalRunArguments& arguments,
                                                                  Engine& engine) {
  std::vector<std::unique_ptr<eval::Judge>> judges;
  if (arguments.judgements > 1 && arguments.judge != "llm") {
    return InvalidArgumentError(
        "--judgements: the local judge says the same every time; --judge llm");
  }
  for (uint64_t seed = 2; seed <= arguments.judgements; ++seed) {
    QUARRY_ASSIGN_OR_RETURN(std::unique_ptr<eval::Judge> judge,
                            MakeJudge(arguments.judge, engine, seed));
    judges.push_back(std::move(judge));
  }
  return judges;
}

// An engine for reading runs; none is needed where all of them are files.
Result<std::optional<CommandEngine>> OpenForRuns(const std::vector<std::string>& names,
                                                 CommandContext& context) {
  const bool all_files = std::ranges::all_of(
      names, [](const std::string& name) { return name.empty() || name.ends_with(".jsonl"); });
  if (all_files) return std::optional<CommandEngine>();
  QUARRY_ASSIGN_OR_RETURN(CommandEngine engine, CommandEngine::Open(context, StoreAccess::kRead));
  return std::optional(std::move(engine));
}

// What the store knows of the errors of a judge; nothing where there is no store, or somebody else has it. Of
// runs that are files: they can do without.
Result<std::optional<eval::JudgeCalibration>> CalibrationHere(const std::string& judge,
                                                              CommandContext& context) {
  if (judge.empty()) return std::optional<eval::JudgeCalibration>();
  const Result<CommandEngine> engine = CommandEngine::Open(context, StoreAccess::kRead);
  if (engine.ok()) return eval::FindCalibration((*engine)->index().objects(), judge);
  const Code code = engine.status().code();
  if (code != Code::kNotFound) {
    context.console.Note(
        "what the judge said is not corrected for its errors: " +
        (code == Code::kLocked ? "the store is in use" : engine.status().message()));
  }
  return std::optional<eval::JudgeCalibration>();
}

// Runs of two suites are not compared: what they were asked is not the same. `name`: as it was given.
Status CheckSuite(const std::string& name, const eval::Run& baseline, const std::string& suite) {
  if (baseline.manifest.suite == suite) return OkStatus();
  return InvalidArgumentError("baseline \"" + name + "\": run " + baseline.manifest.id +
                              " is of the suite \"" + baseline.manifest.suite +
                              "\"; expected a run of the suite \"" + suite + '"');
}

// `gates`: nullopt = those of the suite that is named, or of the run.
Result<eval::RunReport> ReportOf(const EvalReportArguments& arguments,
                                 std::optional<std::vector<eval::Gate>> gates,
                                 CommandContext& context) {
  QUARRY_RETURN_IF_ERROR(CheckReports(arguments.reports, context));
  QUARRY_ASSIGN_OR_RETURN(const std::optional<CommandEngine> opened,
                          OpenForRuns({arguments.run, arguments.baseline}, context));
  Engine* const engine = opened ? &**opened : nullptr;
  Result<eval::Run> found = FindRun(arguments.run, engine, context);
  if (found.status().code() == Code::kNotFound && !arguments.baseline.empty()) {
    // Of two names that are wrong, both are said at once.
    const Status before = FindRun(arguments.baseline, engine, context).status();
    if (before.code() == Code::kNotFound && arguments.baseline != arguments.run)
      return NotFoundError(before.message() + "; " + found.status().message());
  }
  QUARRY_ASSIGN_OR_RETURN(eval::Run run, std::move(found));
  eval::ReportOptions options;
  options.gates = std::move(gates);
  std::string baseline = arguments.baseline;
  if (!arguments.suite.empty()) {
    QUARRY_ASSIGN_OR_RETURN(eval::Suite suite, FindSuite(arguments.suite, context));
    options.gates = std::move(suite.gates);
    if (baseline.empty()) baseline = suite.baseline;
  }
  if (!baseline.empty()) {
    QUARRY_ASSIGN_OR_RETURN(options.baseline,
                            FindBaseline(baseline, engine, context, run.manifest));
    QUARRY_RETURN_IF_ERROR(CheckSuite(baseline, *options.baseline, run.manifest.suite));
  }
  QUARRY_ASSIGN_OR_RETURN(options.calibration,
                          engine != nullptr
                              ? eval::FindCalibration(engine->index().objects(), run.manifest.judge)
                              : CalibrationHere(run.manifest.judge, context));
  if (!arguments.labels.empty()) {
    QUARRY_ASSIGN_OR_RETURN(options.labels,
                            eval::ReadCaseLabels(PathOf(context, arguments.labels)));
  }
  QUARRY_ASSIGN_OR_RETURN(eval::RunReport report,
                          eval::MakeReport(std::move(run), std::move(options)));
  if (engine != nullptr) {
    const eval::RunStore store(engine->index().objects());
    AddHistory(store, report, context.console);
  }
  QUARRY_RETURN_IF_ERROR(WriteReports(arguments.reports, report, context));
  Print(report, arguments.shown, context.console);
  return report;
}

}  // namespace

Result<int> RunEvalRun(const EvalRunArguments& arguments, CommandContext& context) {
  QUARRY_RETURN_IF_ERROR(CheckReports(arguments.reports, context));
  QUARRY_ASSIGN_OR_RETURN(eval::Suite suite, FindSuite(arguments.suite, context));
  if (arguments.repeats != 0) suite.repeats = arguments.repeats;
  eval::ReportOptions options;
  const std::string baseline = arguments.baseline.empty() ? suite.baseline : arguments.baseline;
  if (baseline.ends_with(".jsonl")) {
    QUARRY_ASSIGN_OR_RETURN(options.baseline, eval::ReadRunFile(PathOf(context, baseline)));
    QUARRY_RETURN_IF_ERROR(CheckSuite(baseline, *options.baseline, suite.name));
  }
  QUARRY_ASSIGN_OR_RETURN(const SuiteBench bench, OpenSuiteBench(suite, context));
  QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<eval::Judge> judge,
                          MakeJudge(arguments.judge, *bench.engine));
  QUARRY_ASSIGN_OR_RETURN(const std::vector<std::unique_ptr<eval::Judge>> judges_again,
                          MakeJudgesAgain(arguments, *bench.engine));
  eval::RunParts parts{.retriever = bench.engine->retriever(),
                       .answerer = bench.engine->answerer(),
                       .snapshot = *bench.snapshot,
                       .judge = judge.get()};
  for (const auto& again : judges_again) parts.judges_again.push_back(again.get());
  eval::RunSettings settings;
  settings.query.mode = bench.config.mode;
  settings.query.k = bench.config.k;
  settings.correct = bench.config.assistant.correct;
  QUARRY_RETURN_IF_ERROR(
      UseProfile(arguments.profile, context, *bench.engine, settings.query).status());
  if (arguments.use_cache && !bench.config.cache.enabled) {
    return FailedPreconditionError(
        "--cache: cache.enabled is off: no answer can come from the cache");
  }
  settings.cache = arguments.use_cache ? generation::CacheUse::kRead : generation::CacheUse::kOff;
  settings.jobs = static_cast<uint32_t>(ThreadCount(arguments.jobs));
  QUARRY_ASSIGN_OR_RETURN(eval::RunManifest manifest, eval::DescribeRun(suite, parts, settings));
  manifest.name = arguments.name;
  manifest.program = ProgramVersion();
  manifest.config = bench.options;
  if (!arguments.profile.empty()) manifest.config["profile"] = arguments.profile;
  std::string all_options;
  for (const auto& [key, value] : manifest.config) all_options += key + "=" + value + "\n";
  manifest.config_hash = HashToHex(Hash64(all_options));
  manifest.created_micros = bench.engine->clock().NowMicros();

  eval::RunStore store(bench.engine->index().objects());
  QUARRY_ASSIGN_OR_RETURN(std::string unfinished, store.FindUnfinished(manifest));
  if (!baseline.empty() && !options.baseline) {
    // "latest" is the run of the suite before this one, also where this one goes on, or begins anew.
    QUARRY_ASSIGN_OR_RETURN(options.baseline, store.Find(baseline, unfinished, suite.name));
    QUARRY_RETURN_IF_ERROR(CheckSuite(baseline, *options.baseline, suite.name));
  }
  if (arguments.restart) unfinished.clear();
  QUARRY_ASSIGN_OR_RETURN(manifest,
                          StartRun(unfinished, std::move(manifest), store, context.console));
  ProgressPrinter progress(context.console);
  const Status asked = eval::RunCases(suite.cases, manifest, parts, settings, store,
                                      progress.StageSink(), context.call);
  progress.Clear();
  if (!asked.ok()) {
    return asked.Annotate("run " + manifest.id + " (the same command goes on with it)");
  }
  QUARRY_ASSIGN_OR_RETURN(eval::Run run, store.Read(manifest.id));
  // Those of the suite as it stands now: a run that went on may have begun under others.
  options.gates = suite.gates;
  QUARRY_ASSIGN_OR_RETURN(options.calibration,
                          eval::FindCalibration(bench.engine->index().objects(), manifest.judge));
  QUARRY_ASSIGN_OR_RETURN(eval::RunReport report,
                          eval::MakeReport(std::move(run), std::move(options)));
  AddHistory(store, report, context.console);
  QUARRY_RETURN_IF_ERROR(WriteReports(arguments.reports, report, context));
  Print(report, arguments.shown, context.console);
  return report.gates.exit_code();
}

Result<int> RunEvalReport(const EvalReportArguments& arguments, CommandContext& context) {
  QUARRY_RETURN_IF_ERROR(ReportOf(arguments, std::nullopt, context).status());
  return kExitDone;
}

Result<int> RunEvalGate(const EvalReportArguments& arguments, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const eval::RunReport report, ReportOf(arguments, std::nullopt, context));
  if (report.gates.results.empty() && report.gates.invalid.empty()) {
    return InvalidArgumentError("run " + report.run.manifest.id +
                                " has no gates, so nothing can pass; --suite DIR says whose");
  }
  return report.gates.exit_code();
}

Result<int> RunEvalCompare(const EvalCompareArguments& arguments, CommandContext& context) {
  std::vector<eval::Gate> gates;
  for (const std::string& metric : arguments.metrics) {
    gates.push_back(
        {.kind = eval::Gate::Kind::kNoRegression, .metric = metric, .value = arguments.margin});
    QUARRY_RETURN_IF_ERROR(eval::ValidateGate(gates.back()).Annotate("--metric"));
  }
  const EvalReportArguments report_arguments{.run = arguments.after,
                                             .baseline = arguments.before,
                                             .reports = arguments.reports,
                                             .shown = arguments.shown};
  QUARRY_ASSIGN_OR_RETURN(const eval::RunReport report,
                          ReportOf(report_arguments, std::move(gates), context));
  return report.gates.exit_code();
}

Result<int> RunEvalRuns(const EvalRunsArguments& arguments, CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const CommandEngine engine,
                          CommandEngine::Open(context, StoreAccess::kRead));
  const eval::RunStore store(engine->index().objects());
  std::vector<Status> damaged;
  QUARRY_ASSIGN_OR_RETURN(const std::vector<eval::RunManifest> manifests,
                          store.List(1000, &damaged));
  std::vector<RunListItem> items;
  for (const eval::RunManifest& manifest : manifests) {
    if (!arguments.suite.empty() && manifest.suite != arguments.suite) continue;
    if (items.size() >= arguments.limit) break;
    const Result<eval::Run> run = store.Read(manifest.id);
    if (!run.ok()) {
      damaged.push_back(run.status());
      continue;
    }
    items.push_back({.manifest = manifest,
                     .records = run->records.size(),
                     .point = eval::MakeHistoryPoint(*run, *run)});
  }
  for (const Status& status : damaged) context.console.Note("left out: " + status.ToString());
  context.console.Print(context.console.json() ? RunListJson(items)
                                               : RunListText(items, context.console));
  return kExitDone;
}

}  // namespace quarry::app
