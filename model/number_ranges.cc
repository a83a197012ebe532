#include "model/number_ranges.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <system_error>
#include <utility>

#include "base/ascii.h"
#include "model/written_words.h"

namespace quarry::model {
namespace {

constexpr double kFirstYear = 1900;  // of those that are dates
constexpr double kLastYear = 2100;
constexpr size_t kLongestJoint = 8;  // bytes between two bounds of one range

struct UnitForm {
  std::string_view written;
  std::string_view name;
};

// The longer ones first.
constexpr UnitForm kChineseUnits[] = {
    {"个工作日", "工作日"}, {"工作日", "工作日"}, {"平方米", "平方米"}, {"立方米", "立方米"},
    {"摄氏度", "c"},        {"个小时", "小时"},   {"个月", "个月"},     {"个人", "人"},
    {"小时", "小时"},       {"分钟", "分钟"},     {"公里", "km"},       {"千米", "km"},
    {"厘米", "cm"},         {"毫米", "mm"},       {"公斤", "kg"},       {"千克", "kg"},
    {"欧元", "euro"},       {"美元", "dollar"},   {"周岁", "岁"},       {"周年", "年"},
    {"人次", "人次"},       {"℃", "c"},           {"％", "%"},          {"元", "元"},
    {"年", "年"},           {"天", "天"},         {"日", "天"},         {"周", "周"},
    {"次", "次"},           {"岁", "岁"},         {"人", "人"},         {"名", "人"},
    {"位", "人"},           {"米", "m"},          {"吨", "吨"},         {"升", "升"},
    {"巴", "bar"},          {"度", "度"},         {"倍", "倍"},         {"级", "级"},
    {"层", "层"},           {"台", "台"},         {"件", "件"},         {"套", "套"},
    {"辆", "辆"},           {"户", "户"},         {"分", "分"},         {"秒", "秒"},
    {"个", "个"},
};
// Of Latin letters, singular.
constexpr UnitForm kWordUnits[] = {{"eur", "euro"},    {"usd", "dollar"},   {"yuan", "元"},
                                   {"rmb", "元"},      {"percent", "%"},    {"metre", "m"},
                                   {"meter", "m"},     {"kilometre", "km"}, {"kilometer", "km"},
                                   {"kilogram", "kg"}, {"kilo", "kg"},      {"people", "person"},
                                   {"hr", "hour"},     {"min", "minute"}};
constexpr UnitForm kCurrencyMarks[] = {
    {"$", "dollar"}, {"€", "euro"}, {"£", "pound"}, {"¥", "元"}, {"￥", "元"}};
// Behind a number they count nothing.
constexpr std::string_view kNoUnits[] = {
    "of", "and", "or", "to",   "in",   "on", "at",  "for",  "the", "is",  "are",  "by",  "with",
    "a",  "an",  "if", "when", "than", "as", "but", "from", "up",  "may", "must", "can", "will"};

// Behind a number: "5万元", "1.2 million euros".
constexpr std::pair<std::string_view, double> kScaleWords[] = {
    {"百万", 1e6},     {"万", 1e4},        {"亿", 1e8},       {"千", 1e3},
    {" hundred", 100}, {" thousand", 1e3}, {" million", 1e6}, {" billion", 1e9}};

constexpr std::pair<std::string_view, double> kNumberNames[] = {
    {"one", 1},      {"two", 2},        {"three", 3},     {"four", 4},      {"five", 5},
    {"six", 6},      {"seven", 7},      {"eight", 8},     {"nine", 9},      {"ten", 10},
    {"eleven", 11},  {"twelve", 12},    {"thirteen", 13}, {"fourteen", 14}, {"fifteen", 15},
    {"sixteen", 16}, {"seventeen", 17}, {"eighteen", 18}, {"nineteen", 19}, {"twenty", 20},
    {"thirty", 30},  {"forty", 40},     {"fifty", 50},    {"sixty", 60},    {"seventy", 70},
    {"eighty", 80},  {"ninety", 90},    {"hundred", 100}, {"first", 1},     {"third", 3},
    {"fourth", 4},   {"fifth", 5},      {"sixth", 6},     {"seventh", 7},   {"eighth", 8},
    {"ninth", 9},    {"tenth", 10}};

enum class BoundSide : uint8_t { kLeast, kMost };

struct BoundCue {
  std::string_view text;
  BoundSide side;
  bool is_without = false;  // the number itself
};

// Before a number. One that another ends with stands behind it.
constexpr BoundCue kBefore[] = {
    {"大于等于", BoundSide::kLeast},
    {"不少于", BoundSide::kLeast},
    {"不低于", BoundSide::kLeast},
    {"不小于", BoundSide::kLeast},
    {"小于等于", BoundSide::kMost},
    {"不超过", BoundSide::kMost},
    {"未超过", BoundSide::kMost},
    {"不多于", BoundSide::kMost},
    {"不高于", BoundSide::kMost},
    {"不大于", BoundSide::kMost},
    {"不满", BoundSide::kMost, true},
    {"未满", BoundSide::kMost, true},
    {"不足", BoundSide::kMost, true},
    {"不到", BoundSide::kMost, true},
    {"少于", BoundSide::kMost, true},
    {"低于", BoundSide::kMost, true},
    {"小于", BoundSide::kMost, true},
    {"至多", BoundSide::kMost},
    {"最多", BoundSide::kMost},
    {"超过", BoundSide::kLeast, true},
    {"大于", BoundSide::kLeast, true},
    {"多于", BoundSide::kLeast, true},
    {"高于", BoundSide::kLeast, true},
    {"至少", BoundSide::kLeast},
    {"达到", BoundSide::kLeast},
    {"满", BoundSide::kLeast},
    {"达", BoundSide::kLeast},
    {"逾", BoundSide::kLeast, true},
    {"≥", BoundSide::kLeast},
    {"≤", BoundSide::kMost},
    {">=", BoundSide::kLeast},
    {"<=", BoundSide::kMost},
    {">", BoundSide::kLeast, true},
    {"<", BoundSide::kMost, true},
    {"＞", BoundSide::kLeast, true},
    {"＜", BoundSide::kMost, true},
    {"not more than", BoundSide::kMost},
    {"no more than", BoundSide::kMost},
    {"not less than", BoundSide::kLeast},
    {"no less than", BoundSide::kLeast},
    {"no fewer than", BoundSide::kLeast},
    {"not exceeding", BoundSide::kMost},
    {"not exceed", BoundSide::kMost},
    {"at least", BoundSide::kLeast},
    {"at most", BoundSide::kMost},
    {"up to", BoundSide::kMost},
    {"more than", BoundSide::kLeast, true},
    {"greater than", BoundSide::kLeast, true},
    {"longer than", BoundSide::kLeast, true},
    {"higher than", BoundSide::kLeast, true},
    {"heavier than", BoundSide::kLeast, true},
    {"older than", BoundSide::kLeast, true},
    {"in excess of", BoundSide::kLeast, true},
    {"exceeding", BoundSide::kLeast, true},
    {"exceeds", BoundSide::kLeast, true},
    {"exceed", BoundSide::kLeast, true},
    {"over", BoundSide::kLeast, true},
    {"above", BoundSide::kLeast, true},
    {"less than", BoundSide::kMost, true},
    {"fewer than", BoundSide::kMost, true},
    {"shorter than", BoundSide::kMost, true},
    {"lower than", BoundSide::kMost, true},
    {"lighter than", BoundSide::kMost, true},
    {"younger than", BoundSide::kMost, true},
    {"below", BoundSide::kMost, true},
    {"under", BoundSide::kMost, true},
    {"within", BoundSide::kMost},
};

// Behind a number and its unit, or between the two: "5 or more times".
constexpr BoundCue kBehind[] = {{"及以上", BoundSide::kLeast},    {"或以上", BoundSide::kLeast},
                                {"以上", BoundSide::kLeast},      {"及以下", BoundSide::kMost},
                                {"或以下", BoundSide::kMost},     {"以下", BoundSide::kMost},
                                {"以内", BoundSide::kMost},       {"之内", BoundSide::kMost},
                                {"内", BoundSide::kMost},         {"or more", BoundSide::kLeast},
                                {"and more", BoundSide::kLeast},  {"or over", BoundSide::kLeast},
                                {"and over", BoundSide::kLeast},  {"or above", BoundSide::kLeast},
                                {"and above", BoundSide::kLeast}, {"or longer", BoundSide::kLeast},
                                {"or older", BoundSide::kLeast},  {"or less", BoundSide::kMost},
                                {"or fewer", BoundSide::kMost},   {"or below", BoundSide::kMost},
                                {"and below", BoundSide::kMost},  {"or under", BoundSide::kMost},
                                {"and under", BoundSide::kMost},  {"or shorter", BoundSide::kMost}};

constexpr std::string_view kSeparators[] = {"-", "–", "—", "——", "~", "～", "－", "至", "到", "to"};
// Between the two bounds of one range.
constexpr std::string_view kJoints[] = {"",      "，",      "、",      "但",   "且",  "而",
                                        "，但",  "，且",    "、但",    ",",    "and", "but",
                                        ", but", "but not", "and not", ", and"};
constexpr std::string_view kIncluding[] = {"（含）", "(含)", "（含本数）", "(inclusive)"};

// In lower case, and the Traditional characters of the words above as Simplified. Every byte stays where it stands, as it
// would not with Fold.
std::string Evened(std::string_view text) {
  constexpr std::u32string_view kTraditional = U"個時鐘歐歲噸級層輛戶萬億兩於過滿達內點號為從週";
  constexpr std::u32string_view kSimplified = U"个时钟欧岁吨级层辆户万亿两于过满达内点号为从周";
  static_assert(kTraditional.size() == kSimplified.size());
  std::string even;
  even.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    if (IsAscii(text[at])) {
      even += AsciiLower(text[at++]);
      continue;
    }
    const size_t begin = at;
    const size_t found = kTraditional.find(NextCodePoint(text, at));
    if (found == kTraditional.npos) {
      even += text.substr(begin, at - begin);
    } else {
      AppendCodePoint(even, kSimplified[found]);
    }
  }
  return even;
}

std::string_view TrimSpaces(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

size_t SkipSpaces(std::string_view text, size_t at) {
  while (at < text.size() && text[at] == ' ') ++at;
  return at;
}

bool IsWordByte(char c) { return IsAsciiLetter(c) || IsAsciiDigit(c); }

// What is counted behind byte `at`, and where that ends; "" and `at` where nothing is.
std::pair<std::string, size_t> UnitBehind(std::string_view lower, size_t at) {
  size_t begin = SkipSpaces(lower, at);
  for (const UnitForm& unit : kChineseUnits) {
    if (lower.substr(begin).starts_with(unit.written))
      return {std::string(unit.name), begin + unit.written.size()};
  }
  for (const UnitForm& mark : kCurrencyMarks) {
    if (lower.substr(begin).starts_with(mark.written))
      return {std::string(mark.name), begin + mark.written.size()};
  }
  if (begin < lower.size() && lower[begin] == '%') return {"%", begin + 1};
  if (lower.substr(begin).starts_with("°c")) return {"c", begin + std::string_view("°c").size()};
  if (begin == at && begin + 1 < lower.size() && lower[begin] == '-') ++begin;  // "12-year"
  size_t end = begin;
  while (end < lower.size() && IsAsciiLetter(lower[end])) ++end;
  std::string_view word = lower.substr(begin, end - begin);
  if (word.empty() || Among(word, kNoUnits)) return {"", at};
  if (word.size() > 3 && word.ends_with('s')) word.remove_suffix(1);
  for (const UnitForm& unit : kWordUnits) {
    if (word == unit.written) return {std::string(unit.name), end};
  }
  return {std::string(word), end};
}

// A number that begins at a byte, and where it ends.
struct ReadNumber {
  double value = 0;
  size_t end = 0;
  bool is_chinese = false;
};

std::optional<ReadNumber> ReadDigits(std::string_view text, size_t at) {
  std::string digits;
  size_t end = at;
  while (end < text.size()) {
    const auto is_digit = [&](size_t i) { return i < text.size() && IsAsciiDigit(text[i]); };
    if (is_digit(end)) {
      digits += text[end++];
    } else if (text[end] == ',' && is_digit(end + 1) && is_digit(end + 2) && is_digit(end + 3) &&
               !is_digit(end + 4)) {
      ++end;  // thousands
    } else if (text[end] == '.' && is_digit(end + 1) && digits.find('.') == digits.npos) {
      digits += text[end++];
    } else {
      break;
    }
  }
  ReadNumber number{.end = end};
  const auto [rest, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number.value);
  if (error != std::errc() || rest != digits.data() + digits.size()) return std::nullopt;
  return number;
}

std::optional<ReadNumber> ReadChinese(std::string_view text, size_t at) {
  constexpr std::u32string_view kDigits = U"零一二三四五六七八九";
  ReadNumber number{.end = at, .is_chinese = true};
  double total = 0;
  double below = 0;  // the next 万
  double digit = 0;
  bool has_digit = false;  // 十 alone is ten
  for (size_t next = at; next < text.size(); number.end = next) {
    const char32_t c = NextCodePoint(text, next);
    const size_t place = kDigits.find(c);
    const double power = c == U'十' ? 10 : c == U'百' ? 100 : c == U'千' ? 1000 : 0;
    if (place != kDigits.npos || c == U'〇' || c == U'两') {
      const double one = place != kDigits.npos ? static_cast<double>(place) : c == U'〇' ? 0 : 2;
      digit = 10 * digit + one;  // "二〇二四"
      has_digit = true;
    } else if (power > 0) {
      below += (has_digit ? digit : 1) * power;
      digit = 0;
      has_digit = false;
    } else if (c == U'万' && number.end > at) {
      total += (below + digit) * 1e4;
      below = digit = 0;
      has_digit = false;
    } else {
      break;
    }
  }
  if (number.end == at) return std::nullopt;
  number.value = total + below + digit;
  return number;
}

std::optional<ReadNumber> ReadOneName(std::string_view lower, size_t at) {
  size_t end = at;
  while (end < lower.size() && IsAsciiLetter(lower[end])) ++end;
  for (const auto& [name, value] : kNumberNames) {
    if (lower.substr(at, end - at) == name) return ReadNumber{.value = value, .end = end};
  }
  return std::nullopt;
}

// "five", "twenty-five".
std::optional<ReadNumber> ReadName(std::string_view lower, size_t at) {
  std::optional<ReadNumber> number = ReadOneName(lower, at);
  if (!number || number->value < 20 || number->value >= 100) return number;
  if (number->end >= lower.size() || lower[number->end] != '-') return number;
  const std::optional<ReadNumber> ones = ReadOneName(lower, number->end + 1);
  if (!ones || ones->value >= 10) return number;
  return ReadNumber{.value = number->value + ones->value, .end = ones->end};
}

// Whether the digits at byte `at` belong to a code: "vx-220", "e4417".
bool IsWithinCode(std::string_view text, size_t at) {
  if (at == 0) return false;
  if (IsAsciiLetter(text[at - 1]) || text[at - 1] == '_' || text[at - 1] == '#') return true;
  const bool is_joined = text[at - 1] == '-' || text[at - 1] == '/' || text[at - 1] == '.';
  return is_joined && at > 1 && IsAsciiLetter(text[at - 2]);
}

size_t BehindRun(std::string_view text, size_t at) {
  while (at < text.size() && IsWordByte(text[at])) ++at;
  return at;
}

bool BeginsSeparated(std::string_view text, size_t at) {
  const std::string_view rest = text.substr(SkipSpaces(text, at));
  return std::ranges::any_of(kSeparators,
                             [&](std::string_view one) { return rest.starts_with(one); });
}

// The number at byte `at`, if one that counts begins there.
std::optional<CountedNumber> CountedAt(std::string_view lower, size_t at) {
  std::optional<ReadNumber> read;
  const bool is_digit = IsAsciiDigit(lower[at]);
  if (is_digit) {
    read = ReadDigits(lower, at);
  } else if (IsAsciiLetter(lower[at])) {
    read = ReadName(lower, at);
  } else if (!IsAscii(lower[at])) {
    read = ReadChinese(lower, at);
  }
  if (!read) return std::nullopt;
  CountedNumber number{.value = read->value, .number = {at, read->end}};
  for (const std::string_view ending : {"th", "st", "nd", "rd"}) {  // "5th"
    const std::string_view rest = lower.substr(number.number.end);
    const bool ends = rest.size() == ending.size() ||
                      (rest.size() > ending.size() && !IsWordByte(rest[ending.size()]));
    if (is_digit && rest.starts_with(ending) && ends) {
      number.number.end += ending.size();
      break;
    }
  }
  for (const auto& [scale, factor] : kScaleWords) {
    const std::string_view rest = lower.substr(number.number.end);
    if (read->is_chinese || !rest.starts_with(scale)) continue;
    if (rest.starts_with("千米") || rest.starts_with("千克")) continue;
    number.value *= factor;
    number.number.end += scale.size();
    break;
  }
  auto [unit, end] = UnitBehind(lower, number.number.end);
  number.unit = std::move(unit);
  number.range = {at, end};
  if (read->is_chinese) {
    // "一些", "三峡" count nothing.
    const bool is_measured = std::ranges::any_of(
        kChineseUnits, [&](const UnitForm& form) { return form.name == number.unit; });
    if (!is_measured && !BeginsSeparated(lower, number.number.end)) return std::nullopt;
  }
  return number;
}

// With what stands before it: 第, a mark of a currency.
void AddWhatIsBefore(std::string_view lower, CountedNumber& number) {
  constexpr std::string_view kOrdinal = "第";
  std::string_view before = lower.substr(0, number.number.begin);
  if (before.ends_with(kOrdinal)) {
    number.number.begin -= kOrdinal.size();
    number.range.begin = number.number.begin;
  }
  for (const UnitForm& mark : kCurrencyMarks) {
    if (!before.ends_with(mark.written)) continue;
    number.unit = mark.name;
    number.range = {number.number.begin - mark.written.size(), number.number.end};
  }
}

// A calendar year, a day of a month, a time of day.
bool IsDate(std::string_view lower, const CountedNumber& number) {
  const bool counts_years = number.unit == "年" || number.unit == "year";
  if (counts_years && number.value >= kFirstYear && number.value <= kLastYear) return true;
  const std::string_view behind = lower.substr(number.range.end);
  const std::string_view before = lower.substr(0, number.range.begin);
  if (before.ends_with("月")) return true;
  const bool is_of_time =
      before.size() > 1 && before.ends_with(':') && IsAsciiDigit(before[before.size() - 2]);
  if (is_of_time) return true;
  constexpr std::string_view kOfDates[] = {"月", ":", "点", "号"};
  return number.unit.empty() && std::ranges::any_of(kOfDates, [&](std::string_view one) {
           return behind.starts_with(one);
         });
}

// The cue before byte `end`, and where it begins; nullptr where none stands there.
const BoundCue* CueBefore(std::string_view lower, size_t end, size_t& begin) {
  while (end > 0 && lower[end - 1] == ' ') --end;
  const std::string_view before = lower.substr(0, end);
  for (const BoundCue& cue : kBefore) {
    if (!before.ends_with(cue.text)) continue;
    const size_t at = end - cue.text.size();
    if (IsAsciiLetter(cue.text[0]) && at > 0 && IsWordByte(before[at - 1])) continue;
    begin = at;
    return &cue;
  }
  return nullptr;
}

// Makes the number one below zero where a sign stands right before it: "-20℃", 零下20度. `last_end`: where the number
// before it ends; a dash behind that joins the two, "4 -6".
void AddSign(std::string_view lower, size_t last_end, CountedNumber& number) {
  constexpr std::string_view kWords[] = {"零下", "minus "};
  constexpr std::string_view kDashes[] = {"-", "−"};
  constexpr std::string_view kBeforeDashes[] = {" ",  "\n", ":",  "：", "(",  "（", "[",
                                                "【", ",",  "，", "、", "=",  "至", "到",
                                                "~",  "～", "为", "是", "在", "从"};
  const std::string_view before = lower.substr(0, number.number.begin);
  const auto takes = [&](std::string_view sign) {
    const size_t begin = before.size() - sign.size();
    if (last_end > 0 && SkipSpaces(lower, last_end) == begin) return false;
    number.value = -number.value;
    number.number.begin = begin;
    number.range.begin = begin;
    return true;
  };
  for (const std::string_view word : kWords) {
    if (before.ends_with(word) && takes(word)) return;
  }
  for (const std::string_view dash : kDashes) {
    if (!before.ends_with(dash)) continue;
    const std::string_view front = before.substr(0, before.size() - dash.size());
    size_t cue = 0;
    const bool may_be_sign = front.empty() || CueBefore(lower, front.size(), cue) != nullptr ||
                             std::ranges::any_of(kBeforeDashes, [&](std::string_view one) {
                               return front.ends_with(one);
                             });
    if (may_be_sign && takes(dash)) return;
  }
}

const BoundCue* CueBehind(std::string_view lower, size_t at, size_t& end) {
  at = SkipSpaces(lower, at);
  for (const std::string_view including : kIncluding) {
    if (lower.substr(at).starts_with(including)) at += including.size();
  }
  for (const BoundCue& cue : kBehind) {
    if (!lower.substr(at).starts_with(cue.text)) continue;
    const std::string_view rest = lower.substr(at + cue.text.size());
    const bool is_other_word = rest.starts_with("部") || rest.starts_with("容");  // 内部, 内容
    if (is_other_word) continue;
    end = at + cue.text.size();
    return &cue;
  }
  return nullptr;
}

// Whether what stands between two numbers makes them the ends of a range: "4-6次", "between 1,000 and 5,000 euros".
bool AreEnds(std::string_view lower, const CountedNumber& from, const CountedNumber& to) {
  std::string_view between = lower.substr(from.range.end, to.range.begin - from.range.end);
  for (const std::string_view including : kIncluding) {
    if (between.starts_with(including)) between.remove_prefix(including.size());
  }
  between = TrimSpaces(between);
  const std::string_view before = TrimSpaces(lower.substr(0, from.range.begin));
  return Among(between, kSeparators) || (between == "and" && before.ends_with("between")) ||
         (between == "和" && before.ends_with("介于"));
}

// REQUIRES: they are the ends of one.
std::optional<NumberRange> RangeBetween(std::string_view lower, const CountedNumber& from,
                                        const CountedNumber& to) {
  if (!from.unit.empty() && !to.unit.empty() && from.unit != to.unit) return std::nullopt;
  NumberRange range{.least = from.value,
                    .most = to.value,
                    .unit = to.unit.empty() ? from.unit : to.unit,
                    .range = {from.range.begin, to.range.end}};
  // "3-5万元" is of 万 both.
  const std::string_view written = lower.substr(to.number.begin, to.number.end - to.number.begin);
  for (const auto& [scale, factor] : kScaleWords) {
    const bool is_scaled = written.ends_with(scale);
    if (is_scaled && from.unit.empty() && from.value * factor < to.value) range.least *= factor;
    if (is_scaled) break;
  }
  if (range.least >= range.most) return std::nullopt;
  return range;
}

// Below or above a number: "more than 30 days", "7次以上".
std::optional<NumberRange> BoundOf(std::string_view lower, const CountedNumber& number) {
  NumberRange range{.unit = number.unit, .range = number.range};
  const BoundCue* cue = CueBefore(lower, number.range.begin, range.range.begin);
  if (cue == nullptr) {
    cue = CueBehind(lower, number.range.end, range.range.end);
    if (cue != nullptr && range.unit.empty()) {
      auto [unit, end] = UnitBehind(lower, range.range.end);
      range.unit = std::move(unit);
      range.range.end = end;
    }
  }
  if (cue == nullptr) return std::nullopt;
  if (cue->side == BoundSide::kLeast) {
    range.least = number.value;
    range.without_least = cue->is_without;
  } else {
    range.most = number.value;
    range.without_most = cue->is_without;
  }
  return range;
}

bool HasOneSide(const NumberRange& range) {
  return range.least == -std::numeric_limits<double>::infinity() ||
         range.most == std::numeric_limits<double>::infinity();
}

// Makes one range of both where they bound it from both sides, one right behind the other: 满10年不满20年.
bool JoinRanges(std::string_view lower, const NumberRange& second, NumberRange& first) {
  if (!HasOneSide(first) || !HasOneSide(second) || second.range.begin < first.range.end)
    return false;
  if (!first.unit.empty() && !second.unit.empty() && first.unit != second.unit) return false;
  const std::string_view between =
      lower.substr(first.range.end, second.range.begin - first.range.end);
  if (between.size() > kLongestJoint || !Among(TrimSpaces(between), kJoints)) return false;
  const bool is_least = first.most == std::numeric_limits<double>::infinity();
  const NumberRange& below = is_least ? first : second;
  const NumberRange& above = is_least ? second : first;
  if (below.least >= above.most || HasOneSide({.least = below.least, .most = above.most}))
    return false;
  first = {.least = below.least,
           .most = above.most,
           .without_least = below.without_least,
           .without_most = above.without_most,
           .unit = first.unit.empty() ? second.unit : first.unit,
           .range = {first.range.begin, second.range.end}};
  return true;
}

}  // namespace

std::vector<CountedNumber> CountedNumbers(std::string_view text) {
  const std::string lower = Evened(text);
  std::vector<CountedNumber> numbers;
  for (size_t at = 0; at < lower.size();) {
    if (IsAsciiDigit(lower[at]) && IsWithinCode(lower, at)) {
      at = BehindRun(lower, at);
      continue;
    }
    if (std::optional<CountedNumber> number = CountedAt(lower, at)) {
      at = number->number.end;
      AddWhatIsBefore(lower, *number);
      AddSign(lower, numbers.empty() ? 0 : numbers.back().range.end, *number);
      if (!IsDate(lower, *number)) numbers.push_back(std::move(*number));
      continue;
    }
    if (IsWordByte(lower[at])) {
      at = BehindRun(lower, at);
    } else {
      NextCodePoint(lower, at);
    }
  }
  return numbers;
}

std::vector<NumberRange> NumberRanges(std::string_view text) {
  const std::string lower = Evened(text);
  const std::vector<CountedNumber> numbers = CountedNumbers(text);
  std::vector<NumberRange> ranges;
  const auto goes_on = [&](size_t i) {
    return i + 1 < numbers.size() && AreEnds(lower, numbers[i], numbers[i + 1]);
  };
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (goes_on(i)) {
      const size_t first = i;
      while (goes_on(i)) ++i;
      if (i > first + 1) continue;  // "2023-07-19"
      if (auto range = RangeBetween(lower, numbers[first], numbers[i]))
        ranges.push_back(std::move(*range));
      continue;
    }
    const std::optional<NumberRange> bound = BoundOf(lower, numbers[i]);
    if (!bound) continue;
    if (ranges.empty() || !JoinRanges(lower, *bound, ranges.back())) ranges.push_back(*bound);
  }
  return ranges;
}

}  // namespace quarry::model
