#pragma once

// GraphSearch: walks an HNSW graph over coded vectors (Malkov and Yashunin, 2018, algorithms 2 and
// 5): greedy from the entry point down to a level, then best-first with a bounded list of
// candidates. Serves queries and the builder alike.
//
// The candidates stand in one sorted array; the next to look at is the first that was not looked at
// yet, and the walk ends when there is none. Vertices already seen are marked by the number of the
// walk in one byte each, so nothing is cleared between walks. The codes of all unseen neighbours
// of a vertex are fetched together, while those of the vertex before are multiplied.
//
// A walk with a longer list takes the same steps first: its candidates are those of the shorter
// list and behind them what fell out of that or did not get in. So what a walk for a query turns
// away is kept, and a walk that found too little goes on with the best of it (Widen).
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
  // Goes on where the last Walk or Widen ended, with a longer list. What it finds is what Walk finds
  // with so long a list, at the cost of the difference; but equal ones may come in another order.
  // REQUIRES: no other call since; the same codes, links, query and level; width at least as large.
  std::span<const Candidate> Widen(const VectorCodes& codes, const HnswLinks& links,
                                   const CodedQuery& query, size_t width, int level = 0);
  // The same as Walk from a vertex of that level. Cannot be widened.
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
  void Begin(const HnswLinks& links, size_t width, Candidate from, bool keeps_rest);
  // The first candidate at `at` or behind it that was not looked at.
  size_t NextAt(size_t at) const;
  // Fetches the coarse parts of its neighbours that were not seen.
  void FetchNeighbors(const CodeRows& rows, const HnswLinks& links, uint32_t vertex,
                      int level) const;
  // Walks on from NextAt(at).
  std::span<const Candidate> Expand(const VectorCodes& codes, const HnswLinks& links,
                                    const CodedQuery& query, size_t at, int level);
  // Where the candidate went; at least width when it did not get in.
  size_t Insert(Candidate candidate);

  std::vector<uint8_t> seen_;  // by vertex: the last walk that saw it
  uint8_t walk_ = 0;
  std::vector<Candidate> list_;  // the first size_, sorted
  size_t size_ = 0;
  size_t width_ = 0;
  bool keeps_rest_ = false;
  std::vector<Candidate> rest_;  // what was turned away
  std::vector<uint32_t> unseen_;
  std::vector<float> scores_;
  uint64_t distances_ = 0;
};

}  // namespace quarry::index
