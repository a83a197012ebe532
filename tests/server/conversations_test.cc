// Conversations, feedback and comparisons over HTTP.

#include <chrono>
#include <set>
#include <thread>

#include "tests/server/server_testing.h"

namespace quarry::testing {
namespace {

using ::testing::HasSubstr;

const char kAsked[] = "How many litres per second does the pump P-3 deliver?";

class ConversationsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    retrieval::CacheOptions options;
    options.min_cost_millis = 0;
    options.audit_share = 0;
    engine_.Add(SmallCorpus());
    engine_.UseCache(options);
    Restart();
  }
  void Restart(server::ServerOptions options = {}) {
    server_.reset();
    server_ = std::make_unique<TestServer>(engine_, options);
  }
  nlohmann::json Ask(const std::string& question) {
    return server_->Post("/api/v1/answer", {{"query", question}}).json;
  }
  std::string NewConversation(const std::string& title) {
    return server_->Post("/api/v1/conversations", {{"title", title}}).json.at("id");
  }

  TestEngine engine_;
  std::unique_ptr<TestServer> server_;
};

TEST_F(ConversationsTest, ATurnIsKeptWithItsAnswer) {
  const std::string id = NewConversation("Pumps");
  const std::string path = "/api/v1/conversations/" + id;
  const JsonReply told = server_->Post(path + "/turns", {{"query", kAsked}});
  ASSERT_EQ(told.status, 200);
  Restart();
  const nlohmann::json found = server_->Get(path).json;
  EXPECT_EQ(found.at("title"), "Pumps");
  EXPECT_EQ(found.at("turn_count"), 1);
  const nlohmann::json& turn = found.at("turns").at(0);
  EXPECT_EQ(turn.at("number"), 1);
  EXPECT_EQ(turn.at("question"), kAsked);
  EXPECT_EQ(turn.at("redacted"), false);
  for (const char* field : {"answer", "citations", "sentences", "verdict", "commit"}) {
    EXPECT_EQ(turn.at(field), told.json.at(field)) << field;
  }
}

TEST_F(ConversationsTest, AStreamedTurnIsOnDiskBeforeItsAnswerIsTold) {
  const std::string path = "/api/v1/conversations/" + NewConversation("Pumps");
  const auto events =
      Events(server_->Post(path + "/turns", {{"query", kAsked}, {"stream", true}}).http.body);
  ASSERT_GE(events.size(), 3u);
  EXPECT_EQ(events.front().first, "delta");
  EXPECT_EQ(events.back().first, "end");
  EXPECT_EQ(server_->Get(path).json.at("turns").size(), 1u);
}

TEST_F(ConversationsTest, ATurnIsUnderstoodByTheOnesBeforeIt) {
  const std::string path = "/api/v1/conversations/" + NewConversation("Pumps");
  server_->Post(path + "/turns", {{"query", kAsked}});
  Restart();
  const nlohmann::json told = server_->Post(path + "/turns", {{"query", "And the P-5?"}}).json;
  EXPECT_EQ(told.at("question"), "And the P-5?");
  EXPECT_EQ(told.at("standalone"), "How many litres per second does the pump P-5 deliver?");
  // Of the cache it is that question which a bad rating takes out.
  server_->Post("/api/v1/answer", {{"query", told.at("standalone")}});
  const JsonReply rated =
      server_->Post("/api/v1/feedback", {{"answer", told.at("id")}, {"rating", "down"}});
  EXPECT_EQ(rated.json.at("evicted"), 1);
}

TEST_F(ConversationsTest, AFileMayBelongToOneConversationOnly) {
  const std::string id = NewConversation("Quern");
  const std::string path = "/api/v1/conversations/" + id;
  const JsonReply put = server_->Send("PUT", path + "/files/docs/quern.txt",
                                      "The quern grinds 31 kg of barley an hour.", "text/plain");
  ASSERT_EQ(put.status, 201) << put.http.body;
  const nlohmann::json question = {{"query", "How many kg of barley does the quern grind?"}};
  const nlohmann::json told = server_->Post(path + "/turns", question).json;
  EXPECT_EQ(told.at("collection"), id);
  EXPECT_EQ(told.at("citations").at(0).at("document"), "docs/quern.txt");
  EXPECT_EQ(server_->Get(path).json.at("has_files"), true);
  // Others do not see it.
  EXPECT_EQ(server_->Post("/api/v1/answer", question).json.at("abstained"), true);
  EXPECT_EQ(server_->Get("/api/v1/collections").json.at("collections").size(), 1u);
  // It goes with the conversation.
  EXPECT_EQ(server_->Delete(path).status, 200);
  EXPECT_EQ(server_->Get("/api/v1/documents?collection=" + id).status, 404);
  EXPECT_EQ(server_->Send("PUT", path + "/files/a.txt", "a", "text/plain").status, 404);
}

