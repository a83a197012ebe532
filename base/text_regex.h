#pragma once

// Regex: the regular expressions of ICU over UTF-8. Time and memory of a search are bounded, so that
// an expression that comes with a file cannot hang or exhaust the program.

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
  // kResourceExhausted when the search needs more than its share of time or memory.
  Result<std::vector<ByteRange>> FindAll(std::string_view utf8) const;

 private:
  struct Pattern;
  explicit Regex(std::shared_ptr<const Pattern> pattern);
  std::shared_ptr<const Pattern> pattern_;
};

}  // namespace quarry
