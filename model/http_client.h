#pragma once

// HttpClient: HTTP/1.1 to upstreams: remote models and the hub that models are pulled from.
//
//   HttpClient client(options);
//   QUARRY_ASSIGN_OR_RETURN(const HttpResponse response,
//                           client.Send({.method = "POST", .url = url, .body = json}, {}, context));
//
// Synchronous: the call runs on the caller's thread and ends within 100 ms of being cancelled or of its
// deadline. TLS 1.2 or later with verified certificates; proxies; connections are kept and used
// again. One that was closed while it was kept is passed over. Where it closes later, before any byte of
// an answer, GET and HEAD are sent once more, on a new one; all else may have been read and is an error.
//
// Errors, each beginning with "POST https://host/path: " (never with user info or query):
//   kInvalidArgument    a URL that is none; a header that would break the request
//   kUnavailable        no host, no connection, no TLS, no answer in time, no HTTP, cut off
//   kResourceExhausted  a body of more than HttpLimits::body_bytes, or an answer of which more than
//                       as much again is not body
//   kDeadlineExceeded, kCancelled   of the call
//   whatever HttpClientOptions::filter says
// Any status of HTTP is an answer and no error.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/call_context.h"
#include "base/ip_address.h"
#include "base/status.h"
#include "model/proxy.h"

namespace quarry::model {

inline bool IsSuccess(int status) { return status >= 200 && status < 300; }
inline bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

struct HttpLimits {
  std::chrono::milliseconds connect{2'000};  // name and TCP; TLS has as much again
  std::chrono::milliseconds first_byte{15'000};
  std::chrono::milliseconds gap{15'000};  // between two pieces of the answer
  // Of a whole answer that no sink takes, which a gap alone would let drip for ever.
  std::chrono::milliseconds total{600'000};
  uint64_t body_bytes = 64u << 20;  // of an answer
};

// Whether `host` may be reached at `address`, one of those that it resolves to: an error passes it
// over, and is that of the call where no address is left.
using AddressFilter = std::function<Status(const std::string& host, const IpAddress& address)>;

struct HttpClientOptions {
  std::string ca_file;  // PEM, trusted instead of the system's authorities; "" = the system's
  ProxySettings proxy;
  uint32_t idle_connections = 8;  // kept per upstream
  std::chrono::milliseconds idle_time{30'000};
  // Asked with the very address that is then connected to: names are resolved once. Proxies are not
  // used with it, since they resolve names themselves. Thread-safe.
  AddressFilter filter = nullptr;
};

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// The value of the first header of that name, whatever its case; nullptr if there is none.
const std::string* FindHttpHeader(const HttpHeaders& headers, std::string_view name);

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  // Host, Content-Length and the like are added; where they are not given, User-Agent and
  // Accept-Encoding.
  HttpHeaders headers = {};
  std::string body = {};
  HttpLimits limits = {};
  bool once = false;           // not sent again, whatever the method
  uint32_t max_redirects = 0;  // that GET and HEAD follow; never from https to http
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers;
  std::string body;  // what no sink took
};

// Takes an answer of status 2xx as it comes. An error ends the call with that error.
struct HttpSink {
  std::function<Status(const HttpResponse& head)> head;  // before the first piece; optional
  std::function<Status(std::string_view piece)> body;
  // Optional. Once it gives a time the answer is whole, however it ends: what may follow is waited for
  // no longer than that, in all.
  std::function<std::optional<std::chrono::milliseconds>()> enough = nullptr;
};

// Thread-safe.
class HttpClient {
 public:
  explicit HttpClient(HttpClientOptions options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // The body of other answers than 2xx is kept, cut after 64 KiB, also where there is a sink.
  Result<HttpResponse> Send(const HttpRequest& request, const HttpSink& sink,
                            const CallContext& context) const;

  // Connections that wait for another request.
  size_t idle_connections() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace quarry::model
