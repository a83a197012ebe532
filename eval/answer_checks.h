#pragma once

// Tests of an answer's text that need no judge (AnswerCheck of suite.h). Pure.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "eval/suite.h"
#include "generation/quantities.h"

namespace quarry::eval {

// Whether the check holds of an answer without markers. A regex that is too much for the answer
// (the standard library gives up) does not hold.
bool Holds(const AnswerCheck& check, std::string_view answer);

// The same of a text that many checks are made of: what they compare is made once. The text must outlive
// it.
class CheckedText {
 public:
  explicit CheckedText(std::string_view text) : text_(text) {}
  bool Holds(const AnswerCheck& check);

 private:
  bool HoldsNumber(const AnswerCheck& check);

  std::string_view text_;
  std::optional<std::string> comparable_;
  std::optional<std::vector<generation::Quantity>> quantities_;
  std::vector<generation::Quantity> written_out_;  // with magnitudes: 960,000 of "96 万元"
};

// kInvalidArgument where a check could never hold: a regex or schema that is none, limits of length
// that exclude each other, a negative tolerance, a unit that is not read behind a number ("Ω").
Status ValidateCheck(const AnswerCheck& check);

// Whether no answer can hold `accept` and not `reject`: such as hold the one always hold the other.
bool Excludes(const AnswerCheck& reject, const AnswerCheck& accept);

// "contains \"48 N·m\"": for messages.
std::string Describe(const AnswerCheck& check);
// What a check of texts or of a number wants: `48 N·m`, `4 days" or "4天`, to be quoted.
std::string WantedText(const AnswerCheck& check);

// Whether text[begin, end) is cut out of no longer word or number: "4 days" is out of "24 days", "5" out
// of "4.5", "000" out of "5,000". "45" is not cut out of "45.00", which is the same number. Chinese knows no borders of
// words.
bool HasWordBorders(std::string_view text, size_t begin, size_t end);

// Words of spaced scripts and CJK characters.
uint32_t CountWords(std::string_view text);

// Whether JSON `text` fits `schema` (a JSON Schema: type, enum, required, properties, items; other
// keywords are refused by ValidateCheck).
bool FitsSchema(std::string_view text, std::string_view schema);
// kInvalidArgument naming the place.
Status ValidateSchema(std::string_view schema);

}  // namespace quarry::eval
