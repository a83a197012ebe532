// Whose stored objects are: a key sees its own, and leaves so much.

#include "server/owner.h"

#include <atomic>
#include <thread>

#include "server/api_keys.h"
#include "tests/server/server_testing.h"

namespace quarry::server {
namespace {

using nlohmann::json;
using std::string;
using testing::Fetch;
using testing::SmallCorpus;
using testing::TestEngine;
using testing::TestServer;

constexpr const char* kPumpQuestion = "How many litres per second does the pump P-3 deliver?";

struct Told {
  int status = 0;
  json body;
  string Message() const { return body.at("error").at("message"); }
};

class OwnerTest : public ::testing::Test {
 protected:
  OwnerTest() {
    engine_.Add(SmallCorpus());
    Restart();
  }
  void Restart(ServerOptions options = {}) {
    server_.reset();
    server_ = std::make_unique<TestServer>(engine_, options);
  }
  string Key(std::vector<Scope> scopes) {
    return keys_.Create({.name = "k", .scopes = std::move(scopes)}).value().key;
  }
  Told Send(const string& key, const string& method, const string& target,
            const json& body = nullptr) {
    return SendBytes(key, method, target, body.is_null() ? "" : body.dump(), "application/json");
  }
  Told SendBytes(const string& key, const string& method, const string& target, const string& body,
                 const string& type) {
    const auto reply = Fetch(server_->port(), method, target, body,
                             "Authorization: Bearer " + key + "\r\nContent-Type: " + type + "\r\n");
    if (!reply) {
      ADD_FAILURE() << method << ' ' << target << ": no response";
      return {};
    }
    return {reply->status, json::parse(reply->body, nullptr, false)};
  }
  string Upload(const string& key) {
    const string form =
        "--x\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nassistants\r\n"
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n"
        "The quern grinds.\r\n--x--\r\n";
    const Told told = SendBytes(key, "POST", "/v1/files", form, "multipart/form-data; boundary=x");
    EXPECT_EQ(told.status, 200) << told.body;
    return told.body.value("id", "");
  }
  // What `target` gives to who made it, to another key and to an administrator.
  void ExpectOwnersOnly(const string& method, const string& target, const json& body = nullptr) {
    const Told other = Send(other_, method, target, body);
    EXPECT_EQ(other.status, 404) << method << ' ' << target << ' ' << other.body;
    EXPECT_LT(Send(owner_, method, target, body).status, 300) << method << ' ' << target;
    EXPECT_LT(Send(admin_, method, target, body).status, 300) << method << ' ' << target;
  }

