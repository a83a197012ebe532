#pragma once

// A question in one of English and Chinese, to be answered from passages in the other: which of its words have a
// translation (word_translations.h) that stands in the passages, and where. The question stays as it is asked, with
// what it asks for, its names, numbers and denials; a passage holds one of its words where it holds a translation of it.
//
//   水表检测费是多少？ -> 水表 = water meter, 检测 = tested, 费 = costs

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/query.h"
#include "base/status.h"
#include "base/text.h"
#include "model/question.h"
#include "model/word_translations.h"

namespace quarry::model {

struct TranslatedQuestion {
  // As it was asked. The terms of a Chinese one are its words, not pairs of characters.
  Question question;
  std::vector<TranslatedWord> words;  // in terms that stand in a passage
  bool to_english = false;
  // By word: the parts of the phrase that it is stand in the passages, but nowhere together. It is half a word then: a "water
  // meter" is told of as "the meter", and not all that works is "finish work".
  std::vector<bool> apart = {};

  // Terms of the question that a translation says, and where it stands.
  struct Place {
    std::vector<uint32_t> terms;  // indexes into question.terms
    ByteRange range;
  };
  // In the order in which they begin.
  std::vector<Place> PlacesIn(std::string_view text, const Analyzer& analyzer) const;

  // The part of the words that a statement has, its headings included; 0 where a code, a number, what is counted ("how many
  // points") or a word that tells kinds apart (兼职, "old") is not there, or of several words one alone.
  double CoveredBy(std::string_view statement, const Analyzer& analyzer) const;
  // Whether `own`, a statement in the question's language, has at least as much of it in its own words as `other` has in
  // translations, of which one of a single Chinese character is half a word: 费 of 费用 is no "spend". False where either
  // lacks what CoveredBy must find.
  bool IsSaidAsWell(std::string_view own, std::string_view other, const Analyzer& analyzer) const;
  // The word as the question has it.
  std::string_view Written(const TranslatedWord& word) const {
    return std::string_view(question.text)
        .substr(word.range.begin, word.range.end - word.range.begin);
  }
  // How it was read: "水表 = water meter, 费 = cost".
  std::string Reading() const;

 private:
  struct Share {
    double words = 0;    // of those that say something
    size_t there = 0;    // with codes and numbers
    bool lacks = false;  // what must be there
  };
  // `has`: how much of the word `i` is there, from 0 to 1.
  Share ShareOf(const std::function<double(size_t i)>& has) const;
};

// Of `passages`, which are in English or else in Chinese. nullopt of a question that leaves something out ("without",
// 除了), for word by word it is answered by what it leaves out; whether one that denies is answered by what denies is seen
// in the sentence. Errors: those of TranslateWords.
Result<std::optional<TranslatedQuestion>> TranslateQuestion(std::string_view question,
                                                            bool to_english,
                                                            const std::vector<Passage>& passages,
                                                            const Analyzer& analyzer);

}  // namespace quarry::model
