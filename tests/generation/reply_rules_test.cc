// Rules about questions that get another reply than an answer. How many cases they handle: behaviour_test.cc.

#include "generation/contradiction.h"
#include "tests/generation/reply_rules_testing.h"

namespace quarry::generation {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
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
  EXPECT_NE(text("Which pumps weigh more than 300 and less than 250 kg?"), "");
  EXPECT_NE(text("Which warehouses hold more than 500 pallets and fewer than 20 pallets?"), "");
  EXPECT_NE(text("Which employees are on call and not on call in the same night?"), "");
  EXPECT_NE(text("哪些仓库能放超过500个托盘又少于20个托盘？"), "");
  EXPECT_NE(text("哪些活动允许又不允许使用明火？"), "");
  EXPECT_NE(text("哪台发电机启动了又没有启动？"), "");
  EXPECT_EQ(text("Is the warranty valid for parts but not for labour?"), "");
  EXPECT_EQ(text("Which forms go to HR and not to Finance?"), "");
  EXPECT_EQ(text("Which warehouses hold more than 500 pallets and employ fewer than 20 people?"),
            "");
  EXPECT_EQ(text("Which tickets are valid for one day and not valid for two days?"), "");
  EXPECT_EQ(text("Is the pool open only in summer and only on weekdays?"), "");
  EXPECT_EQ(text("哪些设备需要润滑但不需要校准？"), "");
  EXPECT_EQ(text("会员可以借书但不可以续借吗？"), "");
  EXPECT_EQ(text("哪些仓库能放超过500个托盘而且管理员少于20个？"), "");
  EXPECT_EQ(text("哪些仪表需要校准但不需要校准证书？"), "");
  EXPECT_EQ(text("泳池只在夏季又只在工作日开放吗？"), "");
}

TEST_F(ReplyRulesTest, AChangeToWhatIsSaidIsToldAndNoDifference) {
  engine_.Add({TextDocument("api.txt", "接口参考", "令牌有效期为 12 小时。"),
               TextDocument("log.txt", "更新日志", "变更：令牌有效期由 24 小时缩短为 12 小时。"),
               TextDocument("licence.txt", "Licences", "A licence is valid for 24 hours."),
               TextDocument("changes.txt", "Change log",
                            "Changed: a licence is valid for 12 hours instead of 24 hours.")});
  const Answer agrees = Ask("令牌有效期多久？");
  EXPECT_THAT(agrees.text, HasSubstr("另一来源说有变更：令牌有效期由 24 小时缩短为 12 小时"));
  EXPECT_THAT(agrees.verdict.reason, Not(HasSubstr("各来源说法不同")));
  const Answer differs = Ask("How long is a licence valid?");
  EXPECT_THAT(differs.text, HasSubstr("Another source tells of a change: a licence is valid"));
  EXPECT_THAT(differs.verdict.reason, HasSubstr("sources differ"));
}

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

TEST_F(ReplyRulesTest, ABoundOfWhatThePremiseSaysDoesNotDenyIt) {
  engine_.Add(
      {TextDocument("basin.txt", "Basin",
                    "The level of the basin may not be lowered faster than 0.30 m per day, "
                    "because of the drainage."),
       TextDocument("shuichi.txt", "水池", "水池的水位每天不得下降超过0.30米，以免排水不及。")});
  EXPECT_NE(Ask("Why may the level of the basin be lowered?").kind, ReplyKind::kFalsePremise);
  EXPECT_NE(Ask("为什么水池的水位可以下降？").kind, ReplyKind::kFalsePremise);
}

TEST_F(ReplyRulesTest, APremiseThatAStatementAffirmsIsNotSetRightByIt) {
  engine_.Add(
      {TextDocument("helmets.txt", "Helmets",
                    "Visitors must wear helmets in all halls but no helmets in the office."),
       TextDocument("maozi.txt", "安全帽", "访客在车间必须佩戴安全帽，在办公室不戴安全帽。")});
  EXPECT_NE(Ask("Why must visitors wear helmets in the halls?").kind, ReplyKind::kFalsePremise);
  EXPECT_NE(Ask("为什么访客在车间必须佩戴安全帽？").kind, ReplyKind::kFalsePremise);
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
  EXPECT_EQ(Ask("既然维修需要40分钟，怎么安排？").kind, ReplyKind::kFalsePremise);
  EXPECT_EQ(Ask("既然维修需要40分钟,怎么安排？").kind, ReplyKind::kFalsePremise);
}

TEST_F(ReplyRulesTest, APremiseIsNotSetRightByWhatIsSaidOfAnotherVersion) {
  engine_.Add(
      {TextDocument("overview.txt", "Overview",
                    "The first public version 1.0 was released on 18 March 2021."),
       TextDocument("gaikuang.txt", "产品概述", "首个公开版本 1.0 于 2021 年 3 月 18 日发布。")});
  EXPECT_NE(Ask("Why was version 3.5 released in 2023?").kind, ReplyKind::kFalsePremise);
  EXPECT_NE(Ask("为什么 3.5 版本在 12 月发布？").kind, ReplyKind::kFalsePremise);
  EXPECT_EQ(Ask("Why was version 1.0 released in 2023?").kind, ReplyKind::kFalsePremise);
  EXPECT_EQ(Ask("为什么 1.0 版本在 12 月发布？").kind, ReplyKind::kFalsePremise);
  engine_.Add(
      {TextDocument("minutes.txt", "Minutes", "Version 3.5 will be released on 28 November 2025."),
       TextDocument("jiyao.txt", "例会纪要",
                    "3.5 版本定于 2025 年 11 月 28 日发布，由高文博负责。")});
  EXPECT_THAT(Ask("Why was version 3.5 released in 2023?").text, HasSubstr("28 November 2025"));
  EXPECT_THAT(Ask("为什么 3.5 版本在 12 月发布？").text, HasSubstr("11 月 28 日"));
  EXPECT_NE(Ask("为什么 3.4.0 版本在 8 月发布？").kind, ReplyKind::kFalsePremise);
}

