#pragma once

// "Which region has the fewest orders?", "哪种泵的供货周期最长？", "What is the cheapest plan?": the row of a table with the
// least or the greatest number of what is asked. By forms alone, English and Chinese. Among which rows, table_conditions.h
// says. Numbers are compared where they are of one unit in all of these. Pure and thread-safe.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/text.h"
#include "generation/context_pieces.h"

namespace quarry::generation {

struct AskedExtreme {
  bool is_least = false;
  std::string word;       // as the folded question has it: "lightest"
  std::string attribute;  // what it is of, 重量 or "weight", where the word says so; else ""
};

// The one that a folded text has, and where its word stands in it. nullopt as of ExtremeAsked, whatever the question asks.
struct FoundExtreme {
  AskedExtreme asked;
  ByteRange range;
};
std::optional<FoundExtreme> FindExtreme(std::string_view folded);

// Of a folded question about a table whose first column is called `subject`: "which ..." has it anywhere, what does not
// ask which right before the subject, "the cheapest plan"; where more stands before it, "the price of the cheapest plan",
// one that is of one attribute alone. nullopt where there is none, or both, or where more than one row is wanted: "the two
// cheapest", "the second cheapest".
std::optional<AskedExtreme> ExtremeAsked(std::string_view folded, std::string_view subject,
                                         const Analyzer& analyzer);

// The one of `rows`, in the column that the word is of or that the question names. `columns` are all of the table, with
// the cells of one of its rows; of those in `but` a condition speaks. nullptr where no column is meant or two alike, or
// not all of the rows have a number of one unit in it.
const ContextPiece* ExtremeRow(const AskedExtreme& extreme, const WordSet& asked,
                               const std::vector<RowCell>& columns,
                               const std::vector<const ContextPiece*>& rows,
                               const std::vector<std::string_view>& but, const Analyzer& analyzer);

// Whether the question has an extreme anywhere: "and which of them is the heaviest?"
bool HasExtreme(std::string_view question);

// Whether a folded text ends with one: "the most expensive", 最便宜.
bool EndsWithExtreme(std::string_view folded);

}  // namespace quarry::generation
