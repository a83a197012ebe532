// The shipped table, and the part of the learnt embedder's vectors that is by it.

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "base/coding.h"
#include "base/hash.h"
#include "model/embedder_factory.h"
#include "model/learnt_embedder.h"
#include "model/shipped_table.h"
#include "tests/testing/test_environment.h"

namespace quarry::model {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using EmbedderPointer = std::shared_ptr<const Embedder>;

double Dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += double{a[i]} * b[i];
  return sum;
}

EmbeddingMatrix Embed(const Embedder& embedder, const std::vector<std::string>& texts,
                      EmbeddingRole role) {
  return embedder.Embed(texts, role, CallContext()).value();
}

const std::vector<std::string> kEnglish = {
    "The server saves a backup of the database every night.",
    "Choose a colour for the border of the table cell.",
    "The user must enter a password before the network connection is opened.",
    "The function returns an error when the file does not exist.",
    "Print the document on both sides of the paper.",
    "The image is resized to fit the window.",
    "Delete the selected rows of the spreadsheet.",
    "Install the package with administrator permissions."};
const std::vector<std::string> kChinese = {"服务器每天晚上保存数据库的备份。",
                                           "为表格单元格的边框选择颜色。",
                                           "用户必须输入密码才能打开网络连接。",
                                           "如果文件不存在，函数返回错误。",
                                           "在纸张的两面打印文档。",
                                           "图像会调整大小以适应窗口。",
                                           "删除电子表格中选定的行。",
                                           "以管理员权限安装软件包。"};

Result<EmbedderPointer> Learn(const std::vector<std::string>& texts,
                              CrossLanguage cross_language = CrossLanguage::kAuto) {
  LearningOptions options;
  options.dimension = 32;
  options.cross_language = cross_language;
  return LearnEmbedder(
      [&](const std::function<void(std::string_view)>& visit) {
        for (const std::string& text : texts) visit(text);
        return OkStatus();
      },
      options, CallContext());
}

// How many questions find their counterpart first.
size_t Found(const Embedder& embedder, const std::vector<std::string>& questions,
             const std::vector<std::string>& texts) {
  const EmbeddingMatrix asked = Embed(embedder, questions, EmbeddingRole::kQuery);
  const EmbeddingMatrix there = Embed(embedder, texts, EmbeddingRole::kDocument);
  size_t found = 0;
  for (size_t i = 0; i < questions.size(); ++i) {
    size_t best = 0;
    for (size_t j = 1; j < texts.size(); ++j) {
      if (Dot(asked.Row(i), there.Row(j)) > Dot(asked.Row(i), there.Row(best))) best = j;
    }
    found += best == i ? 1 : 0;
  }
  return found;
}

TEST(ShippedTableTest, IsWholeAndReadWhereItLies) {
  ASSERT_OK_AND_ASSIGN(const EmbedderTable table, OpenShippedTable());
  EXPECT_EQ(table.dimension(), kShippedDimension);
  EXPECT_GT(table.size(), 50'000u);
  EXPECT_NE(ShippedTableChecksum(), 0u);
  EXPECT_LE(ShippedTableBytes().view.size(), 16'000'000u);
  EXPECT_NE(table.Find("databas"), EmbedderTable::kNoTerm);
  EXPECT_NE(table.Find("数据"), EmbedderTable::kNoTerm);
  EXPECT_NE(table.Find("数"), EmbedderTable::kNoTerm);
}

TEST(ShippedTableTest, WordsOfBothLanguagesThatMeanTheSameLieClose) {
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, ParseLearntEmbedder(ShippedTableBytes()));
  EXPECT_GE(Found(*embedder, kChinese, kEnglish), kChinese.size() - 1);
  EXPECT_GE(Found(*embedder, kEnglish, kChinese), kChinese.size() - 1);
}

TEST(BilingualEmbedderTest, AQuestionInTheOtherLanguageFindsItsText) {
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer english, Learn(kEnglish));
  EXPECT_GE(Found(*english, kChinese, kEnglish), kEnglish.size() - 1);
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer chinese, Learn(kChinese));
  EXPECT_GE(Found(*chinese, kEnglish, kChinese), kEnglish.size() - 1);
}

