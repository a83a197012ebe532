#pragma once

// Words that say the same as a word of a question in any field: "telephone" as "phone", 力矩 as 扭矩. A short list, by
// hand, each language for itself: what another collection would take for two things does not belong in it. For what a
// passage covers of a question, where none of the passages has the word itself (passage_reading.h); whether another
// word stands in the place of one (replaced_words.h) does not ask it. Internal to model/. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"

namespace quarry::model {

struct Synonym {
  std::string term;  // as the analyzer gives it
  // One of these must stand in the same sentence, divided by spaces: 质量 is a weight beside 千克, else a quality. ""
  // = none.
  std::string_view beside = {};
};

// Of a term of a question. "Heavier" is told by "weight", and not the other way.
std::vector<Synonym> SynonymsOf(std::string_view term, const Analyzer& analyzer);

// Whether the sentence that holds a synonym has one of the words of its `beside`.
bool StandsBeside(std::string_view beside, std::string_view sentence);

}  // namespace quarry::model
