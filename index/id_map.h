#pragma once

// IdMap: numbers of 64 bits -> numbers of 32: which row a chunk stands at, which position a document
// has.
//
// Sorted runs, each less than half as large as the one before; the newest that knows an id counts.
// So a copy is a few pointers, adding n entries costs n times the logarithm of the map, and the
// oldest run may lie in a mapped file.
//
// A value. Not thread-safe while it is changed; copies share their runs, which never change.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/shared_bytes.h"

namespace quarry::index {

class IdMap {
 public:
  struct Entry {
    uint64_t id = 0;
    uint32_t value = 0;
    uint32_t zero = 0;  // makes its bytes the same everywhere
  };

  // The map of a file's section. REQUIRES: it begins at a multiple of 8 and holds entries in
  // ascending order of their ids.
  static IdMap FromBytes(std::string_view entries, std::shared_ptr<const void> owner);

  // Replaces what is known of these ids; of an id that comes twice, the later entry counts.
  void Put(std::vector<Entry> entries);
  std::optional<uint32_t> Find(uint64_t id) const;

  // All entries, by id, in one run.
  std::vector<Entry> Entries() const;

 private:
  struct Run {
    std::span<const Entry> entries;
    std::shared_ptr<const void> owner;
  };
  std::vector<Run> runs_;  // oldest first
};

}  // namespace quarry::index
