#include "eval/answer_checks.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/ascii.h"
#include "base/text.h"
#include "base/text_regex.h"
#include "generation/quantities.h"

namespace quarry::eval {
namespace {

// An expression is searched for in so much of an answer.
constexpr size_t kMaxRegexInput = 16 * 1024;

// Folded, runs of white space as one space, none beside what is not ASCII or before '%': "15.3 %" and
// "15.3%", "约 11 度" and "约11度" differ in nothing that a reader minds.
std::string Comparable(std::string_view text) {
  std::string comparable;
  bool space = false;
  for (const char c : Fold(text)) {
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      space = true;
      continue;
    }
    const auto is_wide = [](char byte) { return (byte & 0x80) != 0; };
    if (space && !comparable.empty() && !is_wide(comparable.back()) && !is_wide(c) && c != '%') {
      comparable += ' ';
    }
    space = false;
    comparable += c;
  }
  return comparable;
}

bool ContainsWords(const std::string& answer, const std::string& text) {
  if (text.empty()) return false;
  for (size_t at = answer.find(text); at != std::string::npos; at = answer.find(text, at + 1)) {
    if (HasWordBorders(answer, at, at + text.size())) return true;
  }
  return false;
}

// The unit of a check as QuantitiesOf spells it, or what is counted: "kg", "户". Neither where it is read
// as nothing.
generation::Quantity UnitOf(const AnswerCheck& check) {
  const std::vector<generation::Quantity> known = generation::QuantitiesOf("1 " + check.unit);
  return known.empty() ? generation::Quantity() : known[0];
}

std::string NumberText(double value) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof(text), value);
  return error == std::errc() ? std::string(text, end) : "?";
}

}  // namespace

bool HasWordBorders(std::string_view text, size_t begin, size_t end) {
  if (begin >= end || end > text.size()) return false;
  const auto is_word = [](char c) { return IsAsciiLetter(c) || IsAsciiDigit(c); };
  const auto is_point = [](char c) { return c == '.' || c == ','; };
  const char first = text[begin];
  const char last = text[end - 1];
  if (begin > 0 && is_word(first) && is_word(text[begin - 1])) return false;
  if (end < text.size() && is_word(last) && is_word(text[end])) return false;
  const bool splits_before = begin >= 2 && IsAsciiDigit(first) && is_point(text[begin - 1]) &&
                             IsAsciiDigit(text[begin - 2]);
  const bool splits_behind = end + 1 < text.size() && IsAsciiDigit(last) && is_point(text[end]) &&
                             IsAsciiDigit(text[end + 1]);
  return !splits_before && !splits_behind;
}

std::string WithoutMarkers(std::string_view answer) {
  std::string text;
  for (size_t i = 0; i < answer.size(); ++i) {
    if (answer[i] == '[') {
      size_t end = i + 1;
      while (end < answer.size() && IsAsciiDigit(answer[end])) ++end;
      if (end > i + 1 && end < answer.size() && answer[end] == ']') {
        if (text.ends_with(' ')) text.pop_back();
        i = end;
        continue;
      }
    }
    text += answer[i];
  }
  return text;
}

uint32_t CountWords(std::string_view text) {
  uint32_t words = 0;
  bool inside = false;
  for (size_t offset = 0; offset < text.size();) {
    const size_t begin = offset;
    const char32_t c = NextCodePoint(text, offset);
    if (IsCjk(c)) {
      ++words;
      inside = false;
      continue;
    }
    const bool is_space = Trim(text.substr(begin, offset - begin)).empty();
    if (!is_space && !inside) ++words;
    inside = !is_space;
  }
  return words;
}

bool CheckedText::HoldsNumber(const AnswerCheck& check) {
  if (!quantities_) quantities_ = generation::QuantitiesOf(text_);
  const generation::Quantity wanted = UnitOf(check);
  for (const generation::Quantity& quantity : *quantities_) {
    double value = 0;
    const char* end = quantity.number.data() + quantity.number.size();
    if (std::from_chars(quantity.number.data(), end, value).ec != std::errc()) continue;
    if (std::abs(value - check.number) > check.tolerance + 1e-9) continue;
    if (check.unit.empty()) return true;
    if (quantity.unit == wanted.unit && quantity.counted == wanted.counted) return true;
  }
  return false;
}

