#pragma once

// A fixed number of threads and a bounded queue. When the queue is full the caller is told at once
// (TrySubmit) or waits (Submit): that is the back-pressure of the server and of ingest.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "base/status.h"

namespace quarry {

// Of the threads that have nothing to do the one that was busy last takes the next task: its stack and
// what it worked with are still in the caches. Thread-safe. The destructor runs what is queued, then
// joins. Tasks should not throw: what they throw is logged and dropped.
class ThreadPool {
 public:
  // REQUIRES: threads >= 1, queue_limit >= 1.
  ThreadPool(size_t threads, size_t queue_limit);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // Queues `task`; kResourceExhausted at once when the queue is full.
  Status TrySubmit(std::function<void()> task);
  // Queues `task`, waiting for a place. REQUIRES: not called from a task of this pool.
  void Submit(std::function<void()> task);
  // Waits until the queue is empty and no task runs. REQUIRES: not called from a task of this pool.
  void Wait();

  size_t threads() const { return workers_.size(); }

 private:
  // Where one thread waits for a task.
  struct Sleeper {
    std::condition_variable wake;
    bool is_woken = false;  // guarded by mutex_
  };

  void Work(Sleeper& self);
  // Has a sleeper look at the queue: to be notified once the lock is given back. Null where all are
  // busy. REQUIRES: mutex_ is held.
  Sleeper* WakeOne();

  const size_t queue_limit_;
  std::mutex mutex_;
  std::condition_variable has_place_;
  std::condition_variable idle_;
  std::deque<std::function<void()>> queue_;  // guarded by mutex_
  std::deque<Sleeper> sleepers_;             // one for each thread
  std::vector<Sleeper*> asleep_;             // the last that went to sleep last; guarded by mutex_
  size_t running_ = 0;                       // guarded by mutex_
  bool stopping_ = false;                    // guarded by mutex_
  std::vector<std::thread> workers_;
};

// Calls body(i) for every i in [0, count) on the pool and the calling thread, and returns when all
// are done. Work is handed out in blocks of `grain` by a shared counter, so a slow core delays
// nobody. Which thread runs which index is not determined: bodies must not depend on it. What a
// body throws comes out of the call, as from a plain loop; the indices that nobody had begun are
// then left out. May be called from a task of the same pool: where no thread is free, the caller
// does all the work. REQUIRES: grain >= 1.
void ParallelFor(ThreadPool& pool, size_t count, size_t grain,
                 const std::function<void(size_t)>& body);

}  // namespace quarry
