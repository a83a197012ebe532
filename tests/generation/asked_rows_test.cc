// Questions about the rows of a table that no sentence answers by its words, and how a row is told.

#include <string>

#include "tests/generation/reply_rules_testing.h"

namespace quarry::generation {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

// "A (1)" and the cells behind it, with the marker of the citation.
constexpr const char* kProducts =
    "sku,name,category,price_eur,stock,warranty_months,supplier\n"
    "KS-100,Edge Gateway,hardware,449.00,132,24,Noratek\n"
    "KS-110,Edge Gateway Pro,hardware,799.00,41,36,Noratek\n"
    "KS-200,Temperature Probe,sensor,39.90,1204,12,Veldsense\n"
    "KS-202,Vibration Sensor V3,sensor,129.00,210,24,Ondaline\n"
    "KS-300,DIN Rail Mount,accessory,12.00,2310,60,Ferrobit\n"
    "KS-302,Antenna,accessory,19.00,0,12,Ferrobit\n";
constexpr const char* kChanpin =
    "编号,名称,类别,价格（元）,库存,供应商\n"
    "A-1,边缘网关,硬件,3499,132,诺瑞科技\nA-2,边缘网关增强版,硬件,6199,41,诺瑞科技\n"
    "B-1,温度探头,传感器,299,1204,维德感知\nB-3,振动传感器,传感器,999,210,昂达\n"
    "C-1,导轨支架,配件,89,2310,铁博\nC-3,天线,配件,149,0,铁博\n";

Document InLanguage(const char* language, Document document) {
  document.language = language;
  return document;
}

class AskedRowsTest : public ReplyRulesTest {
 protected:
  void Says(const char* question, const char* text, size_t rows) {
    const Answer answer = Ask(question);
    EXPECT_EQ(answer.kind, ReplyKind::kAnswer) << question;
    EXPECT_FALSE(answer.abstained) << question;
    EXPECT_THAT(answer.text, HasSubstr(text)) << question;
    EXPECT_THAT(answer.citations, SizeIs(rows)) << question << "\n" << answer.text;
  }
};

TEST_F(AskedRowsTest, ATableIsAskedByWhatItsFileIsCalled) {
  engine_.Add({CsvTable("products.csv", "products", kProducts),
               MarkdownDocument("travel.md",
                                "# Travel\n\nClaims are filed within 30 days of the expense. The "
                                "most expensive product of the trip is named in the claim.\n"),
               MarkdownDocument("onboarding.md",
                                "# Onboarding\n\n- [ ] Learn which products there are\n")});
  Says("Which is the most expensive product?", "Edge Gateway Pro (KS-110) — price: 799.00 EUR", 1);
  Says("Which product costs the most?", "Edge Gateway Pro", 1);
  Says("What is the cheapest accessory?", "DIN Rail Mount (KS-300) — price: 12.00 EUR", 1);
  Says("Which product has the longest warranty?", "DIN Rail Mount (KS-300) — warranty: 60 months",
       1);
  Says("How many products are there?", "6 of 6 rows:", 6);
  Says("How many products does Ferrobit supply?", "2 of 6 rows:", 2);
  Says("How many sensors do you sell?", "2 of 6 rows:", 2);
  Says("What products cost less than 20 euro?", "Antenna (KS-302) — price: 19.00 EUR", 2);
  Says("Which product is out of stock?", "Antenna (KS-302) — stock: 0", 1);
  Says("Which sensors are in stock?", "Vibration Sensor V3 (KS-202) — stock: 210", 2);
  Says("List all products from Ferrobit", "DIN Rail Mount (KS-300)", 2);
}

TEST_F(AskedRowsTest, AChineseTableIsAskedLikewise) {
  engine_.Add({CsvTable("chanpin.csv", "产品清单", kChanpin),
               MarkdownDocument("shouce.md", "# 手册\n\n产品缺货时，请联系供应商。\n")});
  Says("最贵的产品是哪个？", "边缘网关增强版（A-2） — 价格: 6199 元", 1);
  Says("最便宜的传感器是哪个？", "温度探头（B-1） — 价格: 299 元", 1);
  Says("库存最多的产品是哪个？", "导轨支架（C-1） — 库存: 2310", 1);
  Says("一共有多少种产品？", "6 行中有 6 行：", 6);
  Says("铁博供应几种产品？", "6 行中有 2 行：", 2);
  Says("有多少种传感器？", "6 行中有 2 行：", 2);
  Says("低于150元的产品有哪些？", "天线（C-3） — 价格: 149 元", 2);
  Says("哪个产品缺货？", "天线（C-3） — 库存: 0", 1);
  Says("列出铁博供应的所有产品", "导轨支架（C-1） — 供应商: 铁博", 2);
}

// By the words of the dictionary.
TEST_F(AskedRowsTest, ATableIsAskedInTheOtherLanguage) {
  engine_.Add({InLanguage("en", CsvTable("products.csv", "products", kProducts)),
               InLanguage("zh", MarkdownDocument("shitang.md", "# 食堂\n\n食堂每天中午开放。\n"))});
  Says("最贵的产品是哪个？", "Edge Gateway Pro", 1);
  Says("哪个产品缺货？", "Antenna", 1);
  Says("一共有多少种产品？", "6 行中有 6 行：", 6);
  Says("低于30欧元的产品有哪些？", "DIN Rail Mount", 2);
  Says("有多少种传感器？", "6 行中有 2 行：", 2);
  Says("保修期超过24个月的产品有哪些？", "DIN Rail Mount (KS-300) — warranty: 60 months", 2);
}

TEST_F(AskedRowsTest, AHeadingInThePluralNamesRows) {
  engine_.Add({MarkdownDocument(
      "fleet.md",
      "# Fleet\n\nThe yard is in Leeds.\n\n## Vehicles\n\n| Plate | Model | Payload (kg) | Weekly "
      "cost (GBP) |\n|---|---|---|---|\n| LX1 | Volt Van | 900 | 140 |\n| LX2 | Cargo Max | 1400 | "
      "190 |\n\n## Workshop\n\n| Bay | Tool | Pressure (bar) | Height (m) |\n|---|---|---|---|\n| "
      "1 | Lift | 12 | 3 |\n| 2 | Pump | 8 | 1 |\n")});
  Says("Which vehicle is the cheapest?", "LX1 (Volt Van) — Weekly cost: 140 GBP", 1);
  Says("How many vehicles are there?", "2 of 2 rows:", 2);
  // One workshop has several bays.
  EXPECT_THAT(Ask("How many workshops are there?").text, Not(HasSubstr(" rows:")));
}

// A word that the table does not have makes it another question.
TEST_F(AskedRowsTest, WhatIsNotAllReadIsNotAskedOfATable) {
  engine_.Add({CsvTable("products.csv", "products", kProducts),
               CsvTable("chanpin.csv", "产品清单", kChanpin)});
  for (const char* question :
       {"How many products were returned?", "How many customers are there?",
        "How many products does Siemens supply?", "Which product is not out of stock?",
        "Which supplier has the most products?",
        "How many months of warranty does the antenna have?",
        "Which products are sensors or accessories?", "Which are the two cheapest products?",
        "一共有多少名员工？", "去年卖了多少种产品？", "哪个供应商的产品最多？",
        "西门子供应几种产品？"}) {
    EXPECT_THAT(Ask(question).verdict.reason,
                AllOf(Not(HasSubstr("every condition")), Not(HasSubstr("全部条件"))))
        << question << "\n"
        << Ask(question).text;
  }
  // It was read, and no row is so.
  EXPECT_TRUE(Ask("Which products cost less than 5 euro?").abstained);
  EXPECT_TRUE(Ask("低于10元的产品有哪些？").abstained);
}

// Two price lists may be meant.
TEST_F(AskedRowsTest, OfTwoTablesAlikeNoneIsAsked) {
  engine_.Add({CsvTable("a.csv", "products north", kProducts),
               CsvTable("b.csv", "products south",
                        "sku,name,category,price_eur,stock\nS-1,Gate,hardware,449.00,1\n"
                        "S-2,Gate Pro,hardware,799.00,4\n")});
  EXPECT_THAT(Ask("How many products are there?").text, Not(HasSubstr(" rows:")));
  Says("How many products are there in the south?", "2 of 2 rows:", 2);
}

TEST_F(AskedRowsTest, OfALongRowTheCellThatIsAskedForIsTold) {
  engine_.Add({CsvTable("products.csv", "products", kProducts),
               CsvTable("chanpin.csv", "产品清单", kChanpin)});
  const Answer answer = Ask("How much does the Vibration Sensor V3 cost?");
  EXPECT_THAT(answer.text, StartsWith("Vibration Sensor V3 (KS-202) — price: 129.00 EUR [1]."));
  ASSERT_THAT(answer.citations, SizeIs(1));
  EXPECT_THAT(answer.citations[0].quote, HasSubstr("warranty_months: 24; supplier: Ondaline"));
  Says("振动传感器多少钱？", "振动传感器（B-3） — 价格: 999 元", 1);
  Says("振动传感器的库存是多少？", "振动传感器（B-3） — 库存: 210", 1);
  // Of a question of several parts, and where which cell is not sure, all are.
  Says("What is the price of the Vibration Sensor V3 and who makes it?", "supplier: Ondaline", 1);
  Says("What is the Vibration Sensor V3?", "category: sensor; price_eur: 129.00", 1);
}

TEST_F(AskedRowsTest, AnAmountInAnotherCurrencyIsNoAnswer) {
  engine_.Add({CsvTable("products.csv", "products", kProducts),
               MarkdownDocument("jiage.md", "# 价格\n\n团队版每年的价格是2990元。\n"),
               MarkdownDocument("hotels.md", "# Hotels\n\nThe hotel limit in London is £190.\n")});
  for (const char* question :
       {"边缘网关增强版的价格是多少美元？", "How many dollars does the Vibration Sensor V3 cost?",
        "团队版每年的价格是多少欧元？", "What is the hotel limit in London in euros?"}) {
    EXPECT_TRUE(Ask(question).abstained) << question << "\n" << Ask(question).text;
  }
  EXPECT_THAT(Ask("What is the price of the Vibration Sensor V3 in euros?").text,
              HasSubstr("129.00 EUR"));
  EXPECT_THAT(Ask("What is the hotel limit in London?").text, HasSubstr("£190"));
}

// Of rows without a temperature none is asked back for.
TEST_F(AskedRowsTest, OnlyRowsThatHaveWhatIsAskedAreAskedBack) {
  engine_.Add(
      {InLanguage("en", CsvTable("products.csv", "products", kProducts)),
       InLanguage("zh", MarkdownDocument(
                            "wangguan.md",
                            "# 边缘网关说明书\n\n## 技术参数\n\n| 参数 | 数值 |\n|---|---|\n| "
                            "工作温度 | -30 ℃ 至 +65 ℃ |\n| 重量 | 480 g |\n"))});
  EXPECT_THAT(Ask("What is the operating temperature of the edge gateway?").text,
              HasSubstr("-30 ℃"));
  EXPECT_EQ(Ask("What is the warranty of the edge gateway?").kind, ReplyKind::kAskBack);
}

}  // namespace
}  // namespace quarry::generation
