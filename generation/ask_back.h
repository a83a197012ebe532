#pragma once

// Ambiguous questions: "What is the rated head of the pump?" where several pumps have one. By forms alone,
// English and Chinese.
//
// Looked at are rows of tables, records and items of lists: statements about one thing each, which its row
// or its document names. A question is ambiguous where several of them have the same words of it, no other
// has more, and they are about things of different names: the codes or names in the first cell of the row,
// else in the titles. Years in titles make no other thing (the newer counts, conflicts.h), and "which"
// asks for the name itself. In doubt the question is clear. Pure and thread-safe.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/query.h"
#include "base/text.h"

namespace quarry::generation {

// What the question may mean.
struct Choice {
  uint32_t passage = 0;  // index into the context's passages
  ByteRange range;       // what is said of it, in that passage's text
  std::string name;
};

// Two or more, in the order of the passages; none where the question is clear.
std::vector<Choice> FindChoices(std::string_view question, const Context& context,
                                const Analyzer& analyzer);

}  // namespace quarry::generation
