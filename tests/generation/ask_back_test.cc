// When a question is answered by another: which of several things it means.

#include <string>

#include "tests/generation/reply_rules_testing.h"

namespace quarry::generation {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

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

TEST_F(ReplyRulesTest, ARowWithoutWhatIsMeasuredIsNoChoice) {
  engine_.Add({CsvTable("trains.csv", "Ferry Bridge timetable",
                        "Train,Junction,Ferry Bridge\nL1,09:24,09:37\nL3,11:54,12:07\n"),
               CsvTable("shike.csv", "渡口大桥时刻表",
                        "车次,岔口,渡口大桥\nL1,09:24,09:37\nL3,11:54,12:07\n"),
               CsvTable("wells.csv", "Wells", "Well,Depth (m)\nHeron,14\nMill,9\n"),
               CsvTable("jing.csv", "水井", "水井,深度\n鹭井,14米\n磨坊井,9米\n")});
  for (const char* question : {"How long is the Ferry Bridge?", "渡口大桥有多长？"}) {
    EXPECT_NE(Ask(question).kind, ReplyKind::kAskBack) << question;
  }
  for (const char* question : {"How deep is the well?", "水井有多深？"}) {
    EXPECT_EQ(Ask(question).kind, ReplyKind::kAskBack) << question;
  }
}

// The date of the tariff has the year and the place of the question, and no amount.
TEST_F(ReplyRulesTest, ADateDoesNotAnswerHowMuch) {
  engine_.Add(
      {MarkdownDocument("tariff.md",
                        "# Water tariff of the East for 2025\n\nIn the East it holds from "
                        "1 January 2025.\n\n| Step | Price per cubic metre |\n|---|---|\n"
                        "| First | 1.32 |\n| Second | 1.68 |\n"),
       MarkdownDocument("shuijia.md",
                        "# 东岸2025年水价公告\n\n自2025年1月1日起在东岸执行。\n\n"
                        "| 档次 | 单价 |\n|---|---|\n| 第一档 | 1.32 |\n| 第二档 | 1.68 |\n")});
  for (const char* question : {"How much does water cost per cubic metre in the East in 2025?",
                               "2025年东岸水的单价是多少？"}) {
    EXPECT_EQ(Ask(question).kind, ReplyKind::kAskBack) << question;
  }
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

}  // namespace
}  // namespace quarry::generation
