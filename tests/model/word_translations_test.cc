#include "model/word_translations.h"

#include <algorithm>

#include "model/shipped_table.h"
#include "model/term_translations.h"
#include "model/translated_question.h"
#include "tests/testing/test_environment.h"

extern "C" {
extern const char quarry_shipped_dictionary_begin[];
extern const char quarry_shipped_dictionary_end[];
}

namespace quarry::model {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

bool Always(std::string_view) { return true; }

std::vector<std::string> WordsOf(std::string_view text, bool to_english) {
  std::vector<std::string> words;
  const Analyzer analyzer;
  const auto translated = TranslateWords(text, to_english, analyzer, Always);
  for (const TranslatedWord& word : translated.value()) words.push_back(word.word);
  return words;
}

TEST(ShippedDictionaryTest, IsWholeAndOfTheShippedTable) {
  const size_t size =
      static_cast<size_t>(quarry_shipped_dictionary_end - quarry_shipped_dictionary_begin);
  const auto parsed = TermTranslations::Parse(
      {.view = {quarry_shipped_dictionary_begin, size}, .owner = nullptr, .mapped = true});
  ASSERT_OK(parsed.status());
  EXPECT_EQ(parsed->table_checksum(), ShippedTableChecksum())
      << "the table was made anew: run model/train/make_dictionary.sh, too";
  EXPECT_EQ(parsed->checksum(), (*ShippedDictionary())->checksum());
}

TEST(ShippedDictionaryTest, KnowsEverydayWords) {
  const TermTranslations& dictionary = **ShippedDictionary();
  EXPECT_THAT(dictionary.Of("保修"), Contains("warranti"));
  EXPECT_THAT(dictionary.Of("水表"), ElementsAre("water meter"));
  EXPECT_THAT(dictionary.Of("annual leav"), Contains("年假"));
  EXPECT_THAT(dictionary.Of("refund"), Contains("退款"));
  EXPECT_TRUE(dictionary.Has("staff"));
  EXPECT_FALSE(dictionary.Has("a-word-that-nobody-uses"));
}

TEST(WordTranslationsTest, ChineseIsTakenApartIntoWords) {
  EXPECT_THAT(WordsOf("水表检测费是多少？", true), ElementsAre("水表", "检测", "费"));
  EXPECT_THAT(WordsOf("VX-240的质量是多少？", true), ElementsAre("VX-240", "质量"));
  EXPECT_THAT(WordsOf("員工的年假", true), ElementsAre("员工", "年假"));
}

TEST(WordTranslationsTest, EnglishHasPhrasesAndKeepsWhatIsNoWord) {
  EXPECT_THAT(WordsOf("How many days of annual leave does the VX-240 team have?", false),
              ElementsAre("day", "annual leav", "VX-240", "team"));
}

TEST(WordTranslationsTest, OnlyWhatStandsThereCounts) {
  const Analyzer analyzer;
  const auto stands = [](std::string_view term) { return term == "reservoir"; };
  const auto words = TranslateWords("水表", true, analyzer, stands).value();
  for (const TranslatedWord& word : words) EXPECT_THAT(word.parts, IsEmpty()) << word.word;
  const auto both = [](std::string_view term) { return term == "meter" || term == "water"; };
  const auto whole = TranslateWords("水表", true, analyzer, both).value();
  ASSERT_EQ(whole.size(), 1u);
  EXPECT_THAT(whole[0].parts, ElementsAre(ElementsAre("water"), ElementsAre("meter")));
}

Passage PassageOf(const std::string& text) {
  Passage passage;
  passage.chunk.text = text;
  passage.title = "Bills";
  return passage;
}

std::optional<TranslatedQuestion> Translated(std::string_view question, bool to_english,
                                             const std::vector<std::string>& texts) {
  std::vector<Passage> passages;
  for (const std::string& text : texts) passages.push_back(PassageOf(text));
  const Analyzer analyzer;
  return TranslateQuestion(question, to_english, passages, analyzer).value();
}

TEST(TranslatedQuestionTest, TakesTheWordsThatStandInThePassage) {
  const auto translated =
      Translated("水表检测费是多少？", true,
                 {"The cooperative is governed by rules.",
                  "Testing a water meter costs 35 euros where it measures right."});
  ASSERT_TRUE(translated);
  EXPECT_THAT(translated->text, HasSubstr("water meter"));
  EXPECT_THAT(translated->text, HasSubstr("costs"));
  EXPECT_THAT(translated->Reading(), HasSubstr("水表 = water meter"));
}

TEST(TranslatedQuestionTest, IsNoneWhereTheWordsAreNot) {
  EXPECT_FALSE(Translated("水表检测费是多少？", true, {"The cooperative is governed by rules."}));
}

// "A car needs a permit" is no answer to which needs none.
TEST(TranslatedQuestionTest, IsNoneOfWhatIsDenied) {
  const std::vector<std::string> english = {"A car needs a permit. Bicycles stand in the yard."};
  EXPECT_TRUE(Translated("哪些汽车需要许可？", true, english));
  EXPECT_FALSE(Translated("哪些汽车不需要许可？", true, english));
  const std::vector<std::string> chinese = {"汽车需要许可。"};
  EXPECT_TRUE(Translated("Does a car need a permit?", false, chinese));
  EXPECT_FALSE(Translated("Which car does not need a permit?", false, chinese));
}

TEST(TranslatedQuestionTest, WhatTellsKindsApartMustBeThere) {
  const auto translated =
      Translated("兼职员工的年假有几天？", true, {"Full-time staff get 25 days of annual leave."});
  const Analyzer analyzer;
  if (!translated) return;
  const std::string said = "Full-time staff get 25 days of annual leave.";
  std::vector<std::string> terms;
  for (const Token& token : analyzer.Tokenize(said)) terms.push_back(token.term);
  const auto stands = [&](std::string_view term) {
    return std::ranges::find(terms, term) != terms.end();
  };
  EXPECT_EQ(translated->CoveredBy(stands, analyzer), 0);
}

}  // namespace
}  // namespace quarry::model
