#include "bench/vector_data.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "base/file.h"
#include "base/random.h"
#include "index/vector_math.h"

namespace quarry::bench {
namespace {

constexpr size_t kClusters = 2000;
constexpr uint32_t kLatent = 48;
constexpr double kSpread = 0.5;  // of a cluster, centres being standard normal

class Mixture {
 public:
  Mixture(uint32_t dimension, uint64_t seed) : dimension_(dimension) {
    Random random(seed);
    for (size_t i = 0; i < kClusters * kLatent; ++i) centres_.push_back(random.Gaussian());
    for (size_t i = 0; i < size_t{kLatent} * dimension; ++i) lift_.push_back(random.Gaussian());
  }

  void Draw(Random& random, std::span<float> out) const {
    const size_t cluster = random.Below(kClusters);
    std::vector<double> sum(dimension_, 0.0);
    for (uint32_t i = 0; i < kLatent; ++i) {
      const double latent = centres_[cluster * kLatent + i] + kSpread * random.Gaussian();
      const double* const row = &lift_[size_t{i} * dimension_];
      for (uint32_t j = 0; j < dimension_; ++j) sum[j] += latent * row[j];
    }
    double square = 0;
    for (const double value : sum) square += value * value;
    for (uint32_t j = 0; j < dimension_; ++j) {
      out[j] = static_cast<float>(sum[j] / std::sqrt(square));
    }
  }

 private:
  const uint32_t dimension_;
  std::vector<double> centres_;
  std::vector<double> lift_;
};

// Runs body(i) for every i on two threads.
template <typename Body>
void InParallel(size_t count, const Body& body) {
  std::jthread other([&] {
    for (size_t i = 1; i < count; i += 2) body(i);
  });
  for (size_t i = 0; i < count; i += 2) body(i);
}

EmbeddingMatrix Draw(const Mixture& mixture, size_t count, uint32_t dimension, uint64_t seed) {
  EmbeddingMatrix matrix{.dimension = dimension, .values = {}};
  matrix.values.resize(count * dimension);
  InParallel(count, [&](size_t i) {
    Random random(seed + i * 0x9E3779B9u);
    mixture.Draw(random, matrix.Row(i));
  });
  return matrix;
}

void FindNearest(VectorData& data, size_t k) {
  data.nearest.resize(data.queries.rows());
  InParallel(data.queries.rows(), [&](size_t q) {
    std::vector<std::pair<float, uint32_t>> scores(data.base.rows());
    for (size_t i = 0; i < scores.size(); ++i) {
      scores[i] = {-index::InnerProduct(data.queries.Row(q).data(), data.base.Row(i).data(),
                                        data.base.dimension),
                   static_cast<uint32_t>(i)};
    }
    std::partial_sort(scores.begin(), scores.begin() + static_cast<ptrdiff_t>(k), scores.end());
    for (size_t i = 0; i < k; ++i) data.nearest[q].push_back(scores[i].second);
  });
}

EmbeddingMatrix ReadMatrix(const char* path, uint32_t dimension) {
  const Result<std::string> bytes = ReadFile(path);
  if (!bytes.ok() || bytes->size() % (dimension * sizeof(float)) != 0) {
    std::fprintf(stderr, "%s: %s\n", path,
                 bytes.ok() ? "not of that dimension" : bytes.status().message().c_str());
    std::exit(1);
  }
  EmbeddingMatrix matrix{.dimension = dimension, .values = {}};
  matrix.values.resize(bytes->size() / sizeof(float));
  std::copy(bytes->begin(), bytes->end(), reinterpret_cast<char*>(matrix.values.data()));
  return matrix;
}

}  // namespace

VectorData MakeVectorData(const VectorDataOptions& options) {
  const Mixture mixture(options.dimension, options.seed);
  VectorData data;
  data.base = Draw(mixture, options.count, options.dimension, options.seed * 1000 + 1);
  data.queries = Draw(mixture, options.queries, options.dimension, options.seed * 1000 + 2);
  FindNearest(data, options.k);
  return data;
}

VectorData ReadVectorData(const char* base, const char* queries, uint32_t dimension, size_t k) {
  VectorData data;
  data.base = ReadMatrix(base, dimension);
  data.queries = ReadMatrix(queries, dimension);
  FindNearest(data, k);
  return data;
}

}  // namespace quarry::bench
