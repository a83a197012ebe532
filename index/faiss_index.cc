#include "index/faiss_index.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "index/faiss_structure.h"
#include "index/top_rows.h"
#include "index/vector_math.h"

namespace quarry::index {
namespace {

// What a search costs per candidate that it keeps, in vectors of a scan.
constexpr double kScannedPerFaissCandidate = 32;
// A search that found too few is repeated once, this much wider, before everything is scanned.
constexpr size_t kFaissWiden = 4;
constexpr uint32_t kDefaultWidth = 128;
// A caller that gave up is noticed after this many vectors.
constexpr size_t kVectorsPerCheck = 8192;

class FaissIndex final : public VectorIndex {
 public:
  FaissIndex(VectorIndexKind kind, std::shared_ptr<const FaissStructure> structure,
             std::vector<RowId> rows, std::vector<ChunkId> chunks)
      : kind_(kind),
        structure_(std::move(structure)),
        rows_(std::move(rows)),
        chunks_(std::move(chunks)) {}

  VectorIndexKind kind() const override { return kind_; }
  uint32_t dimension() const override { return structure_->dimension(); }
  size_t size() const override { return rows_.size(); }
  std::span<const RowId> rows() const override { return rows_; }
  std::shared_ptr<const VectorIndex> WithRows(std::vector<RowId> rows) const override {
    QUARRY_CHECK(rows.size() == size());
    return std::make_shared<FaissIndex>(kind_, structure_, std::move(rows), chunks_);
  }
  uint64_t MemoryBytes() const override {
    return sizeof(*this) + structure_->MemoryBytes() + rows_.capacity() * sizeof(RowId) +
           chunks_.capacity() * sizeof(ChunkId);
  }
  uint64_t MappedBytes() const override { return 0; }
  bool Holds(size_t position, std::span<const float> vector) const override {
    return std::memcmp(structure_->vector(position), vector.data(), vector.size_bytes()) == 0;
  }
  size_t CountReachable() const override { return structure_->CountReachable(); }
  Result<SharedBytes> File() const override;
  bool CanGrow(const VectorIndexOptions&) const override { return false; }

  Result<std::vector<ScoredRow>> Search(std::span<const float> query, ResultLimit limit,
                                        const Bitmap* allowed, const RowTable& table,
                                        const VectorSearchOptions& options,
                                        const CallContext& context) const override;

 private:
  Result<std::vector<ScoredRow>> SearchRows(std::span<const float> query, size_t k,
                                            const Bitmap* allowed, const RowTable& table,
                                            const VectorSearchOptions& options,
                                            const CallContext& context) const;
  bool IsAllowed(size_t position, const Bitmap* allowed) const {
    const RowId row = rows_[position];
    return row != kNoRow && (allowed == nullptr || allowed->Test(row));
  }
  Result<std::vector<ScoredRow>> Scan(std::span<const float> query, size_t k, const Bitmap* allowed,
                                      const RowTable& table, const CallContext& context) const;

