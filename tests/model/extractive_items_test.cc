// What stands above an item of a list and names it counts for what is said of it.

#include <string>
#include <vector>

#include "model/item_terms.h"
#include "tests/model/extractive_testing.h"

namespace quarry::model {
namespace {

// A page of settings as a list of definitions.
Passage Settings() {
  Passage passage = MakePassage("", 5.0, "Configuration");
  AddBlock(passage, BlockKind::kHeading, "Memory");
  AddBlock(passage, BlockKind::kListItem, "page_cache (integer)");
  AddBlock(passage, BlockKind::kListItem, "Sets the memory for pages. The default is 128 MB.", 2);
  AddBlock(passage, BlockKind::kListItem, "sort_area (integer)");
  AddBlock(passage, BlockKind::kListItem, "Sets the memory for sorting. The default is 4 MB.", 2);
  AddBlock(passage, BlockKind::kListItem, "页面缓存");
  AddBlock(passage, BlockKind::kListItem, "页面占用的内存。缺省值为128兆字节。", 2);
  AddBlock(passage, BlockKind::kListItem, "排序区");
  AddBlock(passage, BlockKind::kListItem, "排序占用的内存。缺省值为4兆字节。", 2);
  return passage;
}

TEST_F(ExtractiveAnswererTest, WhatNamesAnItemCountsForWhatIsSaidOfIt) {
  const std::vector<Passage> passages = {Settings()};
  EXPECT_EQ(First("What is the default of page_cache?", passages), "The default is 128 MB.");
  EXPECT_EQ(First("What is the default of sort_area?", passages), "The default is 4 MB.");
  EXPECT_EQ(First("页面缓存的缺省值是多少？", passages), "缺省值为128兆字节。");
  EXPECT_EQ(First("排序区的缺省值是多少？", passages), "缺省值为4兆字节。");
}

TEST_F(ExtractiveAnswererTest, ItIsSaidBeforeASentenceThatDoesNotNameIt) {
  const std::vector<Passage> passages = {Settings()};
  const ExtractiveDraft draft =
      ExtractAnswer("What is the default of sort_area?", passages, analyzer_, {});
  ASSERT_FALSE(draft.declined);
  EXPECT_EQ(draft.sentences[0].item_term, "sort_area (integer)");
}

TEST(ItemTermsTest, AreOfDeeperItemsOnly) {
  Passage passage = MakePassage("", 5.0);
  AddBlock(passage, BlockKind::kListItem, "Cats");
  AddBlock(passage, BlockKind::kListItem, "Dogs are allowed on the lower deck only.");
  AddBlock(passage, BlockKind::kListItem, "They must be on a lead.", 2);
  AddBlock(passage, BlockKind::kListItem, "Birds");
  AddBlock(passage, BlockKind::kListItem, "Parrots", 2);
  AddBlock(passage, BlockKind::kListItem, "They may sing.", 3);
  AddBlock(passage, BlockKind::kListItem, "In a cage.", 2);
  AddBlock(passage, BlockKind::kParagraph, "Fish swim.");
  AddBlock(passage, BlockKind::kListItem, "Deep without anything above.", 2);
  const Chunk& chunk = passage.chunk;
  std::vector<std::string> terms;
  for (const ByteRange& term : ItemTerms(chunk))
    terms.push_back(chunk.text.substr(term.begin, term.end - term.begin));
  // A sentence names nothing.
  EXPECT_EQ(terms, (std::vector<std::string>{"", "", "", "", "Birds", "Parrots", "Birds", "", ""}));
}

TEST(ItemTermsTest, AreUnknownWhereTheDepthIs) {
  Passage passage = MakePassage("", 5.0);
  AddBlock(passage, BlockKind::kListItem, "page_cache", 0);
  AddBlock(passage, BlockKind::kListItem, "The default is 128 MB.", 0);
  for (const ByteRange& term : ItemTerms(passage.chunk)) EXPECT_EQ(term, ByteRange{});
}

TEST_F(ExtractiveAnswererTest, AnAsideAnswersLessThanWhatStandsOutsideParentheses) {
  const std::vector<Passage> passages = {
      MakePassage("(The default of the buffer may change.) The default of the buffer is 8 MB.", 5.0,
                  "Buffers")};
  EXPECT_EQ(First("What is the default of the buffer?", passages),
            "The default of the buffer is 8 MB.");
  // A number of a list is none.
  const std::vector<Passage> numbered = {
      MakePassage("（一）保修期为两年（自验收起）。保修期满另行约定。", 5.0, "保修")};
  EXPECT_EQ(First("保修期为几年？", numbered), "（一）保修期为两年（自验收起）。");
}

}  // namespace
}  // namespace quarry::model
