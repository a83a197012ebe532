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

TEST(IndexedTextTest, IsTheTextWhereThereIsNoHeader) {
  Chunk chunk;
  chunk.text = "Press the button.";
  EXPECT_EQ(IndexedText("", chunk), "Press the button.");
}

}  // namespace
}  // namespace quarry
