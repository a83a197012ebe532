#include "generation/spelling.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/document.h"
#include "base/text.h"

namespace quarry::generation {
namespace {

constexpr std::pair<std::string_view, uint32_t> kQuarterNumbers[] = {
    {"一", 1}, {"二", 2}, {"三", 3}, {"四", 4}, {"1", 1}, {"2", 2}, {"3", 3}, {"4", 4}};
constexpr std::pair<std::string_view, uint32_t> kOrdinals[] = {
    {"first ", 1}, {"second ", 2}, {"third ", 3}, {"fourth ", 4},
    {"1st ", 1},   {"2nd ", 2},    {"3rd ", 3},   {"4th ", 4}};
constexpr size_t kShortestCode = 3;  // bytes, without hyphens

// Something written in a text, and what it is however it is written: "quarter 2", "date 11-1", "code hy300".
struct Mention {
  ByteRange range;
  std::string thing;
};

bool Continues(std::string_view text, size_t at) {
  return at < text.size() && IsAsciiAlphanumeric(text[at]);
}

bool Take(std::string_view text, size_t& at, std::string_view what) {
  if (!StartsWithIgnoringCase(text.substr(at), what)) return false;
  at += what.size();
  return true;
}

// "Q2", "第二季度", "2季度", "second quarter".
std::optional<Mention> QuarterAt(std::string_view text, size_t begin) {
  const auto found = [&](size_t end, uint32_t number) {
    return Mention{{begin, end}, "quarter " + std::to_string(number)};
  };
  size_t at = begin;
  const bool begins_word = begin == 0 || !Continues(text, begin - 1);
  if (begins_word && Take(text, at, "q") && at < text.size() && text[at] >= '1' &&
      text[at] <= '4' && !Continues(text, at + 1)) {
    return found(at + 1, static_cast<uint32_t>(text[at] - '0'));
  }
  for (const auto& [written, number] : kOrdinals) {
    at = begin;
    if (begins_word && Take(text, at, written) && Take(text, at, "quarter") && !Continues(text, at))
      return found(at, number);
  }
  at = begin;
  const bool is_ordinal = Take(text, at, "第");
  if (!is_ordinal && !begins_word) return std::nullopt;
  for (const auto& [written, number] : kQuarterNumbers) {
    size_t behind = at;
    if (!Take(text, behind, written)) continue;
    (void)Take(text, behind, "个");
    if (Take(text, behind, "季度")) return found(behind, number);
  }
  return std::nullopt;
}

std::optional<uint32_t> TakeNumber(std::string_view text, size_t& at, size_t& digits) {
  const size_t begin = at;
  at = BehindDigits(text, at);
  digits = at - begin;
  uint32_t number = 0;
  if (digits == 0 || digits > 2) return std::nullopt;
  std::from_chars(text.data() + begin, text.data() + at, number);
  return number;
}

// "11月1日", "11·01", "11-01": with a hyphen only where a zero tells it from a range of numbers.
std::optional<Mention> DateAt(std::string_view text, size_t begin) {
  if (begin > 0 && (Continues(text, begin - 1) || text[begin - 1] == '-')) return std::nullopt;
  size_t at = begin;
  size_t month_digits = 0;
  size_t day_digits = 0;
  const std::optional<uint32_t> month = TakeNumber(text, at, month_digits);
  if (!month || *month == 0 || *month > 12) return std::nullopt;
  bool needs_day_word = false;
  bool needs_zero = false;
  while (at < text.size() && text[at] == ' ') ++at;
  if (Take(text, at, "月")) {
    needs_day_word = true;
  } else if (Take(text, at, "-")) {
    needs_zero = true;
  } else if (!Take(text, at, "·")) {
    return std::nullopt;
  }
  while (needs_day_word && at < text.size() && text[at] == ' ') ++at;
  const size_t day_begin = at;
  const std::optional<uint32_t> day = TakeNumber(text, at, day_digits);
  if (!day || *day == 0 || *day > 31) return std::nullopt;
  const bool has_zero = text[begin] == '0' || text[day_begin] == '0';
  if (needs_zero && (!has_zero || month_digits != 2 || day_digits != 2)) return std::nullopt;
  if (needs_day_word) {
    while (at < text.size() && text[at] == ' ') ++at;
    if (!Take(text, at, "日") && !Take(text, at, "号")) return std::nullopt;
  } else if (Continues(text, at) || text.substr(at).starts_with('-')) {
    return std::nullopt;
  }
  return Mention{{begin, at}, "date " + std::to_string(*month) + '-' + std::to_string(*day)};
}

// "HY-300", "hy300". A hyphen between digits parts numbers: "A1-1" is not "A11".
std::optional<Mention> CodeAt(std::string_view text, size_t begin) {
  if (!IsAsciiLetter(text[begin]) || (begin > 0 && Continues(text, begin - 1)) ||
      (begin > 0 && text[begin - 1] == '-'))
    return std::nullopt;
  size_t end = begin;
  while (end < text.size() && (Continues(text, end) || text[end] == '-')) ++end;
  while (end > begin && text[end - 1] == '-') --end;
  std::string code;
  for (size_t at = begin; at < end; ++at) {
    const bool parts_numbers =
        text[at] == '-' && IsAsciiDigit(text[at - 1]) && IsAsciiDigit(text[at + 1]);
    if (text[at] != '-' || parts_numbers) code += AsciiLower(text[at]);
  }
  if (!HoldsAsciiDigit(code) || code.size() < kShortestCode) return std::nullopt;
  return Mention{{begin, end}, "code " + code};
}

std::vector<Mention> MentionsIn(std::string_view text) {
  std::vector<Mention> mentions;
  for (size_t at = 0; at < text.size();) {
    std::optional<Mention> found = QuarterAt(text, at);
    if (!found) found = DateAt(text, at);
    if (!found) found = CodeAt(text, at);
    if (!found) {
      NextCodePoint(text, at);
      continue;
    }
    at = found->range.end;
    mentions.push_back(*std::move(found));
  }
  return mentions;
}

std::string_view TextOf(std::string_view text, const Mention& mention) {
  return text.substr(mention.range.begin, mention.range.end - mention.range.begin);
}

}  // namespace

std::string SpelledAsIn(const Context& context, std::string_view question) {
  const std::vector<Mention> asked = MentionsIn(question);
  if (asked.empty()) return std::string(question);
  // Of each: how it is written first, and whether it is written as in the question somewhere.
  std::vector<std::string> written(asked.size());
  std::vector<bool> same(asked.size(), false);
  for (const Passage& passage : context.passages) {
    const std::string header = ContextualHeader(passage.title, passage.chunk.span.heading_path);
    for (const std::string_view text :
         {std::string_view(header), std::string_view(passage.chunk.text)}) {
      for (const Mention& mention : MentionsIn(text)) {
        for (size_t i = 0; i < asked.size(); ++i) {
          if (asked[i].thing != mention.thing) continue;
          const std::string_view spelling = TextOf(text, mention);
          if (EqualsIgnoringCase(spelling, TextOf(question, asked[i]))) same[i] = true;
          if (written[i].empty()) written[i] = spelling;
        }
      }
    }
  }
  std::string spelled(question);
  for (size_t i = asked.size(); i-- > 0;) {
    if (same[i] || written[i].empty()) continue;
    const ByteRange range = asked[i].range;
    spelled.replace(range.begin, range.end - range.begin, written[i]);
  }
  return spelled;
}

}  // namespace quarry::generation
