#pragma once

// The Store on disk: RocksDB 7.8 or later. rocks_store.cc is the only file that sees RocksDB.
//
// What matters (docs/decisions/0003-rocksdb-options.md):
//   * a torn last batch of the log is a crash, damage before it is kDataLoss. RocksDB alone does not
//     tell them apart: the logs, the manifest and a watermark are checked before it acts
//     (log_check.h, store_directory.h). A directory that holds something else is never made a
//     store.
//   * every batch is synced before Write returns; LZ4 blocks with checksums, paranoid checks on.
//   * memory is bounded: block cache, write buffers and table readers have caps.
//   * a batch is refused where it would leave less than the floor of the disk free; reads go on
//     meanwhile, and writing works again as soon as there is space.
//   * after a failed fsync of the log, or a failed first write of a fresh one, writes are refused
//     until the store is opened again.
//   * closing flushes, so that the next opening has no log to replay. Not flushing loses nothing.

#include <memory>
#include <string>

#include "index/store.h"

namespace quarry::index {

struct RocksStoreOptions {
  bool read_only = false;         // Write fails; any number of readers may open the same directory
  bool create_if_missing = true;  // ignored when read_only
  uint64_t block_cache_bytes = 64u << 20;
  uint64_t write_buffer_bytes = 32u << 20;  // per memtable; at most two at a time
  // Of the disk so much stays free, and four write buffers at least: for flushing and compacting,
  // which must not meet a full disk.
  uint64_t min_free_bytes = 128u << 20;
  int max_open_files = 256;
};

// What of the disk stays free.
uint64_t FreeBytesFloor(const RocksStoreOptions& options);

// Opens the RocksDB in `directory`, which is created with its parents if need be. Readers must not
// open it while a writer has it open (they may miss files that the writer takes away): callers hold
// a FileLock.
//
// Errors: kNotFound (read-only or not to be created, and not there), kInvalidArgument (not a
// directory), kFailedPrecondition (holds something else), kLocked (another writer has it),
// kDataLoss (a log, the manifest or a table is damaged or missing; the message names it),
// kResourceExhausted (disk full), kUnavailable (other I/O errors).
Result<std::unique_ptr<Store>> OpenRocksStore(const std::string& directory,
                                              const RocksStoreOptions& options = {});

}  // namespace quarry::index
