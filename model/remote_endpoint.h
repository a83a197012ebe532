#pragma once

// RemoteEndpoint: one upstream with its key: requests that are retried, limited, and not made at all
// while it does not answer.

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "model/http_client.h"
#include "model/retry.h"

namespace quarry::model {

struct RemoteOptions {
  RetryOptions retry;
  CircuitBreaker::Options breaker;
  HttpLimits limits;
  double requests_per_minute = 0;  // 0 = no limit
  uint32_t concurrency = 8;        // requests at a time
  uint64_t seed = 1;               // of the jitter
};

// Waits, and hears of cancelling within 20 ms. kDeadlineExceeded at once where it would take longer
// than the call has.
Status WaitFor(std::chrono::milliseconds time, const CallContext& context);

// Thread-safe.
class RemoteEndpoint {
 public:
  // `key` is sent as a bearer token, over https or to this machine itself; "" = none. `http` must
  // outlive it.
  RemoteEndpoint(const HttpClient& http, std::string base_url, std::string key,
                 RemoteOptions options);

  // Posts JSON to base_url + path until there is an answer of 2xx, as often as the options say and
  // never again once a byte of such an answer has gone to the sink. Errors: those of HttpClient::Send;
  // kUnavailable with what the upstream says for any other status, and while the breaker is open.
  // kResourceExhausted at once where the limit per minute leaves no turn before the deadline.
  // kFailedPrecondition where the key would go over plain http to another machine. No message holds
  // the key.
  // `body_bytes`: what the answer may have at most, beside the limit of the options.
  Result<HttpResponse> Post(const std::string& path, const std::string& body, const HttpSink& sink,
                            const CallContext& context, uint64_t body_bytes = UINT64_MAX);

  // For what is said of an answer afterwards: the same without the key, which the upstream may have
  // said, and without what a cut has left of it.
  Status Redacted(Status status) const;

  const std::string& base_url() const { return base_url_; }
  // Whether the upstream is not asked at the moment, since it did not answer.
  bool is_open() const { return breaker_.is_open(std::chrono::steady_clock::now()); }
  // Requests sent, retries included.
  uint64_t sent() const { return sent_; }

 private:
  class Slot;
  Status TakeSlot(const CallContext& context);
  // Waits until a request may be sent; on an error none may, and nothing is held.
  Status Admit(const CallContext& context, std::optional<Slot>& slot,
               std::optional<CircuitBreaker::Call>& call);
  Result<HttpResponse> PostUntilAnswered(const std::string& path, const std::string& body,
                                         const HttpSink& sink, const CallContext& context,
                                         uint64_t body_bytes);
  Result<HttpResponse> PostOnce(const HttpRequest& request, const HttpSink& sink, bool& delivered,
                                const CallContext& context);

  const HttpClient& http_;
  const std::string base_url_;
  const std::string key_;
  const RemoteOptions options_;
  CircuitBreaker breaker_;
  RateLimiter limiter_;
  std::atomic<uint64_t> sent_{0};
  std::mutex mutex_;
  uint32_t running_ = 0;  // guarded by mutex_
  Random random_;         // guarded by mutex_
};

// The message in the body of an error: {"error": {"message": ..}}, {"error": ..}, {"message": ..},
// {"detail": ..} or the text itself; on one line, cut after 300 bytes.
std::string UpstreamMessage(const std::string& body);

}  // namespace quarry::model
