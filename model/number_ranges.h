#pragma once

// The ranges of numbers that a rule is stated for: "orders between 1,000 and 5,000 euros", 满10年不满20年, "4-6次",
// "more than 30 days", "7次以上". A question about an order of 1,200 euros is answered by what is said of the range that
// it lies in, and not by what is said of others. English and Chinese, by forms alone. The words that bound a number are
// those of range_cues.h. Internal to model/ and generation/. Pure.

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "model/counted_numbers.h"

namespace quarry::model {

struct NumberRange {
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
  bool without_least = false;  // "more than", 超过
  bool without_most = false;   // "less than", 不满
  std::string unit;            // as of CountedNumber
  ByteRange range;             // in the text

  bool Holds(double value) const {
    return (without_least ? value > least : value >= least) &&
           (without_most ? value < most : value <= most);
  }
};

// In order, not overlapping. 以上 and 以下 include the number, as in rules.
std::vector<NumberRange> NumberRanges(std::string_view text);

}  // namespace quarry::model