TEST_F(ConversationsTest, WhoWaitsToDeleteOneKeepsNoSearchWaiting) {
  Restart({.request_seconds = 10, .threads = 1});
  const std::string id = NewConversation("Quern");
  const std::string path = "/api/v1/conversations/" + id;
  ASSERT_EQ(server_->Send("PUT", path + "/files/a.txt", "The quern.", "text/plain").status, 201);
  HttpConnection deletes(server_->port());
  {
    const index::IndexWriter writer =
        engine_.index->OpenWriter(engine_.index->FindCollection(id).value()).value();
    deletes.Send(MakeRequest("DELETE", path));
    ASSERT_TRUE(Eventually([&] {
      return server_->Get("/metrics").http.body.find("quarry_http_requests_in_flight 2\n") !=
             std::string::npos;
    }));
    EXPECT_EQ(server_->Post("/api/v1/search", {{"query", "pump"}}).status, 200);
  }
  const auto deleted = deletes.Read();
  ASSERT_TRUE(deleted);
  EXPECT_EQ(deleted->status, 200);
}

// Whichever comes first: nobody would find files whose conversation is gone.
TEST_F(ConversationsTest, AFileThatIsPutWhileItsConversationIsDeletedDoesNotStay) {
  for (int round = 0; round < 40; ++round) {
    const std::string path = "/api/v1/conversations/" + NewConversation("Quern");
    std::thread putting([&] {
      const int status =
          server_->Send("PUT", path + "/files/a.txt", "The quern.", "text/plain").status;
      EXPECT_TRUE(status == 201 || status == 404) << status;
    });
    // Now before it, now after it.
    std::this_thread::sleep_for(std::chrono::microseconds(100 * round));
    EXPECT_EQ(server_->Delete(path).status, 200);
    putting.join();
  }
  for (const index::StoredCollection& collection : engine_.index->Collections()) {
    EXPECT_EQ(collection.name, "default");
  }
}

TEST_F(ConversationsTest, ARefusedFileLeavesNothingBehind) {
  const std::string id = NewConversation("Quern");
  const std::string path = "/api/v1/conversations/" + id;
  EXPECT_EQ(server_->Send("PUT", path + "/files/a.json", "{", "application/json").status, 400);
  EXPECT_EQ(server_->Send("PUT", path + "/files/a.txt?colour=red", "a", "text/plain").status, 400);
  EXPECT_EQ(server_->Get(path).json.at("has_files"), false);
  EXPECT_EQ(engine_.index->Collections().size(), 1u);
}

TEST_F(ConversationsTest, ADamagedOneHidesNoOtherAndIsLoggedOnce) {
  const std::string first = NewConversation("first");
  const std::string damaged = NewConversation("damaged");
  const std::string last = NewConversation("last");
  ASSERT_OK(engine_.index->objects().Put({.kind = index::ObjectKind::kConversation, .id = damaged},
                                         R"({"version":1})"));
  ::testing::internal::CaptureStderr();
  for (int i = 0; i < 2; ++i) {
    const nlohmann::json page = server_->Get("/api/v1/conversations").json;
    ASSERT_EQ(page.at("conversations").size(), 2u) << page;
    EXPECT_EQ(page.at("conversations").at(0).at("id"), last);
    EXPECT_EQ(page.at("conversations").at(1).at("id"), first);
  }
  const std::string log = ::testing::internal::GetCapturedStderr();
  const size_t told = log.find("conversation " + damaged + ": ");
  ASSERT_NE(told, std::string::npos) << log;
  EXPECT_EQ(log.find("conversation " + damaged, told + 1), std::string::npos) << "once: " << log;
  // Who asks for it is told.
  EXPECT_EQ(server_->Get("/api/v1/conversations/" + damaged).status, 500);
}

TEST_F(ConversationsTest, TheyAreListedNewestFirstRenamedAndRemoved) {
  const std::string first = NewConversation("first");
  const std::string second = NewConversation("second");
  const nlohmann::json page = server_->Get("/api/v1/conversations?limit=1").json;
  EXPECT_EQ(page.at("conversations").at(0).at("id"), second);
  EXPECT_EQ(page.at("has_more"), true);
  const nlohmann::json rest = server_->Get("/api/v1/conversations?after=" + second).json;
  EXPECT_EQ(rest.at("conversations").at(0).at("title"), "first");
  EXPECT_EQ(rest.at("has_more"), false);

  const JsonReply renamed = server_->Send("PATCH", "/api/v1/conversations/" + first,
                                          R"({"title": "pumps"})", "application/json");
  EXPECT_EQ(renamed.json.at("title"), "pumps");
  EXPECT_EQ(server_->Delete("/api/v1/conversations/" + first).status, 200);
  EXPECT_EQ(server_->Get("/api/v1/conversations/" + first).Message(),
            "there is no conversation " + first);
  EXPECT_EQ(server_->Delete("/api/v1/conversations/" + first).status, 404);
}

