#pragma once

// Checks RocksDB's logs (write-ahead logs and manifest) before RocksDB replays them.
//
// Why: in the one mode that opens after every power cut (kPointInTimeRecovery) RocksDB takes
// whatever does not read well for the torn tail, and forgets the acknowledged batches behind it
// without a word: behind a flipped bit, a run of zeros, at the end of an older log that was cut short
// or in the place of one that is missing. But behind a torn batch there is no other one, batches are
// numbered without gaps, and the manifest names the oldest log that is needed: so damage can be told
// from a crash.
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
// none: something in the middle is damaged. A last batch that is cut or damaged is no error here:
// that is what a power cut leaves of one that was not acknowledged, some of its pages and others not.
Result<WalSummary> SummarizeWal(std::string_view bytes);

// The manifest that CURRENT names, likewise. Errors: kDataLoss, also when either file is missing.
Status CheckManifest(const std::string& directory);

// Every write-ahead log whose number is at least `first_live`, in order: each by itself, that the
// first one is there (unless `first_live` is 0), and that no sequence number is missing between one
// and the next. Gives the sequence number of the last change in them, 0 if they hold none. Errors:
// kDataLoss naming the file; those of reading files.
Result<uint64_t> CheckWals(const std::string& directory, uint64_t first_live);

}  // namespace quarry::index
