#pragma once

// What kind of thing a question asks for, and by what forms a text shows that it holds one, or denies
// one. Pure functions.
//
// Forms, not meaning: a capitalised word may be a person, a surname's character may be a word. They
// are wide on purpose, so that a text without any of them hardly holds what is asked for.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "model/range_cues.h"

namespace quarry::model {

enum class AnswerKind : uint8_t { kAny, kPerson, kTime, kPlace, kNumber, kReason, kMoney };

// The characters that Chinese names of persons begin with, Simplified and Traditional, the first of longer surnames
// (欧阳, 司马, 诸葛) among them.
std::string_view ChineseSurnames();

// Whether `text` names an office or what somebody does: "director", 经理, 组长, 工程师.
bool NamesOffice(std::string_view text);

// Whether `sentence` holds something of the kind that the question does not name itself: a date for
// "when", a capitalised name or an office ("director", 经理) for "who", a room, a path, a menu's entries or an address of
// the web for "where", an amount or that nothing is to be paid (money.h) for "how much money". False for kAny.
bool HoldsKind(AnswerKind kind, std::string_view sentence, std::string_view question);

// Whether one word (of Chinese, one character) may be of the kind; `first` of its sentence, `behind` it the rest of
// the text. False for kAny and for kReason, which no single word shows.
bool IsOfKind(AnswerKind kind, std::string_view word, bool first, std::string_view behind);

// A Chinese word that holds one of the characters that deny, and denies nothing; but before one of the
// characters of `not_before` it is none: 不过 of 不过滤, 无线 of 无线索.
struct WordWithoutDenial {
  std::string_view word;
  std::string_view not_before = {};
};
// The one list of such words for all that looks at denials, Simplified and Traditional.
std::span<const WordWithoutDenial> WordsWithoutDenial();

// Whether `text` denies something: "not", "never", "isn't", "不", "没". "At least" does not, nor does what bounds a number
// or a time, "must not exceed", "no later than", 不得超过 (BoundBeginsAt in range_cues.h), nor words that only hold such a
// character: 不锈钢, 无线, 未来, 淹没.
bool IsNegated(std::string_view text);

// What a text denies, and what it bounds: two texts differ by it where one alone denies, or one bounds what the other lets
// be, "must not exceed 82 °C" and "may exceed 82 °C".
struct Denials {
  bool is_negated = false;
  BoundsSaid bounds;

  bool AreAny() const { return is_negated || bounds.not_more || bounds.not_less; }
  Denials& operator|=(const Denials& other);
};
Denials DenialsIn(std::string_view text);
bool Differ(const Denials& a, const Denials& b);
bool DenyEachOther(std::string_view a, std::string_view b);

// Whether the Chinese character that begins at byte `at` is one of those that deny, and does so where it stands.
bool DeniesAt(std::string_view text, size_t at);

}  // namespace quarry::model
