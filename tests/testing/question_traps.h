#pragma once

// Traps for the answer cache: pairs of questions that look alike and are not the same, by class. Made
// from templates and word lists of their own, not from the lists of retrieval/question_lexicon.cc, and
// written after version 2 of the gate, to which they were a blind test. They found one fault of it (the
// past tense of verbs in -e was not told from the present). Version 3 has two rules that were made
// after it was seen which of the rephrased traps pass; they were judged by what they cost and close of
// the pairs that people labelled. So the rephrased traps are no blind test any more.

#include <string>
#include <vector>

namespace quarry::testing {

struct QuestionTrap {
  std::string a;
  std::string b;
};

struct TrapClass {
  std::string name;  // "year", "number", "unit", "entity", "negation", "antonym", "role swap", ...
  std::vector<QuestionTrap> edited;     // the same words but for what makes the difference
  std::vector<QuestionTrap> rephrased;  // said in other words beside it
};

// Ten classes, each of `count` edited and as many rephrased traps (half English, half Chinese), the
// same ones every time. None of a class stands twice.
std::vector<TrapClass> MakeQuestionTraps(size_t count);

}  // namespace quarry::testing
