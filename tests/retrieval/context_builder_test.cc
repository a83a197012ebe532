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

}  // namespace
}  // namespace quarry::retrieval
