#pragma once

// What the extractive answerer reads from a question: its content terms and what kind of thing
// would answer it. Internal to model/. Pure functions.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "model/answer_kind.h"

namespace quarry::model {

struct QuestionTerm {
  std::string term;
  double emphasis = 1;  // numbers and codes weigh more, pairs with a function character less
  // A code, number or name, for which no other word can stand: holds a digit, counts ("second"), is
  // capitalised and neither the question's first word nor one like "I", holds a capital behind its first letter
  // ("iPhone"), or stands in quotation marks or 《》. Not the
  // value that a question asks about (asserted_value.h), for which another stands in the answer.
  bool is_name = false;
  bool has_digit = false;
  uint32_t begin = 0;  // bytes of its first occurrence in Question::text
  uint32_t end = 0;
};

struct Question {
  AnswerKind kind = AnswerKind::kAny;
  bool negated = false;             // asks for what is not so
  std::string text;                 // the question with the words that only ask taken out
  double words = 0;                 // how many words the terms make
  std::vector<QuestionTerm> terms;  // distinct, in order of first occurrence
  // Pairs of neighbouring terms, as indexes into `terms`: they are sought close together.
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
};

// Question words ("who", "多少") set the kind and are not terms.
Question AnalyseQuestion(std::string_view question, const Analyzer& analyzer);

// Question::kind alone.
AnswerKind KindAsked(std::string_view question);

// Question::text alone.
std::string WithoutAskingWords(std::string_view question);

// "who", "does": stands in a question's form, so that it is no term. Any case.
bool IsAskingWord(std::string_view word);

// "second", "three": no other such word means the same. Lower-case.
bool IsCountingWord(std::string_view word);

// Whether a word asks, joins or names what every sentence may hold: "does", "about", "year".
bool SaysLittle(std::string_view word);

}  // namespace quarry::model
