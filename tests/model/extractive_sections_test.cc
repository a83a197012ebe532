// Sections and lists that are told whole and in their order, and when one item of them is enough.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tests/model/extractive_testing.h"

namespace quarry::model {
namespace {

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
  for (const auto& [version, items] : versions) {
    AddBlock(passage, BlockKind::kHeading, version);
    for (const std::string& item : items) AddBlock(passage, BlockKind::kListItem, item);
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

TEST_F(ExtractiveAnswererTest, AListIsToldWithTheParagraphThatAnnouncesIt) {
  Passage english = MakePassage("", 9, "Releases", {"Releases", "Migration"});
  AddBlock(english, BlockKind::kParagraph,
           "A package moves to Testing by several criteria. They are the following.");
  AddBlock(english, BlockKind::kListItem, "It was built everywhere.");
  AddBlock(english, BlockKind::kListItem, "It is five days old.");
  Passage chinese = MakePassage("", 9, "教程", {"教程", "root 账户"});
  AddBlock(chinese, BlockKind::kParagraph, "用 root 账户可以履行管理任务。下面是这些任务。");
  AddBlock(chinese, BlockKind::kListItem, "读写任何文件");
  AddBlock(chinese, BlockKind::kListItem, "设置任何用户的密码");
  const auto said = [&](const char* question, const Passage& passage) {
    return SaidInOrder(ExtractAnswer(question, {passage}, analyzer_, {}), {passage});
  };
  EXPECT_THAT(said("What are the criteria for a package to move to Testing?", english),
              ::testing::ElementsAre("A package moves to Testing by several criteria.",
                                     "They are the following.", "It was built everywhere.",
                                     "It is five days old."));
  EXPECT_THAT(said("root 账户可以履行哪些管理任务？", chinese),
              ::testing::ElementsAre("用 root 账户可以履行管理任务。", "下面是这些任务。",
                                     "读写任何文件", "设置任何用户的密码"));
  // Nothing below is announced.
  Passage apart = MakePassage("", 9, "Releases", {"Releases", "Migration"});
  AddBlock(apart, BlockKind::kParagraph, "A package moves to Testing by several criteria.");
  AddBlock(apart, BlockKind::kListItem, "Ships sail at noon.");
  AddBlock(apart, BlockKind::kListItem, "Trains leave at one.");
  EXPECT_THAT(said("What are the criteria for a package to move to Testing?", apart),
              ::testing::ElementsAre("A package moves to Testing by several criteria."));
}

TEST_F(ExtractiveAnswererTest, TheCodeThatShowsASentenceIsToldBehindIt) {
  Passage english = MakePassage("", 9, "Manual", {"Manual", "Stopping"});
  AddBlock(english, BlockKind::kParagraph, "The system can be shut down by a command line.");
  AddBlock(english, BlockKind::kCode, "# shutdown -h now");
  AddBlock(english, BlockKind::kParagraph, "It takes 20 seconds.");
  Passage chinese = MakePassage("", 9, "手册", {"手册", "关闭"});
  AddBlock(chinese, BlockKind::kParagraph, "可以使用命令行关闭系统。");
  AddBlock(chinese, BlockKind::kCode, "# shutdown -h now");
  const auto said = [&](const char* question, const Passage& passage) {
    return SaidInOrder(ExtractAnswer(question, {passage}, analyzer_, {.max_sentences = 1}),
                       {passage});
  };
  using ::testing::ElementsAre;
  EXPECT_THAT(said("How do I shut the system down?", english),
              ElementsAre("The system can be shut down by a command line.", "# shutdown -h now"));
  EXPECT_THAT(said("Which command can shut down the system?", english),
              ElementsAre("The system can be shut down by a command line.", "# shutdown -h now"));
  EXPECT_THAT(said("怎样关闭系统？", chinese),
              ElementsAre("可以使用命令行关闭系统。", "# shutdown -h now"));
  // Asked for something else, it is not shown where nothing announces it, nor where a fact is asked for.
  EXPECT_THAT(said("What can be shut down by a line?", english),
              ElementsAre("The system can be shut down by a command line."));
  EXPECT_THAT(said("How many seconds does it take?", english), ElementsAre("It takes 20 seconds."));
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

}  // namespace
}  // namespace quarry::model
