#include "ingest/source_items.h"

#include <fstream>

#include "tests/testing/test_environment.h"

namespace quarry::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Optional;

std::vector<std::string> IdsOf(const SourceItems& items) {
  std::vector<std::string> ids;
  for (const SourceItem& item : items) ids.push_back(item.info.id);
  return ids;
}

TEST(SourceItemsTest, AFileIsMadeOfItsPathWhenItIsAskedFor) {
  const TemporaryDirectory directory = quarry::testing::MakeTemporaryDirectory();
  std::ofstream(directory.path() + "/a b.txt") << "text";
  SourceItems items(directory.path(), /*max_file_bytes=*/10);
  items.AddFile("a b.txt", 4);
  const SourceItem item = items[0];
  EXPECT_EQ(item.info.id, "a b.txt");
  EXPECT_EQ(item.info.path, directory.path() + "/a b.txt");
  EXPECT_THAT(item.info.uri, HasSubstr("/a%20b.txt"));
  EXPECT_EQ(item.bytes, 4u);
  EXPECT_EQ(item.read().value(), "text");

  std::ofstream(directory.path() + "/a b.txt") << "longer than it may be";
  EXPECT_EQ(item.read().status().code(), Code::kResourceExhausted);
  EXPECT_THAT(item.read().status().message(),
              HasSubstr("cannot read: larger than the limit of 10"));
}

TEST(SourceItemsTest, FilesOfTheRootFolderHaveOneSlash) {
  SourceItems items("/", 10);
  items.AddFile("etc/hostname", 1);
  EXPECT_EQ(items.path(0), "/etc/hostname");
}

TEST(SourceItemsTest, FilesAreSortedByBytesAndFound) {
  SourceItems items("/docs", 10);
  for (const char* path : {"b", "a/指南.md", "a", "a-b"}) items.AddFile(path, 1);
  items.SortFiles();
  EXPECT_THAT(IdsOf(items), ElementsAre("a", "a-b", "a/指南.md", "b"));
  for (size_t i = 0; i < items.size(); ++i) EXPECT_THAT(items.Find(items.id(i)), Optional(i));
  for (const char* other : {"", "a/", "aa", "c"})
    EXPECT_EQ(items.Find(other), std::nullopt) << other;
}

TEST(SourceItemsTest, ItemsOfOtherKindsStayAsTheyCame) {
  SourceItems items;
  EXPECT_TRUE(items.empty());
  for (const char* url : {"https://b/", "https://a/", "https://b/"}) {
    SourceItem item;
    item.info = {.id = url, .path = url, .uri = url};
    item.bytes = items.size();
    item.is_unchanged = true;
    item.read = [url]() -> Result<std::string> { return std::string("of ") + url; };
    items.Add(std::move(item));
  }
  EXPECT_THAT(IdsOf(items), ElementsAre("https://b/", "https://a/", "https://b/"));
  EXPECT_THAT(items.Find("https://a/"), Optional(size_t{1}));
  EXPECT_THAT(items.Find("https://b/"), Optional(size_t{0}));
  EXPECT_EQ(items.bytes(2), 2u);
  EXPECT_TRUE(items[1].is_unchanged);
  EXPECT_EQ(items[1].read().value(), "of https://a/");
}

}  // namespace
}  // namespace quarry::ingest
