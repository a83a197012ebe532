#include "app/commands.h"
#include "app/engine.h"
#include "app/output_json.h"
#include "app/signals.h"
#include "base/log.h"
#include "ingest/embedder_switch.h"
#include "server/server.h"

namespace quarry::app {
namespace {

// An IPv6 address stands in brackets in a URL.
std::string UrlOf(const std::string& host, uint16_t port) {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return "http://" + (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace

Result<int> RunServe(SignalScope& signals, CommandContext& context) {
  const Config& config = context.config();
  QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine,
                          Engine::Open(config, StoreAccess::kCreate));
  // Loaded now: the first request finds it ready, and what cannot be opened is said here.
  QUARRY_RETURN_IF_ERROR(engine->OpenModels());
  QUARRY_ASSIGN_OR_RETURN(const CollectionId collection, engine->FindOrCreateCollection());
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          engine->index().GetSnapshot(collection));
  if (config.embedding.enabled) {
    QUARRY_RETURN_IF_ERROR(ingest::CheckEmbedder(*snapshot, config.embedding));
  }

  NoteStoredSettings(context, engine->index());
  SetLogLevel(LogLevel::kInfo);
  ingest::EmbeddingMaintainer maintainer(engine->index(), engine->embedders(), config.embedding);
  maintainer.Notice(collection);  // first, then what others were left without
  for (const index::StoredCollection& record : engine->index().Collections()) {
    maintainer.Notice(record.id);
  }
  ThreadPool pool(ThreadCount(config.server_threads), config.server_queue);
  server::ServerOptions options = config.server;
  options.default_collection = config.collection;
  options.default_k = config.k;
  options.default_mode = config.mode;
  options.default_retrieval = config.retrieval;
  const server::Services services{.index = engine->index(),
                                  .analyzer = engine->analyzer(),
                                  .retriever = engine->retriever(),
                                  .answerer = engine->answerer(),
                                  .assistant = engine->assistant(),
                                  .ingest = engine->ingest_options(),
                                  .embedders = engine->embedders(),
                                  .maintainer = maintainer,
                                  .metrics = engine->metrics(),
                                  .pool = pool,
                                  .ingest_pool = engine->ingest_pool(),
                                  .clock = engine->clock(),
                                  .version = ProgramVersion(),
                                  .reranker = engine->reranker()};
  QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<server::Server> server,
                          server::Server::Start(options, services));
  const std::string url = UrlOf(options.host, server->port());
  Console& console = context.console;
  console.Print(console.json()
                    ? ServingJson(url, server->port())
                    : "quarry serves " + config.store + " at " + url + " (Ctrl-C stops it)\n");
  QUARRY_RETURN_IF_ERROR(console.Flush());

  signals.Wait();
  if (!console.json()) console.Note("stopping: requests under way are finished first");
  server->Stop();
  server->Wait();
  return kExitDone;
}

}  // namespace quarry::app
