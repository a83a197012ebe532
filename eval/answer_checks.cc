#include "eval/answer_checks.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

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
    if (space && !comparable.empty() && IsAscii(comparable.back()) && IsAscii(c) && c != '%') {
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

// Words of magnitude with their powers of ten; of those that begin alike the longest is meant.
constexpr std::pair<std::string_view, size_t> kMagnitudes[] = {
    {"万", 4},       {"百万", 6},    {"千万", 7},    {"亿", 8},       {"万亿", 12},
    {"thousand", 3}, {"million", 6}, {"billion", 9}, {"millions", 6}, {"billions", 9}};

// The word of magnitude that begins `rest`, and its power; "" and 0 for none.
std::pair<std::string_view, size_t> MagnitudeAt(std::string_view rest) {
  std::pair<std::string_view, size_t> found;
  for (const auto& magnitude : kMagnitudes) {
    const std::string_view word = magnitude.first;
    const bool goes_on =
        IsAsciiLower(word.back()) && rest.size() > word.size() && IsAsciiLower(rest[word.size()]);
    if (rest.starts_with(word) && !goes_on && word.size() > found.first.size()) found = magnitude;
  }
  return found;
}

// "4.8" with its point moved by four places: "48000".
std::string Shifted(std::string_view number, size_t places) {
  std::string digits;
  size_t decimals = 0;
  bool is_behind_point = false;
  for (const char c : number) {
    if (c == '.') is_behind_point = true;
    if (!IsAsciiDigit(c)) continue;
    digits += c;
    decimals += is_behind_point ? 1 : 0;
  }
  if (places >= decimals) return digits.append(places - decimals, '0');
  return digits.insert(digits.size() - (decimals - places), 1, '.');
}

// The text, folded, with its magnitudes written out: "960000元" of "96 万元". Digits of a code are none.
std::string WithoutMagnitudes(std::string_view text) {
  const std::string folded = Fold(text);
  std::string plain;
  for (size_t i = 0; i < folded.size();) {
    if (!IsAsciiDigit(folded[i])) {
      plain += folded[i++];
      continue;
    }
    const bool in_code = i > 0 && IsAsciiLower(folded[i - 1]);
    size_t end = i;
    while (end < folded.size() && (IsAsciiDigit(folded[end]) ||
                                   ((folded[end] == '.' || folded[end] == ',') &&
                                    end + 1 < folded.size() && IsAsciiDigit(folded[end + 1])))) {
      ++end;
    }
    const std::string_view number = std::string_view(folded).substr(i, end - i);
    size_t behind = end;
    while (behind < folded.size() && folded[behind] == ' ') ++behind;
    const auto [word, places] = MagnitudeAt(std::string_view(folded).substr(behind));
    if (word.empty() || in_code) {
      plain += number;
      i = end;
      continue;
    }
    plain += Shifted(number, places);
    i = behind + word.size();
    if (i < folded.size() && IsAsciiDigit(folded[i])) plain += ' ';  // "3万5"
  }
  return plain;
}

// nullopt of what is written with digits and points and is no number: an address, a version, a date.
std::optional<double> ValueOf(const generation::Quantity& quantity) {
  double value = 0;
  const char* end = quantity.number.data() + quantity.number.size();
  const std::from_chars_result read = std::from_chars(quantity.number.data(), end, value);
  return read.ec == std::errc() && read.ptr == end ? std::optional(value) : std::nullopt;
}

// The unit of a check.
struct CheckUnit {
  double factor = 1;    // of its magnitude: 10,000 of "万元"
  std::string unit;     // as QuantitiesOf spells it: "kg"
  std::string counted;  // or what is counted: "户"

  bool names_unit() const { return !unit.empty() || !counted.empty(); }
  bool is_read() const { return names_unit() || factor != 1; }
};

CheckUnit UnitOf(const AnswerCheck& check) {
  CheckUnit unit;
  const std::vector<generation::Quantity> known =
      generation::QuantitiesOf(WithoutMagnitudes("1 " + check.unit));
  if (known.empty()) return unit;
  const std::optional<double> factor = ValueOf(known[0]);
  if (!factor) return unit;
  unit.factor = *factor;
  unit.unit = known[0].unit;
  unit.counted = known[0].counted;
  return unit;
}

// What two ways to write a number may differ by.
double SlackOf(double number) { return 1e-9 * std::max(1.0, std::abs(number)); }

bool StatesNumber(const std::vector<generation::Quantity>& quantities, const AnswerCheck& check,
                  const CheckUnit& unit) {
  const double wanted = check.number * unit.factor;
  const double off = check.tolerance * unit.factor + SlackOf(wanted);
  return std::ranges::any_of(quantities, [&](const generation::Quantity& quantity) {
    const std::optional<double> value = ValueOf(quantity);
    if (!value || std::abs(*value - wanted) > off) return false;
    return !unit.names_unit() || (quantity.unit == unit.unit && quantity.counted == unit.counted);
  });
}

// As an author writes it, "1000000" and not "1e+06", unless it has hundreds of digits.
std::string NumberText(double value) {
  char text[64];
  char* const limit = text + sizeof(text);
  std::to_chars_result written = std::to_chars(text, limit, value, std::chars_format::fixed);
  if (written.ec != std::errc()) written = std::to_chars(text, limit, value);
  return written.ec == std::errc() ? std::string(text, written.ptr) : "?";
}

}  // namespace

