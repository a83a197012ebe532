#pragma once

// What the extractive answerer reads from a question: its content terms and what kind of thing
// would answer it. Internal to model/. Pure functions.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"

namespace quarry::model {

// What the answer should hold, as far as the question's form tells.
enum class AnswerKind : uint8_t { kAny, kPerson, kTime, kPlace, kNumber, kReason };

struct QuestionTerm {
  std::string term;
  double emphasis = 1;   // numbers and codes weigh more, pairs with a function character less
  bool is_name = false;  // holds a digit, or is capitalised and not the question's first word
  uint32_t begin = 0;    // bytes of its first occurrence in Question::text
  uint32_t end = 0;
};

struct Question {
  AnswerKind kind = AnswerKind::kAny;
  std::string text;                 // the question with the words that only ask taken out
  std::vector<QuestionTerm> terms;  // distinct, in order of first occurrence
  // Pairs of neighbouring terms, as indexes into `terms`: they are sought close together.
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
};

// Question words ("who", "多少") set the kind and are not terms.
Question AnalyseQuestion(std::string_view question, const Analyzer& analyzer);

// Whether `sentence` holds something of the kind that the question does not name itself: a date for
// "when", a capitalised name for "who". False for kAny.
bool HoldsKind(AnswerKind kind, std::string_view sentence, std::string_view question);

}  // namespace quarry::model
