#include "generation/number_words.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"

namespace quarry::generation {
namespace {

constexpr std::pair<std::string_view, uint32_t> kNumberNames[] = {
    {"two", 2},        {"three", 3},     {"four", 4},      {"five", 5},     {"six", 6},
    {"seven", 7},      {"eight", 8},     {"nine", 9},      {"ten", 10},     {"eleven", 11},
    {"twelve", 12},    {"thirteen", 13}, {"fourteen", 14}, {"fifteen", 15}, {"sixteen", 16},
    {"seventeen", 17}, {"eighteen", 18}, {"nineteen", 19}, {"twenty", 20},  {"thirty", 30},
    {"forty", 40},     {"fifty", 50},    {"sixty", 60},    {"seventy", 70}, {"eighty", 80},
    {"ninety", 90}};

constexpr std::pair<std::string_view, uint64_t> kChineseDigits[] = {
    {"零", 0}, {"〇", 0}, {"一", 1}, {"二", 2}, {"两", 2}, {"三", 3},
    {"四", 4}, {"五", 5}, {"六", 6}, {"七", 7}, {"八", 8}, {"九", 9}};
constexpr std::pair<std::string_view, uint64_t> kChinesePowers[] = {
    {"十", 10}, {"百", 100}, {"千", 1000}, {"万", 10'000}};
// What is counted or measured by.
constexpr std::string_view kMeasureWords[] = {
    "个", "只", "台", "套", "年", "月",   "天",   "日", "周", "小时", "分", "秒", "次", "人", "户",
    "张", "瓶", "孔", "米", "升", "公里", "公斤", "吨", "元", "倍",   "份", "名", "位", "座", "条",
    "格", "班", "批", "层", "间", "辆",   "谷元", "度", "岁", "件",   "根", "块", "种", "家", "遍"};

constexpr std::string_view kPer = "每";
constexpr std::string_view kPeriods[] = {"年", "月", "天", "日", "周", "小时", "季度", "个月"};

std::optional<uint32_t> NumberNamed(std::string_view word) {
  for (const auto& [name, number] : kNumberNames) {
    if (EqualsIgnoringCase(word, name)) return number;
  }
  return std::nullopt;
}

// The number that the word is, "twenty-five" too.
std::optional<uint32_t> EnglishNumber(std::string_view word) {
  const size_t hyphen = word.find('-');
  const std::optional<uint32_t> first = NumberNamed(word.substr(0, hyphen));
  if (!first || hyphen == std::string_view::npos) return first;
  std::string_view rest = word.substr(hyphen + 1);
  const std::optional<uint32_t> second = EqualsIgnoringCase(rest, "one") ? 1 : NumberNamed(rest);
  if (*first < 20 || !second || *second > 9) return std::nullopt;
  return *first + *second;
}

template <size_t n, typename Value>
std::optional<Value> StartOf(std::string_view text,
                             const std::pair<std::string_view, Value> (&list)[n], size_t& size) {
  for (const auto& [written, value] : list) {
    if (!text.starts_with(written)) continue;
    size = written.size();
    return value;
  }
  return std::nullopt;
}

// The numeral that `text` begins with, and how long it is; nullopt where none that counts does.
std::optional<uint64_t> ChineseNumber(std::string_view text, size_t& size) {
  uint64_t below = 0;  // below the next 万
  uint64_t digit = 0;
  uint64_t total = 0;
  bool has_digit = false;
  size = 0;
  while (size < text.size()) {
    size_t step = 0;
    if (const auto found = StartOf(text.substr(size), kChineseDigits, step)) {
      digit = *found;
      has_digit = true;
    } else if (const auto power = StartOf(text.substr(size), kChinesePowers, step)) {
      if (*power == 10'000) {
        total += (below + digit) * *power;
        below = 0;
      } else {
        below += (has_digit ? digit : 1) * *power;
      }
      digit = 0;
      has_digit = false;
    } else {
      break;
    }
    size += step;
  }
  if (size == 0) return std::nullopt;
  for (const std::string_view measure : kMeasureWords) {
    if (text.substr(size).starts_with(measure)) return total + below + digit;
  }
  return std::nullopt;
}

// "每年" says "每一年".
bool IsOncePer(std::string_view text) {
  if (!text.starts_with(kPer)) return false;
  return std::ranges::any_of(kPeriods, [&](std::string_view period) {
    return text.substr(kPer.size()).starts_with(period);
  });
}

}  // namespace

std::string WithDigits(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    if (IsAsciiLetter(text[at])) {
      size_t end = at;
      while (end < text.size() && (IsAsciiLetter(text[end]) || text[end] == '-')) ++end;
      const std::string_view word = text.substr(at, end - at);
      const std::optional<uint32_t> number = EnglishNumber(word);
      out += number ? std::to_string(*number) : std::string(word);
      at = end;
      continue;
    }
    size_t size = 0;
    if (!IsAscii(text[at])) {
      if (IsOncePer(text.substr(at))) {
        out += "每1";
        at += kPer.size();
        continue;
      }
      if (const std::optional<uint64_t> number = ChineseNumber(text.substr(at), size)) {
        out += std::to_string(*number);
        at += size;
        continue;
      }
      size_t next = at;
      NextCodePoint(text, next);
      out += text.substr(at, next - at);
      at = next;
      continue;
    }
    out += text[at++];
  }
  return out;
}

}  // namespace quarry::generation
