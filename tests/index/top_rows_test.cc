#include "index/top_rows.h"

#include <algorithm>
#include <limits>

#include "base/random.h"
#include "tests/index/vectors_testing.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

// Of `count` rows, many of which have the same of `scores` scores.
std::vector<ScoredRow> OffersOf(RowId count, uint64_t scores, Random& random) {
  std::vector<ScoredRow> offers;
  for (RowId row = 0; row < count; ++row) {
    offers.push_back({row, static_cast<double>(random.Below(scores))});
  }
  return offers;
}

void Shuffle(Random& random, std::vector<ScoredRow>& offers) {
  for (size_t i = offers.size() - 1; i > 0; --i) std::swap(offers[i], offers[random.Below(i + 1)]);
}

TEST(TopRowsTest, KeepsTheBestWhateverTheOrderOfOffers) {
  const RowTable table = TableOf(1000);
  Random random(3);
  std::vector<ScoredRow> offers = OffersOf(1000, 50, random);
  std::vector<ScoredRow> expected = offers;
  std::sort(expected.begin(), expected.end(),
            [&](const ScoredRow& a, const ScoredRow& b) { return Better(table, a, b); });
  for (const size_t k : {1u, 10u, 999u, 1000u, 2000u}) {
    Shuffle(random, offers);
    TopRows top(table, k);
    for (const ScoredRow& offer : offers) top.Offer(offer);
    const std::vector<ScoredRow> taken = top.Take();
    ASSERT_EQ(taken.size(), std::min<size_t>(k, 1000));
    for (size_t i = 0; i < taken.size(); ++i) {
      EXPECT_EQ(taken[i].row, expected[i].row);
      EXPECT_EQ(taken[i].score, expected[i].score);
    }
  }
}

TEST(TopRowsTest, ThresholdIsTheWorstKeptScoreOnceFull) {
  const RowTable table = TableOf(3);
  TopRows top(table, 2);
  EXPECT_EQ(top.Threshold(), -std::numeric_limits<double>::infinity());
  top.Offer({0, 1.0});
  EXPECT_EQ(top.Threshold(), -std::numeric_limits<double>::infinity());
  top.Offer({1, 3.0});
  EXPECT_EQ(top.Threshold(), 1.0);
  top.Offer({2, 2.0});
  EXPECT_EQ(top.Threshold(), 2.0);
  EXPECT_EQ(top.Take().size(), 2u);
  EXPECT_TRUE(top.Take().empty());
}

TEST(TopRowsTest, OfZeroKeepsNothing) {
  const RowTable table = TableOf(1);
  TopRows top(table, 0);
  EXPECT_EQ(top.Threshold(), std::numeric_limits<double>::infinity());
  top.Offer({0, 1.0});
  EXPECT_TRUE(top.Take().empty());
}

std::vector<ScoredRow> Kept(ResultCollector& top, const std::vector<ScoredRow>& offers) {
  for (const ScoredRow& offer : offers) top.Offer(offer);
  return top.Take();
}

TEST(TopDocumentsTest, KeepsWhatPrecedesTheEndOfTheLastDocumentWhateverTheOrderOfOffers) {
  const RowTable table = TableOfDocuments(1000);
  Random random(4);
  std::vector<ScoredRow> offers = OffersOf(1000, 200, random);
  for (const size_t documents : {0u, 1u, 2u, 10u, 100u, 190u, 5000u}) {
    for (int round = 0; round < 5; ++round) {
      Shuffle(random, offers);
      TopDocuments top(table, documents);
      ExpectRows(Kept(top, offers), CutAtDocuments(table, offers, documents));
      EXPECT_TRUE(top.Take().empty());
      ExpectRows(Kept(top, offers), CutAtDocuments(table, offers, documents));  // used again
    }
  }
}

// Offers that grow better and better throw all out that came before.
TEST(TopDocumentsTest, KeepsTheBestOfOffersThatBecomeBetter) {
  const RowTable table = TableOfDocuments(20'000);
  std::vector<ScoredRow> offers;
  for (RowId row = 0; row < 20'000; ++row) offers.push_back({row, static_cast<double>(row)});
  TopDocuments top(table, 50);
  ExpectRows(Kept(top, offers), CutAtDocuments(table, offers, 50));
}

TEST(TopDocumentsTest, ThresholdIsTheBestScoreOfTheWorstDocumentOnceFull) {
  const RowTable table = TableOf(3);
  TopDocuments top(table, 2);
  EXPECT_EQ(top.Threshold(), -std::numeric_limits<double>::infinity());
  top.Offer({0, 1.0});
  EXPECT_FALSE(top.is_full());
  EXPECT_EQ(top.Threshold(), -std::numeric_limits<double>::infinity());
  top.Offer({1, 3.0});
  EXPECT_TRUE(top.is_full());
  EXPECT_EQ(top.Threshold(), 1.0);
  top.Offer({2, 2.0});
  EXPECT_EQ(top.Threshold(), 2.0);
  EXPECT_EQ(top.Take().size(), 2u);
  EXPECT_EQ(TopDocuments(table, 0).Threshold(), std::numeric_limits<double>::infinity());
}

TEST(TopDocumentsTest, AnotherChunkOfADocumentTakesNoPlace) {
  RowTable table;
  table.Append(DocumentNumber(1), "a", {ChunkId(1), ChunkId(2), ChunkId(3)});
  table.Append(DocumentNumber(2), "b", {ChunkId(4)});
  table.Append(DocumentNumber(3), "c", {ChunkId(5)});
  using Rows = std::vector<ScoredRow>;
  TopDocuments top(table, 2);
  ExpectRows(Kept(top, {{0, 1.0}, {1, 5.0}, {2, 2.0}, {3, 3.0}, {4, 2.5}}),
             Rows{{1, 5.0}, {3, 3.0}});
  ExpectRows(Kept(top, {{0, 4.0}, {1, 5.0}, {2, 2.0}, {3, 3.0}, {4, 2.5}}),
             Rows{{1, 5.0}, {0, 4.0}, {3, 3.0}});
}

}  // namespace
}  // namespace quarry::index
