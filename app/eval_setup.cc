#include "app/eval_setup.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <utility>
#include <vector>

#include "app/command_engine.h"
#include "app/index_roots.h"
#include "app/progress.h"
#include "app/text_layout.h"
#include "base/hash.h"
#include "eval/corpus_collection.h"
#include "eval/llm_judge.h"
#include "eval/local_judge.h"
#include "eval/run_store.h"

namespace quarry::app {
namespace {

constexpr const char* kSuiteFile = "suite.yaml";
constexpr size_t kMostSuites = 10;  // that are named where another is not found

// The collection of a suite with a corpus, by what the corpus holds and how it is indexed: an
// embedder is learnt from what a collection held first, so that one that was another corpus once
// would answer otherwise than a new one.
Result<std::string> CollectionOf(const eval::Suite& suite, const Config& config) {
  QUARRY_ASSIGN_OR_RETURN(const std::vector<ingest::FileList> lists,
                          ListRoots({suite.corpus}, config));
  uint64_t hash = 0;
  for (const auto& [key, value] : OptionsOf(config)) {
    if (IsOfIndex(key)) hash = HashCombine(hash, Hash64(key + "=" + value));
  }
  for (const ingest::FileList& list : lists) {
    for (const ingest::SourceItem& item : list.items) {
      hash = HashCombine(hash, Hash64(item.info.id));
      // What cannot be read is not indexed either, and said then.
      const Result<std::string> bytes = item.read();
      hash = HashCombine(hash, bytes.ok() ? Hash64(*bytes) : 0);
    }
  }
  std::string name = eval::CorpusCollection(suite.name, hash);
  // What the suite's author wrote is the suite's name.
  if (!index::CheckCollectionName(name).ok()) {
    return InvalidArgumentError(
        "suite.yaml: name: a corpus is indexed into a collection of the suite's name; "
        "expected 1 to 42 letters, digits, '-', '_', '.', got \"" +
        suite.name + '"');
  }
  return name;
}

// The folders of suites in `folder`, by name. One that cannot be listed has none.
std::vector<std::string> SuitesIn(const std::filesystem::path& folder) {
  std::vector<std::string> suites;
  std::error_code error;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    std::error_code unreadable;
    if (std::filesystem::exists(it->path() / kSuiteFile, unreadable)) {
      suites.push_back(it->path().string());
    }
  }
  std::sort(suites.begin(), suites.end());
  return suites;
}

// Drops what earlier states of the suite's corpus left.
Status DropOtherCollections(const eval::Suite& suite, const std::string& kept, Engine& engine,
                            const CallContext& call) {
  const std::string prefix = std::string(eval::kCorpusCollectionPrefix) + suite.name + "-";
  for (const index::StoredCollection& collection : engine.index().Collections()) {
    const bool is_earlier = collection.name != kept && collection.name.size() == kept.size() &&
                            collection.name.starts_with(prefix);
    if (is_earlier) {
      QUARRY_RETURN_IF_ERROR(engine.index().DeleteCollection(collection.name, call));
    }
  }
  return OkStatus();
}

// What neither the suite nor the command gives is as the server's that runs it.
Status TakeFromServer(const eval::Suite& suite, const CommandContext& context, Config& config) {
  const Config& server = context.engine->config();
  const auto is_given = [&](const std::string& key) {
    return suite.config.contains(key) || !context.loaded.IsDefault(key);
  };
  for (const ConfigKey& key : ConfigKeys()) {
    // A command's collection is its own, as everywhere (CommandEngine).
    if (is_given(key.name) || key.name == "collection") continue;
    // A weight that is given stands for every collection.
    if (key.name == "retrieval.collection_dense_weights" && is_given("retrieval.dense_weight")) {
      continue;
    }
    const ConfigValue value = key.get(server);
    const auto* list = std::get_if<std::vector<std::string>>(&value);
    QUARRY_RETURN_IF_ERROR(
        key.set(config, list != nullptr ? *list : std::vector{FormatConfigValue(value)})
            .Annotate(key.name));
  }
  return config.Validate();
}

Result<std::unique_ptr<Engine>> OpenBenchEngine(const SuiteBench& bench, bool has_corpus,
                                                const CommandContext& context) {
  if (context.engine != nullptr) return Engine::OpenOver(*context.engine, bench.config);
  QUARRY_ASSIGN_OR_RETURN(
      std::unique_ptr<Engine> engine,
      Engine::Open(bench.config, has_corpus ? StoreAccess::kCreate : StoreAccess::kWrite));
  engine->WatchForCrashes();
  return engine;
}

}  // namespace

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
      context.console.Note(OneLine(note.path) + ": not indexed: " + OneLine(note.reason));
    }
  }
  return OkStatus();
}

Result<Config> ConfigFor(const eval::Suite& suite, const LoadedConfig& loaded) {
  Config config = loaded.config;
  const auto is_given = [&](const std::string& key) {
    return loaded.OriginOf(key).starts_with("--");
  };
  const std::string file = suite.directory + "/suite.yaml";
  for (const auto& [name, value] : suite.config) {
    const std::string place = file + ":" + std::to_string(suite.config_lines.at(name)) + ": config";
    const ConfigKey* key = FindConfigKey(name);
    if (key == nullptr) return UnknownKeyError(name).Annotate(place);
    if (name == "store" || name == "collection") {
      return InvalidArgumentError(place + ": " + name + ": is not a suite's to choose");
    }
    if (is_given(name)) continue;
    QUARRY_RETURN_IF_ERROR(key->set(config, {value}).Annotate(place + ": " + name));
    if (name == "retrieval.dense_weight") config.retrieval.collection_dense_weights.clear();
  }
  QUARRY_RETURN_IF_ERROR(config.Validate().Annotate(file + ": config"));
  if (!suite.corpus.empty() && is_given("collection")) {
    return InvalidArgumentError("--collection: the suite brings its own corpus (" + suite.corpus +
                                "), which would be added to \"" + config.collection +
                                "\"; take \"corpus\" out of " + suite.directory + "/suite.yaml");
  }
  return config;
}

