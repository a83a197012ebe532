#pragma once

// The closed lists of question_facts.cc: function words and the words of facts.

#include <span>
#include <string_view>

#include "retrieval/question_facts.h"

namespace quarry::retrieval::question_lexicon {

// What `words`, phrases separated by '|', mean: `value` as a fact of `kind`. An empty value stands
// for the phrase itself.
struct Row {
  FactKind kind;
  std::string_view value;
  std::string_view words;
};
std::span<const Row> FactRows();

// Words without meaning of their own, separated by '|'. Those of rows may be among them: then they are
// facts and no content.
std::string_view FunctionWords();

// Words that hold a character of the lists above and do not mean it, separated by '|': 特别 denies
// nothing. Those of model::WordsWithoutDenial are beside them.
std::string_view NeutralWords();

// Words of AsksForNow, separated by '|'.
std::string_view NowWords();

// Words of AsksRelativeToNow, separated by '|'.
std::string_view RelativeTimes();

// Units and measure words that may stand behind a number, separated by '|'; those of one group,
// separated by ',', are one. In their own case where it tells (question_tokens.h).
std::string_view Units();

}  // namespace quarry::retrieval::question_lexicon
