#include "ingest/near_duplicates.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/random.h"
#include "tests/testing/engine_testing.h"
#include "tests/testing/resemblance_oracle.h"

namespace quarry::ingest {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string Sentence(Random& random, bool english) {
  std::string text;
  for (int i = 0; i < 12; ++i) {
    const std::string n = std::to_string(random.Below(3000));
    text += english ? "word" + n + " " : "词语" + std::to_string(random.Below(3000)) + "，";
  }
  return text + (english ? ". " : "。");
}

std::string Joined(const std::vector<std::string>& sentences) {
  std::string text;
  for (const std::string& sentence : sentences) text += sentence;
  return text;
}

class NearDuplicatesTest : public ::testing::Test {
 protected:
  NearDuplicatesTest() { engine_.ingest.embedding.enabled = false; }

  void Add(const std::string& id, const std::string& text) {
    engine_.Add({testing::TextDocument(id, "", text)});
    texts_[id] = text;
  }
  std::vector<NearDuplicate> Find(double similarity = 0.8) {
    return FindNearDuplicates(*engine_.snapshot(), engine_.analyzer, similarity, engine_.pool,
                              nullptr, CallContext())
        .value();
  }

  double Similarity(const std::string& a, const std::string& b) const {
    return testing::OracleResemblance(engine_.analyzer, texts_.at(a), texts_.at(b));
  }

  testing::TestEngine engine_;
  std::map<std::string, std::string> texts_;
};

TEST_F(NearDuplicatesTest, AnEditedCopyIsFoundInEnglishAndChinese) {
  Random random(1);
  for (const bool english : {true, false}) {
    const std::string name = english ? "en" : "zh";
    std::vector<std::string> sentences;
    for (int i = 0; i < 30; ++i) sentences.push_back(Sentence(random, english));
    Add(name + "/a", Joined(sentences));
    sentences[7] = Sentence(random, english);
    Add(name + "/b", Joined(sentences));
    for (int i = 0; i < 20; ++i) sentences[static_cast<size_t>(i)] = Sentence(random, english);
    Add(name + "/other", Joined(sentences));
  }
  const std::vector<NearDuplicate> found = Find();
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].document, "en/b");
  EXPECT_EQ(found[0].of, "en/a");
  EXPECT_DOUBLE_EQ(found[0].similarity, Similarity("en/a", "en/b"));
  EXPECT_EQ(found[1].document, "zh/b");
  EXPECT_EQ(found[1].of, "zh/a");
  EXPECT_DOUBLE_EQ(found[1].similarity, Similarity("zh/a", "zh/b"));
}

// Against all pairs.
TEST_F(NearDuplicatesTest, AllThatAreLikeAnotherAreFoundAndNoOthers) {
  Random random(2);
  std::vector<std::vector<std::string>> bases;
  for (int base = 0; base < 5; ++base) {
    std::vector<std::string>& sentences = bases.emplace_back();
    for (int i = 0; i < 20; ++i) sentences.push_back(Sentence(random, base % 2 == 0));
  }
  for (int copy = 0; copy < 60; ++copy) {
    std::vector<std::string> sentences = bases[random.Below(bases.size())];
    for (uint64_t edits = random.Below(8); edits > 0; --edits) {
      sentences[random.Below(sentences.size())] = Sentence(random, true);
    }
    Add("d" + std::to_string(100 + copy), Joined(sentences));
  }
  std::set<std::string> expected;
  for (const auto& [id, text] : texts_) {
    for (const auto& [other, other_text] : texts_) {
      if (other < id && Similarity(id, other) >= 0.8) expected.insert(id);
    }
  }
  std::set<std::string> found;
  for (const NearDuplicate& one : Find()) {
    EXPECT_LT(one.of, one.document);
    EXPECT_DOUBLE_EQ(one.similarity, Similarity(one.document, one.of));
    found.insert(one.document);
  }
  EXPECT_EQ(found, expected);
  EXPECT_GE(found.size(), 10u);
  EXPECT_LE(found.size(), 55u);
}

TEST_F(NearDuplicatesTest, AManyTimesRepeatedTextIsFoundEachTime) {
  for (int i = 0; i < 50; ++i) {
    Add("d" + std::to_string(100 + i), "The pump runs at nine bar and is oiled once a week.");
  }
  const std::vector<NearDuplicate> found = Find(1);
  ASSERT_THAT(found, SizeIs(49));
  for (const NearDuplicate& one : found) EXPECT_EQ(one.of, "d100");
}

TEST_F(NearDuplicatesTest, ShortAndWordlessTextsAreComparedAsAWhole) {
  Add("a", "Pump oil.");
  Add("b", "Pump oil!");
  Add("c", "Pump.");
  Add("d", "!!!");
  Add("e", "???");
  const std::vector<NearDuplicate> found = Find();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].document, "b");
}

TEST_F(NearDuplicatesTest, AnEmptyCollectionHasNone) { EXPECT_THAT(Find(), IsEmpty()); }

}  // namespace
}  // namespace quarry::ingest
