#pragma once

// Progress of long work, on standard error: a bar with rate and time left on a terminal, a plain
// line every few seconds elsewhere (logs of CI), nothing for work that is done before that.

#include <chrono>
#include <string>

#include "app/console.h"
#include "index/progress.h"
#include "ingest/pipeline.h"

namespace quarry::app {

// What a line of progress says; also for tests.
struct ProgressState {
  std::string stage;
  uint64_t done = 0;
  uint64_t total = 0;   // 0 = not known: neither bar nor share nor time left
  uint64_t bytes = 0;   // of files that were read; 0 = it is not about files, and `done` has a rate
  uint64_t chunks = 0;  // made of them
  double seconds = 0;   // since the stage began
};

// "reading  [=====>    ]  52 %  1,300/2,500 files  12 MB  4,900 chunks/s  3 s left", at most `columns`
// wide: what does not fit is left out, the bar first.
std::string ProgressBar(const ProgressState& state, size_t columns);

// "reading: 1,300 of 2,500 files (52 %), 12 MB, 4,900 chunks/s, 3 s left".
std::string ProgressLine(const ProgressState& state);

// Not thread-safe: Pipeline calls its sink from one thread.
class ProgressPrinter {
 public:
  explicit ProgressPrinter(Console& console) : console_(console) {}
  // Clears the bar.
  ~ProgressPrinter() { Clear(); }
  ProgressPrinter(const ProgressPrinter&) = delete;
  ProgressPrinter& operator=(const ProgressPrinter&) = delete;

  void Show(const ingest::IngestProgress& progress);
  // Takes the bar off the terminal, so that other lines can be printed.
  void Clear();
  // A sink that calls Show; the printer must outlive it.
  ingest::ProgressSink Sink() {
    return [this](const ingest::IngestProgress& progress) { Show(progress); };
  }
  // The same for work that only counts.
  index::Progress StageSink() {
    return [this](const char* stage, uint64_t done, uint64_t total) {
      Show({.stage = stage, .done = done, .total = total});
    };
  }

 private:
  using SteadyClock = std::chrono::steady_clock;

  Console& console_;
  std::string stage_;
  SteadyClock::time_point stage_start_ = SteadyClock::now();
  SteadyClock::time_point last_line_ = SteadyClock::now();
  uint64_t chunks_before_ = 0;  // the stage
  bool bar_shown_ = false;
};

}  // namespace quarry::app
