// quarry search with options, over several collections, explained; quarry eval diff; quarry tune.

#include "tests/testing/beir_testing.h"
#include "tests/testing/command_testing.h"

namespace quarry::app {
namespace {

using ::testing::HasSubstr;
using testing::QuarryResult;

class SearchCommandTest : public testing::CommandTest {
 protected:
  SearchCommandTest() { testing::WritePumpCollection(home() + "/beir"); }
};

TEST_F(SearchCommandTest, WhyTellsWhereADocumentIsLost) {
  Write("docs/mill.txt", "The mill has a wheel of oak.");
  Write("docs/pump.txt", "The pump runs at nine bar.");
  ASSERT_EQ(Run({"index", home() + "/docs"}).exit_code, 0);
  const QuarryResult none = Run({"search", "oak", "--why", "none.txt"});
  EXPECT_THAT(none.out,
              HasSubstr("none.txt: there is no such document in collection \"default\"\n"));
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_EQ(Run({"search", "oak", "--why", "none.txt", "--json"}).exit_code, 1);
  EXPECT_EQ(Run({"search", "oak", "--why", "pump.txt"}).exit_code, 0) << "that is the answer";
  EXPECT_THAT(Run({"search", "oak", "--why", "pump.txt"}).out,
              HasSubstr("pump.txt: by words it has none of the question's words\n"));
  EXPECT_THAT(Run({"search", "pump -bar", "--why", "pump.txt"}).out,
              HasSubstr("it does not satisfy -\"bar\" of the question"));
  const Json why = RunJson({"search", "the oak wheel", "--why", "mill.txt"})["why"];
  EXPECT_EQ(why["reason"], "found");
  EXPECT_EQ(why["rank"], 1);
}

TEST_F(SearchCommandTest, CollectionsAreSearchedTogether) {
  Write("a/mill.txt", "The mill has a wheel of oak.");
  Write("b/pump.txt", "The pump stands in the mill.");
  ASSERT_EQ(Run({"index", home() + "/a", "--collection", "a"}).exit_code, 0);
  ASSERT_EQ(Run({"index", home() + "/b", "--collection", "b"}).exit_code, 0);
  const Json found = RunJson({"search", "mill", "--collections", "a", "--collections", "b"});
  EXPECT_EQ(found["collections"], Json({"a", "b"}));
  ASSERT_EQ(found["hits"].size(), 2u);
  EXPECT_NE(found["hits"][0]["collection"], found["hits"][1]["collection"]);
  EXPECT_THAT(Run({"search", "pump", "--collections", "a", "--collections", "b"}).out,
              HasSubstr("b: pump.txt"));
  EXPECT_THAT(Run({"search", "mill", "--collections", "a", "--collections", "a"}).error,
              HasSubstr("--collections: \"a\" is given twice"));
}

TEST_F(SearchCommandTest, DiffListsTheQuestionsThatChange) {
  const std::vector<std::string> diff = {"eval", "diff", "--beir", home() + "/beir", "-k", "5"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), diff.begin(), diff.end());
    return more;
  };
  const Json same = RunJson(with({"--with", "retrieval.dense_weight=0.35"}));
  EXPECT_EQ(same["queries"], 40);
  EXPECT_EQ(same["changed"], 0);
  EXPECT_EQ(same["overlap"], 1.0);
  const Json changed = RunJson(with({"--with", "retrieval.dense_weight=1", "--show", "3"}));
  EXPECT_GT(changed["changed"], 0);
  EXPECT_EQ(changed["largest"].size(), 3u);
  EXPECT_FALSE(changed["largest"][0]["moves"].empty());
  const std::string text = Run(with({"--with", "retrieval.mode=dense"})).out;
  EXPECT_THAT(text, HasSubstr("of 40 questions have another first 5; "));
  EXPECT_THAT(text, HasSubstr("95 % interval"));
  EXPECT_THAT(Run(with({"--with", "retrieval.hops=7"})).error,
              HasSubstr("--with: retrieval.hops: expected an integer from 1 to 4, got \"7\""));
  EXPECT_THAT(Run(with({"--with", "bm25.k1=1"})).error,
              HasSubstr("--with: bm25.k1: is not an option of a single search"));
}

TEST_F(SearchCommandTest, TuneTriesWeightsAndAdvisesOnlyWhatIsSure) {
  const Json tuned = RunJson({"tune", "--beir", home() + "/beir"});
  EXPECT_EQ(tuned["collection"], "default");
  EXPECT_EQ(tuned["trials"].size(), 21u);
  EXPECT_EQ(tuned["current"], 0.35);
  EXPECT_LE(tuned["gain"]["low"], tuned["gain"]["high"]);
  // A weight for this collection alone, from the configuration.
  const Json again = RunJson({"tune", "--beir", home() + "/beir", "--set",
                              "retrieval.collection_dense_weights=default=0.33"});
  EXPECT_EQ(again["current"], 0.33);
  EXPECT_EQ(again["trials"].size(), 22u);
}

}  // namespace
}  // namespace quarry::app
