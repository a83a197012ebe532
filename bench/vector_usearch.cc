// usearch, by its C++ header (from the npm package "usearch"), compiled for this machine.
#include "bench/vector_engine.h"

#ifdef QUARRY_USEARCH
#include <atomic>
#include <thread>
#include <usearch/index_dense.hpp>

namespace quarry::bench {
namespace {

namespace us = unum::usearch;

class Usearch final : public VectorEngine {
 public:
  explicit Usearch(const std::string& codes) : codes_(codes) {}
  std::string name() const override { return "usearch " + codes_; }

  void Build(const EmbeddingMatrix& base, uint32_t threads) override {
    const us::scalar_kind_t kind = codes_ == "i8"     ? us::scalar_kind_t::i8_k
                                   : codes_ == "bf16" ? us::scalar_kind_t::bf16_k
                                                      : us::scalar_kind_t::f32_k;
    us::index_dense_config_t config(16, 200, 64);
    index_ = us::index_dense_t::make(
        us::metric_punned_t(base.dimension, us::metric_kind_t::ip_k, kind), config);
    index_.try_reserve({base.rows(), threads});
    std::atomic<size_t> next = 0;
    const auto work = [&](size_t thread) {
      for (size_t i = next++; i < base.rows(); i = next++) {
        index_.add(i, base.Row(i).data(), thread);
      }
    };
    std::vector<std::jthread> others;
    for (uint32_t t = 1; t < threads; ++t) others.emplace_back(work, t);
    work(0);
  }

  size_t Search(std::span<const float> query, size_t k, uint32_t width, uint32_t* out) override {
    index_.change_expansion_search(width);
    const auto found = index_.search(query.data(), k, 0);
    for (size_t i = 0; i < found.size(); ++i) {
      out[i] = static_cast<uint32_t>(found[i].member.key);
    }
    return found.size();
  }

  uint64_t Bytes() const override { return index_.memory_usage(); }

 private:
  const std::string codes_;
  us::index_dense_t index_;
};

}  // namespace

std::unique_ptr<VectorEngine> MakeUsearch(const std::string& codes) {
  return std::make_unique<Usearch>(codes);
}

}  // namespace quarry::bench

#else

namespace quarry::bench {
std::unique_ptr<VectorEngine> MakeUsearch(const std::string&) { return nullptr; }
}  // namespace quarry::bench

#endif
