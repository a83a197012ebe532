#pragma once

// False premises: what a question takes for granted and the documents contradict: "Why is the limit 30 cm?"
// where they say 20 cm. By forms alone, English and Chinese.
//
// Looked at are questions that take something for granted: "why", "since X, ...", "为什么", "既然". The
// statement of the passages that speaks of the same (has most of the clause's words) contradicts it where
//   * it has another number of the same unit or another year, and shares a word that does not just count ("takes",
//     "minutes"), or another day of the week, and no statement that speaks of it nearly as much has the question's; or
//   * it denies what the question affirms, in the same words.
// What is said of another thing of the kind ("the Orrin ferry", "the Stellmoor ferry") contradicts nothing.
// What is said of another version than the question's ("Why was 3.5 released in May?") does neither, and what
// is said of another year contradicts no number where its own year is told of.
// In doubt the premise stands. Pure and thread-safe.

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/analyzer.h"
#include "base/query.h"
#include "base/text.h"

namespace quarry::generation {

struct FalsePremise {
  uint32_t passage = 0;  // index into the context's passages
  ByteRange range;       // what it says instead, in that passage's text
};

std::optional<FalsePremise> FindFalsePremise(std::string_view question, const Context& context,
                                             const Analyzer& analyzer);

}  // namespace quarry::generation
