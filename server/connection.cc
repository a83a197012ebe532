#include "server/connection.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cstdio>
#include <ctime>

#include "server/http_body.h"

namespace quarry::server {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

// A handler watches its deadline itself; when it has not for this long, the transport answers for
// it.
constexpr std::chrono::seconds kHandlerGrace{1};
constexpr std::chrono::seconds kWriteTime{30};
constexpr size_t kWriteBytesPerSecond = 64 * 1024;
constexpr std::chrono::seconds kLingerTime{2};
constexpr size_t kLingerBytes = 4u << 20;
constexpr size_t kUsualHead = 512;  // bytes of a response's head

enum class Framing : uint8_t { kLength, kChunked, kUntilClose };

void AppendField(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  const size_t begin = out.size();
  out.append(value);
  // A value with a line end would be a header of its own.
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  std::replace_if(out.begin() + static_cast<ptrdiff_t>(begin), out.end(), is_control, ' ');
  out += "\r\n";
}

// The date of a response; it is written once a second.
const std::string& HttpDateNow() {
  thread_local int64_t second = -1;
  thread_local std::string date;
  const int64_t now = std::time(nullptr);
  if (now != second) date = FormatHttpDate(now);
  second = now;
  return date;
}

// `more` are headers beside the response's own.
std::string HeadText(const Response& response, Framing framing, bool keep, int minor_version,
                     const std::string& request_id, const HeaderList& more) {
  std::string text;
  text.reserve(kUsualHead);
  text.append("HTTP/1.1 ").append(std::to_string(response.status)) += ' ';
  text.append(ReasonPhrase(response.status)).append("\r\n");
  AppendField(text, "Date", HttpDateNow());
  if (!response.content_type.empty()) AppendField(text, "Content-Type", response.content_type);
  if (framing == Framing::kChunked) AppendField(text, "Transfer-Encoding", "chunked");
  if (framing == Framing::kLength && response.status != 204 && response.status != 304) {
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
  for (const auto& [name, value] : more) AppendField(text, name, value);
  text += "\r\n";
  return text;
}

std::string ChunkHead(size_t size) {
  char text[24];
  std::snprintf(text, sizeof(text), "%zx\r\n", size);
  return text;
}

}  // namespace

std::string AddressText(const tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  const std::string port = std::to_string(endpoint.port());
  return endpoint.address().is_v6() ? '[' + address + "]:" + port : address + ':' + port;
}

// ---- one request ----

void Session::BeginRequest() {
  started_ = Clock::now();
  head_ = {};
  request_ = {};
  more_headers_.clear();
  problem_.reset();
  served_ = {};
  served_.remote = remote_;
  is_head_ = false;
}

void Session::EndRequest() {
  hold_ = BodyHold();
  exchange_.reset();
  served_.seconds = std::chrono::duration<double>(Clock::now() - started_).count();
  shared_.dispatcher.Done(served_);
}

asio::awaitable<bool> Session::ReadHead() {
  size_t scanned = 0;
  idle_ = in_.empty();
  waiting_since_ = Clock::now();
  if (idle_) {
    // Who connects has something to ask.
    const uint32_t seconds = requests_ > 0
                                 ? options_.idle_seconds
                                 : std::min(options_.idle_seconds, options_.header_seconds);
    SetDeadline(refused_ ? kLingerTime : std::chrono::seconds(seconds));
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
    if (!hold_.Grow(body.text().size() - hold_.bytes())) {
      problem_ = HttpProblem{503, "too many large requests at once"};
      co_return false;
    }
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
      HeadText(response, Framing::kLength, keep, head_.minor_version, request_.id, more_headers_);
  const std::string_view body = is_head_ ? std::string_view() : response.body;
  SetDeadline(kWriteTime + std::chrono::seconds(body.size() / kWriteBytesPerSecond));
  auto sending = Send(head, body);
  const bool sent = co_await std::move(sending);
  if (sent) {
    served_.bytes_sent = body.size();
  } else if (response.status < 500) {  // what the server failed at stays what it was
    served_.status = 499;
  }
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
  SetDeadline(std::chrono::seconds(seconds_) + kHandlerGrace);
  while (true) {
    beat_ = Clock::now() + options_.heartbeat;
    ArmTimer();
    while (!woken_ && !timed_out_ && !reset_ && !closed_) {
      auto suspending = Suspend();
      co_await std::move(suspending);
    }
    beat_ = Clock::time_point::max();
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
                   head_.minor_version, request_.id, more_headers_);
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
    problem_ = HttpProblem{504, "no answer within " + std::to_string(seconds_) + " s"};
    auto sending = SendProblem();
    co_await std::move(sending);
  }
  co_return false;
}

asio::awaitable<bool> Session::ServeOne() {
  BeginRequest();
  auto reading_head = ReadHead();
  const bool has_head = co_await std::move(reading_head);
  waiting_since_.reset();
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
  request_.is_secure = tls_ != nullptr;
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
  served_.key = request_.caller.key;
  hold_ = BodyHold(shared_.held_bodies,
                   served_.key.empty() ? remote_.substr(0, remote_.rfind(':')) : served_.key);
  more_headers_ = std::move(admission.headers);
  seconds_ = admission.seconds != 0 ? admission.seconds : options_.request_seconds;
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

  CallContext context = CallContext::WithTimeout(std::chrono::seconds(seconds_));
  // The exchange may call from its thread at any moment, but not after Abandon or Finish. Behind Finish that
  // thread has nothing else to do and writes the response itself; before, another has to.
  auto wake = [self = shared_from_this()](bool is_last) {
    auto wake_up = [self] {
      self->woken_ = true;
      self->Resume();
    };
    if (is_last) {
      asio::defer(self->shared_.network, std::move(wake_up));
    } else {
      asio::post(self->shared_.network, std::move(wake_up));
    }
  };
  woken_ = false;
  exchange_ = std::make_shared<Exchange>(std::move(request_), std::move(context), std::move(wake),
                                         std::move(hold_));
  request_ = {};
  request_.id = served_.id;
  request_.path = served_.path;
  shared_.dispatcher.Dispatch(admission, exchange_, shared_.gate);
  auto responding = AwaitResponse(keep);
  const bool go_on = co_await std::move(responding);
  EndRequest();
  co_return go_on;
}

// Closing a socket with unread bytes resets the connection, and the client may lose the response
// that explains why. So what it still sends is read for a moment.
asio::awaitable<void> Session::Linger() {
  error_code ignored;
  if (tls_ != nullptr) tls_->EndWriting();
  socket_.shutdown(Socket::shutdown_send, ignored);
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
  bool go_on = true;
  if (tls_ != nullptr) {
    auto shaking = Handshake();
    go_on = co_await std::move(shaking);
  }
  while (go_on) {
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
  error_code ignored;
  if (tls_ != nullptr && socket_.is_open()) tls_->EndWriting();
  socket_.close(ignored);
  WakeUp();
}

}  // namespace quarry::server
