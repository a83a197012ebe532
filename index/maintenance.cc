#include "index/maintenance.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "index/collection.h"

namespace quarry::index {
namespace {

// How often who waits looks whether it is still wanted.
constexpr std::chrono::milliseconds kIdleCheckInterval{20};

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

void Maintenance::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || (!queue_.empty() && pauses_ == 0); });
    if (stopping_) return;
    current_ = std::move(queue_.front());
    queue_.pop_front();
    cancel_ = CancelToken();
    CallContext context;
    context.cancel = cancel_;
    const std::shared_ptr<Collection> collection = current_;
    lock.unlock();
    const bool is_done = !collection->Maintain(context);
    lock.lock();
    current_.reset();
    const bool is_queued = std::find(queue_.begin(), queue_.end(), collection) != queue_.end();
    const bool is_left = !is_done || pauses_ > 0;  // given up
    if (is_left && !stopping_ && !is_queued) queue_.push_back(collection);
    changed_.notify_all();
  }
}

}  // namespace quarry::index
