#pragma once

// Logging for operators: one line per event on standard error, level first. What a person asked for
// is printed by app/, not logged. Thread-safe.

#include <string_view>

namespace quarry {

enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };

// Lines below `level` are dropped. Default: kWarning; `serve` sets kInfo, and lines then begin with the time.
void SetLogLevel(LogLevel level);

void LogDebug(std::string_view message);
void LogInfo(std::string_view message);
void LogWarning(std::string_view message);
void LogError(std::string_view message);

}  // namespace quarry
