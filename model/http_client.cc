#include "model/http_client.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <limits>
#include <map>
#include <mutex>

#include "base/ascii.h"
#include "base/base64.h"
#include "model/http_connection.h"

namespace quarry::model {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;

constexpr uint32_t kHeaderBytes = 64 * 1024;
constexpr size_t kErrorBodyBytes = 64 * 1024;
constexpr size_t kBodyReadBytes = 16 * 1024;
constexpr size_t kIdleInAll = 64;
constexpr int kMostInterim = 8;  // answers before the answer
// Of a line of the framing of chunks, or of the fields behind them: Beast waits for its end without
// a limit.
constexpr size_t kPendingBytes = 80 * 1024;
// What framing may take, and as much as the body may besides.
constexpr uint64_t kFramingBytes = uint64_t{1} << 20;

// Beast's parser; what it finds goes to an HttpResponse and to the sink.
class ResponseParser final : public http::basic_parser<false> {
 public:
  ResponseParser(const HttpLimits& limits, const HttpSink& sink) : limits_(limits), sink_(sink) {
    eager(true);
    header_limit(kHeaderBytes);
    body_limit(std::numeric_limits<uint64_t>::max());  // it is held to here, with a message
  }

  HttpResponse Take() { return std::move(response_); }
  const HttpResponse& response() const { return response_; }
  // What ended the call, where it was not the stream.
  const Status& status() const { return status_; }

 private:
  using View = boost::beast::string_view;

  void on_request_impl(http::verb, View, View, int, error_code&) override {}
  void on_response_impl(int code, View, int, error_code&) override { response_.status = code; }
  void on_field_impl(http::field, View name, View value, error_code&) override {
    response_.headers.emplace_back(std::string(name.data(), name.size()),
                                   std::string(value.data(), value.size()));
  }
  void on_header_impl(error_code& error) override {
    if (!IsSuccess(response_.status) || sink_.head == nullptr) return;
    Fail(sink_.head(response_), error);
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  size_t on_body_impl(View piece, error_code& error) override {
    TakePiece({piece.data(), piece.size()}, error);
    return piece.size();
  }
  void on_chunk_header_impl(std::uint64_t, View, error_code&) override {}
  size_t on_chunk_body_impl(std::uint64_t, View piece, error_code& error) override {
    TakePiece({piece.data(), piece.size()}, error);
    return piece.size();
  }
  void on_finish_impl(error_code&) override {}

  void TakePiece(std::string_view piece, error_code& error) {
    received_ += piece.size();
    if (received_ > limits_.body_bytes) {
      return Fail(ResourceExhaustedError("an answer of more than " +
                                         std::to_string(limits_.body_bytes) + " bytes"),
                  error);
    }
    if (!IsSuccess(response_.status)) {
      const size_t room = kErrorBodyBytes - std::min(kErrorBodyBytes, response_.body.size());
      response_.body += piece.substr(0, room);
    } else if (sink_.body != nullptr) {
      Fail(sink_.body(piece), error);
    } else {
      response_.body += piece;
    }
  }
  void Fail(Status status, error_code& error) {
    if (status.ok()) return;
    status_ = std::move(status);
    error = http::make_error_code(http::error::body_limit);  // any; status_ says which
  }

  const HttpLimits& limits_;
  const HttpSink& sink_;
  HttpResponse response_;
  uint64_t received_ = 0;
  Status status_;
};

// Names what was asked for in every message.
std::string Place(const HttpRequest& request, const Url& url) {
  return request.method + ' ' + url.Shown();
}

Status CheckHeaders(const HttpRequest& request) {
  const auto breaks = [](const std::string& text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
      return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
    });
  };
  for (const auto& [name, value] : request.headers) {
    if (!IsHttpToken(name)) {
      return InvalidArgumentError("a header's name: expected letters, digits and !#$%&'*+-.^_`|~");
    }
    if (breaks(value)) {
      return InvalidArgumentError("header " + name + ": a control character or line end in it");
    }
  }
  return OkStatus();
}

