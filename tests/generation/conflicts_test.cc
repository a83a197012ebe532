// Sources that contradict an answer.

#include "generation/conflicts.h"

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "model/extractive_answerer.h"
#include "tests/testing/test_analyzer.h"
#include "tests/testing/test_environment.h"

namespace quarry::generation {
namespace {

using testing::TestAnalyzer;

Passage MakePassage(const std::string& document, const std::string& title,
                    const std::string& text) {
  Passage passage;
  passage.title = title;
  passage.chunk.document = document;
  passage.chunk.text = text;
  passage.chunk.span.end = text.size();
  return passage;
}

// The conflicts with the first passage, which is one sentence.
std::vector<Conflict> With(const std::string& question, const std::vector<Passage>& passages) {
  Context context;
  context.passages = passages;
  return FindConflicts(question, context, 0, {0, passages[0].chunk.text.size()}, TestAnalyzer());
}

TEST(Conflicts, AreNotInWhatIsSaidBesideAPerson) {
  const Passage minutes =
      MakePassage("a", "周会纪要", "预算追加18万元，用于购买两台服务器，赵倩负责走采购流程。");
  const Passage report = MakePassage("b", "评估报告", "北辰科技报价17万元，评估人：赵倩。");
  EXPECT_TRUE(With("谁是赵倩？", {minutes, report}).empty());
  const Passage plan = MakePassage("c", "Plan", "Marta Quill leads the works with 12 fitters.");
  const Passage list = MakePassage("d", "List", "Marta Quill and 7 fitters passed the course.");
  EXPECT_TRUE(With("Who is Marta Quill?", {plan, list}).empty());
  EXPECT_EQ(With("How many fitters has Marta Quill?", {plan, list}).size(), 1u);
}

TEST(Conflicts, AreNotInCode) {
  const auto command = [](const std::string& document, const std::string& text) {
    Passage passage = MakePassage(document, "Keys", text);
    passage.chunk.blocks = {{.kind = BlockKind::kCode, .begin = 0, .end = text.size()}};
    return passage;
  };
  EXPECT_TRUE(With("How do I limit the requests of a key per minute?",
                   {command("a", "keys create NAME --requests-per-minute 60"),
                    command("b", "keys create NAME --requests-per-minute 20")})
                  .empty());
}

TEST(Conflicts, AreOtherNumbersOfTheSame) {
  const Passage handbook =
      MakePassage("a", "Handbook", "The on-call allowance is 38 VM per night.");
  const std::string question = "What is the on-call allowance per night?";
  const auto found =
      With(question,
           {handbook, MakePassage("b", "Circular", "The on-call allowance is 45 VM per night.")});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].passage, 1u);
  EXPECT_FALSE(found[0].changes);
  // The same value, another unit, another document that is the same one, something else.
  for (const Passage& other :
       {MakePassage("b", "Circular", "The on-call allowance is 38 VM per night."),
        MakePassage("b", "Circular", "The on-call allowance is paid for 7 days after the night."),
        MakePassage("a", "Handbook", "The on-call allowance is 45 VM per night."),
        MakePassage("b", "Circular", "The canteen charges 45 VM.")}) {
    EXPECT_TRUE(With(question, {handbook, other}).empty()) << other.chunk.text;
  }
}

TEST(Conflicts, DaysOfDatesAndLeadTimesAreNotHowLongSomethingLasts) {
  EXPECT_TRUE(
      With("企业版多少钱？",
           {MakePassage("a", "常见问题", "专业版和企业版均可免费试用 30 天，功能不受限制。"),
            MakePassage("b", "合同",
                        "甲方使用企业版 2 套，许可期限自2025年4月1日起至2028年3月31日止。")})
          .empty());
  EXPECT_TRUE(
      With("试用期多久？", {MakePassage("a", "常见问题", "免费试用期为 30 天。"),
                            MakePassage("b", "员工手册", "试用期内员工离职须提前 3 日通知。")})
          .empty());
  EXPECT_TRUE(With("How long is the free trial?",
                   {MakePassage("a", "Questions", "The free trial lasts 30 days."),
                    MakePassage("b", "Terms", "The free trial is cancelled 3 days before.")})
                  .empty());
  // Where the question asks for them they are compared, a day with its month.
  EXPECT_EQ(
      With("参观要提前多久登记？", {MakePassage("a", "规定", "参观须提前7天登记。"),
                                    MakePassage("b", "告示", "参观须提前3天登记，周日除外。")})
          .size(),
      1u);
  EXPECT_EQ(
      With("会议在几月几日举行？", {MakePassage("a", "通知", "会议于3月18日举行。"),
                                    MakePassage("b", "海报", "会议于5月18日举行，地点在大厅。")})
          .size(),
      1u);
  EXPECT_EQ(With("How many days before the visit must it be booked?",
                 {MakePassage("a", "Rules", "The visit must be booked 7 days before."),
                  MakePassage("b", "Notice", "The visit must be booked 3 days before it begins.")})
                .size(),
            1u);
}

