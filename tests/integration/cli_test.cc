// The program as a user meets it: what it prints, and its exit code.

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>

#include "tests/testing/run_quarry.h"

namespace quarry::app {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::QuarryCommand;
using testing::QuarryProcess;
using testing::QuarryResult;
using ::testing::StartsWith;
using Json = nlohmann::json;

constexpr uid_t kNobody = 65534;

// What index says of a collection that is too small to learn from.
const std::string kWordsOnly = "searched by words only: an embedder is learnt from 30 chunks on\n";

class CliTest : public ::testing::Test {
 protected:
  CliTest() { fs::create_directories(docs()); }

  const std::string& home() const { return directory_.path(); }
  std::string docs() const { return home() + "/docs"; }
  std::string store() const { return home() + "/store"; }

  std::string Write(const std::string& relative, const std::string& content) {
    const std::string path = docs() + "/" + relative;
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }

  // In a directory of its own, with --store.
  QuarryCommand Command(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--store", store()});
    return {.arguments = std::move(arguments), .directory = home()};
  }
  QuarryResult Run(std::vector<std::string> arguments, const std::string& input = "") const {
    QuarryCommand command = Command(std::move(arguments));
    command.input = input;
    return testing::RunQuarryWith(command);
  }
  Json RunJson(std::vector<std::string> arguments) const {
    arguments.push_back("--json");
    return Json::parse(Run(std::move(arguments)).out);
  }

  void ExpectUsageError(std::vector<std::string> arguments, const std::string& message) const {
    const QuarryResult result = Run(std::move(arguments));
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.error, "quarry: error: " + message + "\n");
    EXPECT_EQ(result.out, "");
  }

 private:
  TemporaryDirectory directory_ = testing::MakeTemporaryDirectory();
};

std::string WithoutTimes(std::string text) {
  static const std::regex time(" in [0-9.]+ (ms|s)");
  return std::regex_replace(text, time, "");
}

TEST_F(CliTest, IndexSaysWhatItDidAndASecondRunChangesNothing) {
  Write("pump.txt", "The pump runs at nine bar.");
  Write("zh/beng.md", "# 水泵\n\n水泵的压力是九巴。");
  const QuarryResult first = Run({"index", docs()});
  EXPECT_EQ(first.exit_code, 0);
  EXPECT_EQ(WithoutTimes(first.out),
            "added 2, changed 0, unchanged 0, removed 0, failed 0; 2 chunks\n" + kWordsOnly);
  EXPECT_EQ(first.error, "");
  const QuarryResult second = Run({"index", docs()});
  EXPECT_EQ(second.exit_code, 0);
  EXPECT_EQ(WithoutTimes(second.out),
            "nothing changed: 2 documents unchanged, 0 failed; 2 chunks\n");
  EXPECT_FALSE(RunJson({"index", docs()})["changed_anything"].get<bool>());
}

TEST_F(CliTest, SeveralSourcesAreEmbeddedOnceBehindTheLast) {
  for (int i = 0; i < 40; ++i) {
    const std::string number = std::to_string(i);
    Write("a/" + number + ".txt",
          "The pump number " + number + " has a valve of kind " + number + ".");
    Write("b/zh" + number + ".txt", "水泵" + number + "号的阀门是第" + number + "种。");
  }
  const Json report = RunJson({"index", docs() + "/a", docs() + "/b"});
  EXPECT_EQ(report["chunks"]["added"], 80);
  EXPECT_EQ(report["embedding"]["embedded"], 80);
  EXPECT_TRUE(report["embedding"]["learnt"]);
  // What is added to one of them later is all that is embedded then.
  Write("b/more.txt", "Another pump with a valve.");
  EXPECT_EQ(RunJson({"index", docs() + "/a", docs() + "/b"})["embedding"]["embedded"], 1);
}

