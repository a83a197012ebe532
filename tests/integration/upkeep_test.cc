// What an operator does with a store, as commands.

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/testing/run_quarry.h"

namespace quarry::app {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::QuarryResult;
using Json = nlohmann::json;

class UpkeepCommandTest : public ::testing::Test {
 protected:
  UpkeepCommandTest() {
    for (int i = 0; i < 40; ++i) Write(i, "is set to " + std::to_string(i * 7) + " bar");
    QUARRY_CHECK(Run({"index", home() + "/docs"}).exit_code == 0);
  }

  const std::string& home() const { return directory_.path(); }
  void Write(int number, const std::string& text) const {
    const std::string unit = std::to_string(number);
    testing::WriteText(home() + "/docs", unit + ".md",
                       "# Unit " + unit + "\n\nThe valve of unit " + unit + " " + text + ".\n");
  }
  QuarryResult Run(std::vector<std::string> arguments, const std::string& store = "store") const {
    arguments.insert(arguments.end(), {"--store", home() + "/" + store});
    return testing::RunQuarryWith({.arguments = std::move(arguments), .directory = home()});
  }
  Json RunJson(std::vector<std::string> arguments, const std::string& store = "store") const {
    arguments.push_back("--json");
    return Json::parse(Run(std::move(arguments), store).out);
  }
  Json Search(const std::string& store = "store") const {
    Json result = RunJson({"search", "valve of unit 7"}, store);
    result.erase("timings_us");
    EXPECT_FALSE(result["hits"].empty());
    return result;
  }

 private:
  TemporaryDirectory directory_ = testing::MakeTemporaryDirectory();
};

TEST_F(UpkeepCommandTest, ABackupIsRestoredToTheSameAnswers) {
  const Json made = RunJson({"backup", "create", home() + "/b"});
  EXPECT_EQ(made["created"], home() + "/b");
  EXPECT_EQ(Run({"backup", "verify", home() + "/b"}).exit_code, 0);
  const QuarryResult restored = Run({"backup", "restore", home() + "/b"}, "restored");
  EXPECT_EQ(restored.exit_code, 0) << restored.error;
  EXPECT_THAT(restored.out, HasSubstr("restored " + home() + "/restored from " + home() + "/b: "));
  EXPECT_EQ(Search("restored"), Search());
  EXPECT_EQ(Run({"verify"}, "restored").exit_code, 0);

  const QuarryResult twice = Run({"backup", "create", home() + "/b"});
  EXPECT_EQ(twice.exit_code, 2);
  EXPECT_THAT(twice.error, HasSubstr("error: backup " + home() + "/b: is not empty (it holds "));
  EXPECT_EQ(Run({"backup", "restore", home() + "/b"}).exit_code, 2);
  EXPECT_EQ(Run({"backup", "verify", home() + "/none"}).exit_code, 1);
  fs::remove(home() + "/b/store/MANIFEST.json");
  const QuarryResult damaged = Run({"backup", "restore", home() + "/b"}, "other");
  EXPECT_EQ(damaged.exit_code, 3);
  EXPECT_THAT(damaged.error,
              HasSubstr("backup " + home() + "/b: store/MANIFEST.json: is missing in the backup"));
}

TEST_F(UpkeepCommandTest, AStoreThatAServerHoldsIsCopiedByTheServer) {
  ASSERT_OK_AND_ASSIGN(const FileLock server,
                       FileLock::Acquire(home() + "/store/LOCK", FileLock::Kind::kExclusive));
  const QuarryResult result = Run({"backup", "create", home() + "/b"});
  EXPECT_EQ(result.exit_code, 5);
  EXPECT_THAT(result.error, HasSubstr("POST /api/v1/backup"));
  EXPECT_FALSE(fs::exists(home() + "/b"));
}

TEST_F(UpkeepCommandTest, TheEmbedderIsLearntAnewAndReturnedTo) {
  const Json before = Search();
  EXPECT_EQ(RunJson({"embedder", "ls"})["generations"].size(), 1u);
  EXPECT_EQ(Run({"embedder", "revert"}).exit_code, 1);
  EXPECT_EQ(Run({"embedder", "drop"}).exit_code, 1);
  const Json learnt = RunJson({"embedder", "learn", "--set", "embedding.dimension=16", "--set",
                               "embedding.cross_language=off"});
  EXPECT_EQ(learnt["embedded"], 40);
  EXPECT_EQ(learnt["generations"][0]["dimension"], 16);
  EXPECT_EQ(learnt["generations"][1]["state"], "previous");
  EXPECT_GT(RunJson({"stats"})["collections"][0]["previous_bytes"], 0);
  EXPECT_EQ(Run({"verify"}).exit_code, 0);

  const Json reverted = RunJson({"embedder", "revert"});
  EXPECT_EQ(reverted["embedded"], 0);
  EXPECT_EQ(reverted["generations"][0]["id"], learnt["generations"][1]["id"]);
  EXPECT_EQ(Search(), before);
  // What was gone back from is not learnt again by itself.
  Write(3, "is new");
  EXPECT_EQ(RunJson({"index", home() + "/docs"})["embedding"]["learnt"], false);
  EXPECT_EQ(RunJson({"embedder", "drop"})["generations"].size(), 1u);
  EXPECT_EQ(Run({"verify"}).exit_code, 0);

  EXPECT_EQ(Run({"embedder", "learn", "--set", "embedding.keep_previous=false"}).exit_code, 0);
  EXPECT_EQ(RunJson({"embedder", "ls"})["generations"].size(), 1u);
}

TEST_F(UpkeepCommandTest, CompactionChangesNoAnswer) {
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 30; ++i) Write(i, "is at round " + std::to_string(round));
    ASSERT_EQ(Run({"index", home() + "/docs"}).exit_code, 0);
  }
  const Json before = Search();
  const Json report = RunJson({"compact"});
  EXPECT_LE(report["bytes_after"], report["bytes_before"]);
  EXPECT_EQ(Search(), before);
  EXPECT_EQ(Run({"verify"}).exit_code, 0);
  EXPECT_EQ(Run({"compact", "--collection", "nope"}).exit_code, 1);
}

}  // namespace
}  // namespace quarry::app
