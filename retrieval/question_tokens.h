#pragma once

// A question as tokens for the answer cache: what its normal form and its gate compare. Finer than
// the analyzer, which looks for passages: stop words, signs and "c" beside "c++" matter here.
//
// A token is a single CJK character, or a run of anything else between white space, CJK characters
// and marks that end a stretch of words. So "C++", "C#", ".NET", "-5", "f(x)", "12:30", "v1.2", "../",
// "?." and a '!' that stands alone are one token each: what is asked about may be a sign.
// The text is folded first (base/text.h Fold: width, case, Traditional as Simplified), but for
//   * units whose case tells: mW and MW, Mb and MB, and behind a number also m and M, k and K;
//   * raised and lowered characters, which folding would join to what stands before them: 10² is
//     10^2, x₂ is x_2; fractions and circled numbers, which become words of their own.
//
// Marks are . , ; : ? ! 。 、 and runs of them, directly behind a word, CJK character, closing bracket
// or quotation mark, and before white space, the end or, in CJK text, the next character. They are
// kept beside the token they follow; but for a comma between Latin words, which says nothing.
//
// Pure and thread-safe.

#include <string>
#include <string_view>
#include <vector>

namespace quarry::retrieval {

struct QuestionToken {
  std::string text;   // folded
  bool cjk = false;   // one CJK character
  bool ends = false;  // a mark, or the end of the question, follows
  std::string mark;   // the marks that follow, folded

  bool Is(std::string_view other) const { return text == other; }
  friend bool operator==(const QuestionToken&, const QuestionToken&) = default;
};

// REQUIRES: `question` is UTF-8.
std::vector<QuestionToken> TokenizeQuestion(std::string_view question);

// Whether it is made of marks alone.
bool IsMarks(const QuestionToken& token);
// Whether `token` begins with the digit of an ASCII number.
bool StartsWithDigit(const QuestionToken& token);
// Whether it is digits only, or digits with one decimal point in between.
bool IsPlainNumber(const QuestionToken& token);

}  // namespace quarry::retrieval
