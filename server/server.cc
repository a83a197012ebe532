#include "server/server.h"

#include <algorithm>
#include <utility>

#include "server/dispatch.h"
#include "server/environment.h"
#include "server/origin.h"
#include "server/transport.h"

namespace quarry::server {
namespace {

constexpr size_t kOwnerThreads = 2;  // of the owner's address, where it has one of its own

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
  transport.connections_per_address = options.connections_per_address;
  transport.drain_seconds = options.drain_seconds;
  // One holder has half: a body as large as any may be finds room in an idle server.
  transport.held_body_bytes = std::max(transport.held_body_bytes,
                                       2 * std::max(options.body_bytes, options.ingest_body_bytes));
  transport.threads = options.threads;
  transport.queue = options.queue;
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
  QUARRY_ASSIGN_OR_RETURN(const bool has_key, keys.Any());
  const bool is_open = !has_key || options.loopback_open;
  if (is_open && std::ranges::find(options.cors_origins, "*") != options.cors_origins.end()) {
    return FailedPreconditionError(
        "server.cors_origins: \"*\" lets every web page that is open on this machine use a server "
        "that needs no key; name the sites, or make a key (quarry keys create) and leave "
        "server.loopback_open off");
  }
  if (IsLoopbackHost(options.host) || options.allow_insecure) return OkStatus();
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
      : environment(options, services),
        dispatcher(environment.handlers(), AllRoutes(environment.handlers())) {}

  ~Impl() {
    if (transport == nullptr) {  // it cannot listen: what is being indexed waits for the next start
      environment.handlers().stopping.Cancel();
      return;
    }
    Stop();
    dispatcher.WaitUntilIdle();  // exchanges end before the transports
    if (owner_dispatcher != nullptr) owner_dispatcher->WaitUntilIdle();
    owner_transport.reset();
    transport.reset();
  }

  void Stop() {
    // Both drain at the same time: neither takes more while the other does.
    transport->BeginStop();
    if (owner_transport != nullptr) owner_transport->Stop();
    transport->Wait();
    environment.handlers().stopping.Cancel();
  }

  ServerEnvironment environment;
  RequestDispatcher dispatcher;
  std::unique_ptr<Transport> transport;
  // On loopback and without TLS, where the other is not; for the owner alone.
  std::unique_ptr<RequestDispatcher> owner_dispatcher;
  std::unique_ptr<Transport> owner_transport;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() = default;

Status Server::CheckAddress(const ServerOptions& options) {
  return Transport::CheckAddress(TransportOptionsOf(options));
}

Result<std::unique_ptr<Server>> Server::Start(const ServerOptions& options, Services services) {
  auto impl = std::make_unique<Impl>(options, services);
  QUARRY_RETURN_IF_ERROR(impl->environment.handlers().quota.Load(services.index.objects()));
  QUARRY_RETURN_IF_ERROR(impl->environment.store_files().NoticeAll());
  QUARRY_RETURN_IF_ERROR(CheckExposure(options, impl->environment.handlers().keys));
  QUARRY_RETURN_IF_ERROR(impl->environment.handlers().uploads->Start());
  QUARRY_ASSIGN_OR_RETURN(impl->transport,
                          Transport::Start(TransportOptionsOf(options), impl->dispatcher));
  const bool is_plain_here = IsLoopbackHost(options.host) && options.tls_certificate.empty();
  if (!options.owner_token.empty() && !is_plain_here) {
    TransportOptions here = TransportOptionsOf(options);
    here.host = "127.0.0.1";
    here.port = 0;
    here.threads = kOwnerThreads;
    here.tls_certificate.clear();
    impl->owner_dispatcher = std::make_unique<RequestDispatcher>(
        impl->environment.handlers(), AllRoutes(impl->environment.handlers()),
        ServedCallers::kOwner);
    QUARRY_ASSIGN_OR_RETURN(impl->owner_transport, Transport::Start(here, *impl->owner_dispatcher));
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
