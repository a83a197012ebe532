#pragma once

// Numbers with what they count: "4-6次", "€1,200", 第五次, "-20 °C". English and Chinese, by forms alone. Internal to
// model/ and generation/. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace quarry::model {

struct CountedNumber {
  double value = 0;
  // What is counted, one name for all its forms: 次, "euro" of "€1,200" and "1,200 euros"; "" = nothing that is known.
  std::string unit;
  ByteRange number;  // without the unit; with the 第 of 第五次 and the sign of "-20℃", 零下20℃
  ByteRange range;  // with it
};

// In order. Digits, Chinese numerals before what measures ("十二年"), English words up to a hundred. Not those within
// codes and no calendar years and dates, nor 两三天.
std::vector<CountedNumber> CountedNumbers(std::string_view text);

}  // namespace quarry::model
