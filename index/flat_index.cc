#include "index/flat_index.h"

#include <utility>

#include "index/exact_scan.h"

namespace quarry::index {
namespace {

class FlatIndex final : public VectorIndex {
 public:
  FlatIndex(EmbeddingMatrix vectors, std::vector<RowId> rows)
      : vectors_(std::move(vectors)), rows_(std::move(rows)) {}

  VectorIndexKind kind() const override { return VectorIndexKind::kFlat; }
  uint32_t dimension() const override { return vectors_.dimension; }
  size_t size() const override { return rows_.size(); }
  std::span<const RowId> rows() const override { return rows_; }

  Result<std::vector<ScoredRow>> Search(std::span<const float> query, size_t k,
                                        const Bitmap* allowed, const RowTable& table,
                                        const VectorSearchOptions&,
                                        const CallContext& context) const override {
    QUARRY_RETURN_IF_ERROR(CheckVector(query, dimension(), "query vector"));
    if (k == 0 || IsZero(query)) return std::vector<ScoredRow>();
    return ExactScan({vectors_.values.data(), dimension(), rows_}, query, k, allowed, table,
                     context);
  }

  uint64_t MemoryBytes() const override {
    return sizeof(*this) + vectors_.values.capacity() * sizeof(float) +
           rows_.capacity() * sizeof(RowId);
  }

  Result<std::string> Serialize() const override {
    return FailedPreconditionError("a flat vector index has no file: it is read from the store");
  }

 private:
  const EmbeddingMatrix vectors_;
  const std::vector<RowId> rows_;
};

}  // namespace

std::shared_ptr<const VectorIndex> MakeFlatIndex(EmbeddingMatrix vectors, std::vector<RowId> rows) {
  return std::make_shared<FlatIndex>(std::move(vectors), std::move(rows));
}

}  // namespace quarry::index
