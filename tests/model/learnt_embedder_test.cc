#include "model/learnt_embedder.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "tests/testing/model_testing.h"
#include "tests/testing/test_environment.h"

namespace quarry::model {
namespace {

using EmbedderPointer = std::shared_ptr<const Embedder>;

TextSource SourceOf(const std::vector<std::string>& texts) {
  return [&texts](const std::function<void(std::string_view)>& visit) {
    for (const std::string& text : texts) visit(text);
    return OkStatus();
  };
}

// Of the learnt part alone; the other is tested in bilingual_embedder_test.cc.
Result<EmbedderPointer> Learn(const std::vector<std::string>& texts, LearningOptions options = {}) {
  options.cross_language = CrossLanguage::kOff;
  return LearnEmbedder(SourceOf(texts), options, CallContext());
}

// Texts about one of six things each. "pump" and "impeller" never stand in one text, and neither do
// 水泵 and 叶轮; what stands beside them is the same.
std::vector<std::string> SyntheticCorpus(size_t count, uint64_t seed = 1) {
  static const std::vector<std::vector<std::string>> kTopicWords = {
      {"flow", "pressure", "valve", "litres", "suction", "discharge"},
      {"oven", "flour", "bread", "yeast", "dough", "baker"},
      {"court", "judge", "appeal", "verdict", "lawyer", "trial"},
      {"流量", "压力", "阀门", "管道", "扬程", "吸入"},
      {"面粉", "烤箱", "面包", "酵母", "揉面", "糕点"},
      {"法院", "法官", "上诉", "判决", "律师", "审理"}};
  static const std::vector<std::string> kTwins[] = {
      {"pump", "impeller"}, {"loaf", "baguette"}, {"plaintiff", "defendant"},
      {"水泵", "叶轮"},     {"馒头", "花卷"},     {"原告", "被告"}};
  Random random(seed);
  std::vector<std::string> texts;
  for (size_t i = 0; i < count; ++i) {
    const size_t topic = i % kTopicWords.size();
    std::string text = kTwins[topic][random.Below(2)];
    for (int word = 0; word < 12; ++word) {
      // A few strays, so that topics overlap as they do in life.
      const size_t from = random.Below(12) == 0 ? random.Below(kTopicWords.size()) : topic;
      text += " " + kTopicWords[from][random.Below(kTopicWords[from].size())];
    }
    texts.push_back(text + " item" + std::to_string(i));
  }
  return texts;
}

std::vector<float> EmbedOne(const Embedder& embedder, const std::string& text) {
  const std::vector<std::string> texts = {text};
  return std::move(embedder.Embed(texts, EmbeddingRole::kQuery, CallContext())).value().values;
}

double Cosine(const Embedder& embedder, const std::string& a, const std::string& b) {
  const std::vector<float> x = EmbedOne(embedder, a);
  const std::vector<float> y = EmbedOne(embedder, b);
  double product = 0;
  for (size_t i = 0; i < x.size(); ++i) product += double{x[i]} * y[i];
  return product;
}

TEST(LearntEmbedderTest, AWordLiesAmongTheCompanyItKeeps) {
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, Learn(SyntheticCorpus(600)));
  const std::pair<const char*, const char*> topics[] = {{"impeller", "pressure valve suction"},
                                                        {"loaf", "flour yeast dough"},
                                                        {"defendant", "judge verdict appeal"},
                                                        {"水泵", "压力 阀门 管道"},
                                                        {"花卷", "面粉 酵母 糕点"},
                                                        {"原告", "法官 判决 审理"}};
  for (const auto& [word, company] : topics) {
    for (const auto& [other, other_company] : topics) {
      if (other == word) continue;
      EXPECT_GT(Cosine(*embedder, word, company), Cosine(*embedder, word, other_company) + 0.2)
          << word << " " << other_company;
    }
  }
}

TEST(LearntEmbedderTest, JudgedQuestionsBringTheirPassagesCloser) {
  const std::vector<std::string> texts = SyntheticCorpus(600);
  LearningOptions options;
  options.pairs.assign(30, {"what about the loaf", "judge verdict appeal"});
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer plain, Learn(texts));
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer taught, Learn(texts, options));
  EXPECT_GT(Cosine(*taught, "loaf", "judge verdict appeal"),
            Cosine(*plain, "loaf", "judge verdict appeal") + 0.3);
  EXPECT_GT(Cosine(*taught, "impeller", "pressure valve suction"), 0.5);
  options.threads = 1;
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer alone, Learn(texts, options));
  EXPECT_EQ(SerializeLearntEmbedder(*taught), SerializeLearntEmbedder(*alone));
  // Of a question in words that the corpus has not, nothing is learnt.
  options.pairs.assign(30, {"xylophone", "judge verdict appeal"});
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer untaught, Learn(texts, options));
  EXPECT_EQ(SerializeLearntEmbedder(*untaught), SerializeLearntEmbedder(*plain));
}

