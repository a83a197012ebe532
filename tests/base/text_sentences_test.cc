#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "base/text.h"
#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Sentences(const std::string& text) {
  std::vector<std::string> sentences;
  for (const ByteRange& range : SplitSentences(text)) {
    sentences.push_back(text.substr(range.begin, range.end - range.begin));
  }
  return sentences;
}

TEST(SplitSentencesTest, EndMarksBeforeASpaceEnd) {
  EXPECT_THAT(Sentences("One here. Is it two? Three!  Four"),
              ElementsAre("One here.", "Is it two?", "Three!", "Four"));
}

TEST(SplitSentencesTest, BlankTextHasNone) {
  EXPECT_THAT(Sentences(""), IsEmpty());
  EXPECT_THAT(Sentences(" \n\n \u3000\n"), IsEmpty());
}

TEST(SplitSentencesTest, AbbreviationsInitialsAndNumbersGoOn) {
  EXPECT_THAT(
      Sentences("Dr. Smith and J. K. Rowling met Mr. Jones, e.g. at no. 5, for 3.14 USD."),
      ElementsAre("Dr. Smith and J. K. Rowling met Mr. Jones, e.g. at no. 5, for 3.14 USD."));
  EXPECT_THAT(Sentences("As Fig. 3 shows (cf. Eq. 2 and p. 55 of Vol. II). Then it ends."),
              ElementsAre("As Fig. 3 shows (cf. Eq. 2 and p. 55 of Vol. II).", "Then it ends."));
}

TEST(SplitSentencesTest, ALetterThatNamesOneOfSeveralIsNoInitial) {
  EXPECT_THAT(Sentences("Meet behind building C. Maria Lopez waits there. Take vitamin D. Walk."),
              ElementsAre("Meet behind building C.", "Maria Lopez waits there.", "Take vitamin D.",
                          "Walk."));
  EXPECT_THAT(Sentences("It was built by C. Lopez, engineer W. Brown and plan B of R. Dell."),
              ElementsAre("It was built by C. Lopez, engineer W. Brown and plan B of R. Dell."));
}

TEST(SplitSentencesTest, UnitsAndAcronymsEnd) {
  EXPECT_THAT(
      Sentences("It took 24 h. Glucose fell. We treated MS. Patients improved."),
      ElementsAre("It took 24 h.", "Glucose fell.", "We treated MS.", "Patients improved."));
}

TEST(SplitSentencesTest, CodeAndAddressesStayWhole) {
  EXPECT_THAT(
      Sentences("Call torch.Tensor on config.yaml from https://a.example.com/x.Y?z=1 now. Done."),
      ElementsAre("Call torch.Tensor on config.yaml from https://a.example.com/x.Y?z=1 now.",
                  "Done."));
}

TEST(SplitSentencesTest, ChineseEndsWithoutASpace) {
  EXPECT_THAT(Sentences("第一句。第二句！第三句？第四句；第五句……第六句"),
              ElementsAre("第一句。", "第二句！", "第三句？", "第四句；", "第五句……", "第六句"));
}

TEST(SplitSentencesTest, ClosingQuotesBelongToTheSentence) {
  EXPECT_THAT(Sentences("他说：“走吧。”然后走了。（见下文。）『好！』"),
              ElementsAre("他说：“走吧。”", "然后走了。", "（见下文。）", "『好！』"));
  EXPECT_THAT(Sentences("他说:\"走吧。\"然后走了。\"好。\"他答。"),
              ElementsAre("他说:\"走吧。\"", "然后走了。", "\"好。\"", "他答。"));
}

TEST(SplitSentencesTest, TitleOfAWorkIsNotTakenApart) {
  EXPECT_THAT(Sentences("他看了《你好，李焕英！》和别的。"),
              ElementsAre("他看了《你好，李焕英！》和别的。"));
}

TEST(SplitSentencesTest, MixedTextEndsByTheRulesOfBoth) {
  EXPECT_THAT(
      Sentences("Quarry 支持中文。It supports English. 两者都可以!真的吗?是的"),
      ElementsAre("Quarry 支持中文。", "It supports English.", "两者都可以!", "真的吗?", "是的"));
  EXPECT_THAT(Sentences("版本是3.14。图1.系统结构"), ElementsAre("版本是3.14。", "图1.系统结构"));
}

TEST(SplitSentencesTest, LineBreakInsideAParagraphIsASpace) {
  EXPECT_THAT(Sentences("A line\nthat goes on\r\nand ends. Next"),
              ElementsAre("A line\nthat goes on\r\nand ends.", "Next"));
}

TEST(SplitSentencesTest, ParagraphsAndListItemsEnd) {
  EXPECT_THAT(
      Sentences("A title\n\nText without an end\n- first\n- second\n2) third\n# Head"),
      ElementsAre("A title", "Text without an end", "- first", "- second", "2) third", "# Head"));
  EXPECT_THAT(Sentences("总则\n　　第一段\n一、目的\n（二）范围\n3、其他"),
              ElementsAre("总则", "第一段", "一、目的", "（二）范围", "3、其他"));
}

TEST(SplitSentencesTest, FieldsOnLinesOfTheirOwnEnd) {
  EXPECT_THAT(
      Sentences("Owner: Ines Vogel\nDue date: 30 April\nand not later\nNext step: a call"),
      ElementsAre("Owner: Ines Vogel", "Due date: 30 April\nand not later", "Next step: a call"));
  EXPECT_THAT(Sentences("主持：李嘉怡\n出席：高文博、周启明。二人\n缺席:孙国强（出差）"),
              ElementsAre("主持：李嘉怡", "出席：高文博、周启明。", "二人", "缺席:孙国强（出差）"));
  EXPECT_THAT(Sentences("云埠、鹭泽：2026年\n石梁：2025年"),
              ElementsAre("云埠、鹭泽：2026年", "石梁：2025年"));
  EXPECT_THAT(Sentences("统一社会信用代码：91330\n数量：30\n测点2：正常"),
              ElementsAre("统一社会信用代码：91330", "数量：30", "测点2：正常"));
}