  const VectorIndexKind kind_;
  const std::shared_ptr<const FaissStructure> structure_;  // of positions, not of rows
  const std::vector<RowId> rows_;
  const std::vector<ChunkId> chunks_;
};

Result<SharedBytes> FaissIndex::File() const {
  if (chunks_.size() != rows_.size()) {
    return FailedPreconditionError("a vector index without chunks has no file");
  }
  std::string payload;
  QUARRY_RETURN_IF_ERROR(structure_->AppendTo(payload));
  VectorFile file{.kind = kind_, .dimension = dimension(), .count = size()};
  const uint64_t chunks = file.Place(VectorSection::kChunks, size() * sizeof(uint64_t));
  const uint64_t graph = file.Place(VectorSection::kGraph, payload.size());
  QUARRY_ASSIGN_OR_RETURN(HugeBuffer buffer, HugeBuffer::Allocate(file.FileBytes()));
  for (size_t i = 0; i < chunks_.size(); ++i) {
    std::memcpy(buffer.data() + chunks + i * sizeof(uint64_t), &chunks_[i].value, sizeof(uint64_t));
  }
  std::memcpy(buffer.data() + graph, payload.data(), payload.size());
  WriteVectorHeader(file, buffer.data());
  return HugeBuffer::Share(std::move(buffer));
}

Result<std::vector<ScoredRow>> FaissIndex::Scan(std::span<const float> query, size_t k,
                                                const Bitmap* allowed, const RowTable& table,
                                                const CallContext& context) const {
  TopRows top(table, k);
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (i % kVectorsPerCheck == 0) QUARRY_RETURN_IF_ERROR(context.Check());
    if (!IsAllowed(i, allowed)) continue;
    const double score = InnerProduct(query.data(), structure_->vector(i), query.size());
    top.Offer({.row = rows_[i], .score = score});
  }
  return top.Take();
}

Result<std::vector<ScoredRow>> FaissIndex::Search(std::span<const float> query, ResultLimit limit,
                                                  const Bitmap* allowed, const RowTable& table,
                                                  const VectorSearchOptions& options,
                                                  const CallContext& context) const {
  size_t k = limit.count;
  while (true) {
    QUARRY_ASSIGN_OR_RETURN(std::vector<ScoredRow> rows,
                            SearchRows(query, k, allowed, table, options, context));
    if (limit.unit == ResultLimit::Unit::kRows) return rows;
    TopDocuments top(table, limit.count);
    for (const ScoredRow& row : rows) top.Offer(row);
    if (top.is_full() || rows.size() < k) return top.Take();
    k += k / 2 + 1;
  }
}

Result<std::vector<ScoredRow>> FaissIndex::SearchRows(std::span<const float> query, size_t k,
                                                      const Bitmap* allowed, const RowTable& table,
                                                      const VectorSearchOptions& options,
                                                      const CallContext& context) const {
  QUARRY_RETURN_IF_ERROR(CheckVector(query, dimension(), "query vector"));
  if (k == 0 || rows_.empty() || IsZero(query)) return std::vector<ScoredRow>();
  k = std::min(k, rows_.size());

  // As in coded_index.cc: the search is made wider by what the filter leaves out.
  const double size = static_cast<double>(rows_.size());
  const double may =
      allowed == nullptr ? size : std::min(size, static_cast<double>(allowed->Count()));
  const uint32_t asked = options.width > 0 ? options.width : kDefaultWidth;
  double width =
      std::ceil(static_cast<double>(std::max<size_t>(asked, k + 1)) * size / std::max(may, 1.0));
  for (int attempt = 0; attempt < 2 && may > kScannedPerFaissCandidate * width; ++attempt) {
    QUARRY_RETURN_IF_ERROR(context.Check());
    QUARRY_ASSIGN_OR_RETURN(const std::vector<FaissStructure::Neighbour> found,
                            structure_->Search(query, static_cast<size_t>(width)));
    TopRows top(table, k);
    size_t kept = 0;
    double worst = std::numeric_limits<double>::infinity();  // of all that were found
    for (const FaissStructure::Neighbour& neighbour : found) {
      worst = std::min<double>(worst, neighbour.score);
      if (!IsAllowed(neighbour.position, allowed)) continue;
      top.Offer({.row = rows_[neighbour.position], .score = neighbour.score});
      ++kept;
    }
    // When the cut runs through equal scores that reach the end of what was found, there may be
    // more of them outside, and rows among those that precede.
    if (kept >= k && top.Threshold() > worst) return top.Take();
    width *= kFaissWiden;
  }
  return Scan(query, k, allowed, table, context);
}

}  // namespace

Result<std::shared_ptr<const VectorIndex>> BuildFaissIndex(const VectorIndexOptions& options,
                                                           VectorSource source,
                                                           const CallContext& context) {
  EmbeddingMatrix vectors{.dimension = source.dimension, .values = {}};
  vectors.values.resize(source.rows.size() * source.dimension);
  for (size_t i = 0; i < source.rows.size(); ++i) {
    QUARRY_RETURN_IF_ERROR(source.read(i, vectors.Row(i)));
    const Status status = CheckVector(vectors.Row(i), source.dimension, "vector");
    if (!status.ok()) return status.Annotate("entry " + std::to_string(i));
  }
  QUARRY_ASSIGN_OR_RETURN(FaissStructure structure,
                          FaissStructure::Build(options, std::move(vectors), context));
  return std::shared_ptr<const VectorIndex>(std::make_shared<FaissIndex>(
      options.kind, std::make_shared<const FaissStructure>(std::move(structure)),
      std::move(source.rows), std::move(source.chunks)));
}

Result<std::shared_ptr<const VectorIndex>> OpenFaissIndex(const VectorFile& file,
                                                          std::string_view bytes,
                                                          std::vector<RowId> rows) {
  const auto& graph = file.section(VectorSection::kGraph);
  QUARRY_ASSIGN_OR_RETURN(FaissStructure structure,
                          FaissStructure::Parse(file.kind, bytes.substr(graph.offset, graph.size),
                                                file.dimension, file.count));
  std::vector<ChunkId> chunks(file.count);
  const char* const from = bytes.data() + file.section(VectorSection::kChunks).offset;
  for (size_t i = 0; i < chunks.size(); ++i) {
    std::memcpy(&chunks[i].value, from + i * sizeof(uint64_t), sizeof(uint64_t));
  }
  return std::shared_ptr<const VectorIndex>(std::make_shared<FaissIndex>(
      file.kind, std::make_shared<const FaissStructure>(std::move(structure)), std::move(rows),
      std::move(chunks)));
}

}  // namespace quarry::index
