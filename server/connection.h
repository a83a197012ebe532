#pragma once

// Session: one connection of a transport, from its first byte to its last. Internal to
// transport.cc.
//
// g++ 12.2 destroys temporaries of a co_await expression twice. In connection*.cc and transport.cc
// such an expression holds named locals and std::move only, and no coroutine is a lambda.
//
// There are no cancellation slots in Boost 1.74 and no timeouts in a socket. So all waiting goes through three
// points, Session::Receive, Session::Send and the loop of AwaitResponse; each looks at the flags (timed_out_,
// reset_) before it waits again. A timer that fires between two waits is therefore never lost, and who wakes a
// session for nothing does no harm.
//
// A request costs as few turns of the scheduler as it can, each of which may wake a thread: one wait for bytes of
// the client is out from request to request, and the coroutine is resumed by a call, not by cancelling a timer.

// ThreadSanitizer does not know fences; Asio's mutexes order what these order besides.
#ifdef __SANITIZE_THREAD__
#define BOOST_ASIO_DISABLE_FENCED_BLOCK 1
#endif

// Boost 1.74's awaitable.hpp uses std::exchange and does not include <utility>.
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/defer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/held_bodies.h"
#include "server/tls.h"
#include "server/transport.h"

namespace quarry::server {

namespace asio = boost::asio;

// What the connections of a transport share. Network thread only, but for `io`, `network`, `gate`
// and `held_bodies`.
struct ConnectionShared {
  ConnectionShared(const TransportOptions& given, Dispatcher& to)
      : options(given),
        dispatcher(to),
        // Deferred, so that the thread that has read a request goes on with it.
        gate(given.threads, given.queue,
             [this](TaskGate::Task task) { asio::defer(io, std::move(task)); }),
        held_bodies(std::make_shared<HeldBodies>(given.held_body_bytes, given.small_body_bytes)) {}

  const TransportOptions options;
  Dispatcher& dispatcher;
  asio::io_context io;
  // Runs one thing at a time, by whichever thread of `io`: that is the network thread.
  const asio::strand<asio::io_context::executor_type> network = asio::make_strand(io);
  TaskGate gate;
  std::vector<char> scratch = std::vector<char>(size_t{64} * 1024);  // what one read brings
  std::shared_ptr<const TlsIdentity> tls;                            // null: without TLS
  bool draining = false;
  // By key or address; exchanges may outlive the transport.
  const std::shared_ptr<HeldBodies> held_bodies;
};

// "127.0.0.1:51324", "[::1]:51324".
std::string AddressText(const asio::ip::tcp::endpoint& endpoint);

// One connection. Network thread only.
class Session : public std::enable_shared_from_this<Session> {
 public:
  using Socket = asio::ip::tcp::socket;

  Session(Socket socket, const asio::ip::tcp::endpoint& client, ConnectionShared& shared,
          bool refused)
      : shared_(shared),
        options_(shared.options),
        socket_(std::move(socket)),
        tls_(shared.tls == nullptr ? nullptr : shared.tls->Accept(socket_.native_handle())),
        remote_(AddressText(client)),
        deadline_timer_(shared.network),
        refused_(refused) {}

  // Serves requests until the connection ends. The caller keeps the session alive.
  asio::awaitable<void> Run();
  // Ends the connection if it is between two requests.
  void EndIfIdle();
  // Ends it whatever it is doing.
  void Kill();
  // Since when it waits for its client to ask something; nullopt: it does not.
  std::optional<std::chrono::steady_clock::time_point> waiting_since() const {
    return closed_ || refused_ ? std::nullopt : waiting_since_;
  }

 private:
  using Clock = std::chrono::steady_clock;
  using Error = boost::system::error_code;
  using Waiter = asio::async_result<asio::use_awaitable_t<>, void()>::handler_type;

  asio::awaitable<bool> Handshake();
  asio::awaitable<bool> ServeOne();
  asio::awaitable<bool> ReadHead();
  asio::awaitable<bool> ReadBody(uint64_t limit);
  asio::awaitable<bool> AwaitResponse(bool keep);
  asio::awaitable<bool> SendResponse(const Response& response, bool keep);
  asio::awaitable<bool> SendProblem();
  asio::awaitable<void> Linger();

  // Appends what arrives to in_. False at the end of the stream, on errors and once time is up.
  asio::awaitable<bool> Receive();
  // Writes both. False when the client is gone or time is up.
  asio::awaitable<bool> Send(std::string_view first, std::string_view second);

  // What the socket takes or has now: into shared_.scratch; of `first`, else of `second`.
  size_t ReadSome(Error& error);
  size_t WriteSome(std::string_view first, std::string_view second, Error& error);
  size_t Take(const TlsStream::Outcome& outcome, Error& error);

  void SetDeadline(Clock::duration from_now);
  void ArmTimer();
  void OnTimer();
  // Has what the client sends noticed: by Receive or, from StartWatch to StopWatch, by OnReadable.
  void Watch();
  void StartWatch();
  void OnReadable();
  void StopWatch();
  // Until Resume.
  asio::awaitable<void> Suspend();
  // Goes on with the coroutine if it is suspended, inside this call.
  void Resume();
  // Likewise, soon.
  void WakeUp();
  void BeginRequest();
  void EndRequest();

  ConnectionShared& shared_;
  const TransportOptions& options_;
  Socket socket_;
  std::unique_ptr<TlsStream> tls_;                   // null: without TLS
  Socket::wait_type waits_for_ = Socket::wait_read;  // where ReadSome or WriteSome would block
  const std::string remote_;                         // address and port of the client
  std::string in_;                                   // received and not yet understood

  asio::steady_timer deadline_timer_;
  Clock::time_point deadline_ = Clock::time_point::max();
  Clock::time_point beat_ = Clock::time_point::max();  // when a silent stream is to beat
  bool timer_armed_ = false;
  uint64_t timer_id_ = 0;  // of the wait that counts; what earlier ones report is ignored
  bool timed_out_ = false;

  std::optional<Waiter> waiter_;  // the coroutine, while it is suspended
  bool woken_ = false;            // there is something of the exchange to take
  bool watching_ = false;         // a wait for bytes of the client is out
  bool handling_ = false;         // from StartWatch to StopWatch
  bool half_closed_ = false;      // the client sends no more
  bool reset_ = false;            // the client is gone

  const bool refused_;  // there are too many connections: one 503 and no more
  bool idle_ = false;   // between two requests
  std::optional<Clock::time_point> waiting_since_ = Clock::now();
  bool closed_ = false;
  bool linger_ = false;
  uint32_t requests_ = 0;

  // The request under way.
  RequestHead head_;
  Request request_;
  HeaderList more_headers_;  // of its response
  uint32_t seconds_ = 0;     // that it may take
  std::optional<HttpProblem> problem_;
  std::shared_ptr<Exchange> exchange_;
  Served served_;
  Clock::time_point started_;
  BodyHold hold_;  // of its body, until the exchange has it
  bool is_head_ = false;
};

}  // namespace quarry::server
