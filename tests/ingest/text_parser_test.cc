#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "tests/ingest/document_testing.h"

namespace quarry::ingest {
namespace {

using testing::Outline;
using testing::ParseOne;

std::string TextOutline(std::string_view text) {
  return Outline(ParseOne(Format::kPlainText, text));
}

TEST(TextParser, EmptyLinesSeparateParagraphsAndLinesStayAsWritten) {
  EXPECT_EQ(TextOutline("First line\n  second line.\n\n \t\n\nNext paragraph.\n"),
            "p|First line\\n  second line.\np|Next paragraph.");
}

TEST(TextParser, ShortLoneFirstLineIsTheTitle) {
  const Document document =
      ParseOne(Format::kPlainText, "Pump room rules\n\nClose the door. Always.\n");
  EXPECT_EQ(Outline(document), "h1|Pump room rules\np|Close the door. Always.");
  EXPECT_EQ(document.title, "Pump room rules");
  EXPECT_EQ(TextOutline("泵房规则\n\n请随手关门。"), "h1|泵房规则\np|请随手关门。");
}

TEST(TextParser, SentenceListItemAndOnlyParagraphAreNoTitles) {
  EXPECT_EQ(TextOutline("Close the door.\n\nAlways."), "p|Close the door.\np|Always.");
  EXPECT_EQ(TextOutline("请随手关门。\n\n一定。"), "p|请随手关门。\np|一定。");
  EXPECT_EQ(TextOutline("- close the door\n\nAlways"), "p|- close the door\np|Always");
  EXPECT_EQ(TextOutline("Only this"), "p|Only this");
  EXPECT_EQ(TextOutline("-----\n\nAlways"), "p|-----\np|Always");
  EXPECT_EQ(TextOutline(testing::Repeat("long ", 30) + "\n\nAlways").substr(0, 7), "p|long ");
}

TEST(TextParser, UnderlinedLinesAreHeadings) {
  const Document document = ParseOne(Format::kPlainText,
                                     "Git v1.7.7 Release Notes\n========================\n\n"
                                     "Updates since v1.7.6\n--------------------\nFaster.\n");
  EXPECT_EQ(Outline(document), "h1|Git v1.7.7 Release Notes\nh2|Updates since v1.7.6\np|Faster.");
  EXPECT_EQ(TextOutline("水泵手册\n========\n请关门。"), "h1|水泵手册\np|请关门。");
  EXPECT_EQ(TextOutline("水泵手册\n====\n请关门。"), "h1|水泵手册\np|请关门。");
}

TEST(TextParser, RulesThatUnderlineNoHeadingStay) {
  EXPECT_EQ(TextOutline("Model  Price\n------------\nPump   1"),
            "p|Model  Price\\n------------\\nPump   1");
  EXPECT_EQ(TextOutline("The door is closed.\nAlways.\n-------"),
            "p|The door is closed.\\nAlways.\\n-------");
  EXPECT_EQ(TextOutline("Yours, A. Writer of long lines\n---"),
            "p|Yours, A. Writer of long lines\\n---");
  EXPECT_EQ(TextOutline("=====\n====="), "p|=====\\n=====");
}

TEST(TextParser, IdeographicIndentBeginsAParagraph) {
  EXPECT_EQ(TextOutline("第一段。\n　　第二段。\n　　第三段。"),
            "p|第一段。\np|第二段。\np|第三段。");
}

TEST(TextParser, FormFeedsGivePages) {
  const Document document = ParseOne(Format::kPlainText, "One.\n\nTwo.\fThree.\n\f\fFive.");
  EXPECT_EQ(Outline(document), "p|One.\np|Two.\np|Three.\np|Five.");
  std::vector<uint32_t> pages;
  for (const Block& block : document.blocks) pages.push_back(block.page);
  EXPECT_THAT(pages, ::testing::ElementsAre(1, 1, 2, 4));
}

// The end of the line was looked for from each of its form feeds.
TEST(TextParser, MillionsOfFormFeedsInALineTakeNoTime) {
  const auto start = std::chrono::steady_clock::now();
  const Document document =
      ParseOne(Format::kPlainText, testing::Repeat("\f", 4'000'000) + "第一页\nThe end.");
  EXPECT_EQ(Outline(document), "p|第一页\\nThe end.");
  EXPECT_EQ(document.blocks[0].page, 4'000'001u);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST(TextParser, LinesOfUnicodeWhiteSpaceAreEmpty) {
  EXPECT_EQ(TextOutline("One.\n\u3000\u00A0\nTwo."), "p|One.\np|Two.");
}

TEST(TextParser, HundredMegabytesOnOneLineAreOneParagraph) {
  const std::string text = testing::Repeat("0123456789", 10'000'000);
  const Result<ParsedSource> parsed = ParserFor(Format::kPlainText).Parse(text, {});
  ASSERT_TRUE(parsed.ok());
  ASSERT_EQ(parsed->documents.size(), 1u);
  EXPECT_EQ(parsed->documents[0].blocks.size(), 1u);
  EXPECT_EQ(parsed->documents[0].text.size(), text.size());
}

}  // namespace
}  // namespace quarry::ingest
