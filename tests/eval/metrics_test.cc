#include "eval/metrics.h"

#include <cmath>
#include <limits>

#include "tests/testing/test_environment.h"

namespace quarry::eval {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr double kExact = 1e-12;

std::vector<std::string> SortedIds(std::vector<RankedDocument> ranking) {
  SortRanking(ranking);
  std::vector<std::string> ids;
  for (const RankedDocument& document : ranking) ids.push_back(document.id);
  return ids;
}

// `count` documents n1, n2, .. that nobody judged, scored from `score` downwards.
std::vector<RankedDocument> Unjudged(int count, double score) {
  std::vector<RankedDocument> ranking;
  for (int i = 1; i <= count; ++i) ranking.push_back({"n" + std::to_string(i), score - i});
  return ranking;
}

TEST(SortRankingTest, OrdersByScoreThenByIdDescending) {
  EXPECT_THAT(SortedIds({{"a", 1}, {"c", 1}, {"b", 1}, {"z", 0.5}, {"m", 2}}),
              ElementsAre("m", "c", "b", "a", "z"));
}

TEST(SortRankingTest, ComparesIdsOfTiesAsBytesNotAsNumbersOrLetters) {
  EXPECT_THAT(SortedIds({{"10", 1}, {"9", 1}, {"B", 1}, {"a", 1}}),
              ElementsAre("a", "B", "9", "10"));
  // UTF-8 bytes are above ASCII ones, also where char is signed.
  EXPECT_THAT(SortedIds({{"é", 1}, {"z", 1}, {"文", 1}}), ElementsAre("文", "é", "z"));
  // A longer id is above its own beginning.
  EXPECT_THAT(SortedIds({{"d1", 1}, {"d10", 1}, {"d", 1}}), ElementsAre("d10", "d1", "d"));
}

TEST(SortRankingTest, TellsScoresApartThatFloatCannot) {
  EXPECT_THAT(SortedIds({{"z", 0.9222621453752586}, {"a", 0.9222621453752587}}),
              ElementsAre("a", "z"));
}

TEST(SortRankingTest, KeepsTheBestEntryOfARepeatedDocument) {
  EXPECT_THAT(SortedIds({{"a", 1}, {"b", 2}, {"a", 3}, {"b", 2}, {"c", 0}}),
              ElementsAre("a", "b", "c"));
}

TEST(SortRankingTest, PutsNanLast) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_THAT(SortedIds({{"x", nan}, {"low", -infinity}, {"y", nan}, {"high", infinity}}),
              ElementsAre("high", "low", "y", "x"));
}

// One query by hand. Order: d1 (5), then d3 before d2 (both 4, the larger id first), d4 (3).
//   rank 1  d1  judged 0
//   rank 2  d3  grade 1
//   rank 3  d2  grade 2
//   rank 4  d4  not judged
// Relevant and not retrieved: d5 (grade 3). d6 is judged -1.
class OneQueryTest : public ::testing::Test {
 protected:
  const std::vector<RankedDocument> ranking_ = {{"d4", 3}, {"d2", 4}, {"d1", 5}, {"d3", 4}};
  const std::map<std::string, int> grades_ = {
      {"d1", 0}, {"d2", 2}, {"d3", 1}, {"d5", 3}, {"d6", -1}};
};

TEST_F(OneQueryTest, AtThree) {
  const QueryMetrics metrics = MeasureQuery(ranking_, grades_, 3);
  const double dcg = 1 / std::log2(3) + 2 / std::log2(4);
  const double ideal = 3 / std::log2(2) + 2 / std::log2(3) + 1 / std::log2(4);
  EXPECT_NEAR(metrics.ndcg_at_k, dcg / ideal, kExact);
  EXPECT_NEAR(metrics.ndcg_at_k, 0.3425, 5e-5);
  EXPECT_NEAR(metrics.recall_at_k, 2.0 / 3, kExact);
  EXPECT_NEAR(metrics.recall_at_100, 2.0 / 3, kExact);
  EXPECT_NEAR(metrics.precision_at_k, 2.0 / 3, kExact);
  EXPECT_NEAR(metrics.reciprocal_rank_at_k, 1.0 / 2, kExact);
  EXPECT_NEAR(metrics.reciprocal_rank, 1.0 / 2, kExact);
  EXPECT_NEAR(metrics.average_precision, (1.0 / 2 + 2.0 / 3) / 3, kExact);
}

