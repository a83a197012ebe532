// Profiles over HTTP, and instructions of keys and conversations.

#include "generation/chat_relay.h"
#include "server/api_keys.h"
#include "tests/server/server_testing.h"
#include "tests/testing/chat_upstream.h"

namespace quarry::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

constexpr const char* kTorqueYaml =
    "collection: two\nk: 3\nmode: lexical\nrefusal: {text: Not in the sheets.}";

class ProfilesTest : public ::testing::Test {
 protected:
  ProfilesTest() {
    server_.Post("/api/v1/collections", {{"name", "two"}});
    Put("two", "sheets/a", "The zorblax valve opens at 7 bar.");
    Put("two", "sheets/b", "The zorblax valve of 1990 opens at 6 bar.", {{"old", true}});
    Put("default", "notes/c", "The quartz pump runs at 9 bar.");
  }
  void Put(const std::string& collection, const std::string& id, const std::string& text,
           const json& metadata = json::object()) {
    const JsonReply reply = server_.Put("/api/v1/documents/" + id + "?collection=" + collection,
                                        {{"text", text}, {"metadata", metadata}});
    ASSERT_LT(reply.status, 300) << reply.http.body;
  }
  JsonReply PutProfile(const std::string& name, const std::string& yaml) {
    return server_.Put("/api/v1/profiles/" + name, {{"yaml", yaml}});
  }
  static json Chat(const std::string& model, const std::string& question) {
    return {{"model", model}, {"messages", {{{"role", "user"}, {"content", question}}}}};
  }

  TestServer server_;
};

TEST_F(ProfilesTest, AreMadeListedReadReplacedAndRemoved) {
  const JsonReply made = PutProfile("fitter", kTorqueYaml);
  ASSERT_EQ(made.status, 200) << made.http.body;
  EXPECT_EQ(made.json.at("model"), "quarry/fitter");
  EXPECT_EQ(made.json.at("without_effect"), "");
  EXPECT_EQ(PutProfile("styled", "style: dry").json.at("without_effect"), "style");
  EXPECT_EQ(server_.Get("/api/v1/profiles").json.at("profiles").size(), 2u);
  EXPECT_EQ(server_.Get("/api/v1/profiles/fitter").json.at("yaml"), kTorqueYaml);

  const JsonReply wrong = PutProfile("fitter", "k: 1\nkk: 2");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(wrong.Message(), HasSubstr("yaml:2: kk: unknown key"));
  EXPECT_EQ(server_.Get("/api/v1/profiles/fitter").json.at("yaml"), kTorqueYaml);
  EXPECT_EQ(PutProfile("a%20b", "k: 1").status, 400);

  EXPECT_EQ(server_.Delete("/api/v1/profiles/fitter").json.at("deleted"), "fitter");
  EXPECT_EQ(server_.Get("/api/v1/profiles/fitter").status, 404);
  EXPECT_EQ(server_.Delete("/api/v1/profiles/fitter").status, 404);
}

TEST_F(ProfilesTest, DecideWhatIsAskedAndHowUnlessTheRequestSaysOtherwise) {
  PutProfile("fitter", kTorqueYaml);
  const json ask = {{"query", "At which pressure does the zorblax valve open?"}};
  EXPECT_EQ(server_.Post("/api/v1/answer", ask).json.at("abstained"), true);
  json by_profile = ask;
  by_profile["profile"] = "fitter";
  const JsonReply answered = server_.Post("/api/v1/answer", by_profile);
  ASSERT_EQ(answered.status, 200) << answered.http.body;
  EXPECT_EQ(answered.json.at("collection"), "two");
  EXPECT_THAT(answered.json.at("answer").get<std::string>(), HasSubstr("7 bar"));
  EXPECT_NE(answered.json.value("fingerprint", ""), "none");

  by_profile["collection"] = "default";
  const JsonReply elsewhere = server_.Post("/api/v1/answer", by_profile);
  EXPECT_EQ(elsewhere.json.at("collection"), "default");
  EXPECT_EQ(elsewhere.json.at("answer"), "Not in the sheets.");

  by_profile["profile"] = "filter";
  const JsonReply none = server_.Post("/api/v1/answer", by_profile);
  EXPECT_EQ(none.status, 404);
  EXPECT_EQ(none.Message(), "profile: there is no profile \"filter\"; there are: fitter");
}

