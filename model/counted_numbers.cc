#include "model/counted_numbers.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/word_lists.h"
#include "model/counted_units.h"
#include "model/number_reading.h"
#include "model/range_cues.h"

namespace quarry::model {
namespace {

constexpr double kFirstYear = 1900;  // of those that are dates
constexpr double kLastYear = 2100;

// Whether the digits at byte `at` belong to a code: "vx-220", "e4417".
bool IsWithinCode(std::string_view text, size_t at) {
  if (at == 0) return false;
  if (IsAsciiLetter(text[at - 1]) || text[at - 1] == '_' || text[at - 1] == '#') return true;
  const bool is_joined = text[at - 1] == '-' || text[at - 1] == '/' || text[at - 1] == '.';
  return is_joined && at > 1 && IsAsciiLetter(text[at - 2]);
}

size_t BehindRun(std::string_view text, size_t at) {
  while (at < text.size() && IsAsciiAlphanumeric(text[at])) ++at;
  return at;
}

// The number read at byte `at`, if it counts.
std::optional<CountedNumber> CountedAt(std::string_view lower, size_t at,
                                       const WrittenNumber& read) {
  const bool is_chinese = read.form == WrittenNumber::Form::kChinese;
  CountedNumber number{.value = read.value, .number = {at, read.end}};
  for (const std::string_view ending : {"th", "st", "nd", "rd"}) {  // "5th"
    const std::string_view rest = lower.substr(number.number.end);
    const bool ends = rest.size() == ending.size() ||
                      (rest.size() > ending.size() && !IsAsciiAlphanumeric(rest[ending.size()]));
    if (read.form == WrittenNumber::Form::kDigits && rest.starts_with(ending) && ends) {
      number.number.end += ending.size();
      break;
    }
  }
  for (const auto& [scale, factor] : ScaleWords()) {
    const std::string_view rest = lower.substr(number.number.end);
    if (is_chinese || !rest.starts_with(scale)) continue;
    if (rest.starts_with("千米") || rest.starts_with("千克")) continue;
    number.value *= factor;
    number.number.end += scale.size();
    break;
  }
  auto [unit, end] = UnitBehind(lower, number.number.end);
  number.unit = std::move(unit);
  number.range = {at, end};
  // "一些", "三峡" count nothing.
  if (is_chinese && !IsChineseUnit(number.unit) && !EndBeginsBehind(lower, number.number.end))
    return std::nullopt;
  return number;
}

// With what stands before it: 第, a mark of a currency.
void AddWhatIsBefore(std::string_view lower, CountedNumber& number) {
  constexpr std::string_view kOrdinal = "第";
  const size_t begin = number.number.begin;
  if (lower.substr(0, begin).ends_with(kOrdinal)) {
    number.number.begin -= kOrdinal.size();
    number.range.begin = number.number.begin;
  }
  const auto [currency, currency_begin] = CurrencyBefore(lower, begin);
  if (currency.empty()) return;
  number.unit = currency;
  number.range = {currency_begin, number.number.end};
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
  return number.unit.empty() && StartsWithAny(behind, kOfDates);
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
    if (last_end > 0 && BehindSpaces(lower, last_end) == begin) return false;
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
                             EndsWithAny(front, kBeforeDashes);
    if (may_be_sign && takes(dash)) return;
  }
}

}  // namespace

std::vector<CountedNumber> CountedNumbers(std::string_view text) {
  const std::string lower = EvenForNumbers(text);
  std::vector<CountedNumber> numbers;
  for (size_t at = 0; at < lower.size();) {
    if (IsAsciiDigit(lower[at]) && IsWithinCode(lower, at)) {
      at = BehindRun(lower, at);
      continue;
    }
    const std::optional<WrittenNumber> read = ReadNumber(lower, at);
    if (read && read->is_about) {
      at = read->end;
      continue;
    }
    if (std::optional<CountedNumber> number = read ? CountedAt(lower, at, *read) : std::nullopt) {
      at = number->number.end;
      AddWhatIsBefore(lower, *number);
      AddSign(lower, numbers.empty() ? 0 : numbers.back().range.end, *number);
      if (!IsDate(lower, *number)) numbers.push_back(std::move(*number));
      continue;
    }
    if (IsAsciiAlphanumeric(lower[at])) {
      at = BehindRun(lower, at);
    } else {
      NextCodePoint(lower, at);
    }
  }
  return numbers;
}

}  // namespace quarry::model
