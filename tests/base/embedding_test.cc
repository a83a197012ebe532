#include "base/embedding.h"

#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

TEST(EmbeddingTest, RowsViewTheMatrix) {
  EmbeddingMatrix matrix{.dimension = 3, .values = {1, 2, 3, 4, 5, 6}};
  ASSERT_EQ(matrix.rows(), 2u);
  matrix.Row(1)[0] = 40;
  EXPECT_THAT(matrix.values, ::testing::ElementsAre(1, 2, 3, 40, 5, 6));
  EXPECT_THAT(std::as_const(matrix).Row(0), ::testing::ElementsAre(1, 2, 3));
}

TEST(EmbeddingTest, AMatrixWithoutDimensionHasNoRows) { EXPECT_EQ(EmbeddingMatrix().rows(), 0u); }

TEST(EmbeddingTest, SpacesDifferByFingerprint) {
  const EmbeddingSpace space{.fingerprint = "lsa:1:aa", .dimension = 4};
  EmbeddingSpace other = space;
  EXPECT_EQ(space, other);
  other.fingerprint = "lsa:1:bb";
  EXPECT_NE(space, other);
}

}  // namespace
}  // namespace quarry
