#include "server/transport.h"

// ThreadSanitizer does not know fences; Asio's mutexes order what these order besides.
#ifdef __SANITIZE_THREAD__
#define BOOST_ASIO_DISABLE_FENCED_BLOCK 1
#endif

// Boost 1.74's awaitable.hpp uses std::exchange and does not include <utility>.
#include <utility>

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "base/log.h"
#include "server/http_body.h"

// g++ 12.2 destroys temporaries of a co_await expression twice. In this file such an expression
// holds named locals and std::move only, and no coroutine is a lambda.
//
// There are no cancellation slots in Boost 1.74 and no timeouts in a socket. So all waiting goes
// through two points, Session::Receive and Session::Send; each tries the socket first, waits for
// readiness and looks at the flags (timed_out_, reset_) before it waits again. A timer that fires
// between two waits is therefore never lost.

namespace quarry::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;

constexpr size_t kReadBytes = 64 * 1024;
// What a client may send ahead while its request is handled; more stays in the kernel.
constexpr size_t kMaxAhead = 64 * 1024;
// A handler watches its deadline itself; when it has not for this long, the transport answers for
// it.
constexpr std::chrono::seconds kHandlerGrace{1};
// A client that has closed its sending side may still read. Quick answers reach it; after this it
// counts as gone.
constexpr std::chrono::milliseconds kHalfClosedGrace{200};
constexpr std::chrono::seconds kWriteTime{30};
constexpr size_t kWriteBytesPerSecond = 64 * 1024;
constexpr std::chrono::seconds kLingerTime{2};
constexpr size_t kLingerBytes = 4u << 20;
constexpr std::chrono::milliseconds kAcceptPause{50};
// Connections above the maximum that are told so; still more are closed without a word.
constexpr size_t kRefusedConnections = 64;

enum class Framing : uint8_t { kLength, kChunked, kUntilClose };

void AppendField(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  // A value with a line end would be a header of its own.
  for (const char c : value) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  out += "\r\n";
}

std::string HeadText(const Response& response, Framing framing, bool keep, int minor_version,
                     const std::string& request_id) {
  std::string text = "HTTP/1.1 " + std::to_string(response.status) + ' ';
  text.append(ReasonPhrase(response.status)).append("\r\n");
  AppendField(text, "Date", FormatHttpDate(std::time(nullptr)));
  if (!response.content_type.empty()) AppendField(text, "Content-Type", response.content_type);
  if (framing == Framing::kChunked) AppendField(text, "Transfer-Encoding", "chunked");
  if (framing == Framing::kLength && response.status != 204) {
    AppendField(text, "Content-Length", std::to_string(response.body.size()));
  }
  if (!keep) {
    AppendField(text, "Connection", "close");
  } else if (minor_version == 0) {
    AppendField(text, "Connection", "keep-alive");
  }
  if (!request_id.empty()) AppendField(text, "X-Request-Id", request_id);
  AppendField(text, "X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : response.headers) AppendField(text, name, value);
  return text + "\r\n";
}

std::string ChunkHead(size_t size) {
  char text[24];
  std::snprintf(text, sizeof(text), "%zx\r\n", size);
  return text;
}

std::string AddressText(const tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  const std::string port = std::to_string(endpoint.port());
  return endpoint.address().is_v6() ? '[' + address + "]:" + port : address + ':' + port;
}

class Session;

// What the connections of a transport share. Network thread only, but for `io`.
struct Shared {
  Shared(const TransportOptions& given, Dispatcher& to) : options(given), dispatcher(to) {}

  const TransportOptions options;
  Dispatcher& dispatcher;
  asio::io_context io{1};
  std::vector<char> scratch = std::vector<char>(kReadBytes);  // what one read brings
  bool draining = false;
  uint64_t held_body_bytes = 0;
};

// One connection. Network thread only.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, Shared& shared, bool refused)
      : shared_(shared),
        options_(shared.options),
        socket_(std::move(socket)),
        deadline_timer_(shared.io),
        wake_(shared.io, SteadyClock::time_point::max()),
        refused_(refused) {}

  // Serves requests until the connection ends. The caller keeps the session alive.
  asio::awaitable<void> Run();
  // Ends the connection if it is between two requests.
  void EndIfIdle();
  // Ends it whatever it is doing.
  void Kill();

 private:
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

  void SetDeadline(SteadyClock::duration from_now);
  void ArmTimer();
  void StartWatch();
  void Watch(uint64_t id);
  void OnReadable(uint64_t id);
  void StopWatch();
  void WakeUp();
  void BeginRequest();
  void EndRequest();
  void ReleaseBody();

  Shared& shared_;
  const TransportOptions& options_;
  tcp::socket socket_;
  std::string remote_;  // address and port of the client
  std::string in_;      // received and not yet understood

  asio::steady_timer deadline_timer_;
  SteadyClock::time_point deadline_ = SteadyClock::time_point::max();
  bool timer_armed_ = false;
  uint64_t timer_id_ = 0;  // of the wait that counts; what earlier ones report is ignored
  bool timed_out_ = false;

  asio::steady_timer wake_;  // never fires; cancelled to wake the coroutine
  bool woken_ = false;
  uint64_t watch_id_ = 0;
  bool half_closed_ = false;  // the client sends no more
  bool reset_ = false;        // the client is gone

  const bool refused_;  // there are too many connections: one 503 and no more
  bool idle_ = false;   // between two requests
  bool closed_ = false;
  bool linger_ = false;
  uint32_t requests_ = 0;

  // The request under way.
  RequestHead head_;
  Request request_;
  std::optional<HttpProblem> problem_;
  std::shared_ptr<Exchange> exchange_;
  Served served_;
  SteadyClock::time_point started_;
  uint64_t held_ = 0;  // of shared_.held_body_bytes
  bool is_head_ = false;
};

