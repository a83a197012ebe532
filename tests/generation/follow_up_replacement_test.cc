// What a follow-up that names a new thing replaces, over conversations of several turns.

#include <gtest/gtest.h>

#include "generation/follow_up.h"

namespace quarry::generation {
namespace {

struct Exchange {
  std::vector<std::string> said;
  std::string understood;  // of the last message; "" where no question is made of it
  std::vector<std::string> other_readings = {};
};

StandaloneQuestion Understood(const std::vector<std::string>& said) {
  std::vector<ConversationTurn> turns;
  for (size_t i = 0; i + 1 < said.size(); ++i) {
    turns.push_back({true, said[i]});
    turns.push_back({false, "It is so."});
  }
  return StandAlone(turns, said.back());
}

class ReplacementTest : public ::testing::TestWithParam<Exchange> {};

TEST_P(ReplacementTest, TakesThePlaceOfWhatItIsPutAgainst) {
  const StandaloneQuestion found = Understood(GetParam().said);
  EXPECT_EQ(found.is_question, !GetParam().understood.empty()) << found.text;
  EXPECT_EQ(found.is_question ? found.text : "", GetParam().understood);
  EXPECT_EQ(found.other_readings, GetParam().other_readings);
}

INSTANTIATE_TEST_SUITE_P(
    English, ReplacementTest,
    ::testing::Values(
        Exchange{{"How many days of annual leave do I get?", "Can I carry them over?"},
                 "Can I carry annual leave over?"},
        Exchange{{"How many days of annual leave do I get?", "Can I carry them over?",
                  "and sick leave?"},
                 "Can I carry sick leave over?"},
        Exchange{{"How many days of annual leave do I get?", "Can I carry them over?",
                  "and sick leave?", "Who approves it?"},
                 "Who approves sick leave?"},
        Exchange{{"What is the hotel limit in London?", "and in Berlin?", "What about meals?"},
                 "What is the limit for meals in Berlin?",
                 {"What are the meals in Berlin?"}},
        Exchange{{"What is the hotel limit in London?", "What about meals?", "and taxis?"},
                 "What is the limit for taxis in London?"},
        Exchange{{"What is the meal allowance?", "and for contractors?"},
                 "What is the meal allowance for contractors?",
                 {"What is the allowance for contractors?"}},
        Exchange{{"How long is the notice period during probation?", "and after probation?"},
                 "How long is the notice period after probation?"},
        Exchange{{"How do I reset my password?", "and my username?"},
                 "How do I reset my username?"},
        Exchange{{"How often do I have to change my password?", "and the access card?"},
                 "How often do I have to change the access card?"},
        Exchange{{"Which payment methods do you accept?", "and cheques?"},
                 "Do you accept cheques?"},
        Exchange{{"Who approves claims above 1000 EUR?", "and overtime?"},
                 "Who approves overtime?"},
        Exchange{{"Is shipping free?", "and returns?"}, "Are returns free?"},
        Exchange{{"Where is my data stored?", "and backups?"}, "Where are backups stored?"},
        Exchange{{"Does the Team plan have an SLA?", "And Enterprise?"},
                 "Does the Enterprise plan have an SLA?"},
        Exchange{{"What is the static pressure of zone W4?", "And zone W6?"},
                 "What is the static pressure of zone W6?"},
        Exchange{{"Can I work from home?", "Who approves it?"}, "Who approves working from home?"},
        Exchange{{"How much notice do households get of a shutdown?", "How is it given?"},
                 "How is the notice that households get of a shutdown given?"},
        // A step is of what was asked about.
        Exchange{{"How do I fail over PostgreSQL?", "what is step 3?"},
                 "What is step 3 to fail over PostgreSQL?"},
        Exchange{{"How do I fail over PostgreSQL?", "what is step 3?", "and step 4?"},
                 "What is step 4 to fail over PostgreSQL?"},
        Exchange{{"What do I do when the disk is full?", "What is step 2?"},
                 "What is step 2 when the disk is full?"},
        // What makes no question is not shown, and leaves the question before it.
        Exchange{{"What is the hotel limit in Berlin?", "why?"}, ""},
        Exchange{{"Can I work from home?", "and abroad?"}, ""},
        Exchange{{"What is the hotel limit in Berlin?", "why?", "and in Paris?"},
                 "What is the hotel limit in Paris?"}));

INSTANTIATE_TEST_SUITE_P(
    Chinese, ReplacementTest,
    ::testing::Values(
        Exchange{{"婚假多少天？", "产假呢？", "陪产假呢？"}, "陪产假多少天？"},
        // How many days is not asked of a wage.
        Exchange{{"婚假多少天？", "产假呢？", "陪产假呢？", "那病假工资呢？"}, "病假工资是多少？"},
        Exchange{{"网关的保修期多长？", "重量呢？", "那工作温度呢？"}, "网关的工作温度是多少？"},
        Exchange{{"网关的保修期多长？", "那工作温度呢？", "温度探头呢？"},
                 "温度探头的工作温度是多少？",
                 {"网关的温度探头是多少？"}},
        Exchange{{"北京的住宿标准是多少？", "餐补呢？"},
                 "餐补的住宿标准是多少？",
                 {"北京的餐补是多少？"}},
        Exchange{{"北京的住宿标准是多少？", "北海呢？"}, "北海的住宿标准是多少？"},
        // What ends alike may be cut out of a word.
        Exchange{
            {"职工的探亲假有几天？", "病假呢？"}, "职工的探病假有几天？", {"职工的病假有几天？"}},
        Exchange{{"支持哪些付款方式？", "微信呢？"}, "支持微信吗？"},
        Exchange{{"如何开具发票？", "收据呢？"}, "如何开具收据？"},
        Exchange{{"谁批准5000元以上的报销？", "病假呢？"}, "谁批准病假？"},
        Exchange{{"数据存放在哪里？", "备份呢？"}, "备份在哪里？"},
        Exchange{{"退票手续费多少？", "那周末呢？", "那节假日呢？"}, "节假日，退票手续费多少？"},
        Exchange{{"如何恢复出厂设置？", "第三步呢？", "第4步是什么？"},
                 "恢复出厂设置的第4步是什么？"},
        Exchange{{"网关的重量是多少？", "为什么？"}, ""},
        Exchange{{"网关的重量是多少？", "为什么？", "保修期呢？"}, "网关的保修期是多少？"}));

TEST(Replacement, WhatAPersonDoesIsNotThePerson) {
  EXPECT_EQ(Understood({"李文负责什么？", "什么时候上线？"}).with_topic,
            "李文负责的什么时候上线？");
}

TEST(Replacement, AThingIsSearchedWithTheTopicToo) {
  const StandaloneQuestion english =
      Understood({"What is the hotel limit in Berlin?", "What about meals?"});
  EXPECT_EQ(english.added, "meals");
  EXPECT_EQ(english.keywords, "meals, the hotel limit");
  const StandaloneQuestion chinese = Understood({"北京的住宿标准是多少？", "餐补呢？"});
  EXPECT_EQ(chinese.added, "餐补");
  EXPECT_EQ(chinese.keywords, "餐补 北京的住宿标准");
}

}  // namespace
}  // namespace quarry::generation
