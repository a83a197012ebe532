#include "retrieval/collapse.h"

#include <unordered_map>
#include <utility>

#include "base/resemblance.h"
#include "model/answer_reasons.h"

namespace quarry::retrieval {
namespace {

constexpr size_t kLookedAt = 100;  // hits, at least

// The hits that were kept, by the shingles of their texts.
class KeptHits {
 public:
  KeptHits(Snapshots snapshots, double similarity)
      : snapshots_(snapshots), similarity_(similarity) {}

  // The first of another document that resembles `hit`: its place and the resemblance; the number of
  // all where there is none.
  std::pair<size_t, double> FindLike(const RankedHit& hit,
                                     const std::vector<uint64_t>& shingles) const {
    std::vector<uint32_t> common(kept_.size());
    for (const uint64_t shingle : shingles) {
      const auto found = holders_.find(shingle);
      if (found == holders_.end()) continue;
      for (const uint32_t holder : found->second) ++common[holder];
    }
    for (size_t i = 0; i < kept_.size(); ++i) {
      if (common[i] == 0 || kept_[i].document == DocumentOf(hit)) continue;
      const double resemblance = Resemblance(common[i], kept_[i].shingles, shingles.size());
      if (resemblance >= similarity_) return {i, resemblance};
    }
    return {kept_.size(), 0};
  }

  void Add(const RankedHit& hit, const std::vector<uint64_t>& shingles) {
    const auto place = static_cast<uint32_t>(kept_.size());
    for (const uint64_t shingle : shingles) holders_[shingle].push_back(place);
    kept_.push_back({DocumentOf(hit), shingles.size()});
  }

  size_t size() const { return kept_.size(); }

 private:
  using DocumentPlace = std::pair<uint32_t, uint32_t>;  // collection, place in its table
  struct Kept {
    DocumentPlace document;
    size_t shingles = 0;
  };

  DocumentPlace DocumentOf(const RankedHit& hit) const {
    return {hit.collection, snapshots_[hit.collection]->rows().row(hit.row).document};
  }

  const Snapshots snapshots_;
  const double similarity_;
  std::vector<Kept> kept_;
  std::unordered_map<uint64_t, std::vector<uint32_t>> holders_;  // places in kept_
};

}  // namespace

Result<std::vector<CollapsedHit>> Collapse(Snapshots snapshots, const Analyzer& analyzer,
                                           double similarity, size_t wanted,
                                           const CallContext& context,
                                           std::vector<RankedHit>& hits) {
  QUARRY_CHECK(similarity > 0 && similarity <= 1);
  StageTimer timer(context, "retrieve.collapse");
  KeptHits kept(snapshots, similarity);
  std::vector<CollapsedHit> collapsed;
  std::vector<RankedHit> left;
  left.reserve(hits.size());
  for (size_t i = 0; i < hits.size(); ++i) {
    RankedHit& hit = hits[i];
    if (i < kLookedAt || kept.size() < wanted) {
      QUARRY_RETURN_IF_ERROR(context.Check());
      QUARRY_ASSIGN_OR_RETURN(const Passage passage,
                              snapshots[hit.collection]->ReadPassage(hit.row));
      const std::vector<uint64_t> shingles = ShingleHashes(analyzer, passage.chunk.text);
      const auto [place, resemblance] = kept.FindLike(hit, shingles);
      if (place < kept.size()) {
        collapsed.push_back({.hit = std::move(hit),
                             .under_collection = left[place].collection,
                             .under = left[place].row,
                             .similarity = resemblance});
        continue;
      }
      kept.Add(hit, shingles);
    }
    left.push_back(std::move(hit));
  }
  hits = std::move(left);
  return collapsed;
}

std::vector<OtherPlace> AlsoIn(Snapshots snapshots, const std::vector<CollapsedHit>& collapsed,
                               const RankedHit& hit) {
  std::vector<OtherPlace> places;
  for (const CollapsedHit& one : collapsed) {
    if (one.under_collection != hit.collection || one.under != hit.row) continue;
    const index::RowTable& rows = snapshots[one.hit.collection]->rows();
    places.push_back({.collection = one.hit.collection,
                      .document = DocumentId(rows.DocumentOf(one.hit.row).id),
                      .chunk = one.hit.hit.chunk,
                      .ordinal = rows.row(one.hit.row).ordinal,
                      .similarity = one.similarity});
  }
  return places;
}

std::string CollapsedText(Snapshots snapshots, const CollapsedHit& collapsed,
                          std::string_view language) {
  const index::Snapshot& snapshot = *snapshots[collapsed.under_collection];
  const index::RowTable& rows = snapshot.rows();
  const std::string under = (snapshots.size() == 1 ? "" : snapshot.collection().name + ": ") +
                            std::string(rows.DocumentOf(collapsed.under).id) + "#" +
                            std::to_string(rows.row(collapsed.under).ordinal);
  return model::ReasonText(model::Reason::kCollapsedUnder, language, {under});
}

}  // namespace quarry::retrieval
