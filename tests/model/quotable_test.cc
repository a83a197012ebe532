#include "model/quotable.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/testing/test_environment.h"

namespace quarry::model {
namespace {

using ::testing::ElementsAre;

// Blocks of the given kinds, one after the other with a line break between.
Chunk ChunkOf(const std::vector<std::pair<BlockKind, std::string>>& blocks) {
  Chunk chunk;
  for (const auto& [kind, text] : blocks) {
    if (!chunk.text.empty()) chunk.text += '\n';
    const size_t begin = chunk.text.size();
    chunk.text += text;
    chunk.blocks.push_back({.kind = kind, .begin = begin, .end = chunk.text.size()});
  }
  return chunk;
}

Chunk ChunkWithoutBlocks(std::string text) {
  Chunk chunk;
  chunk.text = std::move(text);
  return chunk;
}

std::string_view TextAt(const Chunk& chunk, const ByteRange& range) {
  return std::string_view(chunk.text).substr(range.begin, range.end - range.begin);
}

std::vector<std::string> Texts(const Chunk& chunk, uint32_t max_tokens = 160) {
  std::vector<std::string> texts;
  for (const QuotablePiece& piece : QuotablePieces(chunk, max_tokens)) {
    EXPECT_LE(piece.block.begin, piece.range.begin);
    EXPECT_GE(piece.block.end, piece.range.end);
    texts.emplace_back(TextAt(chunk, piece.range));
  }
  return texts;
}

TEST(QuotablePiecesTest, AHeadingIsNeverQuoted) {
  const Chunk chunk = ChunkOf({{BlockKind::kHeading, "4.1 Annual leave"},
                               {BlockKind::kParagraph, "There are 24 days. They lapse."},
                               {BlockKind::kHeading, "4.2 休假"},
                               {BlockKind::kParagraph, "每年24天。"}});
  EXPECT_THAT(Texts(chunk), ElementsAre("There are 24 days.", "They lapse.", "每年24天。"));
  EXPECT_THAT(Texts(ChunkOf({{BlockKind::kHeading, "Only a heading"}})), ElementsAre());
}

TEST(QuotablePiecesTest, NoPieceCrossesBlocks) {
  // Without blocks the first two would be one sentence.
  const Chunk chunk = ChunkOf({{BlockKind::kListItem, "first item without full stop"},
                               {BlockKind::kListItem, "second item"},
                               {BlockKind::kQuote, "a quote"}});
  EXPECT_THAT(Texts(chunk), ElementsAre("first item without full stop", "second item", "a quote"));
}

TEST(QuotablePiecesTest, ARowOfATableIsOnePieceAndItsOwnBlock) {
  const std::string rows =
      "Code: E-1. Old; Meaning: Pressure low. Stop\nCode: E-2; Meaning: 液位过高。停机";
  const Chunk chunk =
      ChunkOf({{BlockKind::kTable, rows}, {BlockKind::kParagraph, "Notes. More notes."}});
  EXPECT_THAT(Texts(chunk),
              ElementsAre("Code: E-1. Old; Meaning: Pressure low. Stop",
                          "Code: E-2; Meaning: 液位过高。停机", "Notes.", "More notes."));
  const std::vector<QuotablePiece> pieces = QuotablePieces(chunk, 160);
  EXPECT_EQ(pieces[1].block, pieces[1].range);
  EXPECT_EQ(TextAt(chunk, pieces[2].block), "Notes. More notes.");
}

TEST(QuotablePiecesTest, AShortCodeBlockIsOnePieceAndALongOneIsLines) {
  const Chunk shorter = ChunkOf({{BlockKind::kCode, "  make\n\n  make install. Done"}});
  EXPECT_THAT(Texts(shorter), ElementsAre("make\n\n  make install. Done"));
  std::string lines;
  for (int i = 0; i < 30; ++i) lines += "    call_" + std::to_string(i) + "(a. b);\n";
  const std::vector<std::string> pieces = Texts(ChunkOf({{BlockKind::kCode, lines}}));
  ASSERT_EQ(pieces.size(), 30u);
  EXPECT_EQ(pieces[7], "call_7(a. b);");
}

TEST(QuotablePiecesTest, InLongCodeACommentStandsWithWhatItTellsOf) {
  std::string code = "# Make a repository\n$ vault init /srv/r\nRepository made.\n\n";
  for (int i = 0; i < 30; ++i) code += "$ vault step " + std::to_string(i) + "\n";
  code += "$ vault copy \\\n  --all\n# Mount it\n# and look\n$ vault mount /srv/r\n#pragma once";
  const std::vector<std::string> pieces = Texts(ChunkOf({{BlockKind::kCode, code}}));
  ASSERT_EQ(pieces.size(), 33u);
  EXPECT_EQ(pieces[0], "# Make a repository\n$ vault init /srv/r\nRepository made.");
  EXPECT_EQ(pieces[1], "$ vault step 0");
  EXPECT_EQ(pieces[31], "$ vault copy \\\n  --all");
  EXPECT_EQ(pieces[32], "# Mount it\n# and look\n$ vault mount /srv/r\n#pragma once");
}

TEST(QuotablePiecesTest, AChunkWithoutBlocksIsOneParagraph) {
  EXPECT_THAT(Texts(ChunkWithoutBlocks("One. Two.\n\nThree")),
              ElementsAre("One.", "Two.", "Three"));
  EXPECT_THAT(Texts(ChunkWithoutBlocks(" \n ")), ElementsAre());
}

TEST(QuotablePiecesTest, LongSentencesAreCutAtClausesAndNothingIsLost) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "part " + std::to_string(i) + " of a list without end, ";
  text += "done. Short one.";
  for (const Chunk& chunk : {ChunkWithoutBlocks(text), ChunkOf({{BlockKind::kParagraph, text}})}) {
    const std::vector<QuotablePiece> pieces = QuotablePieces(chunk, 40);
    ASSERT_GT(pieces.size(), 5u);
    size_t end = 0;
    for (const QuotablePiece& piece : pieces) {
      EXPECT_GE(piece.range.begin, end);
      EXPECT_LE(piece.range.begin - end, 1u);  // only a space lies between
      end = piece.range.end;
      EXPECT_LE(CountTokens(TextAt(chunk, piece.range)), 40u);
    }
    EXPECT_EQ(end, text.size());
    EXPECT_EQ(TextAt(chunk, pieces.back().range), "Short one.");
  }
}

TEST(QuotablePiecesTest, CharactersAreNeverCut) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "汉字";
  for (const BlockKind kind : {BlockKind::kParagraph, BlockKind::kTable, BlockKind::kCode}) {
    for (const uint32_t limit : {1u, 7u, 50u}) {
      std::string joined;
      for (const std::string& piece : Texts(ChunkOf({{kind, text}}), limit)) {
        EXPECT_TRUE(IsValidUtf8(piece));
        joined += piece;
      }
      EXPECT_EQ(joined, text);
    }
  }
}

}  // namespace
}  // namespace quarry::model