TEST_F(CliTest, EachBadFileIsNamedWithItsReasonAndTheOthersAreIndexed) {
  Write("good.txt", "The pump runs at nine bar.");
  Write("image.txt", std::string("\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR", 16));
  Write("empty.md", "");
  Write("blank.txt", " \n\n ");
  Write("broken.txt",
        "caf\xC3 broken utf8 \xF0\x28 words \xE4\xB8\xAD\xE6\x96\x87 mixed \xE4\xB8\n");
  Write("zero.bin", std::string("a\0b", 3));
  Write("object.json", "{\"text\": ");
  const QuarryResult result = Run({"index", docs()});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(WithoutTimes(result.out),
            "failed  " + docs() + "/broken.txt: invalid UTF-8 at byte 3 and no other charset " +
                "fits\n" + "failed  " + docs() +
                "/object.json: line 1, column 10: broken JSON while "
                "parsing value: unexpected end of input; expected '[', '{', or a literal\n" +
                "skipped " + docs() + "/blank.txt: empty: only white space, expected text; and 3 " +
                "others (--json lists all)\n" +
                "added 1, changed 0, unchanged 0, removed 0, failed 2; 1 chunk\n" + kWordsOnly);
  EXPECT_EQ(Run({"search", "pump"}).exit_code, 0);
}

TEST_F(CliTest, ABrokenJsonLineIsNamedByItsNumberAndTheOthersAreKept) {
  const std::string path = Write("r.jsonl",
                                 "{\"id\":\"a\",\"text\":\"First.\"}\n{\"id\":\"b\",\"te\n{\"id\":"
                                 "\"c\",\"text\":\"Third.\"}\n");
  const QuarryResult result = Run({"index", docs()});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, StartsWith("failed  " + path + ": line 2: expected a JSON object: "));
  EXPECT_EQ(Run({"docs", "show", "r.jsonl#a", "--text"}).out, "First.\n");
  EXPECT_EQ(Run({"docs", "show", "r.jsonl#c", "--text"}).out, "Third.\n");
}

TEST_F(CliTest, ALineOfAHundredMegabytesIsIndexed) {
  std::string line;
  line.reserve(100'000'000);
  for (int i = 0; line.size() < 99'999'900; ++i) line += "word" + std::to_string(i % 5000) + ' ';
  line += "needle";
  Write("long.txt", line);
  line = std::string();
  QuarryCommand command = Command({"index", docs(), "--set", "embedding.enabled=false"});
  command.timeout = std::chrono::seconds(240);
  const QuarryResult result = testing::RunQuarryWith(command);
  EXPECT_EQ(result.exit_code, 0) << result.error;
  EXPECT_THAT(result.out, StartsWith("added 1, changed 0, unchanged 0, removed 0, failed 0 in "));
  // The document is one commit: its text, chunks and terms are in memory at a time.
  EXPECT_LT(result.peak_memory, uint64_t{2} << 30);
  EXPECT_EQ(Run({"search", "needle"}).exit_code, 0);
}

