// MCP: the messages, over a real engine and without a transport; then over HTTP.

#include "server/mcp.h"

#include "server/environment.h"
#include "server/handlers.h"
#include "tests/server/server_testing.h"

namespace quarry::server {
namespace {

using nlohmann::json;
using std::string;
using testing::Fetch;
using testing::HttpReply;
using testing::SmallCorpus;
using testing::TestEngine;
using testing::TestServer;
using testing::TextDocument;

json McpRequest(const string& method, const json& params = json::object(), const json& id = 1) {
  return {{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}};
}

json Initialize(const string& revision) {
  return McpRequest("initialize", {{"protocolVersion", revision},
                                   {"capabilities", json::object()},
                                   {"clientInfo", {{"name", "test"}, {"version", "1"}}}});
}

class McpTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    engine_ = new TestEngine();
    std::vector<Document> documents = SmallCorpus();
    Document secret = TextDocument("board/pay", "Pay", "The director earns 9000 crowns a month.");
    secret.access = {"board"};
    documents.push_back(std::move(secret));
    engine_->Add(std::move(documents));
    QUARRY_CHECK(engine_->index->CreateCollection("other").ok());
  }
  static void TearDownTestSuite() { delete engine_; }

  McpTest() { session_.Agree("2025-06-18"); }

  string Answer(const string& message) {
    return AnswerMcp(environment_, message, session_, caller_, CallContext());
  }
  json Ask(const json& message) {
    const string reply = Answer(message.dump());
    EXPECT_EQ(reply.find('\n'), string::npos);
    return json::parse(reply, nullptr, false);
  }
  json Call(const string& tool, const json& arguments) {
    return Ask(McpRequest("tools/call", {{"name", tool}, {"arguments", arguments}}));
  }
  // Of an error of JSON-RPC.
  std::pair<int, string> Error(const string& message) {
    const json reply = json::parse(Answer(message), nullptr, false);
    if (!reply.contains("error")) {
      ADD_FAILURE() << message << ": " << reply;
      return {};
    }
    return {reply.at("error").at("code"), reply.at("error").at("message")};
  }

  static TestEngine* engine_;
  MetricsRegistry metrics_;
  const Services services_ = testing::ServicesOf(*engine_, metrics_);
  ServerEnvironment server_{{.answers_kept = 0}, services_};
  const HandlerEnvironment& environment_ = server_.handlers();
  McpSession session_;
  Caller caller_;
};
TestEngine* McpTest::engine_ = nullptr;

TEST_F(McpTest, AgreesOnARevision) {
  for (const char* revision : {"2025-06-18", "2025-03-26"}) {
    const json result = Ask(Initialize(revision)).at("result");
    EXPECT_EQ(result.at("protocolVersion"), revision);
    EXPECT_EQ(result.at("serverInfo").at("name"), "quarry");
    EXPECT_EQ(result.at("serverInfo").at("version"), "1.2.3");
    EXPECT_TRUE(result.at("capabilities").contains("tools"));
    EXPECT_EQ(session_.revision(), revision);
  }
  EXPECT_EQ(Ask(Initialize("2099-01-01")).at("result").at("protocolVersion"), "2025-06-18");
  EXPECT_EQ(Error(McpRequest("initialize").dump()),
            (std::pair<int, string>(-32602, "params.protocolVersion: is missing")));
}

TEST_F(McpTest, ExpectsInitializeFirst) {
  session_.Agree("");
  EXPECT_EQ(Ask(McpRequest("ping")).at("result"), json::object());
  EXPECT_EQ(Error(McpRequest("tools/list").dump()),
            (std::pair<int, string>(-32600, "tools/list: expected initialize first")));
}

TEST_F(McpTest, ToolsHaveSchemasOfWhatTheyTakeAndGive) {
  const json tools = Ask(McpRequest("tools/list")).at("result").at("tools");
  ASSERT_EQ(tools.size(), 5u);
  for (const json& tool : tools) {
    EXPECT_EQ(tool.at("inputSchema").at("type"), "object") << tool;
    EXPECT_EQ(tool.at("outputSchema").at("type"), "object") << tool;
    EXPECT_FALSE(tool.at("description").get<string>().empty());
    EXPECT_EQ(tool.at("annotations").at("readOnlyHint"), true);
  }
}

