#include "eval/retrieval_diff.h"

#include "base/random.h"
#include "eval/query_ranking.h"
#include "tests/testing/beir_testing.h"
#include "tests/testing/eval_testing.h"

namespace quarry::eval {
namespace {

using ::testing::SizeIs;

TEST(PairedIntervalTest, HoldsTheMeanAndNarrowsWithTheNumber) {
  const std::vector<double> few = {0.1, -0.1, 0.3, 0.1};
  const Estimate wide = EstimateIndependentMean(few);
  EXPECT_DOUBLE_EQ(wide.mean, 0.1);
  EXPECT_LE(wide.low, wide.mean);
  EXPECT_GE(wide.high, wide.mean);
  std::vector<double> many;
  for (int i = 0; i < 100; ++i) many.insert(many.end(), few.begin(), few.end());
  const Estimate narrow = EstimateIndependentMean(many);
  EXPECT_LT(narrow.high - narrow.low, (wide.high - wide.low) / 4);
  EXPECT_EQ(EstimateIndependentMean(few).low, wide.low);
  EXPECT_EQ(EstimateIndependentMean({}).high, 0);
  // The standard error of the mean of 400 is 0.007: 1.96 of them to either side.
  EXPECT_NEAR(narrow.high - narrow.low, 2 * 1.96 * 0.1414 / 20, 0.003);
}

TEST(RetrievalDiffTest, MovesAndOverlapOfTwoRankings) {
  const auto moves = MovesBetween({"a", "b", "c"}, {"a", "c", "d"});
  ASSERT_THAT(moves, SizeIs(3));
  EXPECT_EQ(moves[0].document, "b");
  EXPECT_EQ(moves[0].before, 2u);
  EXPECT_EQ(moves[0].after, 0u);
  EXPECT_EQ(moves[1].document, "c");
  EXPECT_EQ(moves[1].after, 2u);
  EXPECT_EQ(moves[2].document, "d");
  EXPECT_EQ(moves[2].before, 0u);
  EXPECT_DOUBLE_EQ(OverlapOf({"a", "b", "c"}, {"a", "c", "d"}), 2.0 / 3);
  EXPECT_DOUBLE_EQ(OverlapOf({"a"}, {"a", "b", "c", "d"}), 0.25);
  EXPECT_DOUBLE_EQ(OverlapOf({}, {}), 1);
}

TEST(TuningTest, AWeightIsAdvisedOnlyWhereTheGainIsNoChance) {
  TuningReport report{.current = 0.35};
  report.trials = {{.weight = 0, .ndcg = std::vector<double>(50, 0.5)},
                   {.weight = 0.35, .ndcg = std::vector<double>(50, 0.6)},
                   {.weight = 0.5, .ndcg = std::vector<double>(50, 0.7)},
                   {.weight = 0.6, .ndcg = std::vector<double>(50, 0.7)}};
  ChooseWeight(report);
  EXPECT_EQ(report.best, 0.5);
  EXPECT_EQ(report.advised, 0.5);
  EXPECT_NEAR(report.gain.mean, 0.1, 1e-9);
  // One query alone gains: that may be chance.
  report.trials[2].ndcg = report.trials[3].ndcg = report.trials[1].ndcg;
  report.trials[2].ndcg[7] = 0.9;
  ChooseWeight(report);
  EXPECT_EQ(report.best, 0.5);
  EXPECT_EQ(report.advised, 0.35);
  // So may two that gain, of which one measures.
  for (WeightTrial& trial : report.trials) trial.ndcg.resize(2);
  report.trials[2].ndcg = {0.9, 0.9};
  ChooseWeight(report);
  EXPECT_EQ(report.best, 0.5);
  EXPECT_EQ(report.advised, 0.35);
}

// Twenty weights that differ by chance alone: the best of them looks better on the questions that
// chose it.
TEST(ChooseWeightTest, WhatIsTheBestOfManyByChanceIsNoGain) {
  Random random(3);
  int advised = 0;
  double apparent = 0;
  for (int run = 0; run < 100; ++run) {
    TuningReport report{.current = 0};
    for (int i = 0; i <= 20; ++i) {
      WeightTrial& trial = report.trials.emplace_back();
      trial.weight = i / 20.0;
      for (int q = 0; q < 60; ++q) trial.ndcg.push_back(random.Uniform());
    }
    ChooseWeight(report);
    advised += report.advised != report.current ? 1 : 0;
    apparent += report.apparent_gain / 100;
  }
  EXPECT_GT(apparent, 0.05);
  EXPECT_LE(advised, 9);  // of 100 at 5 %: more has a chance of 3 %
}

// Two topics, and judgements that only words satisfy.
class RetrievalDiffCorpusTest : public ::testing::Test {
 protected:
  RetrievalDiffCorpusTest() { testing::WritePumpCollection(directory_.path()); }
  EvalParts Parts() { return testing::EvalPartsOf(engine_); }
  TemporaryDirectory directory_ = testing::MakeTemporaryDirectory();
  testing::TestEngine engine_;
};

TEST(RankDocumentsTest, AQueryThatIsADocumentDoesNotFindItself) {
  testing::TestEngine engine;
  engine.Add({testing::TextDocument("q1", "", "The red pump delivers ten litres."),
              testing::TextDocument("d1", "", "The red pump delivers much."),
              testing::TextDocument("d2", "", "红泵位于左岸。")});
  const Query query{.text = "The red pump delivers ten litres.", .mode = SearchMode::kLexical};
  const auto snapshot = engine.snapshot();
  ASSERT_OK_AND_ASSIGN(const QueryRanking ranking,
                       RankDocuments(engine.retriever, query, "q1", 10, *snapshot, CallContext()));
  ASSERT_THAT(ranking.documents, SizeIs(1));
  EXPECT_EQ(ranking.documents[0].id, "d1");
  ASSERT_OK_AND_ASSIGN(const QueryRanking other,
                       RankDocuments(engine.retriever, query, "q2", 10, *snapshot, CallContext()));
  EXPECT_THAT(other.documents, SizeIs(2));
}

TEST_F(RetrievalDiffCorpusTest, TheSameTwiceDiffersNowhereAndAnotherModeDoes) {
  RetrievalDiffOptions options{.directory = directory_.path(), .k = 5, .shown = 3};
  ASSERT_OK_AND_ASSIGN(const RetrievalDiffReport same,
                       DiffRetrieval(options, Parts(), nullptr, {}));
  EXPECT_EQ(same.queries, 40u);
  EXPECT_EQ(same.changed, 0u);
  EXPECT_DOUBLE_EQ(same.mean_overlap, 1);
  EXPECT_EQ(same.gain.high, 0);
  options.after.mode = SearchMode::kDense;
  ASSERT_OK_AND_ASSIGN(const RetrievalDiffReport other,
                       DiffRetrieval(options, Parts(), nullptr, {}));
  EXPECT_GT(other.changed, 0u);
  EXPECT_LT(other.mean_overlap, 1);
  EXPECT_THAT(other.largest, SizeIs(3));
  EXPECT_DOUBLE_EQ(other.ndcg_before, same.ndcg_before);
  EXPECT_NEAR(other.gain.mean, other.ndcg_after - other.ndcg_before, 1e-9);
}

TEST_F(RetrievalDiffCorpusTest, TuningTriesTheGridAndTheCurrentWeight) {
  ASSERT_OK_AND_ASSIGN(const TuningReport report,
                       TuneDenseWeight({.directory = directory_.path()}, Parts(), nullptr, {}));
  EXPECT_THAT(report.trials, SizeIs(21));
  EXPECT_EQ(report.collection, "default");
  EXPECT_EQ(report.current, 0.35);
  for (const WeightTrial& trial : report.trials) {
    EXPECT_THAT(trial.ndcg, SizeIs(40));
    EXPECT_LE(trial.mean, report.trials[static_cast<size_t>(report.best * 20 + 0.5)].mean);
  }
}

}  // namespace
}  // namespace quarry::eval
