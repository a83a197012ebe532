#pragma once

// What the rows of a table are called: "product" of products.csv, of a heading "Products" and of a column "Product name",
// 产品 of 产品清单. English and Chinese, by forms alone. Pure and thread-safe.

#include <string>
#include <vector>

#include "base/analyzer.h"
#include "base/query.h"
#include "generation/found_table.h"

namespace quarry::generation {

struct RowWords {
  WordSet terms;                     // of both languages
  std::vector<std::string> chinese;  // folded, of two characters at least
  WordSet general;                   // what any list of prices is of: "product", 商品
  std::vector<std::string> general_chinese;
};
RowWords RowWordsOf(const FoundTable& table, const Context& context, const Analyzer& analyzer);

}  // namespace quarry::generation
