#include "retrieval/hops.h"

#include "retrieval/names.h"
#include "tests/testing/engine_testing.h"

namespace quarry::retrieval {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(NamesTest, CapitalisedRunsAreNames) {
  EXPECT_THAT(NamesIn("The film was directed by Ada Marsh for the Bank of Elmstead."),
              ElementsAre("Ada Marsh", "Bank of Elmstead"));
  EXPECT_THAT(NamesIn("It opened in Riga, Tallinn and Oslo."),
              ElementsAre("Riga", "Tallinn", "Oslo"));
  EXPECT_THAT(NamesIn("He met J. R. Tolley. Ada wrote to O'Brien-Smith in 1998."),
              ElementsAre("J R Tolley", "Ada", "O'Brien-Smith"));
  EXPECT_THAT(NamesIn("nothing here. What is it? The end."), IsEmpty());
}

TEST(NamesTest, CodesAndQuotationsAreNames) {
  EXPECT_THAT(NamesIn("the pump VX-220 of NASA runs"), ElementsAre("VX-220", "NASA"));
  EXPECT_THAT(NamesIn("他写了《红楼梦》，也读“石头记”。"), ElementsAre("红楼梦", "石头记"));
  EXPECT_THAT(NamesIn("an unfinished \"quote"), IsEmpty());
}

TEST(NamesTest, AccentedCapitalsAreCapitals) {
  EXPECT_THAT(NamesIn("it was painted by Édouard Ñuñez there"), ElementsAre("Édouard Ñuñez"));
}

class HopsTest : public ::testing::Test {
 protected:
  HopsTest() {
    engine_.Add({
        testing::TextDocument("film", "Silver Heron",
                              "Silver Heron is a film of 1961, directed by Ada Marsh."),
        testing::TextDocument("ada", "Ada Marsh",
                              "Ada Marsh grew up in Elmstead, where her parents kept a mill."),
        testing::TextDocument("copper", "Copper Heron",
                              "Copper Heron is a film about the director of a museum."),
        testing::TextDocument("town", "Towns", "Many directors grew up in small towns."),
        testing::TextDocument("mill", "Mills", "A mill grinds corn, and a film shows one."),
    });
  }
  std::vector<DocumentId> Ids(uint32_t hops, std::vector<Hop>* followed = nullptr) {
    Query query{.text = "Where did the director of Silver Heron grow up?",
                .mode = SearchMode::kLexical,
                .k = 2,
                .options = RetrievalOptions()};
    query.options->hops.hops = hops;
    const auto snapshot = engine_.snapshot();
    const Retrieved found = engine_.retriever.Retrieve(query, *snapshot, CallContext()).value();
    if (followed != nullptr) {
      *followed = found.hops;
      EXPECT_EQ(found.hits[0].hop, 0u);
      EXPECT_EQ(found.hits[1].hop, 1u);
    }
    std::vector<DocumentId> ids;
    for (const RankedHit& hit : found.hits) {
      ids.emplace_back(snapshot->rows().DocumentOf(hit.row).id);
    }
    return ids;
  }
  testing::TestEngine engine_;
};

TEST_F(HopsTest, ANameOfTheFirstHitLeadsToTheSecond) {
  EXPECT_THAT(Ids(1), Contains("film"));
  EXPECT_THAT(Ids(1), ::testing::Not(Contains("ada")));
  std::vector<Hop> followed;
  EXPECT_THAT(Ids(2, &followed), ElementsAre("film", "ada"));
  ASSERT_THAT(followed, ::testing::Not(IsEmpty()));
  EXPECT_EQ(followed[0].name, "Ada Marsh");
  EXPECT_EQ(followed[0].document, "film");
  EXPECT_EQ(followed[0].hop, 2u);
  for (const Hop& hop : followed) EXPECT_NE(hop.name, "Silver Heron");
}

TEST_F(HopsTest, ThreeHopsGiveTheSameTwice) { EXPECT_EQ(Ids(3), Ids(3)); }

}  // namespace
}  // namespace quarry::retrieval