// For every text and question of the collection's own language.
void ExpectTheLearntPartOf(const Embedder& embedder, const Embedder& alone) {
  const EmbeddingMatrix asked = Embed(embedder, kEnglish, EmbeddingRole::kQuery);
  const EmbeddingMatrix texts = Embed(embedder, kEnglish, EmbeddingRole::kDocument);
  const EmbeddingMatrix wanted = Embed(alone, kEnglish, EmbeddingRole::kQuery);
  for (size_t i = 0; i < kEnglish.size(); ++i) {
    for (size_t j = 0; j < kEnglish.size(); ++j) {
      EXPECT_NEAR(Dot(asked.Row(i), texts.Row(j)),
                  std::sqrt(0.5) * Dot(wanted.Row(i), wanted.Row(j)), 1e-5);
    }
  }
}

TEST(BilingualEmbedderTest, AQuestionInItsLanguageScoresAsWithoutTheSecondPart) {
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, Learn(kEnglish));
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer alone, Learn(kEnglish, CrossLanguage::kOff));
  ExpectTheLearntPartOf(*embedder, *alone);
}

TEST(BilingualEmbedderTest, WithoutTheSecondPartItFindsNothing) {
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, Learn(kEnglish, CrossLanguage::kOff));
  EXPECT_EQ(embedder->space().dimension, 32u);
  EXPECT_THAT(embedder->space().fingerprint, StartsWith("learnt:1:"));
  EXPECT_EQ(LearntKind(*embedder), kLearntKind);
  EXPECT_FALSE(embedder->CrossesLanguages(kChinese[0]));
  const EmbeddingMatrix asked = Embed(*embedder, {kChinese[0]}, EmbeddingRole::kQuery);
  EXPECT_EQ(Dot(asked.Row(0), asked.Row(0)), 0);
}

TEST(BilingualEmbedderTest, TextsHaveBothPartsAndQuestionsOne) {
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, Learn(kEnglish));
  ASSERT_EQ(embedder->space().dimension, 32 + kShippedDimension);
  EXPECT_EQ(LearntKind(*embedder), kBilingualKind);
  const EmbeddingMatrix text = Embed(*embedder, {kEnglish[0]}, EmbeddingRole::kDocument);
  const auto learnt = text.Row(0).first(32);
  const auto shipped = text.Row(0).subspan(32);
  EXPECT_NEAR(Dot(learnt, learnt), 0.5, 1e-5);
  EXPECT_NEAR(Dot(shipped, shipped), 0.5, 1e-5);
  const EmbeddingMatrix asked = Embed(*embedder, {kEnglish[0], kChinese[0]}, EmbeddingRole::kQuery);
  EXPECT_NEAR(Dot(asked.Row(0).first(32), asked.Row(0).first(32)), 1, 1e-5);
  EXPECT_EQ(Dot(asked.Row(0).subspan(32), asked.Row(0).subspan(32)), 0);
  EXPECT_EQ(Dot(asked.Row(1).first(32), asked.Row(1).first(32)), 0);
  EXPECT_NEAR(Dot(asked.Row(1).subspan(32), asked.Row(1).subspan(32)), 1, 1e-5);
}

TEST(BilingualEmbedderTest, AQuestionsLanguageIsThatOfMostOfItsWords) {
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer english, Learn(kEnglish));
  EXPECT_TRUE(english->CrossesLanguages("怎样备份数据库？"));
  EXPECT_TRUE(english->CrossesLanguages("怎样安装 Quarry？"));
  EXPECT_FALSE(english->CrossesLanguages("how is the database saved?"));
  EXPECT_FALSE(english->CrossesLanguages("what does 水 mean in the manual"));
  EXPECT_FALSE(english->CrossesLanguages("?!"));
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer chinese, Learn(kChinese));
  EXPECT_FALSE(chinese->CrossesLanguages("怎样备份数据库？"));
  EXPECT_TRUE(chinese->CrossesLanguages("how is the database saved?"));
}

