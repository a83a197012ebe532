#include "base/hash.h"

#include <set>

#include "base/random.h"
#include "tests/testing/test_data.h"
#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

// These values are in stored records: a change of any of them makes old indexes unreadable.
TEST(HashTest, ValuesAreStable) {
  EXPECT_EQ(HashToHex(Hash64("")), "2d06800538d394c2");
  EXPECT_EQ(HashToHex(Hash64("quarry")), "7ad60bec274371b3");
  EXPECT_EQ(HashToHex(Hash64("quarry", 1)), "9d760ec0a218ee86");
  EXPECT_EQ(HashToHex(HashCombine(1, 2)), "1722dee50e00c79c");
}

TEST(HashTest, HexHasSixteenDigits) {
  EXPECT_EQ(HashToHex(0), "0000000000000000");
  EXPECT_EQ(HashToHex(0xAB), "00000000000000ab");
  EXPECT_EQ(HashToHex(UINT64_MAX), "ffffffffffffffff");
}

TEST(HashTest, SeedsGiveDifferentHashes) { EXPECT_NE(Hash64("text"), Hash64("text", 1)); }

TEST(HashTest, CombineDependsOnOrder) {
  EXPECT_NE(HashCombine(HashCombine(0, 1), 2), HashCombine(HashCombine(0, 2), 1));
}

TEST(HashTest, CombineHasNoEasyCollisions) {
  std::set<uint64_t> seen;
  for (uint64_t a = 0; a < 100; ++a) {
    for (uint64_t b = 0; b < 100; ++b) seen.insert(HashCombine(a, b));
  }
  EXPECT_EQ(seen.size(), 10000u);
}

TEST(StreamingHashTest, EqualsTheHashOfAllPieces) {
  Random random(1);
  for (int round = 0; round < 200; ++round) {
    std::string all;
    StreamingHash hash;
    while (random.Below(10) != 0) {
      const std::string piece = testing::RandomBytes(random, random.Below(700));
      hash.Update(piece);
      all += piece;
      ASSERT_EQ(hash.Finish(), Hash64(all));
    }
  }
}

TEST(StreamingHashTest, OfNothingIsTheHashOfNothing) {
  StreamingHash hash;
  hash.Update(std::string_view());
  EXPECT_EQ(hash.Finish(), Hash64(""));
}

}  // namespace
}  // namespace quarry
