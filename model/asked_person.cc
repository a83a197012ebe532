#include "model/asked_person.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "base/word_lists.h"
#include "model/answer_kind.h"
#include "model/written_words.h"

namespace quarry::model {
namespace {

constexpr std::string_view kPoliteBefore[] = {"请问", "請問"};
constexpr std::string_view kWhoBefore[] = {"谁是", "誰是"};
constexpr std::string_view kWhoBehind[] = {
    "是谁",       "是誰",       "是什么人",     "是什麼人",     "是哪位",
    "是做什么的", "是做什麼的", "担任什么职务", "擔任什麼職務", "是什么职务",
    "是什麼職務", "是什么职位", "是什麼職位"};
constexpr std::string_view kWhoEnglish[] = {"who is ", "who's ", "who was "};
constexpr size_t kLeastNameCharacters = 2;
constexpr size_t kMostNameCharacters = 4;
constexpr size_t kMostNameWords = 3;
constexpr std::string_view kParts[] = {"，", "、", "；", "。", "（", "）",
                                       ", ", "; ", ". ", "(",  ")",  "\n"};
constexpr std::string_view kJoinsBefore[] = {"：", ":", "是", "为", "為", "由", ",", "，", " "};
constexpr std::string_view kJoinsBehind[] = {"（",   "(",    " (", "，",  ", ",   "是",
                                             "为",   "為",   "：", ": ",  " is ", " was ",
                                             "担任", "擔任", "任", " – ", " — "};
constexpr std::string_view kOfficeColumns[] = {"职务", "職務",  "职位",      "職位",      "岗位",
                                               "崗位", "Role:", "Position:", "Job title:"};
constexpr size_t kOfficeBytes = 60;    // of a text, within which an office stands beside a name
constexpr size_t kOfficeEnd = 9;       // of three Chinese characters: 总经理 before a name
constexpr size_t kCharacterBytes = 3;  // of a Chinese one
constexpr size_t kOfficeWords = 4;     // "head of customer support" before one
constexpr std::string_view kBehindOffice[] = {"of", "for", "at"};

// Two to four Chinese characters, the first a surname, that are no office: not 董事长.
bool MayBeChineseName(std::string_view text) {
  size_t count = 0;
  size_t first_end = 0;
  for (size_t at = 0; at < text.size(); ++count) {
    if (!IsCjk(NextCodePoint(text, at))) return false;
    if (count == 0) first_end = at;
  }
  return count >= kLeastNameCharacters && count <= kMostNameCharacters &&
         ChineseSurnames().find(text.substr(0, first_end)) != std::string_view::npos &&
         !NamesOffice(text);
}

// "Ines Vogel": no more than three words, each capitalised, none in capitals alone ("CEO") and none an office.
bool MayBeEnglishName(std::string_view text) {
  size_t count = 0;
  for (size_t begin = 0; begin < text.size(); ++count) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    if (word.size() < 2 || !IsAsciiUpper(word[0]) || IsAsciiUpper(word[1])) return false;
    begin = end + 1;
  }
  return count > 0 && count <= kMostNameWords && !NamesOffice(text);
}

// The last bytes of `text`, at most `count`, not within a character.
std::string_view LastBytes(std::string_view text, size_t count) {
  if (text.size() <= count) return text;
  size_t begin = text.size() - count;
  while (begin < text.size() && (text[begin] & 0xC0) == 0x80) ++begin;
  return text.substr(begin);
}

// Whether an office is the end of it: 客户支持组组长, not 组长表扬.
bool IsChineseOffice(std::string_view label) {
  for (size_t bytes = kCharacterBytes; bytes <= kOfficeEnd; bytes += kCharacterBytes) {
    const std::string_view end = LastBytes(label, bytes);
    const std::string_view begin_of_end =
        end.substr(0, end.size() - LastBytes(end, kCharacterBytes).size());
    if (NamesOffice(end) && !NamesOffice(begin_of_end)) return true;
  }
  return false;
}

// "our director", "Head of Support"; before a mark also "head of support", which without one may be who does something.
bool IsEnglishOffice(std::string_view label, bool is_before_mark) {
  const std::vector<Word> words = Words(label);
  const auto begins_with_capital = [](const Word& word) { return IsAsciiUpper(word.text[0]); };
  for (size_t i = words.size() > kOfficeWords ? words.size() - kOfficeWords : 0; i < words.size();
       ++i) {
    if (!NamesOffice(words[i].text)) continue;
    if (i + 1 == words.size()) return true;
    const bool has_field = i + 2 < words.size() && IsOneOf(words[i + 1].text, kBehindOffice);
    if (has_field && (is_before_mark || std::all_of(words.begin() + static_cast<ptrdiff_t>(i + 2),
                                                    words.end(), begins_with_capital))) {
      return true;
    }
  }
  return false;
}

bool EndsWithOffice(std::string_view before) {
  const std::string_view all = before;
  bool joined = true;
  while (joined) joined = RemoveAnySuffix(before, kJoinsBefore);
  if (before.empty() || std::string_view(".!?;").find(before.back()) != std::string_view::npos)
    return false;
  const bool is_before_mark =
      all.substr(before.size()).find_first_not_of(' ') != std::string_view::npos;
  size_t begin = 0;
  for (const std::string_view part : kParts) {
    const size_t at = before.rfind(part);
    if (at != before.npos) begin = std::max(begin, at + part.size());
  }
  const std::string_view label = before.substr(begin);
  if (label.empty()) return false;
  return IsAscii(label.back()) ? IsEnglishOffice(label, is_before_mark) : IsChineseOffice(label);
}

bool BeginsWithOffice(std::string_view behind) {
  if (!RemoveAnyPrefix(behind, kJoinsBehind)) return false;
  size_t end = std::min(behind.size(), kOfficeBytes);
  for (const std::string_view part : kParts) end = std::min(end, behind.find(part));
  return NamesOffice(behind.substr(0, end));
}

}  // namespace

std::string_view PersonAskedAbout(std::string_view question) {
  constexpr std::string_view kEnds[] = {"?", "？", "。", ".", " ", "呢", "\n"};
  while (RemoveAnySuffix(question, kEnds)) {
  }
  while (question.starts_with(' ')) question.remove_prefix(1);
  for (const std::string_view who : kWhoEnglish) {
    if (!StartsWithIgnoringCase(question, who)) continue;
    const std::string_view name = question.substr(who.size());
    return MayBeEnglishName(name) ? name : std::string_view();
  }
  RemoveAnyPrefix(question, kPoliteBefore);
  if (!RemoveAnyPrefix(question, kWhoBefore) && !RemoveAnySuffix(question, kWhoBehind)) return {};
  return MayBeChineseName(question) ? question : std::string_view();
}

bool SaysOfficeOf(std::string_view name, std::string_view sentence) {
  if (name.empty()) return false;
  for (size_t at = sentence.find(name); at != sentence.npos;
       at = sentence.find(name, at + name.size())) {
    if (EndsWithOffice(sentence.substr(0, at)) ||
        BeginsWithOffice(sentence.substr(at + name.size())) ||
        ContainsAny(sentence, kOfficeColumns)) {
      return true;
    }
  }
  return false;
}

}  // namespace quarry::model
