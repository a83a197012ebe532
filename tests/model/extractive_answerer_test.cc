#include "model/extractive_answerer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "model/question.h"
#include "model/quotable.h"
#include "tests/testing/test_environment.h"

namespace quarry::model {
namespace {

Passage MakePassage(std::string text, double score, std::string title = "",
                    std::vector<std::string> headings = {}) {
  Passage passage;
  passage.chunk.text = std::move(text);
  passage.chunk.span.heading_path = std::move(headings);
  passage.title = std::move(title);
  passage.score = score;
  return passage;
}

std::string Quote(const ExtractedSentence& sentence, const std::vector<Passage>& passages) {
  const std::string& text = passages[sentence.passage].chunk.text;
  return text.substr(sentence.range.begin, sentence.range.end - sentence.range.begin);
}

class ExtractiveAnswererTest : public ::testing::Test {
 protected:
  // The first sentence of the answer; "" when declined.
  std::string First(std::string_view question, const std::vector<Passage>& passages,
                    const ExtractiveOptions& options = {}) {
    const ExtractiveDraft draft = ExtractAnswer(question, passages, analyzer_, options);
    return draft.declined ? "" : Quote(draft.sentences[0], passages);
  }

  Analyzer analyzer_;
  const std::vector<Passage> pumps_ = {
      MakePassage("The DP-15 is a dosing pump. It weighs 4.2 kg. Its maximum pressure is 9 bar. "
                  "The housing is made of steel.",
                  12.0, "DP-15 data sheet"),
      MakePassage("The VX-220 valve opens at 6 bar. Anna Lindqvist designed it in 1998 in Malmö. "
                  "It was recalled because the seal cracked.",
                  7.5, "VX-220 data sheet"),
  };
  const std::vector<Passage> zh_ = {
      MakePassage("DP-15是一种加药泵。它的重量是4.2千克。最大压力为9巴。外壳由不锈钢制成。", 12.0,
                  "DP-15数据表"),
      MakePassage(
          "VX-220阀门于1998年在杭州研制。设计者是工程师李明华。由于密封圈开裂，2003年召回。", 7.5,
          "VX-220数据表"),
  };
};

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

TEST_F(ExtractiveAnswererTest, DeclinesWhatThePassagesDoNotSay) {
  for (const char* question :
       {"Which bishop crowned Emperor Charles in Aachen?", "柏林的市长住在哪条街道？",
        "How do I apply for parental leave in Portugal?"}) {
    for (const auto* passages : {&pumps_, &zh_}) {
      const ExtractiveDraft draft = ExtractAnswer(question, *passages, analyzer_, {});
      EXPECT_TRUE(draft.declined) << question;
      EXPECT_TRUE(draft.sentences.empty());
      EXPECT_LT(draft.support, 0.35);
      EXPECT_FALSE(draft.reason.empty());
    }
  }
}

TEST_F(ExtractiveAnswererTest, TheThresholdDecides) {
  ExtractiveOptions options;
  const double support =
      ExtractAnswer("What is the maximum pressure?", pumps_, analyzer_, options).support;
  options.decline_below = support + 0.01;
  const ExtractiveDraft declined =
      ExtractAnswer("What is the maximum pressure?", pumps_, analyzer_, options);
  EXPECT_TRUE(declined.declined);
  EXPECT_EQ(declined.support, support);
  options.decline_below = support - 0.01;
  EXPECT_FALSE(ExtractAnswer("What is the maximum pressure?", pumps_, analyzer_, options).declined);
}

TEST_F(ExtractiveAnswererTest, TheReasonNamesWhatIsMissing) {
  const ExtractiveDraft draft =
      ExtractAnswer("Which bishop crowned Emperor Charles?", pumps_, analyzer_, {});
  EXPECT_THAT(draft.reason, ::testing::EndsWith("; not there: bishop, crowned, Emperor, Charles"));
}

// 时停, 停止 and 止取 are the pairs that are missing; 取 is there in 取水.
TEST_F(ExtractiveAnswererTest, TheReasonNamesMissingChineseCharactersOnce) {
  std::vector<Passage> passages = {pumps_[0]};
  passages[0].chunk.text = "河水浊度超过800 NTU后，不再取水。";
  const ExtractiveDraft draft =
      ExtractAnswer("河水浊度超过多少停止取水？", passages, analyzer_, {});
  EXPECT_THAT(draft.reason, ::testing::EndsWith("; not there: 停止"));
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

TEST_F(ExtractiveAnswererTest, TheBestSentenceIsFirstAndTheOthersFollowInReadingOrder) {
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
    EXPECT_GE(draft.sentences[0].score, draft.sentences[i].score);
  }
  for (size_t i = 2; i < draft.sentences.size(); ++i) {
    EXPECT_LT(std::pair(draft.sentences[i - 1].passage, draft.sentences[i - 1].range.begin),
              std::pair(draft.sentences[i].passage, draft.sentences[i].range.begin));
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

TEST_F(ExtractiveAnswererTest, HeadingsCountForTheirSentences) {
  const std::vector<Passage> passages = {
      MakePassage("Travel by train is paid in full.", 5.0, "Handbook", {"Expenses", "Germany"}),
      MakePassage("Travel by train is paid in part.", 5.0, "Handbook", {"Expenses", "Norway"})};
  EXPECT_EQ(First("Is train travel in Norway paid?", passages), "Travel by train is paid in part.");
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

TEST(QuestionTest, TheFormTellsTheKindOfAnswer) {
  const Analyzer analyzer;
  const std::pair<const char*, AnswerKind> cases[] = {
      {"Who built the dam?", AnswerKind::kPerson},
      {"In what year was it built?", AnswerKind::kTime},
      {"When does the office open?", AnswerKind::kTime},
      {"Where is the depot?", AnswerKind::kPlace},
      {"How many valves are there?", AnswerKind::kNumber},
      {"Why did the pump stop?", AnswerKind::kReason},
      {"What is a pump?", AnswerKind::kAny},
      {"大坝是谁建造的？", AnswerKind::kPerson},
      {"大壩是誰建造的？", AnswerKind::kPerson},
      {"办公室什么时候开门？", AnswerKind::kTime},
      {"它建于哪一年？", AnswerKind::kTime},
      {"仓库在哪里？", AnswerKind::kPlace},
      {"有多少个阀门？", AnswerKind::kNumber},
      {"泵为什么停了？", AnswerKind::kReason},
      {"什么是几何学？", AnswerKind::kAny}};
  for (const auto& [question, kind] : cases) {
    EXPECT_EQ(AnalyseQuestion(question, analyzer).kind, kind) << question;
  }
}

TEST(QuestionTest, QuestionWordsAreNoTerms) {
  const Analyzer analyzer;
  for (const char* question : {"什么？", "为什么呢", "哪里"}) {
    EXPECT_TRUE(AnalyseQuestion(question, analyzer).terms.empty()) << question;
  }
  const Question question = AnalyseQuestion("最大压力是多少？", analyzer);
  for (const QuestionTerm& term : question.terms)
    EXPECT_EQ(term.term.find("多"), std::string::npos);
}

TEST(QuestionTest, KindsAreRecognisedInSentences) {
  EXPECT_TRUE(HoldsKind(AnswerKind::kTime, "It opened in 1987.", "When did it open?"));
  EXPECT_FALSE(
      HoldsKind(AnswerKind::kTime, "The 1987 plan failed.", "When did the 1987 plan fail?"));
  EXPECT_TRUE(HoldsKind(AnswerKind::kNumber, "It has seven valves.", "How many valves?"));
  EXPECT_TRUE(HoldsKind(AnswerKind::kNumber, "共有七个阀门。", "有多少阀门？"));
  EXPECT_TRUE(
      HoldsKind(AnswerKind::kPerson, "The dam was built by Ada Byron.", "Who built the dam?"));
  EXPECT_FALSE(HoldsKind(AnswerKind::kPerson, "The dam was built quickly.", "Who built the dam?"));
  EXPECT_TRUE(HoldsKind(AnswerKind::kReason, "由于漏水，泵停了。", "泵为什么停了？"));
  EXPECT_FALSE(HoldsKind(AnswerKind::kAny, "Anything in 1987.", "What?"));
}

TEST(QuotableRangesTest, LongSentencesAreCutAtClausesAndNothingIsLost) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "part " + std::to_string(i) + " of a list without end, ";
  text += "done. Short one.";
  const std::vector<ByteRange> ranges = QuotableRanges(text, 40);
  ASSERT_GT(ranges.size(), 5u);
  size_t end = 0;
  for (const ByteRange& range : ranges) {
    EXPECT_GE(range.begin, end);
    EXPECT_LE(range.begin - end, 1u);  // only a space lies between
    end = range.end;
    EXPECT_LE(CountTokens(std::string_view(text).substr(range.begin, range.end - range.begin)),
              40u);
  }
  EXPECT_EQ(end, text.size());
  EXPECT_EQ(text.substr(ranges.back().begin), "Short one.");
}

TEST(QuotableRangesTest, CharactersAreNeverCut) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "汉字";
  for (const uint32_t limit : {1u, 7u, 50u}) {
    for (const ByteRange& range : QuotableRanges(text, limit)) {
      EXPECT_TRUE(IsValidUtf8(std::string_view(text).substr(range.begin, range.end - range.begin)));
    }
  }
}

}  // namespace
}  // namespace quarry::model
