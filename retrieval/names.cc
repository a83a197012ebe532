#include "retrieval/names.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "retrieval/query_terms.h"

namespace quarry::retrieval {
namespace {

constexpr size_t kMaxQuoted = 40;  // characters

constexpr std::pair<std::string_view, std::string_view> kQuotes[] = {
    {"《", "》"}, {"「", "」"}, {"“", "”"}, {"\"", "\""}};

// Words that stand inside a name without a capital.
constexpr std::string_view kJoining[] = {"of", "the", "de", "la", "von", "van"};

struct Word {
  std::string_view text;
  bool first = false;  // of its sentence
  bool glued = false;  // only spaces and joining marks stand between it and the one before
};

// Letters, digits, and what joins them in a word.
bool IsWordCharacter(std::string_view text, size_t at) {
  size_t next = at;
  const char32_t c = NextCodePoint(text, next);
  if (IsCjk(c)) return false;
  if (c >= 0x80)
    return c != 0x2018 && c != 0x2019 && c != 0x201C && c != 0x201D && c != 0x2013 && c != 0x2014 &&
           c != 0x2026 && c != 0xA0 && !(c >= 0x3000 && c <= 0x303F) &&
           !(c >= 0xFF00 && c <= 0xFF20);
  const char byte = static_cast<char>(c);
  if (IsAsciiAlphanumeric(byte)) return true;
  return (byte == '-' || byte == '\'' || byte == '&') && next < text.size() && at > 0 &&
         text[next] != ' ' && text[at - 1] != ' ';
}

std::vector<Word> WordsOf(std::string_view sentence) {
  std::vector<Word> words;
  bool glued = false;
  for (size_t at = 0; at < sentence.size();) {
    size_t end = at;
    while (end < sentence.size() && IsWordCharacter(sentence, end)) NextCodePoint(sentence, end);
    if (end > at) {
      words.push_back({sentence.substr(at, end - at), words.empty(), glued});
      glued = true;
      at = end;
      continue;
    }
    const size_t begin = at;
    NextCodePoint(sentence, at);
    const std::string_view gap = sentence.substr(begin, at - begin);
    // "J. R. R. Tolkien" is one name.
    const bool initial = gap == "." && !words.empty() && words.back().text.size() == 1;
    if (gap != " " && gap != "\n" && !initial) glued = false;
  }
  return words;
}

bool IsCapitalised(std::string_view word) {
  if (word.empty()) return false;
  if (IsAsciiUpper(word[0])) return true;
  // Of other scripts with capitals: folding changes those.
  const std::string_view first = TruncateUtf8(word, 2);
  return !IsAscii(word[0]) && Fold(first) != first;
}

bool IsCode(std::string_view word) {
  size_t digits = 0, capitals = 0;
  for (const char c : word) {
    digits += IsAsciiDigit(c);
    capitals += IsAsciiUpper(c);
  }
  return (digits > 0 && digits < word.size()) || (capitals > 1 && capitals + digits == word.size());
}

bool IsJoining(std::string_view word) {
  return std::find(std::begin(kJoining), std::end(kJoining), word) != std::end(kJoining);
}

void AddNamesOfSentence(std::string_view sentence, std::vector<std::string>& names) {
  const std::vector<Word> words = WordsOf(sentence);
  for (size_t i = 0; i < words.size();) {
    const bool common = words[i].first && IsQuestionWord(Fold(words[i].text));
    if (common || !(IsCapitalised(words[i].text) || IsCode(words[i].text))) {
      ++i;
      continue;
    }
    // Up to the last capitalised word that only joining words separate from the one before.
    size_t end = i + 1;
    for (size_t next = end; next < words.size() && words[next].glued; ++next) {
      const std::string_view word = words[next].text;
      if (IsCapitalised(word) && (next == end || !(IsCode(word) || IsCode(words[i].text)))) {
        end = next + 1;
      } else if (!IsJoining(word)) {
        break;
      }
    }
    std::string name;
    for (; i < end; ++i) name += (name.empty() ? "" : " ") + std::string(words[i].text);
    if (name.size() > 1 && !IsQuestionWord(Fold(name))) names.push_back(std::move(name));
  }
}

void AddQuoted(std::string_view text, std::vector<std::string>& names) {
  for (const auto& [open, close] : kQuotes) {
    for (size_t at = text.find(open); at != text.npos; at = text.find(open, at)) {
      const size_t begin = at + open.size();
      const size_t end = text.find(close, begin);
      if (end == text.npos) break;
      const std::string_view quoted = text.substr(begin, end - begin);
      size_t characters = 0;
      for (size_t i = 0; i < quoted.size(); ++characters) NextCodePoint(quoted, i);
      if (characters > 1 && characters <= kMaxQuoted && quoted.find('\n') == quoted.npos) {
        names.emplace_back(quoted);
      }
      at = end + close.size();
    }
  }
}

}  // namespace

std::vector<std::string> NamesIn(std::string_view text) {
  std::vector<std::string> found;
  for (const ByteRange& sentence : SplitSentences(text)) {
    AddNamesOfSentence(text.substr(sentence.begin, sentence.end - sentence.begin), found);
  }
  AddQuoted(text, found);
  std::vector<std::string> names;
  std::unordered_set<std::string> seen;
  for (std::string& name : found) {
    if (seen.insert(Fold(name)).second) names.push_back(std::move(name));
  }
  return names;
}

}  // namespace quarry::retrieval
