#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <thread>

#include "app/command_engine.h"
#include "app/commands.h"
#include "app/index_records.h"
#include "app/index_roots.h"
#include "app/output_json.h"
#include "app/output_text.h"
#include "app/progress.h"
#include "app/records.h"
#include "app/text_layout.h"
#include "base/file.h"
#include "base/heap.h"
#include "ingest/embedder_switch.h"
#include "ingest/folder_watch.h"
#include "ingest/web_url.h"
#include "model/url.h"

namespace quarry::app {
namespace {

constexpr const char* kStandardInput = "-";
// Between attempts at a store that another process has; and the one at which the user is told.
constexpr std::chrono::milliseconds kLockedPause{250};
constexpr int kNotedAttempt = 4;

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

void AddReport(const ingest::IngestReport& from, ingest::IngestReport& to) {
  to.sources += from.sources;
  to.bytes += from.bytes;
  to.documents_added += from.documents_added;
  to.documents_changed += from.documents_changed;
  to.documents_unchanged += from.documents_unchanged;
  to.documents_removed += from.documents_removed;
  to.documents_gone += from.documents_gone;
  to.chunks_added += from.chunks_added;
  to.chunks_kept += from.chunks_kept;
  to.chunks_removed += from.chunks_removed;
  to.duplicates += from.duplicates;
  for (const auto& [key, documents] : from.metadata_taken) to.metadata_taken[key] += documents;
  to.embedding.embedded += from.embedding.embedded;
  to.embedding.reused += from.embedding.reused;
  to.embedding.learnt = to.embedding.learnt || from.embedding.learnt;
  to.embedding.learn_seconds += from.embedding.learn_seconds;
  to.embedding.embed_seconds += from.embedding.embed_seconds;
  to.seconds += from.seconds;
  to.plan.insert(to.plan.end(), from.plan.begin(), from.plan.end());
  to.failures.insert(to.failures.end(), from.failures.begin(), from.failures.end());
  to.skipped.insert(to.skipped.end(), from.skipped.begin(), from.skipped.end());
}

// What an index run works on.
struct Target {
  std::optional<TemporaryDirectory> scratch;  // of a dry run without a store or collection
  std::optional<CommandEngine> engine;
  CollectionId collection;
};

Result<Target> OpenScratch(Config config) {
  Target target;
  QUARRY_ASSIGN_OR_RETURN(TemporaryDirectory scratch,
                          TemporaryDirectory::Create("quarry-dry-run-"));
  config.store = scratch.path() + "/store";
  target.scratch.emplace(std::move(scratch));
  QUARRY_ASSIGN_OR_RETURN(std::unique_ptr<Engine> engine,
                          Engine::Open(config, StoreAccess::kCreate));
  target.engine.emplace(std::move(engine), config.collection);
  QUARRY_ASSIGN_OR_RETURN(target.collection, target.engine->FindOrCreateCollection());
  return target;
}

// A dry run makes neither store nor collection: where there is none it compares with an empty one.
Result<Target> OpenTarget(const CommandContext& context, bool dry_run) {
  const Config& config = context.config();
  Target target;
  Result<CommandEngine> engine =
      CommandEngine::Open(context, dry_run ? StoreAccess::kWrite : StoreAccess::kCreate);
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

Result<std::vector<ingest::FileList>> ListPaths(const CommandContext& context,
                                                const std::vector<std::string>& given) {
  std::vector<std::string> paths;
  for (const std::string& path : given) paths.push_back(PathOf(context, path));
  return ListRoots(paths, context.config());
}

Status CheckArguments(const IndexArguments& arguments, bool at_server) {
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
  if (at_server && (from_input || arguments.watch)) {
    return FailedPreconditionError(
        std::string(from_input ? "\"-\"" : "--watch") +
        ": a running server has the store; stop it, or " +
        (from_input ? "send records to it (PUT /api/v1/documents)" : "index now and then"));
  }
  const bool has_address =
      std::any_of(arguments.paths.begin(), arguments.paths.end(), model::IsUrl);
  if (arguments.watch && (from_input || has_address || arguments.dry_run)) {
    return InvalidArgumentError("--watch: follows folders; expected neither " +
                                std::string(has_address ? "an address of the web" : "\"-\"") +
                                " nor --dry-run");
  }
  return OkStatus();
}

// The index command. Every run opens the store and closes it again: between two of them it is free.
class IndexCommand {
 public:
  IndexCommand(const IndexArguments& arguments, Metadata metadata, CommandContext& context)
      : arguments_(arguments), metadata_(std::move(metadata)), context_(context) {}

  // Finds out what the arguments name, before a store is opened or made: a wrong path changes nothing.
  Status Prepare();

  Result<std::vector<ingest::FileList>> ListFiles() const;
  // One run: over `lists` and the addresses given, or, where the arguments say so, over standard
  // input.
  Result<IndexResult> Run(const std::vector<ingest::FileList>& lists);
  // Runs until the call is cancelled, whenever something has changed. What is returned counts all
  // runs; unchanged, failed and skipped are as the last one found them.
  Result<IndexResult> Watch();

 private:
  Status Sync(const std::vector<ingest::FileList>& lists, ingest::Pipeline& pipeline,
              index::IndexWriter& writer, const ingest::IngestOptions& options,
              const ingest::SourceMemory& memory, ingest::IngestReport& report);
  Status Crawl(const std::string& address, ingest::Pipeline& pipeline,
               const ingest::SourceMemory& memory, const ingest::ProgressSink& progress,
               ingest::IngestReport& report);
  // Lists the folders and watches all that it has listed.
  Result<std::vector<ingest::FileList>> ListWatched(ingest::FolderWatch& watch);
  Status CheckSameFolder(const std::string& root);
  // A run that waits while others have the store.
  Result<IndexResult> RunWhenFree(ingest::FolderWatch& watch);
  void NoteRun(const ingest::IngestReport& before, const ingest::IngestReport& run);

  const IndexArguments& arguments_;
  const Metadata metadata_;
  CommandContext& context_;
  IndexRoots roots_;
  std::unique_ptr<ingest::WebFetcher> web_;  // null where there is no address
  bool has_run_ = false;
  std::map<std::string, std::pair<dev_t, ino_t>> watched_;  // roots, and the folders they were
};

Status IndexCommand::Prepare() {
  QUARRY_ASSIGN_OR_RETURN(roots_, SplitRoots(arguments_.paths, context_.config()));
  if (roots_.addresses.empty()) return OkStatus();
  QUARRY_ASSIGN_OR_RETURN(web_, ingest::WebFetcher::Create(context_.config().web.pages,
                                                           {.ca_file = context_.config().ca_file}));
  return OkStatus();
}

Result<std::vector<ingest::FileList>> IndexCommand::ListFiles() const {
  if (arguments_.paths[0] == kStandardInput) return std::vector<ingest::FileList>();
  return ListPaths(context_, roots_.paths);
}

Status IndexCommand::Crawl(const std::string& address, ingest::Pipeline& pipeline,
                           const ingest::SourceMemory& memory, const ingest::ProgressSink& progress,
                           ingest::IngestReport& report) {
  QUARRY_ASSIGN_OR_RETURN(const model::Url url, ingest::WebUrl(address));
  ingest::WebCrawl crawl(*web_, context_.config().web.crawl, url, &memory,
                         [&](const DocumentId& page) { return pipeline.IsCurrent(page, address); });
  ingest::FileList site{.root = address};
  QUARRY_ASSIGN_OR_RETURN(const ingest::IngestReport one,
                          pipeline.Sync(site, crawl, progress, context_.call));
  AddReport(one, report);
  return OkStatus();
}

Status IndexCommand::Sync(const std::vector<ingest::FileList>& lists, ingest::Pipeline& pipeline,
                          index::IndexWriter& writer, const ingest::IngestOptions& options,
                          const ingest::SourceMemory& memory, ingest::IngestReport& report) {
  ProgressPrinter progress(context_.console);
  if (arguments_.paths[0] == kStandardInput) {
    if (::isatty(STDIN_FILENO) == 1) {
      context_.console.Note("reading records, one JSON object a line; Ctrl-D ends them");
    }
    LineInput input(STDIN_FILENO);
    return IndexRecords(input, pipeline, writer, options, progress.Sink(), context_.call, report);
  }
  for (const ingest::FileList& list : lists) {
    QUARRY_RETURN_IF_ERROR(CheckRoots(list, *writer.snapshot()));
  }
  for (const ingest::FileList& list : lists) {
    QUARRY_ASSIGN_OR_RETURN(const ingest::IngestReport one,
                            pipeline.Sync(list, progress.Sink(), context_.call));
    AddReport(one, report);
  }
  for (const std::string& address : roots_.addresses) {
    QUARRY_RETURN_IF_ERROR(Crawl(address, pipeline, memory, progress.Sink(), report));
  }
  // Once for all of them: an embedder that is learnt makes every vector anew.
  QUARRY_RETURN_IF_ERROR(pipeline.Embed(report, progress.Sink(), context_.call));
  report.seconds += report.embedding.learn_seconds + report.embedding.embed_seconds;
  return OkStatus();
}

Result<IndexResult> IndexCommand::Run(const std::vector<ingest::FileList>& lists) {
  QUARRY_ASSIGN_OR_RETURN(Target target, OpenTarget(context_, arguments_.dry_run));
  Engine& engine = **target.engine;
  if (!std::exchange(has_run_, true)) NoteStoredSettings(context_, engine.index());
  QUARRY_ASSIGN_OR_RETURN(index::IndexWriter writer,
                          engine.index().OpenWriter(target.collection, context_.call));
  ingest::IngestOptions options = engine.ingest_options();
  options.metadata = metadata_;
  options.prune = arguments_.prune;
  options.dry_run = arguments_.dry_run;
  options.embed = false;
  if (options.embedding.enabled) {
    QUARRY_RETURN_IF_ERROR(ingest::CheckEmbedder(*writer.snapshot(), options.embedding));
  }
  const ingest::SourceMemory memory(engine.index().objects(), target.collection);
  ingest::Pipeline pipeline(writer, engine.analyzer(), engine.ingest_pool(), engine.embedders(),
                            options, &memory);
  IndexResult result;
  result.collection = context_.config().collection;
  result.dry_run = arguments_.dry_run;
  QUARRY_RETURN_IF_ERROR(Sync(lists, pipeline, writer, options, memory, result.report));
  // The next start is quick, and the first search walks a graph.
  if (!arguments_.dry_run) {
    ProgressPrinter progress(context_.console);
    if (result.report.embedding.learnt) progress.Show({.stage = "linking"});
    QUARRY_RETURN_IF_ERROR(engine.index().WaitForMaintenance(context_.call));
  }
  const std::shared_ptr<const index::Snapshot> snapshot = writer.snapshot();
  result.chunks_total = snapshot->live_chunks();
  if (options.embedding.enabled && !snapshot->generation()) {
    result.learn_from_chunks = options.embedding.learn_from_chunks;
  }
  return result;
}

// Where a file system was unmounted an empty folder is left, and the documents are not gone.
Status IndexCommand::CheckSameFolder(const std::string& root) {
  struct stat now;
  if (::stat(root.c_str(), &now) != 0 || !S_ISDIR(now.st_mode)) return OkStatus();
  const std::pair<dev_t, ino_t> folder{now.st_dev, now.st_ino};
  if (watched_.try_emplace(root, folder).first->second == folder) return OkStatus();
  return UnavailableError(root +
                          ": another folder than the one that was watched: it was unmounted or "
                          "replaced; nothing was removed");
}

Result<std::vector<ingest::FileList>> IndexCommand::ListWatched(ingest::FolderWatch& watch) {
  while (true) {
    QUARRY_RETURN_IF_ERROR(context_.call.Check());
    QUARRY_ASSIGN_OR_RETURN(std::vector<ingest::FileList> lists, ListPaths(context_, roots_.paths));
    std::vector<std::string> folders;
    for (const ingest::FileList& list : lists) {
      QUARRY_RETURN_IF_ERROR(CheckSameFolder(list.root));
      folders.insert(folders.end(), list.folders.begin(), list.folders.end());
    }
    QUARRY_ASSIGN_OR_RETURN(const bool has_new, watch.Follow(folders));
    if (!has_new) return lists;
  }
}

Result<IndexResult> IndexCommand::RunWhenFree(ingest::FolderWatch& watch) {
  for (int attempt = 1;; ++attempt) {
    QUARRY_ASSIGN_OR_RETURN(const std::vector<ingest::FileList> lists, ListWatched(watch));
    Result<IndexResult> result = Run(lists);
    if (result.status().code() != Code::kLocked || !has_run_) return result;
    // A search holds the store for a moment only.
    if (attempt == kNotedAttempt) context_.console.Note("waiting: " + result.status().message());
    const auto end = CallContext::Clock::now() + kLockedPause;
    while (CallContext::Clock::now() < end) {
      QUARRY_RETURN_IF_ERROR(context_.call.Check());
      std::this_thread::sleep_for(kLockedPause / 5);
    }
  }
}

// What a run did, and what it could not use and the one before could.
void IndexCommand::NoteRun(const ingest::IngestReport& before, const ingest::IngestReport& run) {
  std::set<std::pair<std::string_view, std::string_view>> known;
  for (const ingest::IngestNote& failure : before.failures) {
    known.emplace(failure.path, failure.reason);
  }
  for (const ingest::IngestNote& failure : run.failures) {
    if (known.contains({failure.path, failure.reason})) continue;
    context_.console.Note("failed " + OneLine(failure.path) + ": " + OneLine(failure.reason));
  }
  if (!run.Changed()) return;
  context_.console.Note("added " + WithThousands(run.documents_added) + ", changed " +
                        WithThousands(run.documents_changed) + ", removed " +
                        WithThousands(run.documents_removed) + " in " + FormatSeconds(run.seconds));
}

Result<IndexResult> IndexCommand::Watch() {
  QUARRY_ASSIGN_OR_RETURN(ingest::FolderWatch watch, ingest::FolderWatch::Create());
  IndexResult total;
  total.collection = context_.config().collection;
  while (true) {
    const bool is_first = !has_run_;
    Result<IndexResult> run = RunWhenFree(watch);
    if (run.status().code() == Code::kCancelled && !is_first) {
      context_.console.Note("interrupted in a run: the same command goes on from there");
      return total;
    }
    QUARRY_RETURN_IF_ERROR(run.status());
    NoteRun(total.report, run->report);
    // The state of the folders is that of the last run.
    total.report.sources = 0;
    total.report.documents_unchanged = 0;
    total.report.failures.clear();
    total.report.skipped.clear();
    AddReport(run->report, total.report);
    total.chunks_total = run->chunks_total;
    total.learn_from_chunks = run->learn_from_chunks;
    if (is_first) context_.console.Note("watching; Ctrl-C ends it");
    const Status waited = watch.Wait(context_.call);
    if (waited.code() == Code::kCancelled) return total;
    QUARRY_RETURN_IF_ERROR(waited);
  }
}

}  // namespace

Result<int> RunIndex(const IndexArguments& arguments, CommandContext& context) {
  QUARRY_RETURN_IF_ERROR(CheckArguments(arguments, context.engine != nullptr));
  if (context.engine == nullptr) ReturnFreedMemory();
  QUARRY_ASSIGN_OR_RETURN(Metadata metadata, ParseMetadata(arguments.metadata));
  IndexCommand command(arguments, std::move(metadata), context);
  QUARRY_RETURN_IF_ERROR(command.Prepare());
  const auto run = [&]() -> Result<IndexResult> {
    if (arguments.watch) return command.Watch();
    QUARRY_ASSIGN_OR_RETURN(const std::vector<ingest::FileList> lists, command.ListFiles());
    return command.Run(lists);
  };
  const Result<IndexResult> result = run();
  if (result.status().code() == Code::kCancelled) {
    // A pipe cannot be read again.
    if (arguments.paths[0] == kStandardInput) {
      return CancelledError(
          "interrupted; the lines that were read are kept, the last one if it was whole; send the "
          "rest again, or all: a record that is unchanged is left as it is");
    }
    return CancelledError(
        "interrupted; nothing is lost: what was indexed is kept, and the same command goes on from "
        "there");
  }
  QUARRY_RETURN_IF_ERROR(result.status());
  context.console.Print(context.console.json() ? IndexJson(*result)
                                               : IndexText(*result, context.console));
  return result->report.failures.empty() ? kExitDone : kExitPartly;
}

}  // namespace quarry::app
