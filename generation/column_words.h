#pragma once

// What columns of tables are called, and what a question calls them: "How much does it cost?" asks for "Price (EUR)",
// 缺货 for 库存, "who supplies it" for "vendor". English and Chinese. Pure and thread-safe.

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/text.h"
#include "generation/context_pieces.h"

namespace quarry::generation {

struct ColumnMeaning {
  std::string_view name;  // "price"
  // A word such as "lightest" is of nothing else, whatever the question names; "longest" may be of a lead time.
  bool is_only = false;
  std::string_view columns;  // words of their names, divided by spaces
  std::string_view asked =
      {};  // what a question says, divided by '|'; "" where it must name the column
};

// nullptr where there is none of that name.
const ColumnMeaning* MeaningNamed(std::string_view name);

bool IsColumnOf(const ColumnMeaning& meaning, std::string_view column, const Analyzer& analyzer);

// What of these a folded question asks for, and where it says so, in the order of the table of them.
struct AskedMeaning {
  const ColumnMeaning* meaning = nullptr;
  ByteRange range;
};
std::vector<AskedMeaning> MeaningsAsked(std::string_view folded);

// Where a phrase stands in folded text: of English letters as whole words. npos where it does not.
size_t PlaceOfPhrase(std::string_view folded, std::string_view phrase, size_t from = 0);

// The column that names what a row is of: "name" behind "sku"; the first where none is called so.
std::string_view NameColumn(const std::vector<RowCell>& columns);

}  // namespace quarry::generation
