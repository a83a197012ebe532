// Rules about questions that get another reply than an answer. How many cases they handle: behaviour_test.cc.

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/answer_guide.h"
#include "generation/ask_back.h"
#include "generation/contradiction.h"
#include "generation/premise.h"
#include "ingest/parser.h"
#include "tests/testing/engine_testing.h"

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

Document SalesTable() {
  ingest::ParsedSource parsed =
      ingest::ParserFor(ingest::Format::kCsv)
          .Parse(
              "区域,季度,订单数,负责人\n华东,Q1,342,王磊\n华东,Q2,391,王磊\n华南,Q1,277,黄丽娟\n"
              "华南,Q2,290,黄丽娟\n",
              {.id = "sales.csv", .path = "sales.csv", .uri = "test:sales.csv"})
          .value();
  Document document = std::move(parsed.documents.at(0));
  document.title = "2025年各区域订单数";
  return document;
}

Document CsvTable(const std::string& path, const std::string& title, const char* rows) {
  ingest::ParsedSource parsed = ingest::ParserFor(ingest::Format::kCsv)
                                    .Parse(rows, {.id = path, .path = path, .uri = "test:" + path})
                                    .value();
  Document document = std::move(parsed.documents.at(0));
  document.title = title;
  return document;
}

Document MarkdownDocument(const std::string& path, const std::string& text) {
  ingest::ParsedSource parsed = ingest::ParserFor(ingest::Format::kMarkdown)
                                    .Parse(text, {.id = path, .path = path, .uri = "test:" + path})
                                    .value();
  return std::move(parsed.documents.at(0));
}

class ReplyRulesTest : public ::testing::Test {
 protected:
  Answer Ask(const std::string& question) {
    return engine_.answerer.Ask({.text = question}, *engine_.snapshot(), nullptr, CallContext())
        .value();
  }

  // The answer names of `all` these and no others.
  void ExpectNamesOnly(const std::string& question, const std::vector<std::string>& all,
                       const std::vector<std::string>& named) {
    const Answer answer = Ask(question);
    EXPECT_EQ(answer.kind, ReplyKind::kAnswer) << question;
    EXPECT_FALSE(answer.abstained) << question;
    for (const std::string& name : all) {
      const bool is_named = answer.text.find(name) != std::string::npos;
      EXPECT_EQ(is_named, std::ranges::count(named, name) > 0) << question << " " << name;
    }
  }

  testing::TestEngine engine_;
};

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

TEST_F(ReplyRulesTest, OneQuarterIsOneThingHoweverItIsWritten) {
  engine_.Add({SalesTable()});
  EXPECT_EQ(Ask("华东的订单数是多少？").kind, ReplyKind::kAskBack);
  for (const char* question :
       {"华东Q2的订单数是多少？", "华东第二季度的订单数是多少？", "华东二季度的订单数是多少？"}) {
    const Answer answer = Ask(question);
    EXPECT_EQ(answer.kind, ReplyKind::kAnswer) << question;
    EXPECT_THAT(answer.text, HasSubstr("订单数: 391")) << question;
    EXPECT_THAT(answer.text, Not(HasSubstr("订单数: 342"))) << question;
  }
}

TEST_F(ReplyRulesTest, ThingsWithOneAnswerAreNotAskedBack) {
  engine_.Add({SalesTable()});
  const Answer answer = Ask("华南的负责人是谁？");
  EXPECT_EQ(answer.kind, ReplyKind::kAnswer);
  EXPECT_THAT(answer.text, HasSubstr("黄丽娟"));
}

TEST_F(ReplyRulesTest, ALongerCodeIsNotWhatACodeMayMean) {
  ingest::ParsedSource parsed =
      ingest::ParserFor(ingest::Format::kCsv)
          .Parse("Model,Rated head,Price\nVX-220,32 m,4100\nVX-240,48 m,5200\nVX-220/B,41 m,4600\n",
                 {.id = "pumps.csv", .path = "pumps.csv", .uri = "test:pumps.csv"})
          .value();
  Document document = std::move(parsed.documents.at(0));
  document.title = "Pumps";
  engine_.Add({std::move(document)});
  const Answer shorter = Ask("What is the rated head of the VX-220?");
  EXPECT_EQ(shorter.kind, ReplyKind::kAnswer);
  EXPECT_THAT(shorter.text, HasSubstr("32 m"));
  EXPECT_THAT(shorter.text, Not(HasSubstr("41 m")));
  const Answer longer = Ask("What is the rated head of the VX-220/B?");
  EXPECT_THAT(longer.text, HasSubstr("41 m"));
  EXPECT_THAT(longer.text, Not(HasSubstr("32 m")));
  EXPECT_TRUE(Ask("What is the rated head of the VX-240/B?").abstained);
}

