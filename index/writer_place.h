#pragma once

// WriterPlace: the place of a collection's one writer, waited for as long as the caller wants.
//
//   QUARRY_ASSIGN_OR_RETURN(WriterLock lock, place.Take(context));
//
// A mutex with a deadline would do; ThreadSanitizer of GCC 12 does not know std::timed_mutex's way
// of locking and sees races behind it.

#include <condition_variable>
#include <mutex>

#include "base/call_context.h"

namespace quarry::index {

class WriterPlace;
using WriterLock = std::unique_lock<WriterPlace>;

// Thread-safe.
class WriterPlace {
 public:
  // kDeadlineExceeded, kCancelled.
  Result<WriterLock> Take(const CallContext& context);

  void unlock();  // for WriterLock

 private:
  std::mutex mutex_;
  std::condition_variable free_;
  bool taken_ = false;  // guarded by mutex_
};

}  // namespace quarry::index
