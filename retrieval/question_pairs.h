#pragma once

// Pairs of questions that people have labelled: what the thresholds of the answer cache are fitted on.

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace quarry::retrieval {

struct QuestionPair {
  std::string a;
  std::string b;
  bool same = false;  // whether one answer serves both
};

// JSON lines: {"a": "...", "b": "...", "label": 1 or 0 (or true, false)}; other fields are ignored, so
// are blank lines. `name` is for messages: kInvalidArgument names it and the line.
Result<std::vector<QuestionPair>> ParseQuestionPairs(std::string_view lines,
                                                     const std::string& name);

}  // namespace quarry::retrieval
