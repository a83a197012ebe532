#pragma once

// The streams of a compound file (MS-CFB, "OLE2"): what Outlook messages are. A small file system:
// sectors in chains, a directory of storages and streams, a second size of sector for small
// streams. Internal to ingest/.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "ingest/parse_budget.h"

namespace quarry::ingest {

// The little-endian number of `size` bytes, at most 8, at `at`. REQUIRES: they are there.
uint64_t OleNumber(std::string_view bytes, size_t at, size_t size);

// Nothing that the file says of itself is believed: no chain is longer than the file, and what is
// read counts against the budget, since many streams may share one chain. Not thread-safe.
class OleReader {
 public:
  using EntryId = uint32_t;
  static constexpr EntryId kRoot = 0;

  struct Entry {
    std::string name;  // UTF-8
    bool is_storage = false;
    uint64_t size = 0;  // of a stream
  };

  // `bytes` and `budget` must outlive the reader. Errors, kInvalidArgument: "broken compound file:
  // ..." with what is wrong.
  static Result<OleReader> Open(std::string_view bytes, ParseBudget* budget);

  const Entry& entry(EntryId id) const { return nodes_[id].entry; }
  // What a storage holds, by the order of the directory.
  std::vector<EntryId> Children(EntryId storage) const;
  // The bytes of a stream. Errors name it.
  Result<std::string> Read(EntryId stream) const;

  ParseBudget* budget() const { return budget_; }

 private:
  // Of the directory: a storage's children are a binary tree.
  struct Node {
    Entry entry;
    uint32_t left = 0;
    uint32_t right = 0;
    uint32_t child = 0;
    uint32_t start = 0;  // first sector
  };

  OleReader(std::string_view bytes, ParseBudget* budget) : bytes_(bytes), budget_(budget) {}

  Status ReadHeader();
  Status ReadSectorTable(uint32_t first_list, uint32_t lists);
  Status ReadDirectory(uint32_t first);
  // The bytes of sector `sector`; cut off where the file ends.
  std::string_view Sector(uint32_t sector) const;
  // At most `most` bytes of the chain that begins at `first`.
  Result<std::string> ReadChain(uint32_t first, uint64_t most) const;
  Result<std::string> ReadSmallChain(uint32_t first, uint64_t most) const;

  std::string_view bytes_;
  ParseBudget* budget_;
  uint32_t sector_bytes_ = 0;
  uint32_t small_sector_bytes_ = 0;
  uint32_t small_below_ = 0;          // streams of fewer bytes lie in small sectors
  std::vector<uint32_t> next_;        // by sector: the one behind it in its chain
  std::vector<uint32_t> small_next_;  // likewise of small sectors
  std::string small_sectors_;
  std::vector<Node> nodes_;
};

}  // namespace quarry::ingest
