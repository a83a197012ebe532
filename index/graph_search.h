#pragma once

// GraphSearch: walks an HNSW graph over coded vectors (Malkov and Yashunin, 2018, algorithms 2 and
// 5): greedy from the entry point down to a level, then best-first with a bounded list of
// candidates. Serves queries and the builder alike.
//
// The candidates stand in one sorted array; the next to look at is the first that was not looked at
// yet, and the walk ends when there is none. Vertices already seen are marked by the number of the
// walk in one byte each, so nothing is cleared between walks. The codes of all unseen neighbours
// of a vertex are fetched together.
//
// One object per thread, reused: it allocates only when a graph is larger or a list longer than any
// before.

#include <cstdint>
#include <span>
#include <vector>

#include "index/hnsw_links.h"
#include "index/vector_codes.h"

namespace quarry::index {

// A vertex and its score: CodedQuery::CoarseScores.
struct Candidate {
  float score = 0;
  uint32_t vertex = 0;
};

class GraphSearch {
 public:
  // The `width` best that a walk with so long a list finds on `level`, best first, equal ones in the
  // order in which they were met. Valid until the next call.
  // REQUIRES: a graph that is not empty; width >= 1; level <= links.top.
  std::span<const Candidate> Walk(const VectorCodes& codes, const HnswLinks& links,
                                  const CodedQuery& query, size_t width, int level = 0);
  // The same from a vertex of that level.
  std::span<const Candidate> WalkFrom(const VectorCodes& codes, const HnswLinks& links,
                                      const CodedQuery& query, Candidate from, size_t width,
                                      int level);
  // The vertex of `level` that greedy steps from the entry point lead to.
  Candidate Descend(const VectorCodes& codes, const HnswLinks& links, const CodedQuery& query,
                    int level);

  // Inner products computed so far by this object.
  uint64_t distances() const { return distances_; }

  static GraphSearch& OfThisThread();

 private:
  void MakeRoom(const HnswLinks& links);
  void Begin(const HnswLinks& links, size_t width);
  // Where the candidate went; at least width when it did not get in.
  size_t Insert(Candidate candidate);

  std::vector<uint8_t> seen_;  // by vertex: the last walk that saw it
  uint8_t walk_ = 0;
  std::vector<Candidate> list_;  // the first size_, sorted
  size_t size_ = 0;
  size_t width_ = 0;
  std::vector<uint32_t> unseen_;
  std::vector<float> scores_;
  uint64_t distances_ = 0;
};

}  // namespace quarry::index
