#include "eval/gold_spans.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quarry::eval {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;

Answer Quoting(const std::vector<std::string>& quotes) {
  Answer answer;
  for (const std::string& quote : quotes) {
    answer.text += "A title — ";
    Citation citation;
    citation.answer_span.begin = answer.text.size();
    answer.text += quote;
    citation.answer_span.end = answer.text.size();
    answer.text += " [1].";
    answer.citations.push_back(citation);
  }
  return answer;
}

TEST(GoldSpansTest, TokensAreWordsWithoutCaseMarksAndArticles) {
  EXPECT_THAT(SpanTokens("The U.S. has  an 1,000-ton Café."),
              ElementsAre("us", "has", "1000ton", "café"));
  EXPECT_THAT(SpanTokens("光荣和ω-force"), ElementsAre("光", "荣", "和", "ωforce"));
}

TEST(GoldSpansTest, AnAnswerHoldsASpanWhereAllItsWordsStandTogether) {
  const Answer answer = Quoting({"It was built in 1936 by the river board"});
  EXPECT_TRUE(ScoreSpans(answer, {"in the 1936"}).holds_short);
  EXPECT_FALSE(ScoreSpans(answer, {"river 1936"}).holds);
  EXPECT_FALSE(ScoreSpans(answer, {"193"}).holds);
  EXPECT_FALSE(ScoreSpans(answer, {"title"}).holds);
  EXPECT_FALSE(ScoreSpans(answer, {}).holds);
  EXPECT_TRUE(ScoreSpans(answer, {"1937", "River Board"}).holds);
}

TEST(GoldSpansTest, WhatStandsBehindTheBudgetDoesNotCount) {
  const std::string filler(100, 'x');  // 25 tokens
  const SpanScores far = ScoreSpans(Quoting({filler + " 1936"}), {"1936"});
  EXPECT_TRUE(far.holds_long);
  EXPECT_FALSE(far.holds_short);
  const SpanScores farther = ScoreSpans(Quoting({filler + filler + filler + " 1936"}), {"1936"});
  EXPECT_TRUE(farther.holds);
  EXPECT_FALSE(farther.holds_long);
  std::string chinese;
  for (int i = 0; i < 40; ++i) chinese += "水";
  EXPECT_TRUE(ScoreSpans(Quoting({chinese}), {"水水"}).holds_short);
  const SpanScores behind = ScoreSpans(Quoting({chinese + "渡口"}), {"渡口"});
  EXPECT_TRUE(behind.holds_long);
  EXPECT_FALSE(behind.holds_short);
}

TEST(GoldSpansTest, F1IsThatOfTheNearestSpan) {
  // 2 of 4 words and both of 2: precision 1/2, recall 1.
  EXPECT_THAT(ScoreSpans(Quoting({"built in 1936 here"}), {"nothing", "in 1936"}).f1,
              DoubleNear(2.0 / 3, 1e-9));
  EXPECT_EQ(ScoreSpans(Quoting({"built"}), {"1936"}).f1, 0);
}

}  // namespace
}  // namespace quarry::eval
