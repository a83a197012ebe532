// The stages behind fusion, each on a small real collection.

#include <set>

#include "retrieval/diversity.h"
#include "retrieval/feedback.h"
#include "retrieval/neighbours.h"
#include "retrieval/recency.h"
#include "retrieval/term_vector.h"
#include "tests/testing/engine_testing.h"

namespace quarry::retrieval {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::SizeIs;

class StagesTest : public ::testing::Test {
 protected:
  Retrieved Retrieve(Query query, const RetrievalOptions& options) {
    query.options = options;
    return engine_.retriever.Retrieve(query, *engine_.snapshot(), CallContext()).value();
  }
  // "document" of each hit, "document#2" of chunks that are not the first.
  std::vector<std::string> Ids(const Retrieved& retrieved) {
    std::vector<std::string> ids;
    const auto snapshot = engine_.snapshot();
    for (const RankedHit& hit : retrieved.hits) {
      const uint32_t ordinal = snapshot->rows().row(hit.row).ordinal;
      ids.push_back(std::string(snapshot->rows().DocumentOf(hit.row).id) +
                    (ordinal == 0 ? "" : "#" + std::to_string(ordinal)));
    }
    return ids;
  }
  void Add(const std::string& id, const std::string& text, Metadata metadata = {}) {
    Document document = testing::TextDocument(id, "", text);
    document.metadata = std::move(metadata);
    documents_.push_back(std::move(document));
  }
  void Index() { engine_.Add(std::move(documents_)); }