TEST(LearntEmbedderTest, VectorsHaveUnitLengthAndTheDimensionAskedFor) {
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, Learn(SyntheticCorpus(300)));
  EXPECT_EQ(embedder->space().dimension, 256u);
  EXPECT_TRUE(embedder->space().normalised);
  const std::vector<std::string> texts = {"pump pressure", "面包 flour",
                                          "the verdict of the judge"};
  ASSERT_OK_AND_ASSIGN(const EmbeddingMatrix matrix,
                       embedder->Embed(texts, EmbeddingRole::kDocument, CallContext()));
  ASSERT_EQ(matrix.rows(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    const auto row = matrix.Row(i);
    EXPECT_NEAR(testing::LengthOf(std::vector<float>(row.begin(), row.end())), 1.0, 1e-5);
  }
}

TEST(LearntEmbedderTest, ATextWithoutAKnownWordIsZero) {
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, Learn(SyntheticCorpus(100)));
  for (const char* text : {"", " \n", "zyzzyva quux", "犇羴鱻", "?!…"}) {
    EXPECT_EQ(testing::LengthOf(EmbedOne(*embedder, text)), 0.0) << text;
  }
}

TEST(LearntEmbedderTest, UnknownWordsAddNothing) {
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, Learn(SyntheticCorpus(100)));
  EXPECT_EQ(EmbedOne(*embedder, "pump zyzzyva pressure"), EmbedOne(*embedder, "pump pressure"));
}

TEST(LearntEmbedderTest, TheOrderOfWordsDoesNotMatter) {
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, Learn(SyntheticCorpus(100)));
  EXPECT_EQ(EmbedOne(*embedder, "valve pump pump flow"),
            EmbedOne(*embedder, "pump flow valve pump"));
}

TEST(LearntEmbedderTest, LearningTwiceGivesTheSameBytes) {
  const std::vector<std::string> texts = SyntheticCorpus(500);
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer a, Learn(texts));
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer b, Learn(texts));
  EXPECT_EQ(SerializeLearntEmbedder(*a), SerializeLearntEmbedder(*b));
  EXPECT_EQ(a->space(), b->space());
}

TEST(LearntEmbedderTest, TheNumberOfThreadsDoesNotChangeAByte) {
  const std::vector<std::string> texts = SyntheticCorpus(1200);
  LearningOptions options;
  options.dimension = 64;
  std::string bytes;
  for (const uint32_t threads : {1u, 2u, 3u, 8u}) {
    options.threads = threads;
    ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, Learn(texts, options));
    if (bytes.empty()) bytes = SerializeLearntEmbedder(*embedder);
    EXPECT_EQ(SerializeLearntEmbedder(*embedder), bytes) << threads;
  }
}

TEST(LearntEmbedderTest, ManyTextsTogetherAreEmbeddedAsEachAlone) {
  const std::vector<std::string> texts = SyntheticCorpus(1000);
  const EmbedderPointer embedder = Learn(texts).value();
  const EmbeddingMatrix together =
      embedder->Embed(texts, EmbeddingRole::kDocument, CallContext()).value();
  for (size_t i = 0; i < texts.size(); ++i) {
    const std::vector<float> alone = EmbedOne(*embedder, texts[i]);
    ASSERT_EQ(std::vector<float>(together.Row(i).begin(), together.Row(i).end()), alone) << i;
  }
}