TEST_F(ConversationsTest, WhatIsWrongIsSaid) {
  EXPECT_EQ(server_->Post("/api/v1/conversations", {{"title", ""}}).Message(),
            "title: expected text that is not empty");
  EXPECT_EQ(server_->Post("/api/v1/conversations", {{"title", std::string(401, 'x')}}).Message(),
            "title: expected at most 400 bytes, not 401");
  EXPECT_EQ(server_->Post("/api/v1/conversations/conv_x/turns", {{"query", "x"}}).Message(),
            "there is no conversation conv_x");
  EXPECT_EQ(server_->Get("/api/v1/conversations?after=conv_x").status, 404);
}

TEST_F(ConversationsTest, WhatADeletedDocumentSaidIsShownNowhere) {
  const std::string path = "/api/v1/conversations/" + NewConversation("Pumps");
  const nlohmann::json told = server_->Post(path + "/turns", {{"query", kAsked}}).json;
  const std::string answer = "/api/v1/answers/" + told.at("id").get<std::string>();
  ASSERT_EQ(server_->Get(answer).json.at("answer"), told.at("answer"));
  const std::string document = told.at("citations").at(0).at("document");
  ASSERT_EQ(server_->Delete("/api/v1/documents/" + document).status, 200);

  for (const nlohmann::json& kept :
       {server_->Get(path).json.at("turns").at(0), server_->Get(answer).json}) {
    EXPECT_EQ(kept.at("redacted"), true);
    EXPECT_EQ(kept.at("question"), kAsked);
    EXPECT_FALSE(kept.contains("answer"));
    EXPECT_FALSE(kept.contains("citations"));
  }
}

TEST_F(ConversationsTest, AnAnswerIsFoundByItsIdAfterARestart) {
  const nlohmann::json told = Ask(kAsked);
  const std::string path = "/api/v1/answers/" + told.at("id").get<std::string>();
  EXPECT_EQ(server_->Get(path).json.at("answer"), told.at("answer"));
  Restart();
  EXPECT_EQ(server_->Get(path).json.at("answer"), told.at("answer"));
  EXPECT_EQ(server_->Get("/api/v1/answers/ans_x").Message(),
            "there is no answer ans_x, or it is not kept any more");
}

TEST_F(ConversationsTest, TheOldestAnswersGo) {
  server::ServerOptions options;
  options.answers_kept = 2;
  Restart(options);
  std::vector<std::string> paths;
  for (int i = 0; i < 3; ++i) {
    paths.push_back("/api/v1/answers/" + Ask(kAsked).at("id").get<std::string>());
    Restart(options);  // in this order on disk
  }
  EXPECT_EQ(server_->Get(paths[0]).status, 404);
  EXPECT_EQ(server_->Get(paths[1]).status, 200);
  EXPECT_EQ(server_->Get(paths[2]).status, 200);

  options.answers_kept = 0;
  Restart(options);
  EXPECT_FALSE(Ask(kAsked).contains("id"));
}

TEST_F(ConversationsTest, ABadAnswerIsMadeAnew) {
  const std::string id = Ask(kAsked).at("id");
  ASSERT_EQ(Ask(kAsked).at("cache").at("kind"), "exact");
  const JsonReply rated = server_->Post(
      "/api/v1/feedback",
      {{"answer", id}, {"rating", "down"}, {"reasons", {"wrong"}}, {"comment", "<b>no</b>"}});
  ASSERT_EQ(rated.status, 201);
  EXPECT_EQ(rated.json.at("evicted"), 1);
  EXPECT_EQ(Ask(kAsked).at("cache").at("kind"), "miss");

  const nlohmann::json list = server_->Get("/api/v1/feedback").json.at("feedback");
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].at("question"), kAsked);
  EXPECT_EQ(list[0].at("rating"), "down");
  EXPECT_EQ(list[0].at("reasons"), nlohmann::json::array({"wrong"}));
  EXPECT_EQ(list[0].at("comment"), "<b>no</b>");
}