TEST_F(OneQueryTest, OnlyTheMeasuresAtKStopAtK) {
  const QueryMetrics metrics = MeasureQuery(ranking_, grades_, 1);
  EXPECT_EQ(metrics.ndcg_at_k, 0);
  EXPECT_EQ(metrics.recall_at_k, 0);
  EXPECT_EQ(metrics.precision_at_k, 0);
  EXPECT_EQ(metrics.reciprocal_rank_at_k, 0);
  EXPECT_NEAR(metrics.recall_at_100, 2.0 / 3, kExact);
  EXPECT_NEAR(metrics.reciprocal_rank, 1.0 / 2, kExact);
  EXPECT_NEAR(metrics.average_precision, (1.0 / 2 + 2.0 / 3) / 3, kExact);
}

TEST_F(OneQueryTest, IdealRankingIsCutAtKToo) {
  const QueryMetrics metrics = MeasureQuery(ranking_, grades_, 2);
  EXPECT_NEAR(metrics.ndcg_at_k, (1 / std::log2(3)) / (3 + 2 / std::log2(3)), kExact);
}

TEST_F(OneQueryTest, KBeyondTheRankingDividesPrecisionByK) {
  const QueryMetrics metrics = MeasureQuery(ranking_, grades_, 10);
  EXPECT_NEAR(metrics.precision_at_k, 2.0 / 10, kExact);
  EXPECT_NEAR(metrics.recall_at_k, 2.0 / 3, kExact);
  EXPECT_NEAR(metrics.ndcg_at_k, MeasureQuery(ranking_, grades_, 3).ndcg_at_k, kExact);
}

TEST_F(OneQueryTest, PerfectRankingScoresOne) {
  const QueryMetrics metrics =
      MeasureQuery({{"d5", 9}, {"d2", 8}, {"d3", 7}, {"d1", 6}}, grades_, 3);
  EXPECT_NEAR(metrics.ndcg_at_k, 1, kExact);
  EXPECT_NEAR(metrics.average_precision, 1, kExact);
  EXPECT_NEAR(metrics.precision_at_k, 1, kExact);
}

TEST_F(OneQueryTest, GainIsLinearInTheGrade) {
  const QueryMetrics metrics = MeasureQuery({{"d2", 1}}, grades_, 1);
  EXPECT_NEAR(metrics.ndcg_at_k, 2.0 / 3, kExact);  // 2^grade - 1 would give 3/7
}

TEST_F(OneQueryTest, RepeatedDocumentIsCountedOnceWhereItStandsBest) {
  const std::vector<RankedDocument> repeated = {{"d2", 4}, {"d1", 5}, {"d2", 3}, {"d2", 2}};
  EXPECT_EQ(MeasureQuery(repeated, grades_, 4), MeasureQuery({{"d1", 5}, {"d2", 4}}, grades_, 4));
}

TEST(MeasureQueryTest, NegativeAndZeroGradesHaveNoGain) {
  const std::map<std::string, int> grades = {{"bad", -2}, {"zero", 0}, {"good", 1}};
  const QueryMetrics metrics = MeasureQuery({{"bad", 3}, {"zero", 2}, {"good", 1}}, grades, 3);
  EXPECT_NEAR(metrics.ndcg_at_k, 1 / std::log2(4), kExact);
  EXPECT_NEAR(metrics.reciprocal_rank, 1.0 / 3, kExact);
  EXPECT_NEAR(metrics.recall_at_k, 1, kExact);
}

TEST(MeasureQueryTest, QueryWithoutRelevantDocumentsScoresZeroNotNan) {
  EXPECT_EQ(MeasureQuery({{"a", 1}}, {{"a", 0}, {"b", -1}}, 10), QueryMetrics{});
  EXPECT_EQ(MeasureQuery({{"a", 1}}, {}, 10), QueryMetrics{});
  EXPECT_EQ(MeasureQuery({}, {{"a", 1}}, 10), QueryMetrics{});
}

TEST(MeasureQueryTest, RecallAt100StopsAtRank100) {
  std::vector<RankedDocument> ranking = Unjudged(99, 1000);
  ranking.push_back({"at100", 1});
  ranking.push_back({"at101", 0});
  const QueryMetrics metrics = MeasureQuery(ranking, {{"at100", 1}, {"at101", 1}}, 10);
  EXPECT_NEAR(metrics.recall_at_100, 1.0 / 2, kExact);
  EXPECT_NEAR(metrics.reciprocal_rank, 1.0 / 100, kExact);
  EXPECT_NEAR(metrics.average_precision, (1.0 / 100 + 2.0 / 101) / 2, kExact);
}

