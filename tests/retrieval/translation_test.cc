// Words of a question in the other language, in the lexical leg.

#include "retrieval/translation.h"

#include "base/hash.h"
#include "model/word_translations.h"
#include "retrieval/explanation.h"
#include "retrieval/highlight.h"
#include "retrieval/query_terms.h"
#include "tests/testing/engine_testing.h"

namespace quarry::retrieval {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::TestEngine;
using testing::TextDocument;

std::vector<Document> EnglishTexts() {
  return {TextDocument("en/login", "Login",
                       "The user must enter a password, which has been chosen when the account was "
                       "made. Other accounts have more rights."),
          TextDocument("en/print", "Printing",
                       "The document is printed from the first page. Other pages, which have been "
                       "marked, are printed when the job has ended.")};
}

std::vector<Document> ChineseTexts() {
  return {TextDocument("zh/login", "登录",
                       "用户可以输入密码。如果没有密码，我们可以进行设置，或者重新申请一个。"),
          TextDocument("zh/print", "打印",
                       "可以打印文档。如果没有打印机，我们可以进行设置，或者共享一个。")};
}

class TranslationTest : public ::testing::Test {
 protected:
  Retrieved Search(const std::string& text, std::optional<TranslateTermsMode> mode = std::nullopt) {
    Query query{.text = text, .mode = SearchMode::kLexical, .k = 10};
    if (mode) query.options.emplace().translate_terms = *mode;
    return engine_.retriever.Retrieve(query, *engine_.snapshot(), CallContext()).value();
  }
  std::vector<DocumentId> Documents(const Retrieved& found) {
    const auto snapshot = engine_.snapshot();
    std::vector<DocumentId> ids;
    for (const RankedHit& hit : found.hits) {
      ids.emplace_back(snapshot->rows().DocumentOf(hit.row).id);
    }
    return ids;
  }
  static std::vector<std::string> Translated(const Retrieved& found) {
    std::vector<std::string> terms;
    for (const index::QueryTerm& term : found.lexical.terms) {
      if (!term.translations.empty()) terms.push_back(term.text);
    }
    return terms;
  }

