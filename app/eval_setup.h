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

// The configuration with the suite's options where no flag gives them. Errors name the key;
// kInvalidArgument where a flag names a collection for a suite that brings its corpus.
Result<Config> ConfigFor(const eval::Suite& suite, const LoadedConfig& loaded);

// Brings the collection of `config` in step with a folder. What cannot be indexed is noted.
Status SyncCorpus(const std::string& folder, const Config& config, Engine& engine,
                  CommandContext& context);

// Opens the store for writing, or works over the store of the server that runs the command (there
// what neither suite nor command gives is as the server's), and indexes the suite's corpus where it
// has one, into a collection of its own: "eval-", the suite's name and a hash of what the corpus
// holds and how it is indexed.
// Those of earlier states of the corpus are dropped: the same suite over the same files answers the
// same in any store. Errors: those of the store and of the pipeline; kFailedPrecondition where the
// collection is empty.
Result<SuiteBench> OpenSuiteBench(const eval::Suite& suite, CommandContext& context);

// What decides how a collection is indexed; other options are of the questions.
bool IsOfIndex(std::string_view key);

// Options of `config` that are not as by default, as texts; secrets and where the store is are left
// out.
std::map<std::string, std::string> OptionsOf(const Config& config);

// "local", "llm" (chat.model, asked by `seed`; its verdicts are kept in the store) or "none".
// kInvalidArgument names what there is; kFailedPrecondition without a chat model. Must not outlive
// the engine.
Result<std::unique_ptr<eval::Judge>> MakeJudge(const std::string& name, Engine& engine,
                                               uint64_t seed = 1);

// The suite in a folder. kNotFound says where it was looked for and which suites are there; else the errors
// of eval::ReadSuite.
Result<eval::Suite> FindSuite(const std::string& folder, const CommandContext& context,
                              eval::SuiteUse use = eval::SuiteUse::kToRun);

// Whether the folder that a report is to be written into is there: before an hour of asking, not after it.
// kInvalidArgument naming --report and the folder.
Status CheckReportFolder(const std::string& path, const CommandContext& context);

// Tells that a report was written, and where.
void NoteReport(const std::string& path, const CommandContext& context);

// A run that is named: a file (.jsonl), else one of the store that is open.
Result<eval::Run> FindRun(const std::string& name, Engine* engine, const CommandContext& context);

// Likewise the one that `run` is compared with (RunStore::FindBaseline).
Result<eval::Run> FindBaseline(const std::string& name, Engine* engine,
                               const CommandContext& context, const eval::RunManifest& run);

}  // namespace quarry::app
