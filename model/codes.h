#pragma once

// Codes of things, "VX-220", "IP65", "GB/T-1234", as a question and a text write them. The analyzer gives the parts of
// a code too, so that "VX-220" is found in "VX-220/B" and the "VX" of it in "VX-240"; but those are other things, and
// what is said of them is not said of it.
//
// Two codes are the same where all that belongs to them is. What is joined to one belongs to it where it holds a
// digit, is a single letter or in capitals, or stands before a part that begins with a digit: "VX-220/B", not the
// "based" of "VX-220-based". No other thing is made by a year behind it ("ISO-9001-2015") nor by a word before it
// ("datasheet-VX-220"). Several may be joined: "IP65/IP67", "S7-1200/1500", "MP4/AVI": behind '/' three capitals, or
// two letters and digits, are one of their own. Internal to model/ and generation/. Pure.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/text.h"

namespace quarry::model {

// Calls take(token, joined) for each of the `tokens` of `text`, as the analyzer gives them, with the words that it
// stands in, joined without white space: "vx" with the "VX-220" that it is a part of. `joined` is a view into `text`.
template <typename Take>
void ForEachJoined(std::string_view text, const std::vector<Token>& tokens, const Take& take) {
  std::string_view joined;
  uint32_t position = UINT32_MAX;
  for (const Token& token : tokens) {
    // The first at a position is the whole.
    if (token.position != position) joined = text.substr(token.begin, token.end - token.begin);
    position = token.position;
    take(token, joined);
  }
}

// What words that are joined without white space name: each begins with a letter, holds a digit, and is in lower case
// with '-' between its parts. "VX-220/B" -> {"vx-220-b"}, "IP65/67" -> {"ip65", "ip67"}, "well-known" -> {}.
std::set<std::string> CodesNamed(std::string_view joined);

// The codes of a question. Immutable.
class AskedCodes {
 public:
  AskedCodes(std::string_view question, const Analyzer& analyzer);

  bool empty() const { return terms_.empty(); }

  // `tokens` of `text`, as the analyzer gives them, without those of the question's codes that stand there in other
  // codes. Of the question "VX-220" no part of "VX-220/B" and "VX-240" is left, of "VX 220" all.
  std::vector<Token> OwnTokens(std::string_view text, std::vector<Token> tokens) const;

  // Both as written.
  struct Kin {
    std::string asked;
    std::string there;
  };
  // A code of the question that `passage` does not have, and the shorter or longer one that `near`, a part of it or
  // its heading, has in its stead and the question does not name. One that is only longer by digits behind '-' is none:
  // "B1-001" is one of "B1".
  std::optional<Kin> FindKin(std::string_view near, std::string_view passage,
                             const Analyzer& analyzer) const;

  // Where a text names a code of the question, or one that differs from it by its digits alone, "HY-400" of "HY-300".
  struct Place {
    ByteRange range;
    bool is_asked = false;
    std::optional<Kin> sibling = {};  // where it names none of the question's
  };
  // In order. `tokens` of `text`, as the analyzer gives them.
  std::vector<Place> PlacesIn(std::string_view text, const std::vector<Token>& tokens) const;

  // Whether the term stands in the question in its codes only.
  bool IsOfCode(std::string_view term) const { return terms_.contains(term); }

 private:
  std::map<std::string, std::set<std::string>> codes_;               // as written -> what is named
  std::map<std::string, std::set<std::string>, std::less<>> terms_;  // of codes only -> those
};

}  // namespace quarry::model