bool HasWordBorders(std::string_view text, size_t begin, size_t end) {
  if (begin >= end || end > text.size()) return false;
  const auto is_point = [](char c) { return c == '.' || c == ','; };
  const char first = text[begin];
  const char last = text[end - 1];
  if (begin > 0 && IsAsciiAlphanumeric(first) && IsAsciiAlphanumeric(text[begin - 1])) return false;
  if (end < text.size() && IsAsciiAlphanumeric(last) && IsAsciiAlphanumeric(text[end]))
    return false;
  const bool splits_before = begin >= 2 && IsAsciiDigit(first) && is_point(text[begin - 1]) &&
                             IsAsciiDigit(text[begin - 2]);
  const auto goes_on = [&](size_t at) {
    return at + 1 < text.size() && is_point(text[at]) && IsAsciiDigit(text[at + 1]);
  };
  bool splits_behind = IsAsciiDigit(last) && goes_on(end);
  if (splits_behind && text[end] == '.') {
    size_t behind = end + 1;
    while (behind < text.size() && text[behind] == '0') ++behind;
    const bool is_same = behind > end + 1 && !goes_on(behind) &&
                         (behind == text.size() || !IsAsciiAlphanumeric(text[behind]));
    splits_behind = !is_same;
  }
  return !splits_before && !splits_behind;
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
  if (!quantities_) {
    quantities_ = generation::QuantitiesOf(text_);
    written_out_ = generation::QuantitiesOf(WithoutMagnitudes(text_));
  }
  // A number alone is meant as it is written, too: 96 of "96 万元".
  return StatesNumber(written_out_, check, UnitOf(check)) ||
         (check.unit.empty() && StatesNumber(*quantities_, check, {}));
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
    if (!check.unit.empty() && !UnitOf(check).is_read()) {
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
      const CheckUnit rejected = UnitOf(reject);
      const CheckUnit accepted = UnitOf(accept);
      const bool is_unit = !rejected.names_unit() ||
                           (rejected.unit == accepted.unit && rejected.counted == accepted.counted);
      const double wanted = accept.number * accepted.factor;
      const double off = accept.tolerance * accepted.factor;
      return is_unit && std::abs(reject.number * rejected.factor - wanted) + off <=
                            reject.tolerance * rejected.factor + SlackOf(wanted);
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
  return Join(check.texts, "\" or \"");
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
