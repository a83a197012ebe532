#pragma once

// What the commands over suites share: the engine that a suite asks, its judge, and finding runs.

#include <map>
#include <memory>
#include <string>

#include "app/commands.h"
#include "app/engine.h"
#include "eval/judge.h"
#include "eval/run.h"
#include "eval/suite_file.h"
#include "eval/verdict_store.h"

namespace quarry::app {

// An engine with the suite's own options, and its corpus indexed.
struct SuiteBench {
  Config config;
  std::map<std::string, std::string> options;  // those that are not as by default
  std::unique_ptr<Engine> engine;
  std::shared_ptr<const index::Snapshot> snapshot;
};

// The configuration with the suite's options where no flag gives them. A suite with a corpus has a
// collection of its own, "eval-" and its name, unless a flag names one. Errors name the key.
Result<Config> ConfigFor(const eval::Suite& suite, const LoadedConfig& loaded);

// Brings the collection of `config` in step with a folder. What cannot be indexed is noted.
Status SyncCorpus(const std::string& folder, const Config& config, Engine& engine,
                  CommandContext& context);

// Opens the store for writing, and brings the suite's corpus up to date where it has one. Errors: those
// of the store and of the pipeline; kFailedPrecondition where the collection is empty.
Result<SuiteBench> OpenSuiteBench(const eval::Suite& suite, CommandContext& context);

// Options of `config` that are not as by default, as texts; secrets and where the store is are left
// out.
std::map<std::string, std::string> OptionsOf(const Config& config);

// "local", "llm" (chat.model; its verdicts are kept in the store) or "none". kInvalidArgument names
// what there is; kFailedPrecondition without a chat model. Must not outlive the engine.
Result<std::unique_ptr<eval::Judge>> MakeJudge(const std::string& name, Engine& engine);

// Why a judge that was measured (`quarry eval judge-check --keep`) is not to be trusted; "" where it
// is, or was never measured.
Result<std::string> DistrustOf(const std::string& judge, Engine& engine);

// A run that is named: a file (.jsonl), else one of the store that is open.
Result<eval::Run> FindRun(const std::string& name, Engine* engine);

}  // namespace quarry::app
