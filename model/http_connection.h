#pragma once

// HttpConnection: one TCP connection to an upstream, with TLS on it or not. Internal to http_client.cc.
//
// All of it runs on the thread that calls: the socket never blocks, and every wait is a poll of at
// most kSlice, after which the caller's wish (cancelled, out of time) is looked at again. Only the
// resolver has a thread of its own, since getaddrinfo cannot be interrupted: a caller that gives up
// leaves it behind to end by itself.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/call_context.h"
#include "base/status.h"
#include "model/http_client.h"

namespace quarry::model {

// For how long, and for whom.
struct HttpWait {
  const CallContext& context;
  std::chrono::milliseconds limit{0};  // of this step
  const char* step = "";               // for messages: "connect", "an answer"
};

// The certificates that are trusted. Thread-safe once made.
class TlsTrust {
 public:
  // Those of the system and, where `ca_file` is not "", those in that PEM file instead.
  // kInvalidArgument naming a file that holds none.
  static Result<std::shared_ptr<const TlsTrust>> Load(const std::string& ca_file);
  virtual ~TlsTrust() = default;
};

class HttpConnection {
 public:
  // Resolves and connects, both within wait.limit. kUnavailable, kDeadlineExceeded, kCancelled, and
  // what `filter` (null = none) says.
  static Result<std::unique_ptr<HttpConnection>> Connect(const std::string& host, uint16_t port,
                                                         const AddressFilter& filter,
                                                         const HttpWait& wait);
  virtual ~HttpConnection() = default;

  // TLS 1.2 or later; the certificate must be for `host` and lead to `trust`.
  virtual Status StartTls(const std::string& host, const TlsTrust& trust, const HttpWait& wait) = 0;
  virtual Status Write(std::string_view bytes, const HttpWait& wait) = 0;
  // At least one byte, or 0 at the end of the stream. A TLS stream that ends without its own end is
  // an error: it may have been cut.
  virtual Result<size_t> Read(char* buffer, size_t size, const HttpWait& wait) = 0;
  // Whether it can carry another request: open, and nothing has come unasked.
  virtual bool IsReusable() = 0;
};

}  // namespace quarry::model
