// Rules about questions that get another reply than an answer. How many cases they handle: behaviour_test.cc.

#include "generation/ask_back.h"
#include "generation/contradiction.h"
#include "generation/premise.h"
#include "tests/testing/engine_testing.h"

namespace quarry::generation {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;
using testing::TextDocument;

TEST(ContradictionTest, WhatExcludesItselfIsTold) {
  const auto text = [](const char* question) {
    const auto found = FindContradiction(question);
    return found ? ContradictionText(*found, question) : "";
  };
  EXPECT_EQ(text("Which pumps have a head of more than 60 m and less than 40 m?"),
            "The question contradicts itself: \"more than 60 m\" and \"less than 40 m\" cannot "
            "both hold. "
            "Which of the two do you mean?");
  EXPECT_EQ(text("扬程高于60米且低于40米的水泵是哪台？"),
            "这个问题自相矛盾：“高于60”和“低于40”不能同时成立。您要问的是哪一个？");
  EXPECT_EQ(text("Which pumps have a head of more than 40 m and less than 60 m?"), "");
  EXPECT_EQ(text("What is valid after 2020 and before 2024?"), "");
  EXPECT_EQ(text("What is longer than 3 hours and shorter than 1 day?"), "");
  EXPECT_EQ(text("停产超过4小时但不足两天时怎样恢复？"), "");
  EXPECT_EQ(text(""), "");
}

class ReplyRulesTest : public ::testing::Test {
 protected:
  Answer Ask(const std::string& question) {
    return engine_.answerer.Ask({.text = question}, *engine_.snapshot(), nullptr, CallContext())
        .value();
  }
  testing::TestEngine engine_;
};

TEST_F(ReplyRulesTest, AFalsePremiseIsSetRightByAQuote) {
  engine_.Add({TextDocument("limits.txt", "Limits",
                            "The water level in the basin may not rise above 20 cm. It is read at "
                            "noon.")});
  const Answer answer = Ask("Why may the water level in the basin rise to 30 cm?");
  EXPECT_EQ(answer.kind, ReplyKind::kFalsePremise);
  EXPECT_EQ(
      answer.text,
      "The documents say otherwise than the question assumes: The water level in the basin may "
      "not rise above 20 cm [1].");
  ASSERT_THAT(answer.citations, SizeIs(1));
  EXPECT_EQ(answer.verdict.label, Support::kSupported);
  EXPECT_EQ(Ask("Why may the water level in the basin not rise above 20 cm?").kind,
            ReplyKind::kAnswer);
  EXPECT_EQ(Ask("May the water level in the basin rise to 30 cm?").kind, ReplyKind::kAnswer);
}

TEST_F(ReplyRulesTest, APremiseIsNotSetRightByWhatIsCountedTheSameWay) {
  engine_.Add({TextDocument("repairs.txt", "Repairs", "Repairs take 10 minutes."),
               TextDocument("weixiu.txt", "维修", "维修需要10分钟。")});
  EXPECT_NE(Ask("Why does the ferry take 40 minutes?").kind, ReplyKind::kFalsePremise);
  EXPECT_NE(Ask("Why does the night ferry to Orrin take 40 minutes?").kind,
            ReplyKind::kFalsePremise);
  EXPECT_NE(Ask("为什么渡船需要40分钟？").kind, ReplyKind::kFalsePremise);
  EXPECT_EQ(Ask("Why do repairs take 40 minutes?").kind, ReplyKind::kFalsePremise);
  EXPECT_EQ(Ask("为什么维修需要40分钟？").kind, ReplyKind::kFalsePremise);
}

TEST_F(ReplyRulesTest, AQuestionThatExcludesItselfIsNotAnswered) {
  engine_.Add(testing::SmallCorpus());
  const Answer answer = Ask("Which pumps draw more than 12 kilowatts and less than 3 kilowatts?");
  EXPECT_EQ(answer.kind, ReplyKind::kContradiction);
  EXPECT_THAT(answer.text, StartsWith("The question contradicts itself: "));
  EXPECT_EQ(answer.verdict.label, Support::kUnchecked);
  EXPECT_FALSE(answer.abstained);
}

}  // namespace
}  // namespace quarry::generation
