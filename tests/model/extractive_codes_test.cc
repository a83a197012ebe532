// Codes of things and their siblings: what is said of the HY-400 is no answer about the HY-300.

#include <string>
#include <utility>
#include <vector>

#include "tests/model/extractive_testing.h"

namespace quarry::model {
namespace {

using ::testing::HasSubstr;

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
  AddBlock(passage, BlockKind::kHeading, "HY-400");
  AddBlock(passage, BlockKind::kParagraph, "It needs 12 l of oil and a filter.");
  AddBlock(passage, BlockKind::kHeading, "HY-300");
  AddBlock(passage, BlockKind::kParagraph, "It is mounted on a frame.");
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

}  // namespace
}  // namespace quarry::model
