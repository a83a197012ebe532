#pragma once

// RankedHit: a chunk on its way through the stages of the retriever.

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "base/query.h"
#include "index/snapshot.h"

namespace quarry::retrieval {

// The collections of one query, each at one moment, in the order in which they were named. A hit
// names its own by its place.
using Snapshots = std::span<const index::Snapshot* const>;

// How many of their passages hold the term.
inline uint64_t DocumentFrequency(std::string_view term, Snapshots snapshots) {
  uint64_t passages = 0;
  for (const index::Snapshot* snapshot : snapshots) {
    passages += snapshot->lexical().DocumentFrequency(term);
  }
  return passages;
}

struct RankedHit {
  uint32_t collection = 0;  // its place in Snapshots
  RowId row = 0;
  Hit hit;
  // What the stages behind fusion made of it, in their order; empty where none ran. The parts of
  // the legs (ScoreBreakdown) add up to the score of fusion, Hit::score is that of the last stage.
  std::vector<ScoreStep> steps = {};
  // The place, from 1, in Retrieved::hops of the name that gave it its score; 0 = the question did.
  uint32_t hop = 0;
  // It comes with the hit before it, as its neighbour in the document (neighbours.h).
  bool is_neighbour = false;
};

// Writes down what `stage` made of the hits, which are in its order.
inline void RecordStep(ScoreStep::Stage stage, std::vector<RankedHit>& hits) {
  for (size_t i = 0; i < hits.size(); ++i) {
    hits[i].steps.push_back(
        {.stage = stage, .score = hits[i].hit.score, .rank = static_cast<uint32_t>(i + 1)});
  }
}

// The order of every list: by score, ties by (document id, ordinal), then by collection.
inline bool Better(Snapshots snapshots, const RankedHit& a, const RankedHit& b) {
  if (a.hit.score != b.hit.score) return a.hit.score > b.hit.score;
  const index::RowTable& rows_a = snapshots[a.collection]->rows();
  if (a.collection == b.collection) return a.row != b.row && rows_a.Precedes(a.row, b.row);
  const index::RowTable& rows_b = snapshots[b.collection]->rows();
  const std::string_view id_a = rows_a.DocumentOf(a.row).id;
  const std::string_view id_b = rows_b.DocumentOf(b.row).id;
  if (id_a != id_b) return id_a < id_b;
  const uint32_t ordinal_a = rows_a.row(a.row).ordinal;
  const uint32_t ordinal_b = rows_b.row(b.row).ordinal;
  return ordinal_a != ordinal_b ? ordinal_a < ordinal_b : a.collection < b.collection;
}

inline void SortHits(Snapshots snapshots, std::vector<RankedHit>& hits) {
  std::sort(hits.begin(), hits.end(),
            [&](const RankedHit& a, const RankedHit& b) { return Better(snapshots, a, b); });
}

}  // namespace quarry::retrieval
