#include <cstdio>
#include <cstdlib>

#include "bench/vector_engine.h"
#include "index/vector_index.h"

namespace quarry::bench {
namespace {

class Quarry final : public VectorEngine {
 public:
  Quarry(const std::string& kind, const std::string& codes)
      : name_("quarry " + kind + " " + codes) {
    options_.kind = index::ParseVectorIndexKind(kind).value();
    options_.codes = index::ParseVectorCodeKind(codes).value();
  }
  std::string name() const override { return name_; }

  void Build(const EmbeddingMatrix& base, uint32_t threads) override {
    options_.build_threads = threads;
    index::VectorSource source{.dimension = base.dimension};
    for (size_t i = 0; i < base.rows(); ++i) {
      source.rows.push_back(static_cast<RowId>(i));
      table_.Append(DocumentNumber(i + 1), std::to_string(i), {ChunkId(i + 1)});
    }
    source.read = [&](size_t i, std::span<float> out) {
      const std::span<const float> row = base.Row(i);
      std::copy(row.begin(), row.end(), out.begin());
      return OkStatus();
    };
    auto built = index::BuildVectorIndex(options_, std::move(source), {});
    if (!built.ok()) {
      std::fprintf(stderr, "%s\n", built.status().ToString().c_str());
      std::exit(1);
    }
    index_ = *std::move(built);
  }

  size_t Search(std::span<const float> query, size_t k, uint32_t width, uint32_t* out) override {
    const auto found =
        index_->Search(query, k, filter_, table_, {.width = width}, context_).value();
    for (size_t i = 0; i < found.size(); ++i) out[i] = found[i].row;
    return found.size();
  }

  uint64_t Bytes() const override { return index_->MemoryBytes(); }
  void SetFilter(const Bitmap* filter) override { filter_ = filter; }

 private:
  const std::string name_;
  index::VectorIndexOptions options_;
  index::RowTable table_;
  CallContext context_;
  const Bitmap* filter_ = nullptr;
  std::shared_ptr<const index::VectorIndex> index_;
};

}  // namespace

std::unique_ptr<VectorEngine> MakeQuarry(const std::string& kind, const std::string& codes) {
  return std::make_unique<Quarry>(kind, codes);
}

}  // namespace quarry::bench
