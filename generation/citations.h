#pragma once

// From chosen sentences to an answer's text with markers and citations. Pure.

#include <string>
#include <vector>

#include "base/answer.h"
#include "model/extractive_answerer.h"

namespace quarry::generation {

struct CitedText {
  std::string text;                 // "The pump runs at 9 bar [1]. It weighs 12 kg [2]."
  std::vector<Citation> citations;  // one per sentence, in order
};

// Joins the sentences, each followed by the number of its passage. Line breaks inside a sentence
// become spaces in the answer and stay in the quote. A sentence without an end mark gets one in its
// script. REQUIRES: every range lies inside its passage's text.
CitedText ComposeCitedText(const std::vector<model::ExtractedSentence>& sentences,
                           const Context& context);

}  // namespace quarry::generation
