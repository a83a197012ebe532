#pragma once

// "Which machines need lubrication but no calibration?", "哪些设备需要润滑但不需要校准？": of a table whose columns say yes
// or no, the rows that meet every condition of the question with its sign. A row has the same words whether it says the
// one or the other, so that words alone cannot choose. By forms alone, English and Chinese, and of the rows of that table
// that were found. Pure and thread-safe.
//
// A condition is a column that the question names ("lubricated" names "Needs lubrication", 校准 "是否需要校准"); it is
// denied where a denial stands right before it, only joining words between, or joined to one that is: "neither
// lubrication nor calibration". The rows must also have what else the question has of their values: "in the South
// hall". A denial of another column or value is one that no row is known to meet.

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/query.h"
#include "model/extractive_answerer.h"

namespace quarry::generation {

struct RowsThatMeet {
  std::vector<model::ExtractedSentence>
      rows;          // in the order of the passages, the first few; empty where none does
  size_t count = 0;  // of all that do
  bool has_all_words =
      false;  // the question has no word that the table does not have or that only joins
};

// nullopt where the question does not ask which, `best` is no row, or it names no column of its table that says yes or
// no; and where it wants the one or the other, "lubrication or calibration", the heaviest of them or those of more than
// 100 kg.
std::optional<RowsThatMeet> FindRowsThatMeet(std::string_view question, const Context& context,
                                             const model::ExtractedSentence& best,
                                             const Analyzer& analyzer);

}  // namespace quarry::generation
