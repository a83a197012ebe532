#include "generation/quantities.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"

namespace quarry::generation {
namespace {

// Ways to write a unit, folded, and the one that stands for all.
constexpr std::pair<std::string_view, std::string_view> kUnits[] = {
    {"%", "%"},
    {"percent", "%"},
    {"per cent", "%"},
    {"pct", "%"},
    {"km", "km"},
    {"kilometre", "km"},
    {"kilometer", "km"},
    {"公里", "km"},
    {"千米", "km"},
    {"m", "m"},
    {"metre", "m"},
    {"meter", "m"},
    {"米", "m"},
    {"cm", "cm"},
    {"centimetre", "cm"},
    {"centimeter", "cm"},
    {"厘米", "cm"},
    {"mm", "mm"},
    {"millimetre", "mm"},
    {"millimeter", "mm"},
    {"毫米", "mm"},
    {"mile", "mile"},
    {"英里", "mile"},
    {"foot", "foot"},
    {"feet", "foot"},
    {"ft", "foot"},
    {"英尺", "foot"},
    {"inch", "inch"},
    {"kg", "kg"},
    {"kilogram", "kg"},
    {"kilo", "kg"},
    {"千克", "kg"},
    {"公斤", "kg"},
    {"g", "g"},
    {"gram", "g"},
    {"克", "g"},
    {"mg", "mg"},
    {"毫克", "mg"},
    {"t", "t"},
    {"tonne", "t"},
    {"ton", "t"},
    {"吨", "t"},
    {"lb", "lb"},
    {"pound", "lb"},
    {"l", "l"},
    {"litre", "l"},
    {"liter", "l"},
    {"升", "l"},
    {"ml", "ml"},
    {"毫升", "ml"},
    {"s", "s"},
    {"second", "s"},
    {"sec", "s"},
    {"秒", "s"},
    {"min", "min"},
    {"minute", "min"},
    {"分钟", "min"},
    {"h", "h"},
    {"hour", "h"},
    {"小时", "h"},
    {"day", "day"},
    {"天", "day"},
    {"日", "day"},
    {"week", "week"},
    {"周", "week"},
    {"month", "month"},
    {"个月", "month"},
    {"月", "month"},
    {"year", "year"},
    {"年", "year"},
    {"岁", "age"},
    {"kw", "kw"},
    {"kilowatt", "kw"},
    {"千瓦", "kw"},
    {"mw", "mw"},
    {"megawatt", "mw"},
    {"兆瓦", "mw"},
    {"w", "w"},
    {"watt", "w"},
    {"瓦", "w"},
    {"v", "v"},
    {"volt", "v"},
    {"伏", "v"},
    {"a", "a"},
    {"bar", "bar"},
    {"巴", "bar"},
    {"mpa", "mpa"},
    {"kpa", "kpa"},
    {"pa", "pa"},
    {"psi", "psi"},
    {"hz", "hz"},
    {"赫兹", "hz"},
    {"°c", "c"},
    {"℃", "c"},
    {"摄氏度", "c"},
    {"degree", "degree"},
    {"度", "degree"},
    {"°f", "f"},
    {"rpm", "rpm"},
    {"million", "million"},
    {"billion", "billion"},
    {"万", "万"},
    {"亿", "亿"},
    {"元", "yuan"},
    {"yuan", "yuan"},
    {"dollar", "dollar"},
    {"美元", "dollar"},
    {"euro", "euro"},
    {"人", "person"},
    {"people", "person"},
    {"kb", "kb"},
    {"mb", "mb"},
    {"gb", "gb"},
    {"tb", "tb"},
    {"times", "times"},
    {"倍", "times"},
};

// The unit that `rest` begins with; "" = none.
std::string UnitAt(std::string_view rest) {
  while (rest.starts_with(' ') || rest.starts_with('-')) rest.remove_prefix(1);
  size_t length = 0;
  std::string_view unit;
  for (const auto& [written, stands_for] : kUnits) {
    if (written.size() <= length || !rest.starts_with(written)) continue;
    size_t end = written.size();
    if (IsAsciiLower(written.back())) {
      if (end < rest.size() && rest[end] == 's' && written.size() > 2) ++end;  // plural
      if (end < rest.size() && (IsAsciiLower(rest[end]) || IsAsciiDigit(rest[end]))) continue;
    }
    length = written.size();
    unit = stands_for;
  }
  return std::string(unit);
}

// The word that begins `rest`, or its first CJK character; "" where a mark stands before it.
std::string WordAt(std::string_view rest) {
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  size_t end = 0;
  if (!rest.empty() && IsCjk(NextCodePoint(rest, end))) return std::string(rest.substr(0, end));
  end = 0;
  while (end < rest.size() && IsAsciiLower(rest[end])) ++end;
  if (end > 3 && rest[end - 1] == 's') --end;  // "households" as "household"
  return std::string(rest.substr(0, end));
}

}  // namespace

std::vector<Quantity> QuantitiesOf(std::string_view text) {
  const std::string folded = Fold(text);
  std::vector<Quantity> quantities;
  for (size_t i = 0; i < folded.size();) {
    if (!IsAsciiDigit(folded[i])) {
      ++i;
      continue;
    }
    // Inside a word or code ("vx-220", "b2") a digit counts nothing.
    const bool in_code = i > 0 && (IsAsciiLower(folded[i - 1]) ||
                                   (folded[i - 1] == '-' && i > 1 && IsAsciiLower(folded[i - 2])));
    Quantity quantity;
    // A sign, and no range or list mark: "at -5 °C".
    const bool is_negative =
        i > 0 && folded[i - 1] == '-' && (i == 1 || folded[i - 2] == ' ' || folded[i - 2] == '(');
    if (is_negative) quantity.number = "-";
    while (i < folded.size()) {
      const bool more = i + 1 < folded.size() && IsAsciiDigit(folded[i + 1]);
      if (IsAsciiDigit(folded[i])) {
        quantity.number += folded[i];
      } else if (folded[i] == ',' && i + 3 < folded.size() && more && IsAsciiDigit(folded[i + 2]) &&
                 IsAsciiDigit(folded[i + 3])) {
        // Thousands: left out.
      } else if (folded[i] == '.' && more) {
        quantity.number += '.';
      } else {
        break;
      }
      ++i;
    }
    quantity.unit = UnitAt(std::string_view(folded).substr(i));
    if (quantity.unit.empty()) quantity.counted = WordAt(std::string_view(folded).substr(i));
    // What measures; "3.10" alone may name a version.
    if (!quantity.unit.empty() && quantity.number.find('.') != std::string::npos) {
      while (quantity.number.ends_with('0')) quantity.number.pop_back();
      if (quantity.number.ends_with('.')) quantity.number.pop_back();
    }
    if (!in_code) quantities.push_back(std::move(quantity));
  }
  return quantities;
}

}  // namespace quarry::generation
