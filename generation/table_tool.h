#pragma once

// {"sql", "plot", "x", "y"}: a SELECT over the tables of the documents (table_query.h), its rows as a
// passage and, where it is asked for, a plot. Without "sql": which tables there are.

#include <memory>

#include "generation/tool.h"

namespace quarry::generation {

std::unique_ptr<Tool> MakeTableTool();

}  // namespace quarry::generation
