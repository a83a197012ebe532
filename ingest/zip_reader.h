#pragma once

// The entries of a zip file. libzip is seen by zip_reader.cc only. Internal to ingest/.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "ingest/parse_budget.h"

namespace quarry::ingest {

// Nothing that a zip file says of itself is believed: sizes are checked while unpacking, checksums
// behind it. Not thread-safe.
class ZipReader {
 public:
  struct Entry {
    std::string name;  // valid UTF-8 with '/'; a folder ends with one
    uint64_t index = 0;
    uint64_t size = 0;  // as declared
    bool is_encrypted = false;
  };

  // Of a package each part is known by its name alone, and programs differ in which of two they
  // show: what has one name twice is refused. In an archive each entry is a file of its own.
  enum class RepeatedNames { kRefused, kTaken };

  // `bytes` and `budget` must outlive the reader. Errors, all kInvalidArgument: "not a zip: ...",
  // "truncated: ...", more entries than the budget has left, "entry NAME: twice in the file".
  static Result<ZipReader> Open(std::string_view bytes, ParseBudget* budget,
                                RepeatedNames repeated = RepeatedNames::kRefused);

  ZipReader(ZipReader&&) noexcept;
  ZipReader& operator=(ZipReader&&) noexcept;
  ~ZipReader();

  // In the order of the file.
  const std::vector<Entry>& entries() const { return entries_; }
  // The first of that name, null if there is none; letters of either case are the same if it must be
  // (OPC, ISO 29500-2, 6.2.2.3).
  const Entry* Find(std::string_view name) const;

  // The bytes of an entry. Errors name it: "entry NAME: encrypted", "entry NAME: unpacks to more
  // than ...", "entry NAME: CRC error".
  Result<std::string> Read(const Entry& entry) const;

  ParseBudget* budget() const { return budget_; }

 private:
  struct Archive;
  ZipReader(std::unique_ptr<Archive> archive, ParseBudget* budget);

  Result<std::string> Unpack(const Entry& entry) const;

  std::unique_ptr<Archive> archive_;
  ParseBudget* budget_;
  std::vector<Entry> entries_;
};

}  // namespace quarry::ingest
