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
    quarry::testing::WriteText(root(), relative, content);
  }
  std::string root() const { return directory_.path() + "/docs"; }
  std::vector<std::string> Ids(const FileSelection& selection = {}) {
    std::vector<std::string> ids;
    for (const SourceItem& item : ListFiles(root(), selection).value().items) {
      ids.push_back(item.info.id);
    }
    return ids;
  }

  TemporaryDirectory directory_ = quarry::testing::MakeTemporaryDirectory();
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

TEST_F(SourceTest, WhatIgnoreFilesNameIsNotThere) {
  Write("a.md");
  Write("a.tmp");
  Write("build/b.md");
  Write("sub/c.md");
  Write("sub/c.tmp");
  Write("sub/keep.tmp");
  Write(".gitignore", "*.tmp\n/build/\n");
  Write("sub/.quarryignore", "!keep.tmp\nc.md\n");
  EXPECT_THAT(Ids(), ElementsAre("a.md", "sub/keep.tmp"));
  EXPECT_THAT(Ids({.ignore_files = false}),
              ElementsAre("a.md", "a.tmp", "build/b.md", "sub/c.md", "sub/c.tmp", "sub/keep.tmp"));
  const FileList list = ListFiles(root(), {}).value();
  EXPECT_FALSE(list.MayExist("a.tmp"));
  EXPECT_FALSE(list.MayExist("build/b.md"));
}

// In one folder .quarryignore counts as behind .gitignore.
TEST_F(SourceTest, AFileThatGitIgnoresCanBeKept) {
  Write("api.md");
  Write("log.md");
  Write(".gitignore", "*.md\n");
  Write(".quarryignore", "!api.md\n");
  EXPECT_THAT(Ids(), ElementsAre("api.md"));
}

// Without its rules nothing is known of a folder: nothing of it is read, and nothing is gone.
TEST_F(SourceTest, AFolderWhoseIgnoreFileCannotBeReadIsAFailure) {
  Write("a.md");
  Write("sub/b.md");
  Write("sub/.gitignore", std::string((1u << 20) + 1, '#'));
  const FileList list = ListFiles(root(), {}).value();
  ASSERT_THAT(list.failures, SizeIs(1));
  EXPECT_EQ(list.failures[0].path, root() + "/sub/.gitignore");
  EXPECT_THAT(list.failures[0].reason, ::testing::EndsWith("; its folder is left as it was"));
  EXPECT_FALSE(list.IsItem("sub/b.md"));
  EXPECT_TRUE(list.MayExist("sub/b.md"));
  EXPECT_THAT(list.items, SizeIs(1));
}

TEST_F(SourceTest, AFolderThatIsLeftOutIsNotLookedInto) {
  Write("a.md");
  Write("store/b.md");
  EXPECT_THAT(Ids({.left_out = root() + "/store"}), ElementsAre("a.md"));
  EXPECT_THAT(ListFiles(root() + "/store", {.left_out = root() + "/store"})->items, SizeIs(0));
  EXPECT_THAT(ListFiles(root() + "/store/b.md", {.left_out = root() + "/store"})->items, SizeIs(0));
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