TEST_F(ReplyRulesTest, ComparisonsAreNotAskedBack) {
  engine_.Add({SalesTable()});
  for (const char* question : {"哪个区域的订单数最少？", "华东和华南哪个区域的订单数更少？",
                               "谁的订单数最多？", "对比华东和华南的订单数"}) {
    EXPECT_EQ(Ask(question).kind, ReplyKind::kAnswer) << question;
  }
}

TEST_F(ReplyRulesTest, AQuestionAboutAnotherThingOfTheKindIsNotAskedBackOverTheRows) {
  engine_.Add({CsvTable("plans.csv", "plans",
                        "Plan,Price per month,Users\nStarter,0,2\nTeam,49,10\nBusiness,190,50\n"),
               CsvTable("guige.csv", "规格",
                        "版本,技术支持响应时间,任务数\n社区版,无,2\n专业版,8小时,20\n"
                        "企业版,1小时,不限\n")});
  for (const char* question :
       {"What is the price of the Platinum plan?", "What is the price of the platinum plan?",
        "What is the price of the Team plan?", "白金版的技术支持响应时间是多少？",
        "专业版的技术支持响应时间是多少？"}) {
    EXPECT_NE(Ask(question).kind, ReplyKind::kAskBack) << question;
  }
  for (const char* question :
       {"What is the price of the plan?", "How many users does the plan have?",
        "What is the price per month of the largest plan?", "版本的技术支持响应时间是多少？",
        "这个版本的技术支持响应时间是多少？", "最大版的技术支持响应时间是多少？"}) {
    EXPECT_EQ(Ask(question).kind, ReplyKind::kAskBack) << question;
  }
}

TEST_F(ReplyRulesTest, AnEntryOfAChangeLogIsNoThingToChoose) {
  engine_.Add({MarkdownDocument("configuration.md",
                                "# Configuration\n\n| Variable | Default |\n|---|---|\n"
                                "| RETENTION_DAYS | 30 |\n| WORKERS | 4 |\n"),
               MarkdownDocument("changes.md",
                                "# Changes\n\n- Changed: the default of RETENTION_DAYS is 30 "
                                "instead of 14.\n- Fixed: a leak.\n"),
               MarkdownDocument("peizhi.md",
                                "# 配置参考\n\n| 参数 | 默认值 |\n|---|---|\n"
                                "| applier.threads | 8 |\n| log.retention | 14 |\n"),
               MarkdownDocument("rizhi.md",
                                "# 更新日志\n\n- 变更：applier.threads 默认值由 4 改为 8。\n"
                                "- 修复：一处泄漏。\n"),
               MarkdownDocument("warranty.md",
                                "# Warranty\n\n- Pump VX-220: 24 months from delivery\n"
                                "- Pump VX-240: 36 months from delivery\n")});
  EXPECT_NE(Ask("What is the default of RETENTION_DAYS?").kind, ReplyKind::kAskBack);
  EXPECT_NE(Ask("applier.threads 默认值是多少？").kind, ReplyKind::kAskBack);
  EXPECT_EQ(Ask("How long is the warranty of the pump?").kind, ReplyKind::kAskBack);
}

