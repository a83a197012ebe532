#pragma once

// DocumentSets: sets of documents that depend on a snapshot alone and that its searches need again
// and again. Each is made by the first that needs it and kept as long as the snapshot: a bit a
// document, and nothing in a snapshot that nobody asks.

#include <memory>
#include <mutex>
#include <utility>

#include "base/bitmap.h"
#include "base/status.h"

namespace quarry::index {

// Thread-safe.
class KeptBitmap {
 public:
  // What make(), a Result<Bitmap>, gave first, which is valid as long as this object. What fails is
  // not kept. Threads that ask before it is there each make it, so that none waits for longer than
  // its own caller does.
  template <typename Make>
  Result<const Bitmap*> Get(Make make) const {
    {
      const std::lock_guard lock(mutex_);
      if (kept_ != nullptr) return kept_.get();
    }
    QUARRY_ASSIGN_OR_RETURN(Bitmap made, make());
    const std::lock_guard lock(mutex_);
    if (kept_ == nullptr) kept_ = std::make_unique<const Bitmap>(std::move(made));
    return kept_.get();
  }

 private:
  mutable std::mutex mutex_;
  mutable std::unique_ptr<const Bitmap> kept_;  // guarded by mutex_; never replaced
};

// Over the positions in the snapshot's row table. Filled by row_filter.cc.
struct DocumentSets {
  KeptBitmap restricted;  // those with an access list
  KeptBitmap english;     // those of InLanguage("en") (document_fields.h)
  KeptBitmap chinese;     // those of InLanguage("zh")
};

}  // namespace quarry::index
