#pragma once

// Numbers in the cells of a table, and which column a bound on a number is of: "over 5 kW" of "Motor (kW): 7.5",
// 销售额超过100万元 of "销售额（万元）: 120". By forms alone. Pure and thread-safe.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "generation/context_pieces.h"
#include "model/number_ranges.h"

namespace quarry::generation {

struct CellNumber {
  double value = 0;    // times what the unit in the column's name says: 120 万元 is 1,200,000
  double written = 0;  // as the cell has it
  std::string unit;    // as of model::CountedNumber; of the cell, else of the column's name
};

// The number that a cell is, with or without a unit: "277", "38 天", "1.2 million", "€12". nullopt where it is more.
std::optional<CellNumber> NumberInCell(const RowCell& cell);

// The name of a column without its unit, which stands in brackets or behind a line at its end: "Motor" of "Motor (kW)",
// "price" of "price_eur".
std::string_view WithoutUnit(std::string_view column);
// And that unit, "kW"; "" where it names none.
std::string_view UnitInName(std::string_view column);

// The column of numbers that `share` is greatest of, at least a half; "" where there is none or two are alike. `columns`:
// all of the table, with the cells of one of its rows; those in `but` are not looked at, nor is the first, which says
// what the rows are of.
std::string_view ColumnOfMost(const std::vector<RowCell>& columns,
                              const std::vector<std::string_view>& but,
                              const std::function<double(std::string_view column)>& share);

// A column of numbers, and what is asked of them.
struct NumberCondition {
  std::string column;
  model::NumberRange range;
  bool is_scaled = false;  // the bound is written with 万, "million"
};

// One for each of `ranges`, which are those of the folded question; nullopt where the column of one is not sure: it has
// the unit of the range or what it counts in its name, or the question names it, and no other does as much. `asked`: the
// words of the question; `columns`: all of the table, with the cells of one of its rows.
std::optional<std::vector<NumberCondition>> NumberConditions(
    std::string_view folded, const std::vector<model::NumberRange>& ranges, const WordSet& asked,
    const std::vector<RowCell>& columns, const std::vector<const ContextPiece*>& rows,
    const Analyzer& analyzer);

bool MeetsNumber(const ContextPiece& row, const NumberCondition& condition);

}  // namespace quarry::generation