TEST_F(ReplyRulesTest, WhatCountsTheRowsOrBoundsThemIsNotAskedBack) {
  engine_.Add({CsvTable("regions.csv", "regions",
                        "Region,City,Provider,Opened,Contact\n"
                        "eu-central,Frankfurt,Hetzner,2023-03-01,Ines Vogel\n"
                        "eu-west,Dublin,AWS,2024-01-15,Rory Keane\n"
                        "us-east,Ashburn,AWS,2024-06-10,Dana Whitlock\n"
                        "ap-south,Mumbai,AWS,2025-11-03,Arjun Mehta\n"),
               CsvTable("jifang.csv", "机房",
                        "地区,供应商,负责人\n法兰克福,海云,王磊\n都柏林,天云,黄丽娟\n"
                        "孟买,天云,陈思远\n"),
               CsvTable("shebei.csv", "设备",
                        "设备,重量,保管人\n车床,120千克,王磊\n铣床,80千克,黄丽娟\n"
                        "天平,80千克,陈思远\n")});
  for (const char* question : {"How many regions are on AWS?", "On AWS there are how many regions?",
                               "regions opened after 2024", "供应商是天云的地区有几个？",
                               "重量超过80千克的设备的保管人是谁？"}) {
    EXPECT_NE(Ask(question).kind, ReplyKind::kAskBack) << question;
  }
  for (const char* question : {"What is the contact of the region?", "机房的负责人是谁？",
                               "重量80千克的设备的保管人是谁？"}) {
    EXPECT_EQ(Ask(question).kind, ReplyKind::kAskBack) << question;
  }
}

TEST_F(ReplyRulesTest, AThingWhoseWholeNameIsSaidIsNotAskedFor) {
  engine_.Add({CsvTable("yeweiji.csv", "液位计", "项目,参数\n量程,0～10米\n准确度,满量程的±0.1%\n"),
               CsvTable("beijian.csv", "备件",
                        "名称,订货号\n轴承（驱动端）,6310-2Z\n轴承（非驱动端）,6308-2Z\n"),
               CsvTable("gauge.csv", "Level gauge",
                        "Item,Value\nSpan,10 m\nAccuracy,0.1 % of the span\n")});
  EXPECT_NE(Ask("液位计的量程是多少？").kind, ReplyKind::kAskBack);
  EXPECT_NE(Ask("驱动端轴承的订货号是多少？").kind, ReplyKind::kAskBack);
  EXPECT_NE(Ask("What is the span of the level gauge?").kind, ReplyKind::kAskBack);
  EXPECT_EQ(Ask("轴承的订货号是多少？").kind, ReplyKind::kAskBack);
}

TEST_F(ReplyRulesTest, ThingsThatSayTheSameAreNotAskedBack) {
  const auto pump = [](const std::string& code, const std::string& head) {
    Document document =
        MarkdownDocument(code + ".md", "# Pump " + code +
                                           "\n\n| Property | Value |\n|---|---|\n"
                                           "| Rated flow | 32 L/s |\n| Rated head | " +
                                           head + " |\n");
    document.title = "Pump " + code;
    return document;
  };
  engine_.Add(
      {CsvTable("regions.csv", "regions",
                "Region,Provider,City\neu-west,AWS,Dublin\nus-east,AWS,Ashburn\n"),
       CsvTable("jifang.csv", "机房", "地区,供应商,负责人\n都柏林,天云,黄丽娟\n孟买,天云,陈思远\n"),
       pump("VX-220", "48 m"), pump("VX-240", "61 m")});
  for (const char* question : {"What is the provider of the region?", "地区的供应商是谁？",
                               "What is the rated flow of the pump?"}) {
    EXPECT_NE(Ask(question).kind, ReplyKind::kAskBack) << question;
  }
  for (const char* question : {"What is the city of the region?", "地区的负责人是谁？",
                               "What is the AWS region?", "What is the rated head of the pump?"}) {
    EXPECT_EQ(Ask(question).kind, ReplyKind::kAskBack) << question;
  }
}

TEST_F(ReplyRulesTest, AnExtremeIsTheRowThatHasIt) {
  engine_.Add({SalesTable()});
  const auto says = [&](const char* question, const char* row) {
    EXPECT_THAT(Ask(question).text, HasSubstr(row)) << question;
    EXPECT_THAT(Ask(question).citations, SizeIs(1)) << question;
  };
  says("2025年哪个区域订单数最少？", "区域: 华南; 季度: Q1");
  says("2025年哪个区域订单数最多？", "区域: 华东; 季度: Q2");
  says("2025年哪个区域第二季度订单数最少？", "区域: 华南; 季度: Q2");
}

