#include "model/sentence_ranking.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "model/answer_weights.h"

namespace quarry::model {
namespace {

Passage WithBlocks(const std::vector<std::pair<BlockKind, std::string>>& blocks, double score = 5) {
  Passage passage;
  passage.score = score;
  for (const auto& [kind, text] : blocks) {
    const size_t begin = passage.chunk.text.size();
    passage.chunk.text += text;
    passage.chunk.blocks.push_back(
        {.kind = kind, .depth = 1, .begin = begin, .end = passage.chunk.text.size()});
    passage.chunk.text += "\n\n";
  }
  return passage;
}

class SentenceRankingTest : public ::testing::Test {
 protected:
  std::vector<SentenceFeatures> Features(const std::string& question,
                                         const std::vector<Passage>& passages) {
    const PassageReading reading(question, passages, analyzer_, 160);
    return FeaturesOfSentences(reading, AnswerWeightsFor(IsMostlyCjk(question)).words);
  }
  std::vector<double> Scores(const std::string& question, const std::vector<Passage>& passages) {
    return SentenceScores(PassageReading(question, passages, analyzer_, 160));
  }

  Analyzer analyzer_;
};

TEST_F(SentenceRankingTest, TheSentenceThatHoldsWhatIsAskedForScoresHighest) {
  const std::vector<Passage> passages = {WithBlocks(
      {{BlockKind::kParagraph,
        "The weir at Orrin is old. The weir was rebuilt in 1931. Nobody knows who painted it."}})};
  const std::vector<double> scores = Scores("When was the weir rebuilt?", passages);
  ASSERT_EQ(scores.size(), 3u);
  EXPECT_GT(scores[1], scores[0]);
  EXPECT_GT(scores[1], scores[2]);
}

TEST_F(SentenceRankingTest, WhatIsAskedForInOtherFormsCounts) {
  const auto features = Features(
      "Who was the founder of Halden?",
      {WithBlocks({{BlockKind::kParagraph, "Ruth founded Halden. Ruth visited Halden."}})});
  EXPECT_GT(features[0][SentenceFeature::kLooseCoverage], 0);
  EXPECT_EQ(features[1][SentenceFeature::kLooseCoverage], 0);
}

TEST_F(SentenceRankingTest, NeighboursCountForSentences) {
  const auto features = Features(
      "What is the maximum pressure of the DP-15 pump?",
      {WithBlocks(
          {{BlockKind::kParagraph, "The DP-15 is a pump. Its maximum pressure is 9 bar."}})});
  EXPECT_GT(features[1][SentenceFeature::kNeighbourCoverage], 0);
}

// The same rows in another company: by itself a row says the same.
TEST_F(SentenceRankingTest, ARowStandsForItselfBelowItsHeader) {
  const std::string row = "Property: Power; Value: 22 kW";
  const auto alone =
      Features("What is the power of the motor?", {WithBlocks({{BlockKind::kTable, row}})});
  const auto among =
      Features("What is the power of the motor?",
               {WithBlocks({{BlockKind::kTable, "Property: Motor; Value: none\n" + row +
                                                    "\nProperty: Mass; Value: 3 kg"}})});
  ASSERT_EQ(among.size(), 3u);
  for (const auto name :
       {SentenceFeature::kNeighbourCoverage, SentenceFeature::kTokens, SentenceFeature::kBegin,
        SentenceFeature::kFirst, SentenceFeature::kShort}) {
    EXPECT_EQ(alone[0][name], among[1][name]) << name;
  }
  EXPECT_EQ(among[1][SentenceFeature::kNeighbourCoverage], 0);
  const auto prose =
      Features("What is the power of the motor?", {WithBlocks({{BlockKind::kParagraph, row}})});
  EXPECT_NE(prose[0][SentenceFeature::kTokens], alone[0][SentenceFeature::kTokens]);
}

TEST_F(SentenceRankingTest, ALineOfCodeCountsLessThanTheSameSentence) {
  const std::string text = "The port is 8471.";
  EXPECT_LT(Scores("Which port is it?", {WithBlocks({{BlockKind::kCode, text}})})[0],
            Scores("Which port is it?", {WithBlocks({{BlockKind::kParagraph, text}})})[0]);
}

TEST_F(SentenceRankingTest, TheNearerPassageByVectorsWins) {
  std::vector<Passage> passages(2,
                                WithBlocks({{BlockKind::kParagraph, "The limit is 40 litres."}}));
  passages[0].breakdown = {.dense_rank = 2, .dense_score = 0.2};
  passages[1].breakdown = {.dense_rank = 1, .dense_score = 0.6};
  const std::vector<double> scores = Scores("What is the limit?", passages);
  EXPECT_LT(scores[0], scores[1]);
}

TEST_F(SentenceRankingTest, FeaturesAreFiniteWhateverThePassages) {
  for (const char* question : {"x", "阀门", "Who? 谁", "what percentage 12%"}) {
    for (const double score : {0.0, -1.0, 1e300}) {
      const std::vector<Passage> passages = {
          WithBlocks({{BlockKind::kParagraph, "x"}, {BlockKind::kTable, "；\n\xff"}}, score),
          WithBlocks({{BlockKind::kParagraph, "谁 12% 阀门。"}}, score)};
      for (const auto& features : Features(question, passages)) {
        for (const double value : features) EXPECT_TRUE(std::isfinite(value)) << question;
      }
    }
  }
}

}  // namespace
}  // namespace quarry::model
