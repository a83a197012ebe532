#pragma once

// A small disk for a test: a tmpfs in a user namespace of its own, where the test starts itself again.
//
//   const std::optional<std::string> disk = SmallDisk(8 << 20);
//   if (!disk) return;  // it ran there, or was skipped: mounting is not allowed here
//   ...
//
// Used by one thread.

#include <cstdint>
#include <optional>
#include <string>

#include "tests/testing/fill_disk.h"

namespace quarry::testing {

// Where the disk is mounted; nullopt in the process that is not there. `bytes` are its size.
std::optional<std::string> SmallDisk(uint64_t bytes);

}  // namespace quarry::testing
