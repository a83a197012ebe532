#include "base/compound_words.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"

namespace quarry {
namespace {

constexpr size_t kShortestPair = 4;   // letters of both
constexpr size_t kLongestEnding = 2;  // that a term may lack of its word: "systems"
// Begin and end no word that is also written in two. Not "up", "in", "out", "on", "off", "over": "set up", "log in".
constexpr std::string_view kNeverJoined[] = {
    "a",    "an",   "and",  "are",   "as",   "at",   "be",    "can",   "did",   "do",
    "does", "for",  "from", "had",   "has",  "have", "he",    "how",   "i",     "if",
    "is",   "it",   "its",  "me",    "my",   "not",  "of",    "or",    "our",   "she",
    "so",   "that", "the",  "their", "them", "then", "there", "these", "they",  "this",
    "to",   "was",  "we",   "were",  "what", "when", "where", "which", "while", "who",
    "why",  "will", "with", "would", "you",  "your"};

bool IsBetween(std::string_view between) { return between == " " || between == "-"; }

// Beside a word of ASCII letters; not within "don't", "a4" or "naïve".
bool IsEdge(char c) { return IsAscii(c) && !IsAsciiDigit(c) && c != '\''; }

}  // namespace

std::vector<WordPair> WordPairs(std::string_view text) {
  std::vector<WordPair> pairs;
  ByteRange last;
  bool is_last_whole = false;  // letters alone, and no word that is never joined
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    while (at < text.size() && IsAsciiLetter(text[at])) ++at;
    if (at == begin) {
      ++at;
      continue;
    }
    const bool is_whole =
        IsEdge(begin == 0 ? ' ' : text[begin - 1]) && IsEdge(at == text.size() ? ' ' : text[at]);
    const std::string word = AsciiLower(text.substr(begin, at - begin));
    const bool joins = is_whole && !IsOneOf(word, kNeverJoined);
    const bool is_pair = joins && is_last_whole && last.end < begin &&
                         IsBetween(text.substr(last.end, begin - last.end));
    if (is_pair && last.end - last.begin + word.size() >= kShortestPair) {
      pairs.push_back({last, {begin, at}});
    }
    last = {begin, at};
    is_last_whole = joins;
  }
  return pairs;
}

std::vector<std::string> JoinedTerms(const WordPair& pair, std::string_view text,
                                     const Analyzer& analyzer) {
  const std::string_view first = text.substr(pair.first.begin, pair.first.end - pair.first.begin);
  const std::string_view second =
      text.substr(pair.second.begin, pair.second.end - pair.second.begin);
  std::vector<std::string> terms;
  const auto add = [&](std::string_view begin) {
    std::vector<Token> tokens = analyzer.Tokenize(std::string(begin) + std::string(second));
    const bool is_new =
        tokens.size() == 1 && std::ranges::find(terms, tokens[0].term) == terms.end();
    if (is_new) terms.push_back(std::move(tokens[0].term));
  };
  add(first);
  const std::vector<Token> base = analyzer.Tokenize(first);
  if (base.size() == 1 && base[0].term != AsciiLower(first)) add(base[0].term);
  return terms;
}

bool MakesWithNext(std::string_view whole, std::string_view first, std::string_view text,
                   size_t end) {
  if (whole.size() <= first.size() || !whole.starts_with(first)) return false;
  const std::string_view rest = whole.substr(first.size());
  if (end >= text.size() || !IsBetween(text.substr(end, 1))) return false;
  size_t behind = end + 1;
  while (behind < text.size() && IsAsciiLetter(text[behind])) ++behind;
  const std::string next = AsciiLower(text.substr(end + 1, behind - end - 1));
  return next.starts_with(rest) && next.size() <= rest.size() + kLongestEnding;
}

}  // namespace quarry
