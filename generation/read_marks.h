#pragma once

// A question that is read part by part, by readers that each take what they know. Not thread-safe.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace quarry::generation {

class ReadMarks {
 public:
  explicit ReadMarks(std::string_view question);

  const std::string& text() const { return text_; }  // trimmed and folded
  // Ranges are of text().
  void Mark(ByteRange range);
  bool IsRead(ByteRange range) const;   // all of it
  bool Touches(ByteRange range) const;  // some of it was read
  // Where a folded phrase stands that nothing else was read of; marks it.
  std::optional<ByteRange> Take(std::string_view phrase);
  // With spaces in place of what was read.
  std::string Rest() const;

 private:
  const std::string text_;
  std::vector<bool> read_;  // by byte
};

}  // namespace quarry::generation
