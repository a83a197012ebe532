#include "model/extractive_answerer.h"

#include <cmath>
#include <string>
#include <vector>

#include "tests/model/extractive_testing.h"

namespace quarry::model {
namespace {

TEST_F(ExtractiveAnswererTest, FindsTheSentenceThatHoldsTheFact) {
  EXPECT_EQ(First("What is the maximum pressure of the DP-15?", pumps_),
            "Its maximum pressure is 9 bar.");
  EXPECT_EQ(First("What is the housing of the DP-15 made of?", pumps_),
            "The housing is made of steel.");
  EXPECT_EQ(First("Who designed the VX-220 valve?", pumps_),
            "Anna Lindqvist designed it in 1998 in Malmö.");
  EXPECT_EQ(First("Why was the VX-220 recalled?", pumps_),
            "It was recalled because the seal cracked.");
}

TEST_F(ExtractiveAnswererTest, FindsTheSentenceThatHoldsTheFactInChinese) {
  EXPECT_EQ(First("DP-15的最大压力是多少？", zh_), "最大压力为9巴。");
  EXPECT_EQ(First("DP-15的外壳是由什么制成的？", zh_), "外壳由不锈钢制成。");
  EXPECT_EQ(First("VX-220阀门的设计者是谁？", zh_), "设计者是工程师李明华。");
  EXPECT_EQ(First("VX-220为什么召回？", zh_), "由于密封圈开裂，2003年召回。");
}

TEST_F(ExtractiveAnswererTest, AQuestionInTraditionalCharactersFindsSimplifiedText) {
  EXPECT_EQ(First("DP-15的最大壓力是多少？", zh_), "最大压力为9巴。");
}

TEST_F(ExtractiveAnswererTest, AQuestionInTheTextIsAnsweredByWhatFollowsIt) {
  const std::vector<Passage> faq = {
      MakePassage("Q: How do I reset my password?\nA: Open Settings > Security.\n\n"
                  "问：退货运费由谁承担？\n答：公司承担。\n",
                  5, "Questions")};
  EXPECT_EQ(First("how do I reset my password", faq), "A: Open Settings > Security.");
  EXPECT_EQ(First("退货运费由谁承担？", faq), "答：公司承担。");
}

TEST_F(ExtractiveAnswererTest, AFewWordsThatAnswerAreKeptWithWhatFollows) {
  const std::vector<Passage> faq = {
      MakePassage("No. Hookwell needs PostgreSQL, because its queue uses SKIP LOCKED.", 9, "FAQ",
                  {"FAQ", "Can I use MySQL instead of PostgreSQL?"}),
      MakePassage("不可以。桥接器需要达梦数据库，因为队列使用它的锁。", 9, "常见问题",
                  {"常见问题", "可以使用海量数据库吗？"})};
  const auto quoted = [&](const char* question) {
    const ExtractiveDraft draft = ExtractAnswer(question, faq, analyzer_, {});
    ExtractedSentence first = draft.sentences.at(0);
    EXPECT_FALSE(draft.declined) << question;
    first.range = first.answering;
    return Quote(first, faq);
  };
  EXPECT_EQ(quoted("Can I use MySQL?"), faq[0].chunk.text);
  EXPECT_EQ(quoted("可以使用海量数据库吗？"), faq[1].chunk.text);
  // Another question is not answered by "No."
  EXPECT_EQ(quoted("Why does Hookwell need PostgreSQL?"),
            "Hookwell needs PostgreSQL, because its queue uses SKIP LOCKED.");
}

TEST_F(ExtractiveAnswererTest, OneSharedWordAddsNoSentence) {
  const std::vector<Passage> passages = {
      MakePassage("The PRV-32 is a valve for 16 bar.", 9, "PRV-32"),
      MakePassage("You may certify your own illness for up to four days.", 8, "Handbook")};
  EXPECT_EQ(ExtractAnswer("Which valve is certified for 16 bar?", passages, analyzer_, {})
                .sentences.size(),
            1u);
}

TEST_F(ExtractiveAnswererTest, DeclinesWithoutWordsOrPassages) {
  EXPECT_TRUE(ExtractAnswer("", pumps_, analyzer_, {}).declined);
  EXPECT_TRUE(ExtractAnswer("???", pumps_, analyzer_, {}).declined);
  EXPECT_TRUE(ExtractAnswer("什么？", zh_, analyzer_, {}).declined);
  const ExtractiveDraft none = ExtractAnswer("What is the maximum pressure?", {}, analyzer_, {});
  EXPECT_TRUE(none.declined);
  EXPECT_EQ(none.reason, "no passage was found");
  EXPECT_TRUE(ExtractAnswer("What is the maximum pressure?", {MakePassage("", 1.0)}, analyzer_, {})
                  .declined);
}

TEST_F(ExtractiveAnswererTest, SentencesAreExactRangesWithinTheLimits) {
  const std::string long_text =
      "The pressure of pump A is 5 bar. The pressure of pump B is 6 bar. The pressure of pump C is "
      "7 bar. The pressure of pump D is 8 bar. The pressure of pump E is 9 bar.";
  const std::vector<Passage> passages = {MakePassage(long_text, 3.0), MakePassage(long_text, 2.0),
                                         pumps_[0]};
  for (const uint32_t max_sentences : {1u, 2u, 5u}) {
    for (const uint32_t max_tokens : {1u, 10u, 25u, 160u}) {
      ExtractiveOptions options;
      options.max_sentences = max_sentences;
      options.max_tokens = max_tokens;
      options.decline_below = 0;
      const ExtractiveDraft draft =
          ExtractAnswer("What is the pressure of pump C?", passages, analyzer_, options);
      ASSERT_FALSE(draft.sentences.empty());
      EXPECT_LE(draft.sentences.size(), max_sentences);
      uint32_t tokens = 0;
      for (const ExtractedSentence& sentence : draft.sentences) {
        ASSERT_LT(sentence.passage, passages.size());
        ASSERT_LT(sentence.range.begin, sentence.range.end);
        ASSERT_LE(sentence.range.end, passages[sentence.passage].chunk.text.size());
        tokens += CountTokens(Quote(sentence, passages));
      }
      EXPECT_LE(tokens, max_tokens);
    }
  }
}

TEST_F(ExtractiveAnswererTest, SentencesComeInTheOrderOfTheirScores) {
  const std::vector<Passage> passages = {
      MakePassage("Filter change: close the inlet valve. Open the drain. Then remove the filter "
                  "cartridge of the Orion unit. Rinse the housing.",
                  5.0),
      MakePassage("The Orion cartridge costs 40 euros. A cartridge lasts 90 days.", 4.0)};
  ExtractiveOptions options;
  options.decline_below = 0;
  const ExtractiveDraft draft = ExtractAnswer(
      "How many days does the filter cartridge of the Orion last and how do I remove "
      "it from the housing?",
      passages, analyzer_, options);
  ASSERT_GE(draft.sentences.size(), 2u);
  for (size_t i = 1; i < draft.sentences.size(); ++i) {
    EXPECT_GE(draft.sentences[i - 1].score, draft.sentences[i].score);
  }
}

TEST_F(ExtractiveAnswererTest, AQuestionWithTwoPartsTakesASentenceForEach) {
  ExtractiveOptions options;
  options.decline_below = 0;
  const ExtractiveDraft draft = ExtractAnswer(
      "What is the maximum pressure and what is the housing made of?", pumps_, analyzer_, options);
  std::vector<std::string> quotes;
  for (const ExtractedSentence& sentence : draft.sentences) {
    quotes.push_back(Quote(sentence, pumps_));
  }
  EXPECT_THAT(quotes, ::testing::IsSupersetOf(
                          {"Its maximum pressure is 9 bar.", "The housing is made of steel."}));
}

TEST_F(ExtractiveAnswererTest, TheSameSentenceInTwoPassagesIsQuotedOnce) {
  const std::vector<Passage> passages = {pumps_[0], pumps_[0]};
  const ExtractiveDraft draft =
      ExtractAnswer("maximum pressure of the DP-15", passages, analyzer_, {});
  for (size_t i = 1; i < draft.sentences.size(); ++i) {
    EXPECT_NE(Quote(draft.sentences[i], passages), Quote(draft.sentences[0], passages));
  }
  EXPECT_EQ(draft.sentences[0].passage, 0u);
}

TEST_F(ExtractiveAnswererTest, TheBetterPassageWinsBetweenEqualSentences) {
  const std::vector<Passage> passages = {MakePassage("The limit is 40 litres.", 9.0, "Tank B"),
                                         MakePassage("The limit is 55 litres.", 3.0, "Tank B")};
  EXPECT_EQ(First("What is the limit?", passages), "The limit is 40 litres.");
}

TEST_F(ExtractiveAnswererTest, RowsAndCodeAreQuotedWholeAndLongProseFromWhatAnswers) {
  const std::string words =
      "The tower, which the keepers of the lower lock had built from the bricks of the old brewery "
      "in the winter "
      "before the flood, was lit by gas until 1924";
  for (const BlockKind kind : {BlockKind::kParagraph, BlockKind::kTable, BlockKind::kCode}) {
    Passage passage = MakePassage(words, 5.0);
    passage.chunk.blocks.push_back({.kind = kind, .depth = 1, .begin = 0, .end = words.size()});
    const ExtractiveDraft draft =
        ExtractAnswer("Until when was the tower lit by gas?", {passage}, analyzer_, {});
    ASSERT_EQ(draft.sentences.size(), 1u);
    EXPECT_EQ(draft.sentences[0].range, (ByteRange{0, words.size()}));
    const ByteRange part = draft.sentences[0].answering;
    if (kind != BlockKind::kParagraph) {
      EXPECT_EQ(part, ByteRange());
      continue;
    }
    EXPECT_EQ(part.end, words.size());
    EXPECT_GT(part.begin, 0u);
    EXPECT_LT(part.begin, words.find("1924"));
    EXPECT_EQ(words[part.begin - 1], ' ');
  }
}

TEST_F(ExtractiveAnswererTest, ScoresThatAreZeroOrNegativeAreFine) {
  std::vector<Passage> passages = pumps_;
  passages[0].score = 0;
  passages[1].score = -1;
  EXPECT_EQ(First("What is the maximum pressure of the DP-15?", passages),
            "Its maximum pressure is 9 bar.");
}

TEST_F(ExtractiveAnswererTest, MalformedAndHugeInputIsHandled) {
  std::string question;
  for (int i = 0; i < 400; ++i) question += "word" + std::to_string(i) + " ";
  const std::vector<Passage> passages = {
      MakePassage("\xff\xfe broken \xe4\xb8 bytes word1 word2.", 2.0),
      MakePassage(std::string(20'000, 'x') + " word3", 1.0),
      MakePassage(
          [] {
            std::string text;
            for (int i = 0; i < 5'000; ++i) text += "长";
            return text;
          }(),
          0.5)};
  ExtractiveOptions options;
  options.decline_below = 0;
  const ExtractiveDraft draft = ExtractAnswer(question, passages, analyzer_, options);
  EXPECT_FALSE(draft.sentences.empty());
}

TEST_F(ExtractiveAnswererTest, TheSameInputGivesTheSameDraft) {
  const ExtractiveDraft a = ExtractAnswer("Who designed the VX-220?", pumps_, analyzer_, {});
  const ExtractiveDraft b = ExtractAnswer("Who designed the VX-220?", pumps_, Analyzer(), {});
  ASSERT_EQ(a.sentences.size(), b.sentences.size());
  EXPECT_EQ(a.support, b.support);
  EXPECT_EQ(a.reason, b.reason);
  for (size_t i = 0; i < a.sentences.size(); ++i) {
    EXPECT_EQ(a.sentences[i].range, b.sentences[i].range);
    EXPECT_EQ(a.sentences[i].score, b.sentences[i].score);
  }
}

TEST_F(ExtractiveAnswererTest, AStuffedTextHasAFiniteScore) {
  std::string stuffed;
  for (size_t i = 0; i < 800; ++i) stuffed += "pump pressure maximum Alpha ";
  ExtractiveOptions options;
  options.max_tokens = 100'000;
  const std::vector<Passage> passages = {MakePassage(stuffed, 12.0), MakePassage("A pump.", 7.0)};
  const ExtractiveDraft draft =
      ExtractAnswer("What is the maximum pressure of the pump?", passages, analyzer_, options);
  ASSERT_FALSE(draft.sentences.empty());
  for (const ExtractedSentence& sentence : draft.sentences)
    EXPECT_TRUE(std::isfinite(sentence.score)) << sentence.score;
  EXPECT_TRUE(std::isfinite(draft.support));
}

}  // namespace
}  // namespace quarry::model
