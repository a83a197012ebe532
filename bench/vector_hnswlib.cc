// hnswlib (libhnswlib-dev), compiled for this machine.
#include <hnswlib/hnswlib.h>

#include <atomic>
#include <thread>

#include "bench/vector_engine.h"

namespace quarry::bench {
namespace {

class Hnswlib final : public VectorEngine {
 public:
  std::string name() const override { return "hnswlib"; }

  void Build(const EmbeddingMatrix& base, uint32_t threads) override {
    space_ = std::make_unique<hnswlib::InnerProductSpace>(base.dimension);
    index_ =
        std::make_unique<hnswlib::HierarchicalNSW<float>>(space_.get(), base.rows(), 16, 200, 42);
    std::atomic<size_t> next = 1;
    index_->addPoint(base.Row(0).data(), 0);
    const auto work = [&] {
      for (size_t i = next++; i < base.rows(); i = next++) index_->addPoint(base.Row(i).data(), i);
    };
    std::vector<std::jthread> others;
    for (uint32_t t = 1; t < threads; ++t) others.emplace_back(work);
    work();
  }

  size_t Search(std::span<const float> query, size_t k, uint32_t width, uint32_t* out) override {
    index_->setEf(width);
    auto found = index_->searchKnn(query.data(), k);
    const size_t count = found.size();
    for (size_t i = count; i > 0; --i) {
      out[i - 1] = static_cast<uint32_t>(found.top().second);
      found.pop();
    }
    return count;
  }

  uint64_t Bytes() const override {
    uint64_t bytes = index_->max_elements_ * (index_->size_data_per_element_ + sizeof(void*) +
                                              sizeof(int) + sizeof(std::mutex));
    for (size_t i = 0; i < index_->cur_element_count; ++i) {
      bytes += static_cast<uint64_t>(index_->element_levels_[i]) * index_->size_links_per_element_;
    }
    return bytes;
  }

 private:
  std::unique_ptr<hnswlib::InnerProductSpace> space_;
  std::unique_ptr<hnswlib::HierarchicalNSW<float>> index_;
};

}  // namespace

std::unique_ptr<VectorEngine> MakeHnswlib() { return std::make_unique<Hnswlib>(); }

}  // namespace quarry::bench
