#include "retrieval/collapse.h"

#include <algorithm>
#include <map>

#include "base/random.h"
#include "retrieval/absence.h"
#include "retrieval/cache_scope.h"
#include "retrieval/facets.h"
#include "tests/testing/engine_testing.h"
#include "tests/testing/resemblance_oracle.h"

namespace quarry::retrieval {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kPumpPage[] =
    "The pump of the northern station runs at nine bar and is oiled once a week by the crew, who "
    "write "
    "down the pressure, the temperature of the bearings and the hours that it has run since "
    "spring.";
constexpr char kPumpPageInChinese[] =
    "北站的水泵在九巴压力下运行，每周由班组加油一次，班组记录压力、轴承温度以及自春季以来的运行小时"
    "数。";

class CollapseTest : public ::testing::Test {
 protected:
  void Add(const std::string& id, const std::string& text, std::vector<std::string> access = {}) {
    Document document = testing::TextDocument(id, "", text);
    if (!access.empty()) document.access = std::move(access);
    documents_.push_back(std::move(document));
    texts_[id] = text;
  }
  void Index() { engine_.Add(std::move(documents_)); }

  Retrieved Search(Query query, double collapse) {
    query.options.emplace().collapse = collapse;
    return engine_.retriever.Retrieve(query, *engine_.snapshot(), CallContext()).value();
  }
  Retrieved Search(const std::string& text, uint32_t k, double collapse) {
    return Search(Query{.text = text, .mode = SearchMode::kLexical, .k = k}, collapse);
  }
  std::string IdOf(const RankedHit& hit) {
    return std::string(engine_.snapshot()->rows().DocumentOf(hit.row).id);
  }
  std::vector<std::string> Ids(const std::vector<RankedHit>& hits) {
    std::vector<std::string> ids;
    for (const RankedHit& hit : hits) ids.push_back(IdOf(hit));
    return ids;
  }
  std::vector<std::string> AlsoInIds(const Retrieved& retrieved, size_t hit) {
    const auto snapshot = engine_.snapshot();
    const index::Snapshot* const snapshots[] = {snapshot.get()};
    std::vector<std::string> ids;
    for (const OtherPlace& place : AlsoIn(snapshots, retrieved.collapsed, retrieved.hits[hit])) {
      ids.push_back(place.document);
    }
    return ids;
  }
  double Similarity(const std::string& a, const std::string& b) const {
    return testing::OracleResemblance(engine_.analyzer, a, b);
  }

