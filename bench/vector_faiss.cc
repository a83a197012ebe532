// FAISS as Debian ships it.
#include <faiss/IndexHNSW.h>
#include <omp.h>

#include "bench/vector_engine.h"

namespace quarry::bench {
namespace {

class Faiss final : public VectorEngine {
 public:
  std::string name() const override { return "faiss"; }

  void Build(const EmbeddingMatrix& base, uint32_t threads) override {
    omp_set_num_threads(static_cast<int>(threads));
    index_ = std::make_unique<faiss::IndexHNSWFlat>(static_cast<int>(base.dimension), 16,
                                                    faiss::METRIC_INNER_PRODUCT);
    index_->hnsw.efConstruction = 200;
    index_->add(static_cast<int64_t>(base.rows()), base.values.data());
    omp_set_num_threads(1);
  }

  size_t Search(std::span<const float> query, size_t k, uint32_t width, uint32_t* out) override {
    index_->hnsw.efSearch = static_cast<int>(width);
    positions_.resize(k);
    distances_.resize(k);
    index_->search(1, query.data(), static_cast<int64_t>(k), distances_.data(), positions_.data());
    for (size_t i = 0; i < k; ++i) out[i] = static_cast<uint32_t>(positions_[i]);
    return k;
  }

  uint64_t Bytes() const override {
    return static_cast<uint64_t>(index_->ntotal) * static_cast<uint64_t>(index_->d) *
               sizeof(float) +
           index_->hnsw.neighbors.size() * sizeof(int) +
           index_->hnsw.offsets.size() * sizeof(size_t) + index_->hnsw.levels.size() * sizeof(int);
  }

 private:
  std::unique_ptr<faiss::IndexHNSWFlat> index_;
  std::vector<faiss::Index::idx_t> positions_;
  std::vector<float> distances_;
};

}  // namespace

std::unique_ptr<VectorEngine> MakeFaiss() { return std::make_unique<Faiss>(); }

}  // namespace quarry::bench
