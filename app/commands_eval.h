#pragma once

// The commands of `quarry eval` that run suites (docs/evaluation.md). As in commands.h, and exit
// codes of their own: 0 passed, 1 a gate failed, 2 configuration, 3 the run is invalid, 4
// inconclusive.
//
// Errors, besides those of the store and of models: kInvalidArgument (an argument, or a suite, with
// file, line and key), kNotFound (no such run, suite or baseline), kFailedPrecondition (what needs a
// chat model, a finished run or the answer cache, where there is none).

#include <string>
#include <vector>

#include "app/commands.h"

namespace quarry::app {

struct EvalRunArguments {
  std::string suite;  // directory
  std::string name;   // of the run
  std::string judge = "local";
  std::string baseline;     // id, name or file; "" = that of the suite
  uint32_t jobs = 0;        // cases at once; 0 = one per core
  uint32_t repeats = 0;     // 0 = those of the suite
  uint32_t judgements = 1;  // of each answer
  bool use_cache = false;
  bool restart = false;  // do not go on with an unfinished run
  std::string profile;   // asked of the suite's collection; "" = none
  std::vector<std::string> reports;
  uint32_t shown = 10;  // failed cases listed
};
Result<int> RunEvalRun(const EvalRunArguments& arguments, CommandContext& context);

// Of a run that is there: id, the start of one, name, "latest", or a file (.jsonl).
struct EvalReportArguments {
  std::string run;
  std::string baseline;
  std::string suite;   // directory whose gates are asked; "" = those of the run
  std::string labels;  // file of what people say of some cases; "" = none
  std::vector<std::string> reports;
  uint32_t shown = 10;
};
// Exit code 0 whatever the gates say.
Result<int> RunEvalReport(const EvalReportArguments& arguments, CommandContext& context);
// The same, with the exit code of the gates.
Result<int> RunEvalGate(const EvalReportArguments& arguments, CommandContext& context);

struct EvalAdviseArguments {
  std::string run;    // as above
  std::string suite;  // directory that it was made of
  std::string judge = "local";
  double target = 0.9;         // share of cases that shall pass
  uint32_t prompts_tried = 0;  // other prompts that changed nothing
  std::string small_model;     // of the upstream of chat.model; "" = none is tried
};
// Why its cases failed, kept with the run, and what to change next.
Result<int> RunEvalAdvise(const EvalAdviseArguments& arguments, CommandContext& context);

struct EvalCompareArguments {
  std::string before;
  std::string after;
  std::vector<std::string> metrics = {"pass"};  // that may not fall
  double margin = 0.02;
  std::vector<std::string> reports;
  uint32_t shown = 10;
};
// Exit code: that of no_regression over the metrics.
Result<int> RunEvalCompare(const EvalCompareArguments& arguments, CommandContext& context);

struct EvalRankArguments {
  std::vector<std::string> runs;
  std::string judge = "local";
};
// Which runs of the same cases gave the better answers, by pairs.
Result<int> RunEvalRank(const EvalRankArguments& arguments, CommandContext& context);

struct EvalRunsArguments {
  std::string suite;  // name; "" = all
  uint32_t limit = 20;
};
Result<int> RunEvalRuns(const EvalRunsArguments& arguments, CommandContext& context);

struct EvalSuiteArguments {
  std::string suite;
  bool apply = false;  // lint: write the spans that moved
};
Result<int> RunEvalLint(const EvalSuiteArguments& arguments, CommandContext& context);

struct EvalPlanArguments {
  std::string suite;     // "" = from scratch
  std::string run;       // whose tokens and prices are taken; "" = none
  double detect = 0.05;  // difference of two pass rates
  double discordance = 0.15;
};
Result<int> RunEvalPlan(const EvalPlanArguments& arguments, CommandContext& context);

struct EvalSynthArguments {
  std::string directory;
  uint32_t cases = 100;
  uint64_t seed = 1;
};
Result<int> RunEvalSynth(const EvalSynthArguments& arguments, CommandContext& context);

struct EvalImportArguments {
  std::string format;  // of eval/case_formats.h
  std::string from;
  std::string directory;
};
Result<int> RunEvalImport(const EvalImportArguments& arguments, CommandContext& context);

struct EvalExportArguments {
  std::string what;    // a run or the directory of a suite
  std::string format;  // "run", "promptfoo", "trec", ...
  std::string to;
};
Result<int> RunEvalExport(const EvalExportArguments& arguments, CommandContext& context);

struct EvalSweepArguments {
  std::string suite;  // or
  std::string beir;
  std::string split = "test";
  std::vector<std::string> vary;  // "KEY=V1,V2,V3"
  uint64_t seed = 1;
  double held_out = 0.5;
  uint32_t folds = 0;                // instead of one part; 0 = one
  std::vector<std::string> reports;  // .html, .json
};
Result<int> RunEvalSweep(const EvalSweepArguments& arguments, CommandContext& context);

}  // namespace quarry::app
