#include "model/codes.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"

namespace quarry::model {
namespace {

constexpr size_t kLeastCapitals = 3;  // capitals that are a code of their own
constexpr size_t kLeastPrefix = 2;    // letters before the digits of one
constexpr size_t kLeastListed = 2;    // digits: "S7-1200/1500", but "VX-220/2" is one code

// Between two joiners.
struct CodePart {
  std::string_view text;
  char joiner = '\0';  // before it: '/', '.' or for all others '-'
};

std::vector<CodePart> CodePartsOf(std::string_view joined) {
  std::vector<CodePart> parts;
  char joiner = '\0';
  for (size_t at = 0; at < joined.size();) {
    size_t end = at;
    while (end < joined.size() && (IsAsciiLetter(joined[end]) || IsAsciiDigit(joined[end]))) ++end;
    if (end > at) {
      parts.push_back({joined.substr(at, end - at), joiner});
      at = end;
      continue;
    }
    joiner = joined[at] == '/' || joined[at] == '.' ? joined[at] : '-';
    ++at;
  }
  return parts;
}

// Whether it is a part of a code by what it is.
bool IsCodeLike(std::string_view part) {
  return part.size() == 1 || HoldsAsciiDigit(part) || std::ranges::all_of(part, IsAsciiUpper);
}

// Whether a part that begins with a digit is joined to part `i`.
bool IsBeforeNumber(const std::vector<CodePart>& parts, size_t i) {
  return i + 1 < parts.size() && parts[i + 1].joiner == '-' && IsAsciiDigit(parts[i + 1].text[0]);
}

// Whether part `i` belongs to the code that ends before it. A dot ends one: what is behind is the kind of a file or a
// lesser version.
bool BelongsToCode(const std::vector<CodePart>& parts, size_t i) {
  return parts[i].joiner != '.' && (IsCodeLike(parts[i].text) || IsBeforeNumber(parts, i));
}

// Whether a part behind '/' is a code of its own: "MP4/AVI", "CR2032/LR44"; but "VX-220/EX", "VX-220/B2".
bool IsCodeOfItsOwn(std::string_view part) {
  const size_t letters = LeadingLetters(part).size();
  if (letters == part.size())
    return letters >= kLeastCapitals && std::ranges::all_of(part, IsAsciiUpper);
  return letters >= kLeastPrefix;
}

// Whether another code of a list begins at part `i` behind `code`: "IP65/IP67", "VX-220/VX-240", "Q1-Q2".
bool BeginsAnother(const std::vector<CodePart>& parts, size_t i, std::string_view code) {
  const std::string_view part = parts[i].text;
  if (parts[i].joiner == '.' || !IsAsciiLetter(part[0]) || !HoldsAsciiDigit(code)) return false;
  if (parts[i].joiner == '/' && IsCodeOfItsOwn(part)) return true;
  return (HoldsAsciiDigit(part) || IsBeforeNumber(parts, i)) &&
         EqualsIgnoringCase(LeadingLetters(part), LeadingLetters(code));
}

void AddCode(const std::string& code, std::set<std::string>& codes) {
  if (code.empty() || !IsAsciiLetter(code[0]) || !HoldsAsciiDigit(code)) return;
  codes.insert(code);
  const std::string_view year = TrailingDigits(code);
  const size_t joiner = code.size() - year.size();
  if (IsYearNumber(year) && joiner > 0 && code[joiner - 1] == '-')
    AddCode(code.substr(0, joiner - 1), codes);
}

// The codes that begin at part `first`.
void AddCodesFrom(const std::vector<CodePart>& parts, size_t first, std::set<std::string>& codes) {
  std::string code = AsciiLower(parts[first].text);
  for (size_t i = first + 1; i < parts.size(); ++i) {
    const CodePart& part = parts[i];
    const std::string lower = AsciiLower(part.text);
    const std::string_view number = TrailingDigits(code);
    if (BeginsAnother(parts, i, code)) {
      AddCode(code, codes);
      code = lower;
    } else if (part.joiner == '/' && TrailingDigits(lower).size() == lower.size() &&
               lower.size() == number.size() && lower.size() >= kLeastListed) {
      AddCode(code, codes);
      code.replace(code.size() - number.size(), number.size(), lower);
    } else if (BelongsToCode(parts, i)) {
      code += '-' + lower;
    } else {
      break;
    }
  }
  AddCode(code, codes);
}

bool ShareCode(const std::set<std::string>& a, const std::set<std::string>& b) {
  return std::ranges::any_of(a, [&](const std::string& code) { return b.contains(code); });
}

// Whether `longer` is one of those that `code` tells of, numbered: "B1-001" of "B1", "A320-200" of "A320". Neither has
// a '/' as written.
bool IsNumbered(std::string_view longer, std::string_view code) {
  return std::ranges::all_of(longer.substr(code.size()),
                             [](char c) { return c == '-' || IsAsciiDigit(c); });
}

// Whether one of `asked` begins one of `there`, which are `written` so, or the other way.
bool AreKin(const std::set<std::string>& asked, const std::set<std::string>& there,
            std::string_view written) {
  const bool may_be_numbered = written.find('/') == written.npos;
  return std::ranges::any_of(asked, [&](const std::string& one) {
    return std::ranges::any_of(there, [&](const std::string& other) {
      return one.starts_with(other + '-') ||
             (other.starts_with(one + '-') && !(may_be_numbered && IsNumbered(other, one)));
    });
  });
}

// "hy-300" and "hy-400" have one: "hy-#".
std::string ShapeOf(std::string_view code) {
  std::string shape;
  for (const char c : code) {
    if (!IsAsciiDigit(c)) {
      shape += c;
    } else if (shape.empty() || shape.back() != '#') {
      shape += '#';
    }
  }
  return shape;
}

bool ShareShape(const std::set<std::string>& a, const std::set<std::string>& b) {
  return std::ranges::any_of(a, [&](const std::string& one) {
    return std::ranges::any_of(
        b, [&](const std::string& other) { return ShapeOf(one) == ShapeOf(other); });
  });
}

}  // namespace

std::set<std::string> CodesNamed(std::string_view joined) {
  std::set<std::string> codes;
  if (!HoldsAsciiDigit(joined) && std::ranges::all_of(joined, IsAscii)) return codes;
  const std::string folded = std::ranges::all_of(joined, IsAscii) ? "" : Fold(joined);
  const std::vector<CodePart> parts = CodePartsOf(folded.empty() ? joined : folded);
  std::string whole;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (IsAsciiLetter(parts[i].text[0])) AddCodesFrom(parts, i, codes);
    whole += (i == 0 ? "" : "-") + AsciiLower(parts[i].text);
  }
  AddCode(whole, codes);  // one that is asked for as it stands is it, whatever belongs to it
  return codes;
}

