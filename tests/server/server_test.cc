// The server as a whole: routing, lanes, limits, metrics, life and end.

#include "server/server.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <set>
#include <thread>

#include "tests/server/server_testing.h"

namespace quarry::server {
namespace {

using nlohmann::json;
using std::string;
using testing::Eventually;
using testing::Fetch;
using testing::HttpConnection;
using testing::JsonReply;
using testing::MakeRequest;
using testing::TestEngine;
using testing::TestServer;

TEST(Server, LivesAndIsReady) {
  const TestServer server;
  EXPECT_EQ(server.Get("/healthz").json, (json{{"status", "ok"}, {"version", "1.2.3"}}));
  const JsonReply ready = server.Get("/readyz");
  EXPECT_EQ(ready.status, 200);
  EXPECT_EQ(
      ready.json,
      (json{{"status", "ready"}, {"collection", "default"}, {"documents", 0}, {"chunks", 0}}));
}

TEST(Server, IsNotReadyUntilItsCollectionExists) {
  const TestServer server({.default_collection = "later"});
  const JsonReply before = server.Get("/readyz");
  EXPECT_EQ(before.status, 503);
  EXPECT_EQ(before.http.Header("retry-after"), "1");
  EXPECT_EQ(before.json.at("reason"), "no collection \"later\"");
  EXPECT_EQ(server.Get("/healthz").status, 200);
  server.Post("/api/v1/collections", {{"name", "later"}});
  EXPECT_EQ(server.Get("/readyz").status, 200);
}

TEST(Server, ListsItsRoutesWithADescriptionEach) {
  const TestServer server;
  const JsonReply reply = server.Get("/api/v1");
  ASSERT_EQ(reply.status, 200);
  std::set<string> paths;
  for (const json& route : reply.json.at("routes")) {
    EXPECT_FALSE(route.at("description").get<string>().empty()) << route;
    paths.insert(route.at("path"));
  }
  EXPECT_TRUE(paths.contains("/api/v1/search"));
  EXPECT_TRUE(paths.contains("/v1/chat/completions"));
}

TEST(Server, TellsUnknownPathsFromWrongMethods) {
  const TestServer server;
  const JsonReply unknown = server.Get("/nope");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.json,
            (json{{"error",
                   {{"code", "NOT_FOUND"},
                    {"message", "there is no /nope; GET /api/v1 lists what there is"}}}}));
  EXPECT_EQ(server.Get("/v1/nope").json.at("error").at("type"), "invalid_request_error");
  const JsonReply wrong = server.Delete("/api/v1/search");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.http.Header("allow"), "POST");
  EXPECT_EQ(wrong.json.at("error").at("code"), "METHOD_NOT_ALLOWED");
  EXPECT_EQ(wrong.Message(), "/api/v1/search is not for DELETE; expected one of POST");
  EXPECT_EQ(server.Send("POST", "/healthz", "{}", "").http.Header("allow"), "GET, HEAD");
}

TEST(Server, HeadAnswersAsGetWithoutTheBody) {
  const TestServer server;
  const auto get = Fetch(server.port(), "GET", "/api/v1/documents");
  const auto head = Fetch(server.port(), "HEAD", "/api/v1/documents");
  ASSERT_TRUE(get && head);
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(head->Header("content-length"), std::to_string(get->body.size()));
  EXPECT_EQ(head->body, "");
}

TEST(Server, ChecksMediaTypeAndEncodingOfBodies) {
  const TestServer server;
  const string query = R"({"query": "x"})";
  EXPECT_EQ(server.Send("POST", "/api/v1/search", query, "").status, 200);
  EXPECT_EQ(server.Send("POST", "/api/v1/search", query, "Application/JSON ; charset=utf-8").status,
            200);
  const JsonReply form =
      server.Send("POST", "/api/v1/search", query, "application/x-www-form-urlencoded");
  EXPECT_EQ(form.status, 415);
  EXPECT_EQ(form.Message(),
            "Content-Type application/x-www-form-urlencoded (curl's, unless -H 'Content-Type: ...' "
            "names another) is not understood here; expected "
            "application/json");
  const auto packed =
      Fetch(server.port(), "POST", "/api/v1/search", query, "Content-Encoding: gzip\r\n");
  ASSERT_TRUE(packed);
  EXPECT_EQ(packed->status, 415);
  EXPECT_EQ(json::parse(packed->body).at("error").at("message"),
            "Content-Encoding gzip is not understood; send the body as it is");
}