// Figures that trec_eval itself printed, as published beside it.
TEST(TrecEvalOutputTest, TiesFollowTheDocumentId) {
  // github.com/usnistgov/trec_eval/issues/22
  const std::map<std::string, int> grades = {{"a", 0}, {"b", 1}, {"c", 0}};
  EXPECT_NEAR(MeasureQuery({{"b", 1}, {"a", 1}}, grades, 10).ndcg_at_k, 1.0000, 5e-5);
  EXPECT_NEAR(MeasureQuery({{"b", 1}, {"c", 1}}, grades, 10).ndcg_at_k, 0.6309, 5e-5);
  // github.com/cvangysel/pytrec_eval/issues/56
  const QueryMetrics last = MeasureQuery({{"d1", 1}, {"d2", 1}, {"d3", 1}}, {{"d3", 1}}, 10);
  EXPECT_NEAR(last.average_precision, 1.0, kExact);
  EXPECT_NEAR(last.ndcg_at_k, 1.0, kExact);
}

TEST(TrecEvalOutputTest, ExampleOfPytrecEval) {
  const Qrels qrels = {{"q1", {{"d1", 0}, {"d2", 1}, {"d3", 0}}}, {"q2", {{"d2", 1}, {"d3", 1}}}};
  const RankedRun run = {{"q1", {{"d1", 1.0}, {"d2", 0.0}, {"d3", 1.5}}},
                         {"q2", {{"d1", 1.5}, {"d2", 0.2}, {"d3", 0.5}}}};
  const RunMetrics metrics = MeasureRun(run, qrels, 10);
  EXPECT_NEAR(metrics.per_query.at("q1").ndcg_at_k, 0.5, kExact);
  EXPECT_NEAR(metrics.per_query.at("q1").average_precision, 0.3333333333333333, kExact);
  EXPECT_NEAR(metrics.per_query.at("q2").ndcg_at_k, 0.6934264036172708, kExact);
  EXPECT_NEAR(metrics.per_query.at("q2").average_precision, 0.5833333333333333, kExact);
}

class AveragingTest : public ::testing::Test {
 protected:
  // answered: reciprocal rank 1. second: 1/2. missing and empty: no results. nothing: judged, and
  // nothing relevant. stray: not judged.
  const Qrels qrels_ = {{"answered", {{"a", 1}}},
                        {"second", {{"a", 1}}},
                        {"missing", {{"a", 1}}},
                        {"empty", {{"a", 1}}},
                        {"nothing", {{"a", 0}}}};
  const RankedRun run_ = {{"answered", {{"a", 1}}},
                          {"second", {{"b", 2}, {"a", 1}}},
                          {"empty", {}},
                          {"nothing", {{"a", 1}}},
                          {"stray", {{"a", 1}}}};
};

TEST_F(AveragingTest, AllJudgedCountsQueriesWithoutResultsAsZero) {
  const RunMetrics metrics = MeasureRun(run_, qrels_, 10);
  EXPECT_EQ(metrics.per_query.size(), 5u);
  EXPECT_EQ(metrics.per_query.count("stray"), 0u);
  EXPECT_EQ(metrics.per_query.at("missing"), QueryMetrics{});
  EXPECT_NEAR(metrics.mean.reciprocal_rank, 1.5 / 5, kExact);
}

TEST_F(AveragingTest, JudgedWithResultsLeavesThemOut) {
  const RunMetrics metrics = MeasureRun(run_, qrels_, 10, Averaging::kJudgedWithResults);
  EXPECT_EQ(metrics.per_query.size(), 3u);
  EXPECT_EQ(metrics.per_query.count("missing"), 0u);
  EXPECT_EQ(metrics.per_query.count("empty"), 0u);
  EXPECT_NEAR(metrics.mean.reciprocal_rank, 1.5 / 3, kExact);
}

TEST_F(AveragingTest, EveryFigureIsAveraged) {
  const Qrels qrels = {{"q1", qrels_.at("answered")}, {"q2", qrels_.at("answered")}};
  const QueryMetrics mean = MeasureRun({{"q1", {{"a", 1}}}}, qrels, 1).mean;
  for (const double figure :
       {mean.ndcg_at_k, mean.recall_at_k, mean.recall_at_100, mean.precision_at_k,
        mean.reciprocal_rank_at_k, mean.reciprocal_rank, mean.average_precision}) {
    EXPECT_NEAR(figure, 0.5, kExact);
  }
}

TEST(MeasureRunTest, NothingToAverageIsZero) {
  const RunMetrics metrics = MeasureRun({{"q", {{"a", 1}}}}, {}, 10);
  EXPECT_THAT(metrics.per_query, IsEmpty());
  EXPECT_EQ(metrics.mean, QueryMetrics{});
}

TEST(MeasureDeathTest, KOfZeroIsAProgrammingError) {
  EXPECT_DEATH(MeasureQuery({}, {}, 0), "k >= 1");
  EXPECT_DEATH(MeasureRun({}, {}, 0), "k >= 1");
}

}  // namespace
}  // namespace quarry::eval