TEST_F(ReplyRulesTest, RowsMeetEveryConditionWithItsSign) {
  engine_.Add({CsvTable("machines.csv", "Machines",
                        "Machine,Needs lubrication,Needs calibration,Hall\nLathe,yes,no,North\n"
                        "Mill,yes,yes,North\nScale,no,yes,South\nPress,no,no,South\n"),
               CsvTable("shebei.csv", "设备",
                        "设备,润滑,校准,车间\n车床,需要,不需要,一车间\n铣床,需要,需要,一车间\n"
                        "天平,不需要,需要,二车间\n压机,不需要,不需要,二车间\n")});
  const std::vector<std::string> all = {"Lathe", "Mill", "Scale", "Press",
                                        "车床",  "铣床", "天平",  "压机"};
  const auto names_only = [&](const char* question, const std::vector<std::string>& named) {
    ExpectNamesOnly(question, all, named);
  };
  names_only("Which machines need lubrication but no calibration?", {"Lathe"});
  names_only("Which machines need calibration and lubrication?", {"Mill"});
  names_only("Which machines need neither lubrication nor calibration?", {"Press"});
  names_only("Which machines in the South hall need calibration?", {"Scale"});
  names_only("哪些设备需要润滑但不需要校准？", {"车床"});
  names_only("哪些设备不需要润滑也不需要校准？", {"压机"});
  names_only("哪些设备不需要润滑，但需要校准？", {"天平"});
  names_only("哪些设备需要校准？", {"铣床", "天平"});
  names_only("二车间哪些设备不需要校准？", {"压机"});
  names_only("Which machines need no lubrication or calibration?", {"Press"});
  names_only("Which machines need neither lubrication, nor calibration?", {"Press"});
  names_only("哪些设备不需要润滑或校准？", {"压机"});
  names_only("校准不需要的设备有哪些？", {"车床", "压机"});
  // None of the rows is known to meet it.
  EXPECT_TRUE(Ask("Which machines need calibration but are not in a hall?").abstained);
}

// Rows that have one of the two are not left out for those that have both.
TEST_F(ReplyRulesTest, OneOrTheOtherIsNotBoth) {
  engine_.Add({CsvTable("machines.csv", "Machines",
                        "Machine,Needs lubrication,Needs calibration\nLathe,yes,no\n"
                        "Mill,yes,yes\nScale,no,yes\n"),
               CsvTable("shebei.csv", "设备",
                        "设备,润滑,校准\n车床,需要,不需要\n铣床,需要,需要\n天平,不需要,需要\n")});
  for (const char* question : {"Which machines need lubrication or calibration?",
                               "Which machines need lubrication, or need calibration?",
                               "哪些设备需要润滑或校准？", "哪些设备需要润滑，或者需要校准？"}) {
    EXPECT_THAT(Ask(question).verdict.reason,
                ::testing::AllOf(Not(HasSubstr("every condition")), Not(HasSubstr("全部条件"))))
        << question;
  }
}

TEST_F(ReplyRulesTest, RowsDoNotMeetWhatIsNotReadOfThem) {
  engine_.Add({CsvTable("pumps.csv", "Pumps",
                        "Pump,Certified,Head,Mass\nNorth,yes,40 m,120 kg\nSouth,yes,60 m,80 kg\n"
                        "East,no,30 m,90 kg\n"),
               CsvTable("shebei.csv", "设备",
                        "设备,校准,重量\n车床,需要,120千克\n铣床,需要,80千克\n"
                        "天平,不需要,9千克\n")});
  for (const char* question :
       {"Which two pumps that are certified are the heaviest?",
        "Which pumps are certified or have a mass of more than 100 kg?",
        "Which certified pumps are not heavier than 100 kg?", "哪两台需要校准的设备最重？",
        "哪些设备需要校准，或者重量超过100千克？"}) {
    EXPECT_THAT(Ask(question).verdict.reason,
                ::testing::AllOf(Not(HasSubstr("every condition")), Not(HasSubstr("全部条件"))))
        << question;
  }
  EXPECT_THAT(Ask("Which pumps are certified?").verdict.reason, HasSubstr("every condition"));
  EXPECT_THAT(Ask("哪些设备需要校准？").verdict.reason, HasSubstr("全部条件"));
}

