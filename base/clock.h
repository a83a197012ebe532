#pragma once

// Wall-clock time behind an interface, so that tests can set it. For durations use
// std::chrono::steady_clock: wall clocks jump.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

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

// The months in English, in small letters, from January on.
inline constexpr std::string_view kMonthNames[] = {"january",   "february", "march",    "april",
                                                   "may",       "june",     "july",     "august",
                                                   "september", "october",  "november", "december"};
// Likewise the days of the week, from Monday on.
inline constexpr std::string_view kWeekdayNames[] = {"monday", "tuesday",  "wednesday", "thursday",
                                                     "friday", "saturday", "sunday"};

// "2026-11-21T21:36:43Z".
std::string FormatIso8601(int64_t micros);

// Microseconds since 1970 of an ISO 8601 time: "2026", "2026-11", "2026-11-21", the last also with
// "T21:36", "T21:36:43" or "T21:36:43.5" (a space may stand for the T) and then "Z", "+02:00" or
// nothing, which means UTC. nullopt for anything else, days that no month has among it.
std::optional<int64_t> ParseIso8601(std::string_view text);

}  // namespace quarry
