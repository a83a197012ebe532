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

TEST_F(SearchCommandTest, VersionsOfAPageAreOneHit) {
  const std::string english =
      "The pump of the northern station runs at nine bar and is oiled once a week by the crew, who "
      "write down the pressure, the temperature of the bearings and the hours that it has run.";
  const std::string chinese =
      "北站的水泵在九巴压力下运行，每周由班组加油一次，班组记录压力、轴承温度以及运行小时数。";
  Write("docs/pump-1.md", english);
  Write("docs/pump-2.md", english + " Twice.");
  Write("docs/bronze.md", "A northern pump of bronze leaks.");
  Write("docs/水泵-1.md", chinese);
  Write("docs/水泵-2.md", chinese + "好。");
  ASSERT_EQ(Run({"index", home() + "/docs"}).exit_code, 0);
  const std::vector<std::string> search = {"search", "pump of the northern station", "-k", "2"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), search.begin(), search.end());
    return more;
  };
  const Json all = RunJson(with({}));
  EXPECT_EQ(all["hits"][0]["document"], "pump-1.md");
  EXPECT_EQ(all["hits"][1]["document"], "pump-2.md");
  EXPECT_FALSE(all["hits"][0].contains("also_in"));
  EXPECT_EQ(RunJson(with({"--collapse", "0"}))["hits"], all["hits"]);
  const Json found = RunJson(with({"--collapse", "0.9"}));
  ASSERT_EQ(found["hits"].size(), 2u);
  EXPECT_EQ(found["hits"][1]["document"], "bronze.md");
  ASSERT_EQ(found["hits"][0]["also_in"].size(), 1u);
  const Json& other = found["hits"][0]["also_in"][0];
  EXPECT_EQ(other["document"], "pump-2.md");
  EXPECT_EQ(other["chunk"], all["hits"][1]["chunk"]);
  EXPECT_GT(other["similarity"], 0.9);
  EXPECT_THAT(Run(with({"--collapse", "0.9"})).out, HasSubstr("    also in: pump-2.md\n"));
  EXPECT_THAT(Run(with({"--collapse", "0.9", "--explain"})).out,
              HasSubstr("also in: pump-2.md#0 (0.9"));
  EXPECT_THAT(Run(with({"--collapse", "0.9", "--why", "pump-2.md"})).out,
              HasSubstr("pump-2.md: collapsed under pump-1.md#0\n"));
  EXPECT_THAT(Run({"search", "北站的水泵压力", "--collapse", "0.9"}).out,
              HasSubstr("    also in: 水泵-2.md\n"));
  EXPECT_THAT(Run(with({"--collapse", "2"})).error, HasSubstr("expected a number from 0 to 1"));
}

TEST_F(SearchCommandTest, AReaderSeesTheVersionThatTheyMayRead) {
  const std::string text = "The pump of the northern station runs at nine bar and is oiled weekly.";
  Write("lines.jsonl", R"({"id":"a","access":["staff"],"text":")" + text + "\"}\n" +
                           R"({"id":"b","access":["guests"],"text":")" + text + "\"}\n" +
                           R"({"id":"c","text":")" + text + "\"}\n");
  ASSERT_EQ(Run({"index", home() + "/lines.jsonl"}).exit_code, 0);
  const auto search = [&](const std::string& principal) {
    return RunJson(
        {"search", "northern pump", "--collapse", "0.9", "--principal", principal})["hits"];
  };
  const Json guests = search("guests");
  ASSERT_EQ(guests.size(), 1u);
  EXPECT_EQ(guests[0]["document"], "lines.jsonl#b");
  ASSERT_EQ(guests[0]["also_in"].size(), 1u);
  EXPECT_EQ(guests[0]["also_in"][0]["document"], "lines.jsonl#c");
  EXPECT_EQ(search("staff")[0]["document"], "lines.jsonl#a");
  EXPECT_EQ(search("others")[0]["document"], "lines.jsonl#c");
  EXPECT_FALSE(search("others")[0].contains("also_in"));
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
