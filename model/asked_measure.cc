#include "model/asked_measure.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "base/word_lists.h"
#include "model/counted_numbers.h"
#include "model/counted_units.h"
#include "model/number_reading.h"
#include "model/written_words.h"

namespace quarry::model {
namespace {

constexpr std::pair<std::string_view, Measure> kEnglishMeasures[] = {
    {"long", Measure::kLengthOrTime}, {"far", Measure::kLengthOrTime}, {"deep", Measure::kLength},
    {"tall", Measure::kLength},       {"wide", Measure::kLength},      {"thick", Measure::kLength},
    {"heavy", Measure::kMass}};
constexpr std::pair<std::string_view, Measure> kChineseMeasures[] = {
    {"多长", Measure::kLengthOrTime}, {"多長", Measure::kLengthOrTime},
    {"多远", Measure::kLengthOrTime}, {"多遠", Measure::kLengthOrTime},
    {"多深", Measure::kLength},       {"多宽", Measure::kLength},
    {"多寬", Measure::kLength},       {"多厚", Measure::kLength},
    {"有多重", Measure::kMass}};  // 多重 alone is manifold

// As UnitBehind names them.
constexpr std::string_view kLengths[] = {
    "m",      "km",         "cm",         "mm",         "mile",      "foot", "feet",
    "ft",     "inch",       "inche",      "yard",       "yd",        "nm",   "mil",
    "league", "centimetre", "centimeter", "millimetre", "millimeter"};
constexpr std::string_view kDurations[] = {
    "second", "sec",       "minute", "hour",   "hrs",    "h",       "day",      "night",
    "week",   "fortnight", "month",  "year",   "decade", "century", "centurie", "秒",
    "分钟",   "小时",      "天",     "工作日", "周",     "个月",    "年"};
constexpr std::string_view kMasses[] = {"kg",    "g",  "mg",    "gram",  "t",  "ton",
                                        "tonne", "lb", "pound", "ounce", "oz", "吨"};
// Chinese units beyond those that UnitBehind knows.
constexpr std::string_view kChineseLengths[] = {"英里", "英尺", "英寸", "海里", "微米",
                                                "里",   "丈",   "尺",   "寸"};
constexpr std::string_view kChineseMasses[] = {"毫克", "克", "斤", "磅"};
// Behind a unit they make another one of it: "m²", "km/h".
constexpr std::string_view kMakesOther[] = {"²", "³", "2", "3", "/", "^"};
constexpr std::pair<std::string_view, std::string_view> kBrackets[] = {
    {"(", ")"}, {"（", "）"}, {"[", "]"}};

bool IsUnitOf(Measure measure, std::string_view unit) {
  if (measure == Measure::kMass) return IsOneOf(unit, kMasses);
  return IsOneOf(unit, kLengths) ||
         (measure == Measure::kLengthOrTime && IsOneOf(unit, kDurations));
}

// Whether a unit of it, which no other is made of, stands right behind byte `at`; and where it ends.
bool StandsUnit(Measure measure, std::string_view even, size_t at, size_t& end) {
  auto [unit, behind] = UnitBehind(even, at);
  if (IsUnitOf(measure, unit)) {
    end = behind;
    return !StartsWithAny(even.substr(behind), kMakesOther);
  }
  const std::string_view rest = even.substr(BehindSpaces(even, at));
  const auto stands = [&](std::string_view one) {
    end = even.size() - rest.size() + one.size();
    return rest.starts_with(one);
  };
  return measure == Measure::kMass ? std::ranges::any_of(kChineseMasses, stands)
                                   : std::ranges::any_of(kChineseLengths, stands);
}

// "Length (m): 164"
bool StandsInBrackets(Measure measure, std::string_view even) {
  for (const auto& [open, close] : kBrackets) {
    for (size_t at = even.find(open); at != even.npos; at = even.find(open, at + 1)) {
      size_t end = 0;
      if (StandsUnit(measure, even, at + open.size(), end) && even.substr(end).starts_with(close))
        return true;
    }
  }
  return false;
}

}  // namespace

Measure MeasureAsked(std::string_view question) {
  for (const auto& [asking, measure] : kChineseMeasures) {
    if (question.find(asking) != question.npos) return measure;
  }
  std::string last;
  for (const Word& word : Words(question)) {
    std::string lower = AsciiLower(word.text);
    for (const auto& [asking, measure] : kEnglishMeasures) {
      if (last == "how" && lower == asking) return measure;
    }
    last = std::move(lower);
  }
  return Measure::kNone;
}

bool HoldsMeasure(Measure measure, std::string_view text) {
  if (measure == Measure::kNone) return true;
  const std::string even = EvenForNumbers(text);
  size_t end = 0;
  for (const CountedNumber& number : CountedNumbers(text)) {
    if (StandsUnit(measure, even, number.number.end, end)) return true;
  }
  return HoldsAsciiDigit(text) && StandsInBrackets(measure, even);
}

}  // namespace quarry::model