TEST(BilingualEmbedderTest, ManyTextsOfOneLanguageGoWithoutUnlessTold) {
  std::vector<std::string> texts;
  for (size_t i = 0; i <= kFewTexts; ++i) {
    texts.push_back(kEnglish[i % kEnglish.size()].substr(0, 20) + std::to_string(i % 97));
  }
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer one, Learn(texts));
  EXPECT_EQ(LearntKind(*one), kLearntKind);
  for (size_t i = 0; i < texts.size() / 10; ++i) texts[i] = kChinese[i % kChinese.size()];
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer two, Learn(texts));
  EXPECT_EQ(LearntKind(*two), kBilingualKind);
}

TEST(BilingualEmbedderTest, IsTheSameReadFromItsBytes) {
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, Learn(kChinese));
  ASSERT_OK_AND_ASSIGN(
      const EmbedderPointer read,
      OpenEmbedder(kBilingualKind, ShareString(SerializeLearntEmbedder(*embedder))));
  EXPECT_EQ(read->space(), embedder->space());
  EXPECT_THAT(read->space().fingerprint, StartsWith("bilingual:1:"));
  EXPECT_FALSE(LearntBesideAnother(read->space().fingerprint));
  EXPECT_EQ(SerializeLearntEmbedder(*read), SerializeLearntEmbedder(*embedder));
  for (const EmbeddingRole role : {EmbeddingRole::kDocument, EmbeddingRole::kQuery}) {
    EXPECT_EQ(Embed(*read, kEnglish, role).values, Embed(*embedder, kEnglish, role).values);
  }
}

TEST(BilingualEmbedderTest, BesideAnotherShippedTableTheLearntPartStaysAndTheOtherIsEmpty) {
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, Learn(kEnglish));
  std::string bytes = SerializeLearntEmbedder(*embedder);
  bytes[8] ^= 1;  // of the shipped table's checksum
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer other,
                       ParseLearntEmbedder(ShareString(bytes), kBilingualKind));
  EXPECT_TRUE(LearntBesideAnother(other->space().fingerprint));
  EXPECT_NE(other->space(), embedder->space());
  EXPECT_EQ(other->space().dimension, embedder->space().dimension);
  EXPECT_FALSE(other->CrossesLanguages(kChinese[0]));
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer alone, Learn(kEnglish, CrossLanguage::kOff));
  ExpectTheLearntPartOf(*other, *alone);
  const EmbeddingMatrix text = Embed(*other, {kEnglish[0]}, EmbeddingRole::kDocument);
  EXPECT_EQ(Dot(text.Row(0).subspan(32), text.Row(0).subspan(32)), 0);
  EXPECT_FALSE(LearntBesideAnother("learnt:1:00"));
}

TEST(BilingualEmbedderTest, DamageIsRefused) {
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, Learn(kEnglish));
  const std::string good = SerializeLearntEmbedder(*embedder);
  const auto error = [](const std::string& bytes) {
    return ParseLearntEmbedder(ShareString(bytes), kBilingualKind).status().ToString();
  };
  std::string bytes = good;
  bytes[0] = 'X';
  EXPECT_THAT(error(bytes), HasSubstr("bilingual embedder: does not begin as one"));
  EXPECT_THAT(error(good.substr(0, 16)), HasSubstr("bilingual embedder: does not begin as one"));
  bytes = good;
  bytes[4] = 9;
  EXPECT_THAT(error(bytes), HasSubstr("bilingual embedder: format 9, this program reads 1"));
  bytes = good;
  bytes[16] = 2;
  EXPECT_THAT(error(bytes), HasSubstr("bilingual embedder: unknown language"));
  EXPECT_THAT(error(good.substr(0, good.size() - 1)), HasSubstr("embedder table: checksum"));
}

TEST(BilingualEmbedderTest, CrossLanguageNamesAreRead) {
  for (const CrossLanguage value :
       {CrossLanguage::kAuto, CrossLanguage::kOn, CrossLanguage::kOff}) {
    EXPECT_EQ(ParseCrossLanguage(CrossLanguageName(value)).value(), value);
  }
  EXPECT_THAT(ParseCrossLanguage("maybe").status().message(),
              HasSubstr("unknown value \"maybe\"; expected auto, on or off"));
}

}  // namespace
}  // namespace quarry::model
