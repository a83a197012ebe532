#pragma once

// Fusion of ranked lists. Pure functions.

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "index/row_table.h"

namespace quarry::retrieval {

enum class FusionMethod : uint8_t {
  // score = (1 - w) * lexical' + w * dense', each list scaled to [0, 1] by its own minimum and
  // maximum, 0 where the row is absent, 1 where all scores of a list are equal (Bruch, Gai, Ingber:
  // "An analysis of fusion functions for hybrid retrieval", 2023).
  kConvex,
  // score = (1 - w) / (rrf_k + rank) + w / (rrf_k + rank) (Cormack, Clarke, Buettcher: "Reciprocal
  // rank fusion outperforms Condorcet and individual rank learning methods", 2009).
  kReciprocalRank,
};
const char* FusionMethodName(FusionMethod method);  // "convex", "rrf"
Result<FusionMethod> ParseFusionMethod(std::string_view name);

struct FusionOptions {
  FusionMethod method = FusionMethod::kConvex;
  double dense_weight = 0.35;  // w, 0 to 1
  double rrf_k = 60;
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

// Every row of either list, best first, ties by table.Precedes.
std::vector<FusedRow> Fuse(const std::vector<index::ScoredRow>& lexical,
                           const std::vector<index::ScoredRow>& dense, const FusionOptions& options,
                           const index::RowTable& table);

}  // namespace quarry::retrieval