TEST_F(McpTest, SearchGivesPassagesThatFetchTakes) {
  const json reply = Call("search", {{"query", "paid leave days"}, {"k", 3}});
  const json& result = reply.at("result");
  EXPECT_EQ(result.at("isError"), false);
  const json& results = result.at("structuredContent").at("results");
  ASSERT_FALSE(results.empty());
  EXPECT_LE(results.size(), 3u);
  EXPECT_EQ(results[0].at("id"), "hr/leave");
  EXPECT_NE(results[0].at("text").get<string>().find("28 days"), string::npos);
  EXPECT_EQ(json::parse(result.at("content")[0].at("text").get<string>()),
            result.at("structuredContent"));

  const json document =
      Call("fetch", {{"id", results[0].at("id")}}).at("result").at("structuredContent");
  EXPECT_EQ(document.at("id"), "hr/leave");
  EXPECT_NE(document.at("text").get<string>().find("28 days"), string::npos);
  EXPECT_FALSE(document.contains("next"));
  EXPECT_TRUE(document.at("metadata").is_object());
}

TEST_F(McpTest, CalculatesAndAsksTables) {
  const auto structured = [&](const string& tool, const json& arguments) {
    return Call(tool, arguments).at("result").at("structuredContent");
  };
  EXPECT_EQ(structured("calculate", {{"expression", "0.1 + ０.2"}}).at("result"),
            "0.1 + ０.2 = 0.3");
  EXPECT_EQ(structured("query_table", json::object()).at("result"),
            "The documents have no tables.");
  const json other = Call("query_table", {{"collection", "nope"}}).at("result");
  EXPECT_EQ(other.at("isError"), true);
}

TEST_F(McpTest, AskAnswersWithCitations) {
  const json result =
      Call("ask", {{"question", "How many days of paid leave does an employee have?"}})
          .at("result");
  const json& answer = result.at("structuredContent");
  EXPECT_NE(answer.at("answer").get<string>().find("28 days"), string::npos);
  EXPECT_EQ(answer.at("abstained"), false);
  EXPECT_EQ(answer.at("citations")[0].at("document"), "hr/leave");
}

TEST_F(McpTest, FetchGivesALongTextInPiecesOfWholeCharacters) {
  const string whole =
      Call("fetch", {{"id", "hr/leave"}}).at("result").at("structuredContent").at("text");
  const json found = Call("search", {{"query", "水泵"}, {"k", 1}});
  for (const json& hit : found.at("result").at("structuredContent").at("results")) {
    const string id = hit.at("id");
    const string text = Call("fetch", {{"id", id}}).at("result").at("structuredContent").at("text");
    string joined;
    for (uint64_t begin = 0, pieces = 0; pieces < 10'000; ++pieces) {
      const json piece = Call("fetch", {{"id", id}, {"begin", begin}, {"bytes", 4}})
                             .at("result")
                             .at("structuredContent");
      joined += piece.at("text").get<string>();
      if (!piece.contains("next")) break;
      EXPECT_GT(piece.at("next").get<uint64_t>(), begin);
      begin = piece.at("next");
    }
    EXPECT_EQ(joined, text);
  }
  EXPECT_FALSE(whole.empty());
}

TEST_F(McpTest, WhatAToolCannotDoIsAResultThatSaysSo) {
  const auto problem = [&](const string& tool, const json& arguments) {
    const json result = Call(tool, arguments).at("result");
    EXPECT_EQ(result.at("isError"), true);
    EXPECT_FALSE(result.contains("structuredContent"));
    return result.at("content")[0].at("text").get<string>();
  };
  EXPECT_EQ(problem("fetch", {{"id", "nope"}}), "no document \"nope\" in collection \"default\"");
  EXPECT_EQ(problem("search", {{"query", "x"}, {"k", 51}}),
            "k: expected an integer from 1 to 50, not 51");
  EXPECT_EQ(problem("search", json::object()), "query: is missing");
  EXPECT_THAT(problem("search", {{"q", "x"}}),
              ::testing::AllOf(::testing::StartsWith("body: unknown field \"q\"; "),
                               ::testing::EndsWith("; query: is missing")));
  EXPECT_EQ(problem("search", {{"query", "x"}, {"collection", "none"}}),
            "no collection \"none\"; there is: default, other");
  EXPECT_EQ(problem("ask", {{"question", "x"}, {"principals", {"board"}}}).substr(0, 33),
            "body: unknown field \"principals\";");
}

