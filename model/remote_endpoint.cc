#include "model/remote_endpoint.h"

#include <algorithm>
#include <ctime>
#include <thread>
#include <utility>

namespace quarry::model {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kSlice{20};

std::string WithoutKey(std::string text, const std::string& key) {
  if (key.empty()) return text;
  for (size_t at = 0; (at = text.find(key, at)) != std::string::npos; at += 3) {
    text.replace(at, key.size(), "***");
  }
  return text;
}

// What became of a request, for the breaker.
enum class Health { kAlive, kDead, kUnknown };

Health HealthOf(const Result<HttpResponse>& response) {
  if (response.ok()) return response->status >= 500 ? Health::kDead : Health::kAlive;
  return response.status().code() == Code::kUnavailable ? Health::kDead : Health::kUnknown;
}

}  // namespace

Status WaitFor(milliseconds time, const CallContext& context) {
  const Clock::time_point end = Clock::now() + time;
  if (end > context.deadline) return DeadlineExceededError("the deadline of the call would pass");
  for (Clock::time_point now = Clock::now(); now < end; now = Clock::now()) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    std::this_thread::sleep_for(std::min<Clock::duration>(end - now, kSlice));
  }
  return context.Check();
}

// Counts a running request.
class RemoteEndpoint::Slot {
 public:
  explicit Slot(RemoteEndpoint& endpoint) : endpoint_(endpoint) {}
  ~Slot() {
    const std::lock_guard lock(endpoint_.mutex_);
    --endpoint_.running_;
  }
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;

 private:
  RemoteEndpoint& endpoint_;
};

RemoteEndpoint::RemoteEndpoint(const HttpClient& http, std::string base_url, std::string key,
                               RemoteOptions options)
    : http_(http),
      base_url_(std::move(base_url)),
      key_(std::move(key)),
      options_(options),
      breaker_(options.breaker),
      limiter_(options.requests_per_minute),
      random_(options.seed) {}

Status RemoteEndpoint::TakeSlot(const CallContext& context) {
  while (true) {
    {
      const std::lock_guard lock(mutex_);
      if (running_ < options_.concurrency) {
        ++running_;
        return OkStatus();
      }
    }
    QUARRY_RETURN_IF_ERROR(context.Check());
    std::this_thread::sleep_for(milliseconds(2));
  }
}

Result<HttpResponse> RemoteEndpoint::PostOnce(const HttpRequest& request, const HttpSink& sink,
                                              bool& delivered, const CallContext& context) {
  HttpSink watched = sink;
  if (sink.body != nullptr) {
    watched.body = [&](std::string_view piece) {
      delivered = true;
      return sink.body(piece);
    };
  }
  ++sent_;
  return http_.Send(request, watched, context);
}

Result<HttpResponse> RemoteEndpoint::Post(const std::string& path, const std::string& body,
                                          const HttpSink& sink, const CallContext& context) {
  HttpRequest request{.method = "POST", .url = JoinUrl(base_url_, path), .body = body};
  request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
  if (sink.body != nullptr) request.headers[1].second = "text/event-stream";
  if (!key_.empty()) request.headers.emplace_back("Authorization", "Bearer " + key_);
  request.limits = options_.limits;
  QUARRY_ASSIGN_OR_RETURN(const Url url, ParseUrl(request.url));
  const std::string place = "POST " + url.Shown();
  if (!key_.empty() && !url.tls && !url.IsLoopback()) {
    return FailedPreconditionError(place +
                                   ": a key is set for it and is not sent over plain http to "
                                   "another machine: expected https, or no key");
  }

  for (uint32_t attempt = 1;; ++attempt) {
    QUARRY_RETURN_IF_ERROR(TakeSlot(context));
    const Slot slot(*this);
    QUARRY_RETURN_IF_ERROR(WaitFor(limiter_.Take(Clock::now()), context).Annotate(place));
    if (!breaker_.Allow(Clock::now())) {
      return UnavailableError(place + ": not asked: it failed " +
                              std::to_string(options_.breaker.failures) +
                              " times in a row and is left alone for a while");
    }
    bool delivered = false;
    Result<HttpResponse> response = PostOnce(request, sink, delivered, context);
    switch (HealthOf(response)) {
      case Health::kAlive:
        breaker_.Succeeded();
        break;
      case Health::kDead:
        breaker_.Failed(Clock::now());
        break;
      case Health::kUnknown:
        breaker_.Undecided();
        break;
    }
    if (response.ok() && response->status >= 200 && response->status < 300) return response;
    Status failed = response.status();
    std::optional<milliseconds> retry_after;
    bool retryable = failed.code() == Code::kUnavailable && !delivered;
    if (response.ok()) {
      const std::string said = WithoutKey(UpstreamMessage(response->body), key_);
      failed = UnavailableError(place + ": status " + std::to_string(response->status) +
                                (said.empty() ? "" : ": " + said));
      if (response->status == 401 && key_.empty()) {
        failed = UnavailableError(failed.message() + "; no key was sent: none is set for " +
                                  url.Origin());
      }
      retryable = IsRetryable(response->status);
      if (const std::string* asked = FindHttpHeader(response->headers, "Retry-After")) {
        retry_after = ParseRetryAfter(*asked, std::time(nullptr));
      }
    }
    if (!retryable) return failed;
    std::optional<milliseconds> delay;
    {
      const std::lock_guard lock(mutex_);
      delay = RetryDelay(options_.retry, attempt, retry_after, random_);
    }
    // Where the call has no time to wait, what failed says more than that.
    if (!delay || Clock::now() + *delay >= context.deadline) return failed;
    QUARRY_RETURN_IF_ERROR(WaitFor(*delay, context));
  }
}

}  // namespace quarry::model
