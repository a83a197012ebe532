#pragma once

// What the rules of both languages share. For contradiction*.cc only.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "generation/contradiction.h"

namespace quarry::generation::contradiction {

enum class BoundKind : uint8_t { kLower, kUpper, kExact };

// A condition on a number: "more than 60 m", "2020年以后".
struct Bound {
  BoundKind kind = BoundKind::kLower;
  double value =
      0;  // of dates year * 10,000 + month * 100 + day, the last or first day of what is named
  // "date"; what is counted where that is no known unit; "" where nothing stands behind the number.
  std::string unit = {};
  size_t begin = 0;  // bytes of the text
  size_t end = 0;
};

// Whether no number is within both.
bool Exclude(const Bound& a, const Bound& b);

// What stands for a date in Bound::value. `day`, `month` 0: not named, the last for `after`, else the first.
double DateValue(int year, int month, int day, bool after);

// `text`: folded, numbers in digits.
std::optional<Contradiction> InEnglish(const std::string& text);
std::optional<Contradiction> InChinese(const std::string& text);

}  // namespace quarry::generation::contradiction
