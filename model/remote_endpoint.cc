#include "model/remote_endpoint.h"

#include <algorithm>
#include <ctime>
#include <thread>
#include <utility>

namespace quarry::model {
namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kWaitSlice{20};

// A key below this is none that could be hidden ("x", where a server wants any).
constexpr size_t kLeastKey = 4;
// What is left of a key by a cut is hidden too, from so many bytes on.
constexpr size_t kTellingBytes = 8;

std::string WithoutKey(std::string_view text, std::string_view key) {
  std::string without;
  while (!text.empty()) {
    const size_t same = static_cast<size_t>(std::ranges::mismatch(text, key).in1 - text.begin());
    const bool is_key = same >= std::min(key.size(), kTellingBytes);
    without += is_key ? "***" : text.substr(0, 1);
    text.remove_prefix(is_key ? same : 1);
  }
  return without;
}

// What became of a request, for the breaker.
enum class Health { kAlive, kDead, kUnknown };

Health HealthOf(const Result<HttpResponse>& response) {
  if (response.ok()) return response->status >= 500 ? Health::kDead : Health::kAlive;
  return response.status().code() == Code::kUnavailable ? Health::kDead : Health::kUnknown;
}

}  // namespace

Status WaitFor(milliseconds time, const CallContext& context) {
  const SteadyClock::time_point end = SteadyClock::now() + time;
  if (end > context.deadline) return DeadlineExceededError("the deadline of the call would pass");
  for (SteadyClock::time_point now = SteadyClock::now(); now < end; now = SteadyClock::now()) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    std::this_thread::sleep_for(std::min<SteadyClock::duration>(end - now, kWaitSlice));
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

Status RemoteEndpoint::Admit(const CallContext& context, std::optional<Slot>& slot,
                             std::optional<CircuitBreaker::Call>& call) {
  const auto left_alone = [&] {
    return UnavailableError("not asked: it failed " + std::to_string(options_.breaker.failures) +
                            " times in a row and is left alone for a while");
  };
  if (is_open()) return left_alone();
  QUARRY_RETURN_IF_ERROR(context.Check());
  const SteadyClock::time_point now = SteadyClock::now();
  const std::optional<milliseconds> wait =
      limiter_.Take(now, std::chrono::floor<milliseconds>(context.deadline - now));
  if (!wait) {
    // The caller's time is not over: there are other ways to go on.
    return ResourceExhaustedError(
        "at " + std::to_string(options_.requests_per_minute) +
        " requests a minute its turn comes after the deadline of the call");
  }
  Status status = WaitFor(*wait, context);
  if (status.ok()) status = TakeSlot(context);
  if (status.ok()) {
    slot.emplace(*this);
    // Last, so that the one that tries for all others does not wait for anything.
    if (auto begun = breaker_.Begin(SteadyClock::now())) {
      call.emplace(std::move(*begun));
    } else {
      status = left_alone();
    }
  }
  if (!status.ok()) limiter_.Return();
  return status;
}

Status RemoteEndpoint::Redacted(Status status) const {
  if (status.ok() || key_.size() < kLeastKey) return status;
  return Status(status.code(), WithoutKey(status.message(), key_));
}

Result<HttpResponse> RemoteEndpoint::Post(const std::string& path, const std::string& body,
                                          const HttpSink& sink, const CallContext& context,
                                          uint64_t body_bytes) {
  Result<HttpResponse> response = PostUntilAnswered(path, body, sink, context, body_bytes);
  if (!response.ok()) return Redacted(std::move(response).status());
  return response;
}

Result<HttpResponse> RemoteEndpoint::PostUntilAnswered(const std::string& path,
                                                       const std::string& body,
                                                       const HttpSink& sink,
                                                       const CallContext& context,
                                                       uint64_t body_bytes) {
  HttpRequest request{.method = "POST", .url = JoinUrl(base_url_, path), .body = body};
  request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
  if (sink.body != nullptr) request.headers[1].second = "text/event-stream";
  if (!key_.empty()) request.headers.emplace_back("Authorization", "Bearer " + key_);
  request.limits = options_.limits;
  request.limits.body_bytes = std::min(request.limits.body_bytes, body_bytes);
  QUARRY_ASSIGN_OR_RETURN(const Url url, ParseUrl(request.url));
  const std::string place = "POST " + url.Shown();
  if (!key_.empty() && !url.tls && !url.IsLoopback()) {
    return FailedPreconditionError(place +
                                   ": a key is set for it and is not sent over plain http to "
                                   "another machine: expected https, or no key");
  }

  Status last;
  for (uint32_t attempt = 1;; ++attempt) {
    bool delivered = false;
    std::optional<Result<HttpResponse>> sent;
    {
      std::optional<Slot> slot;  // not held while the next attempt is waited for
      std::optional<CircuitBreaker::Call> call;
      if (Status admitted = Admit(context, slot, call); !admitted.ok()) {
        // What the attempt before failed with says more than that there is no other.
        const bool is_told = last.ok() || admitted.code() == Code::kCancelled;
        return is_told ? std::move(admitted).Annotate(place) : last;
      }
      sent = PostOnce(request, sink, delivered, context);
      const Health health = HealthOf(*sent);
      if (health == Health::kAlive) call->Succeeded();
      if (health == Health::kDead) call->Failed(SteadyClock::now());
    }
    Result<HttpResponse>& response = *sent;
    if (response.ok() && IsSuccess(response->status)) {
      return std::move(response);
    }
    Status failed = response.status();
    std::optional<milliseconds> retry_after;
    bool retryable = failed.code() == Code::kUnavailable && !delivered;
    if (response.ok()) {
      const std::string said = UpstreamMessage(response->body);
      failed = UnavailableError(place + ": status " + std::to_string(response->status) +
                                (said.empty() ? "" : ": " + said));
      if (response->status == 401 && key_.empty()) {
        failed = UnavailableError(failed.message() + "; no key was sent: none is set for " +
                                  url.Origin());
      }
      if (const Result<Url> base = ParseUrl(base_url_);
          response->status == 404 && base.ok() && base->target == "/") {
        failed = UnavailableError(failed.message() +
                                  "; its address may lack /v1: " + base->Origin() + "/v1");
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
    if (!delay || SteadyClock::now() + *delay >= context.deadline) return failed;
    QUARRY_RETURN_IF_ERROR(WaitFor(*delay, context));
    last = std::move(failed);
  }
}

}  // namespace quarry::model
