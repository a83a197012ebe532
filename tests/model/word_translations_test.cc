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
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

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

// What the passages say of the question, in its own words.
std::vector<std::string> SaidIn(const TranslatedQuestion& translated, std::string_view text) {
  const Analyzer analyzer;
  std::vector<std::string> said;
  for (const TranslatedQuestion::Place& place : translated.PlacesIn(text, analyzer)) {
    for (const uint32_t term : place.terms) {
      const QuestionTerm& one = translated.question.terms[term];
      said.push_back(
          translated.question.text.substr(one.begin, one.end - one.begin) + " = " +
          std::string(text.substr(place.range.begin, place.range.end - place.range.begin)));
    }
  }
  return said;
}

TEST(TranslatedQuestionTest, ChineseWordsAreWhereTheirTranslationsAre) {
  const std::string text = "Testing a water meter costs 35 euros where it measures right.";
  const auto translated =
      Translated("水表检测费是多少？", true, {"The cooperative is governed by rules.", text});
  ASSERT_TRUE(translated);
  EXPECT_THAT(SaidIn(*translated, text),
              ElementsAre("检测 = Testing", "水表 = meter", "费 = costs"));
  EXPECT_THAT(translated->Reading(), HasSubstr("水表 = water meter"));
  EXPECT_THAT(SaidIn(*translated, "The water of the lake is deep."), IsEmpty());
}

// Chinese has no gaps between words, and many are one character.
TEST(TranslatedQuestionTest, EnglishWordsAreWithinChineseOnes) {
  const std::string text = "检修车间须备融雪盐2吨，水表60只。";
  const auto translated =
      Translated("How much salt must the workshop keep for the winter?", false, {text});
  ASSERT_TRUE(translated);
  EXPECT_THAT(SaidIn(*translated, text), ElementsAre("workshop = 车间", "must = 须", "salt = 盐"));
}

TEST(TranslatedQuestionTest, IrregularVerbsAreTheirBase) {
  const std::string text = "大桥于1936年建造。";
  const auto translated = Translated("When was the bridge built?", false, {text});
  ASSERT_TRUE(translated);
  EXPECT_THAT(SaidIn(*translated, text), Contains("built = 建造"));
}

// "Left" is a form of "leave", and a side.
TEST(TranslatedQuestionTest, AWordKeepsItsOwnTranslations) {
  const std::string side = "阀门在左边。";
  const auto left = Translated("Is the valve on the left?", false, {side});
  ASSERT_TRUE(left);
  EXPECT_THAT(SaidIn(*left, side), Contains(HasSubstr("left = 左")));
}

TEST(TranslatedQuestionTest, NamesAreSpelledInEitherScript) {
  const std::string chinese = "柳渡支线全长5.2公里。";
  const auto to_chinese = Translated("How long is the Liudu branch?", false, {chinese});
  ASSERT_TRUE(to_chinese);
  EXPECT_THAT(SaidIn(*to_chinese, chinese), Contains("Liudu = 柳渡"));
  const std::string english = "The branch to Liudu is 5.2 km long.";
  const auto to_english = Translated("柳渡支线有多长？", true, {english});
  ASSERT_TRUE(to_english);
  EXPECT_THAT(SaidIn(*to_english, english), Contains("柳渡 = Liudu"));
  // Another place.
  EXPECT_THAT(SaidIn(*to_chinese, "石梁支线全长5.2公里。"), Not(Contains(HasSubstr("Liudu"))));
}

// "A car needs a permit" is no answer to who parks without one.
TEST(TranslatedQuestionTest, IsNoneOfWhatIsLeftOut) {
  const std::vector<std::string> english = {"A car needs a permit. Bicycles stand in the yard."};
  EXPECT_TRUE(Translated("哪些汽车需要许可？", true, english));
  EXPECT_FALSE(Translated("除了汽车还有什么需要许可？", true, english));
  EXPECT_FALSE(Translated("Who parks without a permit?", false, {"汽车需要许可。"}));
}