  testing::TestEngine engine_;
  std::vector<Document> documents_;
};

TEST_F(StagesTest, FeedbackFindsWhatSharesTheWordsOfTheFirstHits) {
  for (int i = 0; i < 40; ++i) Add("other" + std::to_string(i), "Nothing of interest stands here.");
  Add("a", "The Kestrel project uses the hydrofoil Osprey on the northern lake.");
  Add("b", "Kestrel reports: hydrofoil trials went well on the northern lake.");
  Add("c", "A hydrofoil was seen on the northern lake in spring.");
  Index();
  RetrievalOptions options;
  const Query query{.text = "Kestrel", .mode = SearchMode::kLexical};
  EXPECT_THAT(Ids(Retrieve(query, options)), Not(Contains("c")));
  options.feedback.enabled = true;
  const Retrieved found = Retrieve(query, options);
  EXPECT_THAT(Ids(found), Contains("c"));
  EXPECT_EQ(Ids(found)[2], "c");
  double sum = 0;
  std::vector<std::string> terms;
  for (const WeightedTerm& term : found.feedback) {
    sum += term.weight;
    terms.push_back(term.term);
  }
  EXPECT_NEAR(sum, 1, 1e-9);
  EXPECT_THAT(terms, Contains("hydrofoil"));
}

TEST(FeedbackTest, WeightsBecomeCountsOfABag) {
  const auto bag =
      AddFeedback(std::vector<index::QueryTerm>{"pump", "valve", "pump"},
                  {{"motor", 0.75}, {"seal", 0.25}, {"rare", 0.0001}}, {.original_weight = 0.6});
  std::map<std::string, uint32_t> counts;
  for (const index::QueryTerm& term : bag) counts[term.text] += term.count;
  EXPECT_EQ(counts, (std::map<std::string, uint32_t>{
                        {"pump", 400}, {"valve", 200}, {"motor", 300}, {"seal", 100}}));
}

// A translated term has its word's share, and the words have what they have without it.
TEST(FeedbackTest, TranslationsTakeNothingFromTheQuestion) {
  std::vector<index::QueryTerm> terms = {"pump", "valve", "pump"};
  terms.emplace_back("valve").translations = {"阀门"};
  terms.back().weight = 0.5;
  const auto bag = AddFeedback(terms, {{"motor", 1}}, {.original_weight = 0.6});
  ASSERT_THAT(bag, SizeIs(5));
  std::map<std::string, uint32_t> counts;
  for (const index::QueryTerm& term : bag) {
    counts[term.translations.empty() ? term.text : "translated"] += term.count;
  }
  EXPECT_EQ(counts, (std::map<std::string, uint32_t>{
                        {"pump", 400}, {"valve", 200}, {"translated", 200}, {"motor", 400}}));
  EXPECT_EQ(bag[3].weight, 0.5);
}

TEST(FeedbackTest, ALongQuestionKeepsItsWordsAndNothingFoundChangesNothing) {
  std::vector<index::QueryTerm> terms;
  for (int i = 0; i < 3000; ++i) terms.emplace_back("word" + std::to_string(i));
  const FeedbackTerms found = {{.term = "other", .weight = 1}};
  EXPECT_THAT(AddFeedback(terms, found, {.original_weight = 0.1}), SizeIs(3001));
  EXPECT_THAT(AddFeedback(terms, {}, {.original_weight = 0}), SizeIs(3000));
  EXPECT_THAT(AddFeedback(terms, found, {.original_weight = 0}), SizeIs(1));
}

TEST_F(StagesTest, OneLegIsInItsOwnOrderWhateverItsWeight) {
  for (int i = 0; i < 40; ++i) {
    Add("d" + std::to_string(i), "Pump " + std::to_string(i) + " runs at " +
                                     std::to_string(i * 7 % 40) + " bar beside valve " +
                                     std::to_string(i % 5) + " of the station.");
  }
  Index();
  const Query query{.text = "pump of valve 3", .mode = SearchMode::kDense, .k = 5};
  const auto ids = [&](double weight) {
    RetrievalOptions options;
    options.fusion.dense_weight = weight;
    return Ids(Retrieve(query, options));
  };
  EXPECT_THAT(ids(0.35), SizeIs(5));
  EXPECT_EQ(ids(0), ids(0.35));
}

TEST_F(StagesTest, NewerDocumentsGainByHalfLives) {
  const std::string text = "The pump is serviced by the crew.";
  Add("a-old", text, {{"date", std::string("2020-01-01")}});
  Add("b-new", text + " Always.", {{"date", std::string("2024-06-01")}});
  Add("c-none", text);
  Index();
  RetrievalOptions options;
  const Query query{.text = "pump serviced by the crew"};
  EXPECT_EQ(Ids(Retrieve(query, options))[0], "a-old");
  options.recency = {.field = "date", .half_life_days = 365, .weight = 0.5};
  const Retrieved found = Retrieve(query, options);
  EXPECT_THAT(Ids(found), ElementsAre("b-new", "a-old", "c-none"));
  const ScoreStep& step = found.hits[2].steps.back();
  EXPECT_EQ(step.stage, ScoreStep::Stage::kRecency);
  EXPECT_FALSE(step.judged);
  EXPECT_EQ(step.rank, 3u);
  EXPECT_DOUBLE_EQ(step.score, found.hits[2].steps[0].score / 2);
  // At the time of the old one the new one is no older than it.
  options.recency.as_of = "2020-01-01";
  EXPECT_EQ(Ids(Retrieve(query, options))[0], "a-old");
}

TEST(RecencyTest, TheFactorHalvesWithEachHalfLife) {
  constexpr int64_t kDay = 86'400'000'000;
  const RecencyOptions options{.field = "t", .half_life_days = 10, .weight = 1};
  EXPECT_DOUBLE_EQ(RecencyFactor(0, 0, options), 1);
  EXPECT_DOUBLE_EQ(RecencyFactor(0, 10 * kDay, options), 0.5);
  EXPECT_DOUBLE_EQ(RecencyFactor(0, 20 * kDay, options), 0.25);
  EXPECT_DOUBLE_EQ(RecencyFactor(5 * kDay, 0, options), 1);
  EXPECT_DOUBLE_EQ(RecencyFactor(0, 10 * kDay, {.half_life_days = 10, .weight = 0.4}), 0.8);
}

TEST_F(StagesTest, DiversityPrefersWhatSaysSomethingElse) {
  Add("a", "The pump runs at nine bar in the northern station.");
  Add("b", "The pump runs at nine bar in the northern station, it is said.");
  Add("c", "A pump of bronze leaks.");
  for (int i = 0; i < 10; ++i) Add("other" + std::to_string(i), "Nothing of interest is here.");
  Index();
  RetrievalOptions options;
  const Query query{.text = "the pump runs at nine bar", .mode = SearchMode::kLexical, .k = 2};
  EXPECT_THAT(Ids(Retrieve(query, options)), ElementsAre("a", "b"));
  options.diversity.weight = 0.6;
  EXPECT_THAT(Ids(Retrieve(query, options)), ElementsAre("a", "c"));
}

TEST(TermVectorTest, SimilarityIsTheCosine) {
  const std::vector<WeightedTerm> a = {{"a", 0.6}, {"b", 0.8}};
  EXPECT_DOUBLE_EQ(Similarity(a, a), 1);
  EXPECT_DOUBLE_EQ(Similarity(a, {{"b", 0.5}, {"c", 0.5}}), 0.4);
  EXPECT_DOUBLE_EQ(Similarity(a, {}), 0);
}

TEST_F(StagesTest, NeighboursComeBehindTheirHitAndOnce) {
  std::string text;
  for (int i = 0; i < 60; ++i) {
    text += "Paragraph " + std::to_string(i) + " tells of matters " + std::string(i % 7 + 3, 'x') +
            (i == 30 ? " and of the walrus" : "") +
            " which the crew of the station has to know before it begins to work in the hall.\n\n";
  }
  Add("long", text);
  Index();
  const auto snapshot = engine_.snapshot();
  ASSERT_GE(snapshot->live_chunks(), 4u);
  RetrievalOptions options;
  const Query query{.text = "walrus", .mode = SearchMode::kLexical, .k = 1};
  const Retrieved alone = Retrieve(query, options);
  ASSERT_THAT(alone.hits, SizeIs(1));
  const RowId row = alone.hits[0].row;
  options.neighbours = 1;
  const Retrieved found = Retrieve(query, options);
  ASSERT_THAT(found.hits, SizeIs(3));
  EXPECT_EQ(found.hits[0].row, row);
  EXPECT_FALSE(found.hits[0].is_neighbour);
  EXPECT_EQ(found.hits[1].row, row - 1);
  EXPECT_EQ(found.hits[2].row, row + 1);
  EXPECT_TRUE(found.hits[2].is_neighbour);
  options.neighbours = 100;
  EXPECT_THAT(Retrieve(query, options).hits, SizeIs(snapshot->live_chunks()));
  EXPECT_THAT(Ids(Retrieve({.text = "crew of the station", .k = 50}, options)),
              SizeIs(snapshot->live_chunks()));
}

// A document of three sections, the second with one below it, in chunks of a paragraph or two.
Document SectionedDocument() {
  Document document = testing::TextDocument("manual", "", "");
  const auto add = [&](BlockKind kind, uint32_t level, const std::string& text) {
    const uint64_t begin = document.text.size();
    document.text += text;
    document.blocks.push_back(
        {.kind = kind, .level = level, .begin = begin, .end = document.text.size()});
    document.text += "\n\n";
  };
  int number = 0;
  const auto add_paragraphs = [&](const std::string& word) {
    for (int i = 0; i < 3; ++i) {
      std::string text;
      for (int n = 0; n < 25; ++n) text += "matter" + std::to_string(++number) + " of the station ";
      add(BlockKind::kParagraph, 0, text + (i == 1 ? word : "hall") + ".");
    }
  };
  add(BlockKind::kHeading, 1, "Start");
  add_paragraphs("walnut");
  add(BlockKind::kHeading, 1, "Pump");
  add_paragraphs("walrus");
  add(BlockKind::kHeading, 2, "Valve");
  add_paragraphs("walkway");
  add(BlockKind::kHeading, 1, "End");
  add_paragraphs("wallet");
  return document;
}

TEST(SectionTest, BringsWhatStandsUnderTheHeadingOfTheHit) {
  testing::TestEngine engine;
  engine.ingest.chunks.target_tokens = engine.ingest.chunks.max_tokens = 120;
  engine.ingest.chunks.min_tokens = 50;
  engine.ingest.embedding.enabled = false;
  engine.Add({SectionedDocument()});
  const auto snapshot = engine.snapshot();
  const auto headings = [&](const std::string& word, uint32_t tokens) {
    Query query{.text = word, .mode = SearchMode::kLexical, .k = 1};
    query.options.emplace().section_tokens = tokens;
    const Retrieved found = engine.retriever.Retrieve(query, *snapshot, CallContext()).value();
    uint64_t read = 0;
    std::set<std::string> names;
    for (const RankedHit& hit : found.hits) {
      const index::StoredChunk chunk = snapshot->ReadChunk(hit.hit.chunk).value();
      names.insert(chunk.span.heading_path.back());
      read += chunk.token_count;
      EXPECT_EQ(hit.is_neighbour, hit.row != found.hits[0].row);
    }
    EXPECT_TRUE(read <= tokens || found.hits.size() == 1) << read;
    return names;
  };
  EXPECT_THAT(headings("walnut", 10'000), ElementsAre("Start"));
  EXPECT_THAT(headings("walrus", 10'000), ElementsAre("Pump", "Valve"));  // what is below it, too
  EXPECT_THAT(headings("walkway", 10'000), ElementsAre("Valve"));
  EXPECT_THAT(headings("wallet", 10'000), ElementsAre("End"));
  EXPECT_THAT(headings("walrus", 300), ElementsAre("Pump"));
  EXPECT_THAT(headings("walrus", 1), ElementsAre("Pump"));
}

}  // namespace
}  // namespace quarry::retrieval
