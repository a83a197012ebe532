#pragma once

// SpendingFile: what a day cost so far, of all processes that share a store. A file beside the store's, since
// processes that only read a store spend too.
//
// One line: "quarry-spending 1 DAY MICROS", the day of UTC since 1970 and what it cost in millionths of the
// currency. Each change is made under a lock on the file (flock) and is on disk when it returns.
// Thread-safe.

#include <cstdint>
#include <mutex>
#include <string>
#include <utility>

#include "base/status.h"

namespace quarry::model {

class SpendingFile {
 public:
  // The directory need not be there until something is asked.
  explicit SpendingFile(std::string path) : path_(std::move(path)) {}

  // What `day` cost so far. kDataLoss naming a damaged file; kFailedPrecondition where it cannot be read
  // or written.
  Result<double> Spent(int64_t day) { return Add(day, 0); }
  // Adds to it; returns what it cost with that.
  Result<double> Add(int64_t day, double cost);

 private:
  const std::string path_;
  std::mutex mutex_;  // flock does not part the threads of one open file
};

}  // namespace quarry::model
