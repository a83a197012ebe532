#include "index/maintenance.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "index/collection.h"

namespace quarry::index {
namespace {

// How often who waits looks whether it is still wanted.
constexpr std::chrono::milliseconds kIdleCheckInterval{20};
constexpr std::chrono::hours kLongestWait{1};

}  // namespace

Maintenance::Maintenance() : thread_([this] { Run(); }) {}

void Maintenance::Notice(std::shared_ptr<Collection> collection) {
  {
    std::lock_guard lock(mutex_);
    if (stopping_ || std::find(queue_.begin(), queue_.end(), collection) != queue_.end()) return;
    queue_.push_back(std::move(collection));
  }
  changed_.notify_all();
}

void Maintenance::Forget(const Collection& collection) {
  std::lock_guard lock(mutex_);
  std::erase_if(queue_, [&](const auto& queued) { return queued.get() == &collection; });
  std::erase_if(put_off_, [&](const PutOff& one) { return one.collection.get() == &collection; });
  if (current_.get() == &collection) cancel_.Cancel();
}

Status Maintenance::WaitUntilIdle(const CallContext& context) {
  std::unique_lock lock(mutex_);
  const auto is_idle = [&] { return stopping_ || (queue_.empty() && current_ == nullptr); };
  while (!changed_.wait_for(lock, kIdleCheckInterval, is_idle)) {
    QUARRY_RETURN_IF_ERROR(context.Check().Annotate("waiting for maintenance"));
  }
  return OkStatus();
}

void Maintenance::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    queue_.clear();
    put_off_.clear();
    cancel_.Cancel();
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Maintenance::Pause::Pause(Maintenance* maintenance) : maintenance_(maintenance) {
  if (maintenance_ == nullptr) return;
  std::unique_lock lock(maintenance_->mutex_);
  ++maintenance_->pauses_;
  maintenance_->cancel_.Cancel();
  maintenance_->changed_.wait(lock, [&] { return maintenance_->current_ == nullptr; });
}

Maintenance::Pause::~Pause() {
  if (maintenance_ == nullptr) return;
  {
    std::lock_guard lock(maintenance_->mutex_);
    --maintenance_->pauses_;
  }
  maintenance_->changed_.notify_all();
}

std::chrono::steady_clock::time_point Maintenance::QueueRetries() {
  const auto now = std::chrono::steady_clock::now();
  auto next = now + kLongestWait;
  std::erase_if(put_off_, [&](const PutOff& one) {
    const bool is_due = one.until <= now;
    if (!is_due) next = std::min(next, one.until);
    if (is_due && std::ranges::find(queue_, one.collection) == queue_.end()) {
      queue_.push_back(one.collection);
    }
    return is_due;
  });
  return next;
}

void Maintenance::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    const auto next_retry = QueueRetries();
    if (stopping_) return;
    if (queue_.empty() || pauses_ > 0) {
      changed_.wait_until(lock, next_retry);
      continue;
    }
    current_ = std::move(queue_.front());
    queue_.pop_front();
    std::erase_if(put_off_, [&](const PutOff& one) { return one.collection == current_; });
    cancel_ = CancelToken();
    CallContext context;
    context.cancel = cancel_;
    const std::shared_ptr<Collection> collection = current_;
    lock.unlock();
    const bool is_done = !collection->Maintain(context);
    const auto retry = collection->NextRetry();
    lock.lock();
    current_.reset();
    const bool is_queued = std::find(queue_.begin(), queue_.end(), collection) != queue_.end();
    const bool is_left = !is_done || pauses_ > 0;  // given up
    if (is_left && !stopping_ && !is_queued) queue_.push_back(collection);
    if (!is_left && !stopping_ && retry) put_off_.push_back({*retry, collection});
    changed_.notify_all();
  }
}

}  // namespace quarry::index