// Of the safe methods those that are sent here.
bool IsSafeMethod(std::string_view method) { return method == "GET" || method == "HEAD"; }

std::string BasicCredentials(const Url& url) { return "Basic " + EncodeBase64(url.Credentials()); }

std::string RequestText(const HttpRequest& request, const Url& url, const Url* forwarder) {
  std::string text = request.method + ' ' + (forwarder != nullptr ? url.Origin() : "") +
                     url.target + " HTTP/1.1\r\nHost: " + url.Authority() + "\r\n";
  for (const auto& [name, value] :
       {std::pair("User-Agent", "quarry"), std::pair("Accept-Encoding", "identity")}) {
    if (FindHttpHeader(request.headers, name) == nullptr) {
      text.append(name).append(": ").append(value).append("\r\n");
    }
  }
  if (forwarder != nullptr && !forwarder->user_info.empty()) {
    text += "Proxy-Authorization: " + BasicCredentials(*forwarder) + "\r\n";
  }
  bool authorized = false;
  for (const auto& [name, value] : request.headers) {
    authorized = authorized || EqualsIgnoringCase(name, "Authorization");
    text.append(name).append(": ").append(value).append("\r\n");
  }
  if (!url.user_info.empty() && !authorized) {
    text += "Authorization: " + BasicCredentials(url) + "\r\n";
  }
  if (!request.body.empty() || request.method == "POST") {
    text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  return text.append("\r\n").append(request.body);
}

}  // namespace

const std::string* FindHttpHeader(const HttpHeaders& headers, std::string_view name) {
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& header) {
    return EqualsIgnoringCase(header.first, name);
  });
  return found == headers.end() ? nullptr : &found->second;
}

struct HttpClient::Impl {
  explicit Impl(HttpClientOptions given) : options(std::move(given)) {}

  struct Idle {
    std::unique_ptr<HttpConnection> connection;
    SteadyClock::time_point since;
  };

  // How an exchange ended.
  struct Outcome {
    Status status;
    bool answered = false;  // a byte of the answer came
    bool reusable = false;
  };

  Result<HttpResponse> SendOnce(const HttpRequest& request, const Url& url, const HttpSink& sink,
                                const CallContext& context);
  Result<std::unique_ptr<HttpConnection>> Connect(const HttpRequest& request, const Url& url,
                                                  const Url* proxy, const CallContext& context);
  Status OpenTunnel(HttpConnection& connection, const Url& url, const Url& proxy,
                    const HttpRequest& request, const CallContext& context);
  static Outcome Exchange(HttpConnection& connection, const std::string& text,
                          const HttpRequest& request, const HttpSink& sink,
                          const CallContext& context, HttpResponse& response);
  Result<std::shared_ptr<const TlsTrust>> Trust();
  std::unique_ptr<HttpConnection> TakeIdle(const std::string& key);
  void PutIdle(const std::string& key, std::unique_ptr<HttpConnection> connection);
  void DropIdle(const std::string& key);

  const HttpClientOptions options;
  mutable std::mutex mutex;
  std::shared_ptr<const TlsTrust> trust;          // guarded by mutex; loaded when first needed
  std::map<std::string, std::vector<Idle>> idle;  // guarded by mutex; the latest last
};

Result<std::shared_ptr<const TlsTrust>> HttpClient::Impl::Trust() {
  const std::lock_guard lock(mutex);
  if (trust == nullptr) {
    QUARRY_ASSIGN_OR_RETURN(trust, TlsTrust::Load(options.ca_file));
  }
  return trust;
}

