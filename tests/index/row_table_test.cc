#include "index/row_table.h"

#include <algorithm>
#include <limits>

#include "base/random.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

std::vector<ChunkId> Chunks(uint64_t first, size_t count) {
  std::vector<ChunkId> chunks;
  for (size_t i = 0; i < count; ++i) chunks.push_back(ChunkId(first + i));
  return chunks;
}

TEST(RowTableTest, RowsOfADocumentAreNeighboursInOrder) {
  RowTable table;
  EXPECT_EQ(table.Append(DocumentNumber(7), "manual.md", Chunks(100, 3)), 0u);
  EXPECT_EQ(table.Append(DocumentNumber(8), "empty.md", {}), 1u);
  EXPECT_EQ(table.Append(DocumentNumber(9), "faq.md", Chunks(200, 2)), 2u);

  ASSERT_EQ(table.rows(), 5u);
  EXPECT_EQ(table.documents(), 3u);
  EXPECT_EQ(table.row(2).chunk, ChunkId(102));
  EXPECT_EQ(table.row(2).ordinal, 2u);
  EXPECT_EQ(table.DocumentOf(2).id, "manual.md");
  EXPECT_EQ(table.document(1).rows, 0u);
  EXPECT_EQ(table.document(2).first_row, 3u);
  EXPECT_EQ(table.DocumentOf(4).number, DocumentNumber(9));
}

TEST(RowTableTest, ACopyKeepsSeeingTheRowsOfItsMoment) {
  RowTable table;
  table.Append(DocumentNumber(1), "a", Chunks(1, 4095));
  const RowTable copy = table;
  table.Append(DocumentNumber(2), "b", Chunks(10'000, 5000));
  EXPECT_EQ(copy.rows(), 4095u);
  EXPECT_EQ(copy.documents(), 1u);
  EXPECT_EQ(copy.row(4094).chunk, ChunkId(4095));
  EXPECT_EQ(table.rows(), 9095u);
  EXPECT_EQ(table.row(9094).chunk, ChunkId(14'999));
}

TEST(RowTableTest, DocumentIdThenOrdinalDecidesWhichRowPrecedes) {
  RowTable table;
  table.Append(DocumentNumber(1), "b", Chunks(1, 2));  // rows 0, 1
  table.Append(DocumentNumber(2), "a", Chunks(3, 2));  // rows 2, 3
  EXPECT_TRUE(table.Precedes(2, 0));
  EXPECT_TRUE(table.Precedes(3, 0));
  EXPECT_TRUE(table.Precedes(0, 1));
  EXPECT_FALSE(table.Precedes(1, 0));
  EXPECT_FALSE(table.Precedes(0, 0));
}

TEST(TopRowsTest, KeepsTheBestWhateverTheOrderOfOffers) {
  RowTable table;
  table.Append(DocumentNumber(1), "a", Chunks(1, 1000));
  Random random(3);
  std::vector<ScoredRow> offers;
  for (RowId row = 0; row < 1000; ++row) {
    offers.push_back({row, static_cast<double>(random.Below(50))});  // many ties
  }
  std::vector<ScoredRow> expected = offers;
  std::sort(expected.begin(), expected.end(),
            [&](const ScoredRow& a, const ScoredRow& b) { return Better(table, a, b); });
  for (const size_t k : {1u, 10u, 999u, 1000u, 2000u}) {
    for (size_t i = offers.size() - 1; i > 0; --i)
      std::swap(offers[i], offers[random.Below(i + 1)]);
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
  RowTable table;
  table.Append(DocumentNumber(1), "a", Chunks(1, 3));
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
  RowTable table;
  table.Append(DocumentNumber(1), "a", Chunks(1, 1));
  TopRows top(table, 0);
  EXPECT_EQ(top.Threshold(), std::numeric_limits<double>::infinity());
  top.Offer({0, 1.0});
  EXPECT_TRUE(top.Take().empty());
}

}  // namespace
}  // namespace quarry::index
