#pragma once

// "Which machines need lubrication but no calibration?", "面积超过260平方米的门店中哪个销售额最低？": of a table the rows that
// meet every condition of the question, and of these the one with the least or the greatest number where that is asked.
// By forms alone, English and Chinese, and of the rows of that table that were found. Pure and thread-safe.
//
// A condition is
//   * a column that says yes or no and that the question names ("lubricated" names "Needs lubrication", 校准 "是否需要校准").
//     A row has the same words whether it says the one or the other, so that words alone cannot choose. It is denied
//     where a denial stands right before it, only joining words between, or joined to one that is: "neither lubrication
//     nor calibration";
//   * a bound on a number, of the column that has its unit or that the question names: "over 5 kW" (table_numbers.h);
//   * what else the question has of the values of rows: "in the South hall". A denial of another column or value is one
//     that no row is known to meet.

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/query.h"
#include "generation/table_totals.h"
#include "model/extractive_answerer.h"

namespace quarry::generation {

struct RowsThatMeet {
  std::vector<model::ExtractedSentence>
      rows;          // in the order of the passages, the first few; empty where none does
  size_t count = 0;  // of all that do
  bool has_all_words =
      false;  // the question has no word that the table does not have or that only joins
  // Of several rows, where it asks for one; then `rows` are all that meet it.
  std::optional<RowTotal> total = {};
  bool is_sure =
      false;  // every word of the question was read against the whole table (asked_rows.h)
};

// nullopt where the question does not ask which rows or for an extreme (extreme_row.h), `best` is no row, or no column of
// its table is meant; and where it wants the one or the other, "lubrication or calibration", or denies what is no bound.
//
// `is_whole`: all of the document of `best` stands in the context. Only then rows are counted and added up, and only
// where every word of the question and every denial was read and the rows are few enough to be quoted.
std::optional<RowsThatMeet> FindRowsThatMeet(std::string_view question, const Context& context,
                                             const model::ExtractedSentence& best, bool is_whole,
                                             const Analyzer& analyzer);

}  // namespace quarry::generation
