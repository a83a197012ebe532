#include "index/held_languages.h"

#include "tests/index/index_testing.h"
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

class DocumentLanguagesTest : public IndexTest {};

TEST_F(DocumentLanguagesTest, ASingleDocumentCountsAsLongAsItIsThere) {
  ASSERT_OK(Open());
  const auto put = [&](const std::string& id, const std::string& language) {
    std::vector<DocumentDraft> drafts;
    drafts.push_back(MakeDraft(id, {"pump " + id}, {}));
    drafts.back().document.language = language;
    Put(std::move(drafts));
  };
  EXPECT_EQ(TestSnapshot()->DocumentLanguages().value(), HeldLanguages());
  put("none", "");
  for (int i = 0; i < 30; ++i) put("en" + std::to_string(i), "en");
  const auto before = TestSnapshot();
  EXPECT_EQ(before->DocumentLanguages().value(), (HeldLanguages{.english = true}));
  put("zh", "zh");
  const auto after = TestSnapshot();
  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ(after->DocumentLanguages().value(),
              (HeldLanguages{.english = true, .chinese = true}));
    EXPECT_EQ(before->DocumentLanguages().value(), (HeldLanguages{.english = true}));
  }
  put("zh", "fr");
  EXPECT_EQ(TestSnapshot()->DocumentLanguages().value(), (HeldLanguages{.english = true}));
}

}  // namespace
}  // namespace quarry::index