TEST(Conflicts, OfKeywordsAreInNearlyTheSameStatement) {
  const Passage leave =
      MakePassage("a", "Handbook", "Every full-time employee has 27 days of annual leave a year.");
  for (const Passage& other :
       {MakePassage("b", "Onboarding", "30-day conversation with the manager"),
        MakePassage("b", "Agreement", "Invoices are paid within 45 days."),
        MakePassage("b", "Agreement", "The employee has 14 days to pay.")}) {
    EXPECT_TRUE(With("vacation days", {leave, other}).empty()) << other.chunk.text;
    EXPECT_TRUE(With("days", {leave, other}).empty()) << other.chunk.text;
  }
  EXPECT_EQ(With("annual leave",
                 {leave, MakePassage("b", "Circular", "Employees have 24 days of annual leave.")})
                .size(),
            1u);
  const Passage chinese = MakePassage("a", "手册", "工作满一年的职工年休假5天。");
  EXPECT_TRUE(With("天数", {chinese, MakePassage("b", "合同", "发票在45天内付款。")}).empty());
  EXPECT_EQ(
      With("年休假", {chinese, MakePassage("b", "通知", "工作满一年的职工年休假7天。")}).size(),
      1u);
}

TEST(Conflicts, CountsInOneUnitAreNotOfTheSame) {
  EXPECT_TRUE(With("温度探头的工作温度是多少？",
                   {MakePassage("a", "温度探头使用说明", "测量范围为-50℃至+200℃。"),
                    MakePassage("b", "网关说明书", "参数: 工作温度; 数值: -30 ℃ 至 +65 ℃")})
                  .empty());
}

TEST(Conflicts, AreInWhatTheQuestionAsksToCount) {
  const std::string price = "How much does the Pro plan cost?";
  const Passage plan =
      MakePassage("a", "Plans", "The Pro plan costs 48 euros a year and has a trial of 30 days.");
  EXPECT_TRUE(
      With(price, {plan, MakePassage("b", "Terms",
                                     "The Pro plan costs 48 euros and is refunded for 14 days.")})
          .empty());
  EXPECT_EQ(With(price,
                 {plan, MakePassage("b", "Flyer", "The Pro plan costs 52 euros for 30 days more.")})
                .size(),
            1u);
  const Passage edition = MakePassage("a", "版本", "专业版每年 480 元，可以试用 30 天。");
  EXPECT_TRUE(With("专业版多少钱？",
                   {edition, MakePassage("b", "条款", "专业版每年 480 元，14 天内可以退款。")})
                  .empty());
  EXPECT_EQ(
      With("专业版多少钱？", {edition, MakePassage("b", "传单", "专业版每年 520 元，另送 30 天。")})
          .size(),
      1u);
  EXPECT_EQ(With("试用专业版几天？",
                 {edition, MakePassage("b", "传单", "专业版每年 480 元，试用 15 天。")})
                .size(),
            1u);
}

TEST(Conflicts, AChangeHoldsBothValues) {
  const auto found =
      With("年休假有几天？", {MakePassage("a", "员工手册", "全日制职工每年享有24天年休假。"),
                              MakePassage("b", "通知", "年休假由24天增加到26天。")});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(found[0].changes);
  EXPECT_FALSE(found[0].agrees);
  // The answer that tells of the change itself is not contradicted by what was before.
  EXPECT_TRUE(With("年休假有几天？", {MakePassage("b", "通知", "年休假由24天增加到26天。"),
                                      MakePassage("a", "员工手册", "每年享有24天年休假。")})
                  .empty());
}

