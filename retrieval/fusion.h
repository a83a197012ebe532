#pragma once

// Fusion of ranked lists. Pure functions.

#include <cstdint>
#include <vector>

#include "base/retrieval_options.h"
#include "index/row_table.h"

namespace quarry::retrieval {

// Where the scores of a leg lie, to scale them to [0, 1]; and how much its list counts, which is
// less than 1 for a collection that fits the question worse than others (hybrid_search.h).
struct LegScale {
  double minimum = 0;
  double maximum = 0;
  double factor = 1;

  static LegScale Of(const std::vector<index::ScoredRow>& list);
  double operator()(double score) const {
    return maximum == minimum ? 1.0 : (score - minimum) / (maximum - minimum);
  }
};

// A fused row with its place in both lists (ScoredRow order of the inputs; rank 0 = absent).
struct FusedRow {
  RowId row = 0;
  double score = 0;
  uint32_t lexical_rank = 0;
  uint32_t dense_rank = 0;
  double lexical_score = 0;
  double dense_score = 0;
  double lexical_part = 0;
  double dense_part = 0;
};

// Every row of either list, best first, ties by table.Precedes. `options` say how (FusionMethod).
std::vector<FusedRow> Fuse(const std::vector<index::ScoredRow>& lexical,
                           const std::vector<index::ScoredRow>& dense,
                           const LegScale& lexical_scale, const LegScale& dense_scale,
                           const FusionOptions& options, const index::RowTable& table);

}  // namespace quarry::retrieval
