#pragma once

// The directory of a store, seen without RocksDB: whether there is a store in it, whether there is
// room on its disk, and the watermark that tells when RocksDB forgot something.

#include <cstdint>
#include <string>

#include "base/status.h"

namespace quarry::index {

enum class DirectoryContent {
  kNothing,  // absent, empty, or a store whose creation was cut short
  kStore,
};

// What `directory` holds. RocksDB makes a fresh store wherever there is no CURRENT file, and so
// would turn a damaged store, or a directory of something else, into an empty one. Errors:
// kDataLoss (a store without CURRENT), kFailedPrecondition (something else; the message names a
// file), kInvalidArgument (not a directory), kUnavailable.
Result<DirectoryContent> InspectDirectory(const std::string& directory);

// kResourceExhausted where writing `bytes` below `directory` would leave less than `floor` bytes of
// its file system free. A file system that does not tell has room.
Status CheckFreeSpace(const std::string& directory, uint64_t bytes, uint64_t floor);

// The watermark is a file beside RocksDB's that names a sequence number whose changes, and all
// before it, are in tables. RocksDB takes a manifest that was cut between two entries for a whole
// one: tables that were listed behind the cut are gone then, and with them changes that no log
// holds any more. If what it has after opening ends below the watermark, that has happened.

// kNotFound when there is none, kDataLoss when it is damaged.
Result<uint64_t> ReadWatermark(const std::string& directory);
// Replaces it atomically.
Status WriteWatermark(const std::string& directory, uint64_t sequence);
// Removes the temporary files, RocksDB's too, that crashes left behind. REQUIRES: nobody has the
// store open.
void RemoveHalfWritten(const std::string& directory);

}  // namespace quarry::index
