#pragma once

// The grade column, which qrels of BEIR and of TREC share.

#include <charconv>
#include <string>
#include <string_view>

#include "base/status.h"

namespace quarry::eval {

// kInvalidArgument unless all of `column` is a decimal integer that fits an int. (trec_eval reads
// "1.5" as 1 and "x" as 0; a typo then changes a result without a word.)
inline Result<int> ParseGrade(std::string_view column) {
  int grade = 0;
  const char* end = column.data() + column.size();
  const auto [rest, error] = std::from_chars(column.data(), end, grade);
  if (error != std::errc() || rest != end) {
    return InvalidArgumentError("grade '" + std::string(column) + "' is not an integer");
  }
  return grade;
}

}  // namespace quarry::eval
