#pragma once

// Ambiguous questions: "What is the rated head of the pump?" where several pumps have one. By forms alone,
// English and Chinese.
//
// Looked at are rows of tables, records and items of lists with a label that has a word of the question:
// statements about one thing each, which its row or its document names. A question is ambiguous where the
// statement that would answer it is such a row (where a number is asked for, the first that has one beside dates), others
// have the same words of the question and none has
// more, and they are about things of different names: the first cells that differ, else the codes or words
// of the titles. Years in titles make no other thing (the newer counts, conflicts.h); a code that the
// question names is one thing wherever it stands, one that names a thing of the kind that none of the rows
// is ("the Platinum plan", not "the largest plan") does not mean these, nor does one that says the whole name of a row mean others
// that mention it; "which" asks for the name itself, a comparison is of several, as is "how many regions",
// a bound ("opened after 2024") chooses itself, a row without a number is none where a number is asked for, nor one without
// a length where a length is, and where all that might be meant have one answer nothing
// need be asked. In doubt the question is clear. Pure and thread-safe.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/query.h"
#include "base/text.h"
#include "model/extractive_answerer.h"

namespace quarry::generation {

// What the question may mean.
struct Choice {
  uint32_t passage = 0;  // index into the context's passages
  ByteRange range;       // what is said of it, in that passage's text
  std::string name;
};

// Two or more, in the order of the passages; none where the question is clear. `said` is what would
// answer it, the best first (extractive_answerer.h).
std::vector<Choice> FindChoices(std::string_view question, const Context& context,
                                const std::vector<model::ExtractedSentence>& said,
                                const Analyzer& analyzer);

}  // namespace quarry::generation
