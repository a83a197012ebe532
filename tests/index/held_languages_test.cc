#include "index/held_languages.h"

#include "tests/index/lexical_testing.h"
#include "tests/testing/test_environment.h"

namespace quarry::index {
namespace {

using Bag = Bags::value_type;

const Bag kEnglish = {{"have", 1}, {"which", 1}, {"from", 2}, {"pump", 1}};
const Bag kChinese = {{"可以", 1}, {"一个", 1}, {"如果", 1}, {"水泵", 2}};
const Bag kNames = {{"水泵", 1}, {"pump", 2}, {"api", 1}, {"from", 1}, {"json", 3}};

// So many chunks of each.
HeldLanguages Held(std::vector<std::pair<Bag, int>> chunks) {
  LexicalCollection collection;
  int number = 0;
  for (const auto& [bag, count] : chunks) {
    for (int i = 0; i < count; ++i) collection.Put("d" + std::to_string(number++), {bag});
  }
  collection.Commit();
  return FindHeldLanguages(*collection.index);
}

TEST(HeldLanguagesTest, AreToldByTheirCommonWords) {
  EXPECT_EQ(Held({}), (HeldLanguages{}));
  EXPECT_EQ(Held({{kEnglish, 1}}), (HeldLanguages{.english = true}));
  EXPECT_EQ(Held({{kChinese, 9}}), (HeldLanguages{.chinese = true}));
  EXPECT_EQ(Held({{kChinese, 9}, {kEnglish, 1}}),
            (HeldLanguages{.english = true, .chinese = true}));
}

TEST(HeldLanguagesTest, NamesAndAFewStraysAreNoLanguage) {
  EXPECT_EQ(Held({{kChinese, 50}, {kNames, 50}}), (HeldLanguages{.chinese = true}));
  EXPECT_EQ(Held({{kEnglish, 990}, {kChinese, 9}}), (HeldLanguages{.english = true}));
  EXPECT_EQ(Held({{kEnglish, 990}, {kChinese, 10}}),
            (HeldLanguages{.english = true, .chinese = true}));
}

TEST(HeldLanguagesTest, AreThoseOfLiveRows) {
  LexicalCollection collection;
  collection.Put("en", {kEnglish});
  collection.Put("zh", {kChinese});
  collection.Commit();
  EXPECT_TRUE(FindHeldLanguages(*collection.index).chinese);
  collection.Remove("zh");
  collection.Commit();
  EXPECT_EQ(FindHeldLanguages(*collection.index), (HeldLanguages{.english = true}));
}

}  // namespace
}  // namespace quarry::index