  TestEngine engine_;
};

TEST_F(TranslationTest, AQuestionFindsTextsOfTheOtherLanguageByWords) {
  engine_.Add(EnglishTexts());
  engine_.Add(ChineseTexts());
  Retrieved found = Search("which password?");
  EXPECT_THAT(Documents(found), ElementsAre("en/login", "zh/login"));
  EXPECT_THAT(Translated(found), ElementsAre("password"));
  found = Search("密码是什么");
  EXPECT_THAT(Documents(found), ElementsAre("zh/login", "en/login"));
  EXPECT_THAT(Documents(Search("which password?", TranslateTermsMode::kOff)),
              ElementsAre("en/login"));
}

TEST_F(TranslationTest, TextsInOneLanguageAreSearchedAsBefore) {
  engine_.Add(ChineseTexts());
  engine_.Add({TextDocument("zh/mixed", "密码", "这个 password 可以修改。")});
  const Retrieved found = Search("密码 password 是什么");
  const Retrieved without = Search("密码 password 是什么", TranslateTermsMode::kOff);
  EXPECT_EQ(found.lexical.terms, without.lexical.terms);
  // Asked for, what stands there is taken.
  EXPECT_THAT(Translated(Search("密码是什么", TranslateTermsMode::kOn)), ElementsAre("密码"));
}

TEST_F(TranslationTest, AlonePlacesOfTheOtherLanguageCountInFull) {
  engine_.Add(ChineseTexts());
  Retrieved found = Search("password");
  EXPECT_THAT(Documents(found), ElementsAre("zh/login"));
  EXPECT_EQ(found.lexical.terms.back().weight, 1);
  engine_.Add(EnglishTexts());
  found = Search("password");
  EXPECT_EQ(found.lexical.terms.back().weight, 0.5);
}

// A phrase of two words is one word, and a word that is common in its own language no rare one in the other.
TEST_F(TranslationTest, ATranslationCountsNoMoreThanTheWord) {
  engine_.Add(EnglishTexts());
  engine_.Add(ChineseTexts());
  engine_.Add({TextDocument("zh/leave", "假期", "年假应在次年三月前休完。"),
               TextDocument("en/leave", "Leave",
                            "Annual leave of 27 days. Annual leave is asked for in advance.")});
  const Retrieved leave = Search("年假");
  EXPECT_EQ(Documents(leave).front(), "zh/leave");
  double weight = 0;
  for (const index::QueryTerm& term : leave.lexical.terms)
    weight += term.translations.empty() ? 0 : term.weight;
  EXPECT_DOUBLE_EQ(weight, 0.5);
  for (int i = 0; i < 30; ++i) {
    engine_.Add({TextDocument("en/gate" + std::to_string(i), "Gateway",
                              "The gateway of site " + std::to_string(i) + " is in the house.")});
  }
  engine_.Add({TextDocument("zh/gate", "设备", "这个网关在仓库。")});
  const Retrieved gateway = Search("gateway");
  EXPECT_TRUE(Documents(gateway).front().starts_with("en/gate")) << Documents(gateway).front();
}

// Too short to tell a language by, they are in one all the same.
TEST_F(TranslationTest, AmongTitlesAWordCountsMoreThanItsTranslation) {
  engine_.Add({TextDocument("en/login", "Login", "Password of an account"),
               TextDocument("zh/login", "登录", "用户密码"),
               TextDocument("en/print", "Printing", "Printed pages")});
  const Retrieved found = Search("which password?", TranslateTermsMode::kOn);
  EXPECT_THAT(Translated(found), ElementsAre("password"));
  EXPECT_EQ(found.lexical.terms.back().weight, 0.5);
  EXPECT_THAT(Documents(found), ElementsAre("en/login", "zh/login"));
}

// Their words are those of no language that is told, some are spelt as English ones.
TEST_F(TranslationTest, TextsOfAThirdLanguageAreFoundByTheirWordsFirst) {
  engine_.Add(ChineseTexts());
  engine_.Add({TextDocument("zh/file", "文件", "可以打开文件。如果没有文件，我们可以进行设置。"),
               TextDocument("zh/kernel", "内核", "可以更新内核。如果没有，我们可以重新编译一个。"),
               TextDocument("fr/print", "Impression",
                            "Le document est imprimé depuis la première page du fichier, avec une "
                            "note dans la marge et la date de chaque correction."),
               TextDocument("de/kernel", "Neustart",
                            "Der Kernel startet nach jeder Wartung neu, sobald die Verwaltung das "
                            "erlaubt und niemand mehr angemeldet ist.")});
  Retrieved found = Search("document imprimé");
  EXPECT_THAT(Translated(found), ElementsAre("document"));
  EXPECT_EQ(found.lexical.terms.back().weight, 0.5);
  EXPECT_EQ(Documents(found).at(0), "fr/print");
  EXPECT_THAT(Documents(found), Contains("zh/file"));
  found = Search("Kernel Wartung");
  EXPECT_THAT(Translated(found), ElementsAre("kernel"));
  EXPECT_EQ(found.lexical.terms.back().weight, 0.5);
  EXPECT_THAT(Documents(found), ElementsAre("de/kernel", "zh/kernel"));
}

// Of its pairs of characters those across two words stand nowhere.
TEST_F(TranslationTest, OneChineseTextAmongEnglishOnesIsFoundByItsOwnWordsFirst) {
  engine_.Add(EnglishTexts());
  engine_.Add(
      {TextDocument("zh/plant", "工厂", "苏州工厂将于明年投产，浓硫酸由专人稀释。"),
       TextDocument("en/plant", "Plant", "The factory, which has been sold, has other owners.")});
  const Retrieved found = Search("苏州工厂投产的日子");
  EXPECT_THAT(Translated(found), Contains("工厂"));
  EXPECT_EQ(found.lexical.terms.back().weight, 0.5);
  EXPECT_EQ(Documents(found).at(0), "zh/plant");
  EXPECT_EQ(Search("打印机的密码工厂").lexical.terms.back().weight, 1) << "chance";
}

TEST_F(TranslationTest, ANameThatStandsAmongTheOtherLanguageIsNoTextOfItsOwn) {
  engine_.Add(ChineseTexts());
  engine_.Add({TextDocument("zh/mixed", "登录", "这个 mmengine 可以修改。")});
  const Retrieved found = Search("does mmengine store passwords of printers");
  ASSERT_THAT(Translated(found), Contains("password"));
  EXPECT_EQ(found.lexical.terms.back().weight, 1);
}

TEST_F(TranslationTest, WithoutWeightNothingIsTranslated) {
  engine_.Add(EnglishTexts());
  engine_.Add(ChineseTexts());
  Query query{.text = "which password?", .mode = SearchMode::kLexical, .k = 10};
  query.options.emplace().translation_weight = 0;
  const Retrieved found =
      engine_.retriever.Retrieve(query, *engine_.snapshot(), CallContext()).value();
  EXPECT_THAT(Translated(found), IsEmpty());
  EXPECT_THAT(Documents(found), ElementsAre("en/login"));
}

// What was answered with another table is no answer of this one.
TEST_F(TranslationTest, IsInTheFingerprintWhereItIsOn) {
  RetrievalOptions options;
  const std::string table = HashToHex(model::WordTranslationsChecksum().value());
  EXPECT_THAT(engine_.retriever.ModelFingerprint(options).value(), HasSubstr(table));
  options.translation_weight = 0;
  EXPECT_EQ(engine_.retriever.ModelFingerprint(options).value(), "");
  options.translation_weight = 0.5;
  options.translate_terms = TranslateTermsMode::kOff;
  EXPECT_EQ(engine_.retriever.ModelFingerprint(options).value(), "");
}

TEST_F(TranslationTest, OnlyWhatTheCollectionHoldsIsSearched) {
  engine_.Add(EnglishTexts());
  engine_.Add(ChineseTexts());
  for (const index::QueryTerm& term : Search("print the page of an account").lexical.terms) {
    for (const std::string& one : term.translations) {
      EXPECT_GT(engine_.snapshot()->lexical().DocumentFrequency(one), 0u) << one;
    }
  }
  Query prefix{.text = "passw* print*", .has_operators = true, .mode = SearchMode::kLexical};
  EXPECT_THAT(
      Translated(engine_.retriever.Retrieve(prefix, *engine_.snapshot(), CallContext()).value()),
      IsEmpty())
      << "a prefix is no word";
  EXPECT_THAT(Translated(Search("zebra crossing")), IsEmpty());
}

TEST_F(TranslationTest, IsExplainedAndMarked) {
  engine_.Add(EnglishTexts());
  engine_.Add(ChineseTexts());
  const Retrieved found = Search("password");
  const auto snapshot = engine_.snapshot();
  const index::Snapshot* const snapshots[] = {snapshot.get()};
  const auto terms = ExplainTerms(found, snapshots, CallContext()).value();
  ASSERT_EQ(terms.size(), 2u);
  ASSERT_EQ(terms[1].size(), 2u);  // zh/login
  EXPECT_EQ(terms[1][0].count, 0u);
  EXPECT_TRUE(terms[1][1].translated);
  EXPECT_EQ(terms[1][1].term, "password");
  EXPECT_THAT(terms[1][1].matched, Contains("密码"));
  EXPECT_NEAR(terms[1][1].score, found.hits[1].hit.score, 1e-9);

  const std::string text = "用户可以输入密码。";
  std::vector<std::string> marked;
  for (const TextRange& range : Highlights(engine_.analyzer, found.lexical, text)) {
    marked.push_back(text.substr(range.begin, range.end - range.begin));
  }
  EXPECT_THAT(marked, ElementsAre("密码"));
}

// The question's own language decides: words of it are there, so meaning does not count for more.
TEST_F(TranslationTest, TheDenseLegOfAMixedCollectionKeepsItsWeight) {
  for (int i = 0; i < 20; ++i) {
    for (Document document : EnglishTexts()) {
      document.id += std::to_string(i);
      document.text += " Number " + std::to_string(i) + ".";
      engine_.Add({testing::TextDocument(document.id, document.title, document.text)});
    }
  }
  Query query{.text = "密码是什么", .k = 1};
  const auto ask = [&] {
    return engine_.retriever.Retrieve(query, *engine_.snapshot(), CallContext())
        .value()
        .hits[0]
        .hit.breakdown;
  };
  EXPECT_DOUBLE_EQ(ask().dense_part, 0.6);
  engine_.Add(ChineseTexts());
  query.k = 100;
  EXPECT_LE(ask().dense_part, 0.35);
}

}  // namespace
}  // namespace quarry::retrieval
