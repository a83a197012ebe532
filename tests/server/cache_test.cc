// The answer cache over HTTP.

#include "tests/server/server_testing.h"

namespace quarry::testing {
namespace {

using ::testing::HasSubstr;

class CacheOverHttpTest : public ::testing::Test {
 protected:
  void SetUp() override {
    retrieval::CacheOptions options;
    options.min_cost_millis = 0;
    options.audit_share = 0;
    engine_.Add(SmallCorpus());
    engine_.UseCache(options);
    server_ = std::make_unique<TestServer>(engine_, server::ServerOptions());
  }
  nlohmann::json Ask(const std::string& question) {
    return server_->Post("/api/v1/answer", {{"query", question}}).json;
  }

  TestEngine engine_;
  std::unique_ptr<TestServer> server_;
};

const char kQuestion[] = "How many litres per second does the pump P-3 deliver?";
const char kSpelled[] = "please tell me how many litres per second does the pump P-3 deliver";

TEST_F(CacheOverHttpTest, AnAnswerSaysWhereItCameFromOnEverySurface) {
  const nlohmann::json made = Ask(kQuestion);
  EXPECT_EQ(made.at("cache").at("kind"), "miss");
  EXPECT_EQ(made.at("cache").at("hit"), false);
  EXPECT_EQ(made.at("cache").at("reason"), "no stored answer");
  const nlohmann::json served = Ask(kSpelled);
  EXPECT_EQ(served.at("cache").at("kind"), "exact");
  EXPECT_EQ(served.at("cache").at("question"), kQuestion);
  EXPECT_EQ(served.at("cache").at("verified_by"), "normal form");
  EXPECT_EQ(served.at("cache").at("age_seconds"), 0);
  EXPECT_EQ(served.at("answer"), made.at("answer"));
  EXPECT_EQ(served.at("citations"), made.at("citations"));

  const nlohmann::json chat = {
      {"model", "quarry"},
      {"messages", nlohmann::json::array({{{"role", "user"}, {"content", kQuestion}}})}};
  const JsonReply completion = server_->Post("/v1/chat/completions", chat);
  EXPECT_EQ(completion.json.at("quarry").at("cache").at("kind"), "exact");
  EXPECT_EQ(completion.json.at("choices")[0].at("message").at("content"), made.at("answer"));

  nlohmann::json streamed = {{"query", kQuestion}, {"stream", true}};
  const auto events = Events(server_->Post("/api/v1/answer", streamed).http.body);
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(nlohmann::json::parse(events[0].second).at("text"), made.at("answer"));
  EXPECT_EQ(nlohmann::json::parse(events[1].second).at("cache").at("kind"), "exact");
}

TEST_F(CacheOverHttpTest, CacheControlIsHonoured) {
  Ask(kQuestion);
  const auto ask = [&](const std::string& header) {
    const auto reply = Fetch(server_->port(), "POST", "/api/v1/answer",
                             nlohmann::json{{"query", kQuestion}}.dump(),
                             "Content-Type: application/json\r\n" + header + "\r\n");
    return nlohmann::json::parse(reply->body).at("cache");
  };
  EXPECT_EQ(ask("Cache-Control: max-age=0, No-Cache").at("kind"), "miss");
  EXPECT_EQ(ask("cache-control: no-store").at("kind"), "bypassed");
  EXPECT_EQ(ask("X-Other: no-cache").at("kind"), "exact");
}

TEST_F(CacheOverHttpTest, EntriesAreListedExplainedAndRemoved) {
  Ask(kQuestion);
  Ask(kQuestion);
  const nlohmann::json list = server_->Get("/api/v1/cache").json;
  EXPECT_EQ(list.at("entries_total"), 1);
  EXPECT_EQ(list.at("hits"), 1);
  EXPECT_EQ(list.at("entries")[0].at("question"), kQuestion);
  EXPECT_EQ(list.at("semantic").at("open"), false);
  EXPECT_EQ(server_->Get("/api/v1/cache?offset=1").json.at("entries").size(), 0u);

  const nlohmann::json hit = server_->Post("/api/v1/cache/explain", {{"query", kSpelled}}).json;
  EXPECT_EQ(hit.at("form"), "how many litres per second does the pump p-3 deliver");
  EXPECT_EQ(hit.at("cache").at("kind"), "exact");
  EXPECT_EQ(hit.at("why"), "");
  EXPECT_EQ(hit.at("neighbours")[0].at("equal"), true);
  const nlohmann::json miss =
      server_
          ->Post("/api/v1/cache/explain",
                 {{"query", "How many litres per second does the pump P-4 deliver?"}})
          .json;
  EXPECT_EQ(miss.at("why"), "no stored answer");
  EXPECT_THAT(miss.at("neighbours")[0].at("gate").get<std::string>(), HasSubstr("number: p-4"));

  for (const char* none : {"0", "99999", "18446744073709551615"}) {
    const JsonReply refused = server_->Delete(std::string("/api/v1/cache?entry=") + none);
    EXPECT_EQ(refused.status, 404) << none;
    EXPECT_EQ(refused.Message(),
              std::string("there is no stored answer ") + none + " in collection \"default\"");
  }
  const std::string entry = list.at("entries")[0].at("entry").dump();
  for (const char* none : {"", "x", "-1"}) {
    EXPECT_EQ(server_->Delete(std::string("/api/v1/cache?entry=") + none).Message(),
              std::string("query parameter \"entry\": expected the number of an entry, not \"") +
                  none + '"');
  }
  EXPECT_EQ(server_->Get("/api/v1/cache").json.at("entries_total"), 1);
  EXPECT_EQ(server_->Delete("/api/v1/cache?entry=" + entry).json.at("cleared"), entry);
  EXPECT_EQ(Ask(kQuestion).at("cache").at("kind"), "miss");
  EXPECT_EQ(server_->Delete("/api/v1/cache").json.at("cleared"), "all");
  EXPECT_EQ(Ask(kQuestion).at("cache").at("kind"), "miss");
  EXPECT_EQ(server_->Get("/api/v1/cache?collection=none").status, 404);
}

TEST(CacheOverHttp, WithoutACacheThatIsSaid) {
  TestServer server;
  EXPECT_THAT(server.Get("/api/v1/cache").Message(), HasSubstr("cache.enabled"));
}

}  // namespace
}  // namespace quarry::testing
