// The command line itself: wrong usage, words and paths without quotes, errors with --json,
// output that cannot be written.

#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/file.h"
#include "tests/integration/cli_testing.h"

namespace quarry::app {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::QuarryResult;
using ::testing::StartsWith;

TEST_F(CliTest, AKeyThatIsNoneIsSaidByItsArgumentsAndMakesNoStore) {
  ExpectUsageError({"keys", "create", ""}, "NAME: expected 1 to 100 bytes, got 0");
  ExpectUsageError({"keys", "create", "x", "--expires", "tomorrow"},
                   "--expires: expected a time to come, as 2027-01-31T12:00:00Z, got \"tomorrow\"");
  ExpectUsageError({"keys", "create", "x", "--scope", "ingest", "--principal", "staff"},
                   "--principal: bind what a key reads; one that writes, or administers, has none");
  EXPECT_FALSE(fs::exists(store()));
}

TEST_F(CliTest, UsageErrorsSayWhatWasExpected) {
  ExpectUsageError({"serch"}, "unknown command \"serch\"; did you mean search?; see: quarry -h");
  ExpectUsageError({"version"},
                   "unknown command \"version\"; did you mean --version?; see: quarry -h");
  EXPECT_EQ(testing::RunQuarry({"-V"}).out, testing::RunQuarry({"--version"}).out);
  EXPECT_EQ(testing::RunQuarry({"-V"}).exit_code, 0);
  ExpectUsageError({"index", docs(), "--frob"}, "unknown option \"--frob\"; see: quarry index -h");
  ExpectUsageError({"docs", "shwo", "a"},
                   "unknown command \"shwo\"; did you mean show?; see: quarry docs -h");
  ExpectUsageError({"search", "pump", "--mode", "fuzzy"},
                   "--mode: retrieval.mode: expected one of hybrid, dense, lexical, got \"fuzzy\"");
  ExpectUsageError({"search", "pump", "--set", "retreival.k=3"},
                   "--set: retreival.k: unknown key; did you mean retrieval.k?");
  Write("a.txt", "Alpha.");
  ASSERT_EQ(Run({"index", docs()}).exit_code, 0);
  ExpectUsageError({"search", " "}, "query: empty; expected a question");
}

TEST_F(CliTest, WrongPlacesAreSaidToBe) {
  Write("a.txt", "Alpha.");
  QuarryResult result = testing::RunQuarry({"search", "a", "--store", docs() + "/a.txt"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.error, "quarry: error: store " + docs() +
                              "/a.txt: is not a directory; expected that of a store\n");
  result = Run({"eval", "answers", "--beir", "/nope"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.error,
            "quarry: error: /nope: no such directory; expected a BEIR collection: corpus.jsonl, "
            "queries.jsonl, qrels/SPLIT.tsv\n");
  fs::remove(docs() + "/a.txt");
  Write(".hidden", "Alpha.");
  result = Run({"index", docs()});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, StartsWith("no files to index: hidden ones and those that --include, "
                                     "--exclude and ignore files leave out do not count\n"));
  EXPECT_EQ(Run({"ask", "What is alpha?"}).error,
            "quarry: collection \"default\" is empty; fill it with: quarry index PATH\n");
}

TEST_F(CliTest, AnErrorIsAnObjectWithJson) {
  const QuarryResult result = Run({"search", "pump", "--json"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(Json::parse(result.out)["error"]["code"], "NOT_FOUND");
  EXPECT_THAT(result.error, HasSubstr("no store there"));
}

TEST_F(CliTest, AQuestionMayComeInSeveralWordsAndPathsToo) {
  const std::string first = Write("one/a.txt", "The pump runs at nine bar.");
  const std::string second = Write("two/b.txt", "The valve is made of bronze.");
  EXPECT_EQ(Run({"index", first, second}).exit_code, 0);
  EXPECT_EQ(RunJson({"search", "index", "the", "bronze", "[valve]"})["query"],
            "index the bronze [valve]");
  EXPECT_EQ(Run({"docs", "delete", "a.txt", "b.txt"}).out, "deleted 2 documents\n");
}

TEST_F(CliTest, OutputThatCannotBeWrittenIsNoSuccess) {
  std::FILE* full = std::fopen("/dev/full", "w");
  if (full == nullptr) GTEST_SKIP() << "no /dev/full here";
  std::fclose(full);
  const std::string command = testing::QuarryBinary() + " config >/dev/full 2>" + home() + "/error";
  const int status = std::system(command.c_str());
  EXPECT_EQ(WEXITSTATUS(status), 69);
  EXPECT_EQ(ReadFile(home() + "/error").value(),
            "quarry: error: standard output: No space left on device\n");
}

}  // namespace
}  // namespace quarry::app
