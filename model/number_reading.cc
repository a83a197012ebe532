#include "model/number_reading.h"

#include <system_error>

#include "base/ascii.h"
#include "base/numbers.h"
#include "base/text.h"

namespace quarry::model {
namespace {

using NumberForm = WrittenNumber::Form;

constexpr std::pair<std::string_view, double> kScales[] = {
    {"百万", 1e6},     {"万", 1e4},        {"亿", 1e8},       {"千", 1e3},
    {" hundred", 100}, {" thousand", 1e3}, {" million", 1e6}, {" billion", 1e9}};

constexpr std::pair<std::string_view, double> kCardinals[] = {
    {"one", 1},      {"two", 2},        {"three", 3},     {"four", 4},      {"five", 5},
    {"six", 6},      {"seven", 7},      {"eight", 8},     {"nine", 9},      {"ten", 10},
    {"eleven", 11},  {"twelve", 12},    {"thirteen", 13}, {"fourteen", 14}, {"fifteen", 15},
    {"sixteen", 16}, {"seventeen", 17}, {"eighteen", 18}, {"nineteen", 19}, {"twenty", 20},
    {"thirty", 30},  {"forty", 40},     {"fifty", 50},    {"sixty", 60},    {"seventy", 70},
    {"eighty", 80},  {"ninety", 90},    {"hundred", 100}};
// Not "second", which is a unit as well.
constexpr std::pair<std::string_view, double> kOrdinalWords[] = {
    {"first", 1},   {"third", 3},  {"fourth", 4}, {"fifth", 5}, {"sixth", 6},
    {"seventh", 7}, {"eighth", 8}, {"ninth", 9},  {"tenth", 10}};

std::optional<WrittenNumber> ReadDigits(std::string_view text, size_t at) {
  const auto is_digit = [&](size_t i) { return i < text.size() && IsAsciiDigit(text[i]); };
  std::string digits;
  size_t end = at;
  while (end < text.size()) {
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
  WrittenNumber number{.end = end};
  const auto value = ParseNumber<decltype(number.value)>(digits);
  if (!value) return std::nullopt;
  number.value = *value;
  return number;
}

std::optional<WrittenNumber> ReadOneWord(std::string_view even, size_t at) {
  size_t end = at;
  while (end < even.size() && IsAsciiLetter(even[end])) ++end;
  const std::string_view word = even.substr(at, end - at);
  for (const auto& [name, value] : kCardinals) {
    if (word == name) return WrittenNumber{.value = value, .end = end, .form = NumberForm::kWord};
  }
  for (const auto& [name, value] : kOrdinalWords) {
    if (word == name)
      return WrittenNumber{.value = value, .end = end, .form = NumberForm::kOrdinal};
  }
  return std::nullopt;
}

// "five", "twenty-five", "twenty-fifth".
std::optional<WrittenNumber> ReadWords(std::string_view even, size_t at) {
  const std::optional<WrittenNumber> number = ReadOneWord(even, at);
  if (!number || number->value < 20 || number->value >= 100) return number;
  if (number->end >= even.size() || even[number->end] != '-') return number;
  const std::optional<WrittenNumber> ones = ReadOneWord(even, number->end + 1);
  if (!ones || ones->value >= 10) return number;
  return WrittenNumber{.value = number->value + ones->value, .end = ones->end, .form = ones->form};
}

// The digit that a Chinese character is, or -1.
int ChineseDigit(char32_t c) {
  constexpr std::u32string_view kNumerals = U"零一二三四五六七八九";
  const size_t place = kNumerals.find(c);
  if (place != kNumerals.npos) return static_cast<int>(place);
  return c == U'〇' ? 0 : c == U'两' ? 2 : -1;
}

double ChinesePower(char32_t c) {
  return c == U'十' ? 10 : c == U'百' ? 100 : c == U'千' ? 1000 : 0;
}

std::optional<WrittenNumber> ReadChinese(std::string_view even, size_t at) {
  const bool is_behind_digit = at > 0 && IsAsciiDigit(even[at - 1]);
  WrittenNumber number{.end = at, .form = NumberForm::kChinese};
  double total = 0;
  double below = 0;  // the next 万
  double digit = 0;
  int last = 0;         // digit of those side by side
  size_t in_a_row = 0;  // 十 alone is ten
  bool ascends = false;
  // 两三 is two or three, 二〇二四 digits of one number.
  const auto end_row = [&] {
    number.is_about = number.is_about || (in_a_row == 2 && ascends);
    in_a_row = 0;
  };
  for (size_t next = at; next < even.size(); number.end = next) {
    const char32_t c = NextCodePoint(even, next);
    const double power = ChinesePower(c);
    if (const int one = ChineseDigit(c); one >= 0) {
      ascends = in_a_row > 0 && last > 0 && one == last + 1;
      digit = 10 * digit + one;
      last = one;
      ++in_a_row;
    } else if (power > 0 && !(is_behind_digit && number.end == at)) {
      below += (in_a_row > 0 ? digit : 1) * power;
      digit = 0;
      end_row();
    } else if (c == U'万' && number.end > at) {
      total += (below + digit) * 1e4;
      below = digit = 0;
      end_row();
    } else {
      break;
    }
  }
  if (number.end == at) return std::nullopt;
  end_row();
  number.value = total + below + digit;
  return number;
}

}  // namespace

std::string EvenForNumbers(std::string_view text) {
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

std::optional<WrittenNumber> ReadNumber(std::string_view even, size_t at) {
  if (IsAsciiDigit(even[at])) return ReadDigits(even, at);
  if (IsAsciiLetter(even[at])) return ReadWords(even, at);
  return IsAscii(even[at]) ? std::nullopt : ReadChinese(even, at);
}

std::span<const std::pair<std::string_view, double>> ScaleWords() { return kScales; }

}  // namespace quarry::model
