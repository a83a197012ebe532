#include "eval/synth_figures.h"

#include <algorithm>

#include "base/ascii.h"

namespace quarry::eval {
namespace {

constexpr std::string_view kMonthsOfDates[] = {
    "January",   "February", "March",    "April",    "May",  "June", "July", "August",
    "September", "October",  "November", "December", "Jan",  "Feb",  "Mar",  "Apr",
    "Jun",       "Jul",      "Aug",      "Sep",      "Sept", "Oct",  "Nov",  "Dec"};

// Whether a month stands before text[0, end), with nothing but days and marks between: "October 13, ".
bool EndsInMonth(std::string_view text) {
  const size_t last = text.find_last_not_of("0123456789., ");
  if (last == std::string_view::npos) return false;
  const std::string_view words = text.substr(0, last + 1);
  return std::ranges::any_of(kMonthsOfDates, [&](std::string_view month) {
    return words.ends_with(month) &&
           (words.size() == month.size() || !IsAsciiLetter(words[words.size() - month.size() - 1]));
  });
}

bool BeginsWithMonth(std::string_view text) {
  text = Trim(text);
  return std::ranges::any_of(kMonthsOfDates, [&](std::string_view month) {
    return text.starts_with(month) &&
           (text.size() == month.size() || !IsAsciiLetter(text[month.size()]));
  });
}

// Whether the digits text[begin, end) are a part of a date, a time, a range or a number of a telephone: "2025"
// of "2025-10-13", "8" of "8:30", "13" of "13 October", "10" of "10月13日".
bool IsPartOfMore(std::string_view text, size_t begin, size_t end) {
  const std::string_view before = text.substr(0, begin);
  const std::string_view behind = text.substr(end);
  for (const std::string_view mark : {"-", "/", ":", "–", "~", "～", "：", "至"}) {
    const bool joins_before = before.size() > mark.size() && before.ends_with(mark) &&
                              IsAsciiDigit(before[before.size() - mark.size() - 1]);
    const bool joins_behind = behind.size() > mark.size() && behind.starts_with(mark) &&
                              IsAsciiDigit(behind[mark.size()]);
    if (joins_before || joins_behind) return true;
  }
  const std::string_view unit = Trim(behind);
  const bool is_year = end - begin == 4 && unit.starts_with("年");
  const bool is_day = (unit.starts_with("日") || unit.starts_with("号")) && before.ends_with("月");
  return is_year || unit.starts_with("月") || is_day || EndsInMonth(before) ||
         BeginsWithMonth(behind);
}

}  // namespace

std::optional<ByteRange> FigureIn(std::string_view text) {
  for (size_t begin = 0; begin < text.size();) {
    if (!IsAsciiDigit(text[begin])) {
      ++begin;
      continue;
    }
    const bool in_code =
        begin > 0 && (IsAsciiLetter(text[begin - 1]) ||
                      (text[begin - 1] == '-' && begin > 1 && IsAsciiLetter(text[begin - 2])));
    size_t end = begin;
    while (end < text.size() &&
           (IsAsciiDigit(text[end]) || ((text[end] == '.' || text[end] == ',') &&
                                        end + 1 < text.size() && IsAsciiDigit(text[end + 1])))) {
      ++end;
    }
    if (!in_code && !IsPartOfMore(text, begin, end)) return ByteRange{begin, end};
    begin = end;
  }
  return std::nullopt;
}

std::optional<std::string> FigureOf(const std::string& text) {
  const std::optional<ByteRange> range = FigureIn(text);
  if (!range) return std::nullopt;
  return text.substr(range->begin, range->end - range->begin);
}

std::string OtherFigure(const std::string& figure, Random& random) {
  std::string other = figure;
  const size_t at = other.find_first_of("0123456789");
  const char digit = static_cast<char>('1' + random.Below(9));
  other[at] = digit == other[at] ? (digit == '9' ? '1' : static_cast<char>(digit + 1)) : digit;
  return other;
}

}  // namespace quarry::eval