TEST_F(McpTest, DocumentsAreResourcesInPages) {
  std::vector<string> uris;
  json params = json::object();
  for (int pages = 0; pages < 10; ++pages) {
    const json result = Ask(McpRequest("resources/list", params)).at("result");
    for (const json& one : result.at("resources")) uris.push_back(one.at("uri"));
    if (!result.contains("nextCursor")) break;
    params = {{"cursor", result.at("nextCursor")}};
  }
  EXPECT_EQ(uris.size(), engine_->snapshot()->live_documents());
  EXPECT_NE(std::find(uris.begin(), uris.end(), "quarry://default/hr%2Fleave"), uris.end());

  const json contents = Ask(McpRequest("resources/read", {{"uri", "quarry://default/hr%2Fleave"}}))
                            .at("result")
                            .at("contents");
  EXPECT_EQ(contents[0].at("uri"), "quarry://default/hr%2Fleave");
  EXPECT_NE(contents[0].at("text").get<string>().find("28 days"), string::npos);
  EXPECT_EQ(Ask(McpRequest("resources/templates/list"))
                .at("result")
                .at("resourceTemplates")[0]
                .at("uriTemplate"),
            "quarry://{collection}/{document}");

  EXPECT_EQ(Error(McpRequest("resources/read", {{"uri", "quarry://default/nope"}}).dump()),
            (std::pair<int, string>(-32002, "no document \"nope\" in collection \"default\"")));
  for (const char* uri : {"", "http://x/y", "quarry://default", "quarry:///x", "quarry://a/%zz"}) {
    EXPECT_EQ(Error(McpRequest("resources/read", {{"uri", uri}}).dump()).first, -32602) << uri;
  }
  EXPECT_EQ(Error(McpRequest("resources/list", {{"cursor", "x"}}).dump()),
            (std::pair<int, string>(-32602, "params.cursor: expected one that was given")));
}

TEST_F(McpTest, ResourcesAreListedBesideACollectionThatCannotBeLoaded) {
  ASSERT_OK_AND_ASSIGN(const CollectionId broken, engine_->index->CreateCollection("a-broken"));
  testing::DamageCollection(*engine_->index, broken);
  ::testing::internal::CaptureStderr();
  const json listed = Ask(McpRequest("resources/list")).at("result");
  EXPECT_EQ(listed.at("resources").size(), SmallCorpus().size() + 1) << listed;
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("collection \"a-broken\": "),
            string::npos);
  ASSERT_OK(engine_->index->DeleteCollection("a-broken"));
}

TEST_F(McpTest, ACallerReadsWhatItsKeyMay) {
  caller_.principals = {{"staff"}};
  EXPECT_EQ(Call("fetch", {{"id", "board/pay"}}).at("result").at("isError"), true);
  EXPECT_EQ(Answer(McpRequest("tools/call",
                              {{"name", "search"}, {"arguments", {{"query", "director earns"}}}})
                       .dump())
                .find("9000 crowns"),
            string::npos);
  caller_.principals.reset();
  EXPECT_EQ(Call("fetch", {{"id", "board/pay"}}).at("result").at("isError"), false);
  caller_.collections = {{"other"}};
  EXPECT_EQ(Call("fetch", {{"id", "hr/leave"}}).at("result").at("isError"), true);
  EXPECT_EQ(Ask(McpRequest("resources/list")).at("result").at("resources"), json::array());
}

TEST_F(McpTest, WhatIsNoMessageIsSaid) {
  EXPECT_EQ(Error("{").first, -32700);
  EXPECT_EQ(Error("7"),
            (std::pair<int, string>(-32600, "expected a message as a JSON object, not a number")));
  EXPECT_EQ(Error(R"({"id":1,"method":"ping"})"),
            (std::pair<int, string>(-32600, "jsonrpc: expected \"2.0\"")));
  EXPECT_EQ(Error(R"({"jsonrpc":"2.0","id":null,"method":"ping"})").second,
            "id: expected a string or an integer");
  EXPECT_EQ(Error(R"({"jsonrpc":"2.0","id":1.5,"method":"ping"})").first, -32600);
  EXPECT_EQ(Error(R"({"jsonrpc":"2.0","id":1})").second, "method: expected the name of one");
  EXPECT_EQ(Error(R"({"jsonrpc":"2.0","id":1,"method":"ping","params":[]})").first, -32602);
  EXPECT_EQ(Error(McpRequest("tools/run").dump()),
            (std::pair<int, string>(-32601, "there is no method \"tools/run\"")));
  EXPECT_EQ(Error(McpRequest("tools/call", {{"name", "rm"}}).dump()),
            (std::pair<int, string>(-32602,
                                    "there is no tool \"rm\"; expected search, ask, fetch, "
                                    "calculate or query_table")));
  EXPECT_EQ(Answer(R"({"jsonrpc":"2.0","method":"notifications/initialized"})"), "");
  EXPECT_EQ(Answer(R"({"jsonrpc":"2.0","id":1,"result":{}})"), "");
}