TEST(Conflicts, AChangeToWhatIsSaidAgreesWithIt) {
  struct Case {
    const char* question;
    const char* ours;
    const char* theirs;
    bool agrees;
  };
  for (const auto& [question, ours, theirs, agrees] : std::vector<Case>{
           {"令牌有效期多久？", "令牌有效期为 12 小时。",
            "变更：令牌有效期由 24 小时缩短为 12 小时。", true},
           {"令牌有效期多久？", "令牌有效期为 24 小时。",
            "变更：令牌有效期由 24 小时缩短为 12 小时。", false},
           {"会议在几月几日举行？", "会议于5月18日举行。", "会议由3月18日改到5月18日举行。", true},
           {"How long is a token valid?", "A token is valid for 12 hours.",
            "A token is valid for 12 hours instead of 24 hours.", true},
           {"How long is a token valid?", "A token is valid for 24 hours.",
            "The time a token is valid was shortened from 24 to 12 hours.", false}}) {
    const auto found = With(question, {MakePassage("a", "A", ours), MakePassage("b", "B", theirs)});
    ASSERT_EQ(found.size(), 1u) << ours << " " << theirs;
    EXPECT_TRUE(found[0].changes) << theirs;
    EXPECT_EQ(found[0].agrees, agrees) << theirs;
  }
}

TEST(Conflicts, WhoeverHasBothValuesMayCountTwoThings) {
  EXPECT_TRUE(With("访客可以停留几天？",
                   {MakePassage("a", "告示", "访客可以停留30天。"),
                    MakePassage("b", "规定", "访客在山屋可以停留3天，在谷地可以停留30天。")})
                  .empty());
  EXPECT_TRUE(With("How many days may visitors stay?",
                   {MakePassage("a", "Sign", "Visitors may stay for 30 days."),
                    MakePassage("b", "Rules",
                                "Visitors may stay 3 days in the huts and 30 days in the valley.")})
                  .empty());
}

TEST(Conflicts, AnotherYearOrCodeIsAnotherThing) {
  EXPECT_TRUE(With("What was the leakage in 2024?",
                   {MakePassage("a", "Annual report 2024", "The leakage was 12.9 %."),
                    MakePassage("b", "Annual report 2023", "The leakage was 14.1 %.")})
                  .empty());
  EXPECT_TRUE(With("What is the mass of the VX-240?",
                   {MakePassage("a", "VX-240 pump", "Its mass is 318 kg."),
                    MakePassage("b", "VX-220 pump", "Its mass is 212 kg.")})
                  .empty());
}

TEST(Conflicts, OneDeniesWhatTheOtherSays) {
  const Passage sign = MakePassage("a", "Sign", "Dogs may enter the Holme gardens on a lead.");
  const Passage rule = MakePassage("b", "Rule", "Dogs may not enter the Holme gardens.");
  EXPECT_EQ(With("May dogs enter the Holme gardens?", {sign, rule}).size(), 1u);
  EXPECT_EQ(With("May dogs enter the Holme gardens?", {rule, sign}).size(), 1u);
  EXPECT_EQ(With("百花园可以带狗吗？", {MakePassage("a", "告示", "百花园可以带狗入内，须牵绳。"),
                                        MakePassage("b", "规定", "百花园不可以带狗入内。")})
                .size(),
            1u);
  // Other gardens, other words, both denying, and what is denied is not what was asked.
  for (const char* other :
       {"Dogs may not enter the Orrin gardens.", "Dogs are not fed in the gardens at night.",
        "Dogs never ask.", "Not everybody may enter the gardens on a Sunday in May."}) {
    EXPECT_TRUE(
        With("May dogs enter the Holme gardens?", {sign, MakePassage("b", "Rule", other)}).empty())
        << other;
  }
  EXPECT_TRUE(
      With("May dogs enter the Holme gardens?",
           {rule, MakePassage("a", "Sign", "Dogs may not enter the Holme gardens at night.")})
          .empty());
}

