#pragma once

// Checks RocksDB's logs (write-ahead logs and manifest) before RocksDB replays them.
//
// Why: in the mode that accepts a torn tail (kTolerateCorruptedTailRecords; the manifest knows no
// other) RocksDB takes everything behind a record that seems to end after the file for that tail.
// So a damaged length in the last block, a run of zeros in any block, an older log that was cut
// short or one that is missing make it forget acknowledged batches without a word. But behind a
// torn tail there is nothing, batches are numbered without gaps, and the manifest names the oldest
// log that is needed: so damage can be told from a crash.
//
// For index/rocks_store.cc. The format is that of RocksDB's db/log_format.h: blocks of 32 KiB;
// records of crc32c (masked) u32, length u16, type u8, payload. A batch begins with its first
// sequence number and its count. Recycled, compressed or encrypted logs are not understood (we
// write none).

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace quarry::index {

// What the records of one write-ahead log say.
struct WalSummary {
  uint64_t batches = 0;
  uint64_t first_sequence = 0;  // of the first batch, if there is one
  uint64_t next_sequence = 0;   // the one after the last batch
  bool torn = false;            // there are bytes behind the last whole batch
};

// Reads the bytes of one log. kDataLoss with the offset when intact records follow bytes that are
// none: something in the middle is damaged. A tail that is cut, or damaged up to the end, is no
// error here.
Result<WalSummary> SummarizeWal(std::string_view bytes);

// The manifest that CURRENT names, likewise. Errors: kDataLoss, also when either file is missing.
Status CheckManifest(const std::string& directory);

// Every write-ahead log whose number is at least `first_live`, in order: each by itself, that the
// first one is there (unless `first_live` is 0), and that no sequence number is missing between one
// and the next. Errors: kDataLoss naming the file; those of reading files.
Status CheckWals(const std::string& directory, uint64_t first_live);

}  // namespace quarry::index
