#include "ingest/learning_pairs.h"

#include "tests/testing/test_environment.h"

namespace quarry::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class LearningPairsTest : public ::testing::Test {
 protected:
  Status ErrorOf(const std::string& bytes) {
    EXPECT_OK(WriteFileAtomically(path_, bytes));
    return ReadLearningPairs(path_).status();
  }

  const TemporaryDirectory directory_ = quarry::testing::MakeTemporaryDirectory();
  const std::string path_ = directory_.path() + "/pairs.jsonl";
};

TEST_F(LearningPairsTest, WhatIsWrittenIsRead) {
  const std::vector<model::LearningPair> pairs = {
      {"How heavy is the \"pump\"?", "It weighs\n80 kg."}, {"水泵多重？", "水泵重80公斤。"}};
  ASSERT_OK(WriteLearningPairs(pairs, path_));
  EXPECT_EQ(ReadLearningPairs(path_).value(), pairs);
}

TEST_F(LearningPairsTest, BlankLinesAndOtherMembersAreSkipped) {
  ASSERT_OK(WriteFileAtomically(path_, "\n{\"query\":\"q\",\"n\":1,\"text\":\"t\"}\r\n \n"));
  EXPECT_THAT(ReadLearningPairs(path_).value(), ElementsAre(model::LearningPair{"q", "t"}));
}

TEST_F(LearningPairsTest, WhatIsWrongIsNamedWithItsLine) {
  EXPECT_THAT(ErrorOf("{\"query\":\"q\",\"text\":\"t\"}\n{\"query\":\"q\"}\n").message(),
              HasSubstr("pairs.jsonl:2: expected {\"query\": \"...\", \"text\": \"...\"}; \"text\" "
                        "is no text"));
  EXPECT_THAT(ErrorOf("{\"query\":\" \",\"text\":\"t\"}").message(), HasSubstr("\"query\" is no"));
  EXPECT_THAT(ErrorOf("{\"query\":").message(), HasSubstr("pairs.jsonl:1: "));
  EXPECT_THAT(ErrorOf("[]").message(), HasSubstr("pairs.jsonl:1: "));
  EXPECT_EQ(ReadLearningPairs(path_ + "x").status().code(), Code::kNotFound);
}

}  // namespace
}  // namespace quarry::ingest
