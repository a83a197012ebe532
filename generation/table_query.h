#pragma once

// SQL over tables: a database in memory (SQLite) that is made for one query and thrown away.
//
// Enforced by SQLite's authorizer: one SELECT, and nothing else: no PRAGMA, ATTACH, writing, or loading
// of extensions. Time, rows, memory and the size of everything are bounded: a value or row has at most 64 KB.

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/call_context.h"
#include "base/status.h"
#include "generation/table_source.h"

namespace quarry::generation {

struct TableQueryLimits {
  std::chrono::milliseconds time{2'000};
  uint32_t rows = 200;                 // of the result
  uint32_t cell_bytes = 2'000;         // of the result; longer cells are cut
  uint64_t memory_bytes = 256u << 20;  // of all such queries of the process
};

struct TableResult {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  // NULL is ""
  bool truncated = false;                      // there are more rows
};

// Columns whose cells are all numbers ("1,234.5" too) or empty are numbers, all others text; empty is
// NULL. Of a row of more than 60 KB the longest cells are cut and end in "…". kInvalidArgument with what
// SQLite says; kResourceExhausted naming the bound; kCancelled.
Result<TableResult> QueryTables(const std::vector<SourceTable>& tables, std::string_view sql,
                                const TableQueryLimits& limits, const CallContext& context);

// Whether all cells of a column are numbers or empty, and not all are empty.
bool IsNumberColumn(const SourceTable& table, size_t column);

}  // namespace quarry::generation
