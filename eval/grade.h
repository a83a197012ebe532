#pragma once

// The grade column of qrels.

#include <string>
#include <string_view>

#include "base/numbers.h"
#include "base/status.h"

namespace quarry::eval {

// kInvalidArgument unless all of `column` is a decimal integer that fits an int. (trec_eval reads
// "1.5" as 1 and "x" as 0; a typo then changes a result without a word.)
inline Result<int> ParseGrade(std::string_view column) {
  if (const std::optional<int> grade = ParseNumber<int>(column)) return *grade;
  return InvalidArgumentError("grade '" + std::string(column) + "' is not an integer");
}

}  // namespace quarry::eval
