#pragma once

// "Which region has the fewest orders?", "哪种泵的供货周期最长？": the row of a table with the least or the
// greatest number of what is asked, among the rows that have the question's other words alike. By forms
// alone, English and Chinese, and of the rows of one passage that was found. Numbers are compared where they are of one
// unit in all of the rows; of units only 万, 亿, million and billion are reckoned. Pure and thread-safe.

#include <optional>
#include <string_view>

#include "base/analyzer.h"
#include "base/query.h"
#include "model/extractive_answerer.h"

namespace quarry::generation {

// nullopt where the question asks for no extreme, `best` is no row, or its table has no column of numbers
// of one unit with the words of the question.
std::optional<model::ExtractedSentence> FindExtremeRow(std::string_view question,
                                                       const Context& context,
                                                       const model::ExtractedSentence& best,
                                                       const Analyzer& analyzer);

// Whether the question has an extreme anywhere: "and which of them is the heaviest?"
bool HasExtreme(std::string_view question);

}  // namespace quarry::generation