// A wrapped line that begins with a word and a colon is none where the line before is not, nor are times, addresses
// and words in lower case.
TEST(SplitSentencesTest, AColonInAWrappedLineIsNoField) {
  for (const char* text :
       {"He read what the sign\nSays: keep out of here.", "Open: at nine\n10:30 is too late",
        "See: the page\nHttps://a.example", "Note: the value\nsays: nothing",
        "牌子上写着\n说明：不得入内", "时间：周一至周五\n上午10：30 至 11：00 除外",
        "注意：首次启动之前请检查以下各项是否都处于\n正常并且可以立即投入使用的状态：电源、油位"}) {
    EXPECT_THAT(Sentences(text), ElementsAre(text));
  }
}

TEST(SplitSentencesTest, TextWithoutCapitalsIsSplitToo) {
  EXPECT_THAT(Sentences("the flow is steady . the wall is hot . see fig. 3 ."),
              ElementsAre("the flow is steady .", "the wall is hot .", "see fig. 3 ."));
}

TEST(SplitSentencesTest, MalformedBytesAreKept) {
  EXPECT_THAT(Sentences("ab\xFF. Cd\xE3\x80"), ElementsAre("ab\xFF.", "Cd\xE3\x80"));
}

TEST(SplitSentencesTest, ThousandsOfBulletsAndQuotesAreRead) {
  for (const char* piece :
       {"• ", "•", ". . ", ".\"", "1. ", "(", "。」", "a.", "\n", "! ", "p.m. X "}) {
    std::string text;
    for (int i = 0; i < 50000; ++i) text += piece;
    EXPECT_LE(SplitSentences(text).size(), 50001u) << piece;
  }
}

// Tabs and line breaks did not count, and the words before each time of day were counted again.
TEST(SplitSentencesTest, ATimeOfDayEndsASentenceWhateverIsBetweenItsWords) {
  EXPECT_THAT(Sentences("We met\tthere at\n5 p.m. Smith left."),
              ElementsAre("We met\tthere at\n5 p.m.", "Smith left."));
  EXPECT_THAT(Sentences("At\t5\tp.m. Smith left."), ElementsAre("At\t5\tp.m. Smith left."));
  for (const std::string space : {" ", "\t", "\u00A0", "\u3000"}) {
    std::string text;
    for (int i = 0; i < 500'000; ++i) text += "p.m." + space + "X" + space;
    EXPECT_GE(SplitSentences(text).size(), 200'000u);
  }
}

TEST(SplitSentencesTest, RangesAreInOrderTrimmedAndLoseOnlyWhiteSpace) {
  std::mt19937 random(11);
  const std::string pieces[] = {"Word", "word", " ",   ". ", "。",      "\n",   "\n\n",  "”",
                                "\"",   "Dr.",  "1. ", "- ", "中文",    "…",    "?",     "！",
                                "•",    "\xFF", "(",   ")",  ". . . .", "a.m.", "\u3000"};
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (size_t k = 0; k < 1 + random() % 16; ++k) text += pieces[random() % std::size(pieces)];
    std::string gaps;
    size_t end = 0;
    for (const ByteRange& range : SplitSentences(text)) {
      ASSERT_LE(end, range.begin) << text;
      ASSERT_LT(range.begin, range.end) << text;
      const std::string sentence = text.substr(range.begin, range.end - range.begin);
      ASSERT_EQ(Trim(sentence), sentence) << text;
      gaps += text.substr(end, range.begin - end);
      end = range.end;
    }
    gaps += text.substr(end);
    ASSERT_EQ(Trim(gaps), "") << text;
  }
}

// Golden rules of the pragmatic segmenter (MIT), compared without white space, for ranges cannot
// change it.
TEST(SplitSentencesTest, GoldenRulesHold) {
  const auto path = testing::DataPath("text/golden_rules_sentence/golden_rules.jsonl");
  if (!path) GTEST_SKIP() << "text/golden_rules_sentence is absent";
  const auto squeeze = [](const std::string& text) {
    std::string squeezed;
    for (const char c : text) {
      if (c != ' ' && c != '\n') squeezed += c;
    }
    return squeezed;
  };
  std::ifstream file(*path);
  std::string line;
  std::map<std::string, int> held;
  std::map<std::string, int> rules;
  std::vector<std::string> broken;
  while (std::getline(file, line)) {
    const auto rule = nlohmann::json::parse(line);
    std::vector<std::string> expected;
    std::vector<std::string> actual;
    for (const std::string segment : rule["segments"]) expected.push_back(squeeze(segment));
    for (const std::string& sentence : Sentences(rule["text"])) actual.push_back(squeeze(sentence));
    const std::string language = rule["lang"];
    ++rules[language];
    if (actual == expected) {
      ++held[language];
    } else {
      broken.push_back(language + rule["rule"].dump());
    }
  }
  for (const auto& [language, count] : rules) {
    std::cout << language << ": " << held[language] << " of " << count << "\n";
  }
  // A list of lines without any mark (en 42) looks like a broken sentence (en 40); German ordinals
  // (de 3) look like ends.
  EXPECT_THAT(broken, ElementsAre("en42", "de3"));
}

}  // namespace
}  // namespace quarry
