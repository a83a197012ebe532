#include "eval/change_log.h"

#include <algorithm>
#include <span>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/word_lists.h"

namespace quarry::eval {
namespace {

// All folded (base/text.h), which makes Traditional characters Simplified.
constexpr std::string_view kEnglishLogs[] = {
    "changelog",         "change log",          "change history",   "change record",
    "record of changes", "history of changes",  "revision history", "revision record",
    "revision log",      "record of revisions", "version history",  "document history",
    "update history",    "amendment history",   "amendment record", "release history",
    "release notes"};
constexpr std::string_view kChineseLogs[] = {
    "更新日志", "更新记录", "更新历史", "变更日志", "变更记录", "变更历史", "修订日志", "修订记录",
    "修订历史", "修改日志", "修改记录", "修改历史", "版本记录", "版本历史", "更改记录", "改版记录"};
// Words before the name of a change log in headings that speak of it.
constexpr std::string_view kEnglishSpeakers[] = {
    "about",   "and", "for", "how", "in",   "keeping", "of",   "on",      "our",
    "reading", "see", "the", "to",  "what", "why",     "with", "writing", "your"};
constexpr std::string_view kChineseSpeakers[] = {"查看", "下载", "填写", "编写", "撰写",
                                                 "如何", "怎",   "关于", "什么"};

constexpr std::string_view kChangeVerbs[] = {
    "added",    "amended", "changed",  "clarified",  "corrected", "deprecated", "dropped",
    "extended", "fixed",   "improved", "introduced", "removed",   "renamed",    "replaced",
    "revised",  "updated", "新增",     "增加",       "补充",      "修复",       "修正",
    "修订",     "修改",    "变更",     "更新",       "更改",      "优化",       "改进",
    "完善",     "调整",    "删除",     "移除",       "废弃",      "弃用"};
constexpr std::string_view kChangeColumns[] = {"amendment",
                                               "amendments",
                                               "change",
                                               "changes",
                                               "change description",
                                               "description of change",
                                               "description of changes",
                                               "modification",
                                               "modifications",
                                               "reason for change",
                                               "revision description",
                                               "summary of changes",
                                               "what changed",
                                               "变更",
                                               "变更内容",
                                               "变更说明",
                                               "变更描述",
                                               "修订内容",
                                               "修订说明",
                                               "修改内容",
                                               "修改说明",
                                               "更改内容",
                                               "更改说明",
                                               "更新内容",
                                               "更新说明",
                                               "主要变更",
                                               "主要修改"};
constexpr std::string_view kVersionColumns[] = {"version", "revision", "release",
                                                "版本",    "版次",     "修订号"};

enum class ChangeStamp { kNone, kVersion, kDate };

bool TakePrefix(std::string_view prefix, std::string_view& text) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// "1 March 2024", "March 1, 2024", "Mar 2024".
bool TakeNamedDate(std::string_view& text) {
  std::string_view rest = text;
  bool has_month = false;
  for (int word = 0; word < 3; ++word) {
    const size_t digits = BehindDigits(rest, 0);
    size_t size = digits;
    while (size < rest.size() && IsAsciiLetter(rest[size])) ++size;
    const std::string token = AsciiLower(rest.substr(0, size));
    rest.remove_prefix(size);
    if (digits == size && digits == 4 && has_month) {
      text = rest;
      return true;
    }
    const bool is_month =
        digits == 0 && size >= 3 && std::ranges::any_of(kMonthNames, [&](std::string_view month) {
          return month.starts_with(token);
        });
    if (!is_month && (digits == 0 || digits > 2)) return false;
    has_month = has_month || is_month;
    while (!rest.empty() && (rest[0] == ' ' || rest[0] == ',' || rest[0] == '.')) {
      rest.remove_prefix(1);
    }
  }
  return false;
}

// Takes off what `text` begins with, if it is a date ("2024-03-01", "2024年3月", "1 March 2024") or the
// number of a version ("v1.2", "4.2.3").
ChangeStamp TakeStamp(std::string_view& text) {
  std::string_view rest = text;
  const bool is_opened = TakePrefix("[", rest) || TakePrefix("(", rest);
  ChangeStamp stamp = ChangeStamp::kNone;
  if (TakeNamedDate(rest)) {
    stamp = ChangeStamp::kDate;
  } else {
    const bool is_marked =
        rest.size() > 1 && (rest[0] == 'v' || rest[0] == 'V') && IsAsciiDigit(rest[1]);
    if (is_marked) rest.remove_prefix(1);
    std::vector<size_t> numbers;  // of how many digits each is
    for (bool goes_on = true; goes_on;) {
      const size_t digits = BehindDigits(rest, 0);
      if (digits == 0) break;
      numbers.push_back(digits);
      rest.remove_prefix(digits);
      goes_on = TakePrefix("年", rest) || TakePrefix("月", rest);
      const bool is_joined = rest.size() > 1 && IsAsciiDigit(rest[1]);
      if (!goes_on && is_joined &&
          std::string_view("-./").find(rest[0]) != std::string_view::npos) {
        rest.remove_prefix(1);
        goes_on = true;
      }
    }
    TakePrefix("日", rest);
    const bool is_date = numbers.size() > 1 && !is_marked &&
                         (numbers[0] == 4 || (numbers.size() == 3 && numbers[2] == 4));
    if (is_date) {
      stamp = ChangeStamp::kDate;
    } else if (numbers.size() > 1 || (is_marked && !numbers.empty())) {
      stamp = ChangeStamp::kVersion;
    }
  }
  if (is_opened && !TakePrefix("]", rest) && !TakePrefix(")", rest)) return ChangeStamp::kNone;
  // "2.5m", "1.5%"
  const bool is_figure = !rest.empty() && (IsAsciiLetter(rest[0]) || rest[0] == '%');
  if (stamp == ChangeStamp::kNone || is_figure) return ChangeStamp::kNone;
  text = rest;
  return stamp;
}

void SkipMarks(std::string_view& text) {
  static constexpr std::string_view kMarks[] = {" ", "\t", ":",  ",",  ";", "-", "|", "*", "+",
                                                ")", "]",  "：", "，", "—", "–", "•", "·"};
  while (
      std::ranges::any_of(kMarks, [&](std::string_view mark) { return TakePrefix(mark, text); })) {
  }
}

// Takes off the word of `words` that `folded` begins with, as a whole word where it is English.
bool TakeWord(std::span<const std::string_view> words, std::string_view& folded) {
  return std::ranges::any_of(words, [&](std::string_view word) {
    if (!folded.starts_with(word)) return false;
    const std::string_view rest = folded.substr(word.size());
    const bool goes_on =
        IsAsciiLetter(word[0]) && !rest.empty() && (IsAsciiAlphanumeric(rest[0]) || rest[0] == '-');
    if (!goes_on) folded = rest;
    return !goes_on;
  });
}

// Takes off what `text` begins with before it tells of something, "- 4.2.3 (2024-10-09): ". Whether a date is
// among it.
bool TakeStamps(std::string_view& text) {
  bool has_date = false;
  SkipMarks(text);
  for (int i = 0; i < 2; ++i) {
    const ChangeStamp stamp = TakeStamp(text);
    if (stamp == ChangeStamp::kNone) break;
    has_date = has_date || stamp == ChangeStamp::kDate;
    SkipMarks(text);
  }
  return has_date;
}

// Whether it begins with a word of change, and goes on: "Fixed" alone is a property.
bool TellsOfChange(std::string_view text) {
  constexpr size_t kLongestWord = 60;  // bytes
  const std::string folded = Fold(TruncateUtf8(text, kLongestWord));
  std::string_view rest = folded;
  return TakeWord(kChangeVerbs, rest) && !Trim(rest).empty();
}

bool IsFigure(std::string_view folded) {
  return !folded.empty() && (IsAsciiDigit(folded[0]) || folded[0] == '+' || folded[0] == '-');
}

bool IsEnglishLog(std::string_view heading, std::string_view name) {
  const size_t at = heading.find(name);
  if (at == std::string_view::npos) return false;
  const std::string_view before = Trim(heading.substr(0, at));
  const std::string_view after = heading.substr(at + name.size());
  if (at > 0 && IsAsciiLetter(heading[at - 1])) return false;
  const std::string_view next = Trim(after);
  const bool ends = next.empty() || (!IsAsciiLetter(next[0]) && !IsAsciiLetter(after[0])) ||
                    next.starts_with("of ") || next.starts_with("for ") ||
                    next.starts_with("since ");
  if (!ends) return false;
  for (size_t begin = 0; begin < before.size();) {
    const size_t end = std::min(before.find(' ', begin), before.size());
    if (std::ranges::find(kEnglishSpeakers, before.substr(begin, end - begin)) !=
        std::end(kEnglishSpeakers)) {
      return false;
    }
    begin = end + 1;
  }
  return true;
}

bool IsChineseLog(std::string_view heading, std::string_view name) {
  const size_t at = heading.find(name);
  if (at == std::string_view::npos) return false;
  const std::string_view before = heading.substr(0, at);
  std::string_view after = heading.substr(at + name.size());
  TakePrefix("表", after);
  after = Trim(after);
  const bool ends = after.empty() || (IsAscii(after[0]) && !IsAsciiLetter(after[0]));
  return ends && !ContainsAny(before, kChineseSpeakers);
}

}  // namespace

bool IsChangeLogHeading(std::string_view heading) {
  std::string folded = Fold(heading);
  std::ranges::replace_if(
      folded, [](char c) { return c == '-' || c == '_'; }, ' ');
  return std::ranges::any_of(kEnglishLogs,
                             [&](std::string_view name) { return IsEnglishLog(folded, name); }) ||
         std::ranges::any_of(kChineseLogs,
                             [&](std::string_view name) { return IsChineseLog(folded, name); });
}

bool IsChangeRow(const RowCells& cells) {
  bool has_date = false;
  bool has_version = false;
  bool has_column = false;  // that says what was changed
  bool has_word = false;
  for (const auto& [column, cell] : cells) {
    const std::string name = Fold(column);
    std::string_view rest = Trim(cell);
    const ChangeStamp stamp = TakeStamp(rest);
    if (stamp != ChangeStamp::kNone && Trim(rest).empty()) {
      has_date = has_date || stamp == ChangeStamp::kDate;
      has_version = has_version || ContainsAny(name, kVersionColumns);
      continue;
    }
    const bool is_column =
        std::ranges::find(kChangeColumns, std::string_view(name)) != std::end(kChangeColumns);
    has_column = has_column || (is_column && !IsFigure(Fold(TruncateUtf8(Trim(cell), 8))));
    std::string_view told = Trim(cell);
    TakeStamps(told);
    has_word = has_word || TellsOfChange(told);
  }
  return (has_column && (has_date || has_version)) || (has_word && has_date);
}

bool IsChangeLine(std::string_view line) {
  std::string_view text = Trim(line);
  return TakeStamps(text) && TellsOfChange(text);
}

}  // namespace quarry::eval