TEST(LearntEmbedderTest, OtherTextsOptionsOrSeedAreAnotherSpace) {
  const std::vector<std::string> texts = SyntheticCorpus(200);
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer base, Learn(texts));
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer other_texts, Learn(SyntheticCorpus(201)));
  LearningOptions options;
  options.dimension = 32;
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer other_dimension, Learn(texts, options));
  EXPECT_NE(base->space().fingerprint, other_texts->space().fingerprint);
  EXPECT_NE(base->space().fingerprint, other_dimension->space().fingerprint);
  EXPECT_TRUE(base->space().fingerprint.starts_with("learnt:1:"));
}

TEST(LearntEmbedderTest, SmallCorporaWork) {
  for (const size_t count : {2, 3, 12, 13, 24, 50, 270}) {
    ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, Learn(SyntheticCorpus(count)));
    EXPECT_EQ(embedder->space().dimension, 256u) << count;
    const std::vector<float> vector = EmbedOne(*embedder, SyntheticCorpus(count)[1]);
    for (const float value : vector) EXPECT_TRUE(std::isfinite(value));
    EXPECT_NEAR(testing::LengthOf(vector), 1.0, 1e-5) << count;
  }
}

TEST(LearntEmbedderTest, EqualTextsAndOneWordTextsAreLearntFrom) {
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer equal,
                       Learn(std::vector<std::string>(40, "the same text every time")));
  EXPECT_NEAR(testing::LengthOf(EmbedOne(*equal, "same")), 1.0, 1e-5);
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer words, Learn({"one", "two", "", "three"}));
  EXPECT_NEAR(testing::LengthOf(EmbedOne(*words, "three")), 1.0, 1e-5);
}

TEST(LearntEmbedderTest, FewerThanTwoTextsWithWordsAreRefused) {
  for (const std::vector<std::string>& texts :
       std::vector<std::vector<std::string>>{{}, {"one text"}, {"one text", "", " ... "}}) {
    const Result<EmbedderPointer> embedder = Learn(texts);
    EXPECT_EQ(embedder.status().code(), Code::kFailedPrecondition);
    EXPECT_THAT(embedder.status().message(), ::testing::HasSubstr("at least 2"));
  }
}

TEST(LearntEmbedderTest, OptionsOutOfRangeAreRefused) {
  LearningOptions options;
  options.dimension = 0;
  EXPECT_EQ(Learn({"a", "b"}, options).status().code(), Code::kInvalidArgument);
  options.dimension = 256;
  options.vocabulary_limit = 0;
  EXPECT_EQ(Learn({"a", "b"}, options).status().code(), Code::kInvalidArgument);
}

TEST(LearntEmbedderTest, TheVocabularyLimitKeepsTheMostFrequentTerms) {
  LearningOptions options;
  options.vocabulary_limit = 2;
  ASSERT_OK_AND_ASSIGN(
      const EmbedderPointer embedder,
      Learn({"apple banana cherry", "apple banana", "apple banana damson", "apple fig"}, options));
  EXPECT_NEAR(testing::LengthOf(EmbedOne(*embedder, "apple")), 1.0, 1e-5);
  EXPECT_NEAR(testing::LengthOf(EmbedOne(*embedder, "banana")), 1.0, 1e-5);
  EXPECT_EQ(testing::LengthOf(EmbedOne(*embedder, "cherry damson fig")), 0.0);
}

TEST(LearntEmbedderTest, TermsBeyondTheMemoryLimitLieAmongTheirTexts) {
  LearningOptions options;
  options.epochs = 30;
  options.memory_limit = 20 * 256 * 12;  // twenty terms are learnt, of the 36 words of the topics
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, Learn(SyntheticCorpus(600), options));
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer all, Learn(SyntheticCorpus(600)));
  EXPECT_NE(embedder->space().fingerprint, all->space().fingerprint);
  for (const char* word : {"pump", "yeast", "appeal", "水泵", "酵母", "item17"}) {
    EXPECT_NEAR(testing::LengthOf(EmbedOne(*embedder, word)), 1.0, 1e-5) << word;
  }
  EXPECT_GT(Cosine(*embedder, "yeast", "flour"), Cosine(*embedder, "yeast", "judge") + 0.3);
}

