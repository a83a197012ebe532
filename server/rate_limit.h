#pragma once

// Limits of use: token buckets. A bucket holds what a period allows, is filled evenly, and each use
// takes from it. All by the steady clock: setting the time of day changes no limit. What was used
// is held in memory, so a restart fills the buckets.

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "server/http_types.h"

namespace quarry::server {

// Not thread-safe.
class TokenBucket {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Full. REQUIRES: capacity >= 1.
  TokenBucket(double capacity, std::chrono::seconds period, Time now)
      : capacity_(capacity),
        per_second_(capacity / static_cast<double>(period.count())),
        level_(capacity),
        filled_(now) {}

  double capacity() const { return capacity_; }
  double Level(Time now) const;
  // Takes that much, even if less is there: what is owed is filled first.
  void Take(double amount, Time now);
  // Until there is that much, and until it is full.
  double SecondsUntil(double amount, Time now) const;
  double SecondsUntilFull(Time now) const { return SecondsUntil(capacity_, now); }

 private:
  double capacity_;
  double per_second_;
  double level_;
  Time filled_;
};

// What a key may use. 0 = no limit.
struct KeyLimits {
  uint32_t requests_per_minute = 0;
  uint32_t requests_per_day = 0;
  uint32_t tokens_per_minute = 0;  // of prompts and answers
  uint32_t tokens_per_day = 0;

  friend bool operator==(const KeyLimits&, const KeyLimits&) = default;
};

// The buckets of one key. How many tokens an answer takes is known when it is made: a request is
// admitted while there are any, and what it takes is owed. Thread-safe.
class KeyMeter {
 public:
  using Clock = std::chrono::steady_clock;
  using Time = Clock::time_point;

  KeyMeter(const KeyLimits& limits, Time now);

  struct Admission {
    bool admitted = true;
    std::string message;         // what is used up; "" where it is admitted
    uint32_t retry_seconds = 0;  // until it would be admitted
    HeaderList headers;          // x-ratelimit-..., of the limit that is nearest
  };
  // Takes one request where it is admitted.
  Admission Admit(Time now);
  void ChargeTokens(uint64_t tokens, Time now);

 private:
  std::mutex mutex_;
  std::map<std::string, TokenBucket> buckets_;  // guarded by mutex_; by what they count
};

// Failed attempts by whoever makes them. Thread-safe; its memory is bounded.
class FailureLimiter {
 public:
  using Time = TokenBucket::Time;
  static constexpr double kFailures = 10;
  static constexpr std::chrono::seconds kPeriod{60};
  static constexpr size_t kMostSources = 10'000;

  // Seconds until `source` may try again; 0 = now.
  uint32_t Blocked(const std::string& source, Time now);
  void Failed(const std::string& source, Time now);

 private:
  std::mutex mutex_;
  std::map<std::string, TokenBucket, std::less<>> sources_;  // guarded by mutex_
};

}  // namespace quarry::server
