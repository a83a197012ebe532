#include "app/progress.h"

#include <algorithm>
#include <cmath>

#include "app/text_layout.h"

namespace quarry::app {
namespace {

constexpr std::chrono::seconds kLineInterval{5};
constexpr size_t kMinBar = 10;
constexpr size_t kMaxBar = 40;
constexpr double kRateFrom = 0.5;  // seconds: before, a rate is noise

uint64_t Percent(const ProgressState& state) {
  return state.total == 0 ? 0 : std::min<uint64_t>(state.done * 100 / state.total, 100);
}

std::string Count(const ProgressState& state, const char* of) {
  const char* what = state.bytes == 0 ? "" : " files";
  if (state.total == 0) return state.done == 0 ? "" : WithThousands(state.done) + what;
  return WithThousands(state.done) + of + WithThousands(state.total) + what;
}

std::string WithTenths(double value) {
  if (value >= 9.95) return WithThousands(static_cast<uint64_t>(value));
  const auto tenths = static_cast<uint64_t>(std::llround(value * 10));
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

std::string Megabytes(const ProgressState& state) {
  return state.bytes == 0 ? "" : WithTenths(static_cast<double>(state.bytes) / 1e6) + " MB";
}

// "410/s"; "" while there is too little to tell.
std::string Rate(const ProgressState& state) {
  const uint64_t done = state.bytes == 0 ? state.done : state.chunks;
  if (state.seconds < kRateFrom || done == 0) return "";
  return WithTenths(static_cast<double>(done) / state.seconds) +
         (state.bytes == 0 ? "/s" : " chunks/s");
}

std::string TimeLeft(const ProgressState& state) {
  if (state.seconds < kRateFrom || state.done == 0 || state.done >= state.total) return "";
  const double left = state.seconds * static_cast<double>(state.total - state.done) /
                      static_cast<double>(state.done);
  return FormatSeconds(std::max(left, 1.0)) + " left";
}

}  // namespace

std::string ProgressBar(const ProgressState& state, size_t columns) {
  std::string line = PadRight(state.stage, 9);
  std::string rest = state.total == 0 ? "" : "  " + std::to_string(Percent(state)) + " %";
  for (const std::string& part :
       {Count(state, "/"), Megabytes(state), Rate(state), TimeLeft(state)}) {
    const std::string more = part.empty() ? "" : "  " + part;
    if (DisplayWidth(line) + rest.size() + more.size() <= columns) rest += more;
  }
  const size_t used = DisplayWidth(line) + rest.size() + 4;
  if (state.total != 0 && used + kMinBar <= columns) {
    const size_t width = std::min(columns - used, kMaxBar);
    const size_t filled = width * Percent(state) / 100;
    line += "  [" + std::string(filled, '=') + (filled < width ? ">" : "") +
            std::string(filled < width ? width - filled - 1 : 0, ' ') + "]";
  }
  return Ellipsize(line + rest, columns);
}

std::string ProgressLine(const ProgressState& state) {
  const std::string count = Count(state, " of ");
  std::string line = state.stage + (count.empty() ? "" : ": ") + count;
  if (state.total != 0) line += " (" + std::to_string(Percent(state)) + " %)";
  for (const std::string& part : {Megabytes(state), Rate(state), TimeLeft(state)}) {
    if (!part.empty()) line += ", " + part;
  }
  return line;
}

void ProgressPrinter::Show(const ingest::IngestProgress& progress) {
  const SteadyClock::time_point now = SteadyClock::now();
  if (stage_ != progress.stage) {
    stage_ = progress.stage;
    stage_start_ = now;
    chunks_before_ = progress.chunks;
  }
  ProgressState state;
  state.stage = stage_;
  state.done = progress.done;
  state.total = progress.total;
  // Later stages are about chunks that were read before.
  if (progress.done_is_files) {
    state.bytes = progress.bytes;
    state.chunks = progress.chunks - std::min(chunks_before_, progress.chunks);
  }
  state.seconds = std::chrono::duration<double>(now - stage_start_).count();

  if (console_.error_is_terminal()) {
    // The last column stays free: some terminals wrap when it is written.
    console_.PrintError("\r\x1b[K" + ProgressBar(state, console_.columns() - 1));
    bar_shown_ = true;
  } else if (now - last_line_ >= kLineInterval) {
    last_line_ = now;
    console_.Note(ProgressLine(state));
  }
}

void ProgressPrinter::Clear() {
  if (bar_shown_) console_.PrintError("\r\x1b[K");
  bar_shown_ = false;
}

}  // namespace quarry::app