TEST(LearntEmbedderTest, ATermOfOneTextLiesWhereTheTextLies) {
  const std::vector<std::string> texts = SyntheticCorpus(600);
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, Learn(texts));
  EXPECT_GT(Cosine(*embedder, "item17", texts[17]), 0.9);
  EXPECT_LT(Cosine(*embedder, "item17", texts[18]), 0.5);
}

TEST(LearntEmbedderTest, ALargeCorpusIsLearntFromASample) {
  LearningOptions options;
  options.sample_limit = 800;
  options.epochs = 30;
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, Learn(SyntheticCorpus(3000), options));
  int known = 0;
  for (int i = 0; i < 3000; ++i) {
    known += testing::LengthOf(EmbedOne(*embedder, "item" + std::to_string(i))) > 0 ? 1 : 0;
  }
  EXPECT_LE(known, 800);
  EXPECT_GE(known, 200);
  EXPECT_GT(Cosine(*embedder, "yeast", "flour"), Cosine(*embedder, "yeast", "judge") + 0.3);
}

TEST(LearntEmbedderTest, TheErrorOfTheSourceIsReturned) {
  const TextSource broken = [](const std::function<void(std::string_view)>& visit) -> Status {
    visit("one text");
    return DataLossError("row 17 is damaged");
  };
  const Result<EmbedderPointer> embedder = LearnEmbedder(broken, LearningOptions(), CallContext());
  EXPECT_EQ(embedder.status().code(), Code::kDataLoss);
  EXPECT_THAT(embedder.status().message(), ::testing::HasSubstr("row 17"));
}

TEST(LearntEmbedderTest, CancellingStopsLearningAtEveryStage) {
  const std::vector<std::string> texts = SyntheticCorpus(60);
  CallContext before;
  before.cancel.Cancel();
  EXPECT_EQ(LearnEmbedder(SourceOf(texts), LearningOptions(), before).status().code(),
            Code::kCancelled);
  uint64_t stages = 0;
  ASSERT_OK(
      LearnEmbedder(SourceOf(texts), LearningOptions(), CallContext(), [&](uint64_t, uint64_t) {
        ++stages;
      }).status());
  ASSERT_GT(stages, 2u);
  for (uint64_t stop_at = 0; stop_at + 1 < stages; ++stop_at) {
    CallContext context;
    uint64_t stage = 0;
    const Result<EmbedderPointer> embedder =
        LearnEmbedder(SourceOf(texts), LearningOptions(), context, [&](uint64_t, uint64_t) {
          if (stage++ == stop_at) context.cancel.Cancel();
        });
    EXPECT_EQ(embedder.status().code(), Code::kCancelled) << stop_at;
  }
}

TEST(LearntEmbedderTest, EmbeddingStopsWhenCancelled) {
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, Learn(SyntheticCorpus(50)));
  CallContext context;
  context.cancel.Cancel();
  const std::vector<std::string> texts = {"pump"};
  EXPECT_EQ(embedder->Embed(texts, EmbeddingRole::kQuery, context).status().code(),
            Code::kCancelled);
}

TEST(LearntEmbedderTest, ProgressEndsWithTheTotal) {
  std::vector<uint64_t> seen;
  uint64_t last_total = 0;
  const std::vector<std::string> texts = SyntheticCorpus(50);
  ASSERT_OK(LearnEmbedder(SourceOf(texts), LearningOptions(), CallContext(),
                          [&](uint64_t done, uint64_t total) {
                            seen.push_back(done);
                            last_total = total;
                          })
                .status());
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_EQ(seen.back(), last_total);
}

TEST(EmbedderTableTest, ParsingGivesTheSameEmbedder) {
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, Learn(SyntheticCorpus(300)));
  const std::string bytes = SerializeLearntEmbedder(*embedder);
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer parsed, ParseLearntEmbedder(ShareString(bytes)));
  EXPECT_EQ(parsed->space(), embedder->space());
  EXPECT_EQ(SerializeLearntEmbedder(*parsed), bytes);
  for (const char* text : {"pump pressure", "面包和酵母", "unknown", "item17 item18"}) {
    EXPECT_EQ(EmbedOne(*parsed, text), EmbedOne(*embedder, text)) << text;
  }
}

