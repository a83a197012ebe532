#include "retrieval/leg_threads.h"

#include <algorithm>

namespace quarry::retrieval {
namespace {

// Counts threads as searching for as long as it lives.
class Searching {
 public:
  Searching(std::atomic<size_t>& count, size_t threads) : count_(count), threads_(threads) {
    before_ = count_.fetch_add(threads_, std::memory_order_relaxed);
  }
  ~Searching() { count_.fetch_sub(threads_, std::memory_order_relaxed); }
  Searching(const Searching&) = delete;
  Searching& operator=(const Searching&) = delete;

  size_t before() const { return before_; }

 private:
  std::atomic<size_t>& count_;
  const size_t threads_;
  size_t before_ = 0;
};

}  // namespace

LegThreads::LegThreads(size_t cores, uint64_t least_chunks)
    : cores_(std::max<size_t>(cores, 1)), least_chunks_(least_chunks) {}

ThreadPool& LegThreads::Pool() {
  std::call_once(made_, [&] {
    const size_t helpers = cores_ / 2;  // one for each thread that asks
    pool_ = std::make_unique<ThreadPool>(helpers, helpers);
  });
  return *pool_;
}

void LegThreads::Run(uint64_t chunks, const std::function<void()>& longer,
                     const std::function<void()>& shorter) {
  if (cores_ > 1 && chunks >= least_chunks_) {
    const Searching both(searching_, 2);
    if (both.before() + 2 <= cores_) {
      lent_.fetch_add(1, std::memory_order_relaxed);
      // Begins with the first here; who comes first takes the second.
      ParallelFor(Pool(), 2, 1, [&](size_t leg) { leg == 0 ? longer() : shorter(); });
      return;
    }
  }
  const Searching alone(searching_, 1);
  longer();
  shorter();
}

}  // namespace quarry::retrieval
