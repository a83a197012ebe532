// The store of a command: which one it is, and what is said where it cannot be opened.

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/file.h"
#include "tests/integration/cli_testing.h"

namespace quarry::app {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::QuarryCommand;
using testing::QuarryResult;

TEST_F(CliTest, TheStoreComesFromTheFlagThenTheEnvironmentThenTheFileThenTheDefault) {
  std::ofstream(home() + "/quarry.yaml") << "store: from-file\n";
  Write("a.txt", "Alpha.");
  QuarryCommand command{.arguments = {"index", docs()}, .directory = home()};
  ASSERT_EQ(testing::RunQuarryWith(command).exit_code, 0);
  EXPECT_TRUE(fs::exists(home() + "/from-file"));
  command.environment["QUARRY_STORE"] = "from-environment";
  ASSERT_EQ(testing::RunQuarryWith(command).exit_code, 0);
  EXPECT_TRUE(fs::exists(home() + "/from-environment"));
  command.arguments.insert(command.arguments.end(), {"--store", "from-flag"});
  ASSERT_EQ(testing::RunQuarryWith(command).exit_code, 0);
  EXPECT_TRUE(fs::exists(home() + "/from-flag"));
  fs::remove(home() + "/quarry.yaml");
  ASSERT_EQ(testing::RunQuarryWith({.arguments = {"index", docs()}, .directory = home()}).exit_code,
            0);
  EXPECT_TRUE(fs::exists(home() + "/.quarry"));
}

TEST_F(CliTest, AStoreThatMayNotBeLookedAtIsAnErrorAndNoCrash) {
  const bool is_root = ::geteuid() == 0;
  fs::create_directory(home() + "/closed");
  fs::permissions(home() + "/closed", fs::perms::none);
  fs::permissions(home(), fs::perms::all);
  if (!testing::RunsWithoutRights()) {
    GTEST_SKIP() << "nobody may not run " << testing::QuarryBinary();
  }
  const QuarryResult result = testing::RunQuarryWith(
      {.arguments = {"stats", "--store", home() + "/closed/store"}, .as_nobody = is_root});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.error, "quarry: error: store " + home() +
                              "/closed/store: look for MANIFEST.json: Permission denied\n");
  const QuarryResult doctor = testing::RunQuarryWith(
      {.arguments = {"doctor", "--store", home() + "/closed/store", "--json"},
       .as_nobody = is_root});
  EXPECT_EQ(doctor.exit_code, 2);
  EXPECT_THAT(doctor.out, HasSubstr("run quarry as the owner of the store"));
}

TEST_F(CliTest, AMissingStoreIsNamedWithHowToMakeOne) {
  const QuarryResult result = Run({"search", "pump"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.error, "quarry: error: store " + store() +
                              ": no store there; make one with: quarry index PATH --store " +
                              store() + "\n");
  EXPECT_FALSE(fs::exists(store()));
}

TEST_F(CliTest, AFolderOfTheUsersIsNeverTakenForAStore) {
  Write("a.txt", "Alpha.");
  const QuarryResult result = testing::RunQuarry({"index", docs(), "--store", docs()});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.error, "quarry: error: store " + docs() +
                              ": not a Quarry store, and not empty (it holds a.txt); choose "
                              "another directory with --store\n");
  EXPECT_EQ(std::distance(fs::directory_iterator(docs()), fs::directory_iterator()), 1);
  // Nor is it said that one could be made there.
  for (const char* command : {"stats", "verify", "compact"}) {
    const QuarryResult read = testing::RunQuarry({command, "--store", docs()});
    EXPECT_EQ(read.exit_code, 2) << command;
    EXPECT_EQ(read.error, result.error) << command;
  }
}