TEST_F(McpTest, BatchesAreOfTheOlderRevision) {
  const string batch = json::array({McpRequest("ping", {}, "a"),
                                    json{{"jsonrpc", "2.0"}, {"method", "notifications/x"}},
                                    McpRequest("nope", json::object(), 2)})
                           .dump();
  EXPECT_EQ(Error(batch).first, -32600);
  session_.Agree("2025-03-26");
  const json replies = json::parse(Answer(batch));
  ASSERT_EQ(replies.size(), 2u);
  EXPECT_EQ(replies[0].at("id"), "a");
  EXPECT_EQ(replies[1].at("error").at("code"), -32601);
  EXPECT_EQ(Error("[]").first, -32600);
  EXPECT_EQ(Error(json(std::vector<json>(51, McpRequest("ping"))).dump()).first, -32600);
  EXPECT_EQ(json::parse(Answer(json::array({Initialize("2025-03-26")}).dump()))[0].at("error").at(
                "message"),
            "initialize: not in a batch");
}

TEST_F(McpTest, ACancelledRequestGetsNoReply) {
  const CancelToken token;
  EXPECT_TRUE(session_.Begin("7", token));
  EXPECT_FALSE(session_.Begin("7", token));
  EXPECT_EQ(Error(McpRequest("ping", json::object(), 7).dump()),
            (std::pair<int, string>(-32600, "id: a request with this id is under way")));
  EXPECT_TRUE(TakeMcpNotification(
      R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}})",
      session_));
  EXPECT_TRUE(token.cancelled());
  EXPECT_TRUE(session_.End("7"));
  EXPECT_FALSE(session_.End("7"));
  EXPECT_FALSE(TakeMcpNotification(McpRequest("ping").dump(), session_));
  EXPECT_FALSE(TakeMcpNotification("{", session_));
}

TEST_F(McpTest, ANotificationIsNeverAnswered) {
  for (const char* notification :
       {R"({"jsonrpc":"2.0","method":"notifications/initialized"})",
        R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{}})",
        R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":7})",
        R"({"jsonrpc":"2.0","method":"no/such/thing","params":["a"]})"}) {
    EXPECT_EQ(Answer(notification), "") << notification;
    EXPECT_TRUE(TakeMcpNotification(notification, session_)) << notification;
  }
  session_.Agree("2025-03-26");
  const json replies = json::parse(
      Answer(R"([{"jsonrpc":"2.0","method":"x","params":1},{"jsonrpc":"2.0","method":1}])"));
  ASSERT_EQ(replies.size(), 1u) << replies;
  EXPECT_EQ(replies[0].at("id"), nullptr);  // what is no request is answered to nobody
  EXPECT_EQ(replies[0].at("error").at("code"), -32600);
}

class McpHttpTest : public McpTest {
 protected:
  HttpReply Send(const string& method, const string& body, const string& headers) {
    const auto reply = Fetch(server_.port(), method, "/mcp", body, headers);
    if (!reply) {
      ADD_FAILURE() << "no response";
      return {};
    }
    return *reply;
  }
  static constexpr const char* kAccept = "Accept: application/json, text/event-stream\r\n";

  TestServer server_{*engine_, {}};
};

