#include "base/heap.h"

#include <algorithm>
#include <thread>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace quarry {

void ReturnFreedMemory() {
#ifdef __GLIBC__
  // Setting the first stops glibc from raising it.
  constexpr int kOwnMappingBytes = 512 << 10;
  constexpr int kKeptBytes = 4 << 20;
  constexpr int kFewestHeaps = 2;
  const int cores = static_cast<int>(std::min(std::thread::hardware_concurrency(), 64u));
  ::mallopt(M_MMAP_THRESHOLD, kOwnMappingBytes);
  ::mallopt(M_TRIM_THRESHOLD, kKeptBytes);
  ::mallopt(M_ARENA_MAX, std::max(cores, kFewestHeaps));
#endif
}

}  // namespace quarry