  TestEngine engine_;
  ApiKeys keys_{engine_.index->objects(), engine_.clock};
  const string owner_ = Key({Scope::kQuery, Scope::kIngest});
  const string other_ = Key({Scope::kQuery, Scope::kIngest});
  const string admin_ = Key({Scope::kAdmin});
  std::unique_ptr<TestServer> server_;
};

TEST_F(OwnerTest, AConversationIsSeenByItsKeyAndAdministrators) {
  const string id =
      Send(owner_, "POST", "/api/v1/conversations", {{"title", "水泵"}}).body.at("id");
  const string path = "/api/v1/conversations/" + id;
  ExpectOwnersOnly("GET", path);
  ExpectOwnersOnly("POST", path + "/turns", {{"query", kPumpQuestion}});
  ExpectOwnersOnly("PATCH", path, {{"title", "Pumps"}});
  EXPECT_EQ(Send(other_, "GET", path).Message(), "there is no conversation " + id);
  const auto count = [&](const string& key) {
    return Send(key, "GET", "/api/v1/conversations").body.at("conversations").size();
  };
  EXPECT_EQ(count(owner_), 1u);
  EXPECT_EQ(count(other_), 0u);
  EXPECT_EQ(count(admin_), 1u);
  EXPECT_EQ(Send(other_, "DELETE", path).status, 404);
  Restart();
  EXPECT_EQ(Send(other_, "GET", path).status, 404);
  EXPECT_EQ(Send(owner_, "DELETE", path).status, 200);
}

TEST_F(OwnerTest, FilesOfAConversationAreFoundThroughItAlone) {
  const string id = Send(owner_, "POST", "/api/v1/conversations", {{"title", "x"}}).body.at("id");
  const string file = "/api/v1/conversations/" + id + "/files/a.txt";
  EXPECT_EQ(SendBytes(other_, "PUT", file, "The quern.", "text/plain").status, 404);
  ASSERT_EQ(SendBytes(owner_, "PUT", file, "The quern.", "text/plain").status, 201);
  const json question = {{"query", "quern"}, {"collection", id}};
  EXPECT_EQ(Send(owner_, "POST", "/api/v1/search", question).body.at("hits").size(), 1u);
  EXPECT_EQ(Send(other_, "POST", "/api/v1/search", question).Message(),
            "no collection \"" + id + "\"; there is: default");
  EXPECT_EQ(Send(other_, "GET", "/api/v1/documents/a.txt?collection=" + id).status, 404);
  EXPECT_EQ(Send(other_, "DELETE", "/api/v1/documents/a.txt?collection=" + id).status, 404);
  EXPECT_EQ(
      Send(other_, "POST", "/api/v1/uploads", {{"document", "b"}, {"bytes", 1}, {"collection", id}})
          .status,
      404);
  // Not by the ways that show every collection.
  EXPECT_EQ(Send(other_, "GET", "/v1/vector_stores/" + id).status, 404);
  const json stores = Send(other_, "GET", "/v1/vector_stores?limit=1").body;
  ASSERT_EQ(stores.at("data").size(), 1u);
  EXPECT_EQ(stores.at("data").at(0).at("id"), "default");
  EXPECT_EQ(stores.at("first_id"), "default");
  EXPECT_EQ(stores.at("last_id"), "default");
  EXPECT_EQ(stores.at("has_more"), false);
  EXPECT_EQ(Send(other_, "GET", "/v1/vector_stores?after=" + id).status, 404);
  EXPECT_EQ(Send(other_, "GET", "/api/v1/collections").body.at("collections").size(), 1u);
  EXPECT_EQ(
      Send(other_, "POST", "/api/v1/search", {{"query", "x"}, {"collection", "nope"}}).Message(),
      "no collection \"nope\"; there is: default");
  EXPECT_EQ(Send(other_, "POST", "/api/v1/collections", {{"name", "conv_mine"}}).Message(),
            "name: what begins with \"conv_\" is a conversation's");
}

TEST_F(OwnerTest, AKeyIsToldOfItsOwnCollectionsOnly) {
  ASSERT_OK(engine_.index->CreateCollection("secretcorp").status());
  const string bound =
      keys_.Create({.name = "b", .collections = std::vector<string>{"ghost"}}).value().key;
  const Told told =
      Send(bound, "POST", "/api/v1/search", {{"query", "x"}, {"collection", "ghost"}});
  EXPECT_EQ(told.Message(), "no collection \"ghost\"; there is none");
  const auto ready = Fetch(server_->port(), "GET", "/readyz");
  EXPECT_EQ(ready->body.find("secretcorp"), string::npos);
}

TEST_F(OwnerTest, AnAnswerAndWhatIsSaidOfItAreItsKeys) {
  const json answer = Send(owner_, "POST", "/api/v1/answer", {{"query", kPumpQuestion}}).body;
  ExpectOwnersOnly("GET", "/api/v1/answers/" + answer.at("id").get<string>());
  ExpectOwnersOnly("POST", "/api/v1/feedback", {{"answer", answer.at("id")}, {"rating", "up"}});
  const json compared = Send(owner_, "POST", "/api/v1/compare",
                             {{"query", kPumpQuestion}, {"a", {{"k", 3}}}, {"b", {{"k", 5}}}})
                            .body;
  ExpectOwnersOnly("POST", "/api/v1/compare/" + compared.at("id").get<string>() + "/vote",
                   {{"vote", "tie"}});
}

TEST_F(OwnerTest, AStoredResponseIsItsKeys) {
  const json first =
      Send(owner_, "POST", "/v1/responses", {{"model", "quarry"}, {"input", kPumpQuestion}}).body;
  const string id = first.at("id");
  ExpectOwnersOnly("GET", "/v1/responses/" + id);
  ExpectOwnersOnly("GET", "/v1/responses/" + id + "/input_items");
  ExpectOwnersOnly("POST", "/v1/responses",
                   {{"model", "quarry"}, {"input", "And the P-5?"}, {"previous_response_id", id}});
  EXPECT_EQ(Send(other_, "DELETE", "/v1/responses/" + id).status, 404);
  EXPECT_EQ(Send(owner_, "DELETE", "/v1/responses/" + id).status, 200);
}

TEST_F(OwnerTest, AFileIsItsKeys) {
  const string id = Upload(owner_);
  ExpectOwnersOnly("GET", "/v1/files/" + id);
  EXPECT_EQ(Send(other_, "GET", "/v1/files/" + id + "/content").status, 404);
  EXPECT_EQ(Send(owner_, "GET", "/v1/files").body.at("data").size(), 1u);
  EXPECT_EQ(Send(other_, "GET", "/v1/files").body.at("data").size(), 0u);
  const json attach = {{"file_id", id}};
  const Told refused = Send(other_, "POST", "/v1/vector_stores/default/files", attach);
  EXPECT_EQ(refused.Message(), "there is no file \"" + id + "\"");
  EXPECT_EQ(Send(other_, "POST", "/v1/vector_stores", {{"file_ids", {id}}}).status, 404);
  EXPECT_EQ(Send(owner_, "POST", "/v1/vector_stores/default/files", attach).status, 200);
  EXPECT_EQ(Send(other_, "DELETE", "/v1/files/" + id).status, 404);
  EXPECT_EQ(Send(owner_, "DELETE", "/v1/files/" + id).status, 200);
}

TEST_F(OwnerTest, AnUploadIsItsKeys) {
  const string id =
      Send(owner_, "POST", "/api/v1/uploads", {{"document", "a.txt"}, {"bytes", 5}}).body.at("id");
  const string path = "/api/v1/uploads/" + id;
  ExpectOwnersOnly("GET", path);
  const auto count = [&](const string& key) {
    return Send(key, "GET", "/api/v1/uploads").body.at("uploads").size();
  };
  EXPECT_EQ(count(owner_), 1u);
  EXPECT_EQ(count(other_), 0u);
  EXPECT_EQ(count(admin_), 1u);
  EXPECT_EQ(SendBytes(other_, "PUT", path + "/parts/1", "quern", "text/plain").status, 404);
  EXPECT_EQ(SendBytes(owner_, "PUT", path + "/parts/1", "quern", "text/plain").status, 200);
  ExpectOwnersOnly("POST", path + "/complete", json::object());
  EXPECT_EQ(Send(other_, "DELETE", path).status, 404);
}

TEST_F(OwnerTest, AKeyHasSoManyObjectsAlsoAfterARestart) {
  Restart({.key_objects = 2});
  const json title = {{"title", "x"}};
  const string first = Send(owner_, "POST", "/api/v1/conversations", title).body.at("id");
  EXPECT_EQ(
      Send(owner_, "POST", "/api/v1/feedback", {{"question", "q"}, {"text", "t"}, {"rating", "up"}})
          .status,
      201);
  const string message =
      "this key may store 2 objects of conversations, responses, feedback, files and uploads, and "
      "has no room for this; delete some first";
  for (int i = 0; i < 2; ++i) {
    const Told full = Send(owner_, "POST", "/api/v1/conversations", title);
    EXPECT_EQ(full.status, 429);
    EXPECT_EQ(full.Message(), message);
    EXPECT_EQ(Send(owner_, "POST", "/api/v1/uploads", {{"document", "a"}, {"bytes", 1}}).status,
              429);
    EXPECT_EQ(Send(owner_, "POST", "/v1/responses", {{"model", "quarry"}, {"input", kPumpQuestion}})
                  .Message(),
              message);
    EXPECT_EQ(Send(owner_, "POST", "/v1/responses",
                   {{"model", "quarry"}, {"input", kPumpQuestion}, {"store", false}})
                  .status,
              200);
    // Others have room of their own, and administrators are not bounded.
    EXPECT_EQ(Send(other_, "POST", "/api/v1/conversations", title).status, 201);
    EXPECT_EQ(Send(admin_, "POST", "/api/v1/conversations", title).status, 201);
    Restart({.key_objects = 2});
  }
  EXPECT_EQ(Send(owner_, "DELETE", "/api/v1/conversations/" + first).status, 200);
  EXPECT_EQ(Send(owner_, "POST", "/api/v1/conversations", title).status, 201);
}

TEST_F(OwnerTest, AKeyHasSoManyBytes) {
  Restart({.key_bytes = 40});
  const string file = Upload(owner_);  // 17 bytes
  const json upload = {{"document", "a"}, {"bytes", 24}};
  EXPECT_EQ(Send(owner_, "POST", "/api/v1/uploads", upload).Message(),
            "this key may store 40 bytes of conversations, responses, feedback, files and uploads, "
            "and has no room for this; delete some first");
  EXPECT_EQ(Send(owner_, "DELETE", "/v1/files/" + file).status, 200);
  const Told begun = Send(owner_, "POST", "/api/v1/uploads", upload);
  ASSERT_EQ(begun.status, 201);
  const string path = "/api/v1/uploads/" + begun.body.at("id").get<string>();
  EXPECT_EQ(Send(owner_, "POST", "/api/v1/uploads", upload).status, 429);
  EXPECT_EQ(Send(owner_, "DELETE", path).status, 200);
  EXPECT_EQ(Send(owner_, "POST", "/api/v1/uploads", upload).status, 201);
}

TEST_F(OwnerTest, WhatIsSaidCountsWithAllThatIsStoredOfIt) {
  Restart({.key_bytes = 100});
  const string message =
      "this key may store 100 bytes of conversations, responses, feedback, files and uploads, and "
      "has no room for this; delete some first";
  EXPECT_EQ(Send(owner_, "POST", "/api/v1/compare",
                 {{"query", kPumpQuestion}, {"a", {{"k", 3}}}, {"b", {{"k", 5}}}})
                .Message(),
            message);
  EXPECT_EQ(Send(owner_, "POST", "/api/v1/feedback",
                 {{"question", string(100, 'q')}, {"text", "t"}, {"rating", "up"}})
                .Message(),
            message);
  const auto titled = [](size_t bytes) { return json{{"title", string(bytes, 'x')}}; };
  EXPECT_EQ(Send(owner_, "POST", "/api/v1/conversations", titled(101)).Message(), message);
  const Told made = Send(owner_, "POST", "/api/v1/conversations", titled(60));
  ASSERT_EQ(made.status, 201) << made.body;
  const string path = "/api/v1/conversations/" + made.body.at("id").get<string>();
  EXPECT_EQ(Send(owner_, "POST", "/api/v1/conversations", titled(60)).status, 429);
  EXPECT_EQ(Send(owner_, "PATCH", path, titled(101)).Message(), message);
  EXPECT_EQ(Send(owner_, "PATCH", path, {{"instructions", string(41, 'x')}}).Message(), message);
  EXPECT_EQ(Send(owner_, "PATCH", path, titled(40)).status, 200);
  EXPECT_EQ(Send(owner_, "POST", "/api/v1/conversations", titled(60)).status, 201);
  EXPECT_EQ(Send(owner_, "DELETE", path).status, 200);
  EXPECT_EQ(Send(owner_, "POST", "/api/v1/conversations", titled(41)).status, 429);
  EXPECT_EQ(Send(owner_, "POST", "/api/v1/conversations", titled(40)).status, 201);
}

TEST_F(OwnerTest, RatingAnAnswerAgainTakesNoRoom) {
  Restart({.key_objects = 1});
  const string answer =
      Send(owner_, "POST", "/api/v1/answer", {{"query", kPumpQuestion}}).body.at("id");
  const auto rate = [&](const char* rating) {
    return Send(owner_, "POST", "/api/v1/feedback", {{"answer", answer}, {"rating", rating}});
  };
  EXPECT_EQ(rate("up").status, 201);
  EXPECT_EQ(rate("down").status, 201);
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] { EXPECT_EQ(rate("up").status, 201); });
  }
  for (std::thread& reader : readers) reader.join();
  const json title = {{"title", "x"}};
  EXPECT_EQ(Send(owner_, "POST", "/api/v1/conversations", title).status, 429);
  EXPECT_EQ(Send(admin_, "DELETE", "/api/v1/feedback/fb_" + answer).status, 200);
  EXPECT_EQ(Send(owner_, "POST", "/api/v1/conversations", title).status, 201);
}