TEST_F(CliTest, AFileAboveTheLimitIsReportedAndNotRead) {
  const std::string path = Write("large.txt", std::string(5000, 'x'));
  const QuarryResult result = Run({"index", docs(), "--set", "ingest.max_file_bytes=4000"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, StartsWith("failed  " + path +
                                     ": cannot read: larger than the limit of 4000 bytes\n"));
}

TEST_F(CliTest, WhatMayNotBeReadIsReportedAndTheRestIsIndexed) {
  Write("open.txt", "The pump runs at nine bar.");
  const std::string closed = Write("closed.txt", "Nobody may read this.");
  Write("locked/inside.txt", "Nor this.");
  const bool is_root = ::geteuid() == 0;
  if (is_root) {
    for (const auto& entry : fs::recursive_directory_iterator(home())) {
      ASSERT_EQ(::chown(entry.path().c_str(), kNobody, kNobody), 0);
    }
    ASSERT_EQ(::chown(home().c_str(), kNobody, kNobody), 0);
  }
  fs::permissions(closed, fs::perms::none);
  fs::permissions(docs() + "/locked", fs::perms::none);
  QuarryCommand command = Command({"index", docs()});
  command.as_nobody = is_root;
  if (testing::RunQuarryWith({.arguments = {"--version"}, .as_nobody = is_root}).exit_code != 0) {
    GTEST_SKIP() << "nobody may not run " << testing::QuarryBinary();
  }
  const QuarryResult result = testing::RunQuarryWith(command);
  fs::permissions(docs() + "/locked", fs::perms::owner_all);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(WithoutTimes(result.out),
            "failed  " + docs() + "/locked: cannot read the directory: Permission denied\n" +
                "failed  " + closed + ": cannot read: Permission denied\n" +
                "added 1, changed 0, unchanged 0, removed 0, failed 2; 1 chunk\n" + kWordsOnly);
}

TEST_F(CliTest, AStoreThatMayNotBeLookedAtIsAnErrorAndNoCrash) {
  const bool is_root = ::geteuid() == 0;
  fs::create_directory(home() + "/closed");
  fs::permissions(home() + "/closed", fs::perms::none);
  fs::permissions(home(), fs::perms::all);
  const QuarryResult version =
      testing::RunQuarryWith({.arguments = {"--version"}, .as_nobody = is_root});
  if (version.exit_code != 0) GTEST_SKIP() << "nobody may not run " << testing::QuarryBinary();
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

TEST_F(CliTest, APathThatDoesNotExistChangesNothing) {
  const QuarryResult result = Run({"index", docs(), home() + "/nowhere"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.error, "quarry: error: " + home() + "/nowhere: no such file or directory\n");
  EXPECT_FALSE(fs::exists(store()));
}

TEST_F(CliTest, AWrongCollectionNameMakesNoStore) {
  Write("a.txt", "One.");
  ExpectUsageError({"index", docs(), "--collection", "bad name"},
                   "collection name \"bad name\": expected 1 to 64 letters, digits, '-', '_', '.', "
                   "starting with a letter or digit");
  EXPECT_FALSE(fs::exists(store()));
}

TEST_F(CliTest, AKeyThatIsNoneIsSaidByItsArgumentsAndMakesNoStore) {
  ExpectUsageError({"keys", "create", ""}, "NAME: expected 1 to 100 bytes, got 0");
  ExpectUsageError({"keys", "create", "x", "--expires", "tomorrow"},
                   "--expires: expected a time to come, as 2027-01-31T12:00:00Z, got \"tomorrow\"");
  ExpectUsageError({"keys", "create", "x", "--scope", "ingest", "--principal", "staff"},
                   "--principal: bind what a key reads; one that writes, or administers, has none");
  EXPECT_FALSE(fs::exists(store()));
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

TEST_F(CliTest, PrincipalsSeeWhatTheyMayRead) {
  ASSERT_EQ(Run({"index", "-"},
                "{\"id\":\"open\",\"text\":\"Alpha for all.\"}\n"
                "{\"id\":\"closed\",\"text\":\"Alpha for some.\",\"access\":[\"hr\"]}\n")
                .exit_code,
            0);
  EXPECT_EQ(RunJson({"search", "alpha"})["hits"].size(), 2u);
  EXPECT_EQ(
      RunJson({"search", "alpha", "--principal", "sales", "--principal", "hr"})["hits"].size(), 2u);
  const Json sales = RunJson({"search", "alpha", "--principal", "sales"});
  ASSERT_EQ(sales["hits"].size(), 1u);
  EXPECT_EQ(sales["hits"][0]["document"], "open");
  EXPECT_EQ(Run({"search", "some", "--principal", "sales", "--mode", "lexical"}).error,
            "quarry: nothing found among what --principal may read\n");
}

TEST_F(CliTest, DocumentsAreNamedWholeOrByTheirFile) {
  Write("guide/pump.md", "# Pump");
  Write("r.jsonl", "{\"id\":\"x\",\"text\":\"One.\"}\n{\"id\":\"y\",\"text\":\"Two.\"}\n");
  ASSERT_EQ(Run({"index", docs()}).exit_code, 0);
  EXPECT_EQ(Run({"docs", "show", "pump.md"}).error,
            "quarry: error: no document \"pump.md\" in collection \"default\"; there is: "
            "guide/pump.md\n");
  EXPECT_EQ(Run({"docs", "show", "valve"}).error,
            "quarry: error: no document \"valve\" in collection \"default\"; `quarry docs ls` "
            "lists them\n");
  EXPECT_EQ(Run({"docs", "delete", "r.jsonl"}).exit_code, 0);
  EXPECT_EQ(RunJson({"docs", "ls"})["total"], 1);
}

TEST_F(CliTest, OfManyDocumentsThatAreAlikeTheOthersAreCounted) {
  for (const char* folder : {"a", "b", "c", "d", "e"})
    Write(std::string(folder) + "/README.md", std::string("# Notes of ") + folder);
  ASSERT_EQ(Run({"index", docs()}).exit_code, 0);
  EXPECT_EQ(Run({"docs", "show", "README"}).error,
            "quarry: error: no document \"README\" in collection \"default\"; there is: "
            "a/README.md, b/README.md, c/README.md and 2 others\n");
}

TEST_F(CliTest, DocumentsThatAreNearlyTheSameAreListed) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "The pump number " + std::to_string(i) + " runs well. ";
  Write("a.txt", text);
  Write("b.txt", text + "One more sentence.");
  Write("c.txt", "Something else.");
  ASSERT_EQ(Run({"index", docs()}).exit_code, 0);
  EXPECT_THAT(Run({"docs", "duplicates"}).out,
              HasSubstr("1 document is like one before it by 0.80 or more\n"));
  const Json found = RunJson({"docs", "duplicates"});
  ASSERT_EQ(found["duplicates"].size(), 1u);
  EXPECT_EQ(found["duplicates"][0]["document"], "b.txt");
  EXPECT_EQ(found["duplicates"][0]["of"], "a.txt");
  EXPECT_EQ(Run({"docs", "duplicates", "--similarity", "1"}).out,
            "no document is like another by 1.00 or more\n");
  EXPECT_EQ(Run({"docs", "duplicates", "--similarity", "0.1"}).exit_code, 2);
}

TEST_F(CliTest, AFileThatBreaksLeavesItsOldVersion) {
  Write("a.json", "{\"text\": \"Alpha.\"}");
  ASSERT_EQ(Run({"index", docs()}).exit_code, 0);
  Write("a.json", "{\"text\": ");
  EXPECT_THAT(Run({"index", docs()}).out, HasSubstr("; its last good version still answers\n"));
  EXPECT_EQ(Run({"search", "alpha"}).exit_code, 0);
}

TEST_F(CliTest, AWrongFilterIsNamedByItsPlace) {
  Write("a.txt", "Alpha.");
  ASSERT_EQ(Run({"index", docs()}).exit_code, 0);
  ExpectUsageError({"search", "alpha", "--filter", R"({"type":"equals","key":"x","value":1})"},
                   "--filter: filter.type: unknown operator \"equals\"; expected one of and, or, "
                   "eq, ne, gt, gte, lt, lte, in, nin");
  const QuarryResult broken = Run({"search", "alpha", "--filter", "{"});
  EXPECT_EQ(broken.exit_code, 2);
  EXPECT_THAT(broken.error, StartsWith("quarry: error: --filter: filter: not JSON: "));
}

TEST_F(CliTest, AnUnknownCollectionIsNamedWithThoseThatExist) {
  Write("a.txt", "Alpha.");
  ASSERT_EQ(Run({"index", docs()}).exit_code, 0);
  const std::vector<std::vector<std::string>> commands = {
      {"search", "alpha"}, {"stats"}, {"verify"}, {"docs", "ls"}};
  for (std::vector<std::string> command : commands) {
    command.insert(command.end(), {"--collection", "nope"});
    const QuarryResult result = Run(command);
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_EQ(result.error, "quarry: error: no collection \"nope\"; there is: default\n");
  }
}

TEST_F(CliTest, AnErrorIsAnObjectWithJson) {
  const QuarryResult result = Run({"search", "pump", "--json"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(Json::parse(result.out)["error"]["code"], "NOT_FOUND");
  EXPECT_THAT(result.error, HasSubstr("no store there"));
}

TEST_F(CliTest, ASearchReadsOperatorsAndExplainsItself) {
  Write("a.txt", "The valve torque is 9 Nm and the flange leaks.");
  Write("b.txt", "The torque valve is new. The valves pump.");
  Write("c.txt", "A valve torque of 12 Nm; pumping goes on.");
  Run({"index", docs()});
  const QuarryResult found =
      Run({"search", "\"valve torque\" pump* valve -leaks", "--explain", "--mode", "lexical"});
  EXPECT_EQ(found.exit_code, 0) << found.error;
  EXPECT_THAT(found.out, HasSubstr("c.txt"));
  EXPECT_THAT(found.out, ::testing::Not(HasSubstr("a.txt")));
  EXPECT_THAT(found.out, ::testing::Not(HasSubstr("b.txt")));
  EXPECT_THAT(found.out, HasSubstr("    lexical: rank 1, score "));
  EXPECT_THAT(found.out, ::testing::ContainsRegex(
                             "\n      valv +[0-9.]+  \\(1x here, in 3 chunks, idf [0-9.]+, asked "
                             "for 2x\\)\n"));
  EXPECT_THAT(found.out, ::testing::ContainsRegex(
                             "\n      pump\\* +[0-9.]+  \\(1x here, in 2 chunks, idf [0-9.]+: "
                             "pump\\)\n"));
  EXPECT_THAT(found.out, HasSubstr("\nrequired: \"valve torque\"\nexcluded: \"leaks\"\ntimings:"));

  const Json json =
      RunJson({"search", "\"valve torque\" pump* valve -leaks", "--explain", "--mode", "lexical"});
  ASSERT_EQ(json["hits"].size(), 1u);
  double sum = 0;
  for (const Json& term : json["hits"][0]["explain"]["terms"]) sum += term["score"].get<double>();
  EXPECT_EQ(sum, json["hits"][0]["score"].get<double>());
  EXPECT_EQ(sum, json["hits"][0]["explain"]["lexical"]["score"].get<double>());

  const QuarryResult none = Run({"search", "\"torque flange\""});
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_THAT(none.error,
              HasSubstr("nothing found that satisfies \"...\", + and - of the question"));
}

TEST_F(CliTest, ACollectionKeepsTheBm25ThatItWasMadeWith) {
  EXPECT_EQ(Run({"collections", "create", "tuned", "--set", "bm25.k1=0.9", "--set", "bm25.b=0.4",
                 "--set", "bm25.title_weight=7"})
                .exit_code,
            0);
  Write("a.html", "<title>Valve</title><p>Of the pump.</p>");
  Run({"index", docs(), "--collection", "tuned"});
  Run({"index", docs()});
  const Json expected = {{"k1", 0.9}, {"b", 0.4}, {"title_weight", 7}};
  const Json listed = RunJson({"collections", "ls"})["collections"];
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[0]["bm25"], Json({{"k1", 1.2}, {"b", 0.75}, {"title_weight", 4}}));
  EXPECT_EQ(listed[1]["bm25"], expected);
  EXPECT_EQ(RunJson({"stats"})["collections"][1]["bm25"], expected);
  EXPECT_THAT(Run({"stats"}).out, HasSubstr("k1 0.9, b 0.4, title weight 7"));
  EXPECT_THAT(Run({"collections", "ls"}).out, HasSubstr("k1 0.9, b 0.4, title weight 7"));
  EXPECT_EQ(listed[1]["tokens"], listed[0]["tokens"].get<int>() + 3);  // one word of the title
  const Json hit = RunJson({"search", "valve", "--explain", "--collection", "tuned"})["hits"][0];
  EXPECT_EQ(hit["explain"]["terms"][0]["count"], 7);
  EXPECT_EQ(Run({"verify"}).exit_code, 0);
  EXPECT_THAT(Run({"collections", "create", "x", "--set", "bm25.title_weight=0"}).error,
              HasSubstr("bm25.title_weight: expected an integer from 1 to 100, got \"0\""));
}

TEST_F(CliTest, NothingFoundIsExitCodeOne) {
  Write("a.txt", "Alpha.");
  ASSERT_EQ(Run({"index", docs()}).exit_code, 0);
  const QuarryResult result = Run({"search", "zebra"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.error, "quarry: nothing found\n");
}

TEST_F(CliTest, OfAFilterThatNoDocumentCanSatisfyTheReasonIsTold) {
  ASSERT_EQ(Run({"index", "-"},
                "{\"id\":\"a\",\"text\":\"The pump runs at nine bar.\","
                "\"metadata\":{\"year\":2024,\"area\":\"north\"}}\n"
                "{\"id\":\"gone\",\"text\":\"Beta.\",\"metadata\":{\"state\":\"old\"}}\n")
                .exit_code,
            0);
  ASSERT_EQ(Run({"docs", "delete", "gone"}).exit_code, 0);
  const auto filter = [](const std::string& key, const std::string& value) {
    return R"({"type":"eq","key":")" + key + R"(","value":)" + value + "}";
  };
  const auto error = [&](const std::string& key, const std::string& value) {
    return Run({"search", "pump", "--filter", filter(key, value)}).error;
  };
  const std::string nothing = "quarry: nothing found that satisfies --filter";
  EXPECT_EQ(error("area", "\"south\""), nothing + "\n");
  EXPECT_EQ(error("aera", "\"north\""),
            nothing + ": no document has the metadata key \"aera\"; did you mean \"area\"?\n");
  EXPECT_EQ(error("state", "\"old\""), nothing + ": no document has the metadata key \"state\"\n");
  EXPECT_EQ(error("year", "\"2024\""),
            nothing + ": the values of the metadata key \"year\" are numbers, not strings\n");
  // Which keys the documents of others have is not told.
  EXPECT_EQ(Run({"search", "pump", "--principal", "hr", "--filter", filter("aera", "1")}).error,
            nothing + " among what --principal may read\n");
  EXPECT_THAT(
      Run({"ask", "At what pressure does the pump run?", "--filter", filter("colour", "1")}).out,
      HasSubstr("answer to this question. No document has the metadata key \"colour\"."));
  EXPECT_THAT(
      Run({"ask", "水泵的压力是多少？", "--filter", filter("year", "\"2024\"")}).out,
      ::testing::AllOf(HasSubstr("没有找到这个问题的答案。元数据键“year”的值是数字，不是字符串。"),
                       HasSubstr("无答案，支持度 0.00：没有找到任何段落")));
}

TEST_F(CliTest, AQuestionMayComeInSeveralWordsAndPathsToo) {
  const std::string first = Write("one/a.txt", "The pump runs at nine bar.");
  const std::string second = Write("two/b.txt", "The valve is made of bronze.");
  EXPECT_EQ(Run({"index", first, second}).exit_code, 0);
  EXPECT_EQ(RunJson({"search", "index", "the", "bronze", "[valve]"})["query"],
            "index the bronze [valve]");
  EXPECT_EQ(Run({"docs", "delete", "a.txt", "b.txt"}).out, "deleted 2 documents\n");
}

TEST_F(CliTest, AChangedFileReplacesItsChangedChunksOnly) {
  std::string text;
  for (int i = 0; i < 120; ++i) {
    text += "Paragraph " + std::to_string(i) + " says ";
    for (int w = 0; w < 40; ++w) text += "word" + std::to_string((i * 37 + w * 11) % 500) + " ";
    text += "and ends.\n\n";
  }
  Write("long.txt", text);
  const Json first = RunJson({"index", docs()});
  const uint64_t chunks = first["chunks"]["added"];
  ASSERT_GT(chunks, 12u);
  text.insert(text.find("Paragraph 60"), "An edited sentence. ");
  Write("long.txt", text);
  const Json second = RunJson({"index", docs()});
  EXPECT_EQ(second["documents"]["changed"], 1);
  EXPECT_LE(second["chunks"]["added"].get<uint64_t>(), 4u);
  EXPECT_GE(second["chunks"]["kept"].get<uint64_t>(), chunks - 4);
}

TEST_F(CliTest, AMovedFileIsFoundUnderItsNewNameOnly) {
  Write("old.txt", "The pump runs at nine bar.");
  ASSERT_EQ(Run({"index", docs()}).exit_code, 0);
  fs::rename(docs() + "/old.txt", docs() + "/new.txt");
  EXPECT_EQ(WithoutTimes(Run({"index", docs(), "--prune"}).out),
            "added 0, changed 1, unchanged 0, removed 0, failed 0; 1 chunk\n" + kWordsOnly);
  EXPECT_EQ(RunJson({"search", "pump"})["hits"][0]["document"], "new.txt");
}

TEST_F(CliTest, PruneRemovesWhatIsGoneAndADryRunOnlySaysSo) {
  Write("a.txt", "Apples are red.");
  Write("b.txt", "Bananas are yellow.");
  EXPECT_EQ(WithoutTimes(Run({"index", docs(), "--dry-run"}).out),
            "add     a.txt\nadd     b.txt\n"
            "dry run, nothing was written: would have added 2, changed 0, unchanged 0, removed 0, "
            "failed 0\n");
  EXPECT_FALSE(fs::exists(store()));
  ASSERT_EQ(Run({"index", docs()}).exit_code, 0);
  fs::remove(docs() + "/b.txt");
  EXPECT_EQ(WithoutTimes(Run({"index", docs()}).out),
            "nothing changed: 1 document unchanged, 0 failed; 2 chunks\n"
            "1 document has no file any more and still answers; --prune removes it\n");
  EXPECT_EQ(RunJson({"index", docs()})["documents"]["gone"], 1);
  EXPECT_EQ(WithoutTimes(Run({"index", docs(), "--prune", "--dry-run"}).out),
            "remove  b.txt\n"
            "dry run, nothing was written: would have added 0, changed 0, unchanged 1, removed 1, "
            "failed 0\n");
  EXPECT_EQ(Run({"search", "bananas"}).exit_code, 0);
  EXPECT_EQ(WithoutTimes(Run({"index", docs(), "--prune"}).out),
            "added 0, changed 0, unchanged 1, removed 1, failed 0; 1 chunk\n" + kWordsOnly);
  EXPECT_EQ(Run({"search", "bananas"}).exit_code, 1);
}

TEST_F(CliTest, ADryRunListsEveryChange) {
  Write("a.txt", "Apples are red.");
  Write("b.txt", "Bananas are yellow.");
  Write("c.txt", "Cherries are small.");
  ASSERT_EQ(Run({"index", docs()}).exit_code, 0);
  Write("a.txt", "Apples are green.");
  fs::rename(docs() + "/b.txt", docs() + "/e.txt");
  fs::remove(docs() + "/c.txt");
  Write("d.txt", "Dates are sweet.");
  EXPECT_THAT(Run({"index", docs(), "--prune", "--dry-run"}).out,
              StartsWith("change  a.txt\nadd     d.txt\nmove    b.txt -> e.txt\nremove  c.txt\n"));
  const Json plan = RunJson({"index", docs(), "--prune", "--dry-run"})["plan"];
  ASSERT_EQ(plan.size(), 4u);
  EXPECT_EQ(plan[2], (Json{{"do", "move"}, {"id", "e.txt"}, {"from", "b.txt"}}));
}

TEST_F(CliTest, RecordsOnStandardInputAreAppliedInOrderAndWrongLinesNamed) {
  const QuarryResult result =
      Run({"index", "-"},
          "{\"id\":\"a\",\"text\":\"Alpha.\"}\nbroken\n{\"id\":\"b\",\"txt\":\"y\"}\n"
          "{\"id\":\"b\",\"text\":\"Beta.\"}\n{\"op\":\"delete\",\"id\":\"a\"}\n");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(WithoutTimes(result.out),
            "failed  standard input: line 2: column 1: unexpected text near \"b\"\n"
            "failed  standard input: line 3: unknown field \"txt\"; did you mean \"text\"?\n"
            "added 2, changed 0, unchanged 0, removed 1, failed 2; 1 chunk\n" +
                kWordsOnly);
  EXPECT_EQ(Run({"docs", "show", "b", "--text"}).out, "Beta.\n");
}

TEST_F(CliTest, ALineOnStandardInputAboveTheLimitEndsTheRun) {
  const QuarryResult result = Run({"index", "-"}, std::string(size_t{65} << 20, 'x'));
  EXPECT_EQ(result.exit_code, 75);
  EXPECT_EQ(result.error, "quarry: error: standard input: line 1 is longer than 67108864 bytes\n");
}

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

TEST_F(CliTest, AnInterruptedRunKeepsWhatItHasAndSaysSo) {
  for (int i = 0; i < 3000; ++i) {
    Write("f" + std::to_string(i) + ".txt", "Text number " + std::to_string(i) + " of many.");
  }
  QuarryProcess run(Command({"index", docs(), "--set", "ingest.batch_documents=1"}));
  ASSERT_FALSE(run.EndsWithin(std::chrono::milliseconds(150)));
  run.Signal(SIGINT);
  const QuarryResult result = run.Wait();
  EXPECT_EQ(result.exit_code, 130);
  EXPECT_EQ(result.error,
            "quarry: interrupted; nothing is lost: what was indexed is kept, and the same command "
            "goes on from there\n");
  EXPECT_EQ(Run({"verify"}).exit_code, 0);
  EXPECT_EQ(RunJson({"index", docs()})["chunks"]["total"], 3000);
}

TEST_F(CliTest, ACollectionKeepsTheSettingsOfItsVectorsUntilItIsToldOthers) {
  for (int i = 0; i < 60; ++i) {
    const std::string n = std::to_string(i);
    Write("p" + n + ".txt", "Pump number " + n + " delivers water to station " + n + ".");
  }
  const auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--collection", "c"});
    return Run(std::move(arguments));
  };
  ASSERT_EQ(Run({"collections", "create", "c", "--set", "vectors.kind=faiss_ivf"}).exit_code, 0);
  ASSERT_EQ(run({"index", docs()}).exit_code, 0);
  const auto stats = [&] { return RunJson({"stats"})["collections"][0]; };
  EXPECT_EQ(stats()["vectors"]["kind"], "faiss_ivf");
  EXPECT_EQ(stats()["vector_index"], "faiss_ivf");
  EXPECT_EQ(stats()["maintenance"]["pending"], "");
  EXPECT_THAT(run({"search", "number 7", "-k", "1"}).out, HasSubstr("p7.txt"));

  Write("p60.txt", "Pump number 60 delivers water to station 60.");
  const QuarryResult other = run({"index", docs(), "--set", "vectors.kind=hnsw"});
  EXPECT_EQ(other.exit_code, 0);
  EXPECT_EQ(other.error,
            "quarry: warning: --set: vectors.kind=hnsw is not used: collection \"c\" keeps "
            "faiss_ivf; change it with: quarry collections set c --set vectors.kind=hnsw\n");
  EXPECT_EQ(Run({"collections", "set", "c", "--set", "vectors.kind=hnsw"}).out,
            "changed collection c\n");
  EXPECT_EQ(stats()["vectors"]["kind"], "hnsw");
  EXPECT_EQ(stats()["vectors"]["codes"], "int8");
  EXPECT_EQ(stats()["vector_index"], "hnsw");
  EXPECT_THAT(run({"search", "number 60", "-k", "1"}).out, HasSubstr("p60.txt"));
  EXPECT_EQ(Run({"verify"}).exit_code, 0);
  ExpectUsageError({"collections", "set", "c"},
                   "nothing to set; give --set KEY=VALUE of vectors.kind, vectors.codes, "
                   "vectors.hnsw_links, vectors.hnsw_build_width, vectors.target_recall");
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
