#include "base/ids.h"

#include <type_traits>
#include <unordered_set>

#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

TEST(IdsTest, IdsOfDifferentKindsDoNotConvert) {
  static_assert(!std::is_convertible_v<ChunkId, DocumentNumber>);
  static_assert(!std::is_convertible_v<uint64_t, ChunkId>);
  static_assert(!std::is_convertible_v<ChunkId, uint64_t>);
}

TEST(IdsTest, ZeroMeansNone) {
  EXPECT_FALSE(ChunkId());
  EXPECT_TRUE(ChunkId(1));
}

TEST(IdsTest, IdsOrderAndHashByValue) {
  EXPECT_LT(ChunkId(2), ChunkId(10));
  EXPECT_EQ((std::unordered_set<ChunkId>{ChunkId(1), ChunkId(2), ChunkId(1)}.size()), 2u);
}

}  // namespace
}  // namespace quarry