// Each of two that delete the same thing at once may find it there: its room is given back once.
TEST_F(OwnerTest, WhatIsDeletedTwiceAtOnceGivesItsRoomBackOnce) {
  Restart({.key_objects = 2});
  const auto make_response = [&] {
    return Send(owner_, "POST", "/v1/responses", {{"model", "quarry"}, {"input", kPumpQuestion}})
        .body.value("id", "");
  };
  const auto delete_at_once = [&](const string& path) {
    std::atomic<int> deleted = 0;
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; ++i) {
      clients.emplace_back([&] {
        if (Send(owner_, "DELETE", path).status == 200) ++deleted;
      });
    }
    for (std::thread& client : clients) client.join();
    return deleted.load();
  };
  Upload(owner_);  // stays
  for (int round = 0; round < 20; ++round) {
    EXPECT_EQ(delete_at_once("/v1/files/" + Upload(owner_)), 1);
    EXPECT_EQ(delete_at_once("/v1/responses/" + make_response()), 1);
  }
  const json title = {{"title", "x"}};
  EXPECT_EQ(Send(owner_, "POST", "/api/v1/conversations", title).status, 201);
  EXPECT_EQ(Send(owner_, "POST", "/api/v1/conversations", title).status, 429);
}

TEST_F(OwnerTest, MetricsNeedAScopeOfTheirOwnOnly) {
  const string key = Key({Scope::kMetrics});
  EXPECT_EQ(Send(key, "GET", "/metrics").status, 200);
  EXPECT_EQ(Send(key, "GET", "/api/v1/documents").status, 403);
  EXPECT_EQ(Send(owner_, "GET", "/metrics").status, 403);
}

