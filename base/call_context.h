#pragma once

// CallContext: the last parameter of every call that can take long or block. It carries how long
// the caller waits, whether it still wants the answer, and where the time went.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"

namespace quarry {

// Stage timings of one call, in the order in which the stages first ended; of a stage that runs more
// than once the times add up. Not thread-safe: stages that run in parallel are recorded by the
// thread that waits for them.
class Trace {
 public:
  struct Stage {
    std::string name;  // "retrieve.lexical"
    double micros = 0;
  };
  void Add(std::string name, double micros) {
    for (Stage& stage : stages_) {
      if (stage.name != name) continue;
      stage.micros += micros;
      return;
    }
    stages_.push_back({std::move(name), micros});
  }
  const std::vector<Stage>& stages() const { return stages_; }

 private:
  std::vector<Stage> stages_;
};

// A flag that any thread (or a signal handler, by Cancel on a kept pointer) can raise. Copies share
// it.
class CancelToken {
 public:
  CancelToken() : flag_(std::make_shared<std::atomic<bool>>(false)) {}
  void Cancel() const { flag_->store(true, std::memory_order_relaxed); }
  bool cancelled() const { return flag_->load(std::memory_order_relaxed); }
  std::atomic<bool>* flag() const { return flag_.get(); }

 private:
  std::shared_ptr<std::atomic<bool>> flag_;
};

// What one call took, in tokens: of language models, also where their reply was cut short or thrown
// away, and of what else counts as such. Thread-safe.
class UsageMeter {
 public:
  void Add(uint64_t tokens) { tokens_.fetch_add(tokens, std::memory_order_relaxed); }
  // At least so many, whatever was counted of them on the way.
  void RaiseTo(uint64_t tokens) {
    uint64_t seen = tokens_.load(std::memory_order_relaxed);
    while (seen < tokens &&
           !tokens_.compare_exchange_weak(seen, tokens, std::memory_order_relaxed)) {
    }
  }
  uint64_t tokens() const { return tokens_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> tokens_{0};
};

struct CallContext {
  using Clock = std::chrono::steady_clock;

  Clock::time_point deadline = Clock::time_point::max();
  CancelToken cancel;
  Trace* trace = nullptr;       // optional, not owned
  UsageMeter* usage = nullptr;  // likewise

  static CallContext WithTimeout(std::chrono::milliseconds timeout) {
    CallContext context;
    context.deadline = Clock::now() + timeout;
    return context;
  }

  // kCancelled or kDeadlineExceeded once the caller has stopped waiting. Long loops call this at
  // least every few milliseconds.
  Status Check() const {
    if (cancel.cancelled()) return CancelledError("cancelled by the caller");
    if (deadline != Clock::time_point::max() && Clock::now() >= deadline) {
      return DeadlineExceededError("the deadline of the call has passed");
    }
    return OkStatus();
  }
};

// Records the time between its construction and destruction as a stage of context.trace.
class StageTimer {
 public:
  StageTimer(const CallContext& context, std::string name)
      : trace_(context.trace), name_(std::move(name)), start_(CallContext::Clock::now()) {}
  ~StageTimer() {
    if (trace_ == nullptr) return;
    const std::chrono::duration<double, std::micro> elapsed = CallContext::Clock::now() - start_;
    trace_->Add(std::move(name_), elapsed.count());
  }
  StageTimer(const StageTimer&) = delete;
  StageTimer& operator=(const StageTimer&) = delete;

 private:
  Trace* trace_;
  std::string name_;
  CallContext::Clock::time_point start_;
};

}  // namespace quarry
