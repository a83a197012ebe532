#pragma once

// Regex: the regular expressions of ICU over UTF-8. The backtracking and the stack of one search are
// bounded, so that an expression that comes with a file cannot run for ever. The bound is of each
// search by itself: who makes a thousand of them may wait a thousand times.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "base/text.h"

namespace quarry {

// Immutable and thread-safe. Copies share the compiled expression.
class Regex {
 public:
  // kInvalidArgument with the expression and the place of what is wrong with it.
  static Result<Regex> Compile(std::string_view expression);

  // Every match, from left to right, none inside another; empty matches are left out.
  // kResourceExhausted when the search takes more than about ten million steps back or 8 MiB of
  // stack. What goes forward only is not counted, and may be quadratic in the text.
  Result<std::vector<ByteRange>> FindAll(std::string_view utf8) const;

 private:
  struct Pattern;
  explicit Regex(std::shared_ptr<const Pattern> pattern);
  std::shared_ptr<const Pattern> pattern_;
};

}  // namespace quarry
