#pragma once

// TaskGate: lets a number of tasks run at the same time and keeps others waiting, up to a limit. Where they
// run is its owner's business.
//
//   TaskGate gate(2, 100, [&](TaskGate::Task task) { asio::defer(io, std::move(task)); });
//   if (!gate.TryRun(task).ok()) ...  // too many wait
//
// Thread-safe.

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>

#include "base/status.h"

namespace quarry::server {

class TaskGate {
 public:
  using Task = std::function<void()>;
  // Has a task run, soon, by any thread; not inside this call.
  using Start = std::function<void(Task task)>;

  // REQUIRES: at_once >= 1; `start` works as long as a task runs or waits.
  TaskGate(size_t at_once, size_t queue_limit, Start start);
  TaskGate(const TaskGate&) = delete;
  TaskGate& operator=(const TaskGate&) = delete;

  // Starts `task`, or queues it; kResourceExhausted where as many wait as may. Tasks should not throw: what
  // they throw is logged and dropped.
  Status TryRun(Task task);

 private:
  void StartOne(Task task);
  void EndOne();

  const size_t at_once_;
  const size_t queue_limit_;
  const Start start_;
  std::mutex mutex_;
  std::deque<Task> queue_;  // guarded by mutex_
  size_t running_ = 0;      // guarded by mutex_
};

}  // namespace quarry::server
