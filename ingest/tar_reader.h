#pragma once

// The members of a tar file (POSIX.1-2001 ustar and pax, and GNU's long names), one after the other
// as the bytes come. Internal to ingest/.

#include <cstdint>
#include <functional>
#include <string>

#include "base/status.h"
#include "ingest/parse_budget.h"

namespace quarry::ingest {

// Not thread-safe.
class TarReader {
 public:
  // Appends up to so many further bytes of the tar file; fewer only at its end.
  using Source = std::function<Status(size_t most, std::string* out)>;

  // `budget` must outlive it.
  TarReader(Source source, ParseBudget* budget) : source_(std::move(source)), budget_(budget) {}

  // The next member; false at the end. Errors, kInvalidArgument: "not a tar: header at byte 512:
  // wrong checksum", "member NAME: cut off", the budget's.
  Result<bool> Next();

  // Of the member read last; in UTF-8 where its charset can be told (member_name.h).
  const std::string& name() const { return name_; }
  bool is_file() const { return is_file_; }  // not a folder, link or device
  const std::string& bytes() const { return bytes_; }

 private:
  Result<bool> ReadHeader(std::string* header);
  Status ReadData(uint64_t size, std::string* data);

  const Source source_;
  ParseBudget* const budget_;
  uint64_t offset_ = 0;  // in the tar file
  std::string name_;
  bool is_file_ = false;
  std::string bytes_;
};

}  // namespace quarry::ingest
