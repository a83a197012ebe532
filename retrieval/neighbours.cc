#include "retrieval/neighbours.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace quarry::retrieval {

namespace {

// Chunks that stand one after the other in a document.
struct Rows {
  RowId first = 0;
  RowId last = 0;
};

// Puts the rows around each hit, which `rows` holds in the order of the hits, behind it.
std::vector<RankedHit> PutAround(Snapshots snapshots, const std::vector<Rows>& rows,
                                 std::vector<RankedHit> hits) {
  std::set<std::pair<uint32_t, RowId>> there;
  for (const RankedHit& hit : hits) there.emplace(hit.collection, hit.row);
  std::vector<RankedHit> expanded;
  size_t added = 0;
  for (size_t i = 0; i < hits.size(); ++i) {
    RankedHit near{.collection = hits[i].collection, .hit = {.score = hits[i].hit.score}};
    near.is_neighbour = true;
    expanded.push_back(std::move(hits[i]));
    for (RowId row = rows[i].first; row <= rows[i].last; ++row) {
      if (added == kMaxK) break;
      if (!there.emplace(near.collection, row).second) continue;
      near.row = row;
      near.hit.chunk = snapshots[near.collection]->rows().row(row).chunk;
      expanded.push_back(near);
      ++added;
    }
  }
  return expanded;
}

bool IsBelow(const std::vector<std::string>& path, const std::vector<std::string>& section) {
  return path.size() >= section.size() && std::equal(section.begin(), section.end(), path.begin());
}

Result<Rows> SectionOf(const index::Snapshot& snapshot, RowId row, uint32_t max_tokens) {
  const index::DocumentEntry document = snapshot.rows().DocumentOf(row);
  const auto read = [&](RowId at) { return snapshot.ReadChunk(snapshot.rows().row(at).chunk); };
  QUARRY_ASSIGN_OR_RETURN(const index::StoredChunk own, read(row));
  uint64_t tokens = own.token_count;
  const auto belongs = [&](RowId at) -> Result<bool> {
    QUARRY_ASSIGN_OR_RETURN(const index::StoredChunk chunk, read(at));
    if (!IsBelow(chunk.span.heading_path, own.span.heading_path) ||
        tokens + chunk.token_count > max_tokens) {
      return false;
    }
    tokens += chunk.token_count;
    return true;
  };
  Rows section{row, row};
  bool goes_on = true;
  bool goes_back = true;
  while (goes_on || goes_back) {
    goes_on = goes_on && section.last + 1 < document.first_row + document.rows;
    if (goes_on) {
      QUARRY_ASSIGN_OR_RETURN(goes_on, belongs(section.last + 1));
      if (goes_on) ++section.last;
    }
    goes_back = goes_back && section.first > document.first_row;
    if (goes_back) {
      QUARRY_ASSIGN_OR_RETURN(goes_back, belongs(section.first - 1));
      if (goes_back) --section.first;
    }
  }
  return section;
}

}  // namespace

std::vector<RankedHit> AddNeighbours(Snapshots snapshots, uint32_t count,
                                     std::vector<RankedHit> hits) {
  std::vector<Rows> rows;
  for (const RankedHit& hit : hits) {
    // All rows of a document version are neighbours, and live or dead together.
    const index::DocumentEntry document = snapshots[hit.collection]->rows().DocumentOf(hit.row);
    rows.push_back(
        {.first = hit.row - std::min(count, hit.row - document.first_row),
         .last = hit.row + std::min(count, document.first_row + document.rows - 1 - hit.row)});
  }
  return PutAround(snapshots, rows, std::move(hits));
}

Result<std::vector<RankedHit>> AddSections(Snapshots snapshots, uint32_t max_tokens,
                                           const CallContext& context,
                                           std::vector<RankedHit> hits) {
  std::vector<Rows> rows;
  for (const RankedHit& hit : hits) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    QUARRY_ASSIGN_OR_RETURN(rows.emplace_back(),
                            SectionOf(*snapshots[hit.collection], hit.row, max_tokens));
  }
  return PutAround(snapshots, rows, std::move(hits));
}

}  // namespace quarry::retrieval
