#pragma once

// The neighbour stage: a chunk is cut where it must be, and the sentence that answers may stand
// just outside. Each hit brings chunks before and after it of its document, in the order of the
// text. All chunks of a document may be read by whom one of them may.

#include <vector>

#include "base/call_context.h"
#include "base/status.h"
#include "retrieval/ranked_hit.h"

namespace quarry::retrieval {

// Puts up to `count` chunks before and after each hit behind it, with its score and marked
// (RankedHit::is_neighbour), without those that are there already. They are not counted by k; there
// are at most kMaxK of them, the first hits' before the others'. Pure.
std::vector<RankedHit> AddNeighbours(Snapshots snapshots, uint32_t count,
                                     std::vector<RankedHit> hits);

// The same with the section that each hit stands in: small chunks match, what a reader gets is
// their parent. The chunks around it under its heading and the headings below that, alternately
// after and before it, while they are no more than `max_tokens` with it. Errors: those of the store
// and of the context.
Result<std::vector<RankedHit>> AddSections(Snapshots snapshots, uint32_t max_tokens,
                                           const CallContext& context, std::vector<RankedHit> hits);

}  // namespace quarry::retrieval
