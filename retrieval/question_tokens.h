#pragma once

// A question as tokens for the answer cache: what its normal form and its gate compare. Finer than
// the analyzer, which looks for passages: stop words, signs and "c" beside "c++" matter here.
//
// A token is a single CJK character, or a run of anything else between white space, CJK characters
// and marks that only separate. So "C++", "C#", ".NET", "-5", "f(x)", "12:30" and "v1.2" are one
// token each. The text is folded first (base/text.h Fold: width, case, Traditional as Simplified);
// raised and lowered digits, which folding would join to what stands before them, become ^2 and _2.
// Left out are marks that separate: . , ; : ? ! and their Chinese forms, dashes, dots of omission,
// the tilde at an end; not inside of a word or number, and not a '!' behind a digit. Quotation marks
// and brackets of all forms are kept: what stands in them may be a name.
//
// Pure and thread-safe.

#include <string>
#include <string_view>
#include <vector>

namespace quarry::retrieval {

struct QuestionToken {
  std::string text;   // folded
  bool cjk = false;   // one CJK character
  bool ends = false;  // a mark that separates, or the end of the question, follows

  bool Is(std::string_view other) const { return text == other; }
  friend bool operator==(const QuestionToken&, const QuestionToken&) = default;
};

// REQUIRES: `question` is UTF-8.
std::vector<QuestionToken> TokenizeQuestion(std::string_view question);

// Whether `token` begins with the digit of an ASCII number.
bool StartsWithDigit(const QuestionToken& token);
// Whether it is digits only, or digits with one decimal point in between.
bool IsPlainNumber(const QuestionToken& token);

}  // namespace quarry::retrieval
