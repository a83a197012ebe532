#include "retrieval/neighbours.h"

#include <algorithm>
#include <set>
#include <utility>

namespace quarry::retrieval {

std::vector<RankedHit> AddNeighbours(Snapshots snapshots, uint32_t count,
                                     std::vector<RankedHit> hits) {
  std::set<std::pair<uint32_t, RowId>> there;
  for (const RankedHit& hit : hits) there.emplace(hit.collection, hit.row);
  std::vector<RankedHit> expanded;
  for (RankedHit& hit : hits) {
    const index::RowTable& table = snapshots[hit.collection]->rows();
    // All rows of a document version are neighbours, and live or dead together.
    const index::DocumentEntry document = table.DocumentOf(hit.row);
    const RowId first = hit.row - std::min(count, hit.row - document.first_row);
    const RowId last = hit.row + std::min(count, document.first_row + document.rows - 1 - hit.row);
    RankedHit near{.collection = hit.collection, .hit = {.score = hit.hit.score}};
    near.is_neighbour = true;
    expanded.push_back(std::move(hit));
    for (RowId row = first; row <= last; ++row) {
      if (!there.emplace(near.collection, row).second) continue;
      near.row = row;
      near.hit.chunk = table.row(row).chunk;
      expanded.push_back(near);
    }
  }
  return expanded;
}

}  // namespace quarry::retrieval
