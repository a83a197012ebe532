#include "retrieval/fusion.h"

#include <algorithm>
#include <utility>

namespace quarry::retrieval {

LegScale LegScale::Of(const std::vector<index::ScoredRow>& list) {
  LegScale scale;
  if (list.empty()) return scale;
  scale.minimum = scale.maximum = list.front().score;
  for (const index::ScoredRow& row : list) {
    scale.minimum = std::min(scale.minimum, row.score);
    scale.maximum = std::max(scale.maximum, row.score);
  }
  return scale;
}

std::vector<FusedRow> Fuse(const std::vector<index::ScoredRow>& lexical,
                           const std::vector<index::ScoredRow>& dense,
                           const LegScale& lexical_scale, const LegScale& dense_scale,
                           const FusionOptions& options, const index::RowTable& table) {
  const bool convex = options.method == FusionMethod::kConvex;

  std::vector<FusedRow> fused;
  fused.reserve(lexical.size() + dense.size());
  std::vector<std::pair<RowId, size_t>> places;  // of the lexical list in `fused`, by row
  places.reserve(lexical.size());
  for (size_t i = 0; i < lexical.size(); ++i) {
    places.emplace_back(lexical[i].row, i);
    FusedRow& row = fused.emplace_back(FusedRow{.row = lexical[i].row});
    row.lexical_rank = static_cast<uint32_t>(i + 1);
    row.lexical_score = lexical[i].score;
    const double part = convex ? lexical_scale(lexical[i].score)
                               : 1.0 / (options.rrf_k + static_cast<double>(row.lexical_rank));
    row.lexical_part = (1.0 - options.dense_weight) * lexical_scale.factor * part;
  }
  std::sort(places.begin(), places.end());
  const auto entry = [&](RowId row) -> FusedRow& {
    const auto place = std::lower_bound(places.begin(), places.end(), std::pair(row, size_t{0}));
    if (place != places.end() && place->first == row) return fused[place->second];
    return fused.emplace_back(FusedRow{.row = row});
  };
  for (size_t i = 0; i < dense.size(); ++i) {
    FusedRow& row = entry(dense[i].row);
    row.dense_rank = static_cast<uint32_t>(i + 1);
    row.dense_score = dense[i].score;
    const double part = convex ? dense_scale(dense[i].score)
                               : 1.0 / (options.rrf_k + static_cast<double>(row.dense_rank));
    row.dense_part = options.dense_weight * dense_scale.factor * part;
  }
  for (FusedRow& row : fused) row.score = row.lexical_part + row.dense_part;

  // Small keys are sorted, not the rows, which are large.
  struct Key {
    index::ScoredRow row;
    size_t place;
  };
  std::vector<Key> order;
  order.reserve(fused.size());
  for (size_t i = 0; i < fused.size(); ++i) order.push_back({{fused[i].row, fused[i].score}, i});
  std::sort(order.begin(), order.end(),
            [&](const Key& a, const Key& b) { return index::Better(table, a.row, b.row); });
  std::vector<FusedRow> sorted;
  sorted.reserve(fused.size());
  for (const Key& key : order) sorted.push_back(fused[key.place]);
  return sorted;
}

}  // namespace quarry::retrieval
