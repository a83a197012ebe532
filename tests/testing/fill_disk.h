#pragma once

// Takes the room of a disk. Without GoogleTest: for programs that tests start too.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>

#include "base/status.h"

namespace quarry::testing {

// Makes the file `path`, or lets it grow, until its disk has no more than `free` bytes free. Removing
// it gives them back.
inline void FillDisk(const std::string& path, uint64_t free) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  QUARRY_CHECK(fd >= 0);
  // Others may take room meanwhile: then a part of it is tried, down to a page.
  uint64_t part = UINT64_MAX;
  while (part >= 4096) {
    const uint64_t available = std::filesystem::space(path).available;
    if (available <= free) break;
    part = std::min(part, available - free);
    const auto size = static_cast<off_t>(std::filesystem::file_size(path));
    if (::posix_fallocate(fd, size, static_cast<off_t>(part)) != 0) part /= 2;
  }
  ::close(fd);
}

}  // namespace quarry::testing
