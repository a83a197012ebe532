#include "server/transport.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "base/log.h"
#include "server/connection.h"

namespace quarry::server {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds kAcceptPause{50};
// Connections above the maximum that are told so; still more are closed without a word.
constexpr size_t kRefusedConnections = 64;

std::string ListenPlace(const TransportOptions& options) {
  return "listen on " + options.host + " port " + std::to_string(options.port);
}

Status ListenStatus(const TransportOptions& options, const error_code& error) {
  if (!error) return OkStatus();
  if (error != asio::error::address_in_use) {
    return UnavailableError(ListenPlace(options) + ": " + error.message());
  }
  return UnavailableError(ListenPlace(options) +
                          ": address in use; --port takes another, 0 any that is free; who has it "
                          "is shown by: lsof -i :" +
                          std::to_string(options.port));
}

Status OpenAcceptor(const TransportOptions& options, tcp::acceptor& acceptor) {
  error_code error;
  const std::string host = options.host == "localhost" ? "127.0.0.1" : options.host;
  const auto address = asio::ip::make_address(host, error);
  if (error) {
    return InvalidArgumentError(ListenPlace(options) + ": \"" + options.host +
                                "\" is not an IP address; expected e.g. 127.0.0.1, 0.0.0.0 or ::1");
  }
  const tcp::endpoint endpoint(address, options.port);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  return ListenStatus(options, error);
}

}  // namespace

struct Transport::Impl {
  Impl(const TransportOptions& options, Dispatcher& dispatcher)
      : shared(options, dispatcher),
        acceptor(shared.network),
        accept_pause(shared.network),
        drain_timer(shared.network) {}

  Status Listen();
  asio::awaitable<void> Accept();
  void Serve(tcp::socket socket, const tcp::endpoint& client);
  // Closes the connection that waits longest, of that address or, "", of the address that has most of
  // those that wait. False where none waits.
  bool CloseWaiting(const std::string& address);
  void Drain();
  // Once nothing is accepted and no connection is left.
  void EndIfDone();

  ConnectionShared shared;
  tcp::acceptor acceptor;
  asio::steady_timer accept_pause;
  asio::steady_timer drain_timer;
  // Network thread only.
  std::map<std::shared_ptr<Session>, std::string> sessions;  // with their addresses
  std::map<std::string, size_t> by_address;                  // how many of each
  size_t admitted = 0;                                       // that are not refused
  bool accepts = true;
  uint16_t port = 0;

  std::vector<std::thread> threads;
  std::mutex mutex;
  std::condition_variable stopped;
  bool stopping = false;   // guarded by mutex
  bool has_ended = false;  // guarded by mutex: there is no connection any more, and will be none
};

Status Transport::Impl::Listen() {
  const TransportOptions& options = shared.options;
  QUARRY_RETURN_IF_ERROR(OpenAcceptor(options, acceptor));
  error_code error;
  acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (!error) port = acceptor.local_endpoint(error).port();
  return ListenStatus(options, error);
}

asio::awaitable<void> Transport::Impl::Accept() {
  while (acceptor.is_open()) {
    tcp::socket socket(shared.network);
    tcp::endpoint client;  // known even where the client has broken off since
    error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    co_await acceptor.async_accept(socket, client, token);
    if (!error) {
      Serve(std::move(socket), client);
    } else if (acceptor.is_open() && error != asio::error::connection_aborted) {
      // Out of descriptors, most likely: the next attempt would fail at once, too.
      LogWarning("accept: " + error.message());
      accept_pause.expires_after(kAcceptPause);
      error_code ignored;
      auto pause_token = asio::redirect_error(asio::use_awaitable, ignored);
      co_await accept_pause.async_wait(pause_token);
    }
  }
}

bool Transport::Impl::CloseWaiting(const std::string& address) {
  std::shared_ptr<Session> found;
  size_t most = 0;
  for (const auto& [session, from] : sessions) {
    const auto since = session->waiting_since();
    if (!since || (!address.empty() && from != address)) continue;
    const size_t count = by_address[from];
    if (count < most || (count == most && *since >= *found->waiting_since())) continue;
    found = session;
    most = count;
  }
  if (found == nullptr) return false;
  found->Kill();
  return true;
}

