#include <unistd.h>

#include <filesystem>
#include <map>
#include <set>

#include "app/commands.h"
#include "app/engine.h"
#include "app/index_records.h"
#include "app/output_json.h"
#include "app/output_text.h"
#include "app/progress.h"
#include "app/records.h"
#include "base/file.h"
#include "ingest/embedder_switch.h"

namespace quarry::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kStandardInput = "-";

// "--meta lang=en" -> {"lang": "en"}.
Result<Metadata> ParseMetadata(const std::vector<std::string>& texts) {
  Metadata metadata;
  for (const std::string& text : texts) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return InvalidArgumentError("--meta: expected key=value, got \"" + text + "\"");
    }
    const std::string key = text.substr(0, equals);
    if (!metadata.emplace(key, ParseTypedValue(text.substr(equals + 1))).second) {
      return InvalidArgumentError("--meta: \"" + key + "\" is given twice");
    }
  }
  return metadata;
}

// The files below every root. The store is never indexed, even where it lies below a root.
Result<std::vector<ingest::FileList>> ListRoots(const IndexArguments& arguments,
                                                const Config& config) {
  ingest::FileSelection selection = config.ingest.files;
  std::error_code error;
  selection.left_out = fs::weakly_canonical(config.store, error).string();
  std::vector<ingest::FileList> lists;
  std::map<std::string, std::string> root_of;  // document id -> the root that brings it
  for (const std::string& path : arguments.paths) {
    if (path.starts_with("http://") || path.starts_with("https://")) {
      return InvalidArgumentError(path + ": reading from the web is not supported; save it first");
    }
    QUARRY_ASSIGN_OR_RETURN(ingest::FileList list, ingest::ListFiles(path, selection));
    for (const ingest::SourceItem& item : list.items) {
      const auto [other, is_new] = root_of.emplace(item.info.id, list.root);
      if (is_new || other->second == list.root) continue;
      return InvalidArgumentError("\"" + item.info.id + "\" is below " + other->second +
                                  " and below " + list.root +
                                  ", and a document has one source; index their common parent, or "
                                  "each into a collection of its own (--collection)");
    }
    lists.push_back(std::move(list));
  }
  return lists;
}

// The same across runs: a document of another root, which is still there, is not taken over
// silently.
Status CheckRoots(const ingest::FileList& list, const index::Snapshot& snapshot) {
  for (const ingest::SourceItem& item : list.items) {
    const Result<index::StoredDocument> stored = snapshot.ReadDocument(item.info.id);
    if (!stored.ok() || stored->root.empty() || stored->root == list.root) continue;
    std::error_code error;
    const fs::path there = fs::is_directory(stored->root, error)
                               ? fs::path(stored->root) / stored->id
                               : fs::path(stored->root);
    if (there == fs::path(item.info.path) || !fs::exists(there, error)) continue;
    return FailedPreconditionError("\"" + item.info.id + "\" would replace " + there.string() +
                                   ", which the collection holds under the same name; index their "
                                   "common parent, or each into a collection of its own "
                                   "(--collection)");
  }
  return OkStatus();
}

void AddReport(const ingest::IngestReport& from, ingest::IngestReport& to) {
  to.sources += from.sources;
  to.bytes += from.bytes;
  to.documents_added += from.documents_added;
  to.documents_changed += from.documents_changed;
  to.documents_unchanged += from.documents_unchanged;
  to.documents_removed += from.documents_removed;
  to.chunks_added += from.chunks_added;
  to.chunks_kept += from.chunks_kept;
  to.chunks_removed += from.chunks_removed;
  to.duplicates += from.duplicates;
  to.embedding.embedded += from.embedding.embedded;
  to.embedding.learnt = to.embedding.learnt || from.embedding.learnt;
  to.embedding.learn_seconds += from.embedding.learn_seconds;
  to.embedding.embed_seconds += from.embedding.embed_seconds;
  to.seconds += from.seconds;
  to.failures.insert(to.failures.end(), from.failures.begin(), from.failures.end());
  to.skipped.insert(to.skipped.end(), from.skipped.begin(), from.skipped.end());
}

// What an index run works on.
struct Target {
  std::optional<TemporaryDirectory> scratch;  // of a dry run without a store or collection
  std::unique_ptr<Engine> engine;
  CollectionId collection;
};

Result<Target> OpenScratch(Config config) {
  Target target;
  QUARRY_ASSIGN_OR_RETURN(TemporaryDirectory scratch,
                          TemporaryDirectory::Create("quarry-dry-run-"));
  config.store = scratch.path() + "/store";
  target.scratch.emplace(std::move(scratch));
  QUARRY_ASSIGN_OR_RETURN(target.engine, Engine::Open(config, StoreAccess::kCreate));
  QUARRY_ASSIGN_OR_RETURN(target.collection, target.engine->FindOrCreateCollection());
  return target;
}

