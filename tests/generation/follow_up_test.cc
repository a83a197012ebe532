// Messages that lean on others, as questions that stand alone.

#include "generation/follow_up.h"

#include <gtest/gtest.h>

namespace quarry::generation {
namespace {

struct Case {
  std::string before;
  std::string answer;
  std::string message;
  FollowUp kind;
  std::string expected;
};

class FollowUpTest : public ::testing::TestWithParam<Case> {};

TEST_P(FollowUpTest, StandsAlone) {
  const Case& given = GetParam();
  const std::vector<ConversationTurn> turns = {{true, given.before}, {false, given.answer}};
  const StandaloneQuestion found = StandAlone(turns, given.message);
  EXPECT_EQ(found.text, given.expected);
  EXPECT_STREQ(FollowUpName(found.kind), FollowUpName(given.kind));
}

INSTANTIATE_TEST_SUITE_P(
    English, FollowUpTest,
    ::testing::Values(
        Case{"What is the impeller diameter of the VX-240?", "236 mm", "And of the VX-220?",
             FollowUp::kEllipsis, "What is the impeller diameter of the VX-220?"},
        Case{"What was the leakage of the whole cooperative in 2024?", "", "What about 2023?",
             FollowUp::kEllipsis, "What was the leakage of the whole cooperative in 2023?"},
        Case{"How fast may the level of Upper Tarn be lowered?", "", "What about Lower Tarn?",
             FollowUp::kEllipsis, "How fast may the level of Lower Tarn be lowered?"},
        Case{"For how long is a Weirkeeper API token valid?", "180 days",
             "On which port does it listen?", FollowUp::kPronoun,
             "On which port does a Weirkeeper API token listen?"},
        Case{"Who is the general manager of the cooperative?", "Ingrid Vasseloe is it.",
             "Since when does she lead it?", FollowUp::kPronoun,
             "Since when does Ingrid Vasseloe lead it?"},
        Case{"Who noticed the forged Brinehart e-mail?", "Nils Ostrander did.", "When?",
             FollowUp::kBareAsking, "When noticed the forged Brinehart e-mail?"},
        Case{"What is the price of a VX-220?", "1,565.00 VM", "No, I meant the VX-220/B.",
             FollowUp::kCorrection, "What is the price of a VX-220/B?"},
        Case{"When was Weirkeeper 4.3.0 released?", "", "Sorry, I meant 4.2.0.",
             FollowUp::kCorrection, "When was Weirkeeper 4.2.0 released?"},
        Case{"How much does a meter test cost the customer?", "35 VM",
             "How long is the parental leave?", FollowUp::kNone, "How long is the parental leave?"},
        Case{"How much does a meter test cost the customer?", "35 VM", "Is there a pension fund?",
             FollowUp::kNone, "Is there a pension fund?"}));

INSTANTIATE_TEST_SUITE_P(
    Chinese, FollowUpTest,
    ::testing::Values(Case{"东岸食堂午餐多少钱一份？", "3.50谷元", "那晚餐呢？",
                           FollowUp::kEllipsis, "东岸食堂晚餐多少钱一份？"},
                      Case{"2024年东岸第一档水价是多少？", "", "2025年呢？", FollowUp::kEllipsis,
                           "2025年东岸第一档水价是多少？"},
                      Case{"渡口大桥有多长？", "164米", "它有几孔？", FollowUp::kPronoun,
                           "渡口大桥有几孔？"},
                      Case{"活性炭滤池的空床接触时间是多少？", "12分钟", "为什么？",
                           FollowUp::kBareAsking, "活性炭滤池的空床接触时间是为什么？"},
                      Case{"VX-220/B轴承温度最高不得超过多少？", "80℃", "不是，我问的是VX-240。",
                           FollowUp::kCorrection, "VX-240轴承温度最高不得超过多少？"},
                      Case{"鹭泽镇哪一年接通自来水？", "2006年", "不是鹭泽镇，是石梁镇。",
                           FollowUp::kCorrection, "石梁镇哪一年接通自来水？"},
                      Case{"东岸的水有多硬？", "约11度", "谷中第一位女观测员是谁？",
                           FollowUp::kNone, "谷中第一位女观测员是谁？"},
                      Case{"东岸的水有多硬？", "约11度", "其他分区的水价应该是多少？",
                           FollowUp::kNone, "其他分区的水价应该是多少？"}));

TEST(FollowUp, LeansOnFollowUpsInTurn) {
  const std::vector<ConversationTurn> turns = {{true, "What is the delivery time of a VX-240?"},
                                               {false, "63 days"},
                                               {true, "And of the PRV-32?"},
                                               {false, "21 days"}};
  EXPECT_EQ(StandAlone(turns, "And of the TQ-7?").text, "What is the delivery time of a TQ-7?");
}

TEST(FollowUp, FirstMessagesStayAsTheyAre) {
  EXPECT_EQ(StandAlone({}, " And why? ").text, "And why?");
  const std::vector<ConversationTurn> said = {{false, "How can I help?"}};
  EXPECT_EQ(StandAlone(said, "Why?").text, "Why?");
}

TEST(FollowUp, OddMessagesDoNoHarm) {
  const std::vector<ConversationTurn> turns = {{true, "?"}, {false, ""}, {true, "…"}};
  for (const char* odd : {"", "?", "it", "它", "no", "不是", "不是，是", "what about", "那呢",
                          "and", "\xE5\x8F", "No, not", "I meant", "呢", "why", "他"}) {
    StandAlone(turns, odd);
    const std::vector<ConversationTurn> one = {{true, odd}};
    StandAlone(one, odd);
    StandAlone(one, "What about it?");
    StandAlone(one, "那它呢？");
  }
}

}  // namespace
}  // namespace quarry::generation
