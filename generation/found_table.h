#pragma once

// The rows of one table, as far as a context has them. Pure and thread-safe.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/query.h"
#include "generation/context_pieces.h"

namespace quarry::generation {

struct FoundTable {
  std::vector<const ContextPiece*> rows;  // in the order of the pieces
  const ContextPiece* widest = nullptr;   // the one with most cells: what is empty is not told
  bool is_complete = true;                // each piece of it is a row that says what it is of
};

// The table that has a row at byte `begin` of a passage; without rows where what stands there is none. `pieces` are those
// of the context and outlive the table.
FoundTable TableWith(const std::vector<ContextPiece>& pieces, const Context& context,
                     uint32_t passage, size_t begin);

// All of them, in the order of their first rows.
std::vector<FoundTable> TablesIn(const std::vector<ContextPiece>& pieces, const Context& context);

}  // namespace quarry::generation
