#pragma once

// What happens where memory is short.

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>

// Sanitizers reserve more than any limit, and end the process where there is no memory.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define QUARRY_TEST_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define QUARRY_TEST_SANITIZED
#endif
#endif

namespace quarry::testing {

// Whether `holds()` is true in a copy of this process that gets 16 MiB more than it has. Not under sanitizers.
template <typename Holds>
bool HoldsWithShortMemory(const Holds& holds) {
  const pid_t child = ::fork();
  if (child == 0) {
    uint64_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    rlimit limit = {};
    limit.rlim_cur = limit.rlim_max =
        pages * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE)) + (16u << 20);
    if (pages == 0 || ::setrlimit(RLIMIT_AS, &limit) != 0) ::_exit(2);
    ::_exit(holds() ? 0 : 1);
  }
  int ended = 0;
  return child > 0 && ::waitpid(child, &ended, 0) == child && WIFEXITED(ended) &&
         WEXITSTATUS(ended) == 0;
}

}  // namespace quarry::testing
