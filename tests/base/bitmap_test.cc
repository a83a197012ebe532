#include "base/bitmap.h"

#include <vector>

#include "base/random.h"
#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

std::vector<bool> Bits(const Bitmap& bitmap) {
  std::vector<bool> bits(bitmap.size());
  for (size_t i = 0; i < bits.size(); ++i) bits[i] = bitmap.Test(i);
  return bits;
}

TEST(BitmapTest, AgreesWithVectorOfBool) {
  Random random(1);
  for (int round = 0; round < 50; ++round) {
    Bitmap bitmap;
    std::vector<bool> expected;
    for (int step = 0; step < 60; ++step) {
      const uint64_t action = random.Below(8);
      if (action == 0 || expected.empty()) {
        const size_t size = random.Below(300);
        const bool value = random.Below(2) != 0;
        bitmap.Resize(size, value);
        expected.resize(size, value);
      } else if (action == 1) {
        Bitmap other(expected.size());
        for (size_t i = 0; i < expected.size(); ++i) {
          if (random.Below(3) != 0) {
            other.Set(i);
          } else {
            expected[i] = false;
          }
        }
        bitmap.IntersectWith(other);
      } else {
        const size_t index = random.Below(expected.size());
        const bool value = action % 2 == 0;
        value ? bitmap.Set(index) : bitmap.Clear(index);
        expected[index] = value;
      }
      ASSERT_EQ(Bits(bitmap), expected);
      ASSERT_EQ(bitmap.Count(),
                static_cast<size_t>(std::count(expected.begin(), expected.end(), true)));
    }
  }
}

TEST(BitmapTest, VisitsSetBitsAscending) {
  Bitmap bitmap(200);
  const std::vector<size_t> expected = {0, 63, 64, 65, 127, 128, 199};
  for (const size_t index : expected) bitmap.Set(index);
  std::vector<size_t> visited;
  bitmap.ForEachSet([&](size_t index) { visited.push_back(index); });
  EXPECT_EQ(visited, expected);
}

TEST(BitmapTest, BitsBeyondTheEndAreForgottenWhenItShrinks) {
  Bitmap bitmap(100, true);
  bitmap.Resize(70);
  bitmap.Resize(100);
  EXPECT_EQ(bitmap.Count(), 70u);
}

TEST(BitmapTest, EqualSetsAreEqualHoweverTheyWereMade) {
  Bitmap shrunk(128, true);
  shrunk.Resize(65);
  EXPECT_EQ(shrunk, Bitmap(65, true));
  EXPECT_NE(shrunk, Bitmap(65));
}

TEST(BitmapTest, EmptyOnesHaveNoBits) {
  Bitmap bitmap;
  EXPECT_EQ(bitmap.Count(), 0u);
  bitmap.Resize(0, true);
  EXPECT_EQ(bitmap, Bitmap());
}

}  // namespace
}  // namespace quarry
