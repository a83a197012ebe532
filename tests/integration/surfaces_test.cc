// One question asked in every way that there is: the same answer, citations and verdict each time.

#include <iterator>
#include <sstream>

#include "tests/testing/command_testing.h"
#include "tests/testing/http_client.h"

namespace quarry {
namespace {

using std::string;
using testing::CommandTest;
using testing::Fetch;
using testing::QuarryProcess;
using testing::QuarryResult;
using testing::SourceDirectory;

// An answer, two that contradict each other, one that is declined, one in Chinese.
constexpr const char* kQuestions[] = {"What is the rated head of the VX-240?",
                                      "When was the Halden Valley Water Cooperative founded?",
                                      "Who painted the town hall of Antwerp?",
                                      "渡口大桥全长多少米？"};

class SurfacesTest : public CommandTest {
 protected:
  SurfacesTest() : CommandTest({"--set", "cache.enabled=false"}) {
    QUARRY_CHECK(Run({"index", SourceDirectory() + "/examples/corpus"}).exit_code == 0);
  }

  // [document, begin, end, quote] of each. Eval leaves out a begin of 0.
  static Json Cited(const Json& citations) {
    Json cited = Json::array();
    for (const Json& one : citations) {
      cited.push_back({one.at("document"), one.value("begin", 0), one.at("end"), one.at("quote")});
    }
    return cited;
  }
  // What every surface tells.
  static Json Told(const string& answer, const string& verdict, const Json& citations) {
    return {{"answer", answer}, {"verdict", verdict}, {"citations", Cited(citations)}};
  }
  static Json ToldNatively(const Json& answer) {
    return Told(answer.at("answer"), answer.at("verdict").at("label"), answer.at("citations"));
  }
  static Json PostJson(uint16_t port, const string& target, const Json& body) {
    const auto reply = Fetch(port, "POST", target, body.dump());
    QUARRY_CHECK(reply && reply->status == 200);
    return Json::parse(reply->body);
  }
  // By the tool "ask" of `quarry mcp`.
  Json AskByMcp(const string& question) const {
    testing::QuarryCommand command = Command({"mcp"});
    const Json hello = {{"jsonrpc", "2.0"},
                        {"id", 1},
                        {"method", "initialize"},
                        {"params",
                         {{"protocolVersion", "2025-06-18"},
                          {"capabilities", Json::object()},
                          {"clientInfo", {{"name", "test"}, {"version", "1"}}}}}};
    const Json ask = {{"jsonrpc", "2.0"},
                      {"id", 2},
                      {"method", "tools/call"},
                      {"params", {{"name", "ask"}, {"arguments", {{"question", question}}}}}};
    command.input = hello.dump() + "\n" +
                    R"({"jsonrpc":"2.0","method":"notifications/initialized"})" + "\n" +
                    ask.dump() + "\n";
    const string out = RunQuarryWith(command).out;
    const size_t second = out.find('\n') + 1;
    const Json result = Json::parse(out.substr(second)).at("result");
    QUARRY_CHECK(result.contains("structuredContent"));
    return result.at("structuredContent");
  }
};

TEST_F(SurfacesTest, OneQuestionHasOneAnswerWhereverItIsAsked) {
  string cases;
  for (const string question : kQuestions) {
    cases += Json{{"id", "c" + std::to_string(cases.size())}, {"query", question}}.dump() + "\n";
  }
  Write("suite/cases.jsonl", cases);
  Write("suite/suite.yaml", "name: surfaces\n");
  std::vector<Json> by_command;
  std::vector<Json> by_mcp;
  for (const string question : kQuestions) {
    by_command.push_back(RunJson({"ask", question}));
    by_mcp.push_back(AskByMcp(question));
  }
  const QuarryResult run = Run({"eval", "run", "suite", "--judge", "none", "--jobs", "1",
                                "--report", home() + "/run.jsonl"});
  std::istringstream records(ReadFile(home() + "/run.jsonl").value());
  string line;
  std::getline(records, line);  // the manifest

  QuarryProcess server(Command({"serve", "--port", "0", "--json"}));
  const uint16_t port = Json::parse(server.ReadFirstLine()).at("port");
  for (size_t i = 0; i < std::size(kQuestions); ++i) {
    const string question = kQuestions[i];
    const Json told = ToldNatively(by_command[i]);
    EXPECT_EQ(by_command[i].at("abstained"), i == 2) << by_command[i];
    EXPECT_EQ(told.at("citations").empty(), i == 2);

    const Json native = PostJson(port, "/api/v1/answer", {{"query", question}});
    EXPECT_EQ(ToldNatively(native), told);
    EXPECT_EQ(native.at("fingerprint"), by_command[i].at("fingerprint"));
    const Json kept = Json::parse(
        Fetch(port, "GET", "/api/v1/answers/" + native.at("id").get<string>(), "")->body);
    EXPECT_EQ(ToldNatively(kept), told) << "read again";

    const Json chat =
        PostJson(port, "/v1/chat/completions",
                 {{"model", "quarry"}, {"messages", {{{"role", "user"}, {"content", question}}}}});
    EXPECT_EQ(Told(chat.at("choices")[0].at("message").at("content"),
                   chat.at("quarry").at("verdict").at("label"), chat.at("quarry").at("citations")),
              told);
    EXPECT_EQ(ToldNatively(by_mcp[i]), told);

    ASSERT_TRUE(std::getline(records, line)) << run.error;
    const Json record = Json::parse(line);
    EXPECT_EQ(record.at("case").at("query"), question);
    EXPECT_EQ(record.at("answer"), told.at("answer"));
    EXPECT_EQ(record.value("abstained", false), i == 2);
    EXPECT_EQ(Cited(record.value("citations", Json::array())), told.at("citations"));
    EXPECT_EQ(record.at("fingerprint"), native.at("fingerprint"));
  }
}

}  // namespace
}  // namespace quarry
