#pragma once

// Which words of a sentence look like the answer to a question: words of the kind asked for that the question does
// not hold itself, close to those that it does. A linear model over features of a word (of Chinese, of a character);
// its weights were fitted on marked answers (answer_weights.h). Internal to model/. Pure.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "model/answer_kind.h"

namespace quarry::model {

// What is looked at in a word; each is between 0 and 1, but kInOrder from -1 on. From kPerson on all are 0 of words that the question
// holds and of those that only join others.
struct WordFeature {
  enum Name : size_t {
    kAsked,    // stands in the question
    kJoining,  // "the", "of", 的
    kCapital,  // capitalised and not the first word
    kDigit,    // holds a digit
    kLeft,     // nearness of the next word of the question to the left
    kRight,    // and to the right
    kAround,   // share of the question's weight within twelve words, at most 1
    kPerson,   // of the kind, where it is asked for (IsOfKind)
    kTime,
    kPlace,
    kNumber,        // or an amount of money
    kReason,        // behind a word that gives a reason, where one is asked for
    kThingCapital,  // no kind is asked for, and it is capitalised
    kThingDigit,
    kThingMarked,  // no kind is asked for, and it stands within quotation marks or brackets
    kYear,         // a time is asked for, and it is a number of three to five digits
    kDate,         // a time is asked for, and it holds a digit
    kUnit,         // a price or a percentage is asked for, and it is a number with their mark
    kAgent,        // behind "by", where a person is asked for
    kInside,       // behind "in", where a place or a time is asked for
    kNaming,       // behind "such as", "called"
    kFocus,        // nearness of the noun asked for: "river" of "which river"
    kClause,       // share of the question's weight in its clause, at most 1
    kBeforeAll,    // before all words of the question
    kBehindAll,
    kBeside,  // right behind a word of the question
    kAdverb,  // ends in "ly"
    kVerbal,  // ends in "ed" or "ing"
    kLength,  // of ten letters or more: 1
    kLeftInOrder,  // kLeft, of a word that the question, too, has before what it asks for (asked_place.h)
    kRightInOrder,  // kRight, of one that it has behind
    kInOrder,  // share of the question's weight that stands on the same side as there, less the rest
    kCount
  };
};
using WordFeatures = std::array<double, WordFeature::kCount>;

struct AnswerWord {
  ByteRange range;  // in the sentence
  WordFeatures features;
};

// A word of the question that stands in the sentence.
struct AskedTerm {
  ByteRange range;    // in the sentence
  double weight = 0;  // its share of the question's
  int side = 0;  // -1: in the question it stands before what is asked for, 1: behind; 0: no telling
};

class AnswerWordFinder {
 public:
  // `text`: the question with the words that only ask taken out (Question::text).
  AnswerWordFinder(std::string_view question, AnswerKind kind, std::string_view text = {});

  // In `text`, behind what stands before the answer (asked_place.h).
  std::optional<size_t> asked_place() const { return asked_place_; }

  // The words of `sentence`, in order. `asked` in the order of their places.
  std::vector<AnswerWord> WordsOf(std::string_view sentence,
                                  std::span<const AskedTerm> asked) const;

 private:
  class Reading;

  AnswerKind kind_;
  std::vector<std::string> words_;  // of the question, lower-case
  std::string focus_;               // the noun asked for, without a plural's s
  bool wants_price_ = false;
  bool wants_share_ = false;
  std::optional<size_t> asked_place_;
};

}  // namespace quarry::model
