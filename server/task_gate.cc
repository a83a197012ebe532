#include "server/task_gate.h"

#include <string>
#include <utility>

#include "base/run_logged.h"

namespace quarry::server {

TaskGate::TaskGate(size_t at_once, size_t queue_limit, Start start)
    : at_once_(at_once), queue_limit_(queue_limit), start_(std::move(start)) {
  QUARRY_CHECK(at_once >= 1);
}

Status TaskGate::TryRun(Task task) {
  {
    const std::lock_guard lock(mutex_);
    if (running_ == at_once_) {
      if (queue_.size() >= queue_limit_) {
        return ResourceExhaustedError("the queue is full: " + std::to_string(queue_.size()) +
                                      " tasks are waiting");
      }
      queue_.push_back(std::move(task));
      return OkStatus();
    }
    ++running_;
  }
  StartOne(std::move(task));
  return OkStatus();
}

void TaskGate::StartOne(Task task) {
  start_([this, task = std::move(task)]() mutable {
    RunLogged("a request's task", task);
    task = nullptr;  // what it captured is gone before the next starts
    EndOne();
  });
}

void TaskGate::EndOne() {
  Task next;
  {
    const std::lock_guard lock(mutex_);
    if (queue_.empty()) {
      --running_;
      return;
    }
    next = std::move(queue_.front());
    queue_.pop_front();
  }
  StartOne(std::move(next));
}

}  // namespace quarry::server