TEST(Server, LimitsBodiesByRoute) {
  const TestServer server({.body_bytes = 100, .ingest_body_bytes = 1000});
  const string text(500, 'x');
  const JsonReply large = server.Post("/api/v1/search", {{"query", text}});
  EXPECT_EQ(large.status, 413);
  EXPECT_EQ(large.json.at("error").at("code"), "BODY_TOO_LARGE");
  EXPECT_EQ(server.Put("/api/v1/documents", {{"id", "a"}, {"text", text}}).status, 201);
  EXPECT_EQ(server.Put("/api/v1/documents", {{"id", "a"}, {"text", text + text}}).status, 413);
}

TEST(Server, TakesABodyAsLargeAsItsOptionSays) {
  const TestServer server({.ingest_body_bytes = 300'000'000});
  const string text(140'000'000, 'x');
  const JsonReply read = server.Send("PUT", "/api/v1/documents", text, "application/json");
  EXPECT_EQ(read.status, 400) << read.http.body;
  EXPECT_TRUE(read.Message().starts_with("body: not JSON: line 1, column 1: ")) << read.Message();
}

TEST(Server, TakesSaneRequestIdsAndMakesOthers) {
  const TestServer server;
  const auto id_for = [&](const string& given) {
    return Fetch(server.port(), "GET", "/healthz", "", "X-Request-Id: " + given + "\r\n")
        ->Header("x-request-id");
  };
  EXPECT_EQ(id_for("Ab-1._9"), "Ab-1._9");
  EXPECT_EQ(id_for(string(128, 'a')), string(128, 'a'));
  for (const string& bad : {string(129, 'a'), string("a b"), string("a\"b"), string("\xC3\xA9")}) {
    const string made = id_for(bad);
    EXPECT_EQ(made.size(), 16u) << bad;
    EXPECT_NE(made, bad);
  }
  EXPECT_NE(id_for(""), id_for(""));
}

TEST(Server, CountsRequestsUnderTheNamesOfItsRoutes) {
  const TestServer server;
  server.Get("/api/v1/documents/a");
  server.Get("/api/v1/documents/b");
  server.Get("/made/up/by/the/client");
  Fetch(server.port(), "MADEUP", "/healthz");
  Fetch(server.port(), "HEAD", "/healthz");
  EXPECT_EQ(server.Put("/api/v1/documents", {{"id", "n"}, {"text", "New."}}).status, 201);
  const std::vector<string> lines = {
      "quarry_http_requests_total{method=\"GET\",route=\"/api/v1/documents/{id...}\","
      "status=\"404\"} 2\n",
      "quarry_http_requests_total{method=\"none\",route=\"none\",status=\"404\"} 1\n",
      "quarry_http_requests_total{method=\"none\",route=\"none\",status=\"405\"} 1\n",
      "quarry_http_requests_total{method=\"HEAD\",route=\"/healthz\",status=\"200\"} 1\n",
      "quarry_http_request_seconds_count{route=\"/api/v1/documents/{id...}\"} 2\n",
      "quarry_http_wait_seconds_bucket{le=\"+Inf\"} ",
      "quarry_http_requests_in_flight 1\n",
      "quarry_collections 1\n",
      "quarry_documents 1\n",
      "quarry_chunks 1\n",
      "\nquarry_store_bytes ",
      "\nquarry_disk_free_bytes "};
  // A request is counted when its reply is out.
  string text;
  EXPECT_TRUE(Eventually([&] {
    text = server.Get("/metrics").http.body;
    return std::all_of(lines.begin(), lines.end(),
                       [&](const string& line) { return text.find(line) != string::npos; });
  })) << text;
  EXPECT_EQ(text.find("made"), string::npos);
  EXPECT_EQ(text.find("MADEUP"), string::npos);
  EXPECT_EQ(server.Get("/metrics").http.Header("content-type"),
            "text/plain; version=0.0.4; charset=utf-8");
}