TEST_F(ReplyRulesTest, AnExtremeIsAmongTheRowsThatMeetTheConditions) {
  engine_.Add({CsvTable("pumps.csv", "Pumps",
                        "Pump,Motor (kW),Weight (kg),Certified,Hall\nP-1,3,40,yes,North\n"
                        "P-2,7.5,90,no,North\nP-3,5.5,60,yes,South\nP-4,11,120,no,South\n"),
               CsvTable("plans.csv", "Plans",
                        "Plan,Price per month,SSO\nFree,0 €,no\nTeam,12 €,no\n"
                        "Business,25 €,yes\nEnterprise,60 €,yes\n"),
               CsvTable("mendian.csv", "门店一览",
                        "门店,地区,销售额（万元）,面积（平方米）\n徐汇店,华东,120,300\n"
                        "静安店,华东,180,250\n天河店,华南,260,400\n福田店,华南,90,150\n")});
  const std::vector<std::string> all = {"P-1",    "P-2",    "P-3",      "P-4",
                                        "Free",   "Team",   "Business", "Enterprise",
                                        "徐汇店", "静安店", "天河店",   "福田店"};
  ExpectNamesOnly("Which pump with a motor over 5 kW is the lightest?", all, {"P-3"});
  ExpectNamesOnly("Which pump is the heaviest?", all, {"P-4"});
  ExpectNamesOnly("Which certified pump is the heaviest?", all, {"P-3"});
  ExpectNamesOnly("Which pump in the North hall is the lightest?", all, {"P-1"});
  ExpectNamesOnly("What is the lightest pump that is not certified?", all, {"P-2"});
  ExpectNamesOnly("Which pumps have a weight between 50 and 100 kg?", all, {"P-2", "P-3"});
  ExpectNamesOnly("What is the cheapest plan that has SSO?", all, {"Business"});
  ExpectNamesOnly("Which is the cheapest plan with SSO?", all, {"Business"});
  ExpectNamesOnly("What is the price of the cheapest plan?", all, {"Free"});
  ExpectNamesOnly("What is the price of the most expensive plan?", all, {"Enterprise"});
  ExpectNamesOnly("What is the price of the cheapest plan that has SSO?", all, {"Business"});
  ExpectNamesOnly("华东地区哪个门店的销售额最高？", all, {"静安店"});
  ExpectNamesOnly("面积超过260平方米的门店中哪个销售额最低？", all, {"徐汇店"});
  ExpectNamesOnly("哪些门店的销售额超过100万元？", all, {"徐汇店", "静安店", "天河店"});
  ExpectNamesOnly("哪些门店的面积不超过250平方米？", all, {"静安店", "福田店"});
  // None of the rows meets it.
  EXPECT_TRUE(Ask("Which pump with a motor over 20 kW is the lightest?").abstained);
  EXPECT_TRUE(Ask("面积超过900平方米的门店中哪个销售额最低？").abstained);
}

