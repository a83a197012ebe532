// What search adds for people: marked words, corrected words, counts of values.

#include "retrieval/facets.h"
#include "retrieval/highlight.h"
#include "retrieval/query_terms.h"
#include "retrieval/spelling.h"
#include "tests/testing/engine_testing.h"

namespace quarry::retrieval {
namespace {

using testing::TestEngine;
using testing::TextDocument;

std::vector<std::string> Marked(const std::string& query, const std::string& text) {
  const Analyzer analyzer;
  std::vector<std::string> marked;
  for (const TextRange& range :
       Highlights(analyzer, MakeLexicalQuery(analyzer, ParseQuery(query)), text)) {
    marked.push_back(text.substr(range.begin, range.end - range.begin));
  }
  return marked;
}

using Strings = std::vector<std::string>;

TEST(Highlights, AreWordsAsTheIndexHasThem) {
  EXPECT_EQ(Marked("valve", "Valves and a valve-seat; the valuable one."),
            (Strings{"Valves", "valve"}));
  EXPECT_EQ(Marked("what is the pump", "What is the pump?"), (Strings{"pump"}));
  EXPECT_EQ(Marked("pum*", "pumps, pumping, pun"), (Strings{"pumps", "pumping"}));
  EXPECT_EQ(Marked("\"valve torque\" -leak", "The torque of a valve with a leak"),
            (Strings{"torque", "valve"}));
  EXPECT_EQ(Marked("ppr-9087", "See PPR-9087/b."), (Strings{"PPR-9087"}));
  EXPECT_EQ(Marked("zebra", "no such word"), Strings{});
}

TEST(Highlights, JoinNeighbouringPairsOfChinese) {
  EXPECT_EQ(Marked("水库大坝", "上塔恩水库大坝建成"), (Strings{"水库大坝"}));
  EXPECT_EQ(Marked("水庫", "水库"), (Strings{"水库"}));
}

class SpellingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    engine_.Add({TextDocument("a", "Pumps", "The reservoir feeds the pumps. Torque 40 Nm."),
                 TextDocument("b", "Valves", "Torque of valves. The reservation is made."),
                 TextDocument("c", "水库", "水库供水。")});
  }
  CorrectedQuery Correct(const std::string& text) {
    const auto snapshot = engine_.snapshot();
    const index::Snapshot* one = snapshot.get();
    Result<CorrectedQuery> corrected =
        CorrectQuery(engine_.analyzer, text, Snapshots(&one, 1), CallContext());
    QUARRY_CHECK(corrected.ok());
    return *std::move(corrected);
  }
  TestEngine engine_;
};

TEST_F(SpellingTest, AWordThatNoPassageHoldsBecomesTheNearest) {
  const CorrectedQuery corrected = Correct("resevoir, Torqe!");
  EXPECT_EQ(corrected.text, "reservoir, torque!");
  ASSERT_EQ(corrected.corrections.size(), 2u);
  EXPECT_EQ(corrected.corrections[0].word, "resevoir");
  EXPECT_EQ(corrected.corrections[0].by, "reservoir");
  EXPECT_EQ(corrected.corrections[1].word, "Torqe");
}

// Its stem is "destinaton", which is near no stem: "destin" is that of the word which is meant.
TEST_F(SpellingTest, AnEndingIsCorrectedWhereTheStemIsRight) {
  engine_.Add(
      {TextDocument("d", "Events", "Each destination has a configuration. Painted ports.")});
  EXPECT_EQ(Correct("destinaton configuraton").text, "destination configuration");
  // What begins like a word and is none of its forms.
  for (const char* text : {"portal", "configureless"}) {
    EXPECT_EQ(Correct(text).text, text);
  }
}

TEST_F(SpellingTest, WhatIsThereOrNoWordIsLeftAlone) {
  for (const char* text :
       {"pump torque", "made", "xyzzy", "PPR-9087", "torqe40", "水厍", "mad", "orque",
        "\"torqe valve\"", "+torqe", "one two three four five six torqe"}) {
    const CorrectedQuery corrected = Correct(text);
    EXPECT_EQ(corrected.text, text);
    EXPECT_TRUE(corrected.corrections.empty()) << text;
  }
}

