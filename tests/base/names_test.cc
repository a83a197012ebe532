#include "base/names.h"

#include <string>
#include <vector>

#include "tests/testing/test_environment.h"

namespace quarry {
namespace {

TEST(Names, DistanceCountsEdits) {
  EXPECT_EQ(EditDistance("", "abc"), 3u);
  EXPECT_EQ(EditDistance("same", "same"), 0u);
  EXPECT_EQ(EditDistance("serach", "search"), 1u);  // neighbours exchanged
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
}

TEST(Names, TheNearestIsASlipAway) {
  const std::vector<std::string_view> names = {"collection", "k", "mode"};
  EXPECT_EQ(NearestName("colection", names), "collection");
  EXPECT_EQ(NearestName("modes", names), "mode");
  EXPECT_EQ(NearestName("temperature", names), "");
  const std::vector<std::string_view> short_names = {"query", "k"};
  EXPECT_EQ(NearestName("kk", short_names), "k");
  EXPECT_EQ(NearestName("q", short_names), "");
  EXPECT_EQ(NearestName(std::string(10000, 'x'), names), "");
}

}  // namespace
}  // namespace quarry