// ---- time ----

void Session::SetDeadline(SteadyClock::duration from_now) {
  deadline_ = SteadyClock::now() + from_now;
  timed_out_ = false;
  // A timer that fires too early looks again; so a deadline that moves back costs nothing.
  if (!timer_armed_ || deadline_timer_.expiry() > deadline_) ArmTimer();
}

void Session::ArmTimer() {
  deadline_timer_.expires_at(deadline_);
  timer_armed_ = true;
  deadline_timer_.async_wait([self = shared_from_this(), id = ++timer_id_](const error_code&) {
    if (id != self->timer_id_ || self->closed_) return;
    self->timer_armed_ = false;
    if (SteadyClock::now() < self->deadline_) return self->ArmTimer();
    self->timed_out_ = true;
    self->WakeUp();
    error_code ignored;
    self->socket_.cancel(ignored);
  });
}

// ---- bytes ----

asio::awaitable<bool> Session::Receive() {
  while (true) {
    if (closed_ || timed_out_ || reset_ || half_closed_ || (idle_ && shared_.draining)) {
      co_return false;
    }
    error_code error;
    const asio::mutable_buffer buffer(shared_.scratch.data(), shared_.scratch.size());
    const size_t size = socket_.read_some(buffer, error);
    if (!error) {
      in_.append(shared_.scratch.data(), size);
      co_return true;
    }
    if (error != asio::error::would_block && error != asio::error::try_again) co_return false;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    co_await socket_.async_wait(tcp::socket::wait_read, token);
    if (error && error != asio::error::operation_aborted) co_return false;
  }
}

asio::awaitable<bool> Session::Send(std::string_view first, std::string_view second) {
  while (!first.empty() || !second.empty()) {
    if (closed_ || timed_out_ || reset_) co_return false;
    error_code error;
    const std::array<asio::const_buffer, 2> buffers = {
        asio::const_buffer(first.data(), first.size()),
        asio::const_buffer(second.data(), second.size())};
    const size_t size = socket_.write_some(buffers, error);
    if (!error) {
      const size_t of_first = std::min(size, first.size());
      first.remove_prefix(of_first);
      second.remove_prefix(size - of_first);
      continue;
    }
    if (error != asio::error::would_block && error != asio::error::try_again) {
      reset_ = true;
      co_return false;
    }
    auto token = asio::redirect_error(asio::use_awaitable, error);
    co_await socket_.async_wait(tcp::socket::wait_write, token);
    if (error && error != asio::error::operation_aborted) co_return false;
  }
  co_return true;
}

