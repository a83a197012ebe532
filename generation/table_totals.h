#pragma once

// "How many pumps need lubrication?", 华东地区有几个门店, "What is the total weight of all pumps?": how many rows of a table
// meet a question, or the sum or the average of a column in them. By forms alone, English and Chinese. Right only where
// all rows of the table are there, which the caller knows (table_conditions.h). Pure and thread-safe.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "generation/context_pieces.h"

namespace quarry::generation {

enum class TotalKind : uint8_t { kCount, kSum, kMean };

// Whether a folded question may ask for one: a look at its words, before a table is read.
bool MayAskTotal(std::string_view folded);

// Of a folded question about a table; what is counted is what its first column names. Takes the words that ask, and
// those for all of them, out of `folded`.
std::optional<TotalKind> TotalAsked(std::string& folded, const std::vector<RowCell>& columns,
                                    const Analyzer& analyzer);

// Whether a folded question is about what is needed or should be, of which a table that only lists its rows, of which
// `subject` is the name, tells nothing: "How many pumps do we need?", 需要几台设备.
bool AsksForNeed(std::string_view folded, std::string_view subject);

struct RowTotal {
  TotalKind kind = TotalKind::kCount;
  size_t rows = 0;          // that meet the question
  size_t of_rows = 0;       // of the table
  std::string column = {};  // of a sum or an average
  std::string value = {};   // and what it is, as its cells are written: "310", "97 €"
};

// nullopt where one of the rows of the table is a total itself, or no column of plain numbers in one unit is named.
// `rows`: those of the `table` that meet the question; the others as of ExtremeRow (extreme_row.h).
std::optional<RowTotal> TotalOf(TotalKind kind, const WordSet& asked,
                                const std::vector<RowCell>& columns,
                                const std::vector<const ContextPiece*>& rows,
                                const std::vector<const ContextPiece*>& table,
                                const std::vector<std::string_view>& but, const Analyzer& analyzer);

// "2 of 4 rows:", before the rows; `language` "zh" or else English.
std::string TotalText(const RowTotal& total, std::string_view language);

}  // namespace quarry::generation
