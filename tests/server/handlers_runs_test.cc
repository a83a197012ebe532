#include <atomic>
#include <thread>
#include <vector>

#include "tests/server/server_testing.h"

namespace quarry::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* kCases =
    R"({"id":"a","query":"At what pressure does the pump run?","accept":["bar"]})"
    "\n\n"
    R"({"id":"b","query":"Who painted the town hall of Antwerp?","answerable":false})"
    "\n";

JsonReply WaitFor(const TestServer& server) {
  for (int i = 0; i < 500; ++i) {
    JsonReply runs = server.Get("/api/v1/runs");
    if (runs.json["runs"][0]["running"] == false) return runs;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return server.Get("/api/v1/runs");
}

TEST(Runs, AreAskedInTheBackgroundAndReadWithTheirFigures) {
  TestServer server;
  server.engine().Add(SmallCorpus());
  EXPECT_EQ(server.Get("/api/v1/runs").json["runs"].size(), 0u);
  const JsonReply started =
      server.Send("POST", "/api/v1/runs?suite=small&name=first&repeats=2", kCases, "");
  ASSERT_EQ(started.status, 202) << started.http.body;
  EXPECT_EQ(started.json["answers"], 4);
  const JsonReply runs = WaitFor(server);
  ASSERT_EQ(runs.json["runs"].size(), 1u);
  EXPECT_EQ(runs.json["runs"][0]["id"], started.json["id"]);
  EXPECT_EQ(runs.json["runs"][0]["answers"], 4);
  EXPECT_EQ(runs.json["runs"][0]["suite"], "small");
  const std::string id = started.json["id"];
  const JsonReply run = server.Get("/api/v1/runs/" + id + "?baseline=first");
  ASSERT_EQ(run.status, 200) << run.http.body;
  EXPECT_EQ(run.json["cases"].size(), 2u);
  EXPECT_EQ(run.json["comparison"]["overall"][0]["delta"]["mean"], 0);
  const JsonReply page = server.Get("/api/v1/runs/latest?format=html");
  EXPECT_EQ(page.http.Header("content-type"), "text/html; charset=utf-8");
  EXPECT_THAT(page.http.body, HasSubstr("<title>small: no gates</title>"));
  EXPECT_EQ(server.Get("/api/v1/runs?suite=other").json["runs"].size(), 0u);
}

TEST(Runs, TheLatestAsABaselineIsOfTheSameSuite) {
  TestServer server;
  server.engine().Add(SmallCorpus());
  for (const char* run : {"suite=small&name=one", "suite=small&name=two", "suite=other"}) {
    const std::string target = std::string("/api/v1/runs?") + run;
    ASSERT_EQ(server.Send("POST", target, kCases, "").status, 202);
    WaitFor(server);
  }
  const JsonReply runs = server.Get("/api/v1/runs?suite=small");
  ASSERT_EQ(runs.json["runs"].size(), 2u);
  const std::string one = runs.json["runs"][1]["id"];
  const JsonReply run = server.Get("/api/v1/runs/two?baseline=latest");
  ASSERT_EQ(run.status, 200) << run.http.body;
  EXPECT_EQ(run.json["comparison"]["baseline"], one) << "neither what ran last nor itself";
  EXPECT_THAT(server.Get("/api/v1/runs/latest?baseline=latest").Message(),
              HasSubstr("the store holds none of the suite \"other\" besides run_"));
}

TEST(Runs, WhatIsWrongIsNamed) {
  TestServer server;
  server.engine().Add(SmallCorpus());
  const auto post = [&](const std::string& target, const std::string& body) {
    return server.Send("POST", target, body, "");
  };
  const JsonReply wrong = post("/api/v1/runs", "{\"id\":\"a\",\"query\":\"q\"}\n{\"id\":\"b\"}\n");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_EQ(wrong.Message(), "body:2: query: is missing");
  EXPECT_EQ(post("/api/v1/runs", "").Message(), "body: no case that is not a draft");
  EXPECT_THAT(post("/api/v1/runs?judge=oracle", kCases).Message(),
              HasSubstr("judge: expected local or none"));
  EXPECT_EQ(post("/api/v1/runs?collection=none", kCases).status, 404);
  EXPECT_EQ(server.Get("/api/v1/runs/run_x").status, 404);
  EXPECT_THAT(server.Get("/api/v1/runs/x?format=pdf").Message(),
              HasSubstr("format: expected json"));
}

TEST(Runs, TakeJsonLinesAndSayWhatACommandSentInstead) {
  TestServer server;
  server.engine().Add(SmallCorpus());
  // What is refused for its content was taken by its type.
  for (const char* type : {"application/jsonl", "application/x-ndjson", "text/plain; charset=utf-8",
                           "application/octet-stream", "application/json"}) {
    EXPECT_EQ(server.Send("POST", "/api/v1/runs", "", type).status, 400) << type;
  }
  const JsonReply form =
      server.Send("POST", "/api/v1/runs", kCases, "application/x-www-form-urlencoded");
  EXPECT_EQ(form.status, 415);
  EXPECT_EQ(form.Message(),
            "Content-Type application/x-www-form-urlencoded (curl's, unless -H 'Content-Type: ...' "
            "names another) is not understood here; expected application/jsonl");
  EXPECT_EQ(server.Send("POST", "/api/v1/runs", kCases, "application/pdf").Message(),
            "Content-Type application/pdf is not understood here; expected application/jsonl");
}

TEST(Runs, OfSeveralAtOnceOnlyWhatIsAskedIsThere) {
  TestEngine engine;
  engine.Add(SmallCorpus());
  constexpr int kClients = 8;
  const TestServer server(engine, {.threads = kClients});
  std::string cases;
  for (int i = 0; i < 500; ++i) {
    cases += R"({"id":"c)" + std::to_string(i) + R"(","query":"At what pressure does pump )" +
             std::to_string(i) + R"( run?"})" + "\n";
  }
  std::atomic<int> started = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&] {
      const int status = server.Send("POST", "/api/v1/runs", cases, "").status;
      if (status == 202) ++started;
      if (status == 429) ++refused;
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(started + refused, kClients);
  EXPECT_EQ(server.Get("/api/v1/runs").json["runs"].size(), static_cast<size_t>(started));
}

TEST(Runs, ThatTheServersEndCutsOffStayUnfinished) {
  TestEngine engine;
  engine.Add(SmallCorpus());
  std::string cases;
  for (int i = 0; i < 2000; ++i) {
    cases += R"({"id":"c)" + std::to_string(i) + R"(","query":"At what pressure does pump )" +
             std::to_string(i) + R"( run?"})" + "\n";
  }
  {
    TestServer server(engine, {});
    ASSERT_EQ(server.Send("POST", "/api/v1/runs", cases, "").status, 202);
    EXPECT_EQ(server.Send("POST", "/api/v1/runs", cases, "").status, 429);
  }
  TestServer server(engine, {});
  const JsonReply runs = server.Get("/api/v1/runs");
  ASSERT_EQ(runs.json["runs"].size(), 1u);
  EXPECT_LT(runs.json["runs"][0]["answers"], 2000);
  EXPECT_EQ(runs.json["runs"][0]["running"], false);
}

}  // namespace
}  // namespace quarry::testing
