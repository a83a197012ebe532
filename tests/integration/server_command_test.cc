// Commands while a server has the store; keys; MCP over standard input and output.

#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include "app/server_record.h"
#include "base/file.h"
#include "model/http_client.h"
#include "tests/testing/command_testing.h"
#include "tests/testing/http_client.h"
#include "tests/testing/http_upstream.h"

namespace quarry {
namespace {

using std::string;
using ::testing::AllOf;
using testing::CommandTest;
using testing::Fetch;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::QuarryProcess;
using testing::QuarryResult;

class ServerCommandTest : public CommandTest {
 protected:
  ServerCommandTest() {
    Write("docs/pump.md", "# Pump\n\nThe coolant pump runs at 9 bar.\n");
    Write("docs/leave.md", "# Leave\n\nAn employee has 28 days of paid leave.\n");
    QUARRY_CHECK(Run({"index", "docs"}).exit_code == 0);
  }

  // Serves until the test ends, or StopServer.
  void StartServer(std::vector<string> more = {}) {
    std::vector<string> arguments = {"serve", "--port", "0", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    server_ = std::make_unique<QuarryProcess>(Command(arguments));
    const string line = server_->ReadFirstLine();
    QUARRY_CHECK(!line.empty());
    port_ = Json::parse(line).at("port");
    url_ = Json::parse(line).at("url");
  }
  QuarryResult StopServer() {
    server_->Signal(SIGTERM);
    QuarryResult result = server_->Wait();
    server_.reset();
    return result;
  }
  string RecordPath() const { return home() + "/store/SERVER.json"; }
  int StatusOf(const string& target, const string& key) {
    const auto reply = Fetch(port_, "GET", target, "", "Authorization: Bearer " + key + "\r\n");
    return reply ? reply->status : 0;
  }

  std::unique_ptr<QuarryProcess> server_;
  uint16_t port_ = 0;
  string url_;
};

TEST_F(ServerCommandTest, GoThroughTheServerAndSaySo) {
  const QuarryResult alone = Run({"search", "paid leave"});
  StartServer();
  const QuarryResult through = Run({"search", "paid leave"});
  EXPECT_EQ(through.exit_code, 0);
  EXPECT_EQ(through.out, alone.out);
  EXPECT_EQ(through.error, "quarry: the server at " + url_ + " has the store, and runs this\n");
  EXPECT_EQ(RunJson({"search", "paid leave"}).at("hits")[0].at("document"), "leave.md");
  EXPECT_EQ(Run({"search", "zeppelin", "--mode", "lexical"}).exit_code, 1);

  const QuarryResult answer = Run({"ask", "At how many bar does the coolant pump run?"});
  EXPECT_THAT(answer.out, HasSubstr("9 bar"));
  EXPECT_THAT(answer.out, HasSubstr("pump.md"));
  EXPECT_EQ(RunJson({"docs", "ls"}).at("total"), 2);
  EXPECT_THAT(Run({"docs", "show", "pump.md", "--text"}).out, HasSubstr("coolant"));
  EXPECT_EQ(RunJson({"stats"}).at("collections")[0].at("documents"), 2);
  EXPECT_EQ(Run({"collections", "create", "other"}).exit_code, 0);
  EXPECT_EQ(RunJson({"docs", "ls", "--collection", "other"}).at("total"), 0);
  const QuarryResult missing = Run({"search", "x", "--collection", "nope"});
  EXPECT_EQ(missing.exit_code, 1) << missing.error;
  EXPECT_THAT(missing.error, HasSubstr("no collection \"nope\"; there is: default, other"));
  EXPECT_EQ(Run({"verify"}).exit_code, 0);
}

TEST_F(ServerCommandTest, WhatTheServerDoesNotRunIsNotSaidToBe) {
  StartServer();
  const std::vector<std::vector<string>> commands = {{"chat"},
                                                     {"embedder", "ls"},
                                                     {"embedder", "learn"},
                                                     {"backup", "create", "copy"},
                                                     {"serve", "--port", "0"}};
  for (const std::vector<string>& arguments : commands) {
    const QuarryResult result = Run(arguments);
    EXPECT_EQ(result.exit_code, 5) << arguments[0];
    EXPECT_THAT(result.error, AllOf(HasSubstr("in use by the server at " + url_ + " (process "),
                                    Not(HasSubstr("runs this")), Not(HasSubstr("LOCK"))))
        << arguments[0];
  }
  EXPECT_THAT(Run({"chat"}).error,
              HasSubstr("question by question with quarry ask, which it runs"));
  EXPECT_THAT(Run({"profile", "ls"}).error, HasSubstr("runs this"));
}

TEST_F(ServerCommandTest, DoctorTellsOfTheServerAsAFact) {
  const auto store_check = [&] {
    const Json doctor = RunJson({"doctor"});
    for (const Json& check : doctor.at("checks")) {
      if (check.at("subject") == "store") return check;
    }
    return Json();
  };
  StartServer();
  const Json beside = store_check();
  EXPECT_EQ(beside.at("level"), "ok");
  EXPECT_EQ(beside.at("advice"), "");
  EXPECT_THAT(beside.at("detail").get<string>(),
              HasSubstr("a server runs on it at " + url_ + " (process "));
  // What is wrong with the directory is said as without.
  ASSERT_EQ(::chmod((home() + "/store").c_str(), 0755), 0);
  EXPECT_EQ(store_check().at("level"), "warn");
  StopServer();
  const Result<FileLock> lock =
      FileLock::Acquire(home() + "/store/LOCK", FileLock::Kind::kExclusive);
  ASSERT_TRUE(lock.ok());
  EXPECT_THAT(store_check().at("detail").get<string>(), HasSubstr("in use by process "));
}

TEST_F(ServerCommandTest, ATestCollectionIsNotTunedInTheServersStore) {
  StartServer();
  const QuarryResult refused = Run({"tune", "--beir", "docs"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.error,
              AllOf(HasSubstr("--store: "), HasSubstr("wants a store that nobody else has"),
                    Not(HasSubstr("runs this"))));
}

TEST_F(ServerCommandTest, ModelsThatAreNotTheServersAreRefusedOrNoted) {
  const string theirs = "http://127.0.0.1:9/v1#theirs";
  const string mine = "http://127.0.0.1:9/v1#mine";
  StartServer({"--set", "chat.model=" + theirs, "--set", "http.attempts=1"});
  for (const char* flag : {"--model", "--set"}) {
    const string value = string(flag) == "--set" ? "chat.model=" + mine : mine;
    const QuarryResult refused = Run({"ask", "When is leave?", flag, value});
    EXPECT_EQ(refused.exit_code, 2) << refused.out;
    EXPECT_THAT(refused.error,
                HasSubstr(string(flag) + ": chat.model: the server that has the store (process "));
    EXPECT_THAT(refused.error,
                HasSubstr("answers with its own; give it there, or stop the server"));
  }
  EXPECT_EQ(Run({"ask", "When is leave?", "--model", theirs}).exit_code, 0) << "it is the server's";
  EXPECT_EQ(Run({"search", "leave", "--set", "embedding.enabled=false"}).exit_code, 2);
  Write("mine.yaml", "chat:\n  model: " + mine + "\n");
  const QuarryResult noted = Run({"search", "leave", "--config", "mine.yaml"});
  EXPECT_EQ(noted.exit_code, 0);
  EXPECT_THAT(noted.error, HasSubstr("answers with its own, not with that of "));
}

TEST_F(ServerCommandTest, IndexThroughTheServerTakesPathsFromWhereTheUserIs) {
  StartServer();
  Write("docs/valve.md", "# Valve\n\nThe valve closes within 3 seconds.\n");
  std::filesystem::remove(home() + "/docs/leave.md");
  testing::QuarryCommand command = Command({"index", ".", "--prune", "--json"});
  command.directory = home() + "/docs";
  const QuarryResult indexed = RunQuarryWith(command);
  EXPECT_EQ(indexed.exit_code, 0) << indexed.error;
  const Json result = Json::parse(indexed.out);
  EXPECT_EQ(result.at("documents").at("added"), 1);
  EXPECT_EQ(result.at("documents").at("unchanged"), 1);
  EXPECT_EQ(result.at("documents").at("removed"), 1);
  const auto found = Fetch(port_, "POST", "/api/v1/search", R"({"query": "valve"})");
  ASSERT_TRUE(found);
  EXPECT_THAT(found->body, HasSubstr("valve.md"));

  EXPECT_EQ(Run({"docs", "delete", "valve.md"}).exit_code, 0);
  const QuarryResult piped = Run({"index", "-"});
  EXPECT_NE(piped.exit_code, 0);
  EXPECT_THAT(piped.error, HasSubstr("\"-\": a running server has the store"));
  EXPECT_THAT(Run({"index", "docs", "--watch"}).error,
              HasSubstr("--watch: a running server has the store"));
}

TEST_F(ServerCommandTest, ASuiteIsAskedThroughTheServerAsWithout) {
  Write("suite/corpus/pump.md", "# Pump\n\nThe red pump delivers ten litres per second.\n");
  Write("suite/corpus/zh.md", "# 阀门\n\n青铜阀门在两秒内关闭。\n");
  Write("suite/suite.yaml",
        "name: small\ncorpus: corpus\nconfig:\n  retrieval.k: 3\ngates:\n  - must_pass: smoke\n");
  Write("suite/cases.jsonl",
        R"({"id":"pump","query":"What does the red pump deliver per second?","tags":["smoke"],)"
        R"("accept":["ten litres"],"gold_spans":[{"doc":"pump.md","quote":"ten litres"}]})"
        "\n"
        R"({"id":"zh","query":"青铜阀门在几秒内关闭？","accept":["三秒"],)"
        R"("expected_facts":[{"id":"f","text":"青铜阀门在三秒内关闭"}]})"
        "\n");
  const Json alone = RunJson({"eval", "run", "suite", "--name", "alone"});
  StartServer({"--set", "retrieval.dense_weight=0.2"});
  // Paths are meant from where the user is.
  testing::QuarryCommand command =
      Command({"eval", "run", "../suite", "--name", "through", "--report", "r.json"});
  command.directory = home() + "/docs";
  const QuarryResult through = RunQuarryWith(command);
  EXPECT_EQ(through.exit_code, 0) << through.error;
  EXPECT_THAT(through.error, HasSubstr("has the store, and runs this"));
  const Json report = Json::parse(ReadFile(home() + "/docs/r.json").value());
  EXPECT_EQ(report.at("run").at("collection"), alone.at("run").at("collection"));
  EXPECT_EQ(report.at("run").at("commit"), alone.at("run").at("commit"));
  EXPECT_EQ(report.at("run").at("build"), alone.at("run").at("build"));
  // The suite's own options hold; what nobody gives is the server's, and said so.
  EXPECT_EQ(report.at("run").at("config"),
            Json({{"retrieval.dense_weight", "0.2"}, {"retrieval.k", "3"}}));
  EXPECT_EQ(RunJson({"eval", "compare", "alone", "through"})
                .at("comparison")
                .at("overall")[0]
                .at("delta")
                .at("mean"),
            0);

  const QuarryResult advice = Run({"eval", "advise", "through", "--suite", "suite"});
  EXPECT_EQ(advice.exit_code, 0) << advice.error;
  EXPECT_THAT(advice.out, HasSubstr("zh"));
  EXPECT_EQ(Run({"eval", "lint", "suite"}).exit_code, 0);
  EXPECT_EQ(Run({"eval", "synth", "--to", "drafts", "--cases", "2"}).exit_code, 0);
  EXPECT_THAT(ReadFile(home() + "/drafts/cases.jsonl").value(), HasSubstr("\"draft\":true"));
  const QuarryResult drafts = Run({"eval", "lint", "drafts"});
  EXPECT_EQ(drafts.exit_code, 0) << drafts.error;
  EXPECT_THAT(drafts.out, HasSubstr("draft    no case is asked: all are drafts"));
  // Collections are made as the server makes them.
  const QuarryResult other = Run({"eval", "run", "suite", "--set", "bm25.k1=2"});
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.error,
              HasSubstr("bm25.k1: is 1.2 in the store that is open; expected the same, found 2"));
}

TEST_F(ServerCommandTest, WhatItsAnswersAreWorthStandsInTheServersMetrics) {
  StartServer();
  const auto answer = Fetch(port_, "POST", "/api/v1/answer",
                            R"({"query": "At how many bar does the coolant pump run?"})");
  ASSERT_TRUE(answer);
  ASSERT_THAT(answer->body, HasSubstr("9 bar"));
  // Answers are kept behind the client's back.
  Json traffic;
  for (int i = 0; i < 100 && (traffic.is_null() || traffic.at("slices").empty()); ++i) {
    if (i > 0) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    traffic = RunJson({"eval", "from-traffic", "--share", "1"});
  }
  ASSERT_FALSE(traffic.at("slices").empty());
  const auto metrics = Fetch(port_, "GET", "/metrics", "");
  ASSERT_TRUE(metrics);
  EXPECT_THAT(metrics->body, HasSubstr("quarry_traffic_carried{slice=\"all\"} 1"));
  EXPECT_THAT(metrics->body, HasSubstr("quarry_traffic_fell{slice=\"all\"} 0"));
  EXPECT_EQ(Run({"eval", "runs"}).exit_code, 0);
}

TEST_F(ServerCommandTest, AReplaySaysWhatWasAskedAndNothingThatATerminalObeys) {
  StartServer();
  const auto answer =
      Fetch(port_, "POST", "/api/v1/answer",
            R"({"query": "At how many bar\u001b[31m does\nthe coolant pump run?"})");
  ASSERT_TRUE(answer);
  const string id = Json::parse(answer->body).at("id");
  StopServer();  // which writes what it keeps
  const QuarryResult replay = Run({"replay", id});
  EXPECT_EQ(replay.exit_code, 0) << replay.error;
  EXPECT_THAT(replay.out,
              HasSubstr("question     At how many bar [31m does the coolant pump run?\n"));
}

TEST_F(ServerCommandTest, TheRecordIsTheOwnersAndGoesWithTheServer) {
  StartServer();
  struct stat record;
  ASSERT_EQ(::stat(RecordPath().c_str(), &record), 0);
  EXPECT_EQ(record.st_mode & 0777, 0600u);
  const auto refused = Fetch(port_, "POST", "/api/v1/command", "{}");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 403);
  const QuarryResult ended = StopServer();
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_THAT(ended.error, Not(HasSubstr("qo-")));
  EXPECT_NE(::stat(RecordPath().c_str(), &record), 0);
}

TEST_F(ServerCommandTest, WhatAKilledServerLeftIsNotBelieved) {
  StartServer();
  const string record = ReadFile(RecordPath()).value();
  server_->Signal(SIGKILL);
  server_->Wait();
  server_.reset();
  EXPECT_EQ(Run({"search", "leave"}).exit_code, 0) << "nobody has the store";

  // Somebody else has it, and the record is of the server that was killed.
  Result<FileLock> lock = FileLock::Acquire(home() + "/store/LOCK", FileLock::Kind::kExclusive);
  ASSERT_TRUE(lock.ok());
  const QuarryResult locked = Run({"search", "leave"});
  EXPECT_EQ(locked.exit_code, 5);
  EXPECT_THAT(locked.error, Not(HasSubstr("SERVER.json"))) << "its process is gone";
  ASSERT_OK(WriteFileAtomically(RecordPath(), R"({"url":"http://evil.example","token":"x"})"));
  EXPECT_EQ(Run({"search", "leave"}).exit_code, 5) << "the token goes nowhere";
}

TEST_F(ServerCommandTest, WhatAServerHasTooMuchToDoForIsToBeTriedAgain) {
  const Result<FileLock> lock =
      FileLock::Acquire(home() + "/store/LOCK", FileLock::Kind::kExclusive);
  ASSERT_TRUE(lock.ok());
  std::atomic<int> status = 0;
  testing::HttpUpstream server([&](testing::UpstreamCall& call) {
    call.Reply(status, R"({"error":{"code":"UNAVAILABLE","message":"4 requests wait"}})");
  });
  const auto record =
      app::PublishedServer::Publish(home() + "/store", {.url = server.url(), .token = "qo-1"});
  ASSERT_TRUE(record.ok());
  const string held =
      ": in use by the server at " + server.url() + ", which did not run this: 4 requests wait";
  for (const int busy : {429, 503}) {
    status = busy;
    const QuarryResult refused = Run({"search", "leave"});
    EXPECT_EQ(refused.exit_code, 5);
    EXPECT_THAT(refused.error, AllOf(HasSubstr(held + "; try again\n"), Not(HasSubstr("stop it"))));
  }
  status = 404;
  EXPECT_THAT(Run({"search", "leave"}).error, HasSubstr(held + "\n"));
}

TEST_F(ServerCommandTest, KeysAreMadeAndRevokedBesideTheServer) {
  StartServer();
  EXPECT_EQ(StatusOf("/api/v1/documents", ""), 200);
  const QuarryResult made = Run({"keys", "create", "ci", "--scope", "query", "--scope", "ingest",
                                 "--collections", "default", "--requests-per-minute", "100"});
  ASSERT_EQ(made.exit_code, 0) << made.error;
  const string key = made.out.substr(0, made.out.find('\n'));
  EXPECT_EQ(key.substr(0, 3), "qk-");
  EXPECT_EQ(StatusOf("/api/v1/documents", "qk-none"), 401);
  EXPECT_EQ(StatusOf("/api/v1/documents", key), 200);
  EXPECT_EQ(StatusOf("/api/v1/keys", key), 403);
  EXPECT_EQ(Run({"search", "leave"}).exit_code, 0) << "the owner needs none";
  const Json listed = RunJson({"keys", "ls"});
  ASSERT_EQ(listed.at("keys").size(), 1u);
  const string id = listed.at("keys")[0].at("id");
  EXPECT_THAT(Run({"keys", "ls"}).out,
              HasSubstr(id + "  ci  query, ingest  in default  100 requests per minute"));
  EXPECT_EQ(Run({"keys", "revoke", id}).out, "revoked " + id + " (ci)\n");
  EXPECT_EQ(StatusOf("/api/v1/documents", key), 401);
  EXPECT_THAT(Run({"keys", "revoke", "key_x"}).error, HasSubstr("no key \"key_x\""));
  EXPECT_THAT(Run({"keys", "create", "x", "--scope", "root"}).error,
              HasSubstr("--scope: expected query, ingest, metrics or admin, got \"root\""));
  const QuarryResult ended = StopServer();
  EXPECT_THAT(ended.error, Not(HasSubstr(key)));
  EXPECT_THAT(ended.error, HasSubstr(id)) << "the log names the key by its id";
}

TEST_F(ServerCommandTest, SighupReadsTheCertificateAgain) {
  const testing::TestAuthority first("first.test");
  const testing::TestAuthority second("second.test");
  const auto copy = [&](const testing::TestAuthority& authority) {
    const auto overwrite = std::filesystem::copy_options::overwrite_existing;
    std::filesystem::copy_file(authority.certificate_file(), home() + "/server.pem", overwrite);
    std::filesystem::copy_file(authority.key_file(), home() + "/server.key", overwrite);
  };
  copy(first);
  Write("quarry.yaml", "server:\n  tls_certificate: server.pem\n  tls_key: server.key\n");
  StartServer();
  EXPECT_EQ(url_.substr(0, 8), "https://");
  const auto trusts = [&](const testing::TestAuthority& authority) {
    model::HttpRequest request;
    request.url = url_ + "/healthz";
    return model::HttpClient({.ca_file = authority.ca_file()})
        .Send(request, {}, CallContext::WithTimeout(std::chrono::seconds(20)))
        .ok();
  };
  EXPECT_TRUE(trusts(first));
  EXPECT_FALSE(trusts(second));
  copy(second);
  server_->Signal(SIGHUP);
  EXPECT_TRUE(testing::Eventually([&] { return trusts(second); }));
  EXPECT_EQ(Run({"search", "leave"}).exit_code, 0) << "the owner comes without TLS";

  Write("server.pem", "no certificate");
  server_->Signal(SIGHUP);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_TRUE(trusts(second));
  EXPECT_THAT(StopServer().error, HasSubstr("the old certificate stays: "));
}

TEST_F(ServerCommandTest, OtherMachinesAreNotServedWithoutKeyAndTls) {
  const QuarryResult refused = Run({"serve", "--host", "0.0.0.0", "--port", "0"});
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.error, HasSubstr("other machines would be served without a key"));
}

TEST_F(ServerCommandTest, WhatCannotBeServedIsNotMade) {
  StartServer();
  const string port = std::to_string(port_);
  const QuarryResult other = testing::RunQuarryWith(
      {.arguments = {"serve", "--port", port, "--store", home() + "/other"}, .directory = home()});
  EXPECT_EQ(other.exit_code, 69);
  EXPECT_THAT(other.error, HasSubstr("listen on 127.0.0.1 port " + port +
                                     ": address in use; --port takes another, 0 any that is free; "
                                     "who has it is shown by: lsof -i :" +
                                     port));
  EXPECT_FALSE(std::filesystem::exists(home() + "/other"));
  // Of a store that the other serves, who has it says more than who has the address.
  EXPECT_THAT(Run({"serve", "--port", port}).error, HasSubstr("in use by the server at " + url_));
}

TEST_F(ServerCommandTest, McpOverStandardInput) {
  const string hello =
      R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}})";
  const string ask = R"({"jsonrpc":"2.0","id":"b","method":"tools/call","params":{"name":"search",)"
                     R"("arguments":{"query":"paid leave"}}})";
  const auto replies = [&] {
    testing::QuarryCommand command = Command({"mcp"});
    command.input =
        hello + "\n" + R"({"jsonrpc":"2.0","method":"notifications/initialized"})" + "\n\n{\n";
    const QuarryResult began = RunQuarryWith(command);
    EXPECT_EQ(began.exit_code, 0) << began.error;
    EXPECT_THAT(began.out, HasSubstr(R"("protocolVersion":"2025-06-18")"));
    EXPECT_THAT(began.out, HasSubstr("-32700"));
    command.input = ask + "\n";
    return RunQuarryWith(command).out;
  };
  EXPECT_THAT(replies(), HasSubstr("expected initialize first"));
  StartServer();
  EXPECT_THAT(replies(), HasSubstr("leave.md")) << "the server has a session of its own for it";

  // What the client agreed on holds at the server, too: only this revision has batches.
  testing::QuarryCommand older = Command({"mcp"});
  older.input =
      R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-03-26"}})"
      "\n"
      R"([{"jsonrpc":"2.0","id":2,"method":"ping"},{"jsonrpc":"2.0","id":3,"method":"ping"}])"
      "\n";
  EXPECT_THAT(RunQuarryWith(older).out,
              AllOf(HasSubstr(R"("protocolVersion":"2025-03-26")"),
                    HasSubstr(R"([{"jsonrpc":"2.0","id":2,"result":{}},)"
                              R"({"jsonrpc":"2.0","id":3,"result":{}}])")));
}

}  // namespace
}  // namespace quarry
