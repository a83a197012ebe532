#pragma once

// The collapse stage: what several documents say in nearly the same words (versions of a page, copies
// of a manual) takes one place of the result. In ranked order a hit is folded under the best ranked
// hit before it that was kept, is of another document and is like it: their texts resemble each
// other (base/resemblance.h, the measure of `quarry docs duplicates`) by at least a similarity. It is
// compared with kept hits alone, so nothing is folded under what it is not like itself.
//
// Hits are what a caller may read, each document in its own right: folding neither hides a document
// whose copy they may not read nor tells of it.

#include <string>
#include <string_view>
#include <vector>

#include "base/analyzer.h"
#include "base/call_context.h"
#include "retrieval/ranked_hit.h"

namespace quarry::retrieval {

struct CollapsedHit {
  RankedHit hit;
  uint32_t under_collection = 0;  // of the kept hit
  RowId under = 0;
  double similarity = 0;  // to it
};

// Takes the folded hits, best first, out of `hits`; the others keep their order and scores. Looks at
// hits until `wanted` are kept, and at the first 100 in any case: what ranks behind is left as it is.
// Errors: those of the store and the context. Stage of the trace: retrieve.collapse.
// REQUIRES: 0 < similarity <= 1.
Result<std::vector<CollapsedHit>> Collapse(Snapshots snapshots, const Analyzer& analyzer,
                                           double similarity, size_t wanted,
                                           const CallContext& context,
                                           std::vector<RankedHit>& hits);

// Where what a hit says stands too.
struct OtherPlace {
  uint32_t collection = 0;  // its place in Snapshots
  DocumentId document;
  ChunkId chunk;
  uint32_t ordinal = 0;
  double similarity = 0;
};
// What was folded under `hit`, best first.
std::vector<OtherPlace> AlsoIn(Snapshots snapshots, const std::vector<CollapsedHit>& collapsed,
                               const RankedHit& hit);

// "collapsed under a.md#2"; of several collections "collapsed under notes: a.md#2". In the language, "zh" or
// else English.
std::string CollapsedText(Snapshots snapshots, const CollapsedHit& collapsed,
                          std::string_view language = "en");

}  // namespace quarry::retrieval
