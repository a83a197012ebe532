#pragma once

// PostingsCursor: goes through a list of postings by slots, mostly forwards, one block decoded at a
// time. Not thread-safe.

#include <algorithm>
#include <cstdint>

#include "index/postings.h"

namespace quarry::index {

class PostingsCursor {
 public:
  explicit PostingsCursor(const PostingsList& list) : list_(list) {}

  const PostingsList& list() const { return list_; }
  // The block that was decoded last, and its number; kNone before the first.
  static constexpr size_t kNone = SIZE_MAX;
  const PostingsBlock& block() const { return block_; }
  size_t decoded() const { return decoded_; }

  // The first block that ends at or after `slot`; list().blocks() if there is none.
  // REQUIRES: !list().is_short().
  size_t SeekBlock(uint32_t slot) {
    // Mostly the same block again or one soon after.
    const size_t from = sought_ > 0 && list_.LastSlot(sought_ - 1) >= slot ? 0 : sought_;
    return sought_ = list_.Seek(slot, from);
  }

  // Decodes the first block that ends at or after `slot`; false if there is none. The one block of
  // a short list is decoded whatever `slot` is. REQUIRES: the list is not empty.
  bool Seek(uint32_t slot) {
    if (list_.is_short()) {
      Decode(0);
      return true;
    }
    const size_t block = SeekBlock(slot);
    if (block == list_.blocks()) return false;
    Decode(block);
    return true;
  }

  // REQUIRES: block < list().blocks().
  void Decode(size_t block) {
    if (decoded_ == block) return;
    list_.Decode(block, block_);
    decoded_ = sought_ = block;
  }

  // How often the term stands in the row at `slot`, 0 if it does not.
  uint32_t CountAt(uint32_t slot) {
    if (!Seek(slot)) return 0;
    const auto end = block_.slots.begin() + block_.size;
    const auto at = std::lower_bound(block_.slots.begin(), end, slot);
    if (at == end || *at != slot) return 0;
    return block_.counts[static_cast<size_t>(at - block_.slots.begin())];
  }

 private:
  PostingsList list_;
  size_t sought_ = 0;  // block
  size_t decoded_ = kNone;
  PostingsBlock block_;
};

}  // namespace quarry::index
