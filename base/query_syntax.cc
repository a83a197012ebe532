#include "base/query_syntax.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"

namespace quarry {
namespace {

constexpr std::string_view kWideSpace = "\xe3\x80\x80";  // U+3000

// Other scripts have letters beyond ASCII; their punctuation does no harm, it makes no term.
bool IsLetter(char c) { return IsAsciiLetter(c) || !IsAscii(c); }
bool IsWord(char c) { return IsAsciiAlphanumeric(c) || !IsAscii(c); }

class Parser {
 public:
  explicit Parser(std::string_view query) : query_(query) {}

  ParsedQuery Run() {
    while (at_ < query_.size()) {
      if (!ReadOperator()) text_ += query_[at_++];
    }
    FlushText();
    return std::move(parsed_);
  }

 private:
  using Kind = QueryPart::Kind;
  using Role = QueryPart::Role;

  char CharAt(size_t i) const { return i < query_.size() ? query_[i] : ' '; }

  // REQUIRES: i < query_.size().
  bool SpaceAt(size_t i) const {
    return IsAsciiSpace(query_[i]) || query_.substr(i).starts_with(kWideSpace);
  }

  bool AtWordStart() const {
    return at_ == 0 || IsAsciiSpace(query_[at_ - 1]) || query_.substr(0, at_).ends_with(kWideSpace);
  }

  // Where the run without white space ends that begins at `begin`.
  size_t WordEnd(size_t begin) const {
    size_t end = begin;
    while (end < query_.size() && !SpaceAt(end)) ++end;
    return end;
  }

  // The closing quote of a phrase that `open` opens; npos if it does not.
  size_t PhraseEnd(size_t open) {
    if (CharAt(open) != '"' || open >= unclosed_) return std::string_view::npos;
    size_t close = query_.find('"', open + 1);
    while (close != std::string_view::npos && IsAsciiAlphanumeric(CharAt(close + 1))) {
      close = query_.find('"', close + 1);
    }
    if (close == std::string_view::npos) {
      unclosed_ = open;
      return close;
    }
    const std::string_view phrase = query_.substr(open + 1, close - open - 1);
    return std::any_of(phrase.begin(), phrase.end(), IsWord) ? close : std::string_view::npos;
  }

  bool IsPrefix(std::string_view word) const {
    return word.size() > 2 && word.find('*') == word.size() - 1 && IsWord(word[0]) &&
           IsWord(word[word.size() - 2]) && CountCodePoints(word) > 2;
  }

  bool ReadOperator() {
    const bool starts_word = AtWordStart();
    const char c = query_[at_];
    const bool sign = starts_word && (c == '+' || c == '-');
    const size_t begin = sign ? at_ + 1 : at_;
    const Role role = !sign ? Role::kWanted : c == '+' ? Role::kRequired : Role::kExcluded;
    if (sign || at_ == 0 || !IsAsciiAlphanumeric(query_[at_ - 1])) {
      if (const size_t close = PhraseEnd(begin); close != std::string_view::npos) {
        Add(Kind::kPhrase, role == Role::kWanted ? Role::kRequired : role,
            query_.substr(begin + 1, close - begin - 1), close + 1);
        return true;
      }
    }
    if (!starts_word) return false;
    const std::string_view word = query_.substr(begin, WordEnd(begin) - begin);
    if (IsPrefix(word)) {
      Add(Kind::kPrefix, role, word.substr(0, word.size() - 1), begin + word.size());
      return true;
    }
    if (!sign || word.empty() || !IsLetter(word[0])) return false;
    Add(Kind::kPhrase, role, word, begin + word.size());
    return true;
  }

  void Add(Kind kind, Role role, std::string_view text, size_t end) {
    FlushText();
    if (role != Role::kExcluded) parsed_.text += text;
    parsed_.parts.push_back({.kind = kind, .role = role, .text = std::string(text)});
    at_ = end;
  }

  void FlushText() {
    if (text_.empty()) return;
    parsed_.text += text_;
    parsed_.parts.push_back({.text = std::exchange(text_, {})});
  }

  const std::string_view query_;
  size_t at_ = 0;
  size_t unclosed_ = std::string_view::npos;  // from here on no quote closes a phrase
  std::string text_;                          // read since the last operator
  ParsedQuery parsed_;
};

}  // namespace

size_t ParsedQuery::operators() const {
  return static_cast<size_t>(std::count_if(parts.begin(), parts.end(), [](const QueryPart& part) {
    return part.kind != QueryPart::Kind::kText;
  }));
}

ParsedQuery ParseQuery(std::string_view query) { return Parser(query).Run(); }

ParsedQuery PlainQuery(std::string_view query) {
  return {.parts = {{.text = std::string(query)}}, .text = std::string(query)};
}

}  // namespace quarry