TEST(EmbedderTableTest, WhatEarlierVersionsLearntStillOpens) {
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, Learn(SyntheticCorpus(50)));
  const SharedBytes bytes = ShareString(SerializeLearntEmbedder(*embedder));
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer old, OpenEmbedder(kLsaKind, bytes));
  EXPECT_TRUE(old->space().fingerprint.starts_with("lsa:1:"));
  EXPECT_EQ(EmbedOne(*old, "pump"), EmbedOne(*embedder, "pump"));
  const Status unknown = OpenEmbedder("crystal ball", bytes).status();
  EXPECT_EQ(unknown.code(), Code::kFailedPrecondition);
  EXPECT_THAT(unknown.message(), ::testing::HasSubstr("unknown kind of embedder \"crystal ball\""));
}

TEST(EmbedderTableTest, EveryTruncationAndFlipIsDataLoss) {
  LearningOptions options;
  options.dimension = 16;
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, Learn(SyntheticCorpus(40), options));
  const std::string bytes = SerializeLearntEmbedder(*embedder);
  Random random(7);
  for (int i = 0; i < 1000; ++i) {
    std::string flipped = bytes;
    flipped[random.Below(bytes.size())] ^= static_cast<char>(1 << random.Below(8));
    EXPECT_EQ(ParseLearntEmbedder(ShareString(flipped)).status().code(), Code::kDataLoss);
    const std::string cut = bytes.substr(0, random.Below(bytes.size()));
    EXPECT_EQ(ParseLearntEmbedder(ShareString(cut)).status().code(), Code::kDataLoss);
  }
  EXPECT_EQ(ParseLearntEmbedder(ShareString(bytes + "x")).status().code(), Code::kDataLoss);
  EXPECT_EQ(ParseLearntEmbedder(ShareString("")).status().code(), Code::kDataLoss);
}

TEST(EmbedderTableTest, DamageUnderAMatchingChecksumNeverCrashes) {
  LearningOptions options;
  options.dimension = 8;
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, Learn(SyntheticCorpus(12), options));
  const std::string bytes = SerializeLearntEmbedder(*embedder);
  Random random(8);
  for (int i = 0; i < 2000; ++i) {
    std::string damaged = bytes;
    for (uint64_t n = 0; n <= random.Below(3); ++n) {
      damaged[12 + random.Below(bytes.size() - 12)] = static_cast<char>(random.Next());
    }
    if (random.Below(4) == 0) damaged.resize(12 + random.Below(bytes.size() - 12));
    const Result<EmbedderPointer> parsed =
        ParseLearntEmbedder(ShareString(testing::WithChecksum(damaged)));
    if (parsed.ok()) EmbedOne(**parsed, "pump item3 水泵");  // a changed letter or value is legal
  }
}

TEST(EmbedderTableTest, AnotherFormatVersionOrAnalyzerIsNamed) {
  ASSERT_OK_AND_ASSIGN(const EmbedderPointer embedder, Learn(SyntheticCorpus(12)));
  std::string version = SerializeLearntEmbedder(*embedder);
  version[12] = 9;
  const Status other_version =
      ParseLearntEmbedder(ShareString(testing::WithChecksum(version))).status();
  EXPECT_EQ(other_version.code(), Code::kFailedPrecondition);
  EXPECT_THAT(other_version.message(), ::testing::HasSubstr("format 9"));

  std::string analyzer = SerializeLearntEmbedder(*embedder);
  analyzer[17] ^= 1;  // a byte of the analyzer's fingerprint, behind its length
  const Status other_analyzer =
      ParseLearntEmbedder(ShareString(testing::WithChecksum(analyzer))).status();
  EXPECT_EQ(other_analyzer.code(), Code::kFailedPrecondition);
  EXPECT_THAT(other_analyzer.message(), ::testing::HasSubstr("analyzer mismatch"));
}

}  // namespace
}  // namespace quarry::model