TEST_F(ConversationsTest, ARatingReplacesTheOneBefore) {
  const std::string id = Ask(kAsked).at("id");
  const nlohmann::json up = {{"answer", id}, {"rating", "up"}};
  const std::string feedback = server_->Post("/api/v1/feedback", up).json.at("id");
  server_->Post("/api/v1/feedback", {{"answer", id}, {"rating", "down"}});
  const nlohmann::json list = server_->Get("/api/v1/feedback").json.at("feedback");
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].at("rating"), "down");
  EXPECT_EQ(server_->Delete("/api/v1/feedback/" + feedback).status, 200);
  EXPECT_EQ(server_->Delete("/api/v1/feedback/" + feedback).Message(),
            "there is no feedback " + feedback);
}

TEST_F(ConversationsTest, FeedbackThatIsNoneIsRefused) {
  const auto message = [&](const nlohmann::json& body) {
    return server_->Post("/api/v1/feedback", body).Message();
  };
  EXPECT_EQ(message({{"answer", "ans_x"}, {"rating", "up"}}),
            "there is no answer ans_x, or it is not kept any more");
  const nlohmann::json by_text = {{"question", "q"}, {"text", "a"}, {"rating", "sideways"}};
  EXPECT_EQ(message(by_text), "rating: expected one of up, down, not \"sideways\"");
  EXPECT_THAT(message({{"question", "q"}, {"text", "a"}, {"rating", "up"}, {"reasons", {"mood"}}}),
              HasSubstr("reasons: expected one of wrong, incomplete"));
  EXPECT_EQ(message({{"question", "q"},
                     {"text", "a"},
                     {"rating", "up"},
                     {"comment", std::string(4097, 'x')}}),
            "comment: expected at most 4096 bytes, not 4097");
  EXPECT_EQ(message({{"question", "q"}, {"rating", "up"}}), "text: is missing");
}

TEST_F(ConversationsTest, AComparisonTellsWhichIsWhichAfterTheVote) {
  const nlohmann::json request = {
      {"query", kAsked}, {"a", {{"k", 3}}}, {"b", {{"k", 5}, {"mode", "lexical"}}}};
  std::set<std::string> first;
  for (int i = 0; i < 20; ++i) {
    const JsonReply compared = server_->Post("/api/v1/compare", request);
    ASSERT_EQ(compared.status, 201);
    for (const char* side : {"left", "right"}) {
      EXPECT_THAT(compared.json.at(side).at("answer").get<std::string>(), HasSubstr("[1]"));
      for (const char* told : {"model", "usage", "timings_us", "cache", "setting", "fingerprint"}) {
        EXPECT_FALSE(compared.json.at(side).contains(told)) << told;
      }
    }
    const std::string id = compared.json.at("id");
    const JsonReply voted = server_->Post("/api/v1/compare/" + id + "/vote", {{"vote", "left"}});
    const nlohmann::json& left = voted.json.at("left");
    const nlohmann::json& right = voted.json.at("right");
    first.insert(left.at("setting").get<std::string>());
    const nlohmann::json& b = left.at("setting") == "b" ? left : right;
    EXPECT_EQ(b.at("options"), nlohmann::json({{"k", 5}, {"mode", "lexical"}}));
    EXPECT_NE(left.at("setting"), right.at("setting"));
    EXPECT_EQ(
        server_->Get("/api/v1/answers/" + left.at("answer").get<std::string>()).json.at("answer"),
        compared.json.at("left").at("answer"));
  }
  EXPECT_EQ(first.size(), 2u) << "20 draws gave one order";
  const nlohmann::json list = server_->Get("/api/v1/feedback?limit=100").json.at("feedback");
  EXPECT_EQ(list.size(), 20u);
  EXPECT_EQ(list[0].at("vote"), "left");
}

TEST_F(ConversationsTest, AComparisonThatIsNoneIsRefused) {
  EXPECT_EQ(
      server_->Post("/api/v1/compare", {{"query", "x"}, {"a", nlohmann::json::object()}}).Message(),
      "b: is missing");
  EXPECT_EQ(server_
                ->Post("/api/v1/compare",
                       {{"query", "x"}, {"a", {{"k", 0}}}, {"b", nlohmann::json::object()}})
                .Message(),
            "a.k: expected an integer from 1 to 10000, not 0");
  EXPECT_EQ(server_->Post("/api/v1/compare/cmp_x/vote", {{"vote", "tie"}}).Message(),
            "there is no comparison cmp_x");
  EXPECT_THAT(server_->Post("/api/v1/compare/cmp_x/vote", {{"vote", "none"}}).Message(),
              HasSubstr("vote: expected one of left, right, tie, both_bad"));
}

}  // namespace
}  // namespace quarry::testing