TEST_F(ProfilesTest, AFilterHoldsBesidesTheRequests) {
  PutProfile("old", "collection: two\nfilter: {type: eq, key: old, value: true}");
  json ask = {{"query", "At which pressure does the zorblax valve open?"},
              {"profile", "old"},
              {"context", true}};
  const auto documents = [&] {
    std::vector<std::string> ids;
    const JsonReply reply = server_.Post("/api/v1/answer", ask);
    for (const json& passage : reply.json.at("context").at("passages"))
      ids.push_back(passage.at("document"));
    return ids;
  };
  EXPECT_EQ(documents(), std::vector<std::string>{"sheets/b"});
  ask["filter"] = {{"type", "eq"}, {"key", "old"}, {"value", false}};
  EXPECT_EQ(documents(), std::vector<std::string>{});
}

TEST_F(ProfilesTest, AreModelsOfTheOpenAiSurface) {
  PutProfile("fitter", kTorqueYaml);
  const json models = server_.Get("/v1/models").json.at("data");
  ASSERT_EQ(models.size(), 2u);
  EXPECT_EQ(models[1].at("id"), "quarry/fitter");
  EXPECT_EQ(server_.Get("/v1/models/quarry%2Ffitter").json, models[1]);
  EXPECT_EQ(server_.Get("/v1/models/quarry/fitter").json, models[1]);
  EXPECT_EQ(server_.Get("/v1/models/quarry/other").status, 404);

  const std::string question = "At which pressure does the zorblax valve open?";
  const JsonReply reply = server_.Post("/v1/chat/completions", Chat("quarry/fitter", question));
  ASSERT_EQ(reply.status, 200) << reply.http.body;
  EXPECT_EQ(reply.json.at("model"), "quarry/fitter");
  EXPECT_EQ(reply.json.at("quarry").at("collection"), "two");
  EXPECT_THAT(reply.json.at("choices")[0].at("message").at("content").get<std::string>(),
              HasSubstr("7 bar"));
  const JsonReply responded =
      server_.Post("/v1/responses", {{"model", "quarry/fitter"}, {"input", question}});
  EXPECT_THAT(responded.http.body, HasSubstr("7 bar"));

  const JsonReply unknown = server_.Post("/v1/chat/completions", Chat("quarry/other", question));
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.json.at("error").at("code"), "model_not_found");
  EXPECT_THAT(unknown.Message(), HasSubstr("there are: fitter"));
}

TEST_F(ProfilesTest, TwoOfThemAreComparedBlindly) {
  PutProfile("one", "length: short");
  PutProfile("three", "length: long");
  const JsonReply compared =
      server_.Post("/api/v1/compare", {{"query", "At which pressure does the quartz pump run?"},
                                       {"a", {{"profile", "one"}}},
                                       {"b", {{"profile", "three"}, {"k", 4}}}});
  ASSERT_EQ(compared.status, 201) << compared.http.body;
  const std::string id = compared.json.at("id");
  const json voted = server_.Post("/api/v1/compare/" + id + "/vote", {{"vote", "tie"}}).json;
  std::map<std::string, json> by_setting;
  for (const char* side : {"left", "right"}) {
    by_setting[voted.at(side).at("setting")] = voted.at(side).at("options");
  }
  EXPECT_EQ(by_setting.at("a").at("profile"), "one");
  EXPECT_EQ(by_setting.at("b"), (json{{"profile", "three"}, {"k", 4}, {"mode", "hybrid"}}));
  EXPECT_THAT(server_
                  .Post("/api/v1/compare",
                        {{"query", "x"}, {"a", {{"profile", "none"}}}, {"b", json::object()}})
                  .Message(),
              HasSubstr("a.profile: there is no profile \"none\""));
}

