#include "base/clock.h"

#include <cstdio>
#include <ctime>

namespace quarry {

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

}  // namespace quarry