TEST_F(McpHttpTest, ASessionBeginsAndEnds) {
  const HttpReply hello = Send("POST", Initialize("2025-06-18").dump(), kAccept);
  ASSERT_EQ(hello.status, 200) << hello.body;
  EXPECT_EQ(hello.Header("content-type"), "application/json");
  const string id = hello.Header("mcp-session-id");
  ASSERT_FALSE(id.empty());
  const string session =
      string(kAccept) + "Mcp-Session-Id: " + id + "\r\nMCP-Protocol-Version: 2025-06-18\r\n";
  const HttpReply note =
      Send("POST", R"({"jsonrpc":"2.0","method":"notifications/initialized"})", session);
  EXPECT_TRUE(note.head.starts_with("HTTP/1.1 202 Accepted\r\n"));
  EXPECT_EQ(note.body, "");
  const HttpReply tools = Send("POST", McpRequest("tools/list").dump(), session);
  EXPECT_EQ(tools.status, 200);
  EXPECT_EQ(json::parse(tools.body).at("result").at("tools").size(), 5u);
  EXPECT_EQ(Send("GET", "", session).status, 405);
  EXPECT_EQ(Send("DELETE", "", session).status, 204);
  EXPECT_EQ(Send("DELETE", "", session).status, 404);
  EXPECT_EQ(Send("POST", McpRequest("tools/list").dump(), session).status, 404);
}

TEST_F(McpHttpTest, WhatTheProtocolForbidsIsRefused) {
  const string ping = McpRequest("ping").dump();
  EXPECT_EQ(Send("POST", ping, "Accept: application/json\r\n").status, 406);
  EXPECT_TRUE(Send("POST", ping, "").head.starts_with("HTTP/1.1 406 Not Acceptable\r\n"));
  EXPECT_EQ(Send("POST", ping, "Accept: */*\r\n").status, 400);  // and no session
  EXPECT_EQ(Send("POST", ping, string(kAccept) + "Mcp-Session-Id: x\r\n").status, 404);
  EXPECT_EQ(Send("POST", ping, string(kAccept) + "MCP-Protocol-Version: 1999-01-01\r\n").status,
            400);
  EXPECT_EQ(Send("POST", ping, string(kAccept) + "Origin: http://evil.example\r\n").status, 403);
  EXPECT_EQ(Send("POST", ping, string(kAccept) + "Content-Type: text/plain\r\n").status, 415);
  const HttpReply bad = Send("POST", "{", string(kAccept));
  EXPECT_EQ(bad.status, 400);
  EXPECT_EQ(json::parse(bad.body).at("jsonrpc"), "2.0");
  EXPECT_EQ(Send("DELETE", "", "").status, 400);
}

TEST_F(McpHttpTest, ASessionIsOfTheKeyThatBeganIt) {
  TestEngine engine;
  engine.Add(SmallCorpus());
  const TestServer server(engine, {});
  const ApiKeys keys(engine.index->objects(), engine.clock);
  const auto header = [&](const string& name) {
    return "Authorization: Bearer " + keys.Create({.name = name}).value().key + "\r\n";
  };
  const string mine = header("a");
  const string others = header("b");
  const auto post = [&](const json& body, const string& headers) {
    return *Fetch(server.port(), "POST", "/mcp", body.dump(), kAccept + headers);
  };
  EXPECT_EQ(post(Initialize("2025-06-18"), "").status, 401);
  const string id =
      "Mcp-Session-Id: " + post(Initialize("2025-06-18"), mine).Header("mcp-session-id") + "\r\n";
  EXPECT_EQ(post(McpRequest("tools/list"), mine + id).status, 200);
  EXPECT_EQ(post(McpRequest("tools/list"), others + id).status, 404);
}

TEST(McpSessionsTest, AreBoundedAndForgotten) {
  McpSessions sessions;
  const McpSessions::Time start{};
  const string first = sessions.Add(std::make_shared<McpSession>(), {}, start);
  for (size_t i = 1; i < McpSessions::kMostOfKey; ++i) {
    sessions.Add(std::make_shared<McpSession>(), {}, start + std::chrono::seconds(i));
  }
  EXPECT_NE(sessions.Find(first, {}, start + std::chrono::hours(1)), nullptr);
  const string others =
      sessions.Add(std::make_shared<McpSession>(), {.key = "other"}, start + std::chrono::hours(1));
  sessions.Add(std::make_shared<McpSession>(), {}, start + std::chrono::hours(1));
  EXPECT_NE(sessions.Find(others, {.key = "other"}, start + std::chrono::hours(1)), nullptr)
      << "a key pushes out its own only";
  EXPECT_NE(sessions.Find(first, {}, start + std::chrono::hours(1)), nullptr) << "it was used last";
  sessions.Add(std::make_shared<McpSession>(), {}, start + std::chrono::hours(26));
  EXPECT_EQ(sessions.Find(first, {}, start + std::chrono::hours(26)), nullptr);
}

}  // namespace
}  // namespace quarry::server
