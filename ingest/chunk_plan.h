#pragma once

// Where to cut a document. Internal to ingest/.
//
// Two steps, so that chunks are near their target size and an edit nevertheless moves only the
// borders near it:
//
//   1. Anchors. A stretch longer than twice the target is cut at its best border (the strongest;
//   among
//      equals the one with the largest anchor hash), and so on recursively. So a border is an
//      anchor iff the stretch between the next better borders on its two sides is long, and that is
//      decided by text within twice the target from it. (The recursion is that of a treap, with a
//      border's strength and hash as its priority: Seidel, Aragon: "Randomized search trees", 1996.
//      The use of local maxima of a hash as content-defined borders is that of Bjørner, Blass,
//      Gurevich: "Content-dependent chunking for differential compression, the local maximum
//      approach", 2010.)
//   2. Fill. Each stretch between two anchors is cut into chunks by dynamic programming: the costs
//   are the
//      squared distance of each chunk from the target and a price for each border by its strength.

#include <cstddef>
#include <vector>

#include "ingest/chunk_units.h"

namespace quarry::ingest {

// Indexes of the units that begin a chunk, ascending; the first is 0. Empty for no units.
std::vector<size_t> PlanChunks(const std::vector<Unit>& units, const ChunkOptions& options);

}  // namespace quarry::ingest
