#include "model/answering_clause.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/ascii.h"

namespace quarry::model {
namespace {

std::string PartOf(const std::string& question, const std::string& sentence) {
  const Analyzer analyzer;
  Passage passage;
  passage.chunk.text = sentence;
  const std::vector<Passage> passages = {passage};
  const PassageReading reading(question, passages, analyzer, 400);
  const ByteRange part = AnsweringPart(reading, reading.sentences().at(0));
  EXPECT_EQ(part.end, reading.sentences()[0].range.end);
  return sentence.substr(part.begin, part.end - part.begin);
}

const char* const kLong =
    "The old pumping station at the northern end of the valley, with its brick tower and the "
    "garden that the "
    "keepers planted, was closed for good in 1987, when the new works at Orrin took over.";

TEST(AnsweringClauseTest, AShortSentenceIsQuotedWhole) {
  const std::string text = "The valve was designed in 1998, in Malmö, by Anna Lindqvist.";
  EXPECT_EQ(PartOf("Who designed the valve?", text), text);
  EXPECT_EQ(PartOf("谁设计了阀门？", "阀门于1998年由李明华设计。"), "阀门于1998年由李明华设计。");
}

TEST(AnsweringClauseTest, ALongOneBeginsWithTheClauseThatAnswers) {
  const std::string part = PartOf("When was the pumping station closed?", kLong);
  EXPECT_LT(part.size(), std::string(kLong).size());
  EXPECT_LT(part.find("1987"), 100u) << part;
}

TEST(AnsweringClauseTest, ALongOneThatAnswersAtItsBeginningIsQuotedWhole) {
  const std::string text =
      "Anna Lindqvist designed the valve, which opens at six bar and closes by itself as soon as "
      "the water that "
      "stands behind it has run off through the side channel.";
  EXPECT_EQ(PartOf("Who designed the valve?", text), text);
}

TEST(AnsweringClauseTest, ChineseClausesBeginBehindTheirMarks) {
  const std::string text =
      "这座老泵站位于山谷的最北端，砖砌的塔楼和看守人种下的花园至今还在，许多游人每年夏天都会来这里"
      "参观，"
      "泵站于一九八七年关闭，此后由新水厂供水。";
  const std::string part = PartOf("泵站于哪一年关闭？", text);
  EXPECT_LT(part.size(), text.size());
  EXPECT_NE(part.find("一九八七"), part.npos);
  EXPECT_TRUE(text.substr(0, text.size() - part.size()).ends_with("，")) << part;
}

// Whatever is asked, a part begins where a word or the sentence does, and not within a number.
TEST(AnsweringClauseTest, NothingIsCutThrough) {
  const std::string text =
      "In the first year the members of the cooperative paid 1,250,000 marks, 3,400 of which were "
      "never seen again, "
      "and the ledger-keeper's re-counted totals (of 12.5 per cent: a record) were off by 17:30 "
      "that evening.";
  for (const char* question :
       {"How many marks did the members pay?", "When was the total off?", "What was the record?",
        "Who paid the ledger?", "How many were never seen?", "cooperative evening"}) {
    const std::string part = PartOf(question, text);
    const size_t begin = text.size() - part.size();
    EXPECT_EQ(text.substr(begin), part);
    if (begin == 0) continue;
    EXPECT_EQ(text[begin - 1], ' ') << part;
    EXPECT_FALSE(part.starts_with("of 12.5") || part.starts_with("a record")) << "within brackets";
  }
}

}  // namespace
}  // namespace quarry::model
