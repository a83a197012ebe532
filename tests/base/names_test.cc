#include "base/names.h"

#include <algorithm>
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

TEST(Names, ADistanceBeyondTheMostIsOneMore) {
  EXPECT_EQ(EditDistance("torque", "torque", 2), 0u);
  EXPECT_EQ(EditDistance("torqe", "torque", 2), 1u);
  EXPECT_EQ(EditDistance("toruqe", "torque", 2), 1u);
  EXPECT_EQ(EditDistance("trquee", "torque", 2), 2u);
  EXPECT_EQ(EditDistance("pump", "valve", 2), 3u);
  EXPECT_EQ(EditDistance("pump", "pumps", 0), 1u);
  EXPECT_EQ(EditDistance("", "ab", 2), 2u);
  EXPECT_EQ(EditDistance("ca", "abc", 3), 3u) << "no edit between the letters of a swap";
  // As without a most, for words and for what is longer than one.
  const std::vector<std::string> texts = {"",
                                          "torque",
                                          "troque",
                                          "tourqe",
                                          "a valve closes",
                                          std::string(60, 'a'),
                                          std::string(58, 'a') + "ba"};
  for (const std::string& a : texts) {
    for (const std::string& b : texts) {
      const size_t distance = EditDistance(a, b);
      for (size_t most = 0; most < 70; ++most) {
        EXPECT_EQ(EditDistance(a, b, most), std::min(distance, most + 1)) << a << ' ' << b;
      }
    }
  }
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
