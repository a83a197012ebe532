#pragma once

// The neighbour stage: a chunk is cut where it must be, and the sentence that answers may stand
// just outside. Each hit brings the chunks before and after it of its document, in the order of the
// text.

#include <vector>

#include "retrieval/ranked_hit.h"

namespace quarry::retrieval {

// Puts up to `count` chunks before and after each hit behind it, with its score and marked
// (RankedHit::is_neighbour), without those that are there already. They are not counted by k. Pure.
std::vector<RankedHit> AddNeighbours(Snapshots snapshots, uint32_t count,
                                     std::vector<RankedHit> hits);

}  // namespace quarry::retrieval
