// Questions in the spelling of their documents.

#include "generation/spelling.h"

#include <gtest/gtest.h>

namespace quarry::generation {
namespace {

std::string Spelled(const std::string& text, const std::string& question,
                    const std::string& title = "") {
  Context context;
  context.passages.emplace_back();
  context.passages[0].title = title;
  context.passages[0].chunk.text = text;
  return SpelledAsIn(context, question);
}

TEST(Spelling, OfQuartersIsThatOfTheDocuments) {
  const std::string rows = "区域: 华东; 季度: Q1\n区域: 华东; 季度: Q2";
  EXPECT_EQ(Spelled(rows, "2025年第二季度华东的销售额"), "2025年Q2华东的销售额");
  EXPECT_EQ(Spelled(rows, "华东二季度的订单数"), "华东Q2的订单数");
  EXPECT_EQ(Spelled(rows, "华东第2季度的订单数"), "华东Q2的订单数");
  EXPECT_EQ(Spelled(rows, "Sales of the second quarter?"), "Sales of the Q2?");
  EXPECT_EQ(Spelled(rows, "Sales of the 1st quarter?"), "Sales of the Q1?");
  EXPECT_EQ(Spelled("第二季度销售额为12万元。", "Q2的销售额"), "第二季度的销售额");
  // As the question has it, or not there at all.
  EXPECT_EQ(Spelled("第二季度（Q2）销售额为12万元。", "Q2的销售额"), "Q2的销售额");
  EXPECT_EQ(Spelled(rows, "华东第三季度的销售额"), "华东第三季度的销售额");
}

TEST(Spelling, OfCodesIsThatOfTheDocuments) {
  EXPECT_EQ(Spelled("HY-300: 4.2 kW", "HY300的额定功率"), "HY-300的额定功率");
  EXPECT_EQ(Spelled("", "hy300 rated power?", "HY-300 manual"), "HY-300 rated power?");
  EXPECT_EQ(Spelled("the VX220B pump", "Head of the VX-220B?"), "Head of the VX220B?");
  EXPECT_EQ(Spelled("HY-3000: 4.2 kW", "HY300的额定功率"), "HY300的额定功率");
  EXPECT_EQ(Spelled("room A1-1", "Where is A11?"), "Where is A11?");
  EXPECT_EQ(Spelled("HY-300 and HY300", "HY300?"), "HY300?");
}

TEST(Spelling, OfDatesIsThatOfTheDocuments) {
  EXPECT_EQ(Spelled("", "11月1日的故障", "11·01 下单故障复盘"), "11·01的故障");
  EXPECT_EQ(Spelled("11-01 故障", "11月1日的故障"), "11-01的故障");
  EXPECT_EQ(Spelled("10 月 15 日前完成", "10月15日前完成什么？"), "10 月 15 日前完成什么？");
  EXPECT_EQ(Spelled("第 10-12 周", "10月12日"), "10月12日");  // a range
  EXPECT_EQ(Spelled("2025-11-01", "11月1日"), "11月1日");
  EXPECT_EQ(Spelled("13·01", "13月1日"), "13月1日");
}

TEST(Spelling, OddQuestionsDoNoHarm) {
  for (const char* odd : {"", "Q", "第", "第二", "1月", "11-", "A-", "-1", "\xE5\x8F", "q5"}) {
    EXPECT_EQ(Spelled("Q1 第二季度 11·01 A-1", odd), odd);
  }
}

}  // namespace
}  // namespace quarry::generation