AskedCodes::AskedCodes(std::string_view question, const Analyzer& analyzer) {
  std::set<std::string> elsewhere;  // terms that are words of the question as well
  ForEachJoined(question, analyzer.Tokenize(question),
                [&](const Token& token, std::string_view joined) {
                  const std::set<std::string> codes = CodesNamed(joined);
                  if (codes.empty()) {
                    elsewhere.insert(token.term);
                    return;
                  }
                  codes_.emplace(joined, codes);
                  terms_[token.term].insert(codes.begin(), codes.end());
                });
  for (const std::string& term : elsewhere) terms_.erase(term);
}

std::vector<Token> AskedCodes::OwnTokens(std::string_view text, std::vector<Token> tokens) const {
  if (terms_.empty()) return tokens;
  std::vector<Token> own;
  own.reserve(tokens.size());
  ForEachJoined(text, tokens, [&](const Token& token, std::string_view joined) {
    const auto asked = terms_.find(token.term);
    if (asked != terms_.end()) {
      const std::set<std::string> codes = CodesNamed(joined);
      if (!codes.empty() && !ShareCode(codes, asked->second)) return;
    }
    own.push_back(token);
  });
  return own;
}

std::optional<AskedCodes::Kin> AskedCodes::FindKin(std::string_view near, std::string_view passage,
                                                   const Analyzer& analyzer) const {
  if (codes_.empty()) return std::nullopt;
  const auto codes_in = [&](std::string_view text) {
    std::map<std::string, std::set<std::string>> found;
    ForEachJoined(text, analyzer.Tokenize(text), [&](const Token&, std::string_view joined) {
      if (found.contains(std::string(joined))) return;
      std::set<std::string> codes = CodesNamed(joined);
      if (!codes.empty()) found.emplace(joined, std::move(codes));
    });
    return found;
  };
  const auto there = codes_in(passage);
  const auto beside = codes_in(near);
  const auto names = [](const auto& of, const std::set<std::string>& codes) {
    return std::ranges::any_of(of, [&](const auto& one) { return ShareCode(one.second, codes); });
  };
  for (const auto& [asked, codes] : codes_) {
    if (names(there, codes) || names(beside, codes)) continue;
    for (const auto& [other, other_codes] : beside) {
      if (AreKin(codes, other_codes, other) && !names(codes_, other_codes))
        return Kin{asked, other};
    }
  }
  return std::nullopt;
}

std::vector<AskedCodes::Place> AskedCodes::PlacesIn(std::string_view text,
                                                    const std::vector<Token>& tokens) const {
  std::vector<Place> places;
  if (codes_.empty()) return places;
  ForEachJoined(text, tokens, [&](const Token&, std::string_view joined) {
    const size_t begin = static_cast<size_t>(joined.data() - text.data());
    const bool is_known = !places.empty() && places.back().range.begin == begin;
    if (is_known || !HoldsAsciiDigit(joined)) return;
    const std::set<std::string> there = CodesNamed(joined);
    Place place{.range = {begin, begin + joined.size()}};
    for (const auto& [asked, codes] : codes_) {
      place.is_asked = place.is_asked || ShareCode(there, codes);
      if (!place.sibling && ShareShape(there, codes))
        place.sibling = Kin{asked, std::string(joined)};
    }
    if (place.is_asked) place.sibling.reset();
    if (place.is_asked || place.sibling) places.push_back(std::move(place));
  });
  return places;
}

}  // namespace quarry::model
