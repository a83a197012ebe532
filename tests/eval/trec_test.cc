#include <cmath>
#include <limits>

#include "eval/beir.h"
#include "tests/testing/test_environment.h"

namespace quarry::eval {
namespace {

std::string RunError(std::string_view text) {
  return ParseTrecRun(text, "my.run").status().ToString();
}

TEST(TrecRunTest, ReadsColumnsBetweenAnyWhiteSpace) {
  ASSERT_OK_AND_ASSIGN(const RankedRun run, ParseTrecRun("301\tQ0\tFR94-1\t7\t  2.5\ttag\r\n"
                                                         "\n"
                                                         "# a comment\n"
                                                         "  301 0 FR94-2 1 -1e-3 tag\n"
                                                         "302 Q0 FR94-1 x 3 tag",
                                                         "my.run"));
  ASSERT_EQ(run.size(), 2u);
  ASSERT_EQ(run.at("301").size(), 2u);
  EXPECT_EQ(run.at("301")[0].id, "FR94-1");
  EXPECT_EQ(run.at("301")[0].score, 2.5);
  EXPECT_EQ(run.at("301")[1].score, -0.001);
  EXPECT_EQ(run.at("302")[0].score, 3);
}

TEST(TrecRunTest, EmptyTextIsAnEmptyRun) {
  ASSERT_OK_AND_ASSIGN(const RankedRun run, ParseTrecRun("", "my.run"));
  EXPECT_TRUE(run.empty());
}

TEST(TrecRunTest, RankColumnDoesNotOrder) {
  ASSERT_OK_AND_ASSIGN(RankedRun run, ParseTrecRun("q Q0 low 1 1.0 t\nq Q0 high 2 2.0 t\n", "r"));
  SortRanking(run.at("q"));
  EXPECT_EQ(run.at("q").front().id, "high");
}

TEST(TrecRunTest, ErrorsNameTheLine) {
  EXPECT_EQ(RunError("q Q0 d 1 1.0 t\nq Q0 d2 1.0 t\n"),
            "INVALID_ARGUMENT: my.run:2: expected 6 columns (query Q0 document rank score tag), "
            "found 5");
  EXPECT_EQ(RunError("\nq Q0 d 1 high t\n"),
            "INVALID_ARGUMENT: my.run:2: score 'high' is not a finite number");
  EXPECT_EQ(RunError("q Q0 d 1 nan t\n"),
            "INVALID_ARGUMENT: my.run:1: score 'nan' is not a finite number");
  EXPECT_EQ(RunError("q Q0 d 1 1.5x t\n"),
            "INVALID_ARGUMENT: my.run:1: score '1.5x' is not a finite number");
  EXPECT_EQ(RunError("q Q0 d 1 2 t\nr Q0 d 1 2 t\nq Q0 d 2 1 t\n"),
            "INVALID_ARGUMENT: my.run:3: query 'q' ranks document 'd' twice");
}

TEST(TrecRunTest, IsWrittenInTheOrderThatIsMeasured) {
  const RankedRun run = {{"q2", {{"a", 0.1}, {"b", 0.1}, {"c", 1e-9}}}, {"q1", {{"x", -3}}}};
  ASSERT_OK_AND_ASSIGN(const std::string text, FormatTrecRun(run, "quarry"));
  EXPECT_EQ(text,
            "q1 Q0 x 1 -3 quarry\n"
            "q2 Q0 b 1 0.1 quarry\n"
            "q2 Q0 a 2 0.1 quarry\n"
            "q2 Q0 c 3 1e-09 quarry\n");
}

TEST(TrecRunTest, ScoresSurviveWritingAndReading) {
  const double third = 1.0 / 3;
  const RankedRun run = {{"q", {{"a", third}, {"b", std::nextafter(third, 1)}}}};
  ASSERT_OK_AND_ASSIGN(const std::string text, FormatTrecRun(run, "t"));
  ASSERT_OK_AND_ASSIGN(const RankedRun again, ParseTrecRun(text, "t"));
  EXPECT_EQ(again.at("q")[0].id, "b");
  EXPECT_EQ(again.at("q")[0].score, std::nextafter(third, 1));
  EXPECT_EQ(again.at("q")[1].score, third);
}

TEST(TrecRunTest, WhatTheFormatCannotCarryIsNotWritten) {
  const auto error = [](const RankedRun& run, const std::string& tag) {
    return FormatTrecRun(run, tag).status().message();
  };
  EXPECT_EQ(error({}, "my tag"),
            "a TREC run cannot carry the tag 'my tag': it is empty or holds white space");
  EXPECT_EQ(error({{"q", {{"a b", 1}}}}, "t"),
            "a TREC run cannot carry the document id 'a b': it is empty or holds white space");
  EXPECT_EQ(error({{"", {{"a", 1}}}}, "t"),
            "a TREC run cannot carry the query id '': it is empty or holds white space");
  EXPECT_EQ(error({{"#1", {{"a", 1}}}}, "t"),
            "a TREC run cannot carry the query id '#1': its line would be a comment");
  EXPECT_EQ(error({{"q", {{"a", std::numeric_limits<double>::infinity()}}}}, "t"),
            "query 'q': the score of document 'a' is not finite");
}

}  // namespace
}  // namespace quarry::eval
