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

TEST(Names, ChineseNamesAreComparedByCharacters) {
  const std::vector<std::string_view> names = {"颜色", "生产日期", "重量"};
  EXPECT_EQ(NearestName("颜包", names), "颜色");
  EXPECT_EQ(NearestName("生产日", names), "生产日期");
  EXPECT_EQ(NearestName("生日产期", names), "生产日期");  // neighbours exchanged
  EXPECT_EQ(NearestName("大小", names), "");
  // 高 and 髙 differ in one byte and are one character each.
  EXPECT_EQ(NearestName("髙", std::vector<std::string_view>{"高"}), "");
  // As long a name as in English.
  std::string name;
  for (int i = 0; i < 60; ++i) name += "长";
  const std::string meant = name + "名";
  EXPECT_EQ(NearestName(name, std::vector<std::string_view>{meant}), meant);
  EXPECT_EQ(NearestName("mod\xFF", std::vector<std::string_view>{"mode"}), "mode");
}

}  // namespace
}  // namespace quarry