// A dry run makes neither store nor collection: where there is none it compares with an empty one.
Result<Target> OpenTarget(const Config& config, bool dry_run) {
  Target target;
  Result<std::unique_ptr<Engine>> engine =
      Engine::Open(config, dry_run ? StoreAccess::kWrite : StoreAccess::kCreate);
  if (dry_run && !engine.ok() && engine.status().code() == Code::kNotFound) {
    return OpenScratch(config);
  }
  QUARRY_ASSIGN_OR_RETURN(target.engine, std::move(engine));
  const Result<CollectionId> collection =
      dry_run ? target.engine->FindCollection() : target.engine->FindOrCreateCollection();
  if (dry_run && !collection.ok() && collection.status().code() == Code::kNotFound) {
    return OpenScratch(config);
  }
  QUARRY_RETURN_IF_ERROR(collection.status());
  target.collection = *collection;
  return target;
}

Status CheckArguments(const IndexArguments& arguments) {
  const bool from_input = std::find(arguments.paths.begin(), arguments.paths.end(),
                                    kStandardInput) != arguments.paths.end();
  if (from_input && arguments.paths.size() > 1) {
    return InvalidArgumentError("\"-\" (records on standard input) stands alone, without paths");
  }
  if (from_input && arguments.prune) {
    return InvalidArgumentError(
        "--prune: removes what is gone from a folder; records are removed by "
        "{\"op\":\"delete\",\"id\":\"..\"}");
  }
  return OkStatus();
}

}  // namespace

Result<int> RunIndex(const IndexArguments& arguments, CommandContext& context) {
  QUARRY_RETURN_IF_ERROR(CheckArguments(arguments));
  const bool from_input = arguments.paths[0] == kStandardInput;
  QUARRY_ASSIGN_OR_RETURN(Metadata metadata, ParseMetadata(arguments.metadata));
  // Before the store is opened or made: a wrong path changes nothing.
  std::vector<ingest::FileList> lists;
  if (!from_input) {
    QUARRY_ASSIGN_OR_RETURN(lists, ListRoots(arguments, context.config()));
  }

  QUARRY_ASSIGN_OR_RETURN(Target target, OpenTarget(context.config(), arguments.dry_run));
  Engine& engine = *target.engine;
  NoteStoredSettings(context, engine.index());
  QUARRY_ASSIGN_OR_RETURN(index::IndexWriter writer,
                          engine.index().OpenWriter(target.collection, context.call));
  ingest::IngestOptions options = engine.ingest_options();
  options.metadata = std::move(metadata);
  options.prune = arguments.prune;
  options.dry_run = arguments.dry_run;
  if (options.embedding.enabled) {
    QUARRY_RETURN_IF_ERROR(ingest::CheckEmbedder(*writer.snapshot(), options.embedding));
  }
  ingest::Pipeline pipeline(writer, engine.analyzer(), engine.ingest_pool(), engine.embedders(),
                            options);

  IndexResult result;
  result.collection = context.config().collection;
  result.dry_run = arguments.dry_run;
  ProgressPrinter progress(context.console);
  const auto run = [&]() -> Status {
    if (from_input) {
      LineInput input(STDIN_FILENO);
      return IndexRecords(input, pipeline, writer, options, progress.Sink(), context.call,
                          result.report);
    }
    for (const ingest::FileList& list : lists) {
      QUARRY_RETURN_IF_ERROR(CheckRoots(list, *writer.snapshot()));
    }
    for (const ingest::FileList& list : lists) {
      QUARRY_ASSIGN_OR_RETURN(const ingest::IngestReport report,
                              pipeline.Sync(list, progress.Sink(), context.call));
      AddReport(report, result.report);
    }
    return OkStatus();
  };
  Status status = run();
  // The next start is quick, and the first search walks a graph.
  if (status.ok() && !arguments.dry_run) status = engine.index().WaitForMaintenance(context.call);
  progress.Clear();
  if (status.code() == Code::kCancelled) {
    return CancelledError(
        "interrupted; nothing is lost: what was indexed is kept, and the same command goes on from "
        "there");
  }
  QUARRY_RETURN_IF_ERROR(status);
  const std::shared_ptr<const index::Snapshot> snapshot = writer.snapshot();
  result.chunks_total = snapshot->live_chunks();
  if (options.embedding.enabled && !snapshot->generation()) {
    result.learn_from_chunks = options.embedding.learn_from_chunks;
  }
  context.console.Print(context.console.json() ? IndexJson(result)
                                               : IndexText(result, context.console));
  return result.report.failures.empty() ? kExitDone : kExitPartly;
}

}  // namespace quarry::app
