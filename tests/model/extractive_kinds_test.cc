// Kinds of answers: a place, a time, a number within its range, a price, a person, a value.

#include <string>
#include <vector>

#include "tests/model/extractive_testing.h"

namespace quarry::model {
namespace {

using ::testing::HasSubstr;

TEST_F(ExtractiveAnswererTest, PlacesAndTimesNeedNoName) {
  const std::vector<Passage> passages = {MakePassage(
      "The hydrant key is kept in locker 12. Error 7 means that a token has expired. Every token "
      "expires after 45 minutes. 员工每年享有十五天带薪年假。",
      5, "Notes")};
  EXPECT_EQ(First("where is the hydrant key", passages), "The hydrant key is kept in locker 12.");
  EXPECT_EQ(First("When does a token expire?", passages), "Every token expires after 45 minutes.");
  EXPECT_EQ(First("年假有多少天？", passages), "员工每年享有十五天带薪年假。");
}

// Times of trains share a word with the bridge, and its length does not stand in them.
TEST_F(ExtractiveAnswererTest, WhatIsMeasuredIsAnsweredByANumberOfIt) {
  Passage trains = MakePassage(
      "Train: L1; Junction: 09:24; Ferry Bridge: 09:37\nTrain: L3; Junction: 11:54; Ferry Bridge: "
      "12:07",
      9, "Ferry Bridge timetable");
  trains.chunk.blocks = {{.kind = BlockKind::kTable, .end = trains.chunk.text.size()}};
  Passage times = MakePassage(
      "车次: L1; 岔口: 09:24; 渡口大桥东: 09:37\n车次: L3; 岔口: 11:54; 渡口大桥东: 12:07", 9,
      "渡口大桥时刻表");
  times.chunk.blocks = {{.kind = BlockKind::kTable, .end = times.chunk.text.size()}};
  const std::string length = "The Ferry Bridge was built in 1936 and has a length of 164 metres.";
  EXPECT_EQ(First("How long is the Ferry Bridge?",
                  {trains, MakePassage(length + " It has seven spans.", 8, "The branch line")}),
            length);
  EXPECT_EQ(First("渡口大桥有多长？",
                  {times, MakePassage("渡口大桥建于1936年，全长164米，七孔。", 8, "支线介绍")}),
            "渡口大桥建于1936年，全长164米，七孔。");
}

// A sum with thousands apart is no year.
TEST_F(ExtractiveAnswererTest, ThePartOfANumberIsNoTime) {
  const std::vector<Passage> passages = {
      MakePassage("甲方采购服务器两台，单价88,500元，合同总价176,000元。", 10.0)};
  EXPECT_THAT(ExtractAnswer("服务器什么时候到货？", passages, analyzer_, {}).reason,
              HasSubstr("it names no time"));
}

TEST_F(ExtractiveAnswererTest, ANumberIsInTheRangeThatARuleIsStatedFor) {
  Passage late = MakePassage(
      "迟到次数: 1-3次; 处理: 口头提醒\n迟到次数: 4-6次; 处理: 书面警告\n迟到次数: 7次以上; "
      "处理: 扣当月绩效",
      8, "考勤");
  late.chunk.blocks = {{.kind = BlockKind::kTable, .end = late.chunk.text.size()}};
  const std::vector<Passage> rules = {
      MakePassage("Orders below 1,000 euros need no approval. Orders between 1,000 and 5,000 euros "
                  "need that of the area manager. Orders of more than 5,000 euros need that of the "
                  "director.",
                  9, "Orders"),
      late,
      MakePassage(
          "工龄满1年不满10年的，年休假5天。工龄满10年不满20年的，年休假10天。工龄满20年的，年"
          "休假15天。",
          7, "休假")};
  const auto only = [&](const char* question) {
    const ExtractiveDraft draft = ExtractAnswer(question, rules, analyzer_, {});
    EXPECT_EQ(draft.sentences.size(), 1u) << question;
    return draft.declined ? "" : Quote(draft.sentences[0], rules);
  };
  EXPECT_EQ(only("What applies to an order of 1,200 euros?"),
            "Orders between 1,000 and 5,000 euros need that of the area manager.");
  EXPECT_EQ(only("What applies to an order of 800 euros?"),
            "Orders below 1,000 euros need no approval.");
  EXPECT_EQ(only("What applies to an order of 9,000 euros?"),
            "Orders of more than 5,000 euros need that of the director.");
  EXPECT_EQ(only("迟到第五次怎么处理？"), "迟到次数: 4-6次; 处理: 书面警告");
  EXPECT_EQ(only("迟到8次怎么处理？"), "迟到次数: 7次以上; 处理: 扣当月绩效");
  EXPECT_EQ(only("工龄十二年有几天年假？"), "工龄满10年不满20年的，年休假10天。");
  EXPECT_EQ(only("工龄满十二年有几天年假？"), "工龄满10年不满20年的，年休假10天。");
  EXPECT_EQ(only("工龄25年有几天年假？"), "工龄满20年的，年休假15天。");
}

// What is asked about begins where the limit ends.
TEST_F(ExtractiveAnswererTest, AfterALimitTheRuleForWithinItIsNone) {
  const std::vector<Passage> rules = {
      MakePassage("Items can be returned within 30 days. Returns after more than 30 days are "
                  "refused.",
                  9, "Returns"),
      MakePassage("30天内可退货。超过30天不予退货。", 8, "退货")};
  const char* within = "Items can be returned within 30 days.";
  const char* beyond = "Returns after more than 30 days are refused.";
  const auto best = [&](const char* question, const std::vector<Passage>& passages) {
    const ExtractiveDraft draft = ExtractAnswer(question, passages, analyzer_, {});
    return draft.sentences.empty() ? "" : Quote(draft.sentences[0], passages);
  };
  EXPECT_EQ(best("Can I return it after 30 days?", rules), beyond);
  EXPECT_EQ(best("Can I return it 30 days later?", rules), beyond);
  EXPECT_EQ(best("Can I return it before 30 days?", rules), within);
  EXPECT_EQ(best("Can I return it beyond 30 days?", rules), beyond);
  EXPECT_EQ(best("30天后可以退货吗？", rules), "超过30天不予退货。");
  EXPECT_EQ(best("30天以后可以退货吗？", rules), "超过30天不予退货。");
  EXPECT_EQ(best("超出30天可以退货吗？", rules), "超过30天不予退货。");
  EXPECT_EQ(best("30天之前可以退货吗？", rules), "30天内可退货。");
  // The next rule begins at the next number; and what is done 30 days ahead is done so many ahead at least.
  const std::vector<Passage> steps = {
      MakePassage(
          "Goods returned within 30 days are refunded in full. Goods returned between 31 and "
          "60 days get a voucher.",
          9, "Returns"),
      MakePassage("30天内退货的，全额退款。31天至60天退货的，给代金券。", 8, "退货"),
      MakePassage("提前30天以上取消会议室的，全额退款。提前不足30天取消会议室的，退款50%。", 7,
                  "会议室")};
  EXPECT_EQ(best("What do I get for goods returned after 30 days?", steps),
            "Goods returned between 31 and 60 days get a voucher.");
  EXPECT_EQ(best("30天后退货给什么？", steps), "31天至60天退货的，给代金券。");
  EXPECT_EQ(best("会议室30天前取消怎么退款？", steps), "提前30天以上取消会议室的，全额退款。");
  // Where only that one is there, it is told.
  const std::vector<Passage> only = {MakePassage(within, 9, "Returns"),
                                     MakePassage("30天内可退货。", 8, "退货")};
  EXPECT_EQ(best("Can I return it after 30 days?", only), within);
  EXPECT_EQ(best("30天后可以退货吗？", only), "30天内可退货。");
}

// Nothing is stated for these numbers, or nothing of what they count.
TEST_F(ExtractiveAnswererTest, ANumberOutsideAllRangesIsNoSupport) {
  const std::vector<Passage> rules = {
      MakePassage("Orders between 1,000 and 5,000 euros need the approval of the area manager.", 9,
                  "Orders"),
      MakePassage("工龄满10年不满20年的，年休假10天。", 8, "休假")};
  for (const char* question :
       {"What applies to an order of 800 euros?", "What applies to an order of 1,200 dollars?",
        "工龄八年有几天年假？", "工龄12个月有几天年假？"}) {
    EXPECT_TRUE(ExtractAnswer(question, rules, analyzer_, {}).declined) << question;
  }
}

TEST_F(ExtractiveAnswererTest, APriceComesBeforeOtherNumbers) {
  const std::vector<Passage> plans = {
      MakePassage("专业版和企业版均可免费试用 30 天，试用期内功能不受限制。", 9, "常见问题"),
      MakePassage("专业版每年 48,000 元，最多支持 20 条同步任务。", 8, "产品概述"),
      MakePassage("The Team plan can be tried for 30 days, and the Team plan keeps 90 days.", 7,
                  "Questions"),
      MakePassage("The Team plan is 40 euros per month.", 7, "Prices")};
  EXPECT_EQ(First("专业版多少钱？", plans), "专业版每年 48,000 元，最多支持 20 条同步任务。");
  EXPECT_EQ(First("How much does the Team plan cost?", plans),
            "The Team plan is 40 euros per month.");
}

TEST_F(ExtractiveAnswererTest, WhatIsAskedOfEachIsFound) {
  const std::vector<Passage> rules = {
      MakePassage("产假158天。婚假10天。", 9, "休假"),
      MakePassage("合同总价为173,000元。付款期为30天。", 8, "合同")};
  EXPECT_FALSE(ExtractAnswer("产假和婚假分别是多少天？", rules, analyzer_, {}).declined);
  EXPECT_EQ(First("合同一共多少钱？", rules), "合同总价为173,000元。");
}

TEST_F(ExtractiveAnswererTest, WhoSomebodyIsIsAnOffice) {
  const std::vector<Passage> notes = {
      MakePassage("林晓彤在9月5日前提交客户满意度报告。林晓彤和周启明出席会议。", 9, "会议纪要"),
      MakePassage("客户支持组组长：林晓彤", 6, "联系人"),
      MakePassage("技术总监高文博批准了计划。高文博在会上发言，高文博负责发布。", 6, "计划"),
      MakePassage("Ines Vogel repairs the relay by 30 April. Ines Vogel wrote the report.", 9,
                  "Incident"),
      MakePassage("Questions go to Ines Vogel, head of support.", 6, "Contacts")};
  EXPECT_EQ(First("林晓彤是谁？", notes), "客户支持组组长：林晓彤");
  EXPECT_EQ(First("高文博是谁？", notes), "技术总监高文博批准了计划。");
  EXPECT_EQ(First("Who is Ines Vogel?", notes), "Questions go to Ines Vogel, head of support.");
}

TEST_F(ExtractiveAnswererTest, AnOfficeIsWhoDoesIt) {
  const std::vector<Passage> rules = {
      MakePassage("区域折扣由区域经理核准。区域折扣须书面核准。折扣每季度公布一次。", 5, "折扣"),
      MakePassage("Discounts are granted by the area supervisor. Discounts are granted in writing.",
                  5, "Discounts")};
  EXPECT_EQ(First("区域折扣由谁核准？", rules), "区域折扣由区域经理核准。");
  EXPECT_EQ(First("Who grants discounts?", rules), "Discounts are granted by the area supervisor.");
}

TEST_F(ExtractiveAnswererTest, AValueThatIsAskedAboutIsAnsweredByTheValue) {
  const std::vector<Passage> rules = {
      MakePassage("专业版每年 48,000 元。年休假未休完的，可以顺延至次年 3 月 31 日。", 9, "规定"),
      MakePassage("The timeout of a destination is 15 seconds.", 8, "Settings")};
  EXPECT_EQ(First("专业版每年 58000 元吗？", rules), "专业版每年 48,000 元。");
  EXPECT_EQ(First("专业版是不是每年 58000 元？", rules), "专业版每年 48,000 元。");
  EXPECT_EQ(First("年休假可以顺延到次年 6 月吗？", rules),
            "年休假未休完的，可以顺延至次年 3 月 31 日。");
  EXPECT_EQ(First("Is the timeout of a destination 30 seconds?", rules),
            "The timeout of a destination is 15 seconds.");
  // What the number is of must be there.
  EXPECT_TRUE(ExtractAnswer("旗舰版按季度付款是 58000 元吗？", rules, analyzer_, {}).declined);
  EXPECT_TRUE(
      ExtractAnswer("Is the retention of audit logs 30 days?", rules, analyzer_, {}).declined);
}

TEST_F(ExtractiveAnswererTest, WithoutAThingIsAnsweredByThatItIsNeeded) {
  const std::vector<Passage> rules = {
      MakePassage("Hookwell sends events. You need Docker 24 or later to run it.", 9, "Hookwell"),
      MakePassage("进入车间须佩戴安全帽。车间每天清扫。", 8, "车间")};
  EXPECT_EQ(First("Can I run Hookwell without Docker?", rules),
            "You need Docker 24 or later to run it.");
  EXPECT_EQ(First("不戴安全帽能进入车间吗？", rules), "进入车间须佩戴安全帽。");
  // What is needed is another thing.
  EXPECT_TRUE(ExtractAnswer("Can I run Hookwell without Redis?", rules, analyzer_, {}).declined);
  EXPECT_TRUE(ExtractAnswer("不带工作证能进入车间吗？", rules, analyzer_, {}).declined);
}

}  // namespace
}  // namespace quarry::model
