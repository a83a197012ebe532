#include "eval/accepted_texts.h"

#include "tests/testing/engine_testing.h"

namespace quarry::eval {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class AcceptedTextsTest : public ::testing::Test {
 protected:
  AcceptedTextsTest() {
    engine_.Add({testing::TextDocument("pump.md", "Pump", "The red pump weighs 80 kg."),
                 testing::TextDocument("copy.md", "Copy", "It is said that 80 kg are too much."),
                 testing::TextDocument("水泵.md", "水泵", "水泵的质量为95千克。")});
  }
  std::vector<std::vector<AcceptedPlaces>> Find(const std::vector<const Case*>& cases) {
    return FindAccepted(cases, *engine_.snapshot(), CallContext()).value();
  }
  static std::vector<DocumentId> HoldersOf(const std::vector<AcceptedPlaces>& found) {
    std::vector<DocumentId> documents;
    for (const AcceptedPlaces& accepted : found) {
      for (const GoldSpan& place : accepted.places) documents.push_back(place.document);
    }
    return documents;
  }
  std::vector<DocumentId> Holders(const Case& one) { return HoldersOf(Find({&one})[0]); }
  testing::TestEngine engine_;
};

TEST_F(AcceptedTextsTest, ATextIsFoundInEveryChunkThatHoldsIt) {
  Case one;
  one.accept = {{.texts = {"80 KG"}}};
  EXPECT_THAT(Holders(one), ElementsAre("pump.md", "copy.md"));
  one.gold_docs = {{"copy.md", 1}};
  EXPECT_THAT(Holders(one), ElementsAre("copy.md")) << "gold documents are asked first";
  one.gold_docs = {{"水泵.md", 1}};
  EXPECT_THAT(Holders(one), ElementsAre("pump.md", "copy.md")) << "which does not hold it";
  one.gold_docs.clear();
  one.accept = {{.kind = AnswerCheck::Kind::kNumber, .texts = {}, .number = 95, .unit = "kg"}};
  EXPECT_THAT(Holders(one), ElementsAre("水泵.md"));
  one.accept = {{.texts = {"90 kg"}}};
  ASSERT_EQ(Find({&one})[0].size(), 1u);
  EXPECT_THAT(Holders(one), IsEmpty());
}

TEST_F(AcceptedTextsTest, SeveralCasesAreLookedForAtOnce) {
  Case weight;
  weight.accept = {{.texts = {"80 kg"}}};
  weight.gold_docs = {{"copy.md", 1}};
  Case nothing;
  Case chinese;
  chinese.accept = {{.texts = {"95千克"}}, {.texts = {"80 kg"}}};
  const auto found = Find({&weight, &nothing, &chinese});
  ASSERT_EQ(found.size(), 3u);
  EXPECT_THAT(HoldersOf(found[0]), ElementsAre("copy.md"));
  EXPECT_THAT(found[1], IsEmpty());
  ASSERT_EQ(found[2].size(), 2u);
  EXPECT_THAT(HoldersOf(found[2]), ElementsAre("水泵.md", "pump.md", "copy.md"));
  EXPECT_THAT(Find({}), IsEmpty());
}

TEST_F(AcceptedTextsTest, WhatStandsAnywhereByChanceIsLookedForInGoldDocumentsAlone) {
  Case one;
  one.accept = {{.texts = {"red"}},
                {.kind = AnswerCheck::Kind::kNumber, .texts = {}, .number = 80},
                {.kind = AnswerCheck::Kind::kRegex, .texts = {"pump.*kg"}},
                {.kind = AnswerCheck::Kind::kLength, .texts = {}, .high = 9}};
  EXPECT_THAT(ChecksLookedFor(one), IsEmpty());
  one.gold_docs = {{"pump.md", 1}};
  EXPECT_THAT(ChecksLookedFor(one), ElementsAre(0u, 1u));
  EXPECT_THAT(Holders(one), ElementsAre("pump.md", "pump.md"));
}

// A short text in Chinese has as many bytes as a telling one in English.
TEST_F(AcceptedTextsTest, WhatIsTellingIsNoMatterOfBytes) {
  const auto is_looked_for = [](const char* text) {
    Case one;
    one.accept = {{.texts = {text}}};
    return !ChecksLookedFor(one).empty();
  };
  for (const char* chance : {"No", "yes", "can", "是", "支持", "可以", "不能", "没有", "30", "2025",
                             "8088", "２０２５", "1,000", "3.1415"}) {
    EXPECT_FALSE(is_looked_for(chance)) << chance;
  }
  for (const char* telling : {"bolt", "E-17", "80 kg", "80%", "80公斤", "12升", "2025年", "不支持",
                              "李嘉怡", "2025-04-30", "not supported"}) {
    EXPECT_TRUE(is_looked_for(telling)) << telling;
  }
}

}  // namespace
}  // namespace quarry::eval