// ---- watching the client while its request is handled ----

void Session::StartWatch() {
  if (in_.size() < kMaxAhead && !half_closed_) Watch(++watch_id_);
}

void Session::Watch(uint64_t id) {
  socket_.async_wait(tcp::socket::wait_read,
                     [self = shared_from_this(), id](const error_code& error) {
                       if (id == self->watch_id_ && !error) self->OnReadable(id);
                     });
}

void Session::OnReadable(uint64_t id) {
  error_code error;
  const size_t size = socket_.read_some(asio::buffer(shared_.scratch), error);
  if (!error) {
    in_.append(shared_.scratch.data(), size);
    if (in_.size() < kMaxAhead) Watch(id);
  } else if (error == asio::error::would_block || error == asio::error::try_again) {
    Watch(id);
  } else if (error == asio::error::eof) {
    half_closed_ = true;
    if (deadline_ > SteadyClock::now() + kHalfClosedGrace) SetDeadline(kHalfClosedGrace);
  } else {
    reset_ = true;
    WakeUp();
  }
}

void Session::StopWatch() {
  ++watch_id_;
  error_code ignored;
  socket_.cancel(ignored);
}

void Session::WakeUp() {
  woken_ = true;
  wake_.cancel();
}

// ---- one request ----

void Session::BeginRequest() {
  started_ = SteadyClock::now();
  head_ = {};
  request_ = {};
  problem_.reset();
  served_ = {};
  served_.remote = remote_;
  is_head_ = false;
}

void Session::EndRequest() {
  ReleaseBody();
  exchange_.reset();
  served_.seconds = std::chrono::duration<double>(SteadyClock::now() - started_).count();
  shared_.dispatcher.Done(served_);
}

void Session::ReleaseBody() {
  shared_.held_body_bytes -= held_;
  held_ = 0;
}

asio::awaitable<bool> Session::ReadHead() {
  size_t scanned = 0;
  idle_ = in_.empty();
  if (idle_) {
    SetDeadline(refused_ ? kLingerTime : std::chrono::seconds(options_.idle_seconds));
  } else {
    SetDeadline(std::chrono::seconds(options_.header_seconds));
  }
  while (true) {
    if (!in_.empty()) {
      if (idle_) {
        idle_ = false;
        BeginRequest();
        SetDeadline(std::chrono::seconds(options_.header_seconds));
      }
      const HeaderScan scan = ScanHeader(in_, options_.limits, scanned);
      if (scan.state == HeaderScan::State::kBad) {
        problem_ = scan.problem;
        co_return false;
      }
      if (scan.state == HeaderScan::State::kComplete) {
        auto parsed = ParseHeader(std::string_view(in_).substr(0, scan.size), options_.limits);
        in_.erase(0, scan.size);
        if (auto* problem = std::get_if<HttpProblem>(&parsed)) {
          problem_ = std::move(*problem);
          co_return false;
        }
        head_ = std::get<RequestHead>(std::move(parsed));
        co_return true;
      }
    }
    auto receiving = Receive();
    const bool received = co_await std::move(receiving);
    if (received) continue;
    if (timed_out_ && !idle_) {
      problem_ = HttpProblem{408, "the headers did not arrive within " +
                                      std::to_string(options_.header_seconds) + " s"};
    }
    co_return false;
  }
}

asio::awaitable<bool> Session::ReadBody(uint64_t limit) {
  BodyDecoder body(head_, limit);
  SetDeadline(std::chrono::seconds(options_.body_seconds));
  if (head_.expect_continue && !body.done() && !body.problem() && in_.empty()) {
    auto sending = Send("HTTP/1.1 100 Continue\r\n\r\n", {});
    const bool sent = co_await std::move(sending);
    if (!sent) co_return false;
  }
  while (!body.done() && !body.problem()) {
    if (in_.empty()) {
      auto receiving = Receive();
      const bool received = co_await std::move(receiving);
      if (!received && timed_out_) {
        problem_ = HttpProblem{
            408, "the body did not arrive within " + std::to_string(options_.body_seconds) + " s"};
      }
      if (!received) co_return false;
    }
    in_.erase(0, body.Consume(in_));
    const uint64_t more = body.text().size() - held_;
    if (shared_.held_body_bytes + more > options_.held_body_bytes) {
      problem_ = HttpProblem{503, "too many large requests at once"};
      co_return false;
    }
    shared_.held_body_bytes += more;
    held_ += more;
  }
  if (body.problem()) {
    problem_ = body.problem();
    co_return false;
  }
  served_.bytes_received = body.text().size();
  request_.body = body.Take();
  co_return true;
}

