#include "model/term_start.h"

#include <algorithm>
#include <cmath>

#include "base/hash.h"
#include "base/random.h"
#include "model/contrastive_kernels.h"
#include "model/huge_pages.h"
#include "model/row_packing.h"

namespace quarry::model {
namespace {

constexpr size_t kStartGrain = 256;  // vectors computed per task
// The start of a term's vector: so much of its latent one, so much of a random one.
constexpr float kLatentShare = 0.81f;
constexpr float kRandomShare = 0.59f;
// A term starts with the weight idf * (length of its latent vector)^kLengthPower: one that the
// directions explain badly says less. At 1 the vectors alone are best where little is learnt, at 0
// where names and numbers decide.
constexpr float kLengthPower = 0.5f;
constexpr float kShortestLatent = 1e-9f;

}  // namespace

Status StartVectors(const CorpusTerms& corpus, const std::vector<uint32_t>& number_of,
                    const LatentSemantics& latent, const std::vector<float>& idf,
                    const LearningOptions& options, ThreadPool* pool, const CallContext& context,
                    TermVectors& vectors) {
  const size_t stride = latent.stride();
  const size_t learnt =
      static_cast<size_t>(std::count_if(number_of.begin(), number_of.end(), [](uint32_t number) {
        return number != CorpusTerms::kNoTerm;
      }));
  vectors.stride = static_cast<uint32_t>(stride);
  ResizeHuge(vectors.rows, learnt * stride);
  vectors.weights.resize(learnt);
  return ForEachRange(pool, number_of.size(), kStartGrain, context, [&](size_t begin, size_t end) {
    std::vector<float> drawn(stride);
    for (size_t term = begin; term < end; ++term) {
      if (number_of[term] == CorpusTerms::kNoTerm) continue;
      float* const row = vectors.Row(number_of[term]);
      latent.TermVector(static_cast<uint32_t>(term), row);
      const float length = std::sqrt(DotProduct(row, row, stride));
      ScaleToUnit(row, stride);
      Random random(Hash64(corpus.terms[term], options.seed));
      for (size_t j = 0; j < options.dimension; ++j) {
        drawn[j] = static_cast<float>(random.Gaussian());
      }
      ScaleToUnit(drawn.data(), stride);
      for (size_t j = 0; j < stride; ++j) {
        row[j] = kLatentShare * row[j] + kRandomShare * drawn[j];
      }
      vectors.weights[number_of[term]] =
          std::log(idf[term]) + kLengthPower * std::log(std::max(length, kShortestLatent));
    }
  });
}

}  // namespace quarry::model
