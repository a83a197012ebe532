#pragma once

// What a table has, in words that a question may use. Pure and thread-safe.

#include <string>
#include <vector>

#include "base/analyzer.h"
#include "base/query.h"
#include "generation/context_pieces.h"
#include "generation/found_table.h"
#include "generation/row_words.h"

namespace quarry::generation {

struct TableWords {
  std::vector<RowCell> columns;
  std::vector<WordSet> of_columns;          // of their names
  WordSet values;                           // of all rows
  std::vector<std::string> chinese_values;  // whole cells, folded, the longer ones first
  std::string all_values;                   // folded
  WordSet kinds;  // values of one word, as "sensor" of a column of categories
  RowWords rows;
};
TableWords WordsOfTable(const FoundTable& table, const Context& context, const Analyzer& analyzer);

}  // namespace quarry::generation