TEST_F(ReplyRulesTest, APremiseIsSetRightByWhatIsSaidOfItsYear) {
  engine_.Add(
      {TextDocument("lime.txt", "Lime",
                    "In 2023 the works used 25 tonnes of lime. In 2024 the works used 28 "
                    "tonnes of lime."),
       TextDocument("shihui.txt", "石灰", "2023年水厂使用石灰25吨。2024年水厂使用石灰28吨。")});
  EXPECT_THAT(Ask("Why did the works use 30 tonnes of lime in 2024?").text,
              HasSubstr("assumes: In 2024 the works used 28 tonnes"));
  EXPECT_THAT(Ask("为什么2024年水厂使用石灰30吨？").text,
              HasSubstr("不同：2024年水厂使用石灰28吨"));
  EXPECT_NE(Ask("Why did the works use 28 tonnes of lime in 2024?").kind, ReplyKind::kFalsePremise);
  // A year that no source tells of may be what is wrong.
  EXPECT_EQ(Ask("Why did the works use 28 tonnes of lime in 1999?").kind, ReplyKind::kFalsePremise);
}

TEST_F(ReplyRulesTest, APremiseIsNotSetRightByWhatIsSaidOfAnotherThingOfTheKind) {
  engine_.Add({TextDocument("ferries.txt", "Ferries",
                            "The Stellmoor ferry takes 10 minutes. It runs on weekdays."),
               TextDocument("banben.txt", "版本", "专业版最多支持 20 条同步任务。")});
  EXPECT_NE(Ask("Why does the Orrin ferry take 40 minutes?").kind, ReplyKind::kFalsePremise);
  EXPECT_NE(Ask("为什么旗舰版最多支持 50 条同步任务？").kind, ReplyKind::kFalsePremise);
  EXPECT_EQ(Ask("Why does the Stellmoor ferry take 40 minutes?").kind, ReplyKind::kFalsePremise);
  EXPECT_EQ(Ask("Why does the ferry take 40 minutes?").kind, ReplyKind::kFalsePremise);
  EXPECT_EQ(Ask("为什么专业版最多支持 50 条同步任务？").kind, ReplyKind::kFalsePremise);
  EXPECT_EQ(Ask("为什么最多支持 50 条同步任务？").kind, ReplyKind::kFalsePremise);
}

TEST_F(ReplyRulesTest, AQuestionThatExcludesItselfIsNotAnswered) {
  engine_.Add(testing::SmallCorpus());
  const Answer answer = Ask("Which pumps draw more than 12 kilowatts and less than 3 kilowatts?");
  EXPECT_EQ(answer.kind, ReplyKind::kContradiction);
  EXPECT_THAT(answer.text, StartsWith("The question contradicts itself: "));
  EXPECT_EQ(answer.verdict.label, Support::kUnchecked);
  EXPECT_FALSE(answer.abstained);
}

TEST_F(ReplyRulesTest, WhatIsInForceGoesBeforeWhatIsAbolished) {
  engine_.Add(
      {TextDocument("kaoqin-2022.txt", "考勤管理办法（2022）",
                    "本办法已于 2025 年 3 月 1 日废止，仅供查阅。\n\n婚假为 7 "
                    "天。\n\n工龄补贴为每年 20 元。"),
       TextDocument("xiujia-2025.txt", "休假制度（2025）",
                    "本制度自 2025 年 3 月 1 "
                    "日起施行，原《考勤管理办法（2022）》同时废止。\n\n员工结婚的，婚假为 10 "
                    "天，须在领证之日起一年内使用。"),
       TextDocument("wells.txt", "Wells (superseded)", "Wells are flushed for 20 minutes."),
       TextDocument("flushing.txt", "Flushing",
                    "Before they are sampled, wells are flushed for 35 minutes.")});
  const Answer in_force = Ask("婚假有几天？");
  EXPECT_THAT(in_force.text, HasSubstr("10"));
  EXPECT_THAT(in_force.text, Not(HasSubstr("7 天")));
  const Answer flushed = Ask("For how many minutes are wells flushed?");
  EXPECT_THAT(flushed.text, HasSubstr("35 minutes"));
  EXPECT_THAT(flushed.text, Not(HasSubstr("20 minutes")));
  // Only it says something of it.
  EXPECT_THAT(Ask("工龄补贴是每年多少元？").text, StartsWith("以下出自已废止的文件："));
  // It is asked for itself.
  EXPECT_THAT(Ask("2022年的考勤管理办法中婚假是几天？").text, HasSubstr("7 天"));
}

}  // namespace
}  // namespace quarry::generation
