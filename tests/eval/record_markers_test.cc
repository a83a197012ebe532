// What of an answer is a citation marker, and what that means for its scores.

#include "eval/record_markers.h"

#include "eval/case_scores.h"
#include "tests/testing/test_environment.h"

namespace quarry::eval {
namespace {

using ::testing::IsEmpty;

Case PumpCase(const std::string& accepted) {
  Case one;
  one.id = "c";
  one.query = "question";
  one.accept = {{.texts = {accepted}}};
  return one;
}

// As the extractive answerer writes it: a sentence of the source and its marker.
RunRecord Quoting(const std::string& sentence) {
  RunRecord record{.case_id = "c", .answer = sentence + " [1]."};
  record.passages = {{.document = "a.md", .begin = 0, .end = sentence.size(), .text = sentence}};
  record.citations = {{.passage = 1,
                       .document = "a.md",
                       .begin = 0,
                       .end = sentence.size(),
                       .quote = sentence,
                       .span = {0, sentence.size()}}};
  return record;
}

TEST(RecordMarkersTest, WhatASourceWritesInBracketsIsNoMarker) {
  const RunRecord note = Quoting("The Abel pump weighs 10 kg [12]");
  EXPECT_EQ(WithoutMarkers(note), "The Abel pump weighs 10 kg [12].");
  const CaseScores noted = ScoreRecord(PumpCase("10 kg"), note, {});
  EXPECT_EQ(noted.values.at("citation.valid"), 1);
  const CaseScores code = ScoreRecord(PumpCase("argv[1]"), Quoting("It reads argv[1] first"), {});
  EXPECT_THAT(code.reasons, IsEmpty());
  EXPECT_EQ(code.values.at("pass"), 1);
  // Beyond what is quoted it is one.
  RunRecord wrong = note;
  wrong.answer += " See [2].";
  EXPECT_EQ(ScoreRecord(PumpCase("10 kg"), wrong, {}).values.at("citation.valid"), 0);
}

TEST(RecordMarkersTest, WithoutCitationsTheTextTells) {
  const auto text = [](const std::string& answer) { return WithoutMarkers({.answer = answer}); };
  EXPECT_EQ(text("It runs [1][22]. See [a] and [3]."), "It runs. See [a] and.");
  EXPECT_EQ(text("水泵重80千克【2】。It is of [2021] [1, 3]."), "水泵重80千克。It is of [2021].");
  EXPECT_EQ(text("Call `a[1]` [1]."), "Call `a[1]`.");
  const auto is_valid = [](const std::string& answer) {
    RunRecord record{.case_id = "c", .answer = answer};
    record.passages.resize(2);
    return ScoreRecord(PumpCase("x"), record, {}).values.at("citation.valid");
  };
  EXPECT_EQ(is_valid("Since [2021] `x[7]` [2][1]."), 1);
  EXPECT_EQ(is_valid("It is red [1, 3]."), 0);
  EXPECT_EQ(is_valid("它是红的【3】。"), 0);
}

}  // namespace
}  // namespace quarry::eval
