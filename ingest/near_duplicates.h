#pragma once

// Near-duplicates: documents of a collection that say nearly the same.
//
// The similarity of two documents is that of their sets of shingles (runs of five terms of the
// analyzer, so of words or of pairs of Chinese characters): how many both have, of those that either
// has. Pairs are found by MinHash and confirmed shingle by shingle:
//
//   1. 64 minima of hashes of a document's shingles; two documents agree in one with the probability
//      of their similarity (Broder: "On the resemblance and containment of documents", 1997).
//   2. Four minima at a time are one of 16 bands; who shares a band is compared (Indyk, Motwani:
//      "Approximate nearest neighbors: towards removing the curse of dimensionality", 1998). A pair
//      of similarity s is missed with probability (1 - s^4)^16: 1 in 4,600 at 0.8.
//
// Takes about 80 bytes of memory a document beside its id, and 8 a pair that shares a band. Reads
// every text once, those of such pairs again. Where many documents share a band each is compared
// with eight of them only. Deterministic.

#include <vector>

#include "base/analyzer.h"
#include "base/call_context.h"
#include "base/thread_pool.h"
#include "index/progress.h"
#include "index/snapshot.h"

namespace quarry::ingest {

struct NearDuplicate {
  DocumentId document;
  DocumentId of;          // of those before it, by id, the one that is most like it
  double similarity = 0;  // 1: the same shingles
};

// The documents that are like one before them by at least `similarity`, by id. REQUIRES: 0 < similarity <= 1. Errors: those of reading and of the context.
Result<std::vector<NearDuplicate>> FindNearDuplicates(const index::Snapshot& snapshot,
                                                      const Analyzer& analyzer, double similarity,
                                                      ThreadPool& pool,
                                                      const index::Progress& progress,
                                                      const CallContext& context);

}  // namespace quarry::ingest