asio::awaitable<bool> Session::SendResponse(const Response& response, bool keep) {
  served_.status = response.status;
  const std::string head =
      HeadText(response, Framing::kLength, keep, head_.minor_version, request_.id);
  const std::string_view body = is_head_ ? std::string_view() : response.body;
  SetDeadline(kWriteTime + std::chrono::seconds(body.size() / kWriteBytesPerSecond));
  auto sending = Send(head, body);
  const bool sent = co_await std::move(sending);
  if (sent) served_.bytes_sent = body.size();
  co_return sent&& keep;
}

// Answers what breaks the rules; the connection ends with it.
asio::awaitable<bool> Session::SendProblem() {
  linger_ = true;
  if (request_.id.empty()) request_.id = shared_.dispatcher.RequestId(head_.headers);
  served_.id = request_.id;
  const Response response = shared_.dispatcher.Refuse(*problem_, request_.path);
  auto sending = SendResponse(response, /*keep=*/false);
  co_return co_await std::move(sending);
}

asio::awaitable<bool> Session::AwaitResponse(bool keep) {
  bool streaming = false;
  const bool chunked = head_.minor_version == 1;
  StartWatch();
  SetDeadline(std::chrono::seconds(options_.request_seconds) + kHandlerGrace);
  while (true) {
    while (!woken_ && !timed_out_ && !reset_ && !closed_) {
      error_code ignored;
      auto token = asio::redirect_error(asio::use_awaitable, ignored);
      co_await wake_.async_wait(token);
    }
    woken_ = false;
    if (timed_out_ || reset_ || closed_) break;

    Exchange::Output output = exchange_->Take();
    if (output.response) {
      StopWatch();
      keep = keep && !shared_.draining && !half_closed_;
      auto sending = SendResponse(*output.response, keep);
      co_return co_await std::move(sending);
    }
    if (output.head) {
      streaming = true;
      keep = keep && chunked && !shared_.draining;
      served_.status = output.head->status;
      const std::string head =
          HeadText(*output.head, chunked ? Framing::kChunked : Framing::kUntilClose, keep,
                   head_.minor_version, request_.id);
      auto sending = Send(head, {});
      const bool sent = co_await std::move(sending);
      if (!sent) break;
    }
    if (!output.bytes.empty()) {
      if (chunked) output.bytes += "\r\n";
      const std::string size = chunked ? ChunkHead(output.bytes.size() - 2) : std::string();
      auto sending = Send(size, output.bytes);
      const bool sent = co_await std::move(sending);
      if (!sent) break;
      served_.bytes_sent += output.bytes.size() - (chunked ? 2 : 0);
    }
    if (output.finished) {
      StopWatch();
      if (!chunked) co_return false;
      auto sending = Send("0\r\n\r\n", {});
      const bool sent = co_await std::move(sending);
      co_return sent&& keep && !half_closed_;
    }
  }

  StopWatch();
  exchange_->Abandon();
  if (reset_ || closed_ || half_closed_) {
    served_.status = 499;
  } else if (!streaming) {
    problem_ =
        HttpProblem{504, "no answer within " + std::to_string(options_.request_seconds) + " s"};
    auto sending = SendProblem();
    co_await std::move(sending);
  }
  co_return false;
}