  testing::TestEngine engine_;
  std::vector<Document> documents_;
  std::map<std::string, std::string> texts_;
};

TEST_F(CollapseTest, ACopyIsFoldedUnderTheBetterHitAndMakesRoom) {
  Add("a", kPumpPage);
  Add("b", std::string(kPumpPage) + " Twice.");
  Add("c", "A pump of bronze leaks.");
  Index();
  const std::string question = "the pump of the northern station runs at nine bar";
  const Retrieved all = Search(question, 2, 0);
  EXPECT_THAT(Ids(all.hits), ElementsAre("a", "b"));
  EXPECT_THAT(all.collapsed, IsEmpty());
  const Retrieved found = Search(question, 2, 0.9);
  EXPECT_THAT(Ids(found.hits), ElementsAre("a", "c"));
  EXPECT_THAT(AlsoInIds(found, 0), ElementsAre("b"));
  EXPECT_THAT(AlsoInIds(found, 1), IsEmpty());
  EXPECT_DOUBLE_EQ(found.collapsed[0].similarity, Similarity(texts_["a"], texts_["b"]));
  EXPECT_EQ(found.hits[0].hit.score, all.hits[0].hit.score);
  // A small k names the others, too.
  EXPECT_THAT(AlsoInIds(Search(question, 1, 0.9), 0), ElementsAre("b"));
  // They are not equal.
  EXPECT_THAT(Ids(Search(question, 2, 1).hits), ElementsAre("a", "b"));
}

TEST_F(CollapseTest, ChineseIsComparedByPairsOfCharacters) {
  Add("a", kPumpPageInChinese);
  Add("b", std::string(kPumpPageInChinese) + "好。");
  Index();
  const Retrieved found = Search("北站的水泵", 5, 0.9);
  EXPECT_THAT(Ids(found.hits), ElementsAre("a"));
  EXPECT_THAT(AlsoInIds(found, 0), ElementsAre("b"));
}

TEST_F(CollapseTest, WhatAReaderMayNotReadNeitherHidesNorIsNamed) {
  Add("a", kPumpPage, {"staff"});
  Add("b", std::string(kPumpPage) + " Always.", {"guests"});
  Add("c", std::string(kPumpPage) + " Always, it is said.", {"staff", "guests"});
  Index();
  const auto search = [&](std::vector<std::string> names) {
    return Search({.text = "the northern pump",
                   .mode = SearchMode::kLexical,
                   .principals = {.unrestricted = false, .names = std::move(names)}},
                  0.8);
  };
  const Retrieved staff = search({"staff"});
  EXPECT_THAT(Ids(staff.hits), ElementsAre("a"));
  EXPECT_THAT(AlsoInIds(staff, 0), ElementsAre("c"));
  const Retrieved guests = search({"guests"});
  EXPECT_THAT(Ids(guests.hits), ElementsAre("b"));
  EXPECT_THAT(AlsoInIds(guests, 0), ElementsAre("c"));
  EXPECT_THAT(search({"others"}).hits, IsEmpty());
}

TEST_F(CollapseTest, WhyAndTheContextSayUnderWhatADocumentIs) {
  Add("a", kPumpPage);
  Add("b", std::string(kPumpPage) + " Twice.");
  Index();
  Query query{.text = "the northern pump", .mode = SearchMode::kLexical};
  query.options.emplace().collapse = 0.9;
  const auto snapshot = engine_.snapshot();
  const index::Snapshot* const snapshots[] = {snapshot.get()};
  const Retrieved found = engine_.retriever.Retrieve(query, *snapshot, CallContext()).value();
  const Absence why =
      WhyAbsent(engine_.retriever, query, snapshots, found, "b", {}, CallContext()).value();
  EXPECT_EQ(why.reason, Absence::Reason::kCollapsed);
  EXPECT_EQ(why.text, "collapsed under a#0");
  const Context context = engine_.answerer.MakeContext(query, *snapshot, CallContext()).value();
  ASSERT_THAT(context.passages, SizeIs(1));
  EXPECT_EQ(DroppedText(context, "b"), "collapsed under a#0");
}

TEST_F(CollapseTest, CollectionsAreFoldedTogether) {
  Add("a", kPumpPage);
  Index();
  const CollectionId other = engine_.index->CreateCollection("other").value();
  {
    index::IndexWriter writer = engine_.index->OpenWriter(other).value();
    ingest::Pipeline pipeline(writer, engine_.analyzer, engine_.pool, engine_.embedders,
                              engine_.ingest);
    ingest::IngestReport report;
    ASSERT_OK(pipeline.Add({testing::TextDocument("a", "", kPumpPage)}, report, CallContext()));
  }
  const auto first = engine_.snapshot();
  const auto second = engine_.index->GetSnapshot(other).value();
  const index::Snapshot* const both[] = {first.get(), second.get()};
  Query query{.text = "the northern pump", .mode = SearchMode::kLexical};
  query.options.emplace().collapse = 0.9;
  const Retrieved found = engine_.retriever.RetrieveAcross(query, both, CallContext()).value();
  ASSERT_THAT(found.hits, SizeIs(1));
  const std::vector<OtherPlace> places = AlsoIn(both, found.collapsed, found.hits[0]);
  ASSERT_THAT(places, SizeIs(1));
  EXPECT_EQ(places[0].document, "a");
  EXPECT_NE(places[0].collection, found.hits[0].collection);
  EXPECT_EQ(CollapsedText(both, found.collapsed[0]), "collapsed under default: a#0");
}

TEST_F(CollapseTest, PassagesOfOneDocumentStay) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += std::string(kPumpPage) + "\n\n";
  Add("a", text);
  Index();
  const Retrieved all = Search("the northern pump", 50, 0);
  ASSERT_GT(all.hits.size(), 1u);
  EXPECT_EQ(Ids(Search("the northern pump", 50, 0.5).hits), Ids(all.hits));
}

