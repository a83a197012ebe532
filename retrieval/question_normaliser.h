#pragma once

// The normal form of a question: two questions with the same one are the same question, word for
// word, for the answer cache (level i; ../docs/cache.md).
//
// Equal become: case, width, Traditional and Simplified characters, white space, marks that separate
// (question_tokens.h), spellings of numbers (question_numbers.h), and words that only make a question
// polite or fill it: "Please tell me what ...", "Hi, ... Thanks in advance!", "请问", "麻烦问一下",
// "谢谢", a particle at the end ("怎么办呢"). Such words go only where they cannot mean anything else:
// at the beginning before a question word or a mark that separates, at the end behind one; 请 alone
// stays (请假). A question that is nothing else keeps them.
// Everything else stays apart: C, C++ and C#; word order; "is" and "isn't"; 吗, which makes a question
// of a statement.
//
// Pure and thread-safe. What the form is decides which stored answers are found: raise the version
// with every change, so that none is found under a form of before.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "retrieval/question_tokens.h"

namespace quarry::retrieval {

inline constexpr uint32_t kQuestionNormaliserVersion = 1;

struct NormalisedQuestion {
  std::vector<QuestionToken> tokens;
  std::string text;  // the tokens, with spaces between those that are not CJK characters
};

// REQUIRES: `question` is UTF-8.
NormalisedQuestion NormaliseQuestion(std::string_view question);

}  // namespace quarry::retrieval
