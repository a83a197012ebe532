#include "server/exchange.h"

#include <utility>

#include "server/errors.h"
#include "server/sse.h"

namespace quarry::server {

Exchange::Exchange(Request request, CallContext context, WakeUp wake, BodyHold hold)
    : hold_(std::move(hold)),
      request_(std::move(request)),
      context_(std::move(context)),
      wake_(std::move(wake)) {}

void Exchange::Begin(Response head) {
  std::unique_lock lock(mutex_);
  BeginLocked(std::move(head));
  Wake(std::move(lock));
}

void Exchange::BeginLocked(Response head) {
  output_.bytes += head.body;
  const bool was_begun = std::exchange(begun_, true);
  if (!was_begun && !kept_alive_) output_.head = std::move(head);
}

bool Exchange::Write(std::string_view bytes) {
  std::unique_lock lock(mutex_);
  if (!begun_) BeginLocked(EventStreamHead());
  const auto has_room = [&] { return abandoned_ || output_.bytes.size() < kBufferBytes; };
  if (context_.deadline == CallContext::Clock::time_point::max()) {
    room_.wait(lock, has_room);
  } else if (!room_.wait_until(lock, context_.deadline, has_room)) {
    return false;
  }
  if (abandoned_ || context_.cancel.cancelled()) return false;
  output_.bytes += bytes;
  Wake(std::move(lock));
  return true;
}

bool Exchange::begun() const {
  const std::lock_guard lock(mutex_);
  return begun_;
}

void Exchange::KeepAlive(Response head) {
  const std::lock_guard lock(mutex_);
  keep_alive_head_ = std::move(head);
}

void Exchange::Beat() {
  const std::lock_guard lock(mutex_);
  const bool is_due = keep_alive_head_ && !output_.finished && output_.bytes.empty() &&
                      !output_.head && !abandoned_;
  if (!is_due) return;
  if (!begun_ && !std::exchange(kept_alive_, true)) output_.head = *keep_alive_head_;
  output_.bytes = kSseComment;
}

void Exchange::Finish(Response response) {
  // A response may take long to be written, and nobody reads the body any more.
  std::string().swap(request_.body);
  hold_ = BodyHold();
  std::unique_lock lock(mutex_);
  if (output_.finished) return;
  if (kept_alive_ && !begun_) {
    // The status is sent already: what is left of the response is its body.
    const bool is_native = SurfaceOf(request_.path) == Surface::kNative;
    output_.bytes += SseEvent(is_native ? "error" : "", response.body);
  } else if (!begun_) {
    output_.response = std::move(response);
  }
  output_.finished = true;  // last: what is short of memory can be finished with less
  Wake(std::move(lock));
}

Exchange::Output Exchange::Take() {
  Output taken;
  {
    const std::lock_guard lock(mutex_);
    awake_ = false;
    taken = std::exchange(output_, Output{});
    output_.finished = taken.finished;
  }
  room_.notify_one();
  return taken;
}

void Exchange::Abandon() {
  context_.cancel.Cancel();
  {
    const std::lock_guard lock(mutex_);
    abandoned_ = true;
    output_.bytes.clear();
  }
  room_.notify_one();
}

void Exchange::Wake(std::unique_lock<std::mutex> lock) {
  const bool is_last = output_.finished;
  const bool tell = !std::exchange(awake_, true) && !abandoned_;
  lock.unlock();
  if (tell) wake_(is_last);
}

}  // namespace quarry::server
