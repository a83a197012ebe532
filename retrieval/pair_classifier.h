#pragma once

// PairClassifier: a logistic model over how much two questions share. It takes no download and a few
// microseconds, and knows no word: what it can tell is told in docs/benchmarks.md ("Stored answers").
//
// Its weights are learnt from pairs whose licences allow passing them on: PAWS-X (Chinese, half of the
// development set) and the development sets of STS-B; made by bench/cache_pairs.cc --learn.

#include <array>
#include <string>

#include "retrieval/question_facts.h"
#include "retrieval/question_verifier.h"

namespace quarry::retrieval {

inline constexpr size_t kPairFeatures = 8;
using PairFeatures = std::array<double, kPairFeatures>;

// 1; shares of the content words in common (of both, of the shorter, in the same order), of character
// pairs in common, of the lengths; the similarity given; whether all facts agree. Each 0 to 1, and
// symmetric in the questions. Pure.
PairFeatures FeaturesOf(const std::string& a, const std::string& b, double similarity);

class PairClassifier final : public QuestionVerifier {
 public:
  Result<std::string> Fingerprint() const override;
  // The probability that the questions are the same, 0 to 1.
  Result<double> Score(const std::string& asked, const std::string& stored, double similarity,
                       const CallContext& context) const override;
};

}  // namespace quarry::retrieval
