#include "server/server.h"

#include <utility>

#include "server/dispatch.h"
#include "server/handlers.h"
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
  return transport;
}

}  // namespace

struct Server::Impl {
  Impl(const ServerOptions& options, const Services& services)
      : store_files(services),
        environment{options, services, CancelToken(), services.clock.NowMicros() / 1'000'000,
                    store_files},
        dispatcher(environment, MakeRoutes(environment)) {}

  ~Impl() {
    if (transport == nullptr) return;
    transport->Stop();
    environment.stopping.Cancel();
    dispatcher.WaitUntilIdle();  // exchanges end before the transport
    transport.reset();
  }

  StoreFileIndexer store_files;
  const HandlerEnvironment environment;
  RequestDispatcher dispatcher;
  std::unique_ptr<Transport> transport;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::Start(const ServerOptions& options, Services services) {
  auto impl = std::make_unique<Impl>(options, services);
  QUARRY_RETURN_IF_ERROR(impl->store_files.NoticeAll());
  QUARRY_ASSIGN_OR_RETURN(impl->transport,
                          Transport::Start(TransportOptionsOf(options), impl->dispatcher));
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

uint16_t Server::port() const { return impl_->transport->port(); }

void Server::Stop() {
  impl_->transport->Stop();
  impl_->environment.stopping.Cancel();
}

void Server::Wait() { impl_->transport->Wait(); }

}  // namespace quarry::server