asio::awaitable<bool> Session::ServeOne() {
  BeginRequest();
  auto reading_head = ReadHead();
  const bool has_head = co_await std::move(reading_head);
  if (!has_head) {
    if (!problem_) co_return false;
    auto sending = SendProblem();
    co_await std::move(sending);
    EndRequest();
    co_return false;
  }

  is_head_ = head_.method == "HEAD";
  request_.id = shared_.dispatcher.RequestId(head_.headers);
  request_.method = is_head_ ? "GET" : head_.method;
  request_.path = head_.target.substr(0, head_.target.find_first_of("?#"));
  request_.headers = head_.headers;
  request_.remote = remote_;
  served_.id = request_.id;
  served_.method = head_.method;
  served_.path = request_.path;

  // What a body of GET or HEAD means is not defined; it is read, and the connection then ends, so
  // that nobody on the way can have taken it for a request.
  const bool odd_body = request_.method == "GET" && head_.HasBody();
  bool keep = head_.keep_alive && !odd_body && !shared_.draining &&
              ++requests_ < options_.requests_per_connection;

  if (refused_) {
    problem_ = HttpProblem{503, "too many connections"};
  }
  Dispatcher::Admission admission;
  if (!problem_) admission = shared_.dispatcher.Admit(request_, head_.target);
  served_.route = admission.route;
  if (!problem_ && admission.refusal) {
    linger_ = head_.HasBody();
    keep = keep && !linger_;
    auto sending = SendResponse(*admission.refusal, keep);
    const bool go_on = co_await std::move(sending);
    EndRequest();
    co_return go_on;
  }

  bool has_body = !problem_.has_value();
  if (has_body) {
    auto reading_body = ReadBody(admission.body_limit);
    has_body = co_await std::move(reading_body);
  }
  if (!has_body) {
    served_.status = 499;
    if (problem_) {
      auto sending = SendProblem();
      co_await std::move(sending);
    }
    EndRequest();
    co_return false;
  }

  CallContext context = CallContext::WithTimeout(std::chrono::seconds(options_.request_seconds));
  // The exchange may call from its thread at any moment, but not after Abandon or Finish.
  auto wake = [self = shared_from_this()] {
    asio::post(self->shared_.io, [self] { self->WakeUp(); });
  };
  woken_ = false;
  exchange_ = std::make_shared<Exchange>(std::move(request_), std::move(context), std::move(wake));
  request_ = {};
  request_.id = served_.id;
  request_.path = served_.path;
  shared_.dispatcher.Dispatch(admission, exchange_);
  auto responding = AwaitResponse(keep);
  const bool go_on = co_await std::move(responding);
  EndRequest();
  co_return go_on;
}

// Closing a socket with unread bytes resets the connection, and the client may lose the response
// that explains why. So what it still sends is read for a moment.
asio::awaitable<void> Session::Linger() {
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  SetDeadline(kLingerTime);
  for (size_t drained = in_.size(); drained < kLingerBytes;) {
    in_.clear();
    auto receiving = Receive();
    const bool received = co_await std::move(receiving);
    if (!received) break;
    drained += in_.size();
  }
}

asio::awaitable<void> Session::Run() {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(tcp::no_delay(true), ignored);
  remote_ = AddressText(socket_.remote_endpoint(ignored));
  for (bool go_on = true; go_on;) {
    auto serving = ServeOne();
    go_on = co_await std::move(serving);
  }
  if (!reset_ && !closed_ && !half_closed_ && (linger_ || !in_.empty())) {
    auto lingering = Linger();
    co_await std::move(lingering);
  }
  Kill();
}

void Session::EndIfIdle() {
  error_code ignored;
  if (idle_) socket_.cancel(ignored);
}

void Session::Kill() {
  closed_ = true;
  if (exchange_ != nullptr) exchange_->Abandon();
  ++timer_id_;
  deadline_timer_.cancel();
  ++watch_id_;
  error_code ignored;
  socket_.close(ignored);
  WakeUp();
}

}  // namespace

// ---- the transport ----

struct Transport::Impl {
  Impl(const TransportOptions& options, Dispatcher& dispatcher)
      : shared(options, dispatcher),
        acceptor(shared.io),
        accept_pause(shared.io),
        drain_timer(shared.io) {}

  Status Listen();
  asio::awaitable<void> Accept();
  void Serve(tcp::socket socket);
  void Drain();

  Shared shared;
  tcp::acceptor acceptor;
  asio::steady_timer accept_pause;
  asio::steady_timer drain_timer;
  std::set<std::shared_ptr<Session>> sessions;  // network thread only
  size_t admitted = 0;  // network thread only: sessions that are not refused
  uint16_t port = 0;

