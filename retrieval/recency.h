#pragma once

// The recency stage: newer documents gain.
//
//   score' = score - |score| * w * (1 - 2^(-age / half life))
//
// so a document of age 0 keeps its score and an endlessly old one, or one without a time, loses the
// part w of it. Ages count from `as_of`, and without it from the newest document among the hits: so
// a query stays a function of the snapshot, and an archive does not fade as years go by. What is
// newer than that has age 0.

#include <vector>

#include "base/call_context.h"
#include "base/retrieval_options.h"
#include "retrieval/ranked_hit.h"

namespace quarry::retrieval {

// The factor of a document with the time `micros` where `newest` has age 0. Pure.
double RecencyFactor(int64_t micros, int64_t newest, const RecencyOptions& options);

// Scores and orders `hits` anew. REQUIRES: options.Validate'd, field not empty. Errors: those of
// the store. Stage of the trace: retrieve.recency.
Status BoostRecent(Snapshots snapshots, const RecencyOptions& options, const CallContext& context,
                   std::vector<RankedHit>& hits);

}  // namespace quarry::retrieval
