// Stored answers as commands, and what a server stored read by the command line.

#include <csignal>
#include <fstream>

#include "tests/testing/command_testing.h"
#include "tests/testing/http_client.h"

namespace quarry::app {
namespace {

using ::testing::HasSubstr;
using testing::QuarryResult;

class CacheCommandTest : public testing::CommandTest {
 protected:
  CacheCommandTest() : CommandTest({"--set", "cache.min_cost_millis=0"}) {
    for (int i = 0; i < 40; ++i) {
      const std::string n = std::to_string(i);
      Write("docs/" + n + ".md", "# Unit " + n + "\n\nThe valve of unit " + n + " opens at " +
                                     std::to_string(i * 7) + " bar.\n");
    }
    QUARRY_CHECK(Run({"index", home() + "/docs"}).exit_code == 0);
  }
};

TEST_F(CacheCommandTest, WhatAServerStoredIsServedListedExplainedAndCleared) {
  const std::string question = "At what pressure does the valve of unit 9 open?";
  {
    testing::QuarryProcess server(Command({"serve", "--port", "0", "--json"}));
    const uint16_t port = Json::parse(server.ReadFirstLine()).at("port").get<uint16_t>();
    const auto ask = [&] {
      const auto reply =
          testing::Fetch(port, "POST", "/api/v1/answer", Json{{"query", question}}.dump(),
                         "Content-Type: application/json\r\n");
      return Json::parse(reply->body).at("cache").at("kind").get<std::string>();
    };
    EXPECT_EQ(ask(), "miss");
    EXPECT_EQ(ask(), "exact");
    server.Signal(SIGTERM);
    EXPECT_EQ(server.Wait().exit_code, 0);
  }
  const Json asked = RunJson({"ask", "please: at what pressure does the valve of unit 9 open"});
  EXPECT_EQ(asked["cache"]["kind"], "exact");
  EXPECT_EQ(asked["cache"]["question"], question);
  EXPECT_EQ(RunJson({"ask", question, "--no-cache"})["cache"]["kind"], "miss");
  EXPECT_THAT(Run({"ask", question}).out, HasSubstr("for \"" + question + "\" (normal form)"));

  const Json list = RunJson({"cache", "ls"});
  EXPECT_EQ(list["entries_total"], 1);
  EXPECT_EQ(list["hits"], 1);  // the server's; who only reads counts nothing
  EXPECT_EQ(list["entries"][0]["question"], question);
  EXPECT_EQ(list["semantic"]["state"], "not served: quarry cache tune has not run yet");
  EXPECT_THAT(Run({"cache", "ls"}).out,
              ::testing::AllOf(HasSubstr("1 stored answer, "), HasSubstr("; 1 hit saved "),
                               HasSubstr("of the same meaning: not served: quarry cache tune "),
                               ::testing::Not(HasSubstr("closed"))));
  EXPECT_TRUE(RunJson({"cache", "explain", question})["hit"].get<bool>());
  EXPECT_THAT(Run({"cache", "explain", "At what pressure does the valve of unit 8 open?"}).out,
              HasSubstr("kept apart by number: 8 / 9"));
  EXPECT_EQ(Run({"verify"}).exit_code, 0);

  EXPECT_EQ(RunJson({"cache", "clear"})["cleared"], 1);
  EXPECT_EQ(RunJson({"cache", "ls"})["entries_total"], 0);
  EXPECT_EQ(RunJson({"ask", question})["cache"]["kind"], "miss");
}

TEST_F(CacheCommandTest, TuningThatShowsNoBoundKeepsOtherQuestionsOut) {
  std::ofstream(home() + "/pairs.jsonl")
      << R"({"a": "How do I open it?", "b": "What opens it?", "label": 1})"
      << "\n";
  const QuarryResult tuned = Run({"cache", "tune", "--pairs", home() + "/pairs.jsonl"});
  EXPECT_EQ(tuned.exit_code, 1) << tuned.error;
  EXPECT_THAT(tuned.out, HasSubstr("other questions are not served: no score has been shown"));
  EXPECT_EQ(
      RunJson({"cache", "ls"})["semantic"]["state"],
      "not served: quarry cache tune found no score from which wrong answers are rare enough");
  std::ofstream(home() + "/bad.jsonl") << "{}\n";
  const QuarryResult bad = Run({"cache", "tune", "--pairs", home() + "/bad.jsonl"});
  EXPECT_EQ(bad.exit_code, 2);
  EXPECT_THAT(bad.error, HasSubstr("bad.jsonl:1: a: expected a question"));
}

TEST_F(CacheCommandTest, AServerReadsPairsFromWhereTheUserIs) {
  Write("mine/pairs.jsonl", R"({"a": "How do I open it?", "b": "What opens it?", "label": 1})"
                            "\n");
  testing::QuarryProcess server(Command({"serve", "--port", "0", "--json"}));
  ASSERT_FALSE(server.ReadFirstLine().empty());
  // Where the server was started there is no such file.
  testing::QuarryCommand command = Command({"cache", "tune", "--pairs", "pairs.jsonl"});
  command.directory = home() + "/mine";
  const QuarryResult tuned = RunQuarryWith(command);
  EXPECT_THAT(tuned.error, HasSubstr("has the store, and runs this"));
  EXPECT_THAT(tuned.out, HasSubstr("1 pairs, false-hit rate at most")) << tuned.error;
  server.Signal(SIGTERM);
  EXPECT_EQ(server.Wait().exit_code, 0);
}

TEST_F(CacheCommandTest, ACacheThatIsOffIsSaid) {
  const QuarryResult off = Run({"cache", "ls", "--set", "cache.enabled=false"});
  EXPECT_NE(off.exit_code, 0);
  EXPECT_THAT(off.error, HasSubstr("cache.enabled: there is no answer cache"));
}

}  // namespace
}  // namespace quarry::app
