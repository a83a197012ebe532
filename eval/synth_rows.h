#pragma once

// Rows of tables as drafts of cases ask for them (synth.h): of "Property: Mass; Value: 318 kg" the
// question is "what is the Mass?". By forms alone, English and Chinese. Pure functions.

#include <optional>
#include <string>
#include <string_view>

#include "eval/change_log.h"

namespace quarry::eval {

// A row of which a cell is asked for.
struct TableRow {
  std::string line;    // as it stands in the text
  std::string name;    // of the first cell: "Mass"
  std::string column;  // of the cell that is asked for; "" where the name alone is
  std::string value;   // of that cell
};

// The cells of a line of a text, in their order; of a blank line none. nullopt where the line is no
// row: a part of it has no name of a column.
std::optional<RowCells> ParseCells(std::string_view line);

// The row of these cells, which stands in a text as `line`. nullopt where no question can ask for
// it: a cell is empty or long, the name is a list, a comparison or a part of a sentence, or the
// value is one that any row may have ("yes").
std::optional<TableRow> ParseRow(const RowCells& cells, std::string_view line);

}  // namespace quarry::eval
