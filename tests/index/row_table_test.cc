#include "index/row_table.h"

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

}  // namespace
}  // namespace quarry::index