std::unique_ptr<HttpConnection> HttpClient::Impl::TakeIdle(const std::string& key) {
  std::vector<Idle> closed;  // outside the lock
  const std::lock_guard lock(mutex);
  const auto found = idle.find(key);
  if (found == idle.end()) return nullptr;
  std::vector<Idle>& waiting = found->second;
  std::unique_ptr<HttpConnection> taken;
  while (taken == nullptr && !waiting.empty()) {
    Idle last = std::move(waiting.back());
    waiting.pop_back();
    if (SteadyClock::now() - last.since < options.idle_time && last.connection->IsReusable()) {
      taken = std::move(last.connection);
    } else {
      closed.push_back(std::move(last));
    }
  }
  if (waiting.empty()) idle.erase(found);
  return taken;
}

void HttpClient::Impl::PutIdle(const std::string& key, std::unique_ptr<HttpConnection> connection) {
  std::vector<Idle> closed;  // outside the lock
  const std::lock_guard lock(mutex);
  const SteadyClock::time_point now = SteadyClock::now();
  size_t count = 0;
  for (auto entry = idle.begin(); entry != idle.end();) {
    std::vector<Idle>& waiting = entry->second;
    while (!waiting.empty() && now - waiting.front().since >= options.idle_time) {
      closed.push_back(std::move(waiting.front()));
      waiting.erase(waiting.begin());
    }
    count += waiting.size();
    entry = waiting.empty() ? idle.erase(entry) : std::next(entry);
  }
  std::vector<Idle>& waiting = idle[key];
  if (waiting.size() < options.idle_connections && count < kIdleInAll) {
    waiting.push_back({std::move(connection), now});
  }
  if (waiting.empty()) idle.erase(key);
}

void HttpClient::Impl::DropIdle(const std::string& key) {
  std::vector<Idle> dropped;  // closed outside the lock
  const std::lock_guard lock(mutex);
  const auto found = idle.find(key);
  if (found == idle.end()) return;
  dropped = std::move(found->second);
  idle.erase(found);
}

Result<std::unique_ptr<HttpConnection>> HttpClient::Impl::Connect(const HttpRequest& request,
                                                                  const Url& url, const Url* proxy,
                                                                  const CallContext& context) {
  const Url& to = proxy != nullptr ? *proxy : url;
  const HttpWait wait{context, request.limits.connect, "connection"};
  Result<std::unique_ptr<HttpConnection>> connected =
      HttpConnection::Connect(to.host, to.port, options.filter, wait);
  if (!connected.ok()) {
    if (proxy == nullptr) return connected;
    return std::move(connected).status().Annotate("proxy " + proxy->Shown());
  }
  std::unique_ptr<HttpConnection> connection = *std::move(connected);
  if (!url.tls) return connection;
  if (proxy != nullptr) {
    QUARRY_RETURN_IF_ERROR(
        OpenTunnel(*connection, url, *proxy, request, context).Annotate("proxy " + proxy->Shown()));
  }
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const TlsTrust> trusted, Trust());
  const HttpWait shake{context, request.limits.connect, "TLS handshake"};
  QUARRY_RETURN_IF_ERROR(connection->StartTls(url.host, *trusted, shake));
  return connection;
}

Status HttpClient::Impl::OpenTunnel(HttpConnection& connection, const Url& url, const Url& proxy,
                                    const HttpRequest& request, const CallContext& context) {
  const std::string host =
      url.host.find(':') == std::string::npos ? url.host : '[' + url.host + ']';
  const std::string target = host + ':' + std::to_string(url.port);
  std::string text = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
  if (!proxy.user_info.empty()) {
    text += "Proxy-Authorization: " + BasicCredentials(proxy) + "\r\n";
  }
  text += "\r\n";
  HttpRequest connect{.method = "CONNECT", .url = "", .limits = request.limits};
  HttpResponse response;
  const Outcome outcome = Exchange(connection, text, connect, {}, context, response);
  QUARRY_RETURN_IF_ERROR(outcome.status);
  if (IsSuccess(response.status)) return OkStatus();
  return UnavailableError("it refused the connection with status " +
                          std::to_string(response.status));
}

