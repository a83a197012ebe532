#include "retrieval/fusion.h"

#include <algorithm>
#include <string>
#include <unordered_map>

namespace quarry::retrieval {
namespace {

// Where a leg's scores lie, to scale them to [0, 1].
struct Scale {
  double minimum = 0;
  double maximum = 0;

  explicit Scale(const std::vector<index::ScoredRow>& list) {
    if (list.empty()) return;
    minimum = maximum = list.front().score;
    for (const index::ScoredRow& row : list) {
      minimum = std::min(minimum, row.score);
      maximum = std::max(maximum, row.score);
    }
  }
  double operator()(double score) const {
    return maximum == minimum ? 1.0 : (score - minimum) / (maximum - minimum);
  }
};

}  // namespace

const char* FusionMethodName(FusionMethod method) {
  return method == FusionMethod::kConvex ? "convex" : "rrf";
}

Result<FusionMethod> ParseFusionMethod(std::string_view name) {
  if (name == "convex") return FusionMethod::kConvex;
  if (name == "rrf") return FusionMethod::kReciprocalRank;
  return InvalidArgumentError("unknown fusion method \"" + std::string(name) +
                              "\"; expected convex or rrf");
}

std::vector<FusedRow> Fuse(const std::vector<index::ScoredRow>& lexical,
                           const std::vector<index::ScoredRow>& dense, const FusionOptions& options,
                           const index::RowTable& table) {
  const bool convex = options.method == FusionMethod::kConvex;
  const Scale lexical_scale(lexical);
  const Scale dense_scale(dense);

  std::vector<FusedRow> fused;
  fused.reserve(lexical.size() + dense.size());
  std::unordered_map<RowId, size_t> place;
  place.reserve(lexical.size() + dense.size());
  const auto entry = [&](RowId row) -> FusedRow& {
    const auto [it, inserted] = place.try_emplace(row, fused.size());
    if (inserted) fused.push_back({.row = row});
    return fused[it->second];
  };

  for (size_t i = 0; i < lexical.size(); ++i) {
    FusedRow& row = entry(lexical[i].row);
    row.lexical_rank = static_cast<uint32_t>(i + 1);
    row.lexical_score = lexical[i].score;
    const double part = convex ? lexical_scale(lexical[i].score)
                               : 1.0 / (options.rrf_k + static_cast<double>(row.lexical_rank));
    row.lexical_part = (1.0 - options.dense_weight) * part;
  }
  for (size_t i = 0; i < dense.size(); ++i) {
    FusedRow& row = entry(dense[i].row);
    row.dense_rank = static_cast<uint32_t>(i + 1);
    row.dense_score = dense[i].score;
    const double part = convex ? dense_scale(dense[i].score)
                               : 1.0 / (options.rrf_k + static_cast<double>(row.dense_rank));
    row.dense_part = options.dense_weight * part;
  }
  for (FusedRow& row : fused) row.score = row.lexical_part + row.dense_part;

  std::sort(fused.begin(), fused.end(), [&](const FusedRow& a, const FusedRow& b) {
    return index::Better(table, {a.row, a.score}, {b.row, b.score});
  });
  return fused;
}

}  // namespace quarry::retrieval
