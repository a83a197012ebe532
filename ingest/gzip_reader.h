#pragma once

// Unpacks gzip (RFC 1952) piece by piece. zlib is seen by gzip_reader.cc only. Internal to ingest/.

#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "ingest/parse_budget.h"

namespace quarry::ingest {

// Not thread-safe.
class GzipReader {
 public:
  // `bytes` and `budget` must outlive it.
  GzipReader(std::string_view bytes, ParseBudget* budget);
  ~GzipReader();
  GzipReader(const GzipReader&) = delete;
  GzipReader& operator=(const GzipReader&) = delete;

  // Appends up to `most` further bytes to `out`; fewer only at the end. Errors, kInvalidArgument:
  // "not gzip: ...", "cut off at byte 120", the budget's.
  Status Read(size_t most, std::string* out);

 private:
  struct Stream;
  const std::string_view bytes_;
  ParseBudget* const budget_;
  std::unique_ptr<Stream> stream_;
  bool is_at_end_ = false;
};

}  // namespace quarry::ingest
