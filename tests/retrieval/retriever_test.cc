#include "retrieval/retriever.h"

#include "tests/testing/engine_testing.h"

namespace quarry::retrieval {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::vector<DocumentId> DocumentsOf(const Retrieved& retrieved, const index::Snapshot& snapshot) {
  std::vector<DocumentId> ids;
  for (const RankedHit& ranked : retrieved.hits) {
    ids.emplace_back(snapshot.rows().DocumentOf(ranked.row).id);
  }
  return ids;
}

class RetrieverTest : public ::testing::Test {
 protected:
  RetrieverTest() { engine_.Add(testing::SmallCorpus()); }

  Result<Retrieved> Retrieve(Query query) {
    return engine_.retriever.Retrieve(query, *engine_.snapshot(), CallContext());
  }
  std::vector<DocumentId> Documents(Query query) {
    return DocumentsOf(Retrieve(std::move(query)).value(), *engine_.snapshot());
  }

  testing::TestEngine engine_;
};

TEST_F(RetrieverTest, FindsEnglishAndChineseByTheSameCall) {
  EXPECT_EQ(Documents({.text = "paid leave of employees"}).at(0), "hr/leave");
  EXPECT_EQ(Documents({.text = "员工的带薪休假"}).at(0), "hr/leave-zh");
  EXPECT_EQ(Documents({.text = "motor of P-7"}).at(0), "pumps/p7");
}

TEST_F(RetrieverTest, AQuestionInTheOtherLanguageGoesByMeaningMore) {
  Query query{.text = "办公室的地址在哪里？"};
  const Retrieved retrieved = Retrieve(query).value();
  EXPECT_EQ(DocumentsOf(retrieved, *engine_.snapshot()).at(0), "office/address");
  EXPECT_EQ(retrieved.hits[0].hit.breakdown.dense_rank, 1u);
  EXPECT_DOUBLE_EQ(retrieved.hits[0].hit.breakdown.dense_part, 0.6);
  query.options.emplace().cross_language_weight = 0.25;
  EXPECT_DOUBLE_EQ(Retrieve(query).value().hits[0].hit.breakdown.dense_part, 0.25);
  // In the language of most documents the other weight holds.
  query.text = "where is the address of the office?";
  EXPECT_DOUBLE_EQ(Retrieve(query).value().hits[0].hit.breakdown.dense_part, 0.35);
}

// One text of a question's language among many of the other: what its words find is not outvoted by meaning.
TEST_F(RetrieverTest, AFewTextsOfAQuestionsLanguageAreFoundByItsWords) {
  const Retrieved retrieved = Retrieve({.text = "员工的带薪休假"}).value();
  EXPECT_EQ(DocumentsOf(retrieved, *engine_.snapshot()).at(0), "hr/leave-zh");
  EXPECT_EQ(retrieved.hits[0].hit.breakdown.lexical_rank, 1u);
  for (const RankedHit& ranked : retrieved.hits) {
    EXPECT_LE(ranked.hit.breakdown.dense_part, 0.35);
  }
}

TEST_F(RetrieverTest, HybridUsesBothLegsAndSaysWhatEachAdded) {
  const Retrieved retrieved = Retrieve({.text = "bronze valve V-3", .k = 5}).value();
  EXPECT_TRUE(retrieved.used_lexical);
  EXPECT_TRUE(retrieved.used_dense);
  ASSERT_THAT(retrieved.hits, SizeIs(5));
  for (const RankedHit& ranked : retrieved.hits) {
    const ScoreBreakdown& breakdown = ranked.hit.breakdown;
    EXPECT_DOUBLE_EQ(ranked.hit.score, breakdown.lexical_part + breakdown.dense_part);
    EXPECT_GT(breakdown.lexical_rank + breakdown.dense_rank, 0u);
  }
}

TEST_F(RetrieverTest, OneLegKeepsItsOwnScores) {
  const Retrieved lexical =
      Retrieve({.text = "bronze valve", .mode = SearchMode::kLexical}).value();
  EXPECT_FALSE(lexical.used_dense);
  EXPECT_DOUBLE_EQ(lexical.hits[0].hit.score, lexical.hits[0].hit.breakdown.lexical_score);
  const Retrieved dense = Retrieve({.text = "bronze valve", .mode = SearchMode::kDense}).value();
  EXPECT_FALSE(dense.used_lexical);
  EXPECT_DOUBLE_EQ(dense.hits[0].hit.score, dense.hits[0].hit.breakdown.dense_score);
}

TEST_F(RetrieverTest, TheSameQueryTwiceAndAfterReopeningGivesTheSameScores) {
  const auto ask = [&] {
    std::vector<std::pair<DocumentId, double>> scores;
    const auto snapshot = engine_.snapshot();
    for (const RankedHit& ranked : Retrieve({.text = "water cooled motor", .k = 30}).value().hits) {
      scores.emplace_back(snapshot->rows().DocumentOf(ranked.row).id, ranked.hit.score);
    }
    return scores;
  };
  const auto first = ask();
  EXPECT_THAT(first, SizeIs(30));
  EXPECT_EQ(ask(), first);
  engine_.index.reset();
  engine_.index =
      index::Index::Open(engine_.directory.path() + "/store", {}, engine_.analyzer, engine_.clock)
          .value();
  EXPECT_EQ(ask(), first);
}

TEST_F(RetrieverTest, FewerHitsComeBackWhenFewerMatch) {
  EXPECT_THAT(Documents({.text = "bicycles", .mode = SearchMode::kLexical}),
              ElementsAre("office/parking"));
  EXPECT_THAT(Documents({.text = "xylophone", .mode = SearchMode::kLexical}), SizeIs(0));
}

TEST_F(RetrieverTest, AccessListsHideDocumentsInBothLegs) {
  Document secret =
      testing::TextDocument("hr/secret", "Secret", "The bronze valve project is called Osprey.");
  secret.access = {"board"};
  engine_.Add({secret});
  for (const SearchMode mode : {SearchMode::kHybrid, SearchMode::kDense, SearchMode::kLexical}) {
    Query query{.text = "bronze valve project Osprey", .mode = mode, .k = 100};
    EXPECT_THAT(Documents(query), ::testing::Contains("hr/secret"));
    query.principals = {.unrestricted = false, .names = {"staff"}};
    EXPECT_THAT(Documents(query), ::testing::Not(::testing::Contains("hr/secret")));
    query.principals.names.push_back("board");
    EXPECT_THAT(Documents(query), ::testing::Contains("hr/secret"));
  }
}

TEST_F(RetrieverTest, RequirementsHoldForTheResultInEveryMode) {
  const auto texts = [&](const std::string& text, SearchMode mode) {
    std::vector<std::string> found;
    const auto retrieved = Retrieve({.text = text, .has_operators = true, .mode = mode, .k = 100});
    for (const Passage& passage :
         ReadPassages(*engine_.snapshot(), retrieved.value().hits).value()) {
      found.push_back(passage.title + "\n" + passage.chunk.text);
    }
    return found;
  };
  for (const SearchMode mode : {SearchMode::kHybrid, SearchMode::kDense, SearchMode::kLexical}) {
    SCOPED_TRACE(SearchModeName(mode));
    const auto phrase = texts("pumps \"cooled by water\" motor", mode);
    EXPECT_THAT(phrase, SizeIs(12));
    EXPECT_THAT(phrase, ::testing::Each(HasSubstr("cooled by water")));
    EXPECT_THAT(texts("\"water cooled\" motor", mode), SizeIs(0));
    EXPECT_THAT(texts("什么是\"用水冷却\"", mode), SizeIs(12));
    const auto without = texts("valve bronze seconds -V-3 -\"litres per second\" -zh*", mode);
    EXPECT_THAT(without, ::testing::Contains(HasSubstr("The valve V-4 ")));
    EXPECT_THAT(without, ::testing::Each(::testing::Not(HasSubstr("V-3 "))));
    EXPECT_THAT(without, ::testing::Each(::testing::Not(HasSubstr("litres per second"))));
    EXPECT_THAT(texts("+bicycles parked valve", mode), ElementsAre(HasSubstr("Bicycles")));
    EXPECT_THAT(texts("+empl* +leav* pump", mode), ElementsAre(HasSubstr("paid leave")));
    // Beside what a filter allows, not instead of it.
    Query query{.text = "\"cooled by water\"", .has_operators = true, .mode = mode};
    query.principals = {.unrestricted = false, .names = {"staff"}};
    EXPECT_THAT(Documents(query), SizeIs(10));
  }
}

TEST_F(RetrieverTest, AHitThatOnlyVectorsFindHoldsThePhraseToo) {
  // "draws" of the phrase is no word of the question beside it; all pumps are near it.
  const Retrieved retrieved =
      Retrieve({.text = "\"its motor draws 5\" cooling", .has_operators = true, .k = 100}).value();
  EXPECT_TRUE(retrieved.used_dense);
  EXPECT_THAT(DocumentsOf(retrieved, *engine_.snapshot()), ElementsAre("pumps/p3"));
}

TEST_F(RetrieverTest, APrefixFindsWordsThatBeginSo) {
  EXPECT_THAT(Documents({.text = "bicy*", .has_operators = true, .mode = SearchMode::kLexical}),
              ElementsAre("office/parking"));
  EXPECT_THAT(Documents({.text = "bicycles*", .has_operators = true, .mode = SearchMode::kLexical}),
              ElementsAre("office/parking"));
  EXPECT_THAT(Documents({.text = "bicy*", .mode = SearchMode::kLexical}), SizeIs(0));
}

TEST_F(RetrieverTest, TheEmbedderIsGivenTheTextWithoutOperators) {
  const auto ask = [&](const std::string& text, bool has_operators) {
    std::vector<double> scores;
    for (const RankedHit& ranked :
         Retrieve(
             {.text = text, .has_operators = has_operators, .mode = SearchMode::kDense, .k = 5})
             .value()
             .hits) {
      scores.push_back(ranked.hit.score);
    }
    return scores;
  };
  EXPECT_EQ(ask("valve bronze* -xylophone", true), ask("valve bronze", false));
}

TEST_F(RetrieverTest, AQuestionWithoutOperatorsIsTextWhateverItHolds) {
  const auto scores = [&](const std::string& text, bool has_operators) {
    std::vector<std::pair<DocumentId, double>> found;
    for (const RankedHit& ranked :
         Retrieve({.text = text, .has_operators = has_operators, .k = 50}).value().hits) {
      found.emplace_back(engine_.snapshot()->rows().DocumentOf(ranked.row).id, ranked.hit.score);
    }
    return found;
  };
  const auto plain = scores("bronze valve V-3 motor", false);
  EXPECT_EQ(scores("\"bronze valve\" +V-3 -motor", false), plain);
  for (const std::string text :
       {"bronze - valve V-3 - motor?", "\"bronze valve V-3 motor", "bronze * valve V-3 motor *",
        "bronze valve V-3 motor -", "“bronze valve” V-3 「motor」"}) {
    EXPECT_EQ(scores(text, true), scores(text, false)) << text;
  }
}

TEST_F(RetrieverTest, TheExplanationAddsUpToTheLexicalScore) {
  for (const std::string text :
       {"Which bronze valve is tested at 19 bar?", "\"cooled by water\" mot* pump pump",
        "+V-3 valv* seconds -motor", "水泵 \"用水冷却\" 电机*"}) {
    const Retrieved retrieved = Retrieve({.text = text, .has_operators = true, .k = 40}).value();
    std::vector<RowId> rows;
    for (const RankedHit& ranked : retrieved.hits) rows.push_back(ranked.row);
    const auto explained =
        engine_.snapshot()->lexical().Explain(retrieved.lexical.terms, rows, CallContext()).value();
    ASSERT_EQ(explained.size(), retrieved.hits.size());
    size_t lexical = 0;
    for (size_t i = 0; i < rows.size(); ++i) {
      const ScoreBreakdown& breakdown = retrieved.hits[i].hit.breakdown;
      if (breakdown.lexical_rank == 0) continue;
      ++lexical;
      double sum = 0;
      for (const index::TermContribution& term : explained[i]) sum += term.score;
      EXPECT_EQ(sum, breakdown.lexical_score) << text;
    }
    EXPECT_GT(lexical, 0u) << text;
  }
}

TEST_F(RetrieverTest, OperatorsThatAskForNothingOrTooMuchAreRefused) {
  EXPECT_EQ(Retrieve({.text = "-leak -\"a b\"", .has_operators = true}).status(),
            InvalidArgumentError("query: only excludes; expected something to look for beside it"));
  std::string many = "pump";
  for (int i = 0; i < 65; ++i) many += " +w" + std::to_string(i);
  EXPECT_EQ(Retrieve({.text = many, .has_operators = true}).status(),
            InvalidArgumentError("query: 65 phrases, signs and prefixes; expected at most 64"));
  EXPECT_OK(Retrieve({.text = many}).status());
}

TEST_F(RetrieverTest, BadRequestsAreNamed) {
  EXPECT_EQ(Retrieve({.text = "  "}).status().message(), "query: empty; expected a question");
  EXPECT_EQ(Retrieve({.text = "a\xFF"}).status().message(), "query: invalid UTF-8 at byte 1");
  EXPECT_EQ(Retrieve({.text = "x", .k = 0}).status().message(), "k: expected 1 to 10000, got 0");
  CallContext cancelled;
  cancelled.cancel.Cancel();
  EXPECT_EQ(
      engine_.retriever.Retrieve({.text = "x"}, *engine_.snapshot(), cancelled).status().code(),
      Code::kCancelled);
}

TEST(RetrieverSmallTest, DenseIsOffInASmallCollection) {
  testing::TestEngine engine;
  engine.Add({testing::TextDocument("a", "A", "One small document.")});
  const auto ask = [&](SearchMode mode) {
    return engine.retriever.Retrieve({.text = "small document", .mode = mode}, *engine.snapshot(),
                                     CallContext());
  };
  EXPECT_FALSE(ask(SearchMode::kHybrid).value().used_dense);
  EXPECT_THAT(ask(SearchMode::kDense).status().message(),
              HasSubstr("mode dense: collection \"default\" has no vectors yet"));
}

TEST(RetrieverSmallTest, ALegReachesItsDocumentsThroughManyChunksOfOne) {
  // One long document with many matching chunks must not crowd the others out of the leg.
  testing::TestEngine engine({.leg_documents = 3});
  std::string text;
  for (int i = 0; i < 400; ++i) {
    text += "The turbine spins in hall number " + std::to_string(i) +
            " and the turbine is inspected by the turbine crew every week without fail.\n\n";
  }
  engine.Add({testing::TextDocument("long", "Long", text),
              testing::TextDocument("b", "B", "A turbine is mentioned once among other things."),
              testing::TextDocument("c", "C", "Another text with one turbine in it, and more.")});
  const auto snapshot = engine.snapshot();
  const Retrieved retrieved =
      engine.retriever
          .Retrieve({.text = "turbine", .mode = SearchMode::kLexical, .k = 1000}, *snapshot,
                    CallContext())
          .value();
  const std::vector<DocumentId> ids = DocumentsOf(retrieved, *snapshot);
  EXPECT_THAT(ids, ::testing::Contains("b"));
  EXPECT_THAT(ids, ::testing::Contains("c"));
}

TEST_F(RetrieverTest, AQueryMayBringItsOwnOptions) {
  Query query{.text = "bronze valve V-3", .k = 5, .options = RetrievalOptions()};
  query.options->fusion.dense_weight = 0;
  EXPECT_FALSE(Retrieve(query).value().used_dense);
  query.options->fusion.dense_weight = 2;
  EXPECT_EQ(Retrieve(query).status(),
            InvalidArgumentError("retrieval.dense_weight: expected a number from 0 to 1, got 2"));
}

TEST_F(RetrieverTest, ACollectionsOwnWeightStandsForTheOthers) {
  Query query{.text = "bronze valve V-3", .options = RetrievalOptions()};
  query.options->collection_dense_weights["default"] = 0;
  EXPECT_FALSE(Retrieve(query).value().used_dense);
}

}  // namespace
}  // namespace quarry::retrieval