TEST(OwnerOfTest, ADamagedValueIsNobodys) {
  EXPECT_EQ(OwnerOf(R"({"title": "t", "owner": {"key": "key_a", "bytes": 7}})").key, "key_a");
  EXPECT_EQ(OwnerOf(R"({"title": "t", "owner": {"key": "key_a", "bytes": 7}})").bytes, 7u);
  for (const char* value :
       {"", "{", "[]", "7", "{}", R"({"owner": 7})", R"({"owner": {"key": "key_a"}})",
        R"({"owner": {"key": "key_a", "bytes": -1}})"}) {
    const Owner owner = OwnerOf(value);
    EXPECT_EQ(owner.key, "") << value;
    EXPECT_EQ(owner.bytes, 0u) << value;
  }
}

TEST(OwnerQuotaTest, ABoundOfObjectsAloneBoundsNoBytes) {
  OwnerQuota quota({.objects = 1});
  const Caller caller{.key = "key_a", .is_admin = false};
  {
    Result<OwnerQuota::Room> room = quota.Reserve(caller, {.key = "key_a", .bytes = UINT32_MAX});
    ASSERT_OK(room.status());
    room->Keep();
  }
  EXPECT_EQ(quota.Reserve(caller, {.key = "key_a", .bytes = 1}).status().code(),
            Code::kResourceExhausted);
  // Who holds nothing gives nothing back: neither to another nor to itself.
  quota.Return({.key = "key_b", .bytes = 9}, 1);
  EXPECT_FALSE(quota.Reserve(caller, {.key = "key_a", .bytes = 1}).ok());
  quota.Return({.key = "key_a", .bytes = UINT32_MAX}, 1);
  EXPECT_TRUE(quota.Reserve(caller, {.key = "key_a", .bytes = 1}).ok());
}

}  // namespace
}  // namespace quarry::server
