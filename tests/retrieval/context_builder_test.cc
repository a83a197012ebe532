#include "retrieval/context_builder.h"

#include "base/hash.h"
#include "tests/testing/test_environment.h"

namespace quarry::retrieval {
namespace {

using ::testing::SizeIs;

Passage MakePassage(uint64_t id, const std::string& text, uint32_t tokens) {
  Passage passage;
  passage.chunk.id = ChunkId(id);
  passage.chunk.document = "d" + std::to_string(id);
  passage.chunk.text = text;
  passage.chunk.text_hash = Hash64(text);
  passage.chunk.token_count = tokens;
  return passage;
}

TEST(ContextBuilderTest, KeepsTheOrderAndCountsTokens) {
  const Context context = BuildContext({MakePassage(1, "one", 10), MakePassage(2, "two", 20)}, {});
  ASSERT_THAT(context.passages, SizeIs(2));
  EXPECT_EQ(context.passages[0].chunk.text, "one");
  EXPECT_EQ(context.token_count, 30u);
}

TEST(ContextBuilderTest, DropsWhatAnotherPassageSaysAndNamesIt) {
  const Context context =
      BuildContext({MakePassage(1, "the whole text", 10), MakePassage(2, "the whole text", 10),
                    MakePassage(3, "whole", 1)},
                   {});
  EXPECT_THAT(context.passages, SizeIs(1));
  ASSERT_THAT(context.dropped, SizeIs(2));
  EXPECT_EQ(context.dropped[0].why, "duplicate of d1#0");
  EXPECT_EQ(context.dropped[1].document, "d3");
}

TEST(ContextBuilderTest, SkipsWhatDoesNotFitAndGoesOn) {
  const Context context =
      BuildContext({MakePassage(1, "a", 60), MakePassage(2, "b", 60), MakePassage(3, "c", 30)},
                   {.token_budget = 100});
  ASSERT_THAT(context.passages, SizeIs(2));
  EXPECT_EQ(context.passages[1].chunk.text, "c");
  EXPECT_EQ(context.dropped[0].why, "token budget of 100 used up");
}

TEST(ContextBuilderTest, TheFirstPassageIsAlwaysTaken) {
  const Context context = BuildContext({MakePassage(1, "a", 500)}, {.token_budget = 100});
  EXPECT_THAT(context.passages, SizeIs(1));
}

TEST(ContextBuilderTest, StopsAtTheNumberOfPassages) {
  const Context context =
      BuildContext({MakePassage(1, "a", 1), MakePassage(2, "b", 1), MakePassage(3, "c", 1)},
                   {.max_passages = 2});
  EXPECT_THAT(context.passages, SizeIs(2));
  EXPECT_EQ(context.dropped[0].why, "over 2 passages");
}

TEST(ContextBuilderTest, SaysWhyInTheLanguageOfTheQuestion) {
  const Context context =
      BuildContext({MakePassage(1, "水泵每秒输送12升水", 60), MakePassage(2, "输送12升", 10),
                    MakePassage(3, "阀门", 60), MakePassage(4, "轴", 1), MakePassage(5, "油", 1)},
                   {.token_budget = 100, .max_passages = 2}, "zh");
  ASSERT_THAT(context.dropped, SizeIs(3));
  EXPECT_EQ(context.dropped[0].why, "与 d1#0 重复");
  EXPECT_EQ(context.dropped[1].why, "100 个词元的预算已用完");
  EXPECT_EQ(context.dropped[2].why, "超过 2 个段落");
}

TEST(ContextBuilderTest, ANearDuplicateWithoutAWordOfItsOwnIsDropped) {
  const std::string text =
      "The level may not be lowered faster than 0.30 m per day, because of the upstream face "
      "drainage. The keeper reads the gauge every morning and writes it into the book.";
  std::string reflowed =
      "THE LEVEL may not be lowered faster than 0.30 m per day, because of the upstream face\n"
      "drainage... The keeper reads the gauge every morning; and writes it into the book";
  std::string edited = text;
  edited.replace(edited.find("0.30"), 4, "0.50");
  const Context context = BuildContext(
      {MakePassage(1, text, 10), MakePassage(2, reflowed, 10), MakePassage(3, edited, 10),
       MakePassage(4, "因为上游面排水，水位每天下降不得超过0.30米。", 5),
       MakePassage(5, "因为上游面排水,水位每天下降不得超过0.30米", 5),
       MakePassage(6, "因为上游面排水,水位每天下降不得超过0.50米", 5)},
      {});
  ASSERT_THAT(context.passages, SizeIs(4));
  ASSERT_THAT(context.dropped, SizeIs(2));
  EXPECT_EQ(context.dropped[0].document, "d2");
  EXPECT_EQ(context.dropped[0].why, "near duplicate of d1#0");
  EXPECT_EQ(context.dropped[1].why, "near duplicate of d4#0");
}

// Chunk `ordinal` of a document: its bytes [begin, end).
Passage PartOf(const std::string& document, uint32_t ordinal, uint64_t begin, uint64_t end) {
  Passage passage = MakePassage(100 + ordinal, document.substr(begin, end - begin), 10);
  passage.chunk.document = "doc";
  passage.chunk.ordinal = ordinal;
  passage.chunk.span = {.begin = begin, .end = end, .page = 0, .heading_path = {}};
  passage.chunk.blocks = {{.begin = 0, .end = end - begin}};
  return passage;
}

TEST(ContextBuilderTest, NeighboursBecomeOnePassageWithTheBytesOfTheDocument) {
  const std::string document =
      "Alpha begins here. Bravo follows it.\n\nCharlie is third. Delta ends it. Echo is far away.";
  const size_t bravo = document.find("Bravo"), charlie = document.find("Charlie");
  const size_t delta = document.find("Delta"), echo = document.find("Echo");
  // The second repeats "Bravo follows it.", the third begins behind the gap of a space.
  Passage first = PartOf(document, 0, 0, charlie - 2);
  Passage second = PartOf(document, 1, bravo, delta - 1);
  Passage third = PartOf(document, 2, delta, echo - 1);
  second.score = 3;
  third.score = 2;
  first.score = 1;
  const Context context = BuildContext({second, MakePassage(1, "Other things.", 10), third, first},
                                       {.max_passages = 2});
  EXPECT_THAT(context.dropped, SizeIs(0));
  ASSERT_THAT(context.passages, SizeIs(2));
  const Passage& joined = context.passages[0];
  EXPECT_EQ(joined.chunk.text, document.substr(0, echo - 1));
  EXPECT_EQ(joined.chunk.span.begin, 0u);
  EXPECT_EQ(joined.chunk.span.end, echo - 1);
  EXPECT_EQ(joined.chunk.id, ChunkId(101));
  EXPECT_EQ(joined.score, 3);
  ASSERT_THAT(joined.parts, SizeIs(3));
  EXPECT_EQ(ChunkAt(joined, 0), ChunkId(100));
  EXPECT_EQ(ChunkAt(joined, bravo), ChunkId(100));
  EXPECT_EQ(ChunkAt(joined, charlie), ChunkId(101));
  EXPECT_EQ(ChunkAt(joined, delta), ChunkId(102));
  EXPECT_EQ(ChunkAt(context.passages[1], 5), ChunkId(1));
  uint64_t at = 0;
  for (const ChunkBlock& block : joined.chunk.blocks) {
    EXPECT_GE(block.begin, at);
    at = block.end;
  }
  EXPECT_EQ(at, joined.chunk.text.size());
  const SourceSpan span = SpanWithin(joined.chunk, delta, delta + 5);
  EXPECT_EQ(span.begin, delta);
}

TEST(ContextBuilderTest, WhatIsNoNeighbourStaysApart) {
  const std::string document(200, 'x');
  Passage first = PartOf(document, 0, 0, 20);
  Passage third = PartOf(document, 2, 40, 61);
  Passage far = PartOf(document, 1, 50, 72);
  first.chunk.text[0] = 'a';
  third.chunk.text[0] = 'b';
  far.chunk.text[0] = 'c';
  EXPECT_THAT(BuildContext({first, third}, {}).passages, SizeIs(2));
  EXPECT_THAT(BuildContext({first, far}, {}).passages, SizeIs(2));
}

TEST(ContextBuilderTest, TheBestStandAtBothEnds) {
  using ::testing::ElementsAre;
  EXPECT_THAT(BestAtBothEnds(0), SizeIs(0));
  EXPECT_THAT(BestAtBothEnds(1), ElementsAre(0u));
  EXPECT_THAT(BestAtBothEnds(4), ElementsAre(0u, 2u, 3u, 1u));
  EXPECT_THAT(BestAtBothEnds(5), ElementsAre(0u, 2u, 4u, 3u, 1u));
}

TEST(ContextBuilderTest, HeadingsSayNumberPathAndPage) {
  Passage passage = MakePassage(1, "text", 1);
  EXPECT_EQ(PassageHeading(passage, 3), "[3] d1");
  passage.chunk.span.page = 7;
  EXPECT_EQ(PassageHeading(passage, 3), "[3] d1 (page 7)");
  passage.title = "Manual";
  passage.chunk.span.heading_path = {"Motor"};
  EXPECT_EQ(PassageHeading(passage, 1), "[1] Manual > Motor (d1, page 7)");
}

}  // namespace
}  // namespace quarry::retrieval
