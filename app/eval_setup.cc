#include "app/eval_setup.h"

#include "app/index_roots.h"
#include "app/progress.h"
#include "base/hash.h"
#include "eval/calibration_store.h"
#include "eval/llm_judge.h"
#include "eval/local_judge.h"
#include "eval/run_store.h"

namespace quarry::app {
Status SyncCorpus(const std::string& folder, const Config& config, Engine& engine,
                  CommandContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const std::vector<ingest::FileList> lists, ListRoots({folder}, config));
  QUARRY_ASSIGN_OR_RETURN(const CollectionId collection, engine.FindOrCreateCollection());
  QUARRY_ASSIGN_OR_RETURN(index::IndexWriter writer,
                          engine.index().OpenWriter(collection, context.call));
  ingest::IngestOptions options = engine.ingest_options();
  options.prune = true;
  ingest::Pipeline pipeline(writer, engine.analyzer(), engine.ingest_pool(), engine.embedders(),
                            options);
  ProgressPrinter progress(context.console);
  for (const ingest::FileList& list : lists) {
    QUARRY_ASSIGN_OR_RETURN(const ingest::IngestReport report,
                            pipeline.Sync(list, progress.Sink(), context.call));
    progress.Clear();
    for (const ingest::IngestNote& note : report.failures) {
      context.console.Note(note.path + ": not indexed: " + note.reason);
    }
  }
  return OkStatus();
}

Result<Config> ConfigFor(const eval::Suite& suite, const LoadedConfig& loaded) {
  Config config = loaded.config;
  const auto is_given = [&](const std::string& key) {
    return loaded.OriginOf(key).starts_with("--");
  };
  const std::string place = suite.directory + "/suite.yaml: config";
  for (const auto& [name, value] : suite.config) {
    const ConfigKey* key = FindConfigKey(name);
    if (key == nullptr) return UnknownKeyError(name).Annotate(place);
    if (name == "store" || name == "collection") {
      return InvalidArgumentError(place + ": " + name + ": is not a suite's to choose");
    }
    if (is_given(name)) continue;
    QUARRY_RETURN_IF_ERROR(key->set(config, {value}).Annotate(place + ": " + name));
    if (name == "retrieval.dense_weight") config.retrieval.collection_dense_weights.clear();
  }
  QUARRY_RETURN_IF_ERROR(config.Validate().Annotate(place));
  if (!suite.corpus.empty() && !is_given("collection")) config.collection = "eval-" + suite.name;
  return config;
}

Result<SuiteBench> OpenSuiteBench(const eval::Suite& suite, CommandContext& context) {
  SuiteBench bench;
  QUARRY_ASSIGN_OR_RETURN(bench.config, ConfigFor(suite, context.loaded));
  bench.options = OptionsOf(bench.config);
  const bool has_corpus = !suite.corpus.empty();
  QUARRY_ASSIGN_OR_RETURN(
      bench.engine,
      Engine::Open(bench.config, has_corpus ? StoreAccess::kCreate : StoreAccess::kWrite));
  if (has_corpus) {
    QUARRY_RETURN_IF_ERROR(SyncCorpus(suite.corpus, bench.config, *bench.engine, context));
  }
  QUARRY_ASSIGN_OR_RETURN(bench.snapshot, bench.engine->GetSnapshot());
  if (bench.snapshot->live_chunks() == 0) {
    return FailedPreconditionError("collection \"" + bench.config.collection +
                                   "\" is empty: there is nothing to ask; fill it with `quarry "
                                   "index`, or name a corpus in suite.yaml");
  }
  return bench;
}

std::map<std::string, std::string> OptionsOf(const Config& config) {
  const Config defaults;
  std::map<std::string, std::string> options;
  for (const ConfigKey& key : ConfigKeys()) {
    if (key.secret || key.name == "store" || key.name == "collection") continue;
    if (key.name.starts_with("server.")) continue;
    const std::string value = FormatConfigValue(key.get(config));
    if (value != FormatConfigValue(key.get(defaults))) options[key.name] = value;
  }
  return options;
}

Result<std::unique_ptr<eval::Judge>> MakeJudge(const std::string& name, Engine& engine) {
  using Made = std::unique_ptr<eval::Judge>;
  if (name == "none") return Made();
  if (name == "local") return Made(std::make_unique<eval::LocalJudge>(engine.analyzer()));
  if (name != "llm") {
    return InvalidArgumentError("--judge: expected local, llm or none, got \"" + name + "\"");
  }
  if (engine.chat() == nullptr) {
    return FailedPreconditionError("--judge llm: no chat model is configured (chat.model)");
  }
  return Made(std::make_unique<eval::LlmJudge>(engine.chat()->chat(), &engine.index().objects()));
}

Result<std::string> DistrustOf(const std::string& judge, Engine& engine) {
  if (judge.empty()) return std::string();
  QUARRY_ASSIGN_OR_RETURN(const std::optional<eval::JudgeCalibration> calibration,
                          eval::FindCalibration(engine.index().objects(), judge));
  if (!calibration || calibration->trusted()) return std::string();
  return eval::TrustText(*calibration);
}

Result<eval::Run> FindRun(const std::string& name, Engine* engine) {
  if (name.ends_with(".jsonl")) return eval::ReadRunFile(name);
  if (engine == nullptr) return NotFoundError("run \"" + name + "\": there is no store");
  const eval::RunStore store(engine->index().objects());
  QUARRY_ASSIGN_OR_RETURN(const std::string id, store.FindId(name));
  return store.Read(id);
}

}  // namespace quarry::app
