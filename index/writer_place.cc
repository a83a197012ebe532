#include "index/writer_place.h"

#include <chrono>

namespace quarry::index {
namespace {

// How often who waits looks whether it is still wanted.
constexpr std::chrono::milliseconds kPlaceCheckInterval{20};

}  // namespace

Result<WriterLock> WriterPlace::Take(const CallContext& context) {
  std::unique_lock lock(mutex_);
  while (!free_.wait_for(lock, kPlaceCheckInterval, [&] { return !taken_; })) {
    QUARRY_RETURN_IF_ERROR(context.Check());
  }
  taken_ = true;
  return WriterLock(*this, std::adopt_lock);
}

void WriterPlace::unlock() {
  {
    std::lock_guard lock(mutex_);
    taken_ = false;
  }
  free_.notify_one();
}

}  // namespace quarry::index
