#include "model/number_ranges.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/testing/test_environment.h"

namespace quarry::model {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "12 年" of each number.
std::vector<std::string> Counted(std::string_view text) {
  std::vector<std::string> found;
  for (const CountedNumber& number : CountedNumbers(text)) {
    found.push_back(std::to_string(static_cast<int>(number.value)) + ' ' + number.unit);
  }
  return found;
}

// Whether the one range that `text` states holds the number, and counts what it does.
bool Covers(std::string_view text, double value, std::string_view unit) {
  const std::vector<NumberRange> ranges = NumberRanges(text);
  EXPECT_EQ(ranges.size(), 1u) << text;
  return ranges.size() == 1 && ranges[0].unit == unit && ranges[0].Holds(value);
}

TEST(NumberRangesTest, NumbersAreFoundWithWhatTheyCount) {
  EXPECT_THAT(Counted("工龄十二年有几天年假？"), ElementsAre("12 年"));
  EXPECT_THAT(Counted("迟到第五次怎么处理？"), ElementsAre("5 次"));
  EXPECT_THAT(Counted("单笔超过三万五千元的合同"), ElementsAre("35000 元"));
  EXPECT_THAT(Counted("5万元的合同"), ElementsAre("50000 元"));
  EXPECT_THAT(Counted("What applies to an order of 1,200 euros?"), ElementsAre("1200 euro"));
  EXPECT_THAT(Counted("an order of €1,200"), ElementsAre("1200 euro"));
  EXPECT_THAT(Counted("after twelve years of service"), ElementsAre("12 year"));
  EXPECT_THAT(Counted("twenty-five days"), ElementsAre("25 day"));
  EXPECT_THAT(Counted("the 5th time"), ElementsAre("5 time"));
  EXPECT_THAT(Counted("次数:5次"), ElementsAre("5 次"));
  EXPECT_THAT(Counted("兩萬元，3個月，18歲"), ElementsAre("20000 元", "3 个月", "18 岁"));
  EXPECT_THAT(Counted("the twenty-fifth time, two hundred pumps, 5百元"),
              ElementsAre("25 time", "200 pump", "5 "));
}

TEST(NumberRangesTest, CodesDatesAndWordsAreNoNumbers) {
  EXPECT_THAT(Counted("VX-220, E4417, DN900"), IsEmpty());
  EXPECT_THAT(Counted("2025年3月5日"), IsEmpty());
  EXPECT_THAT(Counted("8:30"), IsEmpty());
  EXPECT_THAT(Counted("一些三峡的文件"), IsEmpty());
  EXPECT_THAT(Counted("两三年，三四十人，五六個月"), IsEmpty());
  EXPECT_THAT(Counted(""), IsEmpty());
}

TEST(NumberRangesTest, ARangeIsStatedByItsBounds) {
  for (const char* text :
       {"满10年不满20年的", "10年以上20年以下", "超过10年、不超过20年", "10-20年", "10年至20年",
        "十至二十年", "满十年但不满二十年", "滿10年不滿20年的", "超過10年、不超過20年"}) {
    EXPECT_TRUE(Covers(text, 12, "年")) << text;
    EXPECT_FALSE(Covers(text, 9, "年")) << text;
    EXPECT_FALSE(Covers(text, 21, "年")) << text;
  }
  for (const char* text :
       {"orders between 1,000 and 5,000 euros", "orders of 1,000 to 5,000 euros",
        "orders from €1,000 to €5,000", "more than 1,000 but less than 5,000 euros",
        "at least 1,000 euros and up to 5,000 euros", "1,000–5,000 euros"}) {
    EXPECT_TRUE(Covers(text, 1200, "euro")) << text;
    EXPECT_FALSE(Covers(text, 800, "euro")) << text;
    EXPECT_FALSE(Covers(text, 5200, "euro")) << text;
  }
  EXPECT_TRUE(Covers("3-5万元", 40'000, "元"));
  EXPECT_TRUE(Covers("4-6次", 5, "次"));
  EXPECT_TRUE(Covers("4～6次", 5, "次"));
}

TEST(NumberRangesTest, ANumberMayBeBelowZero) {
  EXPECT_THAT(Counted("-5℃"), ElementsAre("-5 c"));
  EXPECT_THAT(Counted("零下20℃"), ElementsAre("-20 c"));
  EXPECT_THAT(Counted("minus 20 °C"), ElementsAre("-20 c"));
  EXPECT_THAT(Counted("工作温度为-20℃"), ElementsAre("-20 c"));
  for (const char* text :
       {"工作温度：-20℃至60℃", "温度 −20~60℃", "(-20 to 60 °C)", "a temperature of -20 °C to 60 °C",
        "不低于-20℃且不超过60℃", "零下20℃至60℃"}) {
    EXPECT_TRUE(Covers(text, 10, "c")) << text;
    EXPECT_TRUE(Covers(text, -20, "c")) << text;
    EXPECT_FALSE(Covers(text, -21, "c")) << text;
  }
  EXPECT_TRUE(Covers("-40℃~-20℃", -30, "c"));
  EXPECT_FALSE(Covers("-40℃~-20℃", 30, "c"));
  // A dash between two numbers is none.
  EXPECT_TRUE(Covers("4 -6次", 5, "次"));
  EXPECT_TRUE(Covers("4 - 6 times", 5, "time"));
  EXPECT_THAT(Counted("a 12-year plan"), ElementsAre("12 year"));
}

TEST(NumberRangesTest, OneSideMayBeOpen) {
  EXPECT_TRUE(Covers("7次以上", 7, "次"));
  EXPECT_FALSE(Covers("7次以上", 6, "次"));
  EXPECT_TRUE(Covers("不足1年的", 0.5, "年"));
  EXPECT_FALSE(Covers("不足1年的", 1, "年"));
  EXPECT_FALSE(Covers("超过5000元的", 5000, "元"));
  EXPECT_TRUE(Covers("不超过5000元的", 5000, "元"));
  EXPECT_TRUE(Covers("5 or more times", 5, "time"));
  EXPECT_FALSE(Covers("more than 30 days", 30, "day"));
  EXPECT_TRUE(Covers("no more than 30 days", 30, "day"));
  for (const char* text :
       {"must not exceed 30 days", "cannot exceed 30 days", "must not be more than 30 days",
        "mustn't exceed 30 days", "不得超过30 days", "不能多于30 days", "not in excess of 30 days",
        "shall not at any time exceed 30 days", "avoid exceeding 30 days", "请勿超过30 days",
        "严禁超过30 days", "not larger than 30 days", "只要不要超过30 days"}) {
    EXPECT_TRUE(Covers(text, 30, "day")) << text;
    EXPECT_FALSE(Covers(text, 31, "day")) << text;
  }
  EXPECT_TRUE(Covers("不得低于28度", 30, "度"));
  EXPECT_FALSE(Covers("不得低于28度", 27, "度"));
  EXPECT_FALSE(Covers("能不能超过28度", 28, "度"));
  EXPECT_TRUE(Covers("产能不能低于28度", 29, "度"));
  EXPECT_FALSE(Covers("产能不能低于28度", 27, "度"));
  EXPECT_TRUE(Covers("委员会不会少于5人", 6, "人"));
  EXPECT_FALSE(Covers("below 1,000 euros", 1000, "euro"));
  EXPECT_TRUE(Covers("within 3 days", 2, "day"));
  EXPECT_TRUE(Covers("3個月以內", 2, "个月"));
}

TEST(NumberRangesTest, EachRuleHasItsOwnRange) {
  const std::vector<NumberRange> ranges = NumberRanges(
      "满1年不满10年的，年休假5天；满10年不满20年的，年休假10天；满20年的，年休假15天。");
  ASSERT_EQ(ranges.size(), 3u);
  EXPECT_TRUE(ranges[0].Holds(9));
  EXPECT_FALSE(ranges[0].Holds(10));
  EXPECT_TRUE(ranges[1].Holds(10));
  EXPECT_FALSE(ranges[1].Holds(20));
  EXPECT_TRUE(ranges[2].Holds(30));
}

TEST(NumberRangesTest, WhatIsNoRangeIsNone) {
  for (const char* text :
       {"2023-07-19", "the pump weighs 88 kg", "年假10天，婚假3天", "3 pumps and 5 valves",
        "VX-220-240", "20 to 10 days", "10人内部会议", ""}) {
    EXPECT_THAT(NumberRanges(text), IsEmpty()) << text;
  }
}

}  // namespace
}  // namespace quarry::model
