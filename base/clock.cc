#include "base/clock.h"

#include <cstdio>
#include <ctime>

#include "base/ascii.h"

namespace quarry {
namespace {

// Reads what stands in front of a text.
class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : rest_(text) {}

  bool AtEnd() const { return rest_.empty(); }
  bool Take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // Exactly so many digits, as a number from min to max.
  bool Digits(size_t count, int min, int max, int& value) {
    if (rest_.size() < count) return false;
    value = 0;
    for (const char c : rest_.substr(0, count)) {
      if (c < '0' || c > '9') return false;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(count);
    return value >= min && value <= max;
  }
  // ".5": the rest of a second. True where there is none.
  bool Fraction(int64_t& micros) {
    if (!Take('.')) return true;
    int64_t unit = 100'000;
    size_t digits = 0;
    for (; digits < rest_.size() && IsAsciiDigit(rest_[digits]); ++digits) {
      micros += (rest_[digits] - '0') * unit;
      unit /= 10;
    }
    rest_.remove_prefix(digits);
    return digits > 0;
  }

 private:
  std::string_view rest_;
};

}  // namespace

int64_t SystemClock::NowMicros() const {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

std::string FormatIso8601(int64_t micros) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(std::chrono::microseconds(micros));
  const auto time = static_cast<std::time_t>(seconds.count());
  std::tm utc{};
  gmtime_r(&time, &utc);
  char text[96];
  std::snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02dZ", utc.tm_year + 1900,
                utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
  return text;
}

std::optional<int64_t> ParseIso8601(std::string_view text) {
  TimeReader reader(text);
  int year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0;
  int64_t micros = 0;
  std::chrono::minutes offset{0};
  if (!reader.Digits(4, 0, 9999, year)) return std::nullopt;
  if (reader.Take('-') && !reader.Digits(2, 1, 12, month)) return std::nullopt;
  if (reader.Take('-')) {
    if (!reader.Digits(2, 1, 31, day)) return std::nullopt;
    if (reader.Take('T') || reader.Take(' ')) {
      if (!reader.Digits(2, 0, 23, hour) || !reader.Take(':') || !reader.Digits(2, 0, 59, minute)) {
        return std::nullopt;
      }
      if (reader.Take(':') && (!reader.Digits(2, 0, 60, second) || !reader.Fraction(micros))) {
        return std::nullopt;
      }
      const bool is_ahead = reader.Take('+');
      if (is_ahead || reader.Take('-')) {
        int hours = 0, minutes = 0;
        if (!reader.Digits(2, 0, 23, hours)) return std::nullopt;
        reader.Take(':');
        if (!reader.Digits(2, 0, 59, minutes)) return std::nullopt;
        offset = (is_ahead ? 1 : -1) * (std::chrono::hours(hours) + std::chrono::minutes(minutes));
      } else {
        reader.Take('Z');
      }
    }
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!reader.AtEnd() || !date.ok()) return std::nullopt;
  const auto time = std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(hour) +
                    std::chrono::minutes(minute) - offset + std::chrono::seconds(second);
  return std::chrono::duration_cast<std::chrono::microseconds>(time).count() + micros;
}

}  // namespace quarry
