#include "index/hnsw_index.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/random.h"
#include "index/exact_scan.h"
#include "index/faiss_graph.h"

namespace quarry::index {
namespace {

// What a walk costs per candidate that it keeps, in vectors of the exact scan: it computes some ten
// distances for each, and each costs about three times as much, since the vectors lie anywhere.
constexpr double kScannedPerCandidate = 32;

// How many vectors are looked at to estimate the share that a filter allows.
constexpr size_t kSample = 512;

// A walk that found too few is repeated once, this much wider, before everything is scanned.
constexpr size_t kWiden = 4;

class HnswIndex final : public VectorIndex {
 public:
  HnswIndex(FaissGraph graph, std::vector<RowId> rows)
      : graph_(std::move(graph)), rows_(std::move(rows)) {}

  VectorIndexKind kind() const override { return VectorIndexKind::kHnsw; }
  uint32_t dimension() const override { return graph_.dimension(); }
  size_t size() const override { return rows_.size(); }
  std::span<const RowId> rows() const override { return rows_; }
  uint64_t MemoryBytes() const override {
    return sizeof(*this) + graph_.MemoryBytes() + rows_.capacity() * sizeof(RowId);
  }

  Result<std::vector<ScoredRow>> Search(std::span<const float> query, size_t k,
                                        const Bitmap* allowed, const RowTable& table,
                                        const VectorSearchOptions& options,
                                        const CallContext& context) const override;

  Result<std::string> Serialize() const override {
    std::string file = BeginVectorFile();
    QUARRY_RETURN_IF_ERROR(graph_.AppendTo(file));
    FinishVectorFile({.kind = kind(), .dimension = dimension(), .count = size()}, file);
    return file;
  }

 private:
  VectorRows Vectors() const { return {graph_.values(), dimension(), rows_}; }
  double AllowedShare(const Bitmap* allowed) const;

  const FaissGraph graph_;
  const std::vector<RowId> rows_;
};

// Which share of the vectors may be returned, estimated. The same for the same filter every time.
double HnswIndex::AllowedShare(const Bitmap* allowed) const {
  const VectorRows vectors = Vectors();
  Random random(rows_.size());
  size_t hits = 0;
  for (size_t i = 0; i < kSample; ++i) {
    if (vectors.IsAllowed(random.Below(rows_.size()), allowed)) ++hits;
  }
  return static_cast<double>(hits) / kSample;
}

Result<std::vector<ScoredRow>> HnswIndex::Search(std::span<const float> query, size_t k,
                                                 const Bitmap* allowed, const RowTable& table,
                                                 const VectorSearchOptions& options,
                                                 const CallContext& context) const {
  QUARRY_RETURN_IF_ERROR(CheckVector(query, dimension(), "query vector"));
  if (k == 0 || rows_.empty() || IsZero(query)) return std::vector<ScoredRow>();
  k = std::min(k, rows_.size());

  // A filter does not steer the walk: it is made so much wider that as many allowed candidates are
  // kept as without one. Where that costs more than looking at every allowed vector, we do the
  // latter. One candidate more than k shows whether the cut runs through a tie (below).
  const double share = AllowedShare(allowed);
  const double scanned = share * static_cast<double>(rows_.size());
  double width = std::ceil(static_cast<double>(std::max<size_t>(options.width, k + 1)) / share);
  for (int attempt = 0; attempt < 2 && scanned > kScannedPerCandidate * width; ++attempt) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    QUARRY_ASSIGN_OR_RETURN(const std::vector<FaissGraph::Neighbour> found,
                            graph_.Walk(query, static_cast<size_t>(width)));
    const VectorRows vectors = Vectors();
    TopRows top(table, k);
    size_t kept = 0;
    double worst = std::numeric_limits<double>::infinity();  // of all that the walk kept
    for (const FaissGraph::Neighbour& neighbour : found) {
      worst = std::min<double>(worst, neighbour.score);
      if (!vectors.IsAllowed(neighbour.position, allowed)) continue;
      top.Offer({.row = rows_[neighbour.position], .score = neighbour.score});
      ++kept;
    }
    // When the cut runs through equal scores that reach the end of what the walk kept, there may be
    // more of them outside, and rows among those that precede.
    if (kept >= k && top.Threshold() > worst) return top.Take();
    width *= kWiden;
  }
  return ExactScan(Vectors(), query, k, allowed, table, context);
}

}  // namespace

Result<std::shared_ptr<const VectorIndex>> BuildHnswIndex(const VectorIndexOptions& options,
                                                          EmbeddingMatrix vectors,
                                                          std::vector<RowId> rows,
                                                          const CallContext& context) {
  auto graph = FaissGraph::Build(options, std::move(vectors), context);
  if (!graph.ok()) return std::move(graph).status().Annotate("build vector index");
  return std::shared_ptr<const VectorIndex>(
      std::make_shared<HnswIndex>(std::move(graph).value(), std::move(rows)));
}

Result<std::shared_ptr<const VectorIndex>> ParseHnswIndex(const VectorFile& file,
                                                          std::vector<RowId> rows) {
  auto graph = FaissGraph::Parse(file.payload, file.header.dimension, file.header.count);
  if (!graph.ok()) return std::move(graph).status().Annotate("vector index file");
  return std::shared_ptr<const VectorIndex>(
      std::make_shared<HnswIndex>(std::move(graph).value(), std::move(rows)));
}

}  // namespace quarry::index
