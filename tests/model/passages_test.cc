#include "model/passages.h"

#include <gtest/gtest.h>

#include "model/contrastive_learning.h"
#include "tests/testing/test_environment.h"

namespace quarry::model {
namespace {

using ::testing::ElementsAre;

TEST(PassagesTest, APairIsDrawnAsItIs) {
  Passages passages;
  passages.tokens = {1, 2, 3, 4, 5, 6, 7};
  passages.sentence_begin = {0, 2, 4, 7};
  passages.passage_begin = {0, 1, 3};
  passages.first_pair = 1;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    Random random(seed);
    std::vector<uint32_t> question;
    std::vector<uint32_t> answer;
    DrawPair(passages, 1, random, question, answer);
    EXPECT_THAT(question, ElementsAre(3, 4));
    EXPECT_THAT(answer, ElementsAre(5, 6, 7));
  }
}

// Two groups of pairs; only in a batch of both would terms of one be pushed from those of the
// other.
TEST(PassagesTest, ABatchIsOfOneGroup) {
  constexpr uint32_t kTerms = 64;  // of a group: questions, then answers
  Passages passages;
  passages.sentence_begin = {0};
  passages.passage_begin = {0};
  passages.first_pair = 0;
  passages.group_begin = {32};
  for (uint32_t group = 0; group < 2; ++group) {
    for (uint32_t i = 0; i < 32; ++i) {
      for (const uint32_t side : {0u, 1u}) {
        passages.tokens.push_back(group * kTerms + side * 32 + i);
        passages.sentence_begin.push_back(passages.tokens.size());
      }
      passages.passage_begin.push_back(passages.sentence_begin.size() - 1);
    }
  }
  TermVectors vectors;
  vectors.stride = 128;
  vectors.weights.assign(2 * kTerms, 0.0f);
  vectors.rows.assign(2 * kTerms * 128, 0.0f);
  // Each group in dimensions of its own: gradients that stay inside a group leave the others' at
  // zero.
  Random random(1);
  for (uint32_t term = 0; term < 2 * kTerms; ++term) {
    const uint32_t first = term < kTerms ? 0 : 64;
    for (uint32_t j = 0; j < 64; ++j) {
      vectors.Row(term)[first + j] = static_cast<float>(random.Gaussian());
    }
  }
  ContrastiveOptions options;
  options.batch = 16;
  options.pairs = 640;
  ASSERT_OK(LearnContrastively(passages, options, nullptr, CallContext(), nullptr, vectors));
  for (uint32_t term = 0; term < 2 * kTerms; ++term) {
    const uint32_t foreign = term < kTerms ? 64 : 0;
    for (uint32_t j = 0; j < 64; ++j) ASSERT_EQ(vectors.Row(term)[foreign + j], 0.0f) << term;
  }
}

}  // namespace
}  // namespace quarry::model
