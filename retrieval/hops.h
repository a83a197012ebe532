#pragma once

// Multi-hop retrieval without a model: "Where was the director of Film X born?" is answered by the
// page of the director, whom only the page of the film names. The names in what a search found,
// which the question does not hold, are searched for together with the question, and what that
// finds joins the list:
//
//   score of a hit = max(its own, w * score of the passage with the name * its score for the name)
//
// the scores for a name scaled to 1 at the best. Names in many chunks say little: of each passage
// the rarest are followed, and none that one chunk alone holds.

#include <functional>
#include <string>
#include <vector>

#include "base/analyzer.h"
#include "base/retrieval_options.h"
#include "retrieval/ranked_hit.h"

namespace quarry::retrieval {

// A name that was followed.
struct Hop {
  uint32_t hop = 0;  // 2 = of what the question found
  std::string name;
  DocumentId document;  // that holds it
};

// Searches for a text, as the question itself was searched for.
using SearchText = std::function<Result<std::vector<RankedHit>>(const std::string& text)>;

// Adds to `hits`, which are best first, what following names finds. Errors: those of the store and
// of `search`. Stage of the trace: retrieve.hops.
Status FollowNames(const std::string& question, Snapshots snapshots, const Analyzer& analyzer,
                   const HopOptions& options, const SearchText& search, const CallContext& context,
                   std::vector<RankedHit>& hits, std::vector<Hop>& followed);

}  // namespace quarry::retrieval
