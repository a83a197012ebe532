#pragma once

// What people said of claims and of pairs of answers: what `quarry eval judge-check` measures a judge
// against.
//
// JSON lines, each of one of these shapes (further keys are passed over; "id", "group" and "language"
// may be given):
//   {"claim": "..", "text": "..", "label": true}            the text carries the claim, or not
//   {"question": "..", "a": "..", "b": "..", "label": "a"}  which answer is better: "a", "b", "tie"
// and those of public sets:
//   claim or answer beside evidence (a text or a list of them) or context, with labels in words (WiCE,
//   Climate-FEVER, BEGIN, QAGS); a and b with "entailment", "neutral", "contradiction" (NLI: a carries
//   b); labels of pairs 1 and 2, "A>B" and "B>A" (LLMBar, JudgeBench); question, answer, positive,
//   positive_wrong, negative (RGB: the first list carries the answer, the others do not).

#include <string>
#include <string_view>
#include <vector>

#include "eval/judge.h"

namespace quarry::eval {

struct ClaimLabel {
  std::string id;
  std::string set;
  std::string language;  // "en", "zh"
  std::string group;     // of what belongs together
  std::string question;  // "" = none
  std::string claim;
  std::string text;
  bool carried = false;
};

struct PairLabel {
  std::string id;
  std::string set;
  std::string language;
  std::string group;
  std::string question;
  std::string first;
  std::string second;
  Preference label = Preference::kTie;
};

struct JudgeLabels {
  std::vector<ClaimLabel> claims;
  std::vector<PairLabel> pairs;
};

// Adds what a line holds; `set` names the file. kInvalidArgument says what was expected.
Status ParseJudgeLabel(std::string_view line, const std::string& set, JudgeLabels& labels);
// Adds a file's; its set is the file's name without its ending. kNotFound, and kInvalidArgument naming
// file and line.
Status ReadJudgeLabels(const std::string& path, JudgeLabels& labels);

}  // namespace quarry::eval
