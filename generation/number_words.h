#pragma once

// Numbers that are written as words, read by model/number_reading.h. English to ninety-nine, Chinese below a hundred
// million, Traditional too. Pure.

#include <string>
#include <string_view>

namespace quarry::generation {

// The text with such numbers in digits: "six minutes" -> "6 minutes", "十一小时" -> "11小时", "twenty-five" ->
// "25", "每年" -> "每1年". A Chinese numeral is only one before a character that counts or measures ("七孔"), so that
// words such as "一些" and "三峡" stay; 两三年 stays, which is no single number, and so does the scale of digits, "5万元".
std::string WithDigits(std::string_view text);

}  // namespace quarry::generation
