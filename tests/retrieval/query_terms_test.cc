#include "retrieval/query_terms.h"

#include "tests/testing/test_environment.h"

namespace quarry::retrieval {
namespace {

using ::testing::ElementsAre;

TEST(QueryTermsTest, QuestionWordsAreLeftOut) {
  const Analyzer analyzer;
  EXPECT_THAT(QueryTerms(analyzer, "Which pumps did more than 9 bar?"),
              ElementsAre("pump", "9", "bar"));
  EXPECT_THAT(QueryTerms(analyzer, "WHO approved it"), ElementsAre("approv"));
}

TEST(QueryTermsTest, AQuestionOfQuestionWordsKeepsWhatTheIndexHolds) {
  const Analyzer analyzer;
  EXPECT_THAT(QueryTerms(analyzer, "The Who"), ElementsAre("who"));
}

TEST(QueryTermsTest, ChineseAndRepetitionsStay) {
  const Analyzer analyzer;
  EXPECT_THAT(QueryTerms(analyzer, "水泵 pump pump"), ElementsAre("水泵", "pump", "pump"));
}

TEST(QueryTermsTest, TheListIsSorted) {
  // Binary search depends on it: the first and the last word are found, and so is one in between.
  const Analyzer analyzer;
  EXPECT_THAT(QueryTerms(analyzer, "about you yourselves ourselves themselves pump"),
              ElementsAre("pump"));
}

}  // namespace
}  // namespace quarry::retrieval
