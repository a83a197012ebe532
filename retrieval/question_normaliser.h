#pragma once

// The normal form of a question: two questions with the same one are the same question, word for
// word, for the answer cache (level i; ../docs/cache.md).
//
// Equal become: case, but for that of units that it tells apart; width, Traditional and Simplified
// characters, white space, the marks at the end and commas between Latin words (question_tokens.h),
// spellings of numbers (question_numbers.h), and words that only make a question polite or fill it:
// "Please tell me what ...", "Hi, ... Thanks in advance!", "请问", "麻烦问一下", "谢谢", a particle at
// the end ("怎么办呢"). Such words go only where they cannot mean anything else: greetings and thanks
// where a mark sets them apart, others at the beginning before a question word; and none without a
// mark where the question is about words ("how do I say ...", 怎么说). 请 alone stays (请假). A
// question that is nothing else keeps them.
// Everything else stays apart: C, C++ and C#; "sort!" and "sort"; word order; "is" and "isn't"; 吗,
// which makes a question of a statement.
//
// Pure and thread-safe. What the form is decides which stored answers are found: raise the version
// with every change, so that none is found under a form of before.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "retrieval/question_tokens.h"

namespace quarry::retrieval {

inline constexpr uint32_t kQuestionNormaliserVersion = 2;

// Longer texts are no questions that anybody asks in the same words again: they are not looked up.
inline constexpr size_t kMaxQuestionBytes = 4096;

struct NormalisedQuestion {
  std::vector<QuestionToken> tokens;
  std::string text;  // the tokens with their marks, and spaces between those that are not CJK
};

// In time linear in its length. REQUIRES: `question` is UTF-8.
NormalisedQuestion NormaliseQuestion(std::string_view question);

}  // namespace quarry::retrieval