TEST_F(ReplyRulesTest, RowsOfAWholeTableAreCountedAndAddedUp) {
  engine_.Add({CsvTable("pumps.csv", "Pumps",
                        "Pump,Motor (kW),Weight (kg),Certified,Hall\nP-1,3,40,yes,North\n"
                        "P-2,7.5,90,no,North\nP-3,5.5,60,yes,South\nP-4,11,120,no,South\n"),
               CsvTable("mendian.csv", "门店一览",
                        "门店,地区,销售额（万元）,面积（平方米）\n徐汇店,华东,120,300\n"
                        "静安店,华东,180,250\n天河店,华南,260,400\n福田店,华南,90,150\n")});
  const auto says = [&](const char* question, const char* total, size_t rows) {
    const Answer answer = Ask(question);
    EXPECT_FALSE(answer.abstained) << question;
    EXPECT_THAT(answer.text, StartsWith(total)) << question;
    EXPECT_THAT(answer.citations, SizeIs(rows)) << question;
  };
  says("How many pumps are certified?", "2 of 4 rows:", 2);
  says("How many pumps are in the North hall?", "2 of 4 rows:", 2);
  says("How many pumps have a motor over 5 kW?", "3 of 4 rows:", 3);
  says("How many pumps are there?", "4 of 4 rows:", 4);
  says("How many pumps do we have?", "4 of 4 rows:", 4);
  says("What is the total weight of all pumps?", "Weight (kg), sum of 4 of 4 rows: 310.", 4);
  says("What is the average weight of the certified pumps?",
       "Weight (kg), average of 2 of 4 rows: 50.", 2);
  says("What is the mean weight of all pumps?", "Weight (kg), average of 4 of 4 rows: 77.5.", 4);
  says("一共有多少个门店？", "4 行中有 4 行：", 4);
  says("华东地区有几个门店？", "4 行中有 2 行：", 2);
  says("华南地区的门店有几家？", "4 行中有 2 行：", 2);
  says("所有门店的销售额合计是多少？", "4 行中 4 行的销售额（万元）合计：650。", 4);
  says("所有门店的总面积是多少？", "4 行中 4 行的面积（平方米）合计：1100。", 4);
  // What one row comes to is what it says.
  says("What is the total weight of P-3?", "Pumps — Pump: P-3", 1);
  says("徐汇店的总面积是多少？", "门店一览 — 门店: 徐汇店", 1);
  // What is not read surely is not counted.
  for (const char* question :
       {"How many pumps are certified or in the North hall?",
        "How many pumps are not in the North hall?", "How many pumps are in the Eastern hall?",
        "How many valves are certified?", "华北地区有几个门店？", "南东地区有几个门店？",
        "有几个门店不在华东地区？", "How many pumps without a motor are there?",
        "What does weight mean?", "What does the mean weight of a pump mean?",
        "平均面积是什么意思？", "How many pumps are needed?", "How many pumps do we need?",
        "How many pumps should we have?", "需要几个门店？", "应该有多少个门店？",
        "华东地区要几个门店？"}) {
    EXPECT_THAT(Ask(question).text,
                ::testing::AllOf(Not(HasSubstr("of 4 rows")), Not(HasSubstr("4 行中"))))
        << question;
  }
}

// What is needed is counted where the table tells it.
TEST_F(ReplyRulesTest, RowsThatNeedSomethingAreCounted) {
  engine_.Add({CsvTable("pumps.csv", "Pumps",
                        "Pump,Needs oil,Hall\nP-1,yes,North\nP-2,no,North\nP-3,yes,South\n"),
               CsvTable("shebei.csv", "设备",
                        "设备,需要校准,车间\n车床,是,一车间\n铣床,否,一车间\n压机,是,二车间\n"),
               CsvTable("xuqiu.csv", "需求清单", "需求,状态\n打印,进行中\n导出,完成\n")});
  EXPECT_THAT(Ask("How many pumps need oil?").text, StartsWith("2 of 3 rows:"));
  EXPECT_THAT(Ask("有几台设备需要校准？").text, StartsWith("3 行中有 2 行："));
  EXPECT_THAT(Ask("一共有多少个需求？").text, StartsWith("2 行中有 2 行："));
  EXPECT_THAT(Ask("一车间需要几台设备？").text, Not(HasSubstr("行中")));
}

// Nor where not all that is counted could be quoted, or a row is a total itself.
TEST_F(ReplyRulesTest, RowsOfALongTableAndTotalsAreNotCounted) {
  std::string rows = "Machine,Certified\n";
  for (char name = 'A'; name < 'Z'; ++name) rows += std::string("Press ") + name + ",yes\n";
  engine_.Add({CsvTable("machines.csv", "Machines", rows.c_str()),
               CsvTable("feiyong.csv", "费用", "项目,金额（元）\n差旅,300\n培训,200\n合计,500\n")});
  EXPECT_THAT(Ask("How many machines are certified?").text, Not(HasSubstr(" rows:")));
  EXPECT_THAT(Ask("一共有几个项目？").text, Not(HasSubstr("行中")));
}

