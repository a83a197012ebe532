#pragma once

// Letters and digits of ASCII, of which protocols, codes and markup are made. What words of people
// are is base/text.h's business. Pure; bytes above 0x7F are none of these.

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

namespace quarry {

inline bool IsAscii(char c) { return (c & 0x80) == 0; }
inline bool IsAsciiDigit(char c) { return c >= '0' && c <= '9'; }
inline bool IsAsciiUpper(char c) { return c >= 'A' && c <= 'Z'; }
inline bool IsAsciiLower(char c) { return c >= 'a' && c <= 'z'; }
inline bool IsAsciiLetter(char c) { return IsAsciiUpper(c) || IsAsciiLower(c); }
inline bool IsAsciiAlphanumeric(char c) { return IsAsciiLetter(c) || IsAsciiDigit(c); }
// The space, and '\t' to '\r': C's isspace().
inline bool IsAsciiSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

inline char AsciiLower(char c) { return IsAsciiUpper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
inline std::string AsciiLower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = AsciiLower(c);
  return lower;
}

inline char AsciiUpper(char c) { return IsAsciiLower(c) ? static_cast<char>(c - 'a' + 'A') : c; }
inline std::string AsciiUpper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = AsciiUpper(c);
  return upper;
}

inline bool HoldsAsciiDigit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), IsAsciiDigit);
}

// Without the spaces and tabs at both ends.
inline std::string_view TrimBlanks(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// The letters that it begins with, if any.
inline std::string_view LeadingLetters(std::string_view text) {
  return text.substr(0,
                     static_cast<size_t>(std::find_if_not(text.begin(), text.end(), IsAsciiLetter) -
                                         text.begin()));
}

// The digits that it ends with, if any.
inline std::string_view TrailingDigits(std::string_view text) {
  size_t begin = text.size();
  while (begin > 0 && IsAsciiDigit(text[begin - 1])) --begin;
  return text.substr(begin);
}

// Where the digits end that begin at byte `at`, if any do; likewise spaces.
inline size_t BehindDigits(std::string_view text, size_t at) {
  while (at < text.size() && IsAsciiDigit(text[at])) ++at;
  return at;
}
inline size_t BehindSpaces(std::string_view text, size_t at) {
  while (at < text.size() && text[at] == ' ') ++at;
  return at;
}

// "2024": four digits that rather tell a year than a number, of the 20th or 21st century.
inline bool IsYearNumber(std::string_view text) {
  return text.size() == 4 && (text.starts_with("19") || text.starts_with("20")) &&
         std::all_of(text.begin(), text.end(), IsAsciiDigit);
}

// A token of HTTP, as names of methods and headers are (RFC 9110, 5.6.2).
inline bool IsHttpToken(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return IsAsciiAlphanumeric(c) || kMarks.find(c) != kMarks.npos;
  });
}

// Whether `word` is one of `words`.
inline bool IsOneOf(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}
template <size_t n>
bool IsOneOf(std::string_view word, const std::string_view (&words)[n]) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

inline bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return AsciiLower(x) == AsciiLower(y); });
}
inline bool StartsWithIgnoringCase(std::string_view text, std::string_view prefix) {
  return EqualsIgnoringCase(text.substr(0, prefix.size()), prefix);
}

}  // namespace quarry
