#pragma once

// The Store on disk: RocksDB 7.8 or later. rocks_store.cc is the only file that sees RocksDB.
//
// Options that matter (docs/decisions/0003-rocksdb-options.md):
//   * WAL recovery kTolerateCorruptedTailRecords: a torn tail is a crash, damage in the middle is
//     kDataLoss. (The library's default drops acknowledged writes after the damage without a word.)
//   * every batch is synced before Write returns; LZ4 blocks with checksums, paranoid checks on.
//   * memory is bounded: block cache, write buffers and table readers have caps.

#include <memory>
#include <string>

#include "index/store.h"

namespace quarry::index {

struct RocksStoreOptions {
  bool read_only = false;         // Write fails; any number of readers may open the same directory
  bool create_if_missing = true;  // ignored when read_only
  uint64_t block_cache_bytes = 64u << 20;
  uint64_t write_buffer_bytes = 32u << 20;  // per memtable; at most two at a time
  int max_open_files = 256;
};

// Opens the RocksDB in `directory`. Errors: kNotFound (read-only or not to be created, and not
// there), kDataLoss (damaged log or manifest; the message keeps RocksDB's words),
// kResourceExhausted (disk full), kUnavailable (other I/O errors).
Result<std::unique_ptr<Store>> OpenRocksStore(const std::string& directory,
                                              const RocksStoreOptions& options = {});

}  // namespace quarry::index
