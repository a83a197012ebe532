#pragma once

// A question about the rows of a table, read against that table: "Which product costs the most?", "How many products does
// Veldsense supply?", "List all products from Ferrobit", 低于30欧元的产品有哪些, 哪个产品缺货.
//
// Every word of the question must be one that asks (which, how many, the cheapest), one for what the rows are, one for a
// column (column_words.h), a bound of a number, a value that rows have, or one that only joins. What is left makes it
// another question, for a table that has the one word lacks the other. What the rows are is said by the file of a table,
// by a heading in the plural, by the first column and by the one of names; of a price list they are "products", too.
// By forms alone, English and Chinese, either of a table in the other by the words of the dictionary.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/query.h"
#include "base/status.h"
#include "generation/extreme_row.h"
#include "generation/found_table.h"
#include "generation/table_numbers.h"

namespace quarry::generation {

enum class RowsAsked : uint8_t { kList, kCount, kExtreme };

// What of a row must hold one of these terms, or the characters.
struct AskedValue {
  std::vector<std::string> terms = {};
  std::string characters = {};  // folded Chinese
};

struct TableQuestion {
  RowsAsked asks = RowsAsked::kList;
  std::optional<AskedExtreme> extreme = {};
  std::vector<std::string_view> columns = {};  // that it names, views of the table
  std::vector<AskedValue> values = {};         // each of which a row must have
  std::vector<NumberCondition> numbers = {};   // each of which it must meet
  std::string_view stock_column = {};          // where it asks for what is, or is not, there
  bool is_in_stock = false;
  bool names_rows = false;  // by a word that is the table's own
};

// Whether a question may be one about rows: a look at its words, before tables are read.
bool MayAskForRows(std::string_view question);

// nullopt where it is not, or not about these. Errors: those of TranslateWords.
Result<std::optional<TableQuestion>> ReadTableQuestion(std::string_view question,
                                                       const FoundTable& table,
                                                       const Context& context,
                                                       const Analyzer& analyzer);

// Whether the row has the values, meets the bounds and is there, or not, as asked.
bool MeetsQuestion(const ContextPiece& row, const TableQuestion& question,
                   const Analyzer& analyzer);

}  // namespace quarry::generation
