#pragma once

// What the legs of a search share: how many rows they bring.

#include <algorithm>
#include <cstddef>
#include <unordered_set>
#include <vector>

#include "base/status.h"
#include "index/row_table.h"

namespace quarry::retrieval {

// The best rows down to the one that brings in the last of `documents` documents. A document's
// chunks share one place, so 100 rows can hold far fewer than 100 documents: `search(k)`, which
// returns the k best rows, is called with growing k, `first` to begin with.
template <typename Search>
Result<std::vector<index::ScoredRow>> FetchDocuments(const index::RowTable& table, size_t documents,
                                                     size_t first, Search search) {
  size_t k = first;
  while (true) {
    QUARRY_ASSIGN_OR_RETURN(std::vector<index::ScoredRow> rows, search(k));
    std::unordered_set<uint32_t> distinct;
    for (size_t i = 0; i < rows.size(); ++i) {
      distinct.insert(table.row(rows[i].row).document);
      if (distinct.size() == documents) {
        rows.resize(i + 1);
        return rows;
      }
    }
    if (rows.size() < k) return rows;
    // As many more as the documents so far let expect: each search begins anew.
    k = std::clamp(k * documents / distinct.size() * 5 / 4, k + k / 2, 8 * k);
  }
}

}  // namespace quarry::retrieval
