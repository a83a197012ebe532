#include "ingest/list_number.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"

namespace quarry::ingest {
namespace {

// Numbers that a file lets lists begin at are kept within it, so that counting on stays in range.
constexpr int64_t kMaxStart = 1'000'000'000;

int64_t WithinRange(int64_t start) { return std::clamp(start, -kMaxStart, kMaxStart); }

std::string Roman(int64_t number) {
  static constexpr std::pair<int64_t, const char*> kParts[] = {
      {1000, "m"}, {900, "cm"}, {500, "d"}, {400, "cd"}, {100, "c"}, {90, "xc"}, {50, "l"},
      {40, "xl"},  {10, "x"},   {9, "ix"},  {5, "v"},    {4, "iv"},  {1, "i"}};
  std::string roman;
  for (const auto& [value, letters] : kParts) {
    for (; number >= value; number -= value) roman += letters;
  }
  return roman;
}

// a to z, then aa, bb, ... as Word does.
std::string Letters(int64_t number) {
  return std::string(static_cast<size_t>((number - 1) / 26 + 1),
                     static_cast<char>('a' + (number - 1) % 26));
}

// Up to 99: lists do not go on for longer.
std::string ChineseNumber(int64_t number) {
  static constexpr const char* kDigits[] = {"",   "一", "二", "三", "四",
                                            "五", "六", "七", "八", "九"};
  std::string text;
  if (number >= 20) text += kDigits[number / 10];
  if (number >= 10) text += "十";
  return text + kDigits[number % 10];
}

}  // namespace

std::string FormatNumber(int64_t number, std::string_view format) {
  if (format.empty() || format == "none" || format == "bullet") return "";
  const bool is_small = number > 0 && number < 4000;
  if (is_small && (format == "lowerRoman" || format == "i")) return Roman(number);
  if (is_small && (format == "upperRoman" || format == "I")) return AsciiUpper(Roman(number));
  if (number > 0 && number < 500) {
    if (format == "lowerLetter" || format == "a") return Letters(number);
    if (format == "upperLetter" || format == "A") return AsciiUpper(Letters(number));
  }
  if (number > 0 && number < 100) {
    const bool is_chinese = format.starts_with("chinese") || format.starts_with("taiwanese") ||
                            format.starts_with("japanese") || format.starts_with("ideographTrad") ||
                            format.starts_with("一");
    if (is_chinese) return ChineseNumber(number);
  }
  std::string decimal = std::to_string(number);
  if (format == "decimalZero" && decimal.size() == 1) decimal.insert(0, 1, '0');
  return decimal;
}

std::string ListCounter::Next(const std::vector<ListLevel>& levels, size_t level) {
  level = std::min(level, kLevels - 1);
  for (size_t i = 0; i <= level; ++i) {
    const int64_t start = i < levels.size() ? WithinRange(levels[i].start) : 1;
    Counter& counter = counters_[i];
    if (!counter.has_begun) {
      counter = {start, true};
    } else if (i == level) {
      ++counter.value;
    }
  }
  for (size_t i = level + 1; i < kLevels; ++i) counters_[i].has_begun = false;
  if (level >= levels.size() || levels[level].format == "bullet") return "";

  const std::string& pattern = levels[level].text;
  std::string text;
  for (size_t i = 0; i < pattern.size() && text.size() < ListLevel::kMaxTextBytes; ++i) {
    const bool is_number = pattern[i] == '%' && i + 1 < pattern.size() && pattern[i + 1] >= '1' &&
                           pattern[i + 1] <= '9';
    if (!is_number) {
      text += pattern[i];
      continue;
    }
    const auto of = static_cast<size_t>(pattern[++i] - '1');
    if (of > level || of >= levels.size()) continue;
    text +=
        FormatNumber(counters_[of].value, levels[level].is_legal ? "decimal" : levels[of].format);
  }
  return text;
}

void ListCounter::Restart(size_t level, int64_t start) {
  if (level >= kLevels) return;
  counters_[level] = {WithinRange(start) - 1, true};
}

}  // namespace quarry::ingest