TEST_F(ProfilesTest, AreTriedBeforeTheyAreStored) {
  PutProfile("fitter", "collection: default");
  json tried = {{"yaml", kTorqueYaml},
                {"query", "At which pressure does the zorblax valve open?"},
                {"context", true}};
  const JsonReply answered = server_.Post("/api/v1/profiles/fitter/answer", tried);
  ASSERT_EQ(answered.status, 200) << answered.http.body;
  EXPECT_EQ(answered.json.at("collection"), "two");
  EXPECT_THAT(answered.json.at("answer").get<std::string>(), HasSubstr("7 bar"));
  EXPECT_EQ(server_.Get("/api/v1/profiles/fitter").json.at("yaml"), "collection: default");

  tried["k"] = 1;
  EXPECT_EQ(server_.Post("/api/v1/profiles/not-there/answer", tried)
                .json.at("context")
                .at("passages")
                .size(),
            1u);
  EXPECT_EQ(server_.Get("/api/v1/profiles").json.at("profiles").size(), 1u);

  tried["stream"] = true;
  const JsonReply streamed = server_.Post("/api/v1/profiles/fitter/answer", tried);
  EXPECT_THAT(streamed.http.body, HasSubstr("event: answer"));

  tried["yaml"] = "k: 1\nkk: 2";
  EXPECT_THAT(server_.Post("/api/v1/profiles/fitter/answer", tried).Message(),
              HasSubstr("yaml:2: kk: unknown key"));
  tried["yaml"] = "k: 1";
  tried["profile"] = "fitter";
  EXPECT_THAT(server_.Post("/api/v1/profiles/fitter/answer", tried).Message(),
              HasSubstr("unknown field \"profile\""));
  tried.erase("yaml");
  tried.erase("profile");
  EXPECT_EQ(server_.Post("/api/v1/profiles/fitter/answer", tried).Message(), "yaml: is missing");
  EXPECT_EQ(
      server_.Post("/api/v1/profiles/a%20b/answer", {{"yaml", "k: 1"}, {"query", "x"}}).status,
      400);
}

TEST(ProfileKeysTest, AKeySeesTheProfilesOfItsCollectionsAndWritesNone) {
  TestServer server;
  server.Post("/api/v1/collections", {{"name", "two"}});
  server.Put("/api/v1/profiles/a", {{"yaml", "collection: two"}});
  server.Put("/api/v1/profiles/b", {{"yaml", "collection: default"}});
  const std::string key =
      server
          .Post("/api/v1/keys",
                {{"name", "reader"}, {"scopes", {"query"}}, {"collections", {"two"}}})
          .json.at("key");
  const std::string bearer = "Authorization: Bearer " + key + "\r\n";
  const auto send = [&](const char* method, const char* target, const std::string& body = "") {
    return Fetch(server.port(), method, target, body,
                 bearer + (body.empty() ? "" : "Content-Type: application/json\r\n"));
  };
  const json models = json::parse(send("GET", "/v1/models")->body).at("data");
  ASSERT_EQ(models.size(), 2u);
  EXPECT_EQ(models[1].at("id"), "quarry/a");
  EXPECT_EQ(send("GET", "/api/v1/profiles")->status, 403);
  EXPECT_EQ(send("PUT", "/api/v1/profiles/a", R"({"yaml": "k: 1"})")->status, 403);
  EXPECT_EQ(send("POST", "/api/v1/profiles/a/answer", R"({"yaml": "k: 1", "query": "x"})")->status,
            403);
  // One of another collection is as one that is not there, and its collection is not told.
  const auto message = [&](const char* method, const char* target, const std::string& body = "") {
    const auto reply = send(method, target, body);
    EXPECT_EQ(reply->status, 404) << reply->body;
    return json::parse(reply->body).at("error").at("message").get<std::string>();
  };
  EXPECT_EQ(message("POST", "/api/v1/answer", R"({"query": "pump?", "profile": "b"})"),
            "profile: there is no profile \"b\"; there are: a");
  EXPECT_EQ(message("POST", "/api/v1/answer",
                    R"({"query": "pump?", "profile": "b", "collection": "two"})"),
            "profile: there is no profile \"b\"; there are: a");
  EXPECT_EQ(message("POST", "/api/v1/answer", R"({"query": "pump?", "profile": "c"})"),
            "profile: there is no profile \"c\"; there are: a");
  const std::string no_model =
      "there is no model \"quarry/b\": there is no profile \"b\"; there are: a";
  EXPECT_EQ(message("GET", "/v1/models/quarry/b"), no_model);
  EXPECT_EQ(
      message("POST", "/v1/chat/completions",
              R"({"model": "quarry/b", "messages": [{"role": "user", "content": "水泵？"}]})"),
      no_model);
  EXPECT_EQ(message("POST", "/v1/responses", R"({"model": "quarry/b", "input": "pump?"})"),
            no_model);
  EXPECT_EQ(send("GET", "/v1/models/quarry/a")->status, 200);
  EXPECT_EQ(send("POST", "/api/v1/answer", R"({"query": "pump?", "profile": "a"})")->status, 200);
}

// The small corpus, answered from by a chat model that says `message`.
struct ScriptedEngine {
  explicit ScriptedEngine(json message) : upstream([=](const json&) { return message; }) {
    engine.Add(SmallCorpus());
    engine.cached_answerer =
        std::make_unique<generation::CachedAnswerer>(answerer, *engine.index, nullptr, metrics);
    engine.assistant = std::make_unique<generation::Assistant>(*engine.cached_answerer, model,
                                                               generation::AssistantOptions{});
  }