void Transport::Impl::Serve(tcp::socket socket, const tcp::endpoint& client) {
  const TransportOptions& options = shared.options;
  const std::string address = client.address().to_string();
  const auto others = by_address.find(address);
  const bool has_many = options.connections_per_address != 0 && others != by_address.end() &&
                        others->second >= options.connections_per_address;
  const bool has_made_room = has_many && CloseWaiting(address);
  const bool is_full = admitted >= options.max_connections && !has_made_room;
  const bool refused = is_full && !CloseWaiting("");
  if (refused && sessions.size() - admitted >= kRefusedConnections) return;  // closes it
  const auto session = std::make_shared<Session>(std::move(socket), client, shared, refused);
  sessions.emplace(session, address);
  ++by_address[address];
  if (!refused) ++admitted;
  shared.dispatcher.ConnectionsChanged(1);
  asio::co_spawn(shared.network, session->Run(),
                 [this, session, refused](std::exception_ptr thrown) {
                   try {
                     if (thrown) std::rethrow_exception(thrown);
                   } catch (const std::exception& error) {
                     LogError(std::string("a connection failed: ") + error.what());
                   }
                   session->Kill();
                   const auto found = sessions.find(session);
                   if (--by_address[found->second] == 0) by_address.erase(found->second);
                   sessions.erase(found);
                   if (!refused) --admitted;
                   shared.dispatcher.ConnectionsChanged(-1);
                   EndIfDone();
                 });
}

void Transport::Impl::Drain() {
  shared.draining = true;
  error_code ignored;
  acceptor.close(ignored);
  accept_pause.cancel();
  for (const auto& [session, address] : sessions) session->EndIfIdle();
  if (sessions.empty()) return EndIfDone();
  drain_timer.expires_after(std::chrono::seconds(shared.options.drain_seconds));
  drain_timer.async_wait([this](const error_code& error) {
    if (error) return;
    for (const auto& [session, address] : sessions) session->Kill();
  });
}

void Transport::Impl::EndIfDone() {
  if (accepts || !sessions.empty()) return;
  drain_timer.cancel();
  // Told under the mutex: who waits may destroy all this once it is given back.
  const std::lock_guard lock(mutex);
  has_ended = true;
  stopped.notify_all();
}

Transport::Transport(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Transport::~Transport() {
  Stop();
  for (std::thread& thread : impl_->threads) thread.join();
}

Status Transport::CheckAddress(const TransportOptions& options) {
  asio::io_context io;
  tcp::acceptor acceptor(io);
  return OpenAcceptor(options, acceptor);
}

Result<std::unique_ptr<Transport>> Transport::Start(const TransportOptions& options,
                                                    Dispatcher& dispatcher) {
  auto impl = std::make_unique<Impl>(options, dispatcher);
  if (!options.tls_certificate.empty()) {
    QUARRY_ASSIGN_OR_RETURN(impl->shared.tls,
                            TlsIdentity::Load(options.tls_certificate, options.tls_key));
  }
  QUARRY_RETURN_IF_ERROR(impl->Listen());
  // Nothing is accepted before all threads are there: where one cannot be had, what a connection holds
  // would never be given back.
  const auto work = asio::make_work_guard(impl->shared.io);
  try {
    for (size_t i = 0; i <= options.threads; ++i) {
      impl->threads.emplace_back([raw = impl.get()] { raw->shared.io.run(); });
    }
  } catch (const std::system_error& error) {
    impl->shared.io.stop();
    for (std::thread& thread : impl->threads) thread.join();
    return UnavailableError("a server of " + std::to_string(options.threads + 1) +
                            " threads: " + error.what());
  }
  asio::co_spawn(impl->shared.network, impl->Accept(),
                 [raw = impl.get()](std::exception_ptr thrown) {
                   if (thrown) LogError("the server accepts no more connections");
                   raw->accepts = false;
                   if (raw->shared.draining) raw->EndIfDone();
                 });
  return std::unique_ptr<Transport>(new Transport(std::move(impl)));
}

uint16_t Transport::port() const { return impl_->port; }

Status Transport::ReloadTls() {
  const TransportOptions& options = impl_->shared.options;
  if (options.tls_certificate.empty()) return OkStatus();
  QUARRY_ASSIGN_OR_RETURN(std::shared_ptr<const TlsIdentity> identity,
                          TlsIdentity::Load(options.tls_certificate, options.tls_key));
  const std::lock_guard lock(impl_->mutex);
  if (impl_->has_ended) return OkStatus();
  asio::post(impl_->shared.network,
             [shared = &impl_->shared, identity = std::move(identity)]() mutable {
               shared->tls = std::move(identity);
             });
  return OkStatus();
}

void Transport::Stop() {
  BeginStop();
  Wait();
}

void Transport::BeginStop() {
  const std::lock_guard lock(impl_->mutex);
  if (!std::exchange(impl_->stopping, true)) {
    asio::post(impl_->shared.network, [impl = impl_.get()] { impl->Drain(); });
  }
}

void Transport::Wait() {
  std::unique_lock lock(impl_->mutex);
  impl_->stopped.wait(lock, [&] { return impl_->has_ended; });
}

}  // namespace quarry::server
