#include "model/answer_words.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "model/answer_weights.h"
#include "model/passage_reading.h"
#include "model/sentence_ranking.h"

namespace quarry::model {
namespace {

// The word of the first sentence of `text` that looks most like the answer.
std::string MostLikely(const std::string& question, const std::string& text) {
  const Analyzer analyzer;
  Passage passage;
  passage.chunk.text = text;
  const std::vector<Passage> passages = {passage};
  const PassageReading reading(question, passages, analyzer, 160);
  const Sentence& sentence = reading.sentences().at(0);
  const AnswerWordFinder finder(question, reading.question().kind, reading.question().text);
  const std::vector<AnswerWord> words = AnswerWordsOf(reading, sentence, finder);
  const auto likeness = [&](const AnswerWord& word) {
    return WeightedSum(word.features, AnswerWeightsFor(IsMostlyCjk(question)).words);
  };
  const AnswerWord& best = *std::ranges::max_element(words, {}, likeness);
  return text.substr(best.range.begin, best.range.end - best.range.begin);
}

TEST(AnswerWordsTest, TheWordOfTheKindAskedForLooksLikeTheAnswer) {
  const char* text = "The valve was designed in 1998 by Lindqvist for 250 euros.";
  EXPECT_EQ(MostLikely("Who designed the valve?", text), "Lindqvist");
  EXPECT_EQ(MostLikely("When was the valve designed?", text), "1998");
  EXPECT_EQ(MostLikely("How many euros was the valve designed for?", text), "250");
  EXPECT_EQ(MostLikely("这台水泵是哪一年安装的？", "这台水泵于2012年安装在北站。"), "2012");
}

TEST(AnswerWordsTest, TheAnswerStandsOnTheSameSideOfTheQuestionsWords) {
  const char* chain = "After the flood Okafor replaced Vasseloe at the weir.";
  EXPECT_EQ(MostLikely("Who replaced Vasseloe?", chain), "Okafor");
  EXPECT_EQ(MostLikely("Who did Okafor replace?", chain), "Vasseloe");
  // Of Chinese, a character of it.
  const std::string who = "甲方验收水泵，乙方维修阀门。";
  EXPECT_TRUE(std::string("水泵").find(MostLikely("甲方验收什么？", who)) != std::string::npos);
  EXPECT_TRUE(std::string("乙方").find(MostLikely("谁维修阀门？", who)) != std::string::npos);
}

TEST(AnswerWordsTest, WordsOfTheQuestionAreNotItsAnswer) {
  EXPECT_EQ(MostLikely("Who succeeded Lindqvist at Halden?",
                       "Vasseloe succeeded Lindqvist, so Okafor left Halden."),
            "Okafor")
      << "the first word of a sentence is capitalised whatever it is";
  EXPECT_EQ(MostLikely("Which river does the Halden feed?", "The Halden feeds the river Orr."),
            "Orr");
}

TEST(AnswerWordsTest, WordsStandWhereTheyAreInTheSentence) {
  const AnswerWordFinder finder("When?", AnswerKind::kTime);
  const std::string_view sentence = "“Été” 1,5 泵A；x";
  std::vector<std::string_view> words;
  for (const AnswerWord& word : finder.WordsOf(sentence, {})) {
    words.push_back(sentence.substr(word.range.begin, word.range.end - word.range.begin));
  }
  EXPECT_EQ(words, (std::vector<std::string_view>{"Été", "1", "5", "泵", "A", "x"}));
  EXPECT_TRUE(finder.WordsOf("", {}).empty());
  EXPECT_TRUE(finder.WordsOf("?! …", {}).empty());
}

TEST(AnswerWordsTest, NearnessAndMarksAreBetweenNoneAndOne) {
  const AnswerWordFinder finder("What percentage of pumps was cheap?", AnswerKind::kNumber);
  const std::string_view sentence = "About 12% of (old) pumps, such as Alpha, were cheap.";
  const std::vector<AskedTerm> asked = {{{19, 24}, 0.5}, {{46, 51}, 0.5}};
  for (const AnswerWord& word : finder.WordsOf(sentence, asked)) {
    for (const double value : word.features) {
      EXPECT_GE(value, 0);
      EXPECT_LE(value, 1);
    }
    const std::string_view text =
        sentence.substr(word.range.begin, word.range.end - word.range.begin);
    EXPECT_EQ(word.features[WordFeature::kUnit], text == "12") << text;
    EXPECT_EQ(word.features[WordFeature::kNaming], text == "Alpha") << text;
    EXPECT_EQ(word.features[WordFeature::kAsked],
              text == "of" || text == "pumps" || text == "cheap")
        << text;
  }
}

// A text that says the question's words again and again is no likelier than one that says each.
TEST(AnswerWordsTest, WordsThatAreRepeatedCountNoMoreThanAll) {
  const AnswerWordFinder finder("Which pump?", AnswerKind::kAny);
  std::string sentence;
  std::vector<AskedTerm> asked;
  for (size_t i = 0; i < 300; ++i) {
    asked.push_back({{sentence.size(), sentence.size() + 4}, 1.0});
    sentence += "pump Alpha ";
  }
  for (const AnswerWord& word : finder.WordsOf(sentence, asked)) {
    for (const double value : word.features) {
      EXPECT_GE(value, 0);
      EXPECT_LE(value, 1);
    }
  }
}

}  // namespace
}  // namespace quarry::model