Result<SuiteBench> OpenSuiteBench(const eval::Suite& suite, CommandContext& context) {
  SuiteBench bench;
  QUARRY_ASSIGN_OR_RETURN(bench.config, ConfigFor(suite, context.loaded));
  if (context.engine != nullptr) {
    QUARRY_RETURN_IF_ERROR(TakeFromServer(suite, context, bench.config));
  }
  bench.options = OptionsOf(bench.config);
  const bool has_corpus = !suite.corpus.empty();
  if (has_corpus) {
    QUARRY_ASSIGN_OR_RETURN(bench.config.collection, CollectionOf(suite, bench.config));
  }
  QUARRY_ASSIGN_OR_RETURN(bench.engine, OpenBenchEngine(bench, has_corpus, context));
  if (has_corpus) {
    QUARRY_RETURN_IF_ERROR(SyncCorpus(suite.corpus, bench.config, *bench.engine, context));
    QUARRY_RETURN_IF_ERROR(
        DropOtherCollections(suite, bench.config.collection, *bench.engine, context.call));
  }
  QUARRY_ASSIGN_OR_RETURN(bench.snapshot, bench.engine->GetSnapshot());
  if (bench.snapshot->live_chunks() == 0) {
    return FailedPreconditionError("collection \"" + bench.config.collection +
                                   "\" is empty: there is nothing to ask; fill it with `quarry "
                                   "index`, or name a corpus in suite.yaml");
  }
  return bench;
}

bool IsOfIndex(std::string_view key) {
  return key.starts_with("chunking.") || key.starts_with("bm25.") ||
         key.starts_with("embedding.") || key.starts_with("vectors.") ||
         key.starts_with("ingest.") || key == "tokens.tokenizer";
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

Result<std::unique_ptr<eval::Judge>> MakeJudge(const std::string& name, Engine& engine,
                                               uint64_t seed) {
  using Made = std::unique_ptr<eval::Judge>;
  if (name == "none") return Made();
  if (name == "local") return Made(std::make_unique<eval::LocalJudge>(engine.analyzer()));
  if (name != "llm") {
    return InvalidArgumentError("--judge: expected local, llm or none, got \"" + name + "\"");
  }
  if (engine.chat() == nullptr) {
    return FailedPreconditionError("--judge llm: no chat model is configured (chat.model)");
  }
  return Made(std::make_unique<eval::LlmJudge>(engine.chat()->chat(), &engine.index().objects(),
                                               eval::LlmJudgeOptions{.seed = seed}));
}

Result<eval::Suite> FindSuite(const std::string& folder, const CommandContext& context,
                              eval::SuiteUse use) {
  const std::string path = PathOf(context, folder);
  std::error_code error;
  if (std::filesystem::is_regular_file(path, error)) {
    return InvalidArgumentError("suite \"" + folder +
                                "\": is a file; expected the folder that holds " + kSuiteFile);
  }
  const std::filesystem::path file =
      std::filesystem::absolute(std::filesystem::path(path) / kSuiteFile, error).lexically_normal();
  if (std::filesystem::status(file, error).type() != std::filesystem::file_type::not_found) {
    return eval::ReadSuite(path, use);
  }
  // In the folder, where it holds suites and is none; else beside it.
  std::vector<std::string> suites = SuitesIn(file.parent_path());
  if (suites.empty()) suites = SuitesIn(file.parent_path().parent_path());
  const size_t others = suites.size() - std::min(suites.size(), kMostSuites);
  suites.resize(suites.size() - others);
  return NotFoundError("suite \"" + folder + "\": there is no " + file.string() +
                       "; expected a folder with that file; " +
                       (suites.empty() ? "none is beside it" : "there is: " + Join(suites, ", ")) +
                       (others == 0 ? "" : " and " + std::to_string(others) + " more"));
}

Status CheckReportFolder(const std::string& path, const CommandContext& context) {
  std::error_code error;
  const std::filesystem::path folder =
      std::filesystem::absolute(PathOf(context, path), error).lexically_normal().parent_path();
  if (std::filesystem::is_directory(folder, error)) return OkStatus();
  return InvalidArgumentError("--report: " + path + ": there is no folder " + folder.string());
}

void NoteReport(const std::string& path, const CommandContext& context) {
  context.console.Note("wrote the report to " + OneLine(PathOf(context, path)));
}

namespace {

// What `find` gives of the store, unless the name is that of a file.
Result<eval::Run> FindRunBy(
    const std::string& name, Engine* engine, const CommandContext& context,
    const std::function<Result<eval::Run>(const eval::RunStore& store)>& find) {
  if (name.ends_with(".jsonl")) return eval::ReadRunFile(PathOf(context, name));
  if (engine == nullptr) return NotFoundError("run \"" + name + "\": there is no store");
  return find(eval::RunStore(engine->index().objects()));
}

}  // namespace

Result<eval::Run> FindRun(const std::string& name, Engine* engine, const CommandContext& context) {
  return FindRunBy(name, engine, context,
                   [&](const eval::RunStore& store) { return store.Find(name); });
}

Result<eval::Run> FindBaseline(const std::string& name, Engine* engine,
                               const CommandContext& context, const eval::RunManifest& run) {
  return FindRunBy(name, engine, context,
                   [&](const eval::RunStore& store) { return store.FindBaseline(name, run); });
}

}  // namespace quarry::app
