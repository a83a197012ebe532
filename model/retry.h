#pragma once

// When a request to an upstream is sent again, and when it is not sent at all. Pure but for the
// breaker and the limiter, whose time is given to them.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>

#include "base/random.h"

namespace quarry::model {

struct RetryOptions {
  uint32_t attempts = 3;  // the first included
  std::chrono::milliseconds initial{500};
  std::chrono::milliseconds longest{8'000};
  // An upstream that asks for more patience than this is not asked again.
  std::chrono::milliseconds longest_asked{60'000};
};

// Whether an answer with this status may be another one later: 408, 429 and those of a server that is
// overloaded or ill.
bool IsRetryable(int status);

// How long to wait before attempt `attempt` + 1 (from 1), or nullopt: no more. Doubles from `initial`
// to `longest`, between half and the whole of it by `random`, so that many who failed together do not
// come back together. What the upstream asked for (Retry-After) is the least.
std::optional<std::chrono::milliseconds> RetryDelay(
    const RetryOptions& options, uint32_t attempt,
    std::optional<std::chrono::milliseconds> retry_after, Random& random);

// The value of a Retry-After header: seconds, or a date of HTTP (RFC 9110, IMF-fixdate) against `now`
// (seconds since 1970). nullopt for what is neither; never negative.
std::optional<std::chrono::milliseconds> ParseRetryAfter(std::string_view value, int64_t now);

// Stops asking an upstream that does not answer (Nygard, "Release It!", 2007): after `failures` in a
// row it is open for `open_for`, then lets one call try, which closes it or opens it again.
// Thread-safe.
class CircuitBreaker {
 public:
  using Time = std::chrono::steady_clock::time_point;
  struct Options {
    uint32_t failures = 5;
    std::chrono::milliseconds open_for{30'000};
  };
  explicit CircuitBreaker(Options options) : options_(options) {}

  // Whether a call may be made. Each that may is followed by one of the next three.
  bool Allow(Time now);
  void Succeeded();
  void Failed(Time now);
  // It ended for reasons that say nothing of the upstream: cancelled, refused as wrong.
  void Undecided();

  bool is_open(Time now) const;

 private:
  const Options options_;
  mutable std::mutex mutex_;
  uint32_t failures_ = 0;           // guarded by mutex_, as what follows
  std::optional<Time> open_until_;  // none: closed
  bool trying_ = false;
};

// At most so many calls a minute, in bursts of as many seconds' worth as `burst_seconds`; a token
// bucket. Thread-safe.
class RateLimiter {
 public:
  using Time = std::chrono::steady_clock::time_point;
  // `per_minute` 0 = no limit.
  explicit RateLimiter(double per_minute, double burst_seconds = 1)
      : per_second_(per_minute / 60), burst_(std::max(1.0, per_second_ * burst_seconds)) {}

  // Takes one and says how long its call has to wait from `now`.
  std::chrono::milliseconds Take(Time now);

 private:
  const double per_second_;
  const double burst_;
  std::mutex mutex_;
  double tokens_ = burst_;  // guarded by mutex_, as what follows; below 0: calls wait for them
  std::optional<Time> last_;
};

}  // namespace quarry::model
