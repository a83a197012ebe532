#pragma once

// Wall-clock time behind an interface, so that tests can set it. For durations use
// std::chrono::steady_clock: wall clocks jump.

#include <chrono>
#include <cstdint>
#include <string>

namespace quarry {

class Clock {
 public:
  virtual ~Clock() = default;
  // Microseconds since 1970-01-01 UTC. Thread-safe.
  virtual int64_t NowMicros() const = 0;
};

class SystemClock final : public Clock {
 public:
  int64_t NowMicros() const override;
};

// For tests. Not thread-safe while it is being set.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(int64_t micros) : micros_(micros) {}
  int64_t NowMicros() const override { return micros_; }
  void Advance(std::chrono::microseconds by) { micros_ += by.count(); }

 private:
  int64_t micros_;
};

// "2026-11-21T21:36:43Z".
std::string FormatIso8601(int64_t micros);

}  // namespace quarry
