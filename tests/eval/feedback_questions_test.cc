#include "eval/feedback_questions.h"

#include "tests/testing/test_environment.h"

namespace quarry::eval {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

RatedAnswer Rated(const std::string& question, const std::string& document, bool up = true) {
  RatedAnswer one{.up = up};
  one.answer.judged = {.question = question, .answer = "So.", .sentences = {{{0, 3}, {2}}}};
  one.answer.documents = {"other.md", document};
  return one;
}

TEST(FeedbackQuestionsTest, OneQuestionStandsOnOneSideHoweverItIsWritten) {
  std::vector<RatedAnswer> rated;
  for (int i = 0; i < 200; ++i) {
    const std::string n = std::to_string(i);
    rated.push_back(Rated("How heavy is pump " + n + "?", "a.md"));
    rated.push_back(Rated("HOW HEAVY IS PUMP " + n + "? ", "b.md"));
    rated.push_back(Rated("泵" + n + "多重？", "c.md"));
  }
  const FeedbackQuestions sides = QuestionsOf(rated);
  EXPECT_EQ(sides.train.queries.size() + sides.held_out.queries.size(), 400u);
  EXPECT_GT(sides.train.queries.size(), 150u);
  EXPECT_GT(sides.held_out.queries.size(), 150u);
  for (const BeirQuery& query : sides.train.queries) {
    EXPECT_FALSE(sides.held_out.qrels.contains(query.id));
    const auto& grades = sides.train.qrels.at(query.id);
    if (query.text.starts_with("How")) {
      EXPECT_THAT(grades, ElementsAre(Pair("a.md", 1), Pair("b.md", 1)));
    }
  }
}

TEST(FeedbackQuestionsTest, WhatNobodyLikedTeachesNothing) {
  RatedAnswer refusal = Rated("a", "a.md");
  refusal.answer.declined = true;
  RatedAnswer stored = Rated("b", "b.md");
  stored.answer.for_other_question = true;
  RatedAnswer uncited = Rated("c", "c.md");
  uncited.answer.judged.sentences[0].citations = {9};
  const FeedbackQuestions sides =
      QuestionsOf({refusal, stored, uncited, Rated("d", "d.md", /*up=*/false)});
  EXPECT_TRUE(sides.train.queries.empty());
  EXPECT_TRUE(sides.held_out.queries.empty());
}

}  // namespace
}  // namespace quarry::eval