// Takes the one thread of a lane until it is opened.
class Blocker {
 public:
  explicit Blocker(Lane lane = Lane::kRequest) : lane_(lane) {}

  Route route() {
    return {.method = "GET",
            .pattern = "/block",
            .handler =
                [this](const Call&) {
                  begun_ = true;
                  opened_.wait();
                  return Response();
                },
            .lane = lane_,
            .scope = Scope::kOpen};
  }

  void Block(HttpConnection& blocked) {
    blocked.Send(MakeRequest("GET", "/block"));
    ASSERT_TRUE(Eventually([&] { return begun_.load(); }));
  }
  // Sends the request, and behind it another that has to wait.
  void Block(const TestServer& server, HttpConnection& blocked, HttpConnection& waiting) {
    Block(blocked);
    waiting.Send(MakeRequest("GET", "/api/v1/collections"));
    ASSERT_TRUE(Eventually([&] {
      return server.Get("/metrics").http.body.find("quarry_http_requests_in_flight 3\n") !=
             string::npos;
    }));
  }
  void Open() { open_.set_value(); }

 private:
  const Lane lane_;
  std::promise<void> open_;
  const std::shared_future<void> opened_ = open_.get_future().share();
  std::atomic<bool> begun_ = false;
};

TEST(Server, AnMcpNotificationWaitsBehindNoRequest) {
  Blocker blocker;
  TestServer server({.threads = 1, .routes = {blocker.route()}});
  const string headers = "Accept: application/json, text/event-stream\r\n";
  const auto hello = Fetch(
      server.port(), "POST", "/mcp",
      R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",)"
      R"("capabilities":{},"clientInfo":{"name":"t","version":"1"}}})",
      headers);
  ASSERT_TRUE(hello);
  HttpConnection blocked(server.port());
  blocker.Block(blocked);
  const string body =
      R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}})";
  HttpConnection notifies(server.port(), std::chrono::seconds(5));
  const auto noted = notifies.Ask(
      MakeRequest("POST", "/mcp", body,
                  headers + "Mcp-Session-Id: " + hello->Header("mcp-session-id") + "\r\n"));
  blocker.Open();
  ASSERT_TRUE(noted);
  EXPECT_EQ(noted->status, 202);
}

TEST(Server, AFullQueueIsAnswered503WhileOperationsGoOn) {
  Blocker blocker;
  TestServer server({.threads = 1, .queue = 1, .routes = {blocker.route()}});
  HttpConnection blocked(server.port());
  HttpConnection waiting(server.port());
  blocker.Block(server, blocked, waiting);

  const JsonReply refused = server.Get("/api/v1/collections");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.http.Header("retry-after"), "1");
  EXPECT_EQ(refused.json.at("error").at("code"), "UNAVAILABLE");
  EXPECT_EQ(refused.Message(), "the server has as many requests as it can hold; try again");
  EXPECT_EQ(server.Get("/healthz").status, 200);
  EXPECT_EQ(server.Put("/api/v1/documents/a", {{"text", "x"}}).status, 201);

  blocker.Open();
  const auto late = waiting.Read();
  ASSERT_TRUE(late);
  EXPECT_EQ(late->status, 200);
}

// An orchestrator restarts what does not answer, and would do so while a collection is loaded for
// /metrics or /readyz.
TEST(Server, LivesWhileOperationsWait) {
  Blocker blocker(Lane::kOperations);
  const TestServer server({.request_seconds = 1, .routes = {blocker.route()}});
  HttpConnection blocked(server.port());
  blocker.Block(blocked);
  HttpConnection probe(server.port(), std::chrono::seconds(5));
  for (int i = 0; i < 3; ++i) {
    const auto alive = probe.Ask(MakeRequest("GET", "/healthz"));
    EXPECT_EQ(alive ? alive->status : 0, 200);
  }
  blocker.Open();
}

