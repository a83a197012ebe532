#pragma once

// A plot of a table as SVG, without scripts or references: bars or a line over the rows. Pure.

#include <string>
#include <string_view>

#include "generation/table_query.h"

namespace quarry::generation {

// `kind`: "bar" or "line"; `x`: the column with the names of the points, `y` with their values. At most 60
// rows are drawn. kInvalidArgument for a column that is not there or whose cells are no numbers.
Result<std::string> PlotTable(const TableResult& table, std::string_view kind, std::string_view x,
                              std::string_view y);

}  // namespace quarry::generation
