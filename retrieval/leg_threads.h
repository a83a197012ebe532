#pragma once

// LegThreads: runs both legs of a search, at once where a core has nothing to search.
//
// One question alone is answered sooner on two cores; where every core searches already, a second thread for a
// question would only take from the others, and its legs run one after the other. What they find is the same.
//
// Thread-safe.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "base/thread_pool.h"

namespace quarry::retrieval {

class LegThreads {
 public:
  // In smaller collections the shorter leg takes less time than another thread takes to wake.
  static constexpr uint64_t kLeastChunks = 20'000;

  // No more than `cores` threads search by way of this one.
  explicit LegThreads(size_t cores = std::thread::hardware_concurrency(),
                      uint64_t least_chunks = kLeastChunks);

  // Calls both once and returns when they have: `longer` on this thread, `shorter` on another or behind it.
  // What they throw comes out. They must not touch the same data. `chunks`: how many are searched.
  void Run(uint64_t chunks, const std::function<void()>& longer,
           const std::function<void()>& shorter);

  // How often another thread was asked for one of them.
  size_t lent() const { return lent_.load(std::memory_order_relaxed); }

 private:
  ThreadPool& Pool();

  const size_t cores_;
  const uint64_t least_chunks_;
  std::atomic<size_t> searching_ = 0;  // threads in Run, and those lent to it
  std::atomic<size_t> lent_ = 0;
  std::once_flag made_;
  std::unique_ptr<ThreadPool>
      pool_;  // made when it is first lent from: most commands search nothing
};

}  // namespace quarry::retrieval
