#pragma once

// A question, word by word, in the other of English and Chinese: what the extractive answerer asks of passages that are
// not in the question's language. No translation that a person would write: of the translations of a word
// (word_translations.h) one is taken that stands in the passage which has most of them, so that it is the right one
// where that answers.
//
//   水表检测费是多少？ -> "how many water meter tested costs"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/query.h"
#include "base/status.h"
#include "model/word_translations.h"

namespace quarry::model {

struct TranslatedQuestion {
  std::string text;
  std::vector<TranslatedWord> words;  // of the question; in terms that stand in the passage

  // The part of the words that a statement has, its headings included: by any of their translations; 0 where a code, a
  // number or a word that tells kinds apart (兼职, "old") is not there. `statement`: whether a term stands there.
  double CoveredBy(const std::function<bool(std::string_view)>& statement,
                   const Analyzer& analyzer) const;
  // How it was read: "水表 = water meter, 费 = cost".
  std::string Reading() const;
};

// nullopt where no passage has half of the words, and of a question that denies. Errors: those of TranslateWords.
Result<std::optional<TranslatedQuestion>> TranslateQuestion(std::string_view question,
                                                            bool to_english,
                                                            const std::vector<Passage>& passages,
                                                            const Analyzer& analyzer);

}  // namespace quarry::model
