// Replays: what an answer was retrieved from, retrieved again.

#include "server/replay.h"

#include "server/stored_answer.h"
#include "server/stored_query.h"
#include "server/strict_json.h"
#include "tests/server/server_testing.h"

namespace quarry::server {
namespace {

using ::testing::HasSubstr;
using testing::JsonReply;
using ::testing::StartsWith;
using testing::TestEngine;
using testing::TestServer;
using testing::TextDocument;
using ReplayJsonValue = nlohmann::json;

class ReplayTest : public ::testing::Test {
 protected:
  ReplayTest() {
    engine_.Add(testing::SmallCorpus());
    server_ = std::make_unique<TestServer>(engine_, ServerOptions());
  }

  std::string Ask(const ReplayJsonValue& body) {
    const JsonReply reply = server_->Post("/api/v1/answer", body);
    EXPECT_EQ(reply.status, 200) << reply.http.body;
    return reply.json.at("id");
  }
  JsonReply Replay(const std::string& id) {
    return server_->Post("/api/v1/answers/" + id + "/replay", ReplayJsonValue::object());
  }

  TestEngine engine_;
  std::unique_ptr<TestServer> server_;
};

TEST_F(ReplayTest, AThousandOfAThousandAreReproducedBitForBit) {
  std::vector<std::string> ids;
  for (int i = 0; i < 1000; ++i) {
    const std::string n = std::to_string(i % 12);
    ReplayJsonValue body;
    switch (i % 5) {
      case 0:
        body = {{"query", "How many litres per second does the pump P-" + n + " deliver?"}};
        break;
      case 1:
        body = {{"query", "水泵B-" + n + "每秒输送多少升水？"}, {"k", 3 + i % 9}};
        break;
      case 2:
        body = {{"query", "At how many bar is valve V-" + n + " tested?"},
                {"options", {{"dense_weight", (i % 10) / 10.0}, {"diversity", 0.2}}}};
        break;
      case 3:
        body = {{"query", "And the valve V-" + n + "?"},
                {"history",
                 {{{"role", "user"}, {"content", "Within how many seconds does V-1 close?"}},
                  {{"role", "assistant"}, {"content", "Within 4 seconds [1]."}}}}};
        break;
      default:
        body = {{"query", "What is said of number " + std::to_string(i) + " and of leave?"},
                {"mode", i % 2 == 0 ? "lexical" : "hybrid"}};
    }
    ids.push_back(Ask(body));
  }
  int reproduced = 0;
  for (const std::string& id : ids) {
    const JsonReply replay = Replay(id);
    ASSERT_EQ(replay.status, 200) << replay.http.body;
    const bool is_same =
        replay.json.at("reproduced") && replay.json.at("came") == 0 &&
        replay.json.at("went") == 0 && replay.json.at("moved") == 0 &&
        replay.json.at("changed").empty() &&
        replay.json.at("fingerprint").at("then") == replay.json.at("fingerprint").at("now");
    reproduced += is_same ? 1 : 0;
    EXPECT_TRUE(is_same) << replay.http.body;
  }
  EXPECT_EQ(reproduced, 1000);
}

TEST_F(ReplayTest, WhatCameWentAndMovedIsToldAndDeletedDocumentsAreNot) {
  const std::string id = Ask({{"query", "How many days of paid leave does every employee have?"}});
  ASSERT_EQ(Replay(id).json.at("passages").at(0).at("document"), "hr/leave");
  engine_.Add({TextDocument("hr/leave-new", "Leave, new",
                            "Every employee has 30 days of paid leave per year since May. Nobody "
                            "loses days.")});
  const auto more = Replay(id).json;
  EXPECT_FALSE(more.at("reproduced"));
  EXPECT_GE(more.at("came").get<int>(), 1);
  EXPECT_NE(more.at("commit").at("then"), more.at("commit").at("now"));
  EXPECT_THAT(more.dump(), HasSubstr("hr/leave-new"));

  ASSERT_EQ(server_->Delete("/api/v1/documents/hr/leave").status, 200);
  const auto less = Replay(id).json;
  EXPECT_GE(less.at("went").get<int>(), 1);
  EXPECT_TRUE(less.at("passages").at(0).at("document").is_null());
  EXPECT_EQ(less.at("passages").at(0).at("now"), 0);
  EXPECT_EQ(less.dump().find("\"hr/leave\""), std::string::npos);
}

TEST_F(ReplayTest, ChangesOfTheConfigurationAreNamedAndTheOldOneIsReproduced) {
  const std::string id = Ask({{"query", "At how many bar is valve V-3 tested?"}});
  server_.reset();  // which writes what it keeps
  engine_.cached_answerer.reset();
  // The same store under another configuration.
  RetrievalOptions options;
  options.fusion.dense_weight = 0.9;
  const retrieval::Retriever retriever(engine_.analyzer, engine_.embedders, options);
  generation::AnswerOptions answers;
  answers.context.max_passages = 2;
  const generation::Answerer answerer(engine_.analyzer, retriever, engine_.token_counter, answers);
  const auto value =
      engine_.index->objects().Get({.kind = index::ObjectKind::kAnswer, .id = id}).value();
  ASSERT_TRUE(value.has_value());
  const StoredAnswer stored = ParseStoredAnswer(id, value->value).value();
  ASSERT_OK_AND_ASSIGN(const server::Replay replay,
                       ReplayAnswer(id, stored, answerer, *engine_.index, CallContext()));
  EXPECT_TRUE(replay.reproduced);
  std::string changed;
  for (const ReplayedSetting& one : replay.changed) {
    changed += one.name + ": " + one.then + " -> " + one.now + "\n";
  }
  EXPECT_THAT(changed, HasSubstr("retrieval.dense_weight: 0."));
  EXPECT_THAT(changed, HasSubstr("context.max_passages: 8 -> 2"));
  EXPECT_EQ(replay.went, 6u);
  EXPECT_NE(replay.fingerprint_then, replay.fingerprint_now);
}

TEST_F(ReplayTest, ChatCompletionsAreKeptToo) {
  const auto reply = server_->Post(
      "/v1/chat/completions",
      {{"model", "quarry"},
       {"messages", {{{"role", "user"}, {"content", "At how many bar is valve V-3 tested?"}}}}});
  ASSERT_EQ(reply.status, 200) << reply.http.body;
  const std::string id = reply.json.at("quarry").at("id");
  EXPECT_THAT(id, StartsWith("ans_"));
  EXPECT_TRUE(Replay(id).json.at("reproduced"));
  EXPECT_EQ(server_->Get("/api/v1/answers/" + id).json.at("fingerprint"),
            reply.json.at("system_fingerprint"));
}

TEST_F(ReplayTest, WhatCannotBeReplayedSaysWhy) {
  EXPECT_EQ(Replay("ans_x").status, 404);
  const std::string small_talk = Ask({{"query", "Hello!"}});
  EXPECT_THAT(Replay(small_talk).Message(), HasSubstr("it was kept without what a replay needs"));
  // As answers were kept before replays.
  ASSERT_OK(engine_.index->objects().Put(
      {.kind = index::ObjectKind::kAnswer, .id = "ans_old"},
      R"({"version": 1, "time_us": 1, "collection": 1, "request": null, "passages": [], "seconds": 0,
          "answer": {"question": "q", "collection": "default", "answer": "a", "model": "m",
                     "cache": {}}})"));
  EXPECT_THAT(Replay("ans_old").Message(), HasSubstr("it was kept without what a replay needs"));
  ASSERT_OK(engine_.index->objects().Put(
      {.kind = index::ObjectKind::kAnswer, .id = "ans_new"},
      R"({"version": 3, "time_us": 1, "collection": 1, "passages": [], "seconds": 0,
          "answer": {"question": "q", "collection": "default", "answer": "a", "model": "m",
                     "cache": {}}})"));
  EXPECT_THAT(Replay("ans_new").Message(), HasSubstr("version: expected 1 to 2, not 3"));
}

TEST(StoredQueryTest, AQueryComesBackAsItWasWritten) {
  StoredQuery stored;
  stored.query = {.text = "a \"b\"?", .mode = SearchMode::kLexical, .k = 7};
  stored.query.filter =
      ParseFilter(R"({"type": "and", "filters": [{"type": "eq", "key": "a", "value": "x"},
                      {"type": "or", "filters": [{"type": "gt", "key": "n", "value": 2.5},
                      {"type": "in", "key": "l", "value": ["u", true, 3]}]}]})")
          .value();
  stored.query.principals = {.unrestricted = false, .names = {"p", "q"}};
  stored.own_options = true;
  stored.setting.options.fusion.dense_weight = 0.37;
  stored.setting.options.recency.field = "date";
  stored.setting.context = {.token_budget = 123, .max_passages = 4};
  stored.setting.parts = {{"analyzer", "an"}, {"writer", "w/1"}};
  JsonWriter writer;
  WriteStoredQuery(stored, writer);
  const std::string written = writer.Take();
  ASSERT_OK_AND_ASSIGN(const JsonValue value, ParseJson(written));
  ASSERT_OK_AND_ASSIGN(const StoredQuery read, ReadStoredQuery(value, "retrieval"));
  JsonWriter again;
  WriteStoredQuery(read, again);
  EXPECT_EQ(again.text(), written);
  EXPECT_EQ(read.query.options->Description(), stored.setting.options.Description());
  EXPECT_EQ(read.query.principals.names, stored.query.principals.names);
}

TEST(StoredAnswerTest, ARequestOfEveryDepthThatIsTakenIsReadAgain) {
  const std::string question = "How heavy is the pump?";
  const std::string collection = "default";
  const std::string lists(kMaxJsonDepth - 1, '[');
  const std::string request = R"({"x":)" + lists + std::string(kMaxJsonDepth - 1, ']') + "}";
  ASSERT_OK(ParseJson(request).status());
  const std::string value = StoredAnswerJson(Answer(), {.question = question,
                                                        .collection = collection,
                                                        .collection_id = CollectionId(1),
                                                        .request = request});
  EXPECT_THAT(value, HasSubstr(request));
  EXPECT_OK(ParseStoredAnswer("answer", value).status());
}

}  // namespace
}  // namespace quarry::server
