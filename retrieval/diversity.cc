#include "retrieval/diversity.h"

#include <algorithm>
#include <utility>

#include "retrieval/term_vector.h"

namespace quarry::retrieval {

Status Diversify(Snapshots snapshots, const DiversityOptions& options, const CallContext& context,
                 std::vector<RankedHit>& hits) {
  StageTimer timer(context, "retrieve.diversity");
  const size_t candidates = std::min<size_t>(options.candidates, hits.size());
  std::vector<TermReader> readers;
  for (const index::Snapshot* snapshot : snapshots) readers.emplace_back(*snapshot);
  std::vector<std::vector<WeightedTerm>> vectors;
  double lowest = 0, highest = 0;
  for (size_t i = 0; i < candidates; ++i) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    QUARRY_ASSIGN_OR_RETURN(vectors.emplace_back(),
                            ReadTermVector(readers[hits[i].collection], hits[i].row));
    lowest = i == 0 ? hits[i].hit.score : std::min(lowest, hits[i].hit.score);
    highest = i == 0 ? hits[i].hit.score : std::max(highest, hits[i].hit.score);
  }
  const auto scaled = [&](double score) {
    return highest == lowest ? 1.0 : (score - lowest) / (highest - lowest);
  };

  std::vector<size_t> order;
  std::vector<bool> taken(candidates);
  std::vector<double> nearest(candidates);  // similarity to what was taken
  while (order.size() < candidates) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    size_t best = candidates;
    double best_gain = 0;
    for (size_t i = 0; i < candidates; ++i) {
      if (taken[i]) continue;
      const double gain =
          (1 - options.weight) * scaled(hits[i].hit.score) - options.weight * nearest[i];
      if (best != candidates && gain <= best_gain) continue;
      best = i;
      best_gain = gain;
    }
    taken[best] = true;
    order.push_back(best);
    for (size_t i = 0; i < candidates; ++i) {
      if (!taken[i]) nearest[i] = std::max(nearest[i], Similarity(vectors[i], vectors[best]));
    }
  }
  std::vector<RankedHit> ordered;
  ordered.reserve(hits.size());
  for (const size_t i : order) ordered.push_back(std::move(hits[i]));
  std::move(hits.begin() + static_cast<ptrdiff_t>(candidates), hits.end(),
            std::back_inserter(ordered));
  hits = std::move(ordered);
  RecordStep(ScoreStep::Stage::kDiversity, hits);
  return OkStatus();
}

}  // namespace quarry::retrieval