  TestEngine engine;
  ChatUpstream upstream;
  const generation::Prompts prompts;
  const generation::AnswerModel model{upstream.chat(), prompts};
  const generation::Answerer answerer{
      engine.analyzer, engine.retriever, engine.token_counter, {}, model};
  MetricsRegistry metrics;
};

// A model that has no tools and calls one has said nothing.
TEST(ProfileSchemaTest, AnAnswerWithoutTextIsStreamedToItsEnd) {
  ScriptedEngine scripted(
      json{{"content", nullptr},
           {"tool_calls", json::array({ChatUpstream::ToolCall("1", "none", json::object())})}});
  TestServer server(scripted.engine, {});
  const JsonReply made =
      server.Put("/api/v1/profiles/p", {{"yaml", "output_schema: {type: object}"}});
  ASSERT_EQ(made.status, 200) << made.http.body;
  const JsonReply reply = server.Post(
      "/v1/chat/completions",
      {{"model", "quarry/p"},
       {"stream", true},
       {"messages",
        {{{"role", "user"}, {"content", "How many days of leave does an employee have?"}}}}});
  ASSERT_EQ(reply.status, 200) << reply.http.body;
  const auto events = Events(reply.http.body);
  ASSERT_EQ(events.size(), 3u) << reply.http.body;
  const auto choice = [&](size_t i) { return json::parse(events[i].second).at("choices")[0]; };
  EXPECT_EQ(choice(0).at("delta").at("role"), "assistant");
  EXPECT_EQ(choice(0).at("delta").at("content"), "");
  EXPECT_EQ(choice(1).at("finish_reason"), "stop");
  EXPECT_EQ(events[2].second, "[DONE]");
}

TEST(InstructionsTest, OfProfileKeyAndConversationReachTheModelInThisOrder) {
  ScriptedEngine scripted(json{{"content", "Every employee has 28 days of leave [1]."}});
  ChatUpstream& upstream = scripted.upstream;
  TestServer server(scripted.engine, {});
  server.Put("/api/v1/profiles/p", {{"yaml", "instructions: By profile."}});
  const std::string key =
      server
          .Post("/api/v1/keys", {{"name", "k"}, {"scopes", {"admin"}}, {"instructions", "By key."}})
          .json.at("key");
  const std::string headers =
      "Authorization: Bearer " + key + "\r\nContent-Type: application/json\r\n";
  const auto post = [&](const std::string& method, const std::string& target, const json& body) {
    const auto reply = Fetch(server.port(), method, target, body.dump(), headers);
    EXPECT_LT(reply->status, 300) << reply->body;
    return json::parse(reply->body);
  };
  const json made = post("POST", "/api/v1/conversations",
                         {{"title", "Leave"}, {"instructions", "By conversation."}});
  EXPECT_EQ(made.at("instructions"), "By conversation.");
  const std::string path = "/api/v1/conversations/" + made.at("id").get<std::string>();
  const json ask = {{"query", "How many days of paid leave does an employee have?"},
                    {"profile", "p"}};
  post("POST", path + "/turns", ask);
  const auto system = [&] {
    return upstream.requests().back()["messages"][0]["content"].get<std::string>();
  };
  EXPECT_THAT(system(), HasSubstr("above:\nBy profile.\nBy key.\nBy conversation."));

  EXPECT_FALSE(post("PATCH", path, {{"instructions", ""}}).contains("instructions"));
  post("POST", path + "/turns", ask);
  EXPECT_THAT(system(), HasSubstr("By profile.\nBy key."));
  EXPECT_THAT(system(), ::testing::Not(HasSubstr("By conversation.")));

  const size_t before = upstream.requests().size();
  post("POST", "/api/v1/compare",
       {{"query", ask.at("query")}, {"a", {{"profile", "p"}}}, {"b", json::object()}});
  const auto requests = upstream.requests();
  ASSERT_EQ(requests.size(), before + 2) << "a question to each side";
  for (size_t i = before; i < requests.size(); ++i) {
    EXPECT_THAT(requests[i]["messages"][0]["content"].get<std::string>(), HasSubstr("By key."));
    EXPECT_THAT(requests[i]["messages"][0]["content"].get<std::string>(),
                ::testing::Not(HasSubstr("By key.\nBy key.")));
  }
}

}  // namespace
}  // namespace quarry::testing