TEST_F(SpellingTest, OfAQuestionOnlyWhatIsNoWordAndNoNameIsCorrected) {
  const auto ask = [&](const std::string& text) {
    const auto snapshot = engine_.snapshot();
    const index::Snapshot* one = snapshot.get();
    return CorrectQuery(engine_.analyzer, text, Snapshots(&one, 1), CallContext(),
                        CorrectedText::kQuestion)
        .value()
        .text;
  };
  EXPECT_EQ(ask("What is the torqe of the valves that the resevoir feeds?"),
            "What is the torque of the valves that the reservoir feeds?");
  EXPECT_EQ(ask("请问 torqe 是多少？"), "请问 torque 是多少？");
  // A word that there is, though not here: another one is no answer to it.
  EXPECT_EQ(Correct("mode").text, "made");
  EXPECT_EQ(ask("What is the mode?"), "What is the mode?");
  // Somebody else's name, and one that everybody here bears.
  EXPECT_EQ(ask("Who is Resevoir?"), "Who is Resevoir?");
  EXPECT_EQ(ask("What is a SyncBrige?"), "What is a SyncBrige?");
  engine_.Add({TextDocument("d", "Setup", "SyncBridge listens on port 8420."),
               TextDocument("e", "Tasks", "Each SyncBridge runs tasks."),
               TextDocument("f", "部署", "SyncBridge 部署在内网。")});
  EXPECT_EQ(ask("What is a SyncBrige?"), "What is a syncbridge?");
  EXPECT_EQ(ask("SyncBrige 的端口是多少？"), "syncbridge 的端口是多少？");
  EXPECT_EQ(ask("Is SynkBrige free?"), "Is SynkBrige free?");  // two edits
}

TEST(Facets, CountTheDocumentsOfAllThatWasRanked) {
  TestEngine engine;
  std::vector<Document> documents;
  for (int i = 0; i < 6; ++i) {
    Document document =
        TextDocument("d" + std::to_string(i), "Pump", "The pump number " + std::to_string(i));
    document.metadata["team"] = std::string(i < 4 ? "ops" : "lab");
    document.metadata["number"] = static_cast<double>(i);  // tells nothing
    document.metadata["tags"] = std::vector<std::string>{"wet", i == 0 ? "old" : "wet"};
    document.metadata["date"] = (i < 2 ? "2023-05-0" : "2024-05-0") + std::to_string(i + 1);
    document.media_type = i == 5 ? "text/html" : "text/plain";
    document.language = "en";  // of all: narrows nothing down
    documents.push_back(std::move(document));
  }
  engine.Add(std::move(documents));
  const auto snapshot = engine.snapshot();
  const index::Snapshot* one = snapshot.get();
  Query query;
  query.text = "pump";
  query.k = 2;
  query.mode = SearchMode::kLexical;
  const Result<Retrieved> retrieved =
      engine.retriever.RetrieveAcross(query, Snapshots(&one, 1), CallContext());
  ASSERT_TRUE(retrieved.ok());
  ASSERT_EQ(retrieved->hits.size(), 2u);
  const auto facets = CountFacets(*retrieved, Snapshots(&one, 1), CallContext());
  ASSERT_TRUE(facets.ok());
  std::vector<std::string> told;
  for (const Facet& facet : *facets) {
    for (const FacetValue& value : facet.values) {
      told.push_back(facet.key + " " + std::get<std::string>(value.value) + " " +
                     std::to_string(value.documents));
    }
  }
  EXPECT_THAT(told, ::testing::ElementsAre("$type text/plain 5", "$type text/html 1",
                                           "$year 2024 4", "$year 2023 2", "tags wet 6",
                                           "tags old 1", "team ops 4", "team lab 2"));
}

}  // namespace
}  // namespace quarry::retrieval
