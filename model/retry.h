#pragma once

// When a request to an upstream is sent again, and when it is not sent at all. Pure but for the
// breaker and the limiter, whose time is given to them.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

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

  // A call that may be made. It tells at most once what became of it; one that ends without says
  // nothing of the upstream (cancelled, refused as wrong). The breaker outlives it.
  class Call {
   public:
    Call(Call&& other) noexcept
        : breaker_(std::exchange(other.breaker_, nullptr)), trial_(other.trial_) {}
    Call& operator=(Call&&) = delete;
    ~Call() {
      if (breaker_ != nullptr) breaker_->EndTrial(trial_);
    }
    void Succeeded() { breaker_->Succeeded(); }
    void Failed(Time now) { breaker_->Failed(now, trial_); }

   private:
    friend CircuitBreaker;
    Call(CircuitBreaker* breaker, uint64_t trial) : breaker_(breaker), trial_(trial) {}
    CircuitBreaker* breaker_;
    uint64_t trial_;  // 0 = begun while the breaker was closed
  };

  // nullopt: no call may be made.
  std::optional<Call> Begin(Time now);

  // Whether Begin would refuse; asking begins nothing.
  bool is_open(Time now) const;

 private:
  void Succeeded();
  void Failed(Time now, uint64_t trial);
  void EndTrial(uint64_t trial);

  const Options options_;
  mutable std::mutex mutex_;
  uint32_t failures_ = 0;           // guarded by mutex_, as what follows
  std::optional<Time> open_until_;  // none: closed
  uint64_t trial_ = 0;              // that is running; 0 = none
  uint64_t trials_ = 0;             // begun so far
};

// At most so many calls a minute, in bursts of as many seconds' worth as `burst_seconds`; a token
// bucket. Thread-safe.
class RateLimiter {
 public:
  using Time = std::chrono::steady_clock::time_point;
  // `per_minute` 0 = no limit.
  explicit RateLimiter(double per_minute, double burst_seconds = 1)
      : per_second_(per_minute / 60), burst_(std::max(1.0, per_second_ * burst_seconds)) {}

  // Takes one and says how long its call has to wait from `now`; takes nothing, nullopt, where that
  // were longer than `max_wait`.
  std::optional<std::chrono::milliseconds> Take(Time now, std::chrono::milliseconds max_wait);
  // Gives one back: its call was not made.
  void Return();

 private:
  const double per_second_;
  const double burst_;
  std::mutex mutex_;
  double tokens_ = burst_;  // guarded by mutex_, as what follows; below 0: calls wait for them
  std::optional<Time> last_;
};

}  // namespace quarry::model
