#include "app/command_relay.h"
#include "app/commands.h"
#include "app/engine.h"
#include "app/output_json.h"
#include "app/server_record.h"
#include "app/server_setup.h"
#include "app/signals.h"
#include "base/log.h"
#include "ingest/embedder_switch.h"
#include "server/server.h"

namespace quarry::app {
namespace {

// An IPv6 address stands in brackets in a URL.
std::string UrlOf(const char* scheme, const std::string& host, uint16_t port) {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return scheme + (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace

Result<int> RunServe(SignalScope& signals, CommandContext& context) {
  const Config& config = context.config();
  server::ServerOptions options = ServerOptionsOf(config);
  // No store is made for an address that cannot be had. Where another server has both the store and
  // the address, which server that is says more.
  const Status address = server::Server::CheckAddress(options);
  Result<std::unique_ptr<Engine>> opened =
      Engine::Open(config, address.ok() ? StoreAccess::kCreate : StoreAccess::kWrite);
  if (opened.status().code() != Code::kLocked) QUARRY_RETURN_IF_ERROR(address);
  QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine, std::move(opened));
  engine->WatchForCrashes();
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
  options.owner_token = NewOwnerToken();
  options.routes = {MakeCommandRoute(*engine, signals)};
  const server::Services services = ServicesOf(*engine, maintainer);
  QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<server::Server> server,
                          server::Server::Start(options, services));
  const bool has_tls = !options.tls_certificate.empty();
  const std::string url = UrlOf(has_tls ? "https://" : "http://", options.host, server->port());
  const bool is_own = server->owner_port() != server->port();
  const ServerRecord record{
      .url = is_own ? UrlOf("http://", "127.0.0.1", server->owner_port()) : url,
      .token = options.owner_token};
  QUARRY_ASSIGN_OR_RETURN(const PublishedServer published,
                          PublishedServer::Publish(config.store, record));
  if (has_tls) signals.ReloadOnHangup();
  Console& console = context.console;
  console.Print(console.json()
                    ? ServingJson(url, server->port())
                    : "quarry serves " + config.store + " at " + url + " (Ctrl-C stops it)\n");
  QUARRY_RETURN_IF_ERROR(console.Flush());

  while (signals.Wait() == SignalScope::Wish::kReload) {
    const Status reloaded = server->ReloadTls();
    console.Note(reloaded.ok() ? "certificate and key were read again"
                               : "the old certificate stays: " + reloaded.message());
  }
  if (!console.json()) console.Note("stopping: requests under way are finished first");
  server->Stop();
  server->Wait();
  return kExitDone;
}

}  // namespace quarry::app
