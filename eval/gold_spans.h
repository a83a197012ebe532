#pragma once

// Whether an answer holds the stretch of text that the author of a question marked as its answer (SQuAD,
// CMRC 2018), and how much of it: containment near the beginning of the answer and F1 of tokens, the
// best over all stretches that were marked. Pure.
//
// Tokens are words without case, marks and the articles "a", "an", "the", and single CJK characters: F1 is
// that of the SQuAD 1.1 evaluation for English (Rajpurkar et al., 2016) and that of CMRC 2018 but for its
// longest common run (Cui et al., 2019).

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/answer.h"

namespace quarry::eval {

std::vector<std::string> SpanTokens(std::string_view text);

struct SpanScores {
  bool holds = false;  // anywhere in the answer
  bool holds_long =
      false;  // in its first 60 tokens (CountTokens); where it is Chinese, 90 characters
  bool holds_short = false;  // in its first 25 tokens; 40 characters
  double f1 = 0;
};

// Of what the answer quotes: markers, titles and words between quotes do not count. Without citations
// the text counts as it stands. `golds` empty: all is false and 0.
SpanScores ScoreSpans(const Answer& answer, const std::vector<std::string>& golds);

}  // namespace quarry::eval
