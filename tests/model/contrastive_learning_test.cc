#include "model/contrastive_learning.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "base/random.h"
#include "model/accumulate.h"
#include "model/contrastive_kernels.h"
#include "tests/testing/test_environment.h"

namespace quarry::model {
namespace {

constexpr uint32_t kTopics = 40;
constexpr uint32_t kWords = 5;  // of a topic in questions, and as many others in answers
constexpr uint32_t kStride = 32;

// Passages of two sentences: one of the words that questions about a topic use, one of the words
// that answers use. No word is in both.
Passages PlantedPassages(size_t count, uint64_t seed = 1) {
  Passages passages;
  passages.sentence_begin = {0};
  passages.passage_begin = {0};
  Random random(seed);
  for (size_t i = 0; i < count; ++i) {
    const uint32_t topic = static_cast<uint32_t>(i % kTopics);
    for (uint32_t side = 0; side < 2; ++side) {
      for (int word = 0; word < 3; ++word) {
        passages.tokens.push_back((2 * topic + side) * kWords +
                                  static_cast<uint32_t>(random.Below(kWords)));
      }
      passages.sentence_begin.push_back(passages.tokens.size());
    }
    passages.passage_begin.push_back(passages.sentence_begin.size() - 1);
  }
  return passages;
}

TermVectors RandomVectors() {
  TermVectors vectors;
  vectors.stride = kStride;
  vectors.weights.assign(2 * kTopics * kWords, 0.0f);
  Random random(2);
  for (size_t i = 0; i < vectors.terms() * kStride; ++i) {
    vectors.rows.push_back(static_cast<float>(random.Gaussian() / std::sqrt(kStride)));
  }
  return vectors;
}

// The share of topics whose question words lie closer to their answer words than to any others.
double Found(const TermVectors& vectors) {
  const auto embed = [&](uint32_t group) {
    std::vector<float> sum(kStride);
    for (uint32_t word = 0; word < kWords; ++word) {
      const uint32_t term = group * kWords + word;
      for (uint32_t j = 0; j < kStride; ++j) {
        sum[j] += std::exp(vectors.weights[term]) * vectors.Row(term)[j];
      }
    }
    const float length = std::sqrt(DotProduct(sum.data(), sum.data(), kStride));
    for (float& value : sum) value /= length;
    return sum;
  };
  int found = 0;
  for (uint32_t topic = 0; topic < kTopics; ++topic) {
    const std::vector<float> question = embed(2 * topic);
    uint32_t best = 0;
    float best_cosine = -2;
    for (uint32_t other = 0; other < kTopics; ++other) {
      const float cosine = DotProduct(question.data(), embed(2 * other + 1).data(), kStride);
      if (cosine > best_cosine) {
        best_cosine = cosine;
        best = other;
      }
    }
    found += best == topic ? 1 : 0;
  }
  return found / double{kTopics};
}

ContrastiveOptions Options(uint64_t pairs) {
  ContrastiveOptions options;
  options.pairs = pairs;
  options.batch = 64;
  return options;
}

TEST(ContrastiveLearningTest, FindsWhichAnswersBelongToWhichQuestions) {
  TermVectors vectors = RandomVectors();
  EXPECT_LT(Found(vectors), 0.2);
  ASSERT_OK(LearnContrastively(PlantedPassages(800), Options(8000), nullptr, CallContext(), nullptr,
                               vectors));
  EXPECT_GT(Found(vectors), 0.95);
}

TEST(ContrastiveLearningTest, TheNumberOfThreadsDoesNotChangeABit) {
  const Passages passages = PlantedPassages(700);
  TermVectors alone = RandomVectors();
  ContrastiveOptions options = Options(4000);
  options.batch = 512;
  ASSERT_OK(LearnContrastively(passages, options, nullptr, CallContext(), nullptr, alone));
  for (const size_t threads : {1, 2, 5}) {
    ThreadPool pool(threads, 64);
    TermVectors vectors = RandomVectors();
    ASSERT_OK(LearnContrastively(passages, options, &pool, CallContext(), nullptr, vectors));
    EXPECT_EQ(vectors.rows, alone.rows) << threads;
    EXPECT_EQ(vectors.weights, alone.weights) << threads;
  }
}

TEST(ContrastiveLearningTest, AnotherSeedLearnsOtherwise) {
  const Passages passages = PlantedPassages(200);
  TermVectors a = RandomVectors();
  TermVectors b = RandomVectors();
  ContrastiveOptions options = Options(500);
  ASSERT_OK(LearnContrastively(passages, options, nullptr, CallContext(), nullptr, a));
  options.seed = 43;
  ASSERT_OK(LearnContrastively(passages, options, nullptr, CallContext(), nullptr, b));
  EXPECT_NE(a.rows, b.rows);
}

TEST(ContrastiveLearningTest, ThePairsAskedForAreTheStepsTaken) {
  TermVectors vectors = RandomVectors();
  std::vector<uint64_t> seen;
  uint64_t last_total = 0;
  ASSERT_OK(LearnContrastively(
      PlantedPassages(800), Options(640), nullptr, CallContext(),
      [&](uint64_t done, uint64_t total) {
        seen.push_back(done);
        last_total = total;
      },
      vectors));
  EXPECT_EQ(last_total, 10u);
  EXPECT_EQ(seen, (std::vector<uint64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
}

TEST(ContrastiveLearningTest, StopsWhenCancelled) {
  TermVectors vectors = RandomVectors();
  CallContext context;
  uint64_t steps = 0;
  const Status status = LearnContrastively(
      PlantedPassages(800), Options(6400), nullptr, context,
      [&](uint64_t done, uint64_t) {
        steps = done;
        if (done == 3) context.cancel.Cancel();
      },
      vectors);
  EXPECT_EQ(status.code(), Code::kCancelled);
  EXPECT_EQ(steps, 3u);
}

TEST(ContrastiveLearningTest, WhatCannotBeLearntFromChangesNothing) {
  const TermVectors before = RandomVectors();
  Passages empty;
  Passages single = PlantedPassages(1);
  Passages words;  // of one word each
  words.tokens = {1, 2, 3};
  words.sentence_begin = {0, 1, 2, 3};
  words.passage_begin = {0, 1, 2, 3};
  for (const Passages& passages : {empty, single, words}) {
    TermVectors vectors = before;
    ASSERT_OK(LearnContrastively(passages, Options(100), nullptr, CallContext(), nullptr, vectors));
    EXPECT_EQ(vectors.rows, before.rows);
  }
}

TEST(ContrastiveLearningTest, FewShortAndEqualPassagesStayFinite) {
  Passages passages;
  passages.tokens = {0, 1, 0, 1, 0, 1, 2, 2, 2};
  passages.sentence_begin = {0, 2, 4, 6, 9};
  passages.passage_begin = {0, 1, 2, 3, 4};
  TermVectors vectors = RandomVectors();
  ASSERT_OK(LearnContrastively(passages, Options(400), nullptr, CallContext(), nullptr, vectors));
  for (const float value : vectors.rows) ASSERT_TRUE(std::isfinite(value));
  for (const float weight : vectors.weights) ASSERT_TRUE(std::isfinite(weight));
}

TEST(ContrastiveKernelsTest, ExpIsExpAndItsSumIsTheirs) {
  for (const float scale : {1.0f, 10.0f, 20.0f}) {
    std::vector<float> values;
    for (int i = 0; i < 4096; ++i) values.push_back(-1.0f + 2.0f * static_cast<float>(i) / 4096);
    std::vector<float> powers = values;
    const float sum = ExpInPlace(scale, powers.data(), powers.size());
    double expected = 0;
    for (size_t i = 0; i < values.size(); ++i) {
      const double power = std::exp(double{scale} * (double{values[i]} - 1.0));
      EXPECT_NEAR(powers[i] / power, 1.0, 5e-6) << scale << " " << values[i];
      expected += power;
    }
    EXPECT_NEAR(sum / expected, 1.0, 1e-5);
  }
  std::vector<float> low(8, -1e3f);
  EXPECT_LT(ExpInPlace(10.0f, low.data(), low.size()), 1e-30f);
}

TEST(ContrastiveKernelsTest, AdamIsTheFormula) {
  const AdamStep step = {.beta1 = 0.9f, .beta2 = 0.999f, .rate = 0.02f, .epsilon = 1e-8f};
  Random random(3);
  std::vector<float> gradient(24), row(24), m(24), v(24);
  for (size_t i = 0; i < row.size(); ++i) {
    gradient[i] = static_cast<float>(random.Gaussian());
    row[i] = static_cast<float>(random.Gaussian());
    m[i] = static_cast<float>(random.Gaussian());
    v[i] = static_cast<float>(random.Uniform());
  }
  const std::vector<float> row_before = row, m_before = m, v_before = v;
  AdamUpdate(step, gradient.data(), row.size(), row.data(), m.data(), v.data());
  for (size_t i = 0; i < row.size(); ++i) {
    const double first = 0.9 * m_before[i] + 0.1 * gradient[i];
    const double second = 0.999 * v_before[i] + 0.001 * double{gradient[i]} * gradient[i];
    EXPECT_NEAR(m[i], first, 1e-6);
    EXPECT_NEAR(v[i], second, 1e-6);
    EXPECT_NEAR(row[i], row_before[i] - 0.02 * first / (std::sqrt(second) + 1e-8), 1e-5);
  }
}

TEST(AccumulateTest, ASumOfRowsIsTheSameBitsHoweverItIsMade) {
  Random random(11);
  constexpr size_t kRows = 40;
  constexpr size_t kDistance = 448;
  std::vector<float> table(kRows * kDistance);
  for (float& value : table) value = static_cast<float>(random.Gaussian());
  const FloatRows rows{table.data(), kDistance};
  for (const size_t count : {8u, 16u, 24u, 64u, 72u, 256u, 264u, 272u, 384u, 392u, 448u}) {
    for (const size_t chosen_count : {0u, 1u, 2u, 5u, 30u}) {
      std::vector<uint32_t> chosen;
      std::vector<float> factors;
      for (size_t i = 0; i < chosen_count; ++i) {
        chosen.push_back(static_cast<uint32_t>(random.Below(kRows)));
        factors.push_back(static_cast<float>(random.Gaussian()));
      }
      std::vector<float> expected(count + 1, 7.0f);
      std::fill_n(expected.begin(), count, 0.0f);
      for (size_t i = 0; i < chosen_count; ++i) {
        for (size_t j = 0; j < count; ++j) {
          const float product = factors[i] * rows.row(chosen[i])[j];
          expected[j] += product;
        }
      }
      for (const auto sum : {&SumRows, &plain::SumRows, &plain::SumRowsAvx2}) {
        std::vector<float> sums(count + 1, 7.0f);  // the last is not to be touched
        sum(rows, chosen, factors, count, sums.data());
        EXPECT_EQ(sums, expected) << count << " of " << chosen_count;
      }
    }
  }
}

TEST(ContrastiveKernelsTest, TheProcessorsInstructionsGiveTheSameBits) {
  Random random(17);
  for (const size_t count : {8u, 64u, 256u, 1000u}) {
    const auto draw = [&] {
      std::vector<float> values(count);
      for (float& value : values) value = static_cast<float>(random.Gaussian());
      return values;
    };
    const std::vector<float> a = draw();
    const std::vector<float> b = draw();
    EXPECT_EQ(std::bit_cast<uint32_t>(DotProduct(a.data(), b.data(), count)),
              std::bit_cast<uint32_t>(plain::DotProduct(a.data(), b.data(), count)));

    std::vector<float> powers = a;
    for (float& value : powers) value = std::min(value, 1.0f);
    powers[0] = -1e3f;
    std::vector<float> plain_powers = powers;
    EXPECT_EQ(std::bit_cast<uint32_t>(ExpInPlace(20.0f, powers.data(), count)),
              std::bit_cast<uint32_t>(plain::ExpInPlace(20.0f, plain_powers.data(), count)));
    EXPECT_EQ(powers, plain_powers);

    const AdamStep step = {.beta1 = 0.9f, .beta2 = 0.999f, .rate = 0.02f, .epsilon = 1e-8f};
    std::vector<float> row = draw(), m = draw(), v = draw();
    for (float& value : v) value = value * value;
    std::vector<float> plain_row = row, plain_m = m, plain_v = v;
    AdamUpdate(step, a.data(), count, row.data(), m.data(), v.data());
    plain::AdamUpdate(step, a.data(), count, plain_row.data(), plain_m.data(), plain_v.data());
    EXPECT_EQ(row, plain_row);
    EXPECT_EQ(m, plain_m);
    EXPECT_EQ(v, plain_v);
  }
}

}  // namespace
}  // namespace quarry::model