HttpClient::Impl::Outcome HttpClient::Impl::Exchange(
    HttpConnection& connection, const std::string& text, const HttpRequest& request,
    const HttpSink& sink, const CallContext& context, HttpResponse& response) {
  Outcome outcome;
  const HttpWait sending{context, request.limits.gap, "progress in sending"};
  outcome.status = connection.Write(text, sending);
  if (!outcome.status.ok()) return outcome;
  // The answer to CONNECT has no sink and no body; it is held to the same.
  SteadyClock::time_point end = SteadyClock::time_point::max();
  if (sink.body == nullptr) end = SteadyClock::now() + request.limits.total;
  const auto is_late = [&] { return sink.body == nullptr && SteadyClock::now() >= end; };
  const auto late = [&] {
    return UnavailableError("no whole answer within " +
                            std::to_string(request.limits.total.count()) + " ms");
  };
  std::string in;
  uint64_t received = 0;
  int interim = 0;
  char buffer[kBodyReadBytes];
  std::unique_ptr<ResponseParser> parser;
  const auto is_enough = [&] {
    if (!outcome.answered || sink.enough == nullptr) return false;
    const std::optional<std::chrono::milliseconds> wait = sink.enough();
    if (wait) end = std::min(end, SteadyClock::now() + *wait);
    return wait.has_value();
  };
  const auto whole = [&] {
    response = parser->Take();
    outcome.status = context.Check();
    return outcome;
  };
  do {  // interim answers (100, 103) are passed over
    parser = std::make_unique<ResponseParser>(request.limits, sink);
    parser->skip(request.method == "HEAD" || request.method == "CONNECT");
    if (interim++ > kMostInterim) {
      outcome.status = UnavailableError("its answer is not HTTP: more than " +
                                        std::to_string(kMostInterim) + " interim answers");
      return outcome;
    }
    while (!parser->is_done()) {
      outcome.status = is_late() ? late() : context.Check();
      if (!outcome.status.ok()) return outcome;
      error_code error = http::make_error_code(http::error::need_more);
      if (!in.empty()) {
        const size_t used = parser->put(boost::asio::const_buffer(in.data(), in.size()), error);
        in.erase(0, used);
        if (!parser->status().ok()) {
          outcome.status = parser->status();
          return outcome;
        }
        if (!error && used > 0) continue;
        if (error && error != http::error::need_more) {
          if (is_enough()) return whole();
          outcome.status = UnavailableError("its answer is not HTTP: " + error.message());
          return outcome;
        }
        if (in.size() > kPendingBytes) {
          outcome.status = UnavailableError("its answer is not HTTP: a line of more than " +
                                            std::to_string(kPendingBytes) + " bytes");
          return outcome;
        }
      }
      const bool enough = is_enough();
      if (enough && SteadyClock::now() >= end) return whole();
      auto patience = outcome.answered ? request.limits.gap : request.limits.first_byte;
      if (end != SteadyClock::time_point::max()) {
        patience = std::min(patience,
                            std::chrono::ceil<std::chrono::milliseconds>(end - SteadyClock::now()));
      }
      const HttpWait waiting{context, patience,
                             outcome.answered ? "further byte of the answer" : "answer"};
      const Result<size_t> got = connection.Read(buffer, sizeof(buffer), waiting);
      if (enough && (!got.ok() || *got == 0)) return whole();
      if (!got.ok()) {
        outcome.status =
            got.status().code() == Code::kUnavailable && is_late() ? late() : got.status();
        return outcome;
      }
      if (*got > 0) {
        outcome.answered = true;
        received += *got;
        if ((received - std::min(received, kFramingBytes)) / 2 > request.limits.body_bytes) {
          outcome.status = ResourceExhaustedError("an answer of more than " +
                                                  std::to_string(received - 1) + " bytes");
          return outcome;
        }
        in.append(buffer, *got);
        continue;
      }
      if (outcome.answered) parser->put_eof(error);
      if (!outcome.answered || error) {
        outcome.status = UnavailableError(outcome.answered ? "its answer was cut off"
                                                           : "it closed without an answer");
        return outcome;
      }
    }
  } while (parser->response().status < 200 && parser->response().status != 101);
  outcome.reusable = parser->keep_alive() && in.empty() && !parser->need_eof();
  response = parser->Take();
  return outcome;
}

