// quarry index: what it says that it did, and what becomes of files that are bad, changed, moved
// or gone.

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>

#include "tests/integration/cli_testing.h"

namespace quarry::app {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::kNobody;
using testing::QuarryCommand;
using testing::QuarryProcess;
using testing::QuarryResult;
using ::testing::StartsWith;

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

TEST_F(CliTest, APathThatDoesNotExistChangesNothing) {
  const QuarryResult result = Run({"index", docs(), home() + "/nowhere"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.error, "quarry: error: " + home() + "/nowhere: no such file or directory\n");
  EXPECT_FALSE(fs::exists(store()));
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
  const std::string out = WithoutTimes(result.out);
  EXPECT_THAT(
      out, StartsWith(
               "failed  " + docs() + "/broken.txt: invalid UTF-8 at byte 3 and no other charset " +
               "fits\n" + "failed  " + docs() +
               "/object.json: line 1, column 10: broken JSON while "
               "parsing value: unexpected end of input; expected '[', '{', or a literal\n" +
               "skipped " + docs() + "/blank.txt: empty: only white space, expected text; and 1 " +
               "other (--json lists all)\n"));
  // Each kind of reason is told, by its first file.
  EXPECT_THAT(out, HasSubstr("skipped " + docs() + "/image.txt: "));
  EXPECT_THAT(out, HasSubstr("skipped " + docs() + "/zero.bin: not text: NUL byte at offset 1\n"));
  EXPECT_THAT(out, HasSubstr("added 1, changed 0, unchanged 0, removed 0, failed 2; 1 chunk\n" +
                             kWordsOnly));
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
  if (!testing::RunsWithoutRights()) {
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

TEST_F(CliTest, AFileThatBreaksLeavesItsOldVersion) {
  Write("a.json", "{\"text\": \"Alpha.\"}");
  ASSERT_EQ(Run({"index", docs()}).exit_code, 0);
  Write("a.json", "{\"text\": ");
  EXPECT_THAT(Run({"index", docs()}).out, HasSubstr("; its last good version still answers\n"));
  EXPECT_EQ(Run({"search", "alpha"}).exit_code, 0);
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

}  // namespace
}  // namespace quarry::app
