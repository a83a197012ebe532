#pragma once

// The scoring formula of the lexical index.
//
//   score(q, d) = sum over terms t of q: qtf * idf(t) * (k1 + 1) * count / (count + norm(length))
//   idf(t)      = ln(1 + (N - df + 0.5) / (df + 0.5))
//   norm(l)     = k1 * (1 - b + b * l / avgl)
//
// (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009; idf as
// in Lucene, never negative.)
//
// What a term adds is a whole number of units; a unit is a power of two chosen per query so that
// all its terms together stay below 2^31. So the sum does not depend on the order of the terms, and
// bounds on it are exact: whatever was skipped could not have been among the best. The unit is less
// than a 2^29th of the highest score; the single terms are worked out in floats.
//
// Pure and thread-safe.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace quarry::index {

struct Bm25Parameters {
  double k1 = 1.2;  // saturation of term frequency; 0 = presence only
  double b = 0.75;  // strength of length normalisation, 0 to 1
  friend bool operator==(const Bm25Parameters&, const Bm25Parameters&) = default;
};

// norm(length) as floats.
struct LengthNorm {
  float base = 0;
  float slope = 0;  // per token

  // Of `rows` rows with `tokens` tokens together.
  LengthNorm(const Bm25Parameters& parameters, uint64_t rows, uint64_t tokens);
};

double InverseDocumentFrequency(uint64_t rows, uint64_t document_frequency);

// The weights of a query's terms.
class TermWeights {
 public:
  // `importance` by term: qtf * idf.
  TermWeights(const Bm25Parameters& parameters, std::span<const double> importance);

  float weight(size_t term) const { return weights_[term]; }  // in units
  double ScoreOf(uint32_t units) const { return units * unit_; }
  // The least number of units whose score is at least `score`; 1 if that is less.
  uint32_t UnitsOf(double score) const;

 private:
  double unit_ = 1;
  std::vector<float> weights_;
};

// A bound in units on TermScore (bm25_kernels.h) of postings with the impact `impact` (postings.h), for a segment
// whose average length is 1 / `stretch` of the present one.
uint32_t ScoreBound(float weight, uint8_t impact, double stretch);

}  // namespace quarry::index
