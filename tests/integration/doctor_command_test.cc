// quarry doctor: what it tells of a store, a configuration and a machine.

#include <sys/resource.h>

#include <filesystem>
#include <utility>

#include "tests/testing/command_testing.h"

namespace quarry::app {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::QuarryResult;
using ::testing::StartsWith;

class DoctorTest : public testing::CommandTest {
 protected:
  void WriteUnits(int count) const {
    for (int i = 0; i < count; ++i) {
      const std::string n = std::to_string(i);
      Write("docs/" + n + ".md", "# Unit " + n + "\n\nThe unit " + n + " has a pump.\n");
    }
  }
  // The check of that subject; the first where there are several.
  Json Check(const std::string& subject, std::vector<std::string> arguments = {}) const {
    arguments.insert(arguments.begin(), "doctor");
    const Json findings = RunJson(std::move(arguments));
    for (const Json& check : findings["checks"]) {
      if (check["subject"] == subject) return check;
    }
    ADD_FAILURE() << "no check of " << subject << " in " << findings;
    return {};
  }
};

TEST_F(DoctorTest, AHealthyStoreIsOkLineByLine) {
  WriteUnits(40);
  ASSERT_EQ(Run({"index", "docs"}).exit_code, 0);
  const QuarryResult result = Run({"doctor"});
  EXPECT_EQ(result.exit_code, 0) << result.out;
  EXPECT_THAT(result.out,
              AllOf(StartsWith("ok    quarry      "),
                    HasSubstr("\nok    config      defaults, no quarry.yaml here, 1 option set\n"),
                    HasSubstr("\nok    store       " + home() + "/store, format "),
                    HasSubstr("\nok    collection  default: 40 documents, 40 chunks, bilingual:")));
  EXPECT_THAT(result.out, AllOf(HasSubstr(" free at " + home()), HasSubstr("  cpu         "),
                                HasSubstr("  libraries   "), Not(HasSubstr("fail"))));
  const Json findings = RunJson({"doctor"});
  EXPECT_EQ(findings["ok"], true);
  EXPECT_EQ(findings["checks"][0]["subject"], "quarry");
  EXPECT_EQ(findings["checks"][0]["advice"], "");
}

TEST_F(DoctorTest, AStoreThatIsNotThereIsAWarningAndAForeignFolderAFailure) {
  const QuarryResult none = Run({"doctor"});
  EXPECT_EQ(none.exit_code, 0) << "nothing is ill yet";
  EXPECT_THAT(none.out, AllOf(HasSubstr("\nwarn  store       "), HasSubstr("no store there"),
                              HasSubstr("make one with: quarry index"), Not(HasSubstr("->"))));
  EXPECT_FALSE(fs::exists(home() + "/store"));

  Write("store/letter.txt", "mine");
  const QuarryResult foreign = Run({"doctor"});
  EXPECT_EQ(foreign.exit_code, 2);
  EXPECT_THAT(foreign.out, AllOf(HasSubstr("\nfail  store       "), HasSubstr("letter.txt"),
                                 HasSubstr("choose another directory"), Not(HasSubstr("->"))));
  EXPECT_EQ(RunJson({"doctor"})["ok"], false);
  EXPECT_EQ(Check("store")["level"], "fail");
}

TEST_F(DoctorTest, DamageIsAFailureWithItsRemedy) {
  WriteUnits(2);
  ASSERT_EQ(Run({"index", "docs"}).exit_code, 0);
  ASSERT_OK(WriteFileAtomically(home() + "/store/MANIFEST.json", "junk"));
  const QuarryResult result = Run({"doctor"});
  EXPECT_EQ(result.exit_code, 3);
  const Json store = Check("store");
  EXPECT_EQ(store["level"], "fail");
  EXPECT_THAT(store["detail"].get<std::string>(), HasSubstr("manifest: not a JSON object"));
  EXPECT_EQ(store["advice"], "restore a copy, or index into a new store");
}

TEST_F(DoctorTest, AStoreThatAnotherProcessWritesIsWaitedFor) {
  WriteUnits(2);
  ASSERT_EQ(Run({"index", "docs"}).exit_code, 0);
  ASSERT_OK_AND_ASSIGN(const FileLock writer,
                       FileLock::Acquire(home() + "/store/LOCK", FileLock::Kind::kExclusive));
  EXPECT_EQ(Run({"doctor"}).exit_code, 0);
  const Json store = Check("store");
  EXPECT_EQ(store["level"], "warn");
  EXPECT_EQ(store["advice"], "wait for that process, or stop it, to have the store looked at");
}

TEST_F(DoctorTest, ACollectionThatIsNotEmbeddedAndAFolderThatOthersReadAreWarnings) {
  WriteUnits(40);
  ASSERT_EQ(Run({"index", "docs", "--set", "embedding.enabled=false"}).exit_code, 0);
  const Json collection = Check("collection");
  EXPECT_EQ(collection["level"], "warn");
  EXPECT_EQ(collection["detail"],
            "default: 40 documents, 40 chunks, no embedder, 40 chunks not embedded");
  EXPECT_THAT(collection["advice"].get<std::string>(),
              HasSubstr("run the last quarry index again"));
  fs::permissions(home() + "/store", fs::perms::all);
  const Json store = Check("store");
  EXPECT_EQ(store["level"], "warn");
  EXPECT_THAT(store["detail"].get<std::string>(), HasSubstr("open to other users of this machine"));
  EXPECT_THAT(store["advice"].get<std::string>(), StartsWith("chmod 700 " + home() + "/store"));
}

TEST_F(DoctorTest, WhatTheMachineLacksForTheConfigurationIsSaid) {
  WriteUnits(2);
  ASSERT_EQ(Run({"index", "docs"}).exit_code, 0);
  constexpr uint64_t kMost = uint64_t{1} << 40;  // that may be asked for
  if (fs::space(home()).available < kMost) {
    const QuarryResult disk =
        Run({"doctor", "--set", "storage.min_free_bytes=" + std::to_string(kMost)});
    EXPECT_EQ(disk.exit_code, 1);
    EXPECT_THAT(disk.out,
                AllOf(HasSubstr("\nfail  disk        "), HasSubstr("(storage.min_free_bytes)")));
  }
  rlimit before;
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  for (const auto& [limit, level] : {std::pair(512, "warn"), std::pair(256, "fail")}) {
    rlimit few = before;
    few.rlim_cur = static_cast<rlim_t>(limit);  // quarry's, too
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
    const Json files = Check("open files");
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    EXPECT_EQ(files["level"], level);
    EXPECT_EQ(files["detail"],
              "limit " + std::to_string(limit) + ", the store needs 320, the server 1344");
    EXPECT_EQ(files["advice"], "raise it (ulimit -n 1344), or lower server.max_connections");
  }

  testing::QuarryCommand command = Command({"doctor"});
  command.environment["QUARRY_RETREIVAL_K"] = "3";
  const QuarryResult variable = testing::RunQuarryWith(command);
  EXPECT_EQ(variable.exit_code, 0);
  EXPECT_THAT(variable.out,
              AllOf(HasSubstr("\nwarn  config      "), HasSubstr("QUARRY_RETREIVAL_K"),
                    HasSubstr("-> unset the variable, or correct its name\n")));
}

TEST_F(DoctorTest, ProbingAModelThatIsNotConfiguredSaysHowToNameOne) {
  const QuarryResult result = Run({"doctor", "--model"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.error,
            "quarry: error: --model: no chat.model is configured; name one: --set "
            "chat.model=URL#NAME\n");
  EXPECT_EQ(Run({"doctor", "--store"}).exit_code, 2);
}

}  // namespace
}  // namespace quarry::app
