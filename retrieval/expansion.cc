#include "retrieval/expansion.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/status.h"

namespace quarry::retrieval {
namespace {

struct Found {
  double rephrased = 0;  // sum
  double part = 0;       // best
};

double TopOf(const std::vector<RankedHit>& hits) { return hits.empty() ? 0 : hits[0].hit.score; }

}  // namespace

const char* ExpansionKindName(Expansion::Kind kind) {
  switch (kind) {
    case Expansion::Kind::kRephrased:
      return "rephrased";
    case Expansion::Kind::kPart:
      return "part";
    case Expansion::Kind::kImagined:
      return "imagined";
  }
  Fatal(__FILE__, __LINE__, "unknown Expansion::Kind");
}

void JoinExpansions(Snapshots snapshots, const std::vector<ExpansionHits>& searches,
                    std::vector<RankedHit>& hits) {
  const double top = TopOf(hits);
  std::map<std::pair<uint32_t, RowId>, size_t> places;
  for (size_t i = 0; i < hits.size(); ++i) places[{hits[i].collection, hits[i].row}] = i;
  std::vector<Found> found(hits.size());
  size_t rephrased = 0;
  size_t parts = 0;
  for (const ExpansionHits& search : searches) {
    const bool is_part = search.kind == Expansion::Kind::kPart;
    ++(is_part ? parts : rephrased);
    const double best = TopOf(search.hits);
    if (best <= 0) continue;
    for (const RankedHit& hit : search.hits) {
      const auto [place, is_new] = places.try_emplace({hit.collection, hit.row}, hits.size());
      if (is_new) {
        RankedHit added = hit;
        added.hit.score = 0;
        added.hit.breakdown = {};  // of another question
        added.steps.clear();
        hits.push_back(std::move(added));
        found.emplace_back();
      }
      Found& one = found[place->second];
      const double score = std::max(0.0, hit.hit.score) / best;
      is_part ? (void)(one.part = std::max(one.part, score)) : (void)(one.rephrased += score);
    }
  }
  for (size_t i = 0; i < hits.size(); ++i) {
    double& score = hits[i].hit.score;
    double sum = top > 0 ? std::max(0.0, score) / top : 0;
    if (rephrased > 0) sum += found[i].rephrased / static_cast<double>(rephrased);
    if (parts > 0) sum += found[i].part;
    score = sum / static_cast<double>(1 + (rephrased > 0 ? 1 : 0) + (parts > 0 ? 1 : 0));
  }
  SortHits(snapshots, hits);
}

}  // namespace quarry::retrieval
