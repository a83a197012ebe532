// Questions that two documents answer together, and those that one answers.

#include "generation/bridge.h"

#include <string>

#include "generation/described_thing.h"
#include "tests/generation/reply_rules_testing.h"

namespace quarry::generation {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

std::string DescriptionIn(const std::string& asked) {
  const auto thing = FindDescribedThing(asked);
  if (!thing) return "";
  return asked.substr(thing->description.begin, thing->description.end - thing->description.begin);
}

TEST(DescribedThingTest, IsAnArticleWithAClauseOrWhatStandsBeforeDe) {
  EXPECT_EQ(DescriptionIn("How heavy is the crane that tipped over at quay 4?"),
            "the crane that tipped over at quay 4");
  EXPECT_EQ(DescriptionIn("What is the number of the clerk who signed for the keys, please?"),
            "the clerk who signed for the keys");
  EXPECT_EQ(DescriptionIn("四号码头倾覆的起重机自重是 ？"), "四号码头倾覆");
  EXPECT_EQ(DescriptionIn("主讲 KT-9 课程的人电话是 ？"), "主讲 KT-9 课程");
}

TEST(DescribedThingTest, NamesAndConjunctionsDescribeNothing) {
  EXPECT_EQ(DescriptionIn("How heavy is the KT-9?"), "");
  EXPECT_EQ(DescriptionIn("Is it known that the crane tipped over?"), "");
  EXPECT_EQ(DescriptionIn("Which crane tipped over?"), "");
  EXPECT_EQ(DescriptionIn("公司的电话是 ？"), "");
  EXPECT_EQ(DescriptionIn("港口事故是 的责任？"), "");  // 谁的
}

TEST(DescribedThingTest, TheLastWordMayBeTheVerbOfTheQuestion) {
  const auto verb_in = [](const std::string& asked) {
    const DescribedThing thing = FindDescribedThing(asked).value();
    return asked.substr(thing.verb.begin, thing.verb.end - thing.verb.begin);
  };
  EXPECT_EQ(verb_in("When was the crane that tipped over at the quay built?"), "built");
  EXPECT_EQ(verb_in("What are the two cranes that lift containers?"), "");
}

TEST(DescribedThingTest, OnlyWhatBecameOfItIsAsked) {
  const auto asks_fate = [](const char* asked) { return FindDescribedThing(asked)->asks_fate; };
  EXPECT_TRUE(asks_fate("What happened to the gate that jammed in the storm?"));
  EXPECT_TRUE(asks_fate("风暴中卡住不动的闸门后来 了？"));
  EXPECT_FALSE(asks_fate("What is the width of the gate that jammed in the storm?"));
  EXPECT_FALSE(asks_fate("风暴中卡住不动的闸门后来由 修理？"));
}

TEST(DescribedThingTest, PersonsAreToldByTheirNoun) {
  const auto is_person = [](const char* asked) { return FindDescribedThing(asked)->is_person; };
  EXPECT_TRUE(is_person("What is the number of the engineer who repaired the gate?"));
  EXPECT_TRUE(is_person("主讲起重机操作课程的人分机是 ？"));
  EXPECT_FALSE(is_person("What is the width of the gate that jammed in the storm?"));
  EXPECT_TRUE(is_person("修理南港池闸门的组长分机是 ？"));
  EXPECT_FALSE(is_person("参加起重机操作课程的人数是 ？"));
  EXPECT_FALSE(is_person("修理南港池闸门的长度是 ？"));
}

class BridgeTest : public ReplyRulesTest {
 protected:
  void AddHarbour() {
    engine_.Add(
        {MarkdownDocument("report.md",
                          "# Report on the storm\n\nIn the storm of 9 March the crane at quay 4 "
                          "tipped over. The crane is a KT-9, delivered in 2015. Nobody was hurt. "
                          "The gate G-7 jammed half open.\n"),
         MarkdownDocument("kt-9.md",
                          "# KT-9 tower crane\n\n| Property | Value |\n|---|---|\n| Empty weight | "
                          "62 t |\n| Bolts of the slewing ring, torque | 310 N·m |\n"),
         MarkdownDocument("kt-12.md",
                          "# KT-12 tower crane\n\n| Property | Value |\n|---|---|\n| Empty weight "
                          "| 88 t |\n| Bolts of the slewing ring, torque | 450 N·m |\n"),
         CsvTable("gates.csv", "Gates",
                  "gate,place,result\nG-5,north basin,sound\nG-7,south basin,new chain fitted\n"),
         MarkdownDocument("parking.md", "# Parking\n\nVisitors park behind the warehouse.\n")});
  }
  void AddChineseHarbour() {
    engine_.Add(
        {CsvTable("kecheng.csv", "培训计划",
                  "月份,课程,讲师,地点\n3月,电缆检修,外聘,港务部\n5月,起重机操作,陈家明,北港池\n"
                  "6月,消防演练,周雨,安全部\n"),
         CsvTable("tongxunlu.csv", "通讯录",
                  "姓名,部门,分机\n陈家明,港务部,318\n周雨,安全部,327\n刘建国,财务部,305\n"),
         MarkdownDocument("baogao.md",
                          "# 风暴事故报告\n\n三月九日风暴中，南港池闸门G-7卡住不动，改用闸门G-5。"
                          "没有人员受伤。\n"),
         CsvTable("zhamen.csv", "闸门检查",
                  "闸门,位置,结果\nG-5,北港池,正常\nG-7,南港池,链条已换新\n"),
         CsvTable("jifang.csv", "机房", "编号,位置,记录仪\nR-21,北港池,TD-2\nR-22,南港池,TD-3\n"),
         MarkdownDocument("jiluyi.md",
                          "# "
                          "停电后记录会丢吗？\n\nTD-3停电后记录可以保存十四天，TD-"
                          "2停电后记录只能保存36小时。\n")});
  }
};

TEST_F(BridgeTest, ANameLeadsFromTheDescriptionToTheAnswer) {
  AddHarbour();
  const Answer answer =
      Ask("To what torque must the bolts of the slewing ring of the crane that tipped over at quay "
          "4 be tightened?");
  EXPECT_THAT(answer.text, HasSubstr("The crane is a KT-9"));
  EXPECT_THAT(answer.text, HasSubstr("310 N·m"));
  EXPECT_THAT(answer.text, Not(HasSubstr("450 N·m")));
  ASSERT_THAT(answer.citations, SizeIs(2));
  EXPECT_EQ(answer.citations[0].document, DocumentId("report.md"));
  EXPECT_EQ(answer.citations[1].document, DocumentId("kt-9.md"));
  EXPECT_THAT(answer.verdict.reason, HasSubstr("KT-9"));
}

TEST_F(BridgeTest, ANameOfSomethingElseInTheStatementLeadsNowhere) {
  engine_.Add({MarkdownDocument("report.md",
                                "# Derailment\n\nThe train of locomotive Merle with two coaches "
                                "derailed at the mill curve.\n"),
               CsvTable("engines.csv", "Engines",
                        "name,built,weight\nMerle,1952,12 t\nTarin,1960,14 t\n")});
  EXPECT_THAT(Ask("When was the locomotive that derailed at the mill curve built?").text,
              HasSubstr("built: 1952"));
  EXPECT_TRUE(Ask("When was the coach that derailed at the mill curve built?")
                  .verdict.reason.find("Merle") == std::string::npos);
}

TEST_F(BridgeTest, TheRowThatDescribesMostLeads) {
  AddChineseHarbour();
  const Answer answer = Ask("主讲起重机操作课程的人分机是多少？");
  EXPECT_THAT(answer.text, HasSubstr("讲师: 陈家明"));
  EXPECT_THAT(answer.text, HasSubstr("分机: 318"));
  EXPECT_THAT(answer.citations, SizeIs(2));
  // Nobody is named: no other teacher's number is said.
  const Answer nobody = Ask("主讲电缆检修课程的人分机是多少？");
  for (const char* number : {"318", "327", "305"}) EXPECT_THAT(nobody.text, Not(HasSubstr(number)));
}

TEST_F(BridgeTest, WhatBecameOfAThingIsToldByItsRow) {
  AddHarbour();
  EXPECT_THAT(Ask("What happened to the gate that jammed in the storm?").text,
              HasSubstr("new chain fitted"));
}

TEST_F(BridgeTest, OfSeveralNamesTheOneBesideTheDescriptionLeads) {
  AddChineseHarbour();
  const Answer answer = Ask("风暴中卡住不动的闸门后来怎样了？");
  EXPECT_THAT(answer.text, HasSubstr("链条已换新"));
  EXPECT_THAT(answer.text, Not(HasSubstr("结果: 正常")));
}

TEST_F(BridgeTest, TheRowOfACodeLeadsToAnotherCode) {
  AddChineseHarbour();
  EXPECT_THAT(Ask("R-21停电两天，记录会有缺失吗？").text,
              HasSubstr("TD-2停电后记录只能保存36小时"));
}

TEST_F(BridgeTest, OnePassageAnswersAlone) {
  AddHarbour();
  const Answer answer = Ask("When was the crane that tipped over at quay 4 delivered?");
  EXPECT_THAT(answer.text, HasSubstr("delivered in 2015"));
  EXPECT_THAT(answer.text, Not(HasSubstr("62 t")));
  for (const Citation& citation : answer.citations)
    EXPECT_EQ(citation.document, DocumentId("report.md"));
}

TEST_F(BridgeTest, WhatIsDescribedOtherwiseIsAnotherThing) {
  AddHarbour();
  EXPECT_THAT(Ask("What is the empty weight of the crane that was stolen from the warehouse?").text,
              Not(HasSubstr("The crane is a KT-9")));
}

}  // namespace
}  // namespace quarry::generation