Result<HttpResponse> HttpClient::Impl::SendOnce(const HttpRequest& request, const Url& url,
                                                const HttpSink& sink, const CallContext& context) {
  const Url* proxy = options.filter == nullptr ? options.proxy.For(url) : nullptr;
  const std::string key =
      url.Origin() + (proxy == nullptr ? "" : " by " + proxy->user_info + '@' + proxy->Origin());
  const std::string text = RequestText(request, url, url.tls ? nullptr : proxy);
  while (true) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    std::unique_ptr<HttpConnection> connection = TakeIdle(key);
    const bool was_kept = connection != nullptr;
    if (!was_kept) {
      QUARRY_ASSIGN_OR_RETURN(connection, Connect(request, url, proxy, context));
    }
    HttpResponse response;
    const Outcome outcome = Exchange(*connection, text, request, sink, context, response);
    if (outcome.status.ok()) {
      if (outcome.reusable) PutIdle(key, std::move(connection));
      return response;
    }
    const bool was_closed = was_kept && !outcome.answered && context.Check().ok() &&
                            outcome.status.code() == Code::kUnavailable &&
                            !connection->IsReusable();
    if (!was_closed) return outcome.status;
    // Those that were kept beside it are as likely gone: the next attempt connects anew.
    DropIdle(key);
    // Whether it was read before the connection closed cannot be told, so what may have had an effect is not repeated
    // (RFC 9110, 9.2.2). TakeIdle has passed over what was closed before.
    if (request.once || !IsSafeMethod(request.method)) return outcome.status;
  }
}

HttpClient::HttpClient(HttpClientOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}

HttpClient::~HttpClient() = default;

size_t HttpClient::idle_connections() const {
  const std::lock_guard lock(impl_->mutex);
  size_t count = 0;
  for (const auto& [key, waiting] : impl_->idle) count += waiting.size();
  return count;
}

Result<HttpResponse> HttpClient::Send(const HttpRequest& request, const HttpSink& sink,
                                      const CallContext& context) const {
  QUARRY_ASSIGN_OR_RETURN(Url url, ParseUrl(request.url));
  QUARRY_RETURN_IF_ERROR(CheckHeaders(request).Annotate(Place(request, url)));
  HttpRequest sent = request;
  const bool may_redirect = IsSafeMethod(request.method);
  for (uint32_t redirects = 0;; ++redirects) {
    Result<HttpResponse> response = impl_->SendOnce(sent, url, sink, context);
    if (!response.ok()) return std::move(response).status().Annotate(Place(sent, url));
    const std::string* location = FindHttpHeader(response->headers, "Location");
    if (!may_redirect || request.max_redirects == 0 || !IsRedirect(response->status) ||
        location == nullptr) {
      return response;
    }
    if (redirects == request.max_redirects) {
      return UnavailableError(Place(request, url) + ": more than " +
                              std::to_string(request.max_redirects) + " redirects");
    }
    Result<Url> next = ResolveUrl(url, *location);
    if (!next.ok()) return UnavailableError(Place(sent, url) + ": its redirect leads nowhere");
    if (url.tls && !next->tls) {
      return UnavailableError(Place(sent, url) + ": its redirect leads from https to " +
                              next->Origin());
    }
    // What proves who asks is for the first host only.
    if (next->Origin() != url.Origin()) {
      std::erase_if(sent.headers, [](const auto& header) {
        return EqualsIgnoringCase(header.first, "Authorization") ||
               EqualsIgnoringCase(header.first, "Cookie");
      });
    }
    url = *std::move(next);
  }
}

}  // namespace quarry::model