bool CheckedText::Holds(const AnswerCheck& check) {
  switch (check.kind) {
    case AnswerCheck::Kind::kContains: {
      if (!comparable_) comparable_ = Comparable(text_);
      return std::ranges::any_of(check.texts, [&](const std::string& text) {
        return ContainsWords(*comparable_, Comparable(text));
      });
    }
    case AnswerCheck::Kind::kRegex: {
      const Result<Regex> compiled = Regex::Compile(check.texts[0]);
      if (!compiled.ok()) return false;
      // A search that is given up found nothing.
      const Result<std::vector<ByteRange>> found =
          compiled->FindAll(text_.substr(0, kMaxRegexInput));
      return found.ok() && !found->empty();
    }
    case AnswerCheck::Kind::kNumber:
      return HoldsNumber(check);
    case AnswerCheck::Kind::kLength: {
      const uint32_t words = CountWords(text_);
      return words >= check.low && (check.high == 0 || words <= check.high);
    }
    case AnswerCheck::Kind::kJson:
      return FitsSchema(text_, check.schema);
  }
  Fatal(__FILE__, __LINE__, "unknown AnswerCheck::Kind");
}

bool Holds(const AnswerCheck& check, std::string_view answer) {
  return CheckedText(answer).Holds(check);
}

Status ValidateCheck(const AnswerCheck& check) {
  if (check.kind == AnswerCheck::Kind::kRegex) {
    QUARRY_RETURN_IF_ERROR(Regex::Compile(check.texts[0]).status().Annotate("regex"));
  }
  if (check.kind == AnswerCheck::Kind::kNumber) {
    if (!(check.tolerance >= 0)) {
      return InvalidArgumentError("tolerance: expected a number from 0");
    }
    const generation::Quantity unit = UnitOf(check);
    if (!check.unit.empty() && unit.unit.empty() && unit.counted.empty()) {
      return InvalidArgumentError("unit \"" + check.unit +
                                  "\": is not read behind a number; expected a word or a CJK " +
                                  "character, or \"any\" with the number and the unit as a text");
    }
  }
  if (check.kind == AnswerCheck::Kind::kLength && check.high != 0 && check.high < check.low) {
    return InvalidArgumentError("words: max " + std::to_string(check.high) + " is below min " +
                                std::to_string(check.low));
  }
  if (check.kind == AnswerCheck::Kind::kJson) return ValidateSchema(check.schema).Annotate("json");
  return OkStatus();
}

bool Excludes(const AnswerCheck& reject, const AnswerCheck& accept) {
  if (reject.kind != accept.kind) return false;
  switch (accept.kind) {
    case AnswerCheck::Kind::kContains:
      return std::ranges::all_of(accept.texts,
                                 [&](const std::string& text) { return Holds(reject, text); });
    case AnswerCheck::Kind::kRegex:
      return reject.texts == accept.texts;
    case AnswerCheck::Kind::kNumber: {
      const generation::Quantity rejected = UnitOf(reject);
      const generation::Quantity accepted = UnitOf(accept);
      const bool is_unit = reject.unit.empty() ||
                           (rejected.unit == accepted.unit && rejected.counted == accepted.counted);
      return is_unit &&
             std::abs(reject.number - accept.number) + accept.tolerance <= reject.tolerance + 1e-9;
    }
    case AnswerCheck::Kind::kLength:
      return reject.low <= accept.low &&
             (reject.high == 0 || (accept.high != 0 && accept.high <= reject.high));
    case AnswerCheck::Kind::kJson:
      return reject.schema == accept.schema;
  }
  Fatal(__FILE__, __LINE__, "unknown AnswerCheck::Kind");
}

std::string WantedText(const AnswerCheck& check) {
  if (check.kind == AnswerCheck::Kind::kNumber) {
    return NumberText(check.number) + (check.unit.empty() ? "" : " " + check.unit);
  }
  std::string list;
  for (const std::string& text : check.texts) list += (list.empty() ? "" : "\" or \"") + text;
  return list;
}

std::string Describe(const AnswerCheck& check) {
  switch (check.kind) {
    case AnswerCheck::Kind::kContains:
      return "contains \"" + WantedText(check) + '"';
    case AnswerCheck::Kind::kRegex:
      return "matches /" + check.texts[0] + "/";
    case AnswerCheck::Kind::kNumber:
      return "states " + WantedText(check);
    case AnswerCheck::Kind::kLength:
      return "has " + std::to_string(check.low) + " to " +
             (check.high == 0 ? "any number of" : std::to_string(check.high)) + " words";
    case AnswerCheck::Kind::kJson:
      return "is JSON of the schema";
  }
  Fatal(__FILE__, __LINE__, "unknown AnswerCheck::Kind");
}

}  // namespace quarry::eval