TEST(TranslatedQuestionTest, WhatTellsKindsApartMustBeThere) {
  const std::string said = "Full-time staff get 25 days of annual leave.";
  const auto translated = Translated("兼职员工的年假有几天？", true, {said});
  const Analyzer analyzer;
  ASSERT_TRUE(translated);
  EXPECT_EQ(translated->CoveredBy(said, analyzer), 0);
  const auto of_all = Translated("员工的年假有几天？", true, {said});
  EXPECT_GT(of_all->CoveredBy(said, analyzer), 0.9);
}

// A file of settings has an "idiom", too.
TEST(TranslatedQuestionTest, OneWordAloneIsACoincidence) {
  const std::string said = "The idiom of the picture is universal.";
  const auto translated = Translated("哪些成语带旺字？", true, {said});
  const Analyzer analyzer;
  ASSERT_TRUE(translated);
  EXPECT_THAT(SaidIn(*translated, said), Contains("成语 = idiom"));
  EXPECT_EQ(translated->CoveredBy(said, analyzer), 0);
}

// 加班 is overtime, no "plus" and "team"; what its characters mean says a word where it stands together.
TEST(TranslatedQuestionTest, AWordIsNotWhatItsCharactersMeanApart) {
  const std::string apart = "All requests need a token. The plus sign is escaped, says the team.";
  const auto overtime = Translated("加班需要申请吗？", true, {apart});
  ASSERT_TRUE(overtime);
  EXPECT_THAT(SaidIn(*overtime, apart), Not(Contains(HasSubstr("班"))));
  EXPECT_THAT(SaidIn(*overtime, apart), Contains("需要 = need"));
  const std::string together = "The main body of the European Union is the court.";
  const auto union_of = Translated("欧盟的主要机构是什么？", true, {together});
  ASSERT_TRUE(union_of);
  EXPECT_THAT(SaidIn(*union_of, together), Contains(HasSubstr("欧盟 = ")));
}

// "Finish" and "work" of two sentences are hardly the end of a working day.
TEST(TranslatedQuestionTest, APhraseStandsTogether) {
  const std::string apart = "Finish the training in the first week. Work starts with a badge.";
  const auto of_apart = Translated("几点下班？", true, {apart});
  ASSERT_TRUE(of_apart);
  const Analyzer analyzer;
  EXPECT_LE(of_apart->CoveredBy("Work starts with a badge.", analyzer), 0.5);
  const std::string together = "We finish work at six.";
  const auto of_together = Translated("几点下班？", true, {together});
  ASSERT_TRUE(of_together);
  EXPECT_EQ(of_together->CoveredBy(together, analyzer), 1);
}

TEST(TranslatedQuestionTest, OwnWordsAreAsGoodAsTranslations) {
  const Analyzer analyzer;
  const std::string row = "Gateways\nname: gateway; warranty: 24 months";
  const auto warranty = Translated("网关保修多久", true, {row});
  ASSERT_TRUE(warranty);
  EXPECT_TRUE(warranty->IsSaidAsWell("网关\n整机保修24个月。", row, analyzer));
  EXPECT_FALSE(warranty->IsSaidAsWell("网关\n安装在导轨上。", row, analyzer));
  // 费 of 费用 is hardly "spend".
  const std::string allowance = "费用\n餐饮补贴每天120元";
  const auto meals = Translated("How much can I spend on meals?", false, {allowance});
  ASSERT_TRUE(meals);
  EXPECT_TRUE(meals->IsSaidAsWell("Limits\nMeals: 55 pounds a day", allowance, analyzer));
}

// A text in Chinese need not say that it is about China, nor one in English that it is in English.
TEST(TranslatedQuestionTest, ALanguageNeedNotBeNamedInIt) {
  const Analyzer analyzer;
  const std::string said = "婚假为20天。";
  const auto leave = Translated("How many days of marriage leave in China?", false, {said});
  ASSERT_TRUE(leave);
  EXPECT_EQ(leave->CoveredBy(said, analyzer), 1);
  EXPECT_LT(leave->CoveredBy("年假为20天。", analyzer), 1);
  const std::string annual = "Annual leave is 27 days.";
  const auto handbook = Translated("英文手册里年假有几天？", true, {annual});
  ASSERT_TRUE(handbook);
  EXPECT_THAT(handbook->words, Each(Field(&TranslatedWord::word, Not(HasSubstr("英")))));
}

}  // namespace
}  // namespace quarry::model
