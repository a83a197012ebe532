#pragma once

// The weights of answer_words.h and sentence_ranking.h, one set for English and one for Chinese, as
// bench/answer_weights.cc fits them: on the questions with marked answers of one half of the articles of SQuAD 2,
// CMRC 2018 and DuReader-robust, dev each (decision 52). Internal to model/.

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "model/answer_words.h"
#include "model/sentence_ranking.h"

namespace quarry::model {

struct AnswerWeights {
  WordFeatures words;
  SentenceFeatures sentences;
};

template <size_t n>
double WeightedSum(const std::array<double, n>& features, const std::array<double, n>& weights) {
  // In four sums: each addition waits for the one before.
  std::array<double, 4> sums = {};
  for (size_t i = 0; i < n; ++i) sums[i % 4] += features[i] * weights[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

// Of a logarithm of odds; finite whatever the text.
inline double OddsOf(double logarithm) { return std::exp(std::clamp(logarithm, -50.0, 50.0)); }

// Those for passages in Chinese, or else in English.
const AnswerWeights& AnswerWeightsFor(bool in_chinese);

}  // namespace quarry::model
