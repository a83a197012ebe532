#include "base/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "base/run_logged.h"

namespace quarry {
ThreadPool::ThreadPool(size_t threads, size_t queue_limit) : queue_limit_(queue_limit) {
  QUARRY_CHECK(threads >= 1);
  QUARRY_CHECK(queue_limit >= 1);
  workers_.reserve(threads);
  for (size_t i = 0; i < threads; ++i) {
    workers_.emplace_back([this, &sleeper = sleepers_.emplace_back()] { Work(sleeper); });
  }
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    while (Sleeper* const woken = WakeOne()) woken->wake.notify_one();
  }
  for (std::thread& worker : workers_) worker.join();
}

ThreadPool::Sleeper* ThreadPool::WakeOne() {
  if (asleep_.empty()) return nullptr;
  Sleeper* const woken = asleep_.back();
  asleep_.pop_back();
  woken->is_woken = true;
  return woken;
}

Status ThreadPool::TrySubmit(std::function<void()> task) {
  Sleeper* woken = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= queue_limit_) {
      return ResourceExhaustedError("the queue is full: " + std::to_string(queue_.size()) +
                                    " tasks are waiting");
    }
    queue_.push_back(std::move(task));
    woken = WakeOne();
  }
  if (woken != nullptr) woken->wake.notify_one();
  return OkStatus();
}

void ThreadPool::Submit(std::function<void()> task) {
  Sleeper* woken = nullptr;
  {
    std::unique_lock lock(mutex_);
    has_place_.wait(lock, [this] { return queue_.size() < queue_limit_; });
    queue_.push_back(std::move(task));
    woken = WakeOne();
  }
  if (woken != nullptr) woken->wake.notify_one();
}

void ThreadPool::Wait() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return queue_.empty() && running_ == 0; });
}

void ThreadPool::Work(Sleeper& self) {
  std::unique_lock lock(mutex_);
  while (true) {
    while (queue_.empty()) {
      if (stopping_) return;
      self.is_woken = false;
      asleep_.push_back(&self);
      self.wake.wait(lock, [&self] { return self.is_woken; });
    }
    std::function<void()> task = std::move(queue_.front());
    queue_.pop_front();
    ++running_;
    lock.unlock();
    has_place_.notify_one();
    RunLogged("a task of a thread pool", task);
    task = nullptr;  // what it captured is gone before Wait() returns
    lock.lock();
    --running_;
    if (running_ == 0 && queue_.empty()) idle_.notify_all();
  }
}

namespace {

// What the threads of one ParallelFor share. A helper may start after the call has returned; it
// then finds no block left and does not touch `body`, so that the call waits for running helpers
// only.
struct ParallelWork {
  ParallelWork(size_t n, size_t per_block, const std::function<void(size_t)>& f)
      : count(n), grain(per_block), blocks(n / per_block + (n % per_block != 0)), body(f) {}

  void RunBlocks() {
    size_t finished = 0;
    for (size_t block; (block = next.fetch_add(1, std::memory_order_relaxed)) < blocks;) {
      RunBlock(block);
      ++finished;
    }
    if (finished == 0) return;
    const std::lock_guard lock(mutex);
    done += finished;
    if (done == blocks) all_done.notify_all();
  }

  void RunBlock(size_t block) {
    if (failed.load(std::memory_order_relaxed)) return;
    const size_t begin = block * grain;
    const size_t end = begin + std::min(grain, count - begin);
    try {
      for (size_t i = begin; i < end; ++i) body(i);
    } catch (...) {
      failed.store(true, std::memory_order_relaxed);
      const std::lock_guard lock(mutex);
      if (!error) error = std::current_exception();
    }
  }

  const size_t count;
  const size_t grain;
  const size_t blocks;
  const std::function<void(size_t)>& body;
  std::atomic<size_t> next = 0;
  std::atomic<bool> failed = false;

  std::mutex mutex;
  std::condition_variable all_done;
  size_t done = 0;           // guarded by mutex
  std::exception_ptr error;  // guarded by mutex; the first one
};

}  // namespace

void ParallelFor(ThreadPool& pool, size_t count, size_t grain,
                 const std::function<void(size_t)>& body) {
  QUARRY_CHECK(grain >= 1);
  if (count == 0) return;
  const auto work = std::make_shared<ParallelWork>(count, grain, body);
  const size_t helpers = std::min(pool.threads(), work->blocks - 1);
  for (size_t i = 0; i < helpers; ++i) {
    // A full queue only means less help.
    if (!pool.TrySubmit([work] { work->RunBlocks(); }).ok()) break;
  }
  work->RunBlocks();
  std::unique_lock lock(work->mutex);
  work->all_done.wait(lock, [&] { return work->done == work->blocks; });
  if (work->error) std::rethrow_exception(work->error);
}

}  // namespace quarry