TEST(Server, APassedDeadlineIsA504) {
  const TestServer server({.request_seconds = 0});
  const JsonReply native = server.Post("/api/v1/search", {{"query", "x"}});
  EXPECT_EQ(native.status, 504);
  EXPECT_EQ(native.json.at("error").at("code"), "DEADLINE_EXCEEDED");
  EXPECT_EQ(native.Message(), "the deadline of the call has passed");
  const JsonReply openai = server.Get("/v1/models");
  EXPECT_EQ(openai.status, 504);
  EXPECT_EQ(openai.json.at("error").at("type"), "server_error");
}

// What is written waits for no thread that searches, and takes none.
TEST(Server, APartOfAFileIsTakenWhileSearchesWait) {
  Blocker blocker;
  TestServer server({.request_seconds = 1, .threads = 1, .routes = {blocker.route()}});
  const JsonReply begun = server.Post("/api/v1/uploads", {{"document", "a.txt"}, {"bytes", 5}});
  HttpConnection blocked(server.port());
  blocker.Block(blocked);
  const string path = "/api/v1/uploads/" + begun.json.at("id").get<string>();
  EXPECT_EQ(server.Send("PUT", path + "/parts/1", "quern", "text/plain").status, 200);
  EXPECT_EQ(server.Post(path + "/complete", json::object()).status, 202);
  EXPECT_EQ(server.Delete(path).status, 200);
  blocker.Open();
}

TEST(Server, ALateWriterIsA504AndWritesNothing) {
  TestServer server({.request_seconds = 1});
  {
    // The request waits for the collection's one writer, and its deadline passes.
    const index::IndexWriter writer =
        server.engine().index->OpenWriter(server.engine().collection).value();
    EXPECT_EQ(server.Put("/api/v1/documents/a", {{"text", "x"}}).status, 504);
  }
  EXPECT_EQ(server.Put("/api/v1/documents/b", {{"text", "y"}}).status, 201);
  EXPECT_EQ(server.Get("/api/v1/documents/a").status, 404);
}

TEST(Server, EndsWithARequestUnderWay) {
  TestEngine engine;
  Blocker blocker;
  auto server = std::make_unique<TestServer>(
      engine,
      ServerOptions{.threads = 1, .queue = 4, .drain_seconds = 0, .routes = {blocker.route()}});
  HttpConnection blocked(server->port());
  HttpConnection waiting(server->port());
  blocker.Block(*server, blocked, waiting);
  server->server().Stop();
  server->server().Wait();
  EXPECT_FALSE(waiting.Read());
  blocker.Open();
  server.reset();  // waits for the requests, which find their clients gone
}

TEST(Server, TheOwnersPortTakesNoMoreWhileTheOtherDrains) {
  TestEngine engine;
  Blocker blocker;
  ServerOptions options;
  options.host = "0.0.0.0";
  options.allow_insecure = true;
  options.owner_token = "qo-1";
  options.drain_seconds = 60;
  options.routes = {blocker.route()};
  TestServer server(engine, options);
  const uint16_t owner_port = server.server().owner_port();
  ASSERT_NE(owner_port, server.port());
  ASSERT_TRUE(Fetch(owner_port, "GET", "/healthz"));
  HttpConnection blocked(server.port());
  blocker.Block(blocked);
  std::thread stopper([&] { server.server().Stop(); });
  EXPECT_TRUE(Eventually([&] { return !Fetch(owner_port, "GET", "/healthz"); }));
  blocker.Open();
  const auto reply = blocked.Read();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
  stopper.join();
}

TEST(Server, NamesTheAddressThatItCannotUse) {
  TestServer first;
  TestEngine& engine = first.engine();
  const auto second =
      Server::Start({.port = first.port()}, testing::ServicesOf(engine, first.metrics()));
  EXPECT_EQ(
      second.status().ToString(),
      "UNAVAILABLE: listen on 127.0.0.1 port " + std::to_string(first.port()) +
          ": address in use; --port takes another, 0 any that is free; who has it is shown by: "
          "lsof -i :" +
          std::to_string(first.port()));
}

}  // namespace
}  // namespace quarry::server
