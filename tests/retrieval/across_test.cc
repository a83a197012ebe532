// Several collections searched at once.

#include "retrieval/absence.h"
#include "tests/testing/engine_testing.h"

namespace quarry::retrieval {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class AcrossTest : public ::testing::Test {
 protected:
  // "pump" is in every document of "plant" and in one of "office".
  AcrossTest() {
    std::vector<Document> plant;
    for (int i = 0; i < 20; ++i) {
      const std::string n = std::to_string(i);
      plant.push_back(testing::TextDocument("plant/" + n, "",
                                            "The pump number " + n + " is serviced every week."));
    }
    plant.push_back(
        testing::TextDocument("plant/gasket", "", "The pump gasket is made of graphite."));
    engine_.Add(std::move(plant));
    first_ = engine_.snapshot();
    const CollectionId office = engine_.index->CreateCollection("office").value();
    index::IndexWriter writer = engine_.index->OpenWriter(office).value();
    ingest::Pipeline pipeline(writer, engine_.analyzer, engine_.pool, engine_.embedders,
                              engine_.ingest);
    std::vector<Document> documents;
    for (int i = 0; i < 20; ++i) {
      documents.push_back(testing::TextDocument("office/" + std::to_string(i), "",
                                                "Letters of the week number " + std::to_string(i)));
    }
    documents.push_back(
        testing::TextDocument("office/pump", "", "A pump was delivered to the reception."));
    ingest::IngestReport report;
    const Status added = pipeline.Add(std::move(documents), report, CallContext());
    QUARRY_CHECK(added.ok());
    second_ = engine_.index->GetSnapshot(office).value();
  }
  Result<Retrieved> Across(Query query) {
    const index::Snapshot* const both[] = {first_.get(), second_.get()};
    return engine_.retriever.RetrieveAcross(query, both, CallContext());
  }
  std::vector<std::string> Ids(const Retrieved& retrieved) {
    const index::Snapshot* const both[] = {first_.get(), second_.get()};
    std::vector<std::string> ids;
    for (const Passage& passage : ReadPassages(both, retrieved.hits).value()) {
      ids.push_back(passage.chunk.document);
    }
    return ids;
  }

  testing::TestEngine engine_;
  std::shared_ptr<const index::Snapshot> first_;
  std::shared_ptr<const index::Snapshot> second_;
};

TEST_F(AcrossTest, ScoresAreThoseOfOneCollectionOfAll) {
  // The same documents in one collection, whose mean length is nearly theirs.
  testing::TestEngine one;
  std::vector<Document> all;
  for (const auto& snapshot : {first_, second_}) {
    const Status read = snapshot->ForEachDocument([&](const index::StoredDocument& document) {
      all.push_back(
          testing::TextDocument(document.id, "", snapshot->ReadText(document.number).value()));
      return true;
    });
    QUARRY_CHECK(read.ok());
  }
  one.Add(std::move(all));
  for (const std::string text :
       {"pump gasket", "pump", "week pump delivered", "graphite reception"}) {
    const Query query{.text = text, .mode = SearchMode::kLexical, .k = 60};
    const Retrieved across = Across(query).value();
    const auto snapshot = one.snapshot();
    const Retrieved together = one.retriever.Retrieve(query, *snapshot, CallContext()).value();
    ASSERT_EQ(across.hits.size(), together.hits.size()) << text;
    std::map<std::string, double> expected;
    const auto passages = ReadPassages(*snapshot, together.hits).value();
    for (const Passage& passage : passages) expected[passage.chunk.document] = passage.score;
    const std::vector<std::string> ids = Ids(across);
    for (size_t i = 0; i < ids.size(); ++i) {
      EXPECT_NEAR(across.hits[i].hit.score, expected.at(ids[i]), 0.1 * expected.at(ids[i]))
          << text << " " << ids[i];
    }
    EXPECT_GE(expected.at(ids[0]), 0.9 * passages[0].score) << text;
  }
}

TEST_F(AcrossTest, AWordThatIsRareInOneCollectionAloneDoesNotWin) {
  // Alone, "pump" is worth much in the office and nothing in the plant.
  EXPECT_EQ(Ids(Across({.text = "pump gasket", .mode = SearchMode::kLexical}).value())[0],
            "plant/gasket");
}

TEST_F(AcrossTest, HybridAndEveryStageRunOverAllOfThem) {
  Query query{.text = "pump gasket week", .k = 30, .options = RetrievalOptions()};
  query.options->feedback.enabled = true;
  query.options->hops.hops = 2;
  query.options->diversity.weight = 0.2;
  query.options->neighbours = 1;
  query.options->recency.field = "date";
  for (const FusionMethod method : {FusionMethod::kConvex, FusionMethod::kReciprocalRank}) {
    query.options->fusion.method = method;
    const Retrieved found = Across(query).value();
    EXPECT_THAT(found.hits, SizeIs(30));
    std::set<uint32_t> collections;
    for (const RankedHit& hit : found.hits) collections.insert(hit.collection);
    EXPECT_THAT(collections, ElementsAre(0u, 1u));
    const Retrieved again = Across(query).value();
    EXPECT_EQ(Ids(again), Ids(found));
  }
}

TEST_F(AcrossTest, WhyADocumentIsAbsentIsToldOfTheCollectionWhereItMayBeRead) {
  Document hidden = testing::TextDocument("office/pump", "", "A pump that nobody may know of.");
  hidden.access = {"board"};
  engine_.Add({std::move(hidden)});
  first_ = engine_.snapshot();
  const index::Snapshot* const both[] = {first_.get(), second_.get()};
  Query query{.text = "pump", .mode = SearchMode::kLexical, .k = 50};
  query.principals = {.unrestricted = false, .names = {"staff"}};
  const auto why = [&](Snapshots snapshots) {
    const Retrieved retrieved =
        engine_.retriever.RetrieveAcross(query, snapshots, CallContext()).value();
    return WhyAbsent(engine_.retriever, query, snapshots, retrieved, "office/pump", {},
                     CallContext())
        .value();
  };
  EXPECT_EQ(why(both).reason, Absence::Reason::kFound) << why(both).text;
  const index::Snapshot* const one[] = {first_.get()};
  EXPECT_EQ(why(one).reason, Absence::Reason::kNotInCollection);
}

TEST_F(AcrossTest, OneCollectionGivesWhatItGivesAlone) {
  const index::Snapshot* const one[] = {first_.get()};
  const Query query{.text = "pump gasket", .k = 5};
  const Retrieved alone = engine_.retriever.Retrieve(query, *first_, CallContext()).value();
  const Retrieved across = engine_.retriever.RetrieveAcross(query, one, CallContext()).value();
  ASSERT_EQ(alone.hits.size(), across.hits.size());
  for (size_t i = 0; i < alone.hits.size(); ++i) {
    EXPECT_EQ(alone.hits[i].row, across.hits[i].row);
    EXPECT_EQ(alone.hits[i].hit.score, across.hits[i].hit.score);
  }
  EXPECT_THAT(engine_.retriever.RetrieveAcross(query, {}, CallContext()).status().message(),
              HasSubstr("collections: expected at least one"));
}

}  // namespace
}  // namespace quarry::retrieval
