#pragma once

// Latent semantic analysis (Deerwester et al., "Indexing by latent semantic analysis", 1990): where
// learning starts from.
//
// Text x term matrix of (1 + ln tf) * idf with unit rows; randomised SVD; the vector of a term is
// its right singular vector times the root of the singular values. Their lengths are kept: a term
// that the directions explain badly (a rare one) is short.

#include <cstdint>
#include <vector>

#include "base/call_context.h"
#include "base/status.h"
#include "base/thread_pool.h"
#include "model/corpus_terms.h"
#include "model/learnt_embedder.h"
#include "model/randomized_svd.h"

namespace quarry::model {

// By term: ln(texts / text frequency), with a floor above zero.
std::vector<float> InverseTextFrequencies(const CorpusTerms& corpus);

class LatentSemantics {
 public:
  // REQUIRES: 2 <= corpus.texts() < 2^31. Errors: those of the decomposition and of `context`.
  static Result<LatentSemantics> Learn(const CorpusTerms& corpus, const std::vector<float>& idf,
                                       const LearningOptions& options, ThreadPool* pool,
                                       const CallContext& context);

  // Values of a vector: options.dimension rounded up to a multiple of 8. Those behind what the
  // corpus carries (texts - 12 of a small one) are zero.
  size_t stride() const { return stride_; }
  // vector[0..stride()) = the vector of `term`.
  void TermVector(uint32_t term, float* vector) const;

  // Which terms have vectors of one direction, those that occur in one and the same text: the
  // number of their column.
  uint32_t ColumnOf(uint32_t term) const { return column_of_[term]; }
  uint32_t columns() const { return by_column_.rows; }
  // vector[0..stride) = the sum of the weights of a column's terms in each text times the text's
  // row of `texts`, which has `stride` values a row.
  void SumOfTexts(uint32_t column, const float* texts, size_t stride, float* vector) const {
    MultiplyRow(by_column_, column, texts, stride, stride, vector);
  }

 private:
  SparseMatrix by_column_;           // the transposed matrix
  std::vector<uint32_t> column_of_;  // by term
  std::vector<float> share_;         // by term: its vector = share * the vector of its column
  std::vector<float> left_;          // left singular vectors * singular^(-1/2), one row per text
  size_t left_stride_ = 0;
  size_t stride_ = 0;
};

}  // namespace quarry::model
