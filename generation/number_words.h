#pragma once

// Numbers that are written as words. English to ninety-nine, Chinese below a hundred million. Pure.

#include <string>
#include <string_view>

namespace quarry::generation {

// The text with such numbers in digits: "six minutes" -> "6 minutes", "十一小时" -> "11小时", "twenty-five" ->
// "25", "每年" -> "每1年". A Chinese numeral is only one before a character that counts or measures ("七孔"), so that
// words such as "一些" and "三峡" stay.
std::string WithDigits(std::string_view text);

}  // namespace quarry::generation