TEST(Conflicts, WhatIsSaidBesideTheSameIsNoDenialOfIt) {
  struct Case {
    const char* question;
    const char* one;
    const char* other;
  };
  for (const auto& [question, one, other] : std::vector<Case>{
           {"When does the pool open?", "The pool opens at 8.",
            "The pool opens at 8 and guests may not bring glass into the area."},
           {"When does the pool open?", "The pool opens at 8.", "The pool opens at 8, not 9."},
           {"泳池几点开门？", "泳池八点开门。", "泳池八点开门，不可带宠物。"},
           {"Where may dogs enter?", "Dogs may enter the gardens.",
            "Dogs may enter the gardens, but not the pool."},
           {"Where is the lecture held?", "The lecture is held in Room 5.",
            "The lecture is held in Room No 5."},
           {"May dogs enter the Holme gardens?", "Dogs may enter the Holme gardens.",
            "Not only dogs may enter the Holme gardens."},
           {"百花园可以带狗吗？", "百花园可以带狗入内。", "百花园不仅可以带狗入内。"}}) {
    EXPECT_TRUE(With(question, {MakePassage("a", "A", one), MakePassage("b", "B", other)}).empty())
        << other;
    EXPECT_TRUE(With(question, {MakePassage("b", "B", other), MakePassage("a", "A", one)}).empty())
        << other;
  }
  EXPECT_EQ(With("When does the pool open on Sundays?",
                 {MakePassage("a", "A", "The pool may open on Sundays."),
                  MakePassage("b", "B", "The pool may not yet open on Sundays.")})
                .size(),
            1u);
  EXPECT_EQ(With("May dogs enter the Holme gardens?",
                 {MakePassage("a", "A", "Dogs may enter the Holme gardens."),
                  MakePassage("b", "B", "No dogs may enter the Holme gardens.")})
                .size(),
            1u);
}

TEST(Conflicts, TwinsDifferInAName) {
  const auto found = With("Who won the Masters in 2021?",
                          {MakePassage("a", "News", "Hideki Matsuyama won the Masters in 2021."),
                           MakePassage("b", "Blog", "Shane Lowry won the Masters in 2021.")});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(With("Who won the Masters in 2021?",
                   {MakePassage("a", "News", "Hideki Matsuyama won the Masters in 2021."),
                    MakePassage("b", "Blog", "Hideki Matsuyama won the Masters of 2021.")})
                  .empty());
}

TEST(Conflicts, AreNotInWhatIsSaidOfAnotherThanTheQuestionNames) {
  const Passage arm = MakePassage("a", "Questions", "32-bit ARM is not supported.");
  for (const char* other : {"A downgrade is not supported.", "Kerberos is not supported."}) {
    EXPECT_TRUE(With("Is ARM supported?", {arm, MakePassage("b", "Manual", other)}).empty())
        << other;
  }
  EXPECT_TRUE(
      With("What is the fee for a Marten permit?",
           {MakePassage("a", "Form", "The fee for a small Marten permit is paid at the desk."),
            MakePassage("b", "List", "The fee for a big Heron permit is paid at the desk.")})
          .empty());
  const Passage kylin = MakePassage("a", "说明", "目前版本不支持麒麟系统的集群部署。");
  EXPECT_TRUE(With("支持麒麟系统吗？",
                   {kylin, MakePassage("b", "手册", "目前版本不支持达梦系统的集群部署。")})
                  .empty());
  // Both are about what is asked.
  EXPECT_EQ(
      With("谁设计了白石桥？", {MakePassage("a", "档案", "白石桥由陈其昌设计，1931年冬动工。"),
                                MakePassage("b", "名录", "白石桥由周维新设计，1931年冬动工。")})
          .size(),
      1u);
  EXPECT_EQ(With("Who keeps the Marten permits?",
                 {MakePassage("a", "Form", "The Marten permits are kept by Edith Garrow."),
                  MakePassage("b", "List", "The Marten permits are kept by Thomas Weir.")})
                .size(),
            1u);
}

