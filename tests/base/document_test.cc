#include "base/document.h"

#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

TEST(DocumentTest, TextOfABlockIsItsPartOfTheText) {
  Document document;
  document.text = "Title\n\nBody";
  EXPECT_EQ(document.TextOf({.begin = 7, .end = 11}), "Body");
}

TEST(ContextualHeaderTest, JoinsTitleAndHeadings) {
  EXPECT_EQ(ContextualHeader("Manual", {"Installation", "Power"}), "Manual > Installation > Power");
}

TEST(ContextualHeaderTest, LeavesOutAHeadingEqualToTheOneBefore) {
  EXPECT_EQ(ContextualHeader("Manual", {"Manual", "Power", "Power", "Manual"}),
            "Manual > Power > Manual");
}

TEST(ContextualHeaderTest, LeavesOutEmptyParts) {
  EXPECT_EQ(ContextualHeader("", {"", "Power", "", "Power"}), "Power");
  EXPECT_EQ(ContextualHeader("", {}), "");
}

TEST(IndexedTextTest, PutsTheHeaderOnALineOfItsOwn) {
  Chunk chunk;
  chunk.text = "Press the button.";
  chunk.span.heading_path = {"Power"};
  EXPECT_EQ(IndexedText("Manual", chunk), "Manual > Power\nPress the button.");
}

TEST(SpanWithinTest, HasTheHeadingsAndThePageOfItsPlace) {
  Chunk chunk;
  chunk.text = "intro\nPower\non\nOff\noff\nEnd\nbye";
  chunk.span = {.begin = 100, .end = 132, .page = 3, .heading_path = {"Manual", "Start"}};
  chunk.blocks = {{.begin = 0, .end = 5, .page = 3},
                  {.kind = BlockKind::kHeading, .depth = 1, .begin = 6, .end = 11, .page = 3},
                  {.begin = 12, .end = 14, .page = 3},
                  {.kind = BlockKind::kHeading, .depth = 2, .begin = 15, .end = 18, .page = 4},
                  {.begin = 19, .end = 22, .page = 4},
                  {.kind = BlockKind::kHeading, .depth = 0, .begin = 23, .end = 26, .page = 5},
                  {.begin = 27, .end = 30, .page = 5}};
  EXPECT_EQ(SpanWithin(chunk, 0, 5), (SourceSpan{100, 105, 3, {"Manual", "Start"}}));
  EXPECT_EQ(SpanWithin(chunk, 12, 14), (SourceSpan{112, 114, 3, {"Manual", "Power"}}));
  EXPECT_EQ(SpanWithin(chunk, 20, 22), (SourceSpan{120, 122, 4, {"Manual", "Power", "Off"}}));
  EXPECT_EQ(SpanWithin(chunk, 27, 30), (SourceSpan{127, 130, 5, {"End"}}));
}

TEST(SpanWithinTest, WithoutBlocksIsWhereTheChunkIs) {
  Chunk chunk;
  chunk.text = "intro";
  chunk.span = {.begin = 7, .end = 12, .page = 1, .heading_path = {"Manual"}};
  EXPECT_EQ(SpanWithin(chunk, 1, 3), (SourceSpan{8, 10, 1, {"Manual"}}));
}

TEST(HeadingTextTest, IsOneShortLine) {
  EXPECT_EQ(HeadingText("Power\nsupply"), "Power supply");
  EXPECT_EQ(HeadingText(std::string(500, 'a')), std::string(200, 'a'));
}

TEST(IndexedTextTest, IsTheTextWhereThereIsNoHeader) {
  Chunk chunk;
  chunk.text = "Press the button.";
  EXPECT_EQ(IndexedText("", chunk), "Press the button.");
}

}  // namespace
}  // namespace quarry