TEST_F(ReplyRulesTest, TheReasonTellsOfRowsThatAreNotQuoted) {
  std::string english = "Machine,Needs calibration\n";
  std::string chinese = "设备,校准\n";
  for (char name = 'A'; name < 'M'; ++name) {
    english += std::string("Press ") + name + ",yes\n";
    chinese += std::string("压机") + name + ",需要\n";
  }
  engine_.Add({CsvTable("machines.csv", "Machines", english.c_str()),
               CsvTable("shebei.csv", "设备", chinese.c_str())});
  const auto reason = [&](const char* question, AnswerLength length) {
    AnswerGuide guide;
    guide.length = length;
    Query query{.text = question};
    query.guide = std::make_shared<const AnswerGuide>(guide);
    return engine_.answerer.Ask(query, *engine_.snapshot(), nullptr, CallContext())
        .value()
        .verdict.reason;
  };
  const char* en = "Which machines need calibration?";
  const char* zh = "哪些设备需要校准？";
  EXPECT_THAT(reason(en, AnswerLength::kAsConfigured), HasSubstr("8 of 12"));
  EXPECT_THAT(reason(zh, AnswerLength::kAsConfigured), HasSubstr("8/12"));
  EXPECT_THAT(reason(en, AnswerLength::kShort), HasSubstr("1 of 12"));
  EXPECT_THAT(reason(zh, AnswerLength::kShort), HasSubstr("1/12"));
}

// Whatever stands before the denial, and whatever the first column is called.
TEST_F(ReplyRulesTest, ADenialIsOfWhatItStandsRightBefore) {
  engine_.Add({CsvTable("calibration.csv", "Machines",
                        "Name,Needs calibration,Place\nLathe,no,North hall of Leeds\n"
                        "Mill,yes,North hall of Leeds\nPress,no,South hall of Leeds\n"),
               CsvTable("jiaozhun.csv", "设备清单",
                        "名称,需要校准,地点\n车床,否,东区一车间\n铣床,是,东区一车间\n"
                        "压机,否,西区二车间\n")});
  const std::vector<std::string> all = {"Lathe", "Mill", "Press", "车床", "铣床", "压机"};
  ExpectNamesOnly("Which machines need no calibration?", all, {"Lathe", "Press"});
  ExpectNamesOnly("Which machines don't need calibration?", all, {"Lathe", "Press"});
  ExpectNamesOnly("Which machines need calibration?", all, {"Mill"});
  ExpectNamesOnly("Which machines in the North hall of Leeds need no calibration?", all, {"Lathe"});
  ExpectNamesOnly("In the North hall of Leeds, which machines need no calibration?", all,
                  {"Lathe"});
  ExpectNamesOnly("What machines need no calibration?", all, {"Lathe", "Press"});
  ExpectNamesOnly("什么设备不需要校准？", all, {"车床", "压机"});
  ExpectNamesOnly("校准不需要的设备有哪些？", all, {"车床", "压机"});
  ExpectNamesOnly("哪些设备不需要校准？", all, {"车床", "压机"});
  ExpectNamesOnly("哪些设备需要校准？", all, {"铣床"});
  ExpectNamesOnly("东区一车间的哪些设备不需要校准？", all, {"车床"});
  // These do not ask which.
  for (const char* question :
       {"Does the Mill, which needs calibration, stand in the North hall of Leeds?",
        "For machines in the North hall, which need calibration, should we have a plan?",
        "What is the place of the Mill that needs calibration?", "什么情况下设备需要校准？"}) {
    EXPECT_THAT(Ask(question).verdict.reason,
                ::testing::AllOf(Not(HasSubstr("every condition")), Not(HasSubstr("全部条件"))))
        << question;
  }
  // The denial is of a place that the table tells of.
  EXPECT_TRUE(Ask("Which machines need calibration but are not in the North hall?").abstained);
  EXPECT_TRUE(Ask("哪些不在东区的设备需要校准？").abstained);
}

TEST_F(ReplyRulesTest, AnExtremeIsReckonedInOneUnit) {
  engine_.Add({CsvTable("renkou.csv", "2025年各城市人口",
                        "城市,人口,市长\n甲水市,120万,王磊\n乙山市,9500,黄丽娟\n"),
               CsvTable("towns.csv", "Population of the towns",
                        "Town,Population\nOrrin,1.2 million\nBrackwell,\"950,000\"\n")});
  const Answer zh = Ask("2025年哪个城市人口最多？");
  EXPECT_THAT(zh.text, HasSubstr("甲水市"));
  EXPECT_THAT(zh.text, Not(HasSubstr("乙山市")));
  const Answer en = Ask("Which town has the largest population?");
  EXPECT_THAT(en.text, HasSubstr("Orrin"));
  EXPECT_THAT(en.text, Not(HasSubstr("Brackwell")));
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
