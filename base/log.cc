#include "base/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>

#include "base/hex.h"

namespace quarry {
namespace {

constexpr const char* kForPeople = "%l %v";
constexpr const char* kForFiles = "%Y-%m-%dT%H:%M:%S.%eZ %l %v";

// The process has one standard error, and so one logger. Never destroyed: threads may log while the
// process exits.
spdlog::logger& Logger() {
  static spdlog::logger* const logger = [] {
    auto* made = new spdlog::logger("quarry", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern(kForPeople);
    made->set_level(spdlog::level::warn);
    made->flush_on(spdlog::level::trace);
    return made;
  }();
  return *logger;
}

bool IsPrintable(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; }

// One event is one line, whatever a file name or a request put into the message.
std::string OneLine(std::string_view message) {
  std::string line;
  line.reserve(message.size());
  for (const char c : message) {
    if (IsPrintable(c)) {
      line += c;
    } else if (c == '\n') {
      line += "\\n";
    } else if (c == '\t') {
      line += "\\t";
    } else {
      line += "\\x";
      AppendHex(line, c);
    }
  }
  return line;
}

void Log(spdlog::level::level_enum level, std::string_view message) {
  spdlog::logger& logger = Logger();
  if (!logger.should_log(level)) return;
  std::string line;
  if (!std::ranges::all_of(message, IsPrintable)) message = line = OneLine(message);
  logger.log(level, spdlog::string_view_t(message.data(), message.size()));
}

}  // namespace

void SetLogLevel(LogLevel level) {
  // systemd's journal, which names itself so, keeps the time itself.
  const bool is_kept = level == LogLevel::kInfo || level == LogLevel::kDebug;
  if (is_kept && std::getenv("JOURNAL_STREAM") == nullptr) {
    Logger().set_pattern(kForFiles, spdlog::pattern_time_type::utc);
  } else {
    Logger().set_pattern(kForPeople);
  }
  switch (level) {
    case LogLevel::kDebug:
      return Logger().set_level(spdlog::level::debug);
    case LogLevel::kInfo:
      return Logger().set_level(spdlog::level::info);
    case LogLevel::kWarning:
      return Logger().set_level(spdlog::level::warn);
    case LogLevel::kError:
      return Logger().set_level(spdlog::level::err);
    case LogLevel::kOff:
      return Logger().set_level(spdlog::level::off);
  }
}

void LogDebug(std::string_view message) { Log(spdlog::level::debug, message); }
void LogInfo(std::string_view message) { Log(spdlog::level::info, message); }
void LogWarning(std::string_view message) { Log(spdlog::level::warn, message); }
void LogError(std::string_view message) { Log(spdlog::level::err, message); }

}  // namespace quarry
