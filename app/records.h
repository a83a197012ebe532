#pragma once

// Records on standard input: `quarry index -` reads JSON lines, one record each, applied in order:
//
//   {"id": "a1", "text": "..", "title": "..", "metadata": {"lang": "en", "year": 2020}}
//   {"op": "delete", "id": "a1"}
//
// The record is the one that PUT /api/v1/documents takes (server/document_body.h); any other key is
// an error, for a misspelt one would be lost silently. A line that is wrong is reported with its number and stops nothing.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/call_context.h"
#include "base/document.h"
#include "base/status.h"

namespace quarry::app {

struct DeleteRecord {
  DocumentId id;
};
// One line: the documents of a record (many where its media type is one of records), or a removal.
using Record = std::variant<std::vector<Document>, DeleteRecord>;

// kInvalidArgument saying what was expected; the caller puts the line before it.
Result<Record> ParseRecord(std::string_view line);

// A text of the command line as a typed value: true, false, a number as JSON writes it ("007" is
// none), else the text; in double quotes it is a text in any case.
MetadataValue ParseTypedValue(const std::string& text);

// Reads lines from a file descriptor (a pipe, a terminal, a socket) in bounded memory. Not
// thread-safe.
class LineInput {
 public:
  static constexpr size_t kMaxLineBytes = size_t{64} << 20;

  explicit LineInput(int fd, size_t max_line_bytes = kMaxLineBytes)
      : fd_(fd), max_line_bytes_(max_line_bytes) {}

  // Moves to the next line; false at the end. Waits for input, but not after `context` was
  // cancelled: then no whole line is left that was read and not given. `when_idle` is called once in
  // each wait that takes more than a second. Errors: those of the context and of `when_idle`,
  // kResourceExhausted (a line above the limit), kUnavailable (reading failed).
  Result<bool> NextLine(const CallContext& context,
                        const std::function<Status()>& when_idle = nullptr);
  // The same, past lines that are blank.
  Result<bool> Next(const CallContext& context, const std::function<Status()>& when_idle = nullptr);

  std::string_view line() const { return line_; }  // valid until the next Next()
  uint64_t number() const { return number_; }      // of the line, from 1

 private:
  Status Fill(const CallContext& context, const std::function<Status()>& when_idle);
  Status TooLong() const;

  const int fd_;
  const size_t max_line_bytes_;
  std::string buffer_;
  size_t position_ = 0;
  bool at_end_ = false;
  uint64_t number_ = 0;
  std::string_view line_;
};

}  // namespace quarry::app
