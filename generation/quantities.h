#pragma once

// Numbers with what they count. Pure.

#include <string>
#include <string_view>
#include <vector>

namespace quarry::generation {

// A number and what it counts, where that is a known unit: {"22", "kw"}. Words of magnitude are units
// and no factors: "3 million" is {"3", "million"}, "3万" is {"3", "万"}, and neither equals "3,000,000" or
// "30,000".
struct Quantity {
  std::string number;
  std::string unit;  // "" = none
  // The word or CJK character behind it, folded, where that is no known unit: "households", "户".
  std::string counted;
};

// The quantities of `text`, in order. "1,000" is 1000, "22 kilowatts" and "22kW" are the same.
std::vector<Quantity> QuantitiesOf(std::string_view text);

}  // namespace quarry::generation
