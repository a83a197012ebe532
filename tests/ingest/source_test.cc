#include "ingest/source.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/testing/test_environment.h"

namespace quarry::ingest {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class SourceTest : public ::testing::Test {
 protected:
  void Write(const std::string& relative, const std::string& content = "x") {
    const fs::path path = fs::path(root()) / relative;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << content;
  }
  std::string root() const { return directory_.path() + "/docs"; }
  std::vector<std::string> Ids(const FileSelection& selection = {}) {
    std::vector<std::string> ids;
    for (const SourceItem& item : ListFiles(root(), selection).value().items) {
      ids.push_back(item.info.id);
    }
    return ids;
  }

  TemporaryDirectory directory_ = testing::MakeTemporaryDirectory();
};

TEST_F(SourceTest, ListsRelativePathsInOrderWithoutHiddenOnes) {
  Write("b.md");
  Write("a/z.txt");
  Write("a/指南.md");
  Write(".git/config");
  Write(".hidden");
  EXPECT_THAT(Ids(), ElementsAre("a/z.txt", "a/指南.md", "b.md"));
}

TEST_F(SourceTest, GlobsSelectByNameAtAnyDepthOrByPath) {
  Write("b.md");
  Write("a/c.md");
  Write("a/d/e.txt");
  EXPECT_THAT(Ids({.include = {"*.md"}}), ElementsAre("a/c.md", "b.md"));
  EXPECT_THAT(Ids({.include = {"a/**"}}), ElementsAre("a/c.md", "a/d/e.txt"));
  EXPECT_THAT(Ids({.include = {"a/*"}}), ElementsAre("a/c.md"));
  EXPECT_THAT(Ids({.include = {"*.md"}, .exclude = {"a/*"}}), ElementsAre("b.md"));
  EXPECT_THAT(ListFiles(root(), {.include = {"/abs"}}).status().message(),
              HasSubstr("glob \"/abs\": expected a pattern relative to the folder"));
}

TEST_F(SourceTest, AQuestionMarkIsACharacter) {
  EXPECT_TRUE(MatchesGlob("指?.md", "a/指南.md"));
  EXPECT_FALSE(MatchesGlob("?.md", "指南.md"));
  EXPECT_TRUE(MatchesGlob("**/x/*.md", "a/b/x/y.md"));
  EXPECT_TRUE(MatchesGlob("**/x/*.md", "x/y.md"));
  EXPECT_FALSE(MatchesGlob("x/*.md", "a/x/y.md"));
  EXPECT_TRUE(MatchesGlob("*a*a*a*b", std::string(2000, 'a') + "b"));
}

TEST_F(SourceTest, ASingleFileIsItsName) {
  Write("sub/only.txt");
  const FileList list = ListFiles(root() + "/sub/only.txt", {}).value();
  ASSERT_THAT(list.items, SizeIs(1));
  EXPECT_EQ(list.items[0].info.id, "only.txt");
  EXPECT_THAT(list.items[0].info.uri, HasSubstr("file:///"));
  EXPECT_EQ(list.items[0].read().value(), "x");
}

TEST_F(SourceTest, WhatIsNotThereIsNamed) {
  const Status status = ListFiles(root() + "/nowhere", {}).status();
  EXPECT_EQ(status.code(), Code::kNotFound);
  EXPECT_EQ(status.message(), root() + "/nowhere: no such file or directory");
  EXPECT_THAT(ListFiles("/dev/null", {}).status().message(),
              HasSubstr("/dev/null: neither a file nor a directory"));
}

TEST_F(SourceTest, LinksAreNotFollowedAndThoseThatLeadOutOrNowhereAreReported) {
  Write("a/one.txt");
  std::ofstream(directory_.path() + "/secret.txt") << "s";
  fs::create_symlink(directory_.path() + "/secret.txt", root() + "/out.txt");
  fs::create_directory_symlink(root(), root() + "/a/loop");
  fs::create_symlink(root() + "/a/one.txt", root() + "/same.txt");
  fs::create_symlink(root() + "/gone", root() + "/dangling");
  fs::create_symlink("circle", root() + "/circle");
  ASSERT_EQ(mkfifo((root() + "/pipe").c_str(), 0600), 0);
  EXPECT_THAT(Ids(), ElementsAre("a/one.txt"));
  const FileList list = ListFiles(root(), {}).value();
  std::vector<std::string> skipped;
  for (const FileList::Note& note : list.skipped)
    skipped.push_back(note.relative + ": " + note.reason);
  EXPECT_THAT(skipped,
              ElementsAre("circle: a link that leads nowhere: Too many levels of symbolic links",
                          "dangling: a link that leads nowhere: No such file or directory",
                          "out.txt: a link out of the folder, to " +
                              fs::canonical(directory_.path()).string() +
                              "/secret.txt; index that by itself",
                          "pipe: neither a file nor a directory"));
}

TEST_F(SourceTest, KnowsWhichFilesAreThereThoughNotWanted) {
  Write("a/one.txt");
  Write("b.md");
  const FileList list = ListFiles(root(), {.include = {"*.md"}}).value();
  EXPECT_TRUE(list.IsItem("b.md"));
  EXPECT_FALSE(list.IsItem("a/one.txt"));
  EXPECT_TRUE(list.MayExist("a/one.txt"));
  EXPECT_FALSE(list.MayExist("a/two.txt"));
}

TEST_F(SourceTest, AFolderWithoutPermissionIsAFailureAndTheRestIsListed) {
  if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
  Write("a/one.txt");
  Write("locked/two.txt");
  fs::permissions(root() + "/locked", fs::perms::none);
  const FileList list = ListFiles(root(), {}).value();
  fs::permissions(root() + "/locked", fs::perms::owner_all);
  EXPECT_THAT(list.items, SizeIs(1));
  ASSERT_THAT(list.failures, SizeIs(1));
  EXPECT_EQ(list.failures[0].relative, "locked/");
  EXPECT_THAT(list.failures[0].reason, HasSubstr("cannot read the directory: Permission denied"));
}

}  // namespace
}  // namespace quarry::ingest
