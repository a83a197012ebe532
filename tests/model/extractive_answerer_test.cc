#include "model/extractive_answerer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "model/passage_reading.h"
#include "tests/testing/test_environment.h"

namespace quarry::model {
namespace {

using ::testing::HasSubstr;

Passage MakePassage(std::string text, double score, std::string title = "",
                    std::vector<std::string> headings = {}) {
  Passage passage;
  passage.chunk.text = std::move(text);
  passage.chunk.span.heading_path = std::move(headings);
  passage.title = std::move(title);
  passage.score = score;
  return passage;
}

std::string Quote(const ExtractedSentence& sentence, const std::vector<Passage>& passages) {
  const std::string& text = passages[sentence.passage].chunk.text;
  return text.substr(sentence.range.begin, sentence.range.end - sentence.range.begin);
}

class ExtractiveAnswererTest : public ::testing::Test {
 protected:
  // The first sentence of the answer; "" when declined.
  std::string First(std::string_view question, const std::vector<Passage>& passages,
                    const ExtractiveOptions& options = {}) {
    const ExtractiveDraft draft = ExtractAnswer(question, passages, analyzer_, options);
    return draft.declined ? "" : Quote(draft.sentences[0], passages);
  }

  Analyzer analyzer_;
  const std::vector<Passage> pumps_ = {
      MakePassage("The DP-15 is a dosing pump. It weighs 4.2 kg. Its maximum pressure is 9 bar. "
                  "The housing is made of steel.",
                  12.0, "DP-15 data sheet"),
      MakePassage("The VX-220 valve opens at 6 bar. Anna Lindqvist designed it in 1998 in Malmö. "
                  "It was recalled because the seal cracked.",
                  7.5, "VX-220 data sheet"),
  };
  const std::vector<Passage> zh_ = {
      MakePassage("DP-15是一种加药泵。它的重量是4.2千克。最大压力为9巴。外壳由不锈钢制成。", 12.0,
                  "DP-15数据表"),
      MakePassage(
          "VX-220阀门于1998年在杭州研制。设计者是工程师李明华。由于密封圈开裂，2003年召回。", 7.5,
          "VX-220数据表"),
  };
};

TEST_F(ExtractiveAnswererTest, FindsTheSentenceThatHoldsTheFact) {
  EXPECT_EQ(First("What is the maximum pressure of the DP-15?", pumps_),
            "Its maximum pressure is 9 bar.");
  EXPECT_EQ(First("What is the housing of the DP-15 made of?", pumps_),
            "The housing is made of steel.");
  EXPECT_EQ(First("Who designed the VX-220 valve?", pumps_),
            "Anna Lindqvist designed it in 1998 in Malmö.");
  EXPECT_EQ(First("Why was the VX-220 recalled?", pumps_),
            "It was recalled because the seal cracked.");
}

TEST_F(ExtractiveAnswererTest, FindsTheSentenceThatHoldsTheFactInChinese) {
  EXPECT_EQ(First("DP-15的最大压力是多少？", zh_), "最大压力为9巴。");
  EXPECT_EQ(First("DP-15的外壳是由什么制成的？", zh_), "外壳由不锈钢制成。");
  EXPECT_EQ(First("VX-220阀门的设计者是谁？", zh_), "设计者是工程师李明华。");
  EXPECT_EQ(First("VX-220为什么召回？", zh_), "由于密封圈开裂，2003年召回。");
}

TEST_F(ExtractiveAnswererTest, AQuestionInTraditionalCharactersFindsSimplifiedText) {
  EXPECT_EQ(First("DP-15的最大壓力是多少？", zh_), "最大压力为9巴。");
}

TEST_F(ExtractiveAnswererTest, AQuestionInTheTextIsAnsweredByWhatFollowsIt) {
  const std::vector<Passage> faq = {
      MakePassage("Q: How do I reset my password?\nA: Open Settings > Security.\n\n"
                  "问：退货运费由谁承担？\n答：公司承担。\n",
                  5, "Questions")};
  EXPECT_EQ(First("how do I reset my password", faq), "A: Open Settings > Security.");
  EXPECT_EQ(First("退货运费由谁承担？", faq), "答：公司承担。");
}

TEST_F(ExtractiveAnswererTest, AFewWordsThatAnswerAreKeptWithWhatFollows) {
  const std::vector<Passage> faq = {
      MakePassage("No. Hookwell needs PostgreSQL, because its queue uses SKIP LOCKED.", 9, "FAQ",
                  {"FAQ", "Can I use MySQL instead of PostgreSQL?"}),
      MakePassage("不可以。桥接器需要达梦数据库，因为队列使用它的锁。", 9, "常见问题",
                  {"常见问题", "可以使用海量数据库吗？"})};
  const auto quoted = [&](const char* question) {
    const ExtractiveDraft draft = ExtractAnswer(question, faq, analyzer_, {});
    ExtractedSentence first = draft.sentences.at(0);
    EXPECT_FALSE(draft.declined) << question;
    first.range = first.answering;
    return Quote(first, faq);
  };
  EXPECT_EQ(quoted("Can I use MySQL?"), faq[0].chunk.text);
  std::string chinese;  // in two quotes
  for (const ExtractedSentence& sentence :
       ExtractAnswer("可以使用海量数据库吗？", faq, analyzer_, {}).sentences) {
    if (sentence.passage == 1) chinese += Quote(sentence, faq);
  }
  EXPECT_EQ(chinese, faq[1].chunk.text);
  // Another question is not answered by "No."
  EXPECT_EQ(quoted("Why does Hookwell need PostgreSQL?"),
            "Hookwell needs PostgreSQL, because its queue uses SKIP LOCKED.");
}

// The sentences of a draft in the order in which they are said.
std::vector<std::string> SaidInOrder(ExtractiveDraft draft, const std::vector<Passage>& passages) {
  std::ranges::stable_sort(draft.sentences, {}, &ExtractedSentence::place);
  std::vector<std::string> said;
  for (const ExtractedSentence& sentence : draft.sentences)
    said.push_back(Quote(sentence, passages));
  return said;
}

TEST_F(ExtractiveAnswererTest, ASectionBelowTheQuestionIsToldInItsOrder) {
  const std::vector<Passage> passages = {
      MakePassage("Yes, since version 3.3, on the Enterprise plan. Before that only one container "
                  "could use a database.",
                  9, "FAQ", {"FAQ", "Can two Hookwell containers share a database?"}),
      MakePassage("Several containers can share a database (Enterprise).", 8.5, "Changelog",
                  {"Changelog", "3.3.0"}),
      MakePassage("自3.3版起可以，仅限企业版。此前只有一个容器能使用一个数据库。", 9, "常见问题",
                  {"常见问题", "两个容器可以共用一个数据库吗？"})};
  EXPECT_THAT(SaidInOrder(ExtractAnswer("Can two Hookwell containers share a database?",
                                        {passages[0], passages[1]}, analyzer_, {}),
                          passages),
              ::testing::ElementsAre("Yes, since version 3.3, on the Enterprise plan.",
                                     "Before that only one container could use a database."));
  EXPECT_THAT(
      SaidInOrder(ExtractAnswer("两个容器可以共用一个数据库吗？", {passages[2]}, analyzer_, {}),
                  {passages[2]}),
      ::testing::ElementsAre("自3.3版起可以，仅限企业版。", "此前只有一个容器能使用一个数据库。"));
}

// A list below a heading.
Passage ListPassage(const std::vector<std::string>& headings, const std::vector<std::string>& items,
                    double score) {
  Passage passage = MakePassage("", score, headings.front(), headings);
  for (const std::string& item : items) {
    if (!passage.chunk.text.empty()) passage.chunk.text += "\n\n";
    const size_t begin = passage.chunk.text.size();
    passage.chunk.text += item;
    const bool announces = item.ends_with("steps:") || item.ends_with("步骤：");
    const BlockKind kind = item.starts_with("$ ") ? BlockKind::kCode
                           : announces            ? BlockKind::kParagraph
                                                  : BlockKind::kListItem;
    passage.chunk.blocks.push_back(
        {.kind = kind, .begin = begin, .end = passage.chunk.text.size()});
  }
  return passage;
}

TEST_F(ExtractiveAnswererTest, StepsAndListsThatAnswerAreToldWholeAndInOrder) {
  const std::vector<std::string> steps = {
      "1. Run hookwell backup before.json. Back the database up, too.", "2. Stop the container.",
      "3. Pull the image:", "$ docker pull image", "4. Start the container."};
  const std::vector<std::string> installation = {"1. 从客户门户下载安装包。", "2. 校验安装包。",
                                                 "3. 解压到目标目录。", "4. 启动服务。"};
  const std::vector<std::string> fees = {"酒店迷你吧消费和洗衣费", "个人娱乐费用", "交通违章罚款"};
  const struct {
    const char* question;
    std::vector<std::string> headings;
    std::vector<std::string> items;
  } cases[] = {
      {"How do I upgrade Hookwell?", {"Hookwell manual", "Upgrading"}, steps},
      {"What are the steps to upgrade Hookwell?", {"Hookwell manual", "Upgrading"}, steps},
      {"如何安装同步桥？", {"同步桥指南", "安装步骤"}, installation},
      {"安装步骤有哪些？", {"同步桥指南", "安装步骤"}, installation},
      {"哪些费用不予报销？", {"差旅与报销制度", "不予报销的费用"}, fees},
  };
  for (const auto& [question, headings, items] : cases) {
    const std::vector<Passage> passages = {ListPassage(headings, items, 9)};
    const ExtractiveDraft draft = ExtractAnswer(question, passages, analyzer_, {});
    EXPECT_FALSE(draft.declined) << question;
    EXPECT_EQ(SaidInOrder(draft, passages), items) << question;
    EXPECT_EQ(draft.left_out, 0u);
  }
}

// A change log: below each heading a list.
Passage ChangeLog(const std::string& title,
                  const std::vector<std::pair<std::string, std::vector<std::string>>>& versions) {
  Passage passage = MakePassage("", 9, title, {title});
  const auto add = [&](BlockKind kind, const std::string& text) {
    if (!passage.chunk.text.empty()) passage.chunk.text += "\n\n";
    const size_t begin = passage.chunk.text.size();
    passage.chunk.text += text;
    passage.chunk.blocks.push_back(
        {.kind = kind, .depth = 1, .begin = begin, .end = passage.chunk.text.size()});
  };
  for (const auto& [version, items] : versions) {
    add(BlockKind::kHeading, version);
    for (const std::string& item : items) add(BlockKind::kListItem, item);
  }
  return passage;
}

TEST_F(ExtractiveAnswererTest, AVersionIsAskedOfItsSectionOnly) {
  const std::vector<Passage> english = {
      ChangeLog("Changelog",
                {{"3.4.0 - 2026-09-14",
                  {"Changed: the default is 30 instead of 14.", "Fixed: empty bodies."}},
                 {"3.2.0 - 2026-02-11", {"Added: image for arm64.", "Added: SCIM provisioning."}},
                 {"3.0.0 - 2025-06-18", {"Changed: the owner is called administrator."}}})};
  EXPECT_THAT(SaidInOrder(ExtractAnswer("What changed in 3.2.0?", english, analyzer_, {}), english),
              ::testing::ElementsAre("Added: image for arm64.", "Added: SCIM provisioning."));
  const std::vector<Passage> chinese = {ChangeLog(
      "更新日志", {{"3.4.0 — 2025-07-30", {"变更：默认值由4改为8。", "移除：旧版接口。"}},
                   {"3.3.0 — 2025-03-05", {"新增：任务级告警。", "变更：令牌有效期缩短。"}}})};
  EXPECT_THAT(SaidInOrder(ExtractAnswer("3.3.0有什么变更？", chinese, analyzer_, {}), chinese),
              ::testing::ElementsAre("新增：任务级告警。", "变更：令牌有效期缩短。"));
}

TEST_F(ExtractiveAnswererTest, AHeadingSaysWhenItsVersionCameOut) {
  const std::vector<Passage> passages = {
      ChangeLog("Changelog",
                {{"3.4.0 - 2026-09-14", {"Added: an editor.", "Removed: the XML export."}},
                 {"3.2.0 - 2026-02-11", {"Added: SCIM provisioning."}},
                 {"Older ones", {"Added: everything that is not listed above."}}}),
      ChangeLog("更新日志", {{"5.4.0 — 2025-07-30", {"移除：旧版接口。"}},
                             {"5.3.0 — 2025-03-05", {"新增：告警。"}}})};
  const auto first = [&](const char* question) { return First(question, passages); };
  EXPECT_EQ(first("When was 3.4.0 released?"), "3.4.0 - 2026-09-14");
  EXPECT_EQ(first("When did version 3.2.0 come out?"), "3.2.0 - 2026-02-11");
  EXPECT_EQ(first("Which version was released on 2026-02-11?"), "3.2.0 - 2026-02-11");
  EXPECT_EQ(first("5.3.0 是哪天发布的？"), "5.3.0 — 2025-03-05");
  EXPECT_EQ(first("5.4.0版本什么时候发布？"), "5.4.0 — 2025-07-30");
  // More is asked than when it came out, or of a version that has no heading.
  EXPECT_NE(first("When was the XML export of 3.4.0 removed?"), "3.4.0 - 2026-09-14");
  EXPECT_EQ(first("When was 3.5.0 released?").find("2026"), std::string::npos);
}

// The heading is about the filter, and the sentence above the list about what is done.
TEST_F(ExtractiveAnswererTest, AListIsToldWithTheSentenceThatAnnouncesIt) {
  const std::vector<std::string> steps = {"Backwash steps:", "1. Close the inlet valve.",
                                          "2. Rinse with air for 3 minutes.",
                                          "3. Rinse with water for 6 minutes."};
  const std::vector<std::string> chinese_steps = {"反冲洗步骤：", "1. 关进水阀；",
                                                  "2. 单独气冲3分钟；", "3. 单独水冲6分钟。"};
  const std::vector<Passage> english = {ListPassage({"Works manual", "Sand filters"}, steps, 9)};
  const std::vector<Passage> chinese = {ListPassage({"运行规程", "V型滤池"}, chinese_steps, 9)};
  EXPECT_EQ(SaidInOrder(ExtractAnswer("What are the backwash steps of the sand filters?", english,
                                      analyzer_, {}),
                        english),
            steps);
  EXPECT_EQ(
      SaidInOrder(ExtractAnswer("V型滤池的反冲洗步骤有哪些？", chinese, analyzer_, {}), chinese),
      chinese_steps);
}

TEST_F(ExtractiveAnswererTest, AListIsToldAsFarAsThereIsRoom) {
  const std::vector<Passage> passages = {
      ListPassage({"Hookwell manual", "Upgrading"},
                  {"1. Run hookwell backup before.json.", "2. Stop the container.",
                   "3. Pull the image.", "4. Start the container."},
                  9)};
  ExtractiveOptions options;
  options.max_items = 2;
  const ExtractiveDraft draft =
      ExtractAnswer("How do I upgrade Hookwell?", passages, analyzer_, options);
  EXPECT_THAT(
      SaidInOrder(draft, passages),
      ::testing::ElementsAre("1. Run hookwell backup before.json.", "2. Stop the container."));
  EXPECT_EQ(draft.left_out, 2u);
}

TEST_F(ExtractiveAnswererTest, HowIsNotAnsweredByADenialAlone) {
  const std::vector<Passage> passages = {
      MakePassage("By default Hookwell does not keep the order of events. Turn on Strict order to "
                  "hold later ones back. It is slow.",
                  9, "Routing", {"Routing", "Fan-out"}),
      MakePassage("平台默认不保持事件的先后顺序。请在目标上打开严格模式。这样较慢。", 9, "路由",
                  {"路由", "分发"})};
  const auto said = [&](const char* question) {
    return SaidInOrder(ExtractAnswer(question, passages, analyzer_, {}), passages);
  };
  const auto english = said("How do I make Hookwell keep the order of events?");
  ASSERT_GE(english.size(), 2u);
  EXPECT_EQ(english[0], "By default Hookwell does not keep the order of events.");
  EXPECT_EQ(english[1], "Turn on Strict order to hold later ones back.");
  const auto chinese = said("怎么保持事件的先后顺序？");
  ASSERT_GE(chinese.size(), 2u);
  EXPECT_EQ(chinese[0], "平台默认不保持事件的先后顺序。");
  EXPECT_EQ(chinese[1], "请在目标上打开严格模式。");
}

// What was taken out of a text before it was read left white space.
TEST_F(ExtractiveAnswererTest, NothingIsQuotedAcrossWhatWasTakenOut) {
  const std::string gap(40, ' ');
  const std::vector<Passage> steps = {ListPassage(
      {"Hookwell manual", "Upgrading"},
      {"1. Run hookwell backup before.json." + gap + "Keep the file.", "2. Start the container."},
      9)};
  EXPECT_THAT(SaidInOrder(ExtractAnswer("How do I upgrade Hookwell?", steps, analyzer_, {}), steps),
              ::testing::ElementsAre("1. Run hookwell backup before.json.", "Keep the file.",
                                     "2. Start the container."));
  const std::vector<Passage> faq = {
      MakePassage("No." + gap + "Hookwell needs PostgreSQL, because its queue uses SKIP LOCKED.", 9,
                  "FAQ", {"FAQ", "Can I use MySQL instead of PostgreSQL?"})};
  for (const ExtractedSentence& sentence :
       ExtractAnswer("Can I use MySQL?", faq, analyzer_, {}).sentences) {
    EXPECT_EQ(sentence.answering, sentence.range);
  }
}

// No sentence holds enough of the question, and its noun is the heading.
TEST_F(ExtractiveAnswererTest, AListIsFoundByItsHeading) {
  const std::vector<std::string> english_items = {"Version 3.5 comes in November.",
                                                  "The limit stays at two jobs."};
  const std::vector<std::string> chinese_items = {"1. 3.5版定于11月推出。",
                                                  "2. 上限维持两条不变。"};
  const std::vector<Passage> english = {
      ChangeLog("Minutes", {{"Where", {"Place: meeting room 12."}}, {"Decisions", english_items}})};
  const std::vector<Passage> chinese = {
      ChangeLog("产品例会纪要", {{"概况", {"地点：12层会议室。"}},
                                 {"决议", chinese_items},
                                 {"二、待办", {"评估兼容性。", "采购两台服务器。"}}})};
  ExtractiveOptions options;
  options.decline_below = 0.5;
  const auto said = [&](const char* question, const std::vector<Passage>& passages) {
    const ExtractiveDraft draft = ExtractAnswer(question, passages, analyzer_, options);
    return draft.declined ? std::vector<std::string>() : SaidInOrder(draft, passages);
  };
  EXPECT_EQ(said("Which decisions were taken in the meeting?", english), english_items);
  EXPECT_EQ(said("会议做了哪些决议？", chinese), chinese_items);
  EXPECT_THAT(said("哪些待办事项？", chinese),
              ::testing::ElementsAre("评估兼容性。", "采购两台服务器。"));
  EXPECT_EQ(ExtractAnswer("Which decisions were taken in the meeting?", english, analyzer_, options)
                .reason,
            "told as the list under the heading Decisions");
  options.language = "zh";
  EXPECT_EQ(ExtractAnswer("会议做了哪些决议？", chinese, analyzer_, options).reason,
            "按标题“决议”下的列表回答");
  // Somebody else's, or something else.
  EXPECT_THAT(said("Which decisions did the Rivers board take?", english), ::testing::IsEmpty());
  EXPECT_THAT(said("董事会做了哪些决议？", chinese), ::testing::IsEmpty());
  EXPECT_THAT(said("会议邀请了哪些客户？", chinese), ::testing::IsEmpty());
}

// What is asked stands in the one item and not above the list.
TEST_F(ExtractiveAnswererTest, AnItemThatIsAskedAboutIsToldAlone) {
  const std::vector<Passage> passages = {
      ListPassage({"Security", "Signing secrets"},
                  {"They are shown once.", "The rotation of signing secrets takes a day.",
                   "They have 32 characters."},
                  9),
      ListPassage({"安全", "签名密钥"},
                  {"只显示一次。", "签名密钥轮换需要一天。", "长度为32个字符。"}, 9)};
  for (const char* question :
       {"What does the rotation of signing secrets take?", "签名密钥轮换需要什么？"}) {
    const ExtractiveDraft draft = ExtractAnswer(question, passages, analyzer_, {});
    for (const ExtractedSentence& sentence : draft.sentences) {
      EXPECT_EQ(sentence.lead, "") << question << ": a line for each is a list's";
    }
  }
}

// "What" may ask for all of a list or for what one item says.
TEST_F(ExtractiveAnswererTest, WhatIsAnsweredByTheItemThatSaysAllOfIt) {
  const auto said = [&](const char* question, const std::vector<std::string>& headings,
                        const std::vector<std::string>& items) {
    const std::vector<Passage> passages = {ListPassage(headings, items, 9)};
    return SaidInOrder(ExtractAnswer(question, passages, analyzer_, {}), passages);
  };
  const std::vector<std::string> english = {"The deposit is 500 euros.", "Pets are not allowed.",
                                            "Keys are left with the porter."};
  const std::vector<std::string> chinese = {"定金为500元。", "宠物不得入内。", "钥匙交前台保管。"};
  EXPECT_THAT(said("What is the deposit?", {"Rental", "Deposit"}, english),
              ::testing::ElementsAre(english[0]));
  EXPECT_THAT(said("定金是什么？", {"租赁", "定金"}, chinese), ::testing::ElementsAre(chinese[0]));
  EXPECT_EQ(said("What is new in 3.2.0?", {"Changelog", "3.2.0"}, english), english);
  EXPECT_EQ(said("What are the rules of the deposit?", {"Rental", "Rules of the deposit"}, english),
            english);
  EXPECT_EQ(said("定金有什么规定？", {"租赁", "定金规定"}, chinese), chinese);
}

// A fact of a kind is asked for, and the heading only names what it is about.
TEST_F(ExtractiveAnswererTest, ASectionThatIsOnlyAboutItIsNotToldWhole) {
  const std::vector<Passage> passages = {
      MakePassage("Leave is asked for in writing. Every employee has 28 days of leave. It lapses "
                  "in March.",
                  9, "Handbook", {"Handbook", "Leave"})};
  const ExtractiveDraft draft = ExtractAnswer("How many days of leave?", passages, analyzer_, {});
  EXPECT_EQ(SaidInOrder(draft, passages)[0], "Every employee has 28 days of leave.");
}

TEST_F(ExtractiveAnswererTest, ACodeInsideALongerOneIsAnother) {
  const std::vector<Passage> sheets = {
      MakePassage("The torque of its coupling bolts is 48 N·m.", 9, "VX-220/B data sheet"),
      MakePassage("The torque of its coupling bolts is 42 N·m.", 8, "VX-220 data sheet")};
  const auto answer = [&](const char* question) {
    const ExtractiveDraft draft = ExtractAnswer(question, sheets, analyzer_, {});
    EXPECT_EQ(draft.sentences.size(), 1u);
    return draft.sentences.empty() ? "" : Quote(draft.sentences[0], sheets);
  };
  EXPECT_EQ(answer("What is the torque of the VX-220 coupling bolts?"),
            "The torque of its coupling bolts is 42 N·m.");
  EXPECT_EQ(answer("What is the torque of the VX-220/B coupling bolts?"),
            "The torque of its coupling bolts is 48 N·m.");
}

TEST_F(ExtractiveAnswererTest, AKinOfTheCodeIsNoSupport) {
  const std::vector<Passage> shorter = {
      MakePassage("The casing of the VX-220 pump is tested at 16 bar for ten minutes.", 9, "Tests"),
      MakePassage("HT-300的壳体在出厂前以16巴的压力试验十分钟。", 8, "试验")};
  const std::vector<Passage> longer = {
      MakePassage("The casing of the VX-220/B pump is tested at 16 bar for ten minutes.", 9,
                  "Tests"),
      MakePassage("HT-300/B的壳体在出厂前以16巴的压力试验十分钟。", 8, "试验")};
  const char* of_shorter[] = {"At how many bar is the casing of the VX-220 pump tested?",
                              "HT-300的壳体在出厂前以多少巴的压力试验？"};
  const char* of_longer[] = {"At how many bar is the casing of the VX-220/B pump tested?",
                             "HT-300/B的壳体在出厂前以多少巴的压力试验？"};
  for (size_t i = 0; i < 2; ++i) {
    const std::string code = i == 0 ? "VX-220" : "HT-300";
    EXPECT_FALSE(ExtractAnswer(of_shorter[i], shorter, analyzer_, {}).declined) << of_shorter[i];
    EXPECT_FALSE(ExtractAnswer(of_longer[i], longer, analyzer_, {}).declined) << of_longer[i];
    const ExtractiveDraft too_long = ExtractAnswer(of_longer[i], shorter, analyzer_, {});
    EXPECT_TRUE(too_long.declined) << of_longer[i];
    EXPECT_THAT(too_long.reason, HasSubstr("the text says " + code + ", not " + code + "/B"));
    EXPECT_TRUE(ExtractAnswer(of_shorter[i], longer, analyzer_, {}).declined) << of_shorter[i];
  }
}

// The passage has the code that is asked about, and the sentence that has the rest speaks of another.
TEST_F(ExtractiveAnswererTest, WhatIsSaidOfASiblingIsNoAnswer) {
  struct Case {
    const char* text;
    const char* asked;
    const char* reason;
    const char* of_sibling;
  };
  const Case cases[] = {
      {"The HY-400 needs 12 l of oil. The HY-300 is mounted on a frame.",
       "How much oil does the HY-300 need?", "the text says HY-400, not HY-300",
       "How much oil does the HY-400 need?"},
      {"For the HY-400, 12 l of oil are needed. The HY-300 is mounted on a frame.",
       "How much oil is needed for the HY-300?", "the text says HY-400, not HY-300",
       "How much oil is needed for the HY-400?"},
      {"The HY-200, HY-400 and HY-500 need 12 l of oil. The HY-300 is mounted on a frame.",
       "How much oil does the HY-300 need?", "the text says HY-200, not HY-300",
       "How much oil does the HY-400 need?"},
      {"HX-400需要12升液压油。HX-300安装在机架上。", "HX-300需要多少液压油？",
       "the text says HX-400, not HX-300", "HX-400需要多少液压油？"},
      // A crane, and other pumps: no order of codes.
      {"HX-400起重机需要12升液压油。HX-300安装在机架上。", "HX-300需要多少液压油？",
       "the text says HX-400, not HX-300", "HX-400需要多少液压油？"},
      {"The HY-400 and upper pumps need 12 l of oil. The HY-300 is mounted on a frame.",
       "How much oil does the HY-300 need?", "the text says HY-400, not HY-300",
       "How much oil does the HY-400 need?"},
      {"对于HX-400，需要12升液压油。HX-300安装在机架上。", "HX-300需要多少液压油？",
       "the text says HX-400, not HX-300", "HX-400需要多少液压油？"},
  };
  for (const Case& tried : cases) {
    const std::vector<Passage> passages = {MakePassage(tried.text, 10.0)};
    const ExtractiveDraft draft = ExtractAnswer(tried.asked, passages, analyzer_, {});
    EXPECT_TRUE(draft.declined) << tried.text << " " << draft.support;
    EXPECT_THAT(draft.reason, HasSubstr(tried.reason)) << tried.text;
    EXPECT_TRUE(draft.says_another) << tried.text;
    EXPECT_FALSE(ExtractAnswer(tried.of_sibling, passages, analyzer_, {}).declined) << tried.text;
  }
}

TEST_F(ExtractiveAnswererTest, TheRowOfACodeTellsOfItByOtherWords) {
  const auto table = [](const char* title, const std::vector<std::string>& rows) {
    Passage passage = MakePassage("", 10.0, title);
    for (const std::string& row : rows) passage.chunk.text += row + '\n';
    passage.chunk.blocks = {{.kind = BlockKind::kTable, .end = passage.chunk.text.size()}};
    return std::vector<Passage>{passage};
  };
  EXPECT_EQ(First("E-6144是什么报警？",
                  table("报警代码", {"代码: E-6130; 含义: 液位高报警; 动作: 停泵",
                                     "代码: E-6144; 含义: 循环泵故障; 动作: 切换备用泵"})),
            "代码: E-6144; 含义: 循环泵故障; 动作: 切换备用泵");
  EXPECT_EQ(First("What alarm is F-6144?",
                  table("Alarm codes", {"Code: F-6130; Meaning: high level alarm; Action: stop",
                                        "Code: F-6144; Meaning: pump fault; Action: switch over"})),
            "Code: F-6144; Meaning: pump fault; Action: switch over");
  // The row has nothing of the kind that is asked for.
  EXPECT_TRUE(ExtractAnswer("How much oil does the HY-300 need?",
                            table("", {"Model: HY-300; Notes: mounted on a frame",
                                       "Model: HY-400; Notes: needs 12 l of oil"}),
                            analyzer_, {})
                  .declined);
}

TEST_F(ExtractiveAnswererTest, WhatIsSaidOfTheThingItselfGoesBeforeItsSibling) {
  const std::vector<Passage> english = {
      MakePassage("The HY-400 needs 12 l of oil each year. The HY-300 needs 8 l.", 10.0)};
  const std::vector<Passage> chinese = {
      MakePassage("HX-400每年需要12升液压油。HX-300需要8升。", 10.0)};
  EXPECT_EQ(First("How much oil does the HY-300 need?", english), "The HY-300 needs 8 l.");
  EXPECT_EQ(First("HX-300需要多少液压油？", chinese), "HX-300需要8升。");
  for (const auto& [question, passages] :
       {std::pair("How much oil does the HY-300 need?", &english),
        std::pair("HX-300需要多少液压油？", &chinese)}) {
    EXPECT_EQ(ExtractAnswer(question, *passages, analyzer_, {}).sentences.size(), 1u) << question;
  }
}

TEST_F(ExtractiveAnswererTest, BelowTheHeadingOfASiblingAllIsSaidOfIt) {
  Passage passage = MakePassage("", 5.0, "Hydraulics");
  const auto add = [&](BlockKind kind, const std::string& text) {
    const size_t begin = passage.chunk.text.size();
    passage.chunk.text += text;
    passage.chunk.blocks.push_back(
        {.kind = kind, .depth = 1, .begin = begin, .end = passage.chunk.text.size()});
    passage.chunk.text += "\n\n";
  };
  add(BlockKind::kHeading, "HY-400");
  add(BlockKind::kParagraph, "It needs 12 l of oil and a filter.");
  add(BlockKind::kHeading, "HY-300");
  add(BlockKind::kParagraph, "It is mounted on a frame.");
  const std::vector<Passage> passages = {passage};
  EXPECT_EQ(First("How much oil does the HY-400 need?", passages),
            "It needs 12 l of oil and a filter.");
  EXPECT_TRUE(
      ExtractAnswer("How much oil does the HY-300 need?", passages, analyzer_, {}).declined);
}

TEST_F(ExtractiveAnswererTest, ASiblingThatIsOnlyNamedBesideIsNotSpokenOf) {
  struct Case {
    const char* text;
    const char* question;
    const char* title = "";
  };
  const Case cases[] = {
      {"The HY-300 was replaced by the HY-400, which needs 12 l of oil.",
       "How much oil does the HY-300 need?"},
      {"The HY-300 drives presses. Unlike the HY-400, it needs 8 l of oil.",
       "How much oil does the HY-300 need?"},
      {"The HY-300 drives presses. It replaces the HY-400 and needs 8 l of oil.",
       "How much oil does the HY-300 need?"},
      {"The HY-300 drives presses. Its tank holds 8 l of oil and may be joined to the HY-400.",
       "How much oil does the HY-300 hold?"},
      {"The units HY-200 to HY-400 need 12 l of oil.", "How much oil does the HY-300 need?"},
      {"The HY-200 and above need 12 l of oil.", "How much oil does the HY-300 need?"},
      {"Valves over DN250 are opened in six minutes.", "How fast is a DN300 valve opened?"},
      {"DN250以上的阀门开启不少于六分钟。", "DN300阀门开启要多久？"},
      {"Employees in grade G5 and higher may fly business class.",
       "May G6 employees fly business class?"},
      {"The HY-200 or newer needs 12 l of oil.", "How much oil does the HY-300 need?"},
      {"P6级及以上员工可乘坐商务舱。", "P7员工可以乘坐商务舱吗？"},
      {"P6級起的員工可乘坐商務艙。", "P7員工可以乘坐商務艙嗎？"},
      {"HX-200及更高型号需要12升液压油。", "HX-300需要多少液压油？"},
      {"The HY-400 followed in 2020.", "Which model replaced the HY-300?"},
      {"The KX pump is rated IP67.", "Is the KX pump rated IP65?"},
      {"The HY-400 shares its oil of 12 l.", "How much oil does the HY-300 need?", "HY-300 manual"},
      {"HX-300用于压机。与HX-400不同，它需要8升液压油。", "HX-300需要多少液压油？"},
      {"HX-300已被HX-400取代，后者需要12升液压油。", "HX-300需要多少液压油？"},
      {"HX-200至HX-400需要12升液压油。", "HX-300需要多少液压油？"},
      {"HX-400于2020年推出。", "哪个型号取代了HX-300？"},
      {"水泵的防护等级为IP67。", "水泵的防护等级是IP65吗？"},
  };
  for (const Case& tried : cases) {
    const std::vector<Passage> passages = {MakePassage(tried.text, 10.0, tried.title)};
    const ExtractiveDraft draft = ExtractAnswer(tried.question, passages, analyzer_, {});
    EXPECT_THAT(draft.reason, ::testing::Not(HasSubstr("the text says")))
        << tried.text << " " << tried.question;
    EXPECT_FALSE(draft.says_another) << tried.text << " " << tried.question;
  }
}

TEST_F(ExtractiveAnswererTest, OneSharedWordAddsNoSentence) {
  const std::vector<Passage> passages = {
      MakePassage("The PRV-32 is a valve for 16 bar.", 9, "PRV-32"),
      MakePassage("You may certify your own illness for up to four days.", 8, "Handbook")};
  EXPECT_EQ(ExtractAnswer("Which valve is certified for 16 bar?", passages, analyzer_, {})
                .sentences.size(),
            1u);
}

TEST_F(ExtractiveAnswererTest, PlacesAndTimesNeedNoName) {
  const std::vector<Passage> passages = {MakePassage(
      "The hydrant key is kept in locker 12. Error 7 means that a token has expired. Every token "
      "expires after 45 minutes. 员工每年享有十五天带薪年假。",
      5, "Notes")};
  EXPECT_EQ(First("where is the hydrant key", passages), "The hydrant key is kept in locker 12.");
  EXPECT_EQ(First("When does a token expire?", passages), "Every token expires after 45 minutes.");
  EXPECT_EQ(First("年假有多少天？", passages), "员工每年享有十五天带薪年假。");
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

TEST_F(ExtractiveAnswererTest, WhatNoPassageSpeaksOfIsNotAnswered) {
  const std::vector<Passage> facts = {
      MakePassage("作为目标端，除上述数据库外，还支持 Kafka、ClickHouse 和 Doris。", 9),
      MakePassage("Hookwell supports PostgreSQL and Redis.", 8),
      MakePassage("工牌的补办费用为20元。离职证明三日后领取。", 7)};
  for (const auto& [answered, declined, missing] :
       {std::tuple("支持 Kafka 吗？", "支持达梦数据库吗？", "达梦"),
        std::tuple("Does Hookwell support Redis?", "Does Hookwell support MongoDB?", "MongoDB")}) {
    EXPECT_FALSE(ExtractAnswer(answered, facts, analyzer_, {}).declined) << answered;
    const ExtractiveDraft draft = ExtractAnswer(declined, facts, analyzer_, {});
    EXPECT_TRUE(draft.declined) << declined;
    EXPECT_THAT(draft.reason, HasSubstr(missing));
  }
  // One of its words is nowhere, and is no name.
  EXPECT_EQ(First("丢失工牌的补办费用是多少？", {facts[2]}), "工牌的补办费用为20元。");
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

TEST_F(ExtractiveAnswererTest, AnOfficeIsWhoDoesIt) {
  const std::vector<Passage> rules = {
      MakePassage("区域折扣由区域经理核准。区域折扣须书面核准。折扣每季度公布一次。", 5, "折扣"),
      MakePassage("Discounts are granted by the area supervisor. Discounts are granted in writing.",
                  5, "Discounts")};
  EXPECT_EQ(First("区域折扣由谁核准？", rules), "区域折扣由区域经理核准。");
  EXPECT_EQ(First("Who grants discounts?", rules), "Discounts are granted by the area supervisor.");
}

TEST_F(ExtractiveAnswererTest, DeclinesWhatThePassagesDoNotSay) {
  for (const char* question :
       {"Which bishop crowned Emperor Charles in Aachen?", "柏林的市长住在哪条街道？",
        "How do I apply for parental leave in Portugal?"}) {
    for (const auto* passages : {&pumps_, &zh_}) {
      const ExtractiveDraft draft = ExtractAnswer(question, *passages, analyzer_, {});
      EXPECT_TRUE(draft.declined) << question;
      EXPECT_LT(draft.support, 0.35);
      EXPECT_FALSE(draft.reason.empty());
    }
  }
}

// The bulletin names the thing that is asked about; what is asked about it stands under another.
TEST_F(ExtractiveAnswererTest, ASentenceThatOnlyNamesTheThingIsNoSupport) {
  std::vector<Passage> passages = {
      MakePassage("Property: Sound pressure; Value: 74 dB(A)", 10.0, "VX-220/B end-suction pump"),
      MakePassage("The bulletin does not concern the VX-220 without /B, nor the VX-240.", 8.6,
                  "Service bulletin: coupling bolts of the VX-220/B")};
  passages[0].chunk.blocks = {
      {.kind = BlockKind::kTable, .begin = 0, .end = passages[0].chunk.text.size()}};
  const char* question = "What is the sound pressure level of the VX-220 (without /B)?";
  EXPECT_TRUE(ExtractAnswer(question, passages, analyzer_, {}).declined);
  EXPECT_FALSE(ExtractAnswer(question, {passages[1]}, analyzer_, {}).declined)
      << "by the bulletin alone it would be answered";
}

TEST_F(ExtractiveAnswererTest, TheThresholdDecides) {
  ExtractiveOptions options;
  const double support =
      ExtractAnswer("What is the maximum pressure?", pumps_, analyzer_, options).support;
  options.decline_below = support + 0.01;
  const ExtractiveDraft declined =
      ExtractAnswer("What is the maximum pressure?", pumps_, analyzer_, options);
  EXPECT_TRUE(declined.declined);
  EXPECT_EQ(declined.support, support);
  options.decline_below = support - 0.01;
  EXPECT_FALSE(ExtractAnswer("What is the maximum pressure?", pumps_, analyzer_, options).declined);
}

// Each pair differs in one thing only, which the passages have in the first and lack in the second.
TEST_F(ExtractiveAnswererTest, SupportFallsWithWhatIsMissing) {
  const struct {
    const char* said;
    const char* not_said;
    const std::vector<Passage>* passages;
  } cases[] = {
      {"What is the maximum pressure of the DP-15?", "What is the maximum pressure of the DP-51?",
       &pumps_},
      {"What did Lindqvist design in 1998?", "What did Lindqvist design in 1989?", &pumps_},
      {"What did Anna Lindqvist design?", "What did Berta Lindqvist design?", &pumps_},
      {"What is the housing made of?", "Who made the housing?", &pumps_},
      {"What is the housing made of?", "What is the housing not made of?", &pumps_},
      {"DP-15的最大压力是多少？", "DP-51的最大压力是多少？", &zh_},
      {"哪种阀门2003年召回？", "哪种阀门2005年召回？", &zh_},
      {"《VX-220数据表》的设计者是谁？", "《安装手册》的设计者是谁？", &zh_},
      {"外壳由什么制成？", "外壳由哪一年制成？", &zh_},
      {"外壳由什么制成？", "外壳不由什么制成？", &zh_},
  };
  for (const auto& [said, not_said, passages] : cases) {
    const double high = ExtractAnswer(said, *passages, analyzer_, {}).support;
    const double low = ExtractAnswer(not_said, *passages, analyzer_, {}).support;
    const auto odds = [](double support) { return support / (1 - support); };
    EXPECT_GT(odds(high), 2 * odds(low)) << said << " " << high << " / " << not_said << " " << low;
  }
}

// Of each pair the first stands in the text, of the second a sibling.
TEST_F(ExtractiveAnswererTest, AnotherWordInThePlaceOfOneIsNoSupport) {
  struct Case {
    const char* text;
    const char* said;
    const char* replaced;
    const char* reason;
  };
  const Case cases[] = {
      {"Gold members get 8 % off and four free cleanings a year.", "What do gold members get?",
       "What do silver members get?", "the text says Gold, not silver"},
      {"If the buyer pays late, interest is due.", "What if the buyer pays late?",
       "What if the seller pays late?", "the text says buyer, not seller"},
      {"The highest price of the pump was 40.", "What was the highest price of the pump?",
       "What was the lowest price of the pump?", "the text says highest, not lowest"},
      {"Trainees get unpaid leave of ten days.", "How much unpaid leave do trainees get?",
       "How much paid leave do trainees get?", "the text says unpaid, not paid"},
      {"The office of the Northern Council has a lift.", "Does the Northern Council have a lift?",
       "Does the Southern Council have a lift?", "the text says Northern, not Southern"},
      {"金卡会员全场9.2折，每年4次免费清洗。", "金卡会员有什么优惠？", "银卡会员有什么优惠？",
       "the text says 金卡会员, not 银卡会员"},
      {"甲方逾期付款的，每逾期一日按未付金额的0.3‰支付违约金。", "甲方逾期付款怎么办？",
       "乙方逾期付款怎么办？", "the text says 甲方逾期付款, not 乙方逾期付款"},
      {"户外岗位高温津贴为每月60元。", "户外岗位的高温津贴是多少？", "户外岗位的低温津贴是多少？",
       "the text says 高温津贴, not 低温津贴"},
      {"阿斯彭水厂的日供水能力为3万吨。", "阿斯彭水厂的日供水能力是多少？",
       "布拉克韦尔水厂的日供水能力是多少？", "the text says 阿斯彭, not 布拉克韦尔"},
      {"阿斯彭水厂的日供水能力为3万吨。", "阿斯彭水厂的日供水能力是多少？",
       "东山水厂的日供水能力是多少？", "the text says 阿斯彭, not 东山"},
      {"北岸水厂建于1998年，占地6公顷。", "北岸水厂建于哪一年？", "布拉克韦尔水厂建于哪一年？",
       "the text says 北岸, not 布拉克韦尔"},
  };
  for (const Case& tried : cases) {
    const std::vector<Passage> passages = {MakePassage(tried.text, 10.0)};
    EXPECT_FALSE(ExtractAnswer(tried.said, passages, analyzer_, {}).declined) << tried.said;
    const ExtractiveDraft draft = ExtractAnswer(tried.replaced, passages, analyzer_, {});
    EXPECT_TRUE(draft.declined) << tried.replaced << " " << draft.support;
    EXPECT_THAT(draft.reason, HasSubstr(tried.reason));
    EXPECT_TRUE(draft.says_another) << tried.replaced;
  }
}

// The word that is asked about stands in one sentence, what it describes in the next.
TEST_F(ExtractiveAnswererTest, TwoSentencesOfHalfTheNameAreNoSupport) {
  const std::vector<Passage> passages = {
      MakePassage("Security: passwords in the gateway log are masked.", 9, "Changelog"),
      MakePassage("The safety officer is Owen Harrack.", 8.5, "Handbook")};
  EXPECT_TRUE(ExtractAnswer("Who is the security officer?", passages, analyzer_, {}).declined);
  EXPECT_EQ(First("Who is the safety officer?", passages), "The safety officer is Owen Harrack.");
}

TEST_F(ExtractiveAnswererTest, AHeadingAndTheLabelOfARowHoldSiblingsToo) {
  const std::vector<Passage> rules = {
      MakePassage("仓库内严禁吸烟，违者罚款500元。", 10.0, "南京仓库安全规定")};
  EXPECT_THAT(ExtractAnswer("苏州仓库吸烟罚款多少？", rules, analyzer_, {}).reason,
              HasSubstr("the text says 南京, not 苏州"));
  EXPECT_FALSE(ExtractAnswer("南京仓库吸烟罚款多少？", rules, analyzer_, {}).declined);

  Passage row = MakePassage("参数: 额定功率; HY-300: 4.2 kW", 10.0);
  row.chunk.blocks = {{.kind = BlockKind::kTable, .end = row.chunk.text.size()}};
  EXPECT_THAT(ExtractAnswer("HY-300的额定电流", {row}, analyzer_, {}).reason,
              HasSubstr("the text says 功率, not 电流"));
  EXPECT_FALSE(ExtractAnswer("HY-300的额定功率", {row}, analyzer_, {}).declined);
}

TEST_F(ExtractiveAnswererTest, AWordThatIsOnlyMissingIsNotReplaced) {
  struct Case {
    const char* text;
    const char* question;
  };
  const Case cases[] = {
      {"Staff get 24 days of holiday.", "How many days of annual holiday do staff get?"},
      {"Members get 8 % off.", "What do silver members get?"},
      {"The pump house was designed by Ada Groener.", "Who was Ada Groner?"},
      {"France is a country in Europe.", "Which continent holds the country France?"},
      {"The sea is not salty here.", "Is the sea unsalty here?"},
      {"员工年休假为5天。", "员工年假多少天？"},
      {"仓库内严禁吸烟，违者罚款500元。", "仓库抽烟罚款多少？"},
      {"这条线路由东华公司管理运营。", "这条线路由哪家企业管理运营？"},
      {"会员每年4次免费清洗。", "银卡会员有什么优惠？"},
      {"水厂的日供水能力为3万吨。", "布拉克韦尔水厂的日供水能力是多少？"},
      // One of a list, and what is numbered.
      {"Supported formats: MP4/AVI/MOV.", "Can I upload MP4 files?"},
      {"支持的格式：MP4/AVI/MOV。", "能上传MP4文件吗？"},
      {"B1-001至B1-050每月300元。", "B1车位怎么收费？"},
      // Other words for the same.
      {"男职工陪产假15天。", "老婆生孩子陪产假几天？"},
      {"电脑报废年限为五年。", "计算机报废年限是几年？"},
      {"计算机报废年限为五年。", "电脑报废年限是几年？"},
      {"厕所位置在二楼东侧。", "洗手间位置在哪里？"},
      {"儿童乘车免票。", "小朋友乘车要买票吗？"},
  };
  for (const Case& tried : cases) {
    const std::vector<Passage> passages = {MakePassage(tried.text, 10.0)};
    EXPECT_THAT(ExtractAnswer(tried.question, passages, analyzer_, {}).reason,
                ::testing::Not(HasSubstr("the text says")))
        << tried.question;
  }
}

TEST_F(ExtractiveAnswererTest, AWordThatSaysTheSameCoversTheQuestion) {
  struct Case {
    const char* text;
    const char* question;
    const char* missing;  // in the reason where nothing says it
  };
  const Case said[] = {
      {"The telephone of the clinic is 555 0101.", "What is the phone of the clinic?", "phone"},
      {"The price of the seal kit is 12 euros.", "What is the cost of the seal kit?", "cost"},
      {"The mass of the pump is 318 kg.", "What is the weight of the pump?", "weight"},
      {"员工年休假为5天。", "员工年假多少天？", "年假"},
      {"螺栓的拧紧力矩为25 N·m。", "螺栓的拧紧扭矩是多少？", "扭矩"},
      {"水泵的质量为318千克。", "水泵的重量是多少？", "重量"},
  };
  for (const Case& tried : said) {
    const std::vector<Passage> passages = {MakePassage(tried.text, 10.0)};
    const ExtractiveDraft draft = ExtractAnswer(tried.question, passages, analyzer_, {});
    EXPECT_FALSE(draft.declined) << tried.question << " " << draft.support;
    EXPECT_THAT(draft.reason, ::testing::Not(HasSubstr(tried.missing))) << tried.question;
  }
  // Another quality than a weight; and where a passage has the word itself, nothing else says it.
  const Case unsaid[] = {
      {"水泵的质量由质检科检查。", "水泵的重量是多少？", "重量"},
      {"The mass of data of the pump is large.", "What is the weight of the pump?", "weight"},
      {"The fee for the seal kit is 3 euros. The cost of a pump is 900 euros.",
       "What is the cost of the seal kit?", "cost"},
      {"螺栓的力矩为25 N·m。扭矩扳手在仓库。", "螺栓的扭矩是多少？", "扭矩"},
  };
  for (const Case& tried : unsaid) {
    const std::vector<Passage> passages = {MakePassage(tried.text, 10.0)};
    const PassageReading reading(tried.question, passages, analyzer_, 160);
    EXPECT_LT(reading.Coverage(reading.sentences()[0]), 0.99) << tried.text;
  }
}

// A sum with thousands apart is no year.
TEST_F(ExtractiveAnswererTest, ThePartOfANumberIsNoTime) {
  const std::vector<Passage> passages = {
      MakePassage("甲方采购服务器两台，单价88,500元，合同总价176,000元。", 10.0)};
  EXPECT_THAT(ExtractAnswer("服务器什么时候到货？", passages, analyzer_, {}).reason,
              HasSubstr("it names no time"));
}

TEST_F(ExtractiveAnswererTest, TheReasonNamesTheKindAndTheNegationThatAreMissing) {
  const std::vector<Passage> passages = {MakePassage("The housing is made of steel.", 1.0)};
  EXPECT_THAT(ExtractAnswer("When was the housing made?", passages, analyzer_, {}).reason,
              HasSubstr("; it names no time"));
  EXPECT_THAT(ExtractAnswer("What is the housing not made of?", passages, analyzer_, {}).reason,
              HasSubstr("; the question asks for what is not so, the sentence tells only what is"));
  ExtractiveOptions chinese;
  chinese.language = "zh";
  EXPECT_THAT(ExtractAnswer("外壳不是由什么制成的？", {MakePassage("外壳由钢制成。", 1.0)},
                            analyzer_, chinese)
                  .reason,
              HasSubstr("；问题问的是否定的情况，该句只说了肯定的情况"));
}

// The parts of a code are terms as well, and 220 is there.
TEST_F(ExtractiveAnswererTest, TheReasonNamesAMissingCodeAsAWhole) {
  const ExtractiveDraft draft =
      ExtractAnswer("When was the GX-220 valve recalled?", pumps_, analyzer_, {});
  EXPECT_THAT(draft.reason, HasSubstr("not there: GX-220"));
}

TEST_F(ExtractiveAnswererTest, TheReasonNamesWhatIsMissing) {
  const ExtractiveDraft draft =
      ExtractAnswer("Which bishop crowned Emperor Charles?", pumps_, analyzer_, {});
  EXPECT_THAT(draft.reason, ::testing::EndsWith("; not there: bishop, crowned, Emperor, Charles"));
}

// 时停, 停止 and 止取 are the pairs that are missing; 取 is there in 取水.
TEST_F(ExtractiveAnswererTest, TheReasonNamesMissingChineseCharactersOnce) {
  std::vector<Passage> passages = {pumps_[0]};
  passages[0].chunk.text = "河水浊度超过800 NTU后，不再取水。";
  const ExtractiveDraft draft =
      ExtractAnswer("河水浊度超过多少停止取水？", passages, analyzer_, {});
  EXPECT_THAT(draft.reason, ::testing::EndsWith("; not there: 停止"));
}

// Of 老职工 the pair 职工 is there, of 劳保帽 劳保.
TEST_F(ExtractiveAnswererTest, TheReasonCutsNoChineseWord) {
  const struct {
    const char* text;
    const char* question;
    const char* reason;
  } cases[] = {
      {"新职工试用期为六个月。", "老职工试用期多长？",
       "the text says 新职工试用期, not 老职工试用期; not there: 老职工试用期"},
      {"劳保靴两年更换一次。", "劳保帽多久更换一次？", "not there: 劳保帽"},
  };
  for (const auto& [text, question, reason] : cases) {
    EXPECT_THAT(ExtractAnswer(question, {MakePassage(text, 5)}, analyzer_, {}).reason,
                HasSubstr(reason));
  }
  // What only joins is not missed.
  EXPECT_THAT(ExtractAnswer("设备需要润滑但不需要校准吗？",
                            {MakePassage("设备需要润滑，不需要校准。", 5)}, analyzer_, {})
                  .reason,
              ::testing::Not(HasSubstr("not there")));
}

TEST_F(ExtractiveAnswererTest, DeclinesWithoutWordsOrPassages) {
  EXPECT_TRUE(ExtractAnswer("", pumps_, analyzer_, {}).declined);
  EXPECT_TRUE(ExtractAnswer("???", pumps_, analyzer_, {}).declined);
  EXPECT_TRUE(ExtractAnswer("什么？", zh_, analyzer_, {}).declined);
  const ExtractiveDraft none = ExtractAnswer("What is the maximum pressure?", {}, analyzer_, {});
  EXPECT_TRUE(none.declined);
  EXPECT_EQ(none.reason, "no passage was found");
  EXPECT_TRUE(ExtractAnswer("What is the maximum pressure?", {MakePassage("", 1.0)}, analyzer_, {})
                  .declined);
}

TEST_F(ExtractiveAnswererTest, SentencesAreExactRangesWithinTheLimits) {
  const std::string long_text =
      "The pressure of pump A is 5 bar. The pressure of pump B is 6 bar. The pressure of pump C is "
      "7 bar. The pressure of pump D is 8 bar. The pressure of pump E is 9 bar.";
  const std::vector<Passage> passages = {MakePassage(long_text, 3.0), MakePassage(long_text, 2.0),
                                         pumps_[0]};
  for (const uint32_t max_sentences : {1u, 2u, 5u}) {
    for (const uint32_t max_tokens : {1u, 10u, 25u, 160u}) {
      ExtractiveOptions options;
      options.max_sentences = max_sentences;
      options.max_tokens = max_tokens;
      options.decline_below = 0;
      const ExtractiveDraft draft =
          ExtractAnswer("What is the pressure of pump C?", passages, analyzer_, options);
      ASSERT_FALSE(draft.sentences.empty());
      EXPECT_LE(draft.sentences.size(), max_sentences);
      uint32_t tokens = 0;
      for (const ExtractedSentence& sentence : draft.sentences) {
        ASSERT_LT(sentence.passage, passages.size());
        ASSERT_LT(sentence.range.begin, sentence.range.end);
        ASSERT_LE(sentence.range.end, passages[sentence.passage].chunk.text.size());
        tokens += CountTokens(Quote(sentence, passages));
      }
      EXPECT_LE(tokens, max_tokens);
    }
  }
}

TEST_F(ExtractiveAnswererTest, SentencesComeInTheOrderOfTheirScores) {
  const std::vector<Passage> passages = {
      MakePassage("Filter change: close the inlet valve. Open the drain. Then remove the filter "
                  "cartridge of the Orion unit. Rinse the housing.",
                  5.0),
      MakePassage("The Orion cartridge costs 40 euros. A cartridge lasts 90 days.", 4.0)};
  ExtractiveOptions options;
  options.decline_below = 0;
  const ExtractiveDraft draft = ExtractAnswer(
      "How many days does the filter cartridge of the Orion last and how do I remove "
      "it from the housing?",
      passages, analyzer_, options);
  ASSERT_GE(draft.sentences.size(), 2u);
  for (size_t i = 1; i < draft.sentences.size(); ++i) {
    EXPECT_GE(draft.sentences[i - 1].score, draft.sentences[i].score);
  }
}

TEST_F(ExtractiveAnswererTest, AQuestionWithTwoPartsTakesASentenceForEach) {
  ExtractiveOptions options;
  options.decline_below = 0;
  const ExtractiveDraft draft = ExtractAnswer(
      "What is the maximum pressure and what is the housing made of?", pumps_, analyzer_, options);
  std::vector<std::string> quotes;
  for (const ExtractedSentence& sentence : draft.sentences) {
    quotes.push_back(Quote(sentence, pumps_));
  }
  EXPECT_THAT(quotes, ::testing::IsSupersetOf(
                          {"Its maximum pressure is 9 bar.", "The housing is made of steel."}));
}

TEST_F(ExtractiveAnswererTest, TheSameSentenceInTwoPassagesIsQuotedOnce) {
  const std::vector<Passage> passages = {pumps_[0], pumps_[0]};
  const ExtractiveDraft draft =
      ExtractAnswer("maximum pressure of the DP-15", passages, analyzer_, {});
  for (size_t i = 1; i < draft.sentences.size(); ++i) {
    EXPECT_NE(Quote(draft.sentences[i], passages), Quote(draft.sentences[0], passages));
  }
  EXPECT_EQ(draft.sentences[0].passage, 0u);
}

TEST_F(ExtractiveAnswererTest, TheBetterPassageWinsBetweenEqualSentences) {
  const std::vector<Passage> passages = {MakePassage("The limit is 40 litres.", 9.0, "Tank B"),
                                         MakePassage("The limit is 55 litres.", 3.0, "Tank B")};
  EXPECT_EQ(First("What is the limit?", passages), "The limit is 40 litres.");
}

TEST_F(ExtractiveAnswererTest, HeadingsCountForTheirSentences) {
  const std::vector<Passage> passages = {
      MakePassage("Travel by train is paid in full.", 5.0, "Handbook", {"Expenses", "Germany"}),
      MakePassage("Travel by train is paid in part.", 5.0, "Handbook", {"Expenses", "Norway"})};
  EXPECT_EQ(First("Is train travel in Norway paid?", passages), "Travel by train is paid in part.");
}

// A contract does not name its parties in every clause.
TEST_F(ExtractiveAnswererTest, TheNameOfTheFileCountsForItsSentences) {
  std::vector<Passage> passages = {
      MakePassage("合同总价为960,000元。", 9.0, "软件许可与服务合同"),
      MakePassage("The total price is 40,000 euros.", 8.0, "Service agreement")};
  const char* questions[] = {"海川物流合同的总价是多少？",
                             "What is the total price of the Haversham agreement of 2025?"};
  for (const char* question : questions)
    EXPECT_TRUE(ExtractAnswer(question, passages, analyzer_, {}).declined) << question;
  passages[0].chunk.document = "合同/海川物流合同.docx";
  passages[1].chunk.document = "contracts/Haversham_2025-08-14.pdf";
  EXPECT_EQ(First(questions[0], passages), "合同总价为960,000元。");
  EXPECT_EQ(First(questions[1], passages), "The total price is 40,000 euros.");
}

TEST_F(ExtractiveAnswererTest, ThePartiesOfAContractCountForItsClauses) {
  std::vector<Passage> passages = {
      MakePassage("合同编号：LQ-2025\n\n甲方：宁波海川物流股份有限公司\n\n乙方：杭州澜桥科技", 9.0,
                  "服务合同"),
      MakePassage("合同总价为960,000元。", 8.0, "服务合同"),
      MakePassage("This agreement is made between Haversham Ltd and Weir Works.", 7.0, "Agreement"),
      MakePassage("The total price is 40,000 euros.", 6.0, "Agreement")};
  passages[0].chunk.document = passages[1].chunk.document = "a.docx";
  passages[2].chunk.document = passages[3].chunk.document = "b.docx";
  passages[1].chunk.ordinal = passages[3].chunk.ordinal = 3;
  EXPECT_EQ(First("海川物流股份有限公司的合同总价是多少？", passages), "合同总价为960,000元。");
  EXPECT_EQ(First("What is the total price of the agreement with Haversham?", passages),
            "The total price is 40,000 euros.");
  passages[1].chunk.document = "c.docx";
  EXPECT_TRUE(ExtractAnswer("海川物流股份有限公司的合同总价是多少？", {passages[1]}, analyzer_, {})
                  .declined);
}

TEST(FileNameTest, IsThatOfAFileWithoutDays) {
  const std::pair<const char*, const char*> cases[] = {{"合同/海川物流合同.docx", "海川物流合同"},
                                                       {"minutes_2025-08-14.md", "minutes 2025"},
                                                       {"a/VX-220.md", "VX-220"},
                                                       {"a/VX-2200-12.md", "VX-2200-12"},
                                                       {"release-3.4.txt", "release-3.4"},
                                                       {"doc12", ""},
                                                       {"notes/.md", ""},
                                                       {"a.b/c", ""},
                                                       {"v1.25", ""},
                                                       {"", ""}};
  for (const auto& [document, name] : cases) {
    Passage passage;
    passage.chunk.document = document;
    EXPECT_EQ(FileNameOf(passage), name) << document;
  }
}

TEST_F(ExtractiveAnswererTest, HeadingsInsideAPassageCountForTheSentencesBelowThemOnly) {
  Passage passage = MakePassage("", 5.0, "Handbook", {"Expenses", "Germany"});
  const auto add = [&](BlockKind kind, const std::string& text) {
    const size_t begin = passage.chunk.text.size();
    passage.chunk.text += text;
    passage.chunk.blocks.push_back(
        {.kind = kind, .depth = 1, .begin = begin, .end = passage.chunk.text.size()});
    passage.chunk.text += "\n\n";
  };
  add(BlockKind::kParagraph, "Travel by train is paid in full.");
  add(BlockKind::kHeading, "Norway");
  add(BlockKind::kParagraph, "Travel by train is paid in part.");
  const std::vector<Passage> passages = {passage};
  EXPECT_EQ(First("Is train travel in Norway paid?", passages), "Travel by train is paid in part.");
  EXPECT_EQ(First("Is train travel in Germany paid?", passages),
            "Travel by train is paid in full.");
  const ExtractiveDraft draft =
      ExtractAnswer("Is train travel in Norway paid?", passages, analyzer_, {});
  for (const ExtractedSentence& sentence : draft.sentences) {
    EXPECT_NE(Quote(sentence, passages), "Norway");
  }
}

TEST_F(ExtractiveAnswererTest, RowsAndCodeAreQuotedWholeAndLongProseFromWhatAnswers) {
  const std::string words =
      "The tower, which the keepers of the lower lock had built from the bricks of the old brewery "
      "in the winter "
      "before the flood, was lit by gas until 1924";
  for (const BlockKind kind : {BlockKind::kParagraph, BlockKind::kTable, BlockKind::kCode}) {
    Passage passage = MakePassage(words, 5.0);
    passage.chunk.blocks.push_back({.kind = kind, .depth = 1, .begin = 0, .end = words.size()});
    const ExtractiveDraft draft =
        ExtractAnswer("Until when was the tower lit by gas?", {passage}, analyzer_, {});
    ASSERT_EQ(draft.sentences.size(), 1u);
    EXPECT_EQ(draft.sentences[0].range, (ByteRange{0, words.size()}));
    const ByteRange part = draft.sentences[0].answering;
    if (kind != BlockKind::kParagraph) {
      EXPECT_EQ(part, ByteRange());
      continue;
    }
    EXPECT_EQ(part.end, words.size());
    EXPECT_GT(part.begin, 0u);
    EXPECT_LT(part.begin, words.find("1924"));
    EXPECT_EQ(words[part.begin - 1], ' ');
  }
}

TEST_F(ExtractiveAnswererTest, ScoresThatAreZeroOrNegativeAreFine) {
  std::vector<Passage> passages = pumps_;
  passages[0].score = 0;
  passages[1].score = -1;
  EXPECT_EQ(First("What is the maximum pressure of the DP-15?", passages),
            "Its maximum pressure is 9 bar.");
}

TEST_F(ExtractiveAnswererTest, MalformedAndHugeInputIsHandled) {
  std::string question;
  for (int i = 0; i < 400; ++i) question += "word" + std::to_string(i) + " ";
  const std::vector<Passage> passages = {
      MakePassage("\xff\xfe broken \xe4\xb8 bytes word1 word2.", 2.0),
      MakePassage(std::string(20'000, 'x') + " word3", 1.0),
      MakePassage(
          [] {
            std::string text;
            for (int i = 0; i < 5'000; ++i) text += "长";
            return text;
          }(),
          0.5)};
  ExtractiveOptions options;
  options.decline_below = 0;
  const ExtractiveDraft draft = ExtractAnswer(question, passages, analyzer_, options);
  EXPECT_FALSE(draft.sentences.empty());
}

TEST_F(ExtractiveAnswererTest, TheSameInputGivesTheSameDraft) {
  const ExtractiveDraft a = ExtractAnswer("Who designed the VX-220?", pumps_, analyzer_, {});
  const ExtractiveDraft b = ExtractAnswer("Who designed the VX-220?", pumps_, Analyzer(), {});
  ASSERT_EQ(a.sentences.size(), b.sentences.size());
  EXPECT_EQ(a.support, b.support);
  EXPECT_EQ(a.reason, b.reason);
  for (size_t i = 0; i < a.sentences.size(); ++i) {
    EXPECT_EQ(a.sentences[i].range, b.sentences[i].range);
    EXPECT_EQ(a.sentences[i].score, b.sentences[i].score);
  }
}

TEST_F(ExtractiveAnswererTest, AStuffedTextHasAFiniteScore) {
  std::string stuffed;
  for (size_t i = 0; i < 800; ++i) stuffed += "pump pressure maximum Alpha ";
  ExtractiveOptions options;
  options.max_tokens = 100'000;
  const std::vector<Passage> passages = {MakePassage(stuffed, 12.0), MakePassage("A pump.", 7.0)};
  const ExtractiveDraft draft =
      ExtractAnswer("What is the maximum pressure of the pump?", passages, analyzer_, options);
  ASSERT_FALSE(draft.sentences.empty());
  for (const ExtractedSentence& sentence : draft.sentences)
    EXPECT_TRUE(std::isfinite(sentence.score)) << sentence.score;
  EXPECT_TRUE(std::isfinite(draft.support));
}

// The reason tells of the sentence whose support it was.
TEST_F(ExtractiveAnswererTest, TheReasonIsThatOfTheSentenceThatDecided) {
  const std::vector<Passage> passages = {
      MakePassage("The bulletin on sound pressure levels at one metre does not concern the valve. "
                  "The VX-220 has 71 dB.",
                  12.0)};
  const ExtractiveDraft draft = ExtractAnswer(
      "How many dB of sound pressure has the VX-220 valve at one metre?", passages, analyzer_, {});
  EXPECT_EQ(Quote(draft.sentences[0], passages), "The VX-220 has 71 dB.");
  EXPECT_THAT(draft.reason, ::testing::StartsWith("the sentence with most of the words covers"));
  EXPECT_THAT(draft.reason, HasSubstr("not there: "));
  EXPECT_THAT(draft.reason, HasSubstr("VX-220"));
}

}  // namespace
}  // namespace quarry::model