TEST_F(CliTest, AFolderThatMayNotBeListedIsNotTakenForAStoreEither) {
  const bool is_root = ::geteuid() == 0;
  const std::string folder = home() + "/unlisted";
  fs::create_directory(folder);
  std::ofstream(folder + "/letter.txt") << "mine";
  Write("a.txt", "Alpha.");
  fs::permissions(home(), fs::perms::all);
  fs::permissions(docs(), fs::perms::all);
  if (!testing::RunsWithoutRights()) {
    GTEST_SKIP() << "nobody may not run " << testing::QuarryBinary();
  }
  if (is_root) {
    ASSERT_EQ(::chown(folder.c_str(), testing::kNobody, testing::kNobody), 0);
  }
  fs::permissions(folder, fs::perms::owner_write | fs::perms::owner_exec);
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"index", docs()}, {"stats"}}) {
    QuarryCommand command{.arguments = arguments, .as_nobody = is_root};
    command.arguments.insert(command.arguments.end(), {"--store", folder});
    const QuarryResult result = testing::RunQuarryWith(command);
    EXPECT_EQ(result.exit_code, 69) << arguments[0];
    EXPECT_EQ(result.error, "quarry: error: store " + folder + ": list directory " + folder +
                                ": Permission denied\n");
  }
  fs::permissions(folder, fs::perms::owner_all);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator()), 1);
}

TEST_F(CliTest, AnotherFormatVersionIsRefusedNamingBoth) {
  Write("a.txt", "Alpha.");
  ASSERT_EQ(Run({"index", docs()}).exit_code, 0);
  const std::string path = store() + "/MANIFEST.json";
  Json manifest = Json::parse(ReadFile(path).value());
  manifest["format_version"] = 99;
  ASSERT_OK(WriteFileAtomically(path, manifest.dump()));
  for (const char* verb : {"search", "index"}) {
    const QuarryResult result = Run({verb, docs()});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.error,
              "quarry: error: store " + store() +
                  ": manifest: format version 99, this program reads 2; open it with the Quarry "
                  "that wrote it, or index again into another directory (--store)\n");
  }
}

TEST_F(CliTest, ADamagedManifestOrAMissingDatabaseIsDamage) {
  Write("a.txt", "Alpha.");
  ASSERT_EQ(Run({"index", docs()}).exit_code, 0);
  fs::rename(store() + "/db", home() + "/db");
  QuarryResult result = Run({"verify"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.error, "quarry: error: store " + store() +
                              ": MANIFEST.json is there and db, which it belongs to, is not\n");
  fs::rename(home() + "/db", store() + "/db");
  ASSERT_OK(WriteFileAtomically(store() + "/MANIFEST.json", "junk"));
  result = Run({"verify"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.error, "quarry: error: store " + store() + ": manifest: not a JSON object\n");
}

TEST_F(CliTest, AStoreInUseIsReportedWithItsProcess) {
  Write("a.txt", "Alpha.");
  ASSERT_EQ(Run({"index", docs()}).exit_code, 0);
  {
    ASSERT_OK_AND_ASSIGN(const FileLock writer,
                         FileLock::Acquire(store() + "/LOCK", FileLock::Kind::kExclusive));
    for (const char* verb : {"index", "search"}) {
      const QuarryResult result = Run({verb, docs()});
      EXPECT_EQ(result.exit_code, 5);
      EXPECT_EQ(result.error, "quarry: error: store " + store() + ": lock " + store() +
                                  "/LOCK: store is in use by process " +
                                  std::to_string(::getpid()) +
                                  "; wait for it or stop it, or take another store with --store\n");
    }
  }
  EXPECT_EQ(Run({"search", "alpha"}).exit_code, 0);
}

TEST_F(CliTest, ReadersShareAStore) {
  Write("a.txt", "Alpha.");
  ASSERT_EQ(Run({"index", docs()}).exit_code, 0);
  ASSERT_OK_AND_ASSIGN(const FileLock reader,
                       FileLock::Acquire(store() + "/LOCK", FileLock::Kind::kShared));
  EXPECT_EQ(Run({"search", "alpha"}).exit_code, 0);
  EXPECT_EQ(Run({"index", docs()}).exit_code, 5);
}

}  // namespace
}  // namespace quarry::app
