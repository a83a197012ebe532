// quarry eval rank: which of several runs gave the better answers.

#include <filesystem>

#include "tests/testing/chat_upstream.h"
#include "tests/testing/command_testing.h"

namespace quarry::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::QuarryResult;
using ::testing::StartsWith;

class EvalRankTest : public testing::CommandTest {
 protected:
  EvalRankTest() {
    Write("suite/docs/pump.md", "# Pump\n\nThe red pump delivers ten litres per second.\n");
    Write("suite/docs/valve.md", "# 阀门\n\n青铜阀门在两秒之内关闭。\n");
    Write("suite/suite.yaml", "name: small\ncorpus: docs\n");
    Write("suite/cases.jsonl",
          R"({"id":"pump","query":"What does the red pump deliver per second?",)"
          R"("expected_facts":[{"id":"f","text":"The red pump delivers ten litres per second."}]})"
          "\n"
          R"({"id":"valve","query":"青铜阀门在几秒之内关闭？",)"
          R"("expected_facts":[{"id":"f","text":"青铜阀门在两秒之内关闭。"}]})"
          "\n");
  }
  // One that answers, and one that declines whatever it is asked.
  void RunBoth() {
    ASSERT_LE(Run({"eval", "run", "suite", "--name", "quoting"}).exit_code, 1);
    ASSERT_LE(
        Run({"eval", "run", "suite", "--name", "silent", "--set", "extractive.decline_below=1"})
            .exit_code,
        1);
  }
};

TEST_F(EvalRankTest, TheRunThatAnswersIsPreferredToTheOneThatDoesNot) {
  RunBoth();
  const QuarryResult table = Run({"eval", "rank", "silent", "quoting"});
  EXPECT_EQ(table.exit_code, 0) << table.error;
  EXPECT_THAT(table.out, AllOf(StartsWith("Runs by the answers that are preferred\n"
                                          "2 cases, 2 pairs, judge local-"),
                               HasSubstr("\nrun   "), HasSubstr(" win rate  won  lost  ties ")));
  EXPECT_LT(table.out.find("  quoting "), table.out.find("  silent ")) << table.out;

  const Json ranking = RunJson({"eval", "rank", "silent", "quoting"});
  EXPECT_EQ(ranking["cases"], 2);
  EXPECT_EQ(ranking["pairs"], 2);
  ASSERT_EQ(ranking["runs"].size(), 2u);
  EXPECT_EQ(ranking["runs"][0]["name"], "quoting");
  EXPECT_EQ(ranking["runs"][0]["wins"], 2);
  EXPECT_EQ(ranking["runs"][1]["losses"], 2);
  EXPECT_GT(ranking["runs"][0]["strength"]["mean"], ranking["runs"][1]["strength"]["mean"]);
  // The order in which they are named decides nothing.
  EXPECT_EQ(RunJson({"eval", "rank", "quoting", "silent"})["runs"], ranking["runs"]);
}

TEST_F(EvalRankTest, AModelMayBeTheJudgeAndIsNotAskedTheSameAgain) {
  RunBoth();
  const testing::ChatUpstream judge([](const Json& request) {
    const std::string asked = request["messages"].dump();
    // Whichever is shown first is not preferred for that.
    const size_t b = std::min(asked.find("Answer B"), asked.find("回答 B"));
    const bool declines =
        asked.find("indexed documents", b) != asked.npos || asked.find("没有找到", b) != asked.npos;
    return Json{{"content", declines ? R"({"better": "A"})" : R"({"better": "B"})"}};
  });
  const std::vector<std::string> rank = {"eval",    "rank",
                                         "quoting", "silent",
                                         "--judge", "llm",
                                         "--set",   "chat.model=" + judge.name(),
                                         "--set",   "http.attempts=1"};
  const Json ranking = RunJson(rank);
  EXPECT_THAT(ranking["judge"].get<std::string>(), HasSubstr("scripted"));
  EXPECT_EQ(ranking["runs"][0]["name"], "quoting");
  EXPECT_EQ(ranking["runs"][0]["wins"], 2);
  const size_t asked = judge.requests().size();
  EXPECT_EQ(asked, 4u) << "each pair in both orders";
  EXPECT_EQ(RunJson(rank), ranking);
  EXPECT_EQ(judge.requests().size(), asked);
}

TEST_F(EvalRankTest, MakesNoStoreWhereThereIsNone) {
  RunBoth();
  for (const char* run : {"quoting", "silent"}) {
    const std::string file = home() + "/" + run + ".jsonl";
    ASSERT_EQ(Run({"eval", "export", run, "--format", "run", "--to", file}).exit_code, 0);
  }
  const std::string elsewhere = home() + "/elsewhere";
  const auto rank = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"eval", "rank"});
    arguments.insert(arguments.end(), {"--store", elsewhere});
    return testing::RunQuarryWith({.arguments = std::move(arguments), .directory = home()});
  };
  const QuarryResult missing = rank({"quoting", "silent"});
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_THAT(missing.error, HasSubstr("store " + elsewhere + ": no store there"));
  EXPECT_FALSE(std::filesystem::exists(elsewhere));
  // Runs in files need none.
  const QuarryResult files = rank({"quoting.jsonl", "silent.jsonl"});
  EXPECT_EQ(files.exit_code, 0) << files.error;
  EXPECT_THAT(files.out, HasSubstr("2 cases, 2 pairs"));
  EXPECT_FALSE(std::filesystem::exists(elsewhere));
}

TEST_F(EvalRankTest, WhatCannotBeRankedSaysWhatIsWanted) {
  ASSERT_LE(Run({"eval", "run", "suite", "--name", "one"}).exit_code, 1);
  const auto expect = [&](std::vector<std::string> arguments, const std::string& error) {
    arguments.insert(arguments.begin(), {"eval", "rank"});
    const QuarryResult result = Run(std::move(arguments));
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.error, StartsWith("quarry: error: " + error));
  };
  expect({"one"}, "RUN: expected two runs or more, got one\n");
  expect({"one", "one"}, "run run_");
  expect({"one", "none"}, "run \"none\": there is none of that id or name; the newest is run_");
  expect({"one", "two", "--judge", "none"}, "--judge: expected local or llm, got \"none\"\n");
  expect({"one", "latest", "--judge", "llm"},
         "--judge llm: no chat model is configured (chat.model)\n");
  expect({}, "RUN is required; see: quarry eval rank -h\n");
}

}  // namespace
}  // namespace quarry::app
