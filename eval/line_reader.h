#pragma once

// Reads a text file line by line in bounded memory, however large the file is.

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"

namespace quarry::eval {

// Not thread-safe; distinct objects are independent.
//
//   QUARRY_ASSIGN_OR_RETURN(LineReader reader, LineReader::Open(path));
//   while (true) {
//     QUARRY_ASSIGN_OR_RETURN(const bool more, reader.Next());
//     if (!more) break;
//     Use(reader.line());
//   }
class LineReader {
 public:
  static constexpr size_t kMaxLineBytes = size_t{64} << 20;

  // Errors: kNotFound, kInvalidArgument (a directory, no permission).
  static Result<LineReader> Open(const std::string& path, size_t max_line_bytes = kMaxLineBytes);

  // Moves to the next line that is not blank; false at the end of the file.
  // Errors: kResourceExhausted (a line above the limit), kUnavailable (the device).
  Result<bool> Next();

  // The line, without its end (LF or CR LF) and, in the first, without a byte-order mark. The view
  // is valid until the next call of Next().
  std::string_view line() const { return line_; }

  // "path:12", for messages about the line.
  std::string Place() const;

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  LineReader(std::string path, std::FILE* file, size_t max_line_bytes);
  // Moves to the next line, blank or not.
  Result<bool> NextRaw();
  // Appends another piece of the file to buffer_.
  Status Fill();

  std::string path_;
  std::unique_ptr<std::FILE, Closer> file_;
  size_t max_line_bytes_;
  std::string buffer_;  // read, and from position_ on not yet returned
  size_t position_ = 0;
  bool at_end_ = false;    // buffer_ holds the last bytes of the file
  uint64_t number_ = 0;    // of the line last returned, from 1
  std::string_view line_;  // into buffer_
};

}  // namespace quarry::eval