TEST(Conflicts, AreNotInCountsOfAnotherThingOfTheKind) {
  const Passage business =
      MakePassage("a", "Terms", "The trial period of the Business plan is 30 days.");
  const std::string trial = "How long is the trial period of the Business plan?";
  EXPECT_TRUE(With(trial, {business, MakePassage("b", "Offer",
                                                 "The trial period of the Team plan is 14 days.")})
                  .empty());
  EXPECT_EQ(With(trial, {business, MakePassage("b", "Offer",
                                               "The Business plan has a trial period of 14 days.")})
                .size(),
            1u);
  const Passage enterprise = MakePassage("a", "条款", "企业版试用期为 30 天。");
  EXPECT_TRUE(
      With("企业版试用期多久？", {enterprise, MakePassage("b", "说明", "专业版试用期为 14 天。")})
          .empty());
  EXPECT_EQ(
      With("企业版试用期多久？", {enterprise, MakePassage("b", "说明", "企业版的试用期是 14 天。")})
          .size(),
      1u);
}

TEST(Conflicts, AreInCountsOfTheSameInAnotherWord) {
  const Passage employees = MakePassage("a", "Handbook", "Employees get 24 days of annual leave.");
  const Passage staff = MakePassage("b", "Circular", "Staff get 26 days of annual leave.");
  const std::string leave = "How many days of annual leave do employees get?";
  EXPECT_EQ(With(leave, {employees, staff}).size(), 1u);
  EXPECT_EQ(With("How many days of annual leave do staff get?", {staff, employees}).size(), 1u);
  EXPECT_EQ(With("员工每年有几天年休假？", {MakePassage("a", "手册", "员工每年享有24天年休假。"),
                                            MakePassage("b", "通知", "职工每年享有26天年休假。")})
                .size(),
            1u);
  // Names are of two things, and other leave is other leave.
  EXPECT_TRUE(With("How many ships a week does Brackwell get?",
                   {MakePassage("a", "Ports", "Brackwell gets 24 ships a week."),
                    MakePassage("b", "Harbour", "Liudu gets 26 ships a week.")})
                  .empty());
  EXPECT_TRUE(
      With(leave, {employees, MakePassage("b", "Circular", "Employees get 10 days of sick leave.")})
          .empty());
  EXPECT_TRUE(With("东岸每年有几天假期？", {MakePassage("a", "东", "东岸每年有24天假期。"),
                                            MakePassage("b", "西", "西岸每年有26天假期。")})
                  .empty());
}

// Chen et al.: "Benchmarking large language models in retrieval-augmented generation", 2024: passages,
// and the same with the answer replaced by a wrong one.
TEST(Conflicts, AreNamedWhereSourcesWereMadeWrong) {
  const auto path = testing::DataPath("judge/rgb_fact_zh_en_dev.jsonl");
  if (!path) GTEST_SKIP() << "no judge/rgb_fact_zh_en_dev.jsonl in the data";
  std::ifstream file(*path);
  size_t cases = 0;
  size_t answered = 0;
  size_t named = 0;
  size_t alarms = 0;
  for (std::string line; std::getline(file, line);) {
    const auto row = nlohmann::json::parse(line);
    const std::string question = row["question"];
    Context both;
    Context only_right;
    for (size_t i = 0; i < row["positive"].size() && i < 3; ++i) {
      const std::string n = std::to_string(i);
      both.passages.push_back(MakePassage("right" + n, "", row["positive"][i]));
      both.passages.back().score = 1;
      only_right.passages.push_back(both.passages.back());
      if (i < row["positive_wrong"].size()) {
        both.passages.push_back(MakePassage("wrong" + n, "", row["positive_wrong"][i]));
        both.passages.back().score = 1;
      }
    }
    ++cases;
    const auto conflicts_in = [&](const Context& context) {
      const model::ExtractiveDraft draft =
          model::ExtractAnswer(question, context.passages, TestAnalyzer(), {});
      if (draft.declined) return -1;
      const model::ExtractedSentence& first = draft.sentences[0];
      return static_cast<int>(
          FindConflicts(question, context, first.passage, first.range, TestAnalyzer()).size());
    };
    const int found = conflicts_in(both);
    answered += found >= 0 ? 1 : 0;
    named += found > 0 ? 1 : 0;
    alarms += conflicts_in(only_right) > 0 ? 1 : 0;
  }
  std::cout << "conflicts: " << cases << " cases, answered " << answered << ", named " << named
            << "; alarms among right sources " << alarms << "\n";
  EXPECT_GE(named, 60u);
  EXPECT_LE(alarms, 15u);
}

}  // namespace
}  // namespace quarry::generation
