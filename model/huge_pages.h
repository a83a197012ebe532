#pragma once

// Large tables whose rows are read at random: with pages of 4 KB most rows cost a walk of the page tables
// besides. Internal to model/.

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace quarry::model {

// values.resize(count), in huge pages where the system has them. REQUIRES: values is empty.
inline void ResizeHuge(std::vector<float>& values, size_t count) {
  constexpr uintptr_t kPage = 4096;
  values.reserve(count);
  const uintptr_t begin = (reinterpret_cast<uintptr_t>(values.data()) + kPage - 1) & ~(kPage - 1);
  const uintptr_t end =
      reinterpret_cast<uintptr_t>(values.data() + values.capacity()) & ~(kPage - 1);
  if (begin < end) {
    ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);  // a wish, no more
  }
  values.resize(count);
}

}  // namespace quarry::model