TEST_F(CollapseTest, FacetsCountWhatIsFolded) {
  for (const char* id : {"a", "b", "c"}) {
    Document document = testing::TextDocument(id, "", kPumpPage);
    document.metadata = {{"plant", std::string("north")}};
    documents_.push_back(std::move(document));
  }
  Index();
  const Retrieved found = Search("the northern pump", 5, 0.9);
  ASSERT_THAT(found.hits, SizeIs(1));
  const auto snapshot = engine_.snapshot();
  const index::Snapshot* const snapshots[] = {snapshot.get()};
  const std::vector<Facet> facets = CountFacets(found, snapshots, CallContext()).value();
  const auto plant = std::ranges::find(facets, "plant", &Facet::key);
  ASSERT_NE(plant, facets.end());
  EXPECT_EQ(plant->values[0].documents, 3u);
}

TEST_F(CollapseTest, StoredAnswersAreKeptApart) {
  Add("a", kPumpPage);
  Index();
  Query query{.text = "pump"};
  query.options.emplace();
  const std::string off = CacheScope(query, *engine_.snapshot(), "");
  query.options->collapse = 0.9;
  EXPECT_NE(CacheScope(query, *engine_.snapshot(), ""), off);
}

// Against comparing each hit of the long list with all that were kept.
TEST_F(CollapseTest, RandomCopiesAreFoldedAsByComparingAll) {
  Random random(54);
  const auto sentence = [&](bool english) {
    std::string text = english ? "The pump: " : "水泵：";
    for (int i = 0; i < 12; ++i) {
      const std::string n = std::to_string(random.Below(3000));
      text += english ? "word" + n + " " : "词" + n + "，";
    }
    return text + (english ? ". " : "。");
  };
  std::vector<std::vector<std::string>> bases(8);
  for (size_t base = 0; base < bases.size(); ++base) {
    for (int i = 0; i < 6; ++i) bases[base].push_back(sentence(base % 2 == 0));
  }
  for (int copy = 0; copy < 90; ++copy) {
    std::vector<std::string> sentences = bases[random.Below(bases.size())];
    for (uint64_t edits = random.Below(3); edits > 0; --edits) {
      sentences[random.Below(sentences.size())] = sentence(true);
    }
    std::string text;
    for (const std::string& one : sentences) text += one;
    Add("d" + std::to_string(100 + copy), text);
  }
  Index();
  const auto snapshot = engine_.snapshot();
  std::map<std::pair<RowId, RowId>, double> known;
  const auto similarity = [&](RowId a, RowId b) {
    const auto [found, is_new] = known.emplace(std::minmax(a, b), 0);
    if (is_new) {
      found->second = Similarity(snapshot->ReadPassage(a).value().chunk.text,
                                 snapshot->ReadPassage(b).value().chunk.text);
    }
    return found->second;
  };
  size_t folded = 0;
  for (const double threshold : {0.3, 0.6, 0.9}) {
    for (const uint32_t k : {1u, 5u, 20u, 200u}) {
      const Retrieved all = Search("pump 水泵", 500, 0);
      std::vector<const RankedHit*> kept;
      std::vector<std::pair<RowId, RowId>> expected;  // folded, under
      for (size_t i = 0; i < all.hits.size(); ++i) {
        const RankedHit& hit = all.hits[i];
        size_t under = 0;
        if (i < 100 || kept.size() < k) {
          while (under < kept.size() && (IdOf(*kept[under]) == IdOf(hit) ||
                                         similarity(kept[under]->row, hit.row) < threshold)) {
            ++under;
          }
        } else {
          under = kept.size();
        }
        if (under < kept.size()) {
          expected.emplace_back(hit.row, kept[under]->row);
        } else {
          kept.push_back(&hit);
        }
      }
      const Retrieved found = Search("pump 水泵", k, threshold);
      std::vector<std::pair<RowId, RowId>> collapsed;
      for (const CollapsedHit& one : found.collapsed) {
        collapsed.emplace_back(one.hit.row, one.under);
      }
      EXPECT_EQ(collapsed, expected);
      ASSERT_EQ(found.hits.size(), std::min<size_t>(k, kept.size()));
      for (size_t i = 0; i < found.hits.size(); ++i) {
        EXPECT_EQ(found.hits[i].row, kept[i]->row);
        EXPECT_EQ(found.hits[i].hit.score, kept[i]->hit.score);
      }
      folded += collapsed.size();
    }
  }
  EXPECT_GT(folded, 100u);
}

}  // namespace
}  // namespace quarry::retrieval
