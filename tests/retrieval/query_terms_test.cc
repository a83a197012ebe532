#include "retrieval/query_terms.h"

#include "tests/testing/test_environment.h"

namespace quarry::retrieval {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

index::LexicalQuery Make(std::string_view query) {
  static const Analyzer analyzer;
  return MakeLexicalQuery(analyzer, ParseQuery(query));
}

// The scored terms, prefixes as "prefix*whole".
std::vector<std::string> Terms(std::string_view query) {
  std::vector<std::string> terms;
  for (const index::QueryTerm& term : Make(query).terms) {
    terms.push_back(term.text + (term.prefix ? "*" + term.whole : ""));
  }
  return terms;
}

// "name: term@position ...".
std::string Text(const index::WordCondition& condition) {
  std::string text = condition.name + ":";
  for (const index::PhraseTerm& term : condition.phrase) {
    text += " " + term.term + "@" + std::to_string(term.position);
  }
  if (condition.prefix) text += " " + condition.prefix->text + "*" + condition.prefix->whole;
  return text;
}

TEST(QueryTermsTest, QuestionWordsAreLeftOut) {
  EXPECT_THAT(Terms("Which pumps did more than 9 bar?"), ElementsAre("pump", "9", "bar"));
  EXPECT_THAT(Terms("WHO approved it"), ElementsAre("approv"));
}

TEST(QueryTermsTest, AQuestionOfQuestionWordsKeepsWhatTheIndexHolds) {
  EXPECT_THAT(Terms("The Who"), ElementsAre("who"));
}

TEST(QueryTermsTest, ChineseAndRepetitionsStay) {
  EXPECT_THAT(Terms("水泵 pump pump"), ElementsAre("水泵", "pump", "pump"));
}

TEST(QueryTermsTest, TheListIsSorted) {
  // A word out of place would not be found by the binary search: try the first, the last and some
  // between.
  EXPECT_THAT(Terms("about you yourselves ourselves themselves pump"), ElementsAre("pump"));
}

TEST(QueryTermsTest, APhraseIsRequiredAndItsWordsScore) {
  const index::LexicalQuery query = Make("what is the \"torque of the VX-220\" limit");
  EXPECT_THAT(Terms("what is the \"torque of the VX-220\" limit"),
              ElementsAre("limit", "torqu", "vx-220", "vx", "220"));
  ASSERT_THAT(query.required, SizeIs(1));
  EXPECT_EQ(Text(query.required[0]), "\"torque of the VX-220\": torqu@0 vx-220@3 vx@3 220@3");
  EXPECT_THAT(query.excluded, IsEmpty());
  // The question words of a phrase are meant.
  EXPECT_THAT(Terms("\"the who\" concert"), ElementsAre("concert", "who"));
}

TEST(QueryTermsTest, ChinesePhrasesArePairsOfCharacters) {
  const index::LexicalQuery query = Make("\"水泵压力\"");
  ASSERT_THAT(query.required, SizeIs(1));
  EXPECT_EQ(Text(query.required[0]), "\"水泵压力\": 水泵@0 泵压@1 压力@2");
}

TEST(QueryTermsTest, SignsRequireAndExcludeWords) {
  const index::LexicalQuery query = Make("bolts +Valves -leaks -well-known +pump* -lea*");
  EXPECT_THAT(Terms("bolts +Valves -leaks -well-known +pump* -lea*"),
              ElementsAre("bolt", "valv", "pump*pump"));
  ASSERT_THAT(query.required, SizeIs(2));
  EXPECT_EQ(Text(query.required[0]), "\"Valves\": valv@0");
  EXPECT_EQ(Text(query.required[1]), "pump*: pump*pump");
  ASSERT_THAT(query.excluded, SizeIs(3));
  EXPECT_EQ(Text(query.excluded[0]), "\"leaks\": leak@0");
  EXPECT_EQ(Text(query.excluded[1]), "\"well-known\": well@0 known@1");
  EXPECT_EQ(Text(query.excluded[2]), "lea*: lea*lea");
}

TEST(QueryTermsTest, APrefixIsFoldedAndKnowsItsWholeWord) {
  EXPECT_THAT(Terms("VALVE* the* VX-2*"), ElementsAre("valve*valv", "the*", "vx-2*vx-2"));
  EXPECT_THAT(Terms("水泵*"), ElementsAre("水泵*水泵"));
  // Several words have no beginning in common.
  EXPECT_THAT(Terms("well-kno* 水泵压*"), ElementsAre("well", "kno", "水泵", "泵压"));
}

TEST(QueryTermsTest, APhraseOfStopWordsAsksForNothing) {
  const index::LexicalQuery query = Make("\"of the\" -the pump");
  EXPECT_FALSE(query.HasConditions());
  EXPECT_THAT(Terms("\"of the\" -the pump"), ElementsAre("pump"));
}

}  // namespace
}  // namespace quarry::retrieval
