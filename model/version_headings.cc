#include "model/version_headings.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/document.h"
#include "base/word_lists.h"
#include "model/answer_kind.h"
#include "model/question.h"
#include "model/written_words.h"

namespace quarry::model {
namespace {

// Ask when something came out, not what it is.
constexpr std::string_view kReleaseWords[] = {
    "released", "release", "published", "came",    "come",   "out",     "version",
    "versions", "date",    "launched",  "shipped", "appear", "appeared"};
constexpr std::string_view kReleaseParts[] = {"发布", "發布", "发行", "發行", "推出", "上线",
                                              "上線", "版本", "日期", "的",   "了",   "是",
                                              "在",   "于",   "於",   "被",   "版"};

// Numbers with one mark between them: "3.4.0", "2026-09-14".
struct NumberChain {
  std::vector<std::string_view> numbers;
  char mark = '\0';
  size_t end = 0;
};

NumberChain ChainAt(std::string_view text, size_t begin) {
  NumberChain chain;
  chain.end = BehindDigits(text, begin);
  chain.numbers.push_back(text.substr(begin, chain.end - begin));
  while (chain.end + 1 < text.size() && IsAsciiDigit(text[chain.end + 1]) &&
         IsOneOf(text.substr(chain.end, 1), {".", "-", "/"}) &&
         (chain.mark == '\0' || chain.mark == text[chain.end])) {
    chain.mark = text[chain.end];
    const size_t next = chain.end + 1;
    chain.end = BehindDigits(text, next);
    chain.numbers.push_back(text.substr(next, chain.end - next));
  }
  return chain;
}

// Whether a number behind `before` is one of a version: "v" of "v2.1", "Version" of "Version 2.1".
bool StandsBehindVersion(std::string_view before) {
  while (before.ends_with(' ')) before.remove_suffix(1);
  const std::string lower = AsciiLower(before);
  return lower == "v" || lower.ends_with(" v") || lower.ends_with("version") ||
         lower.ends_with("release") || lower.ends_with("版本");
}

bool IsVersionAt(std::string_view heading, size_t begin, const NumberChain& chain) {
  if (chain.mark != '.' || IsYearNumber(chain.numbers[0])) return false;
  if (StandsBehindVersion(heading.substr(0, begin))) return true;
  if (chain.numbers.size() < 3) return false;
  // "3.1.2 Scope" and "3.1.2. Scope" are numbered headings.
  std::string_view behind = heading.substr(chain.end);
  if (behind.starts_with('.')) behind.remove_prefix(1);
  behind = Trim(behind);
  const bool is_numbering =
      begin == 0 && !behind.empty() && (IsAsciiLetter(behind[0]) || BeginsWithCjk(behind));
  return !is_numbering;
}

bool IsDateAt(std::string_view heading, size_t begin, const NumberChain& chain) {
  const auto is_year = [](std::string_view number) { return IsYearNumber(number); };
  if (chain.numbers.size() == 3 && std::ranges::any_of(chain.numbers, is_year)) return true;
  if (!IsYearNumber(chain.numbers[0])) return false;
  if (chain.numbers.size() == 2) return chain.mark != '.' && chain.numbers[1].size() == 2;
  if (heading.substr(chain.end).starts_with("年")) return true;
  const std::vector<Word> before = Words(heading.substr(0, begin));
  const auto is_month = [](const Word& word) {
    const std::string lower = AsciiLower(word.text);
    return std::ranges::any_of(kMonthNames, [&](std::string_view month) {
      return month == lower || (lower.size() == 3 && month.starts_with(lower));
    });
  };
  // "April 2026", "April 8, 2026"
  return std::any_of(before.end() - static_cast<ptrdiff_t>(std::min<size_t>(before.size(), 2)),
                     before.end(), is_month);
}

struct NamedThings {
  bool version = false;
  bool date = false;
};

NamedThings NamedBy(std::string_view heading) {
  NamedThings named;
  for (size_t at = 0; at < heading.size();) {
    if (!IsAsciiDigit(heading[at])) {
      ++at;
      continue;
    }
    const NumberChain chain = ChainAt(heading, at);
    named.version = named.version || IsVersionAt(heading, at, chain);
    named.date = named.date || IsDateAt(heading, at, chain);
    at = chain.end;
  }
  return named;
}

bool AsksForVersion(std::string_view question) {
  const std::string lower = AsciiLower(question);
  return ContainsAny(lower, {"which version", "what version", "which release", "哪个版本",
                             "哪個版本", "哪一版", "什么版本", "什麼版本"});
}

bool AsksForDate(const PassageReading& reading) {
  if (reading.question().kind == AnswerKind::kTime) return true;
  const std::string lower = AsciiLower(reading.question_text());
  return lower.find("release date") != lower.npos || lower.find("发布日期") != lower.npos ||
         lower.find("發布日期") != lower.npos;
}

// By byte of the text of the question: words that ask when something came out.
std::vector<bool> ReleaseWordsOf(const std::string& text) {
  std::vector<bool> is_release(text.size());
  for (const std::string_view part : kReleaseParts) {
    for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) {
      std::fill_n(is_release.begin() + static_cast<ptrdiff_t>(at), part.size(), true);
    }
  }
  return is_release;
}

// Whether a heading with these terms says all that the question does, but for words that ask when.
bool SaysAll(const PassageReading& reading, uint32_t passage, const TermSet& heading) {
  const Question& question = reading.question();
  const std::vector<bool> is_release = ReleaseWordsOf(question.text);
  bool has_number = false;
  for (size_t i = 0; i < question.terms.size(); ++i) {
    const QuestionTerm& term = question.terms[i];
    has_number = has_number || (term.has_digit && heading.test(i));
    if (heading.test(i)) continue;
    const std::string form = AsciiLower(question.text.substr(term.begin, term.end - term.begin));
    const bool only_asks =
        IsOneOf(form, kReleaseWords) || SaysLittle(form) ||
        std::all_of(is_release.begin() + term.begin, is_release.begin() + term.end,
                    [](bool release) { return release; });
    const bool names_subject = term.is_name && reading.PassageTerms(passage).test(i);
    if (term.has_digit || !(only_asks || names_subject)) return false;
  }
  return has_number;
}

}  // namespace

bool NamesVersionOrDate(std::string_view heading) {
  const NamedThings named = NamedBy(heading);
  return named.version || named.date;
}

std::optional<size_t> VersionHeadingIn(std::span<const std::string> path) {
  for (size_t i = path.size(); i > 0 && i + 2 > path.size(); --i) {
    if (NamesVersionOrDate(path[i - 1])) return i - 1;
  }
  return std::nullopt;
}

std::optional<VersionHeading> FindVersionHeading(const PassageReading& reading) {
  const bool wants_date = AsksForDate(reading);
  const bool wants_version = AsksForVersion(reading.question_text());
  if (!wants_date && !wants_version) return std::nullopt;
  for (uint32_t i = 0; i < reading.passages().size(); ++i) {
    const Chunk& chunk = reading.passages()[i].chunk;
    for (const ChunkBlock& block : chunk.blocks) {
      if (block.kind != BlockKind::kHeading) continue;
      const std::string_view heading =
          std::string_view(chunk.text).substr(block.begin, block.end - block.begin);
      const NamedThings named = NamedBy(heading);
      if (!(wants_date && named.date) && !(wants_version && named.version)) continue;
      if (SaysAll(reading, i, reading.TermsIn(heading)))
        return VersionHeading{i, {block.begin, block.end}};
    }
  }
  return std::nullopt;
}

}  // namespace quarry::model
