// What stands above a sentence counts for it: headings, the file's name, the parties of a contract.

#include <string>
#include <utility>
#include <vector>

#include "model/passage_reading.h"
#include "tests/model/extractive_testing.h"

namespace quarry::model {
namespace {

TEST_F(ExtractiveAnswererTest, HeadingsCountForTheirSentences) {
  const std::vector<Passage> passages = {
      MakePassage("Travel by train is paid in full.", 5.0, "Handbook", {"Expenses", "Germany"}),
      MakePassage("Travel by train is paid in part.", 5.0, "Handbook", {"Expenses", "Norway"})};
  EXPECT_EQ(First("Is train travel in Norway paid?", passages), "Travel by train is paid in part.");
}

TEST_F(ExtractiveAnswererTest, HeadingsInsideAPassageCountForTheSentencesBelowThemOnly) {
  Passage passage = MakePassage("", 5.0, "Handbook", {"Expenses", "Germany"});
  AddBlock(passage, BlockKind::kParagraph, "Travel by train is paid in full.");
  AddBlock(passage, BlockKind::kHeading, "Norway");
  AddBlock(passage, BlockKind::kParagraph, "Travel by train is paid in part.");
  const std::vector<Passage> passages = {passage};
  EXPECT_EQ(First("Is train travel in Norway paid?", passages), "Travel by train is paid in part.");
  EXPECT_EQ(First("Is train travel in Germany paid?", passages),
            "Travel by train is paid in full.");
  const ExtractiveDraft draft =
      ExtractAnswer("Is train travel in Norway paid?", passages, analyzer_, {});
  for (const ExtractedSentence& sentence : draft.sentences) {
    EXPECT_NE(Quote(sentence, passages), "Norway");
  }
}

// A contract does not name its parties in every clause.
TEST_F(ExtractiveAnswererTest, TheNameOfTheFileCountsForItsSentences) {
  std::vector<Passage> passages = {
      MakePassage("合同总价为960,000元。", 9.0, "软件许可与服务合同"),
      MakePassage("The total price is 40,000 euros.", 8.0, "Service agreement")};
  const char* questions[] = {"海川物流合同的总价是多少？",
                             "What is the total price of the Haversham agreement of 2025?"};
  for (const char* question : questions)
    EXPECT_TRUE(ExtractAnswer(question, passages, analyzer_, {}).declined) << question;
  passages[0].chunk.document = "合同/海川物流合同.docx";
  passages[1].chunk.document = "contracts/Haversham_2025-08-14.pdf";
  EXPECT_EQ(First(questions[0], passages), "合同总价为960,000元。");
  EXPECT_EQ(First(questions[1], passages), "The total price is 40,000 euros.");
}

TEST(FileNameTest, IsThatOfAFileWithoutDays) {
  const std::pair<const char*, const char*> cases[] = {{"合同/海川物流合同.docx", "海川物流合同"},
                                                       {"minutes_2025-08-14.md", "minutes 2025"},
                                                       {"a/VX-220.md", "VX-220"},
                                                       {"a/VX-2200-12.md", "VX-2200-12"},
                                                       {"release-3.4.txt", "release-3.4"},
                                                       {"doc12", ""},
                                                       {"notes/.md", ""},
                                                       {"a.b/c", ""},
                                                       {"v1.25", ""},
                                                       {"", ""}};
  for (const auto& [document, name] : cases) {
    Passage passage;
    passage.chunk.document = document;
    EXPECT_EQ(FileNameOf(passage), name) << document;
  }
}

TEST_F(ExtractiveAnswererTest, ThePartiesOfAContractCountForItsClauses) {
  std::vector<Passage> passages = {
      MakePassage("合同编号：LQ-2025\n\n甲方：宁波海川物流股份有限公司\n\n乙方：杭州澜桥科技", 9.0,
                  "服务合同"),
      MakePassage("合同总价为960,000元。", 8.0, "服务合同"),
      MakePassage("This agreement is made between Haversham Ltd and Weir Works.", 7.0, "Agreement"),
      MakePassage("The total price is 40,000 euros.", 6.0, "Agreement")};
  passages[0].chunk.document = passages[1].chunk.document = "a.docx";
  passages[2].chunk.document = passages[3].chunk.document = "b.docx";
  passages[1].chunk.ordinal = passages[3].chunk.ordinal = 3;
  EXPECT_EQ(First("海川物流股份有限公司的合同总价是多少？", passages), "合同总价为960,000元。");
  EXPECT_EQ(First("What is the total price of the agreement with Haversham?", passages),
            "The total price is 40,000 euros.");
  passages[1].chunk.document = "c.docx";
  EXPECT_TRUE(ExtractAnswer("海川物流股份有限公司的合同总价是多少？", {passages[1]}, analyzer_, {})
                  .declined);
}

}  // namespace
}  // namespace quarry::model
