// `quarry index --watch` as a user meets it.

#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "tests/testing/run_quarry.h"

namespace quarry::app {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::QuarryProcess;
using testing::QuarryResult;
using Json = nlohmann::json;
using Ids = std::set<std::string>;

class WatchTest : public ::testing::Test {
 protected:
  WatchTest() { fs::create_directories(docs()); }

  std::string docs() const { return directory_.path() + "/docs"; }
  // Inside of what is indexed: it must not wake itself.
  std::string store() const { return docs() + "/store"; }
  void Write(const std::string& relative, const std::string& text) const {
    testing::WriteText(docs(), relative, text);
  }
  testing::QuarryCommand Watch(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"index",  docs(),    "--watch", "--prune",
                                          "--json", "--store", store()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return {.arguments = std::move(arguments), .timeout = std::chrono::seconds(200)};
  }

  // The documents, as soon as they are `expected`; what they are after a while otherwise.
  Ids Documents(const Ids& expected) const {
    Ids ids;
    for (int attempt = 0; attempt < 100 && ids != expected; ++attempt) {
      if (attempt > 0) std::this_thread::sleep_for(std::chrono::milliseconds(100));
      // While the other one has it, the store is locked.
      const QuarryResult result = testing::RunQuarry({"docs", "ls", "--json", "--store", store()});
      if (result.exit_code != 0) continue;
      ids.clear();
      const Json list = Json::parse(result.out);
      for (const Json& document : list["documents"]) ids.insert(document["id"]);
    }
    return ids;
  }
  void ExpectDocuments(const Ids& expected) const { EXPECT_EQ(Documents(expected), expected); }

 private:
  TemporaryDirectory directory_ = testing::MakeTemporaryDirectory();
};

TEST_F(WatchTest, TheCollectionFollowsTheFolderUntilCtrlC) {
  Write("a.md", "The pump runs at nine bar.");
  Write("old/b.md", "The valve closes in three seconds.");
  QuarryProcess watch(Watch());
  ExpectDocuments({"a.md", "old/b.md"});
  Write("new/deep/c.md", "A folder in a folder that was not there.");
  ExpectDocuments({"a.md", "old/b.md", "new/deep/c.md"});
  Write("new/deep/d.md", "The new folder is followed as well.");
  ExpectDocuments({"a.md", "old/b.md", "new/deep/c.md", "new/deep/d.md"});
  fs::rename(docs() + "/old", docs() + "/moved");
  ExpectDocuments({"a.md", "moved/b.md", "new/deep/c.md", "new/deep/d.md"});
  Write("moved/b.md", "The valve closes in four seconds.");
  Write("moved/e.md", "What is in a moved folder is seen.");
  ExpectDocuments({"a.md", "moved/b.md", "moved/e.md", "new/deep/c.md", "new/deep/d.md"});
  Write(".gitignore", "deep/\n");
  ExpectDocuments({"a.md", "moved/b.md", "moved/e.md"});
  fs::remove(docs() + "/.gitignore");
  fs::remove(docs() + "/a.md");
  ExpectDocuments({"moved/b.md", "moved/e.md", "new/deep/c.md", "new/deep/d.md"});
  watch.Signal(SIGINT);
  const QuarryResult result = watch.Wait();
  EXPECT_EQ(result.exit_code, 0) << result.error;
  EXPECT_THAT(result.error, HasSubstr("watching; Ctrl-C ends it\n"));

  const Json report = Json::parse(result.out);
  EXPECT_EQ(report["documents"]["added"], 7);    // a, b, c, d, e; c and d once more
  EXPECT_EQ(report["documents"]["removed"], 3);  // c, d, a
  EXPECT_GE(report["documents"]["changed"], 2);  // b moved, then edited
  EXPECT_EQ(report["documents"]["failed"], 0);
  EXPECT_EQ(report["sources"], 4);
  const QuarryResult verified = testing::RunQuarry({"verify", "--store", store()});
  EXPECT_EQ(verified.exit_code, 0) << verified.out;
  const QuarryResult again =
      testing::RunQuarry({"index", docs(), "--prune", "--json", "--store", store()});
  EXPECT_FALSE(Json::parse(again.out)["changed_anything"].get<bool>());
}

TEST_F(WatchTest, ABadFileIsNamedOnceAndTheOthersGoOn) {
  Write("bad.json", "{\"a\": ");
  QuarryProcess watch(Watch());
  Write("a.md", "One.");
  ExpectDocuments({"a.md"});
  Write("b.md", "Two.");
  ExpectDocuments({"a.md", "b.md"});
  watch.Signal(SIGTERM);
  const QuarryResult result = watch.Wait();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(Json::parse(result.out)["documents"]["failed"], 1);
  const size_t first = result.error.find("bad.json");
  EXPECT_NE(first, std::string::npos);
  EXPECT_EQ(result.error.find("bad.json", first + 1), std::string::npos) << result.error;
}

TEST_F(WatchTest, AFolderThatGoesAwayEndsItWithItsName) {
  Write("a.md", "One.");
  const std::string elsewhere = docs() + "-store";
  testing::QuarryCommand command = Watch();
  command.arguments.back() = elsewhere;
  QuarryProcess watch(command);
  EXPECT_TRUE(testing::Eventually([&] { return fs::exists(elsewhere + "/MANIFEST.json"); }));
  fs::remove_all(docs());
  const QuarryResult result = watch.Wait();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.error, HasSubstr(docs() + ": no such file or directory"));
  fs::remove_all(elsewhere);
}

// As after unmounting: an empty folder of the same name is no reason to remove what was in the other.
TEST_F(WatchTest, AnotherFolderInItsPlaceEndsItAndNothingIsRemoved) {
  Write("a.md", "One.");
  const std::string elsewhere = docs() + "-store";
  testing::QuarryCommand command = Watch();
  command.arguments.back() = elsewhere;
  QuarryProcess watch(command);
  const auto documents = [&] {
    const QuarryResult listed = testing::RunQuarry({"docs", "ls", "--json", "--store", elsewhere});
    return listed.exit_code == 0 ? Json::parse(listed.out)["documents"].size() : 0;
  };
  EXPECT_TRUE(testing::Eventually([&] { return documents() > 0; }));
  fs::rename(docs(), docs() + "-before");
  fs::create_directories(docs());
  const QuarryResult result = watch.Wait();
  EXPECT_EQ(result.exit_code, 69);
  EXPECT_THAT(result.error, HasSubstr(docs() + ": another folder than the one that was watched"));
  EXPECT_EQ(documents(), 1u);
}

TEST_F(WatchTest, OnlyFoldersAreWatched) {
  const QuarryResult result = testing::RunQuarry({"index", "-", "--watch", "--store", store()});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.error, HasSubstr("--watch: follows folders; expected neither"));
}

}  // namespace
}  // namespace quarry::app
