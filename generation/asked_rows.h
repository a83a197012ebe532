#pragma once

// Of the tables in a context the one that a question is about, and its rows that the question asks for
// (table_question.h), whichever sentence would be quoted without that. Pure and thread-safe.

#include <functional>
#include <optional>
#include <string_view>

#include "base/analyzer.h"
#include "base/query.h"
#include "base/status.h"
#include "generation/table_conditions.h"
#include "generation/table_question.h"

namespace quarry::generation {

// Whether all of a document stands in the context.
using IsWholeDocument = std::function<bool(const DocumentId& document)>;

// nullopt where the question is about none of them, about two alike, or about one that does not stand there whole, and
// where a number that is compared is missing in a row. Without rows where none meets the question. Errors: those of
// ReadTableQuestion.
Result<std::optional<RowsThatMeet>> FindAskedRows(std::string_view question, const Context& context,
                                                  const IsWholeDocument& is_whole,
                                                  const Analyzer& analyzer);

}  // namespace quarry::generation
