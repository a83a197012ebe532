#include "retrieval/fusion.h"

#include "tests/testing/test_environment.h"

namespace quarry::retrieval {
namespace {

using index::RowTable;
using index::ScoredRow;

// Rows 0..9, one document each, whose ids order as the rows do.
RowTable TenRows() {
  RowTable table;
  for (uint64_t i = 0; i < 10; ++i) {
    table.Append(DocumentNumber(i + 1), "d" + std::to_string(i), {ChunkId(i + 1)});
  }
  return table;
}

// As of one collection: each list is scaled by its own range.
std::vector<FusedRow> FuseByRange(const std::vector<ScoredRow>& lexical,
                                  const std::vector<ScoredRow>& dense, const FusionOptions& options,
                                  const RowTable& table) {
  return Fuse(lexical, dense, LegScale::Of(lexical), LegScale::Of(dense), options, table);
}

TEST(FusionTest, ConvexScalesEachListByItsOwnRange) {
  const auto fused =
      FuseByRange({{1, 12.0}, {2, 7.0}, {3, 2.0}}, {{3, 0.9}, {4, 0.5}}, {}, TenRows());
  ASSERT_EQ(fused.size(), 4u);
  EXPECT_EQ(fused[0].row, 1u);
  EXPECT_DOUBLE_EQ(fused[0].score, 0.65);
  EXPECT_EQ(fused[1].row, 3u);
  EXPECT_DOUBLE_EQ(fused[1].score, 0.35);
  EXPECT_EQ(fused[1].lexical_rank, 3u);
  EXPECT_EQ(fused[1].dense_rank, 1u);
  EXPECT_DOUBLE_EQ(fused[1].lexical_score, 2.0);
  EXPECT_EQ(fused[2].row, 2u);
  EXPECT_DOUBLE_EQ(fused[2].score, 0.325);
  EXPECT_EQ(fused[2].dense_rank, 0u);
  EXPECT_DOUBLE_EQ(fused[3].score, 0.0);
}

TEST(FusionTest, AListOfEqualScoresCountsFully) {
  const auto fused = FuseByRange({{1, 3.0}, {2, 3.0}}, {{2, 0.1}}, {}, TenRows());
  EXPECT_EQ(fused[0].row, 2u);
  EXPECT_DOUBLE_EQ(fused[0].score, 1.0);
  EXPECT_DOUBLE_EQ(fused[1].score, 0.65);
}

TEST(FusionTest, ReciprocalRankLooksAtRanksOnly) {
  const FusionOptions options{.method = FusionMethod::kReciprocalRank, .dense_weight = 0.5};
  const auto fused = FuseByRange({{1, 900.0}, {2, 1.0}}, {{2, 0.2}, {5, 0.1}}, options, TenRows());
  EXPECT_EQ(fused[0].row, 2u);
  EXPECT_DOUBLE_EQ(fused[0].score, 0.5 / 62 + 0.5 / 61);
  EXPECT_EQ(fused[1].row, 1u);
  EXPECT_DOUBLE_EQ(fused[1].score, 0.5 / 61);
}

TEST(FusionTest, TiesBreakByDocumentIdWhateverTheRows) {
  RowTable table;
  table.Append(DocumentNumber(1), "zebra", {ChunkId(1)});
  table.Append(DocumentNumber(2), "ant", {ChunkId(2)});
  const auto fused = FuseByRange({{0, 5.0}, {1, 5.0}}, {}, {}, table);
  EXPECT_EQ(fused[0].row, 1u);
  EXPECT_EQ(fused[1].row, 0u);
}

TEST(FusionTest, EmptyListsGiveNothing) { EXPECT_TRUE(FuseByRange({}, {}, {}, TenRows()).empty()); }

TEST(FusionTest, AFactorMakesAListCountLess) {
  const std::vector<ScoredRow> lexical = {{1, 2.0}, {2, 1.0}};
  LegScale scale = LegScale::Of(lexical);
  scale.factor = 0.5;
  const auto fused = Fuse(lexical, {}, scale, {}, {.dense_weight = 0}, TenRows());
  EXPECT_DOUBLE_EQ(fused[0].score, 0.5);
}

}  // namespace
}  // namespace quarry::retrieval
