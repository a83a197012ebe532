#include "server/server.h"

#include <utility>

#include "eval/background_runs.h"
#include "server/answer_log.h"
#include "server/conversation_store.h"
#include "server/dispatch.h"
#include "server/handlers.h"
#include "server/origin.h"
#include "server/store_file_indexer.h"
#include "server/transport.h"

namespace quarry::server {
namespace {

TransportOptions TransportOptionsOf(const ServerOptions& options) {
  TransportOptions transport;
  transport.host = options.host;
  transport.port = options.port;
  transport.limits.header_bytes = options.header_bytes;
  transport.header_seconds = options.header_seconds;
  transport.body_seconds = options.body_seconds;
  transport.idle_seconds = options.idle_seconds;
  transport.request_seconds = options.request_seconds;
  transport.requests_per_connection = options.requests_per_connection;
  transport.max_connections = options.max_connections;
  transport.drain_seconds = options.drain_seconds;
  transport.tls_certificate = options.tls_certificate;
  transport.tls_key = options.tls_key;
  return transport;
}

std::vector<Route> AllRoutes(const HandlerEnvironment& environment) {
  std::vector<Route> routes = MakeRoutes(environment);
  const std::vector<Route>& more = environment.options.routes;
  routes.insert(routes.end(), more.begin(), more.end());
  return routes;
}

// Other machines are served with keys and TLS, or when the operator says that something else guards
// the way.
Status CheckExposure(const ServerOptions& options, const ApiKeys& keys) {
  if (IsLoopbackHost(options.host) || options.allow_insecure) return OkStatus();
  QUARRY_ASSIGN_OR_RETURN(const bool has_key, keys.Any());
  const bool has_tls = !options.tls_certificate.empty();
  if (has_key && has_tls) return OkStatus();
  std::string missing;
  if (!has_key) missing = "a key (quarry keys create)";
  if (!has_tls) {
    missing += std::string(missing.empty() ? "" : " and ") +
               "TLS (server.tls_certificate, server.tls_key)";
  }
  return FailedPreconditionError("listen on " + options.host +
                                 ": other machines would be served without " + missing +
                                 "; behind something that has both set server.allow_insecure");
}

}  // namespace

struct Server::Impl {
  Impl(const ServerOptions& options, const Services& services)
      : store_files(services),
        runs(services.index.objects(), services.retriever, services.answerer),
        environment{
            .options = options,
            .services = services,
            .stopping = CancelToken(),
            .started_seconds = services.clock.NowMicros() / 1'000'000,
            .keys = ApiKeys(services.index.objects(), services.clock),
            .store_files = store_files,
            .answers = std::make_unique<AnswerLog>(services.index.objects(), options.answers_kept),
            .conversations =
                std::make_unique<ConversationStore>(services.index.objects(), services.clock),
            .runs = runs},
        dispatcher(environment, AllRoutes(environment)) {}

  ~Impl() {
    if (transport == nullptr) return;
    Stop();
    dispatcher.WaitUntilIdle();  // exchanges end before the transports
    owner_transport.reset();
    transport.reset();
  }

  void Stop() {
    transport->Stop();
    if (owner_transport != nullptr) owner_transport->Stop();
    environment.stopping.Cancel();
  }

  StoreFileIndexer store_files;
  eval::BackgroundRuns runs;
  const HandlerEnvironment environment;
  RequestDispatcher dispatcher;
  std::unique_ptr<Transport> transport;
  // On loopback and without TLS, where the other is not.
  std::unique_ptr<Transport> owner_transport;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::Start(const ServerOptions& options, Services services) {
  auto impl = std::make_unique<Impl>(options, services);
  QUARRY_RETURN_IF_ERROR(impl->store_files.NoticeAll());
  QUARRY_RETURN_IF_ERROR(CheckExposure(options, impl->environment.keys));
  QUARRY_ASSIGN_OR_RETURN(impl->transport,
                          Transport::Start(TransportOptionsOf(options), impl->dispatcher));
  const bool is_plain_here = IsLoopbackHost(options.host) && options.tls_certificate.empty();
  if (!options.owner_token.empty() && !is_plain_here) {
    TransportOptions here = TransportOptionsOf(options);
    here.host = "127.0.0.1";
    here.port = 0;
    here.tls_certificate.clear();
    QUARRY_ASSIGN_OR_RETURN(impl->owner_transport, Transport::Start(here, impl->dispatcher));
  }
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

uint16_t Server::port() const { return impl_->transport->port(); }

uint16_t Server::owner_port() const {
  return impl_->owner_transport != nullptr ? impl_->owner_transport->port() : port();
}

Status Server::ReloadTls() { return impl_->transport->ReloadTls(); }

void Server::Stop() { impl_->Stop(); }

void Server::Wait() { impl_->transport->Wait(); }

}  // namespace quarry::server
