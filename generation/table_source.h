#pragma once

// The tables of a collection's documents, read back from their text, where each row is a line of
// "header: cell; header: cell" (ingest/document_builder.h). Cells that were empty are empty again.

#include <string>
#include <string_view>
#include <vector>

#include "generation/tool.h"

namespace quarry::generation {

struct SourceTable {
  std::string name;      // for SQL: "price_list_2025"; unique
  std::string document;  // that it stands in
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  // as many cells as columns
  std::vector<ChunkId> chunks;                 // that hold it
};

struct TableLimits {
  uint32_t tables = 50;
  uint32_t rows = 100'000;     // of all
  uint64_t bytes = 32u << 20;  // of all cells
};

// Of the documents that the question may see: those made from CSV, TSV and spreadsheets, by the order of
// first indexing. `truncated` tells whether the limits left something out.
Result<std::vector<SourceTable>> ReadTables(const ToolCallContext& context,
                                            const TableLimits& limits, bool& truncated);

// The rows of a table's text. Columns are what stands before ": " at the beginning of cells in at least
// half of the rows in which the cell's neighbours have such names; where there are none, "c1", "c2".
void ParseTableText(std::string_view text, SourceTable& table);

}  // namespace quarry::generation
