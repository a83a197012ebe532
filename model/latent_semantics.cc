#include "model/latent_semantics.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "model/text_weights.h"

namespace quarry::model {
namespace {

constexpr uint32_t kOversampling = 10;
// Terms that stand in nearly every text have an idf near 0; the floor keeps their weight positive.
constexpr double kLowestIdf = 0.05;
// Directions weaker than this share of the strongest are rounding noise of the learning.
constexpr double kWeakest = 1e-4;

// The matrix that is decomposed, and how the terms relate to its columns.
struct WeightedCounts {
  SparseMatrix matrix;
  std::vector<uint32_t> column_of;  // by term
  std::vector<float> share;         // by term: its vector = share * the vector of its column
};

// The terms that occur in one text only are one column of that text, with the root of the sum of
// their squares: A A^T, and so the directions and the texts' places, stay the same to the last
// digit, and most columns go (half of the terms of English occur once, and most character pairs of
// Chinese).
WeightedCounts WeighCounts(const CorpusTerms& corpus, const std::vector<float>& idf) {
  WeightedCounts result;
  SparseMatrix& matrix = result.matrix;
  const size_t terms = corpus.terms.size();
  result.column_of.assign(terms, CorpusTerms::kNoTerm);
  result.share.assign(terms, 1.0f);
  for (size_t term = 0; term < terms; ++term) {
    if (corpus.text_frequency[term] > 1) result.column_of[term] = matrix.columns++;
  }
  matrix.row_begin.push_back(0);
  std::vector<uint32_t> tokens;
  std::vector<CountedTerm> counted;
  std::vector<std::pair<uint32_t, float>> row;   // column, value
  std::vector<std::pair<uint32_t, float>> once;  // term, value
  for (size_t text = 0; text < corpus.texts(); ++text) {
    tokens.assign(corpus.tokens.begin() + static_cast<ptrdiff_t>(corpus.TokensBegin(text)),
                  corpus.tokens.begin() + static_cast<ptrdiff_t>(corpus.TokensEnd(text)));
    CountOccurrences(tokens, counted);
    row.clear();
    once.clear();
    double squares = 0;
    double once_squares = 0;
    for (const CountedTerm& entry : counted) {
      const float weight = TermFrequencyWeight(entry.count) * idf[entry.term];
      squares += double{weight} * weight;
      if (corpus.text_frequency[entry.term] > 1) {
        row.emplace_back(result.column_of[entry.term], weight);
      } else {
        once_squares += double{weight} * weight;
        once.emplace_back(entry.term, weight);
      }
    }
    if (!once.empty()) {
      const float length = static_cast<float>(std::sqrt(once_squares));
      for (const auto& [term, weight] : once) {
        result.column_of[term] = matrix.columns;
        result.share[term] = weight / length;
      }
      row.emplace_back(matrix.columns++, length);
    }
    const float scale = squares > 0 ? static_cast<float>(1.0 / std::sqrt(squares)) : 0.0f;
    for (const auto& [column, weight] : row) {  // ascending: columns of texts lie behind the others
      matrix.column.push_back(column);
      matrix.value.push_back(weight * scale);
    }
    matrix.row_begin.push_back(matrix.column.size());
  }
  matrix.rows = static_cast<uint32_t>(corpus.texts());
  return result;
}

// How many directions `texts` texts can teach. A corpus of a few hundred texts has as many
// directions as texts, and the last of them are accidents of single texts.
uint32_t RankFor(uint32_t dimension, size_t texts) {
  const size_t carried = texts >= 24 ? texts - 12 : (texts + 1) / 2;
  return static_cast<uint32_t>(std::min<size_t>(dimension, carried));
}

}  // namespace

std::vector<float> InverseTextFrequencies(const CorpusTerms& corpus) {
  std::vector<float> idf;
  idf.reserve(corpus.terms.size());
  for (const uint32_t frequency : corpus.text_frequency) {
    const double value = std::log(static_cast<double>(corpus.texts()) / frequency);
    idf.push_back(static_cast<float>(std::max(value, kLowestIdf)));
  }
  return idf;
}

Result<LatentSemantics> LatentSemantics::Learn(const CorpusTerms& corpus,
                                               const std::vector<float>& idf,
                                               const LearningOptions& options, ThreadPool* pool,
                                               const CallContext& context) {
  WeightedCounts weighted = WeighCounts(corpus, idf);
  LatentSemantics result;
  result.by_column_ = weighted.matrix.Transposed();
  SvdOptions svd_options;
  svd_options.rank = RankFor(options.dimension, weighted.matrix.rows);
  svd_options.oversampling = kOversampling;
  svd_options.power_iterations = options.power_iterations;
  svd_options.seed = options.seed;
  QUARRY_ASSIGN_OR_RETURN(
      Svd svd, RandomizedSvd(weighted.matrix, result.by_column_, svd_options, pool, context));
  size_t rank = 0;
  while (rank < svd.singular.size() && svd.singular[rank] > kWeakest * svd.singular[0]) ++rank;
  QUARRY_CHECK(rank > 0);  // weights are positive, so the matrix is not zero
  // Term vectors are right * S^(1/2) = A^T * left * S^(-1/2). The power of S is flat from 0.25 to
  // 0.65 on Cranfield, and taking the mean off makes no difference.
  for (uint32_t text = 0; text < weighted.matrix.rows; ++text) {
    float* const row = &svd.left[text * svd.stride];
    for (size_t j = 0; j < svd.stride; ++j) {
      row[j] = j < rank ? row[j] * static_cast<float>(1.0 / std::sqrt(svd.singular[j])) : 0.0f;
    }
  }
  result.left_ = std::move(svd.left);
  result.left_stride_ = svd.stride;
  result.stride_ = (options.dimension + size_t{7}) / 8 * 8;
  result.column_of_ = std::move(weighted.column_of);
  result.share_ = std::move(weighted.share);
  return result;
}

void LatentSemantics::TermVector(uint32_t term, float* vector) const {
  std::vector<float> sums(left_stride_);
  MultiplyRow(by_column_, column_of_[term], left_.data(), left_stride_, left_stride_, sums.data());
  const size_t used = std::min(left_stride_, stride_);
  for (size_t j = 0; j < used; ++j) vector[j] = share_[term] * sums[j];
  std::fill(vector + used, vector + stride_, 0.0f);
}

}  // namespace quarry::model
