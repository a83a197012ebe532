#include "model/asked_measure.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

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
    {"多长时间", Measure::kTime},     {"多長時間", Measure::kTime},
    {"多长", Measure::kLengthOrTime}, {"多長", Measure::kLengthOrTime},
    {"多远", Measure::kLengthOrTime}, {"多遠", Measure::kLengthOrTime},
    {"多深", Measure::kLength},       {"多宽", Measure::kLength},
    {"多寬", Measure::kLength},       {"多厚", Measure::kLength},
    {"有多重", Measure::kMass}};  // 多重 alone is manifold
// What ends with 多 and does not ask: 许多长椅, 更多远程设备, 最多深30米.
constexpr std::string_view kEndWithMany[] = {"许", "許", "很", "更", "最", "众", "眾", "诸",
                                             "諸", "大", "较", "較", "不", "太", "好"};
// Behind 有多重: 有多重要, 有多重身份. Only these go on where a mass is asked for.
constexpr std::string_view kBehindMass[] = {"呢", "啊", "呀", "才", "的", "吗", "嗎", "了", "以"};
// Behind the English word; else it says of what follows how it is: "how deep learning works", "how far along".
constexpr std::string_view kBehindEnglish[] = {
    "is",    "are",   "was",    "were",  "be",     "do",    "does",  "did", "can",  "could",
    "must",  "may",   "might",  "shall", "should", "will",  "would", "has", "have", "had",
    "a",     "an",    "the",    "it",    "they",   "you",   "we",    "i",   "he",   "she",
    "this",  "that",  "these",  "those", "my",     "our",   "your",  "its", "his",  "her",
    "their", "after", "before", "until", "from",   "to",    "in",    "of",  "away", "apart",
    "for",   "ago",   "back",   "below", "above",  "under", "off",   "out", "at"};
// How long a text may be; its Chinese units also where "how long" asks.
constexpr std::string_view kTextLengths[] = {"character", "char",  "letter", "digit", "word",
                                             "page",      "line",  "bit",    "byte",  "sentence",
                                             "paragraph", "slide", "symbol"};
constexpr std::string_view kChineseTextLengths[] = {"字", "个字", "位", "页", "頁", "行", "个字符"};

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
  const bool may_be_time = measure == Measure::kLengthOrTime || measure == Measure::kTime;
  return (measure != Measure::kTime && IsOneOf(unit, kLengths)) ||
         (may_be_time && IsOneOf(unit, kDurations)) ||
         (measure == Measure::kLengthOrTime && IsOneOf(unit, kTextLengths));
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
  if (measure == Measure::kTime) return false;
  if (measure == Measure::kMass) return std::ranges::any_of(kChineseMasses, stands);
  return std::ranges::any_of(kChineseLengths, stands) ||
         (measure == Measure::kLengthOrTime && std::ranges::any_of(kChineseTextLengths, stands));
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

// Whether the Chinese words at byte `at` ask.
bool AsksMeasureAt(std::string_view question, size_t at, std::string_view asking, Measure measure) {
  if (EndsWithAny(question.substr(0, at), kEndWithMany)) return false;
  const std::string_view behind = question.substr(at + asking.size());
  size_t end = 0;
  const bool goes_on = !behind.empty() && IsCjk(NextCodePoint(behind, end));
  return measure != Measure::kMass || !goes_on || StartsWithAny(behind, kBehindMass);
}

}  // namespace

Measure MeasureAsked(std::string_view question) {
  for (const auto& [asking, measure] : kChineseMeasures) {
    for (size_t at = question.find(asking); at != question.npos;
         at = question.find(asking, at + asking.size())) {
      if (AsksMeasureAt(question, at, asking, measure)) return measure;
    }
  }
  const std::vector<Word> words = Words(question);
  for (size_t i = 1; i < words.size(); ++i) {
    if (AsciiLower(words[i - 1].text) != "how") continue;
    if (i + 1 < words.size() && !IsOneOf(AsciiLower(words[i + 1].text), kBehindEnglish)) continue;
    for (const auto& [asking, measure] : kEnglishMeasures) {
      if (AsciiLower(words[i].text) == asking) return measure;
    }
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