  std::thread thread;
  std::mutex mutex;
  std::condition_variable stopped;
  bool stopping = false;   // guarded by mutex
  bool has_ended = false;  // guarded by mutex: the network thread is done
  std::mutex join_mutex;   // held while the thread is joined
};

Status Transport::Impl::Listen() {
  const TransportOptions& options = shared.options;
  const std::string where = options.host + " port " + std::to_string(options.port);
  error_code error;
  const std::string host = options.host == "localhost" ? "127.0.0.1" : options.host;
  const auto address = asio::ip::make_address(host, error);
  if (error) {
    return InvalidArgumentError("listen on " + where + ": \"" + options.host +
                                "\" is not an IP address; expected e.g. 127.0.0.1, 0.0.0.0 or ::1");
  }
  const tcp::endpoint endpoint(address, options.port);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (!error) port = acceptor.local_endpoint(error).port();
  if (error == asio::error::address_in_use) {
    return UnavailableError("listen on " + where + ": address in use");
  }
  if (error) return UnavailableError("listen on " + where + ": " + error.message());
  return OkStatus();
}

asio::awaitable<void> Transport::Impl::Accept() {
  while (acceptor.is_open()) {
    tcp::socket socket(shared.io);
    error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    co_await acceptor.async_accept(socket, token);
    if (!error) {
      Serve(std::move(socket));
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

void Transport::Impl::Serve(tcp::socket socket) {
  const bool refused = admitted >= shared.options.max_connections;
  if (refused && sessions.size() - admitted >= kRefusedConnections) return;  // closes it
  const auto session = std::make_shared<Session>(std::move(socket), shared, refused);
  sessions.insert(session);
  if (!refused) ++admitted;
  shared.dispatcher.ConnectionsChanged(1);
  asio::co_spawn(shared.io, session->Run(), [this, session, refused](std::exception_ptr thrown) {
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
      LogError(std::string("a connection failed: ") + error.what());
    }
    session->Kill();
    sessions.erase(session);
    if (!refused) --admitted;
    shared.dispatcher.ConnectionsChanged(-1);
    if (shared.draining && sessions.empty()) drain_timer.cancel();
  });
}

void Transport::Impl::Drain() {
  shared.draining = true;
  error_code ignored;
  acceptor.close(ignored);
  accept_pause.cancel();
  for (const auto& session : sessions) session->EndIfIdle();
  if (sessions.empty()) return;
  drain_timer.expires_after(std::chrono::seconds(shared.options.drain_seconds));
  drain_timer.async_wait([this](const error_code& error) {
    if (error) return;
    for (const auto& session : sessions) session->Kill();
  });
}

Transport::Transport(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Transport::~Transport() { Stop(); }

Result<std::unique_ptr<Transport>> Transport::Start(const TransportOptions& options,
                                                    Dispatcher& dispatcher) {
  auto impl = std::make_unique<Impl>(options, dispatcher);
  QUARRY_RETURN_IF_ERROR(impl->Listen());
  asio::co_spawn(impl->shared.io, impl->Accept(), [](std::exception_ptr thrown) {
    if (thrown) LogError("the server accepts no more connections");
  });
  impl->thread = std::thread([raw = impl.get()] {
    raw->shared.io.run();
    {
      const std::lock_guard lock(raw->mutex);
      raw->has_ended = true;
    }
    raw->stopped.notify_all();
  });
  return std::unique_ptr<Transport>(new Transport(std::move(impl)));
}

uint16_t Transport::port() const { return impl_->port; }

void Transport::Stop() {
  {
    const std::lock_guard lock(impl_->mutex);
    if (!std::exchange(impl_->stopping, true)) {
      asio::post(impl_->shared.io, [impl = impl_.get()] { impl->Drain(); });
    }
  }
  const std::lock_guard lock(impl_->join_mutex);
  if (impl_->thread.joinable()) impl_->thread.join();
}

void Transport::Wait() {
  std::unique_lock lock(impl_->mutex);
  impl_->stopped.wait(lock, [&] { return impl_->has_ended; });
}

}  // namespace quarry::server
