// Who is let in, over a whole server.

#include "server/auth.h"

#include <cctype>
#include <set>

#include "base/log.h"
#include "generation/prompts.h"
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

class AuthTest : public ::testing::Test {
 protected:
  AuthTest() {
    std::vector<Document> documents = SmallCorpus();
    Document secret = TextDocument("secret", "Salaries", "The director earns 9000 crowns a month.");
    secret.access = {"board"};
    documents.push_back(std::move(secret));
    engine_.Add(std::move(documents));
    QUARRY_CHECK(engine_.index->CreateCollection("other").ok());
  }

  string Key(const KeyGrant& grant) { return keys_.Create(grant).value().key; }

  HttpReply Send(const TestServer& server, const string& method, const string& target,
                 const string& key, const json& body = nullptr, const string& more = "") {
    string headers = more;
    if (!key.empty()) headers += "Authorization: Bearer " + key + "\r\n";
    const auto reply =
        Fetch(server.port(), method, target, body.is_null() ? "" : body.dump(), headers);
    if (!reply) {
      ADD_FAILURE() << method << ' ' << target << ": no response";
      return {};
    }
    return *reply;
  }

  TestEngine engine_;
  ApiKeys keys_{engine_.index->objects(), engine_.clock};
};

string MessageOf(const HttpReply& reply) {
  return json::parse(reply.body).at("error").at("message").get<string>();
}

TEST_F(AuthTest, WithoutAnyKeyEverythingIsOpen) {
  const TestServer server(engine_, {});
  EXPECT_EQ(Send(server, "GET", "/api/v1/keys", "").status, 200);
  EXPECT_EQ(Send(server, "GET", "/v1/models", "none").status, 200);
}

TEST_F(AuthTest, OnceThereIsAKeyOneIsNeededFromTheNextRequestOn) {
  const TestServer server(engine_, {});
  EXPECT_EQ(Send(server, "GET", "/api/v1/documents", "").status, 200);
  const string key = Key({.name = "reader"});
  const HttpReply none = Send(server, "GET", "/api/v1/documents", "");
  EXPECT_EQ(none.status, 401);
  EXPECT_EQ(none.Header("www-authenticate"), "Bearer realm=\"quarry\"");
  EXPECT_EQ(json::parse(none.body),
            (json{{"error",
                   {{"code", "UNAUTHENTICATED"},
                    {"message",
                     "a key is needed: send \"Authorization: Bearer qk-...\"; `quarry "
                     "keys create` makes one"}}}}));
  EXPECT_EQ(Send(server, "GET", "/api/v1/documents", key).status, 200);
  EXPECT_EQ(Send(server, "GET", "/healthz", "").status, 200);
  EXPECT_EQ(Send(server, "GET", "/readyz", "").status, 200);

  QUARRY_CHECK(keys_.Revoke(IdOfKey(key)).ok());
  const HttpReply revoked = Send(server, "GET", "/api/v1/documents", key);
  EXPECT_EQ(revoked.status, 401);
  EXPECT_EQ(MessageOf(revoked), "the key was revoked");
  EXPECT_EQ(revoked.Header("www-authenticate"), "Bearer realm=\"quarry\", error=\"invalid_token\"");
}

// Who is refused stands in the log, but only where the secret was right: else anybody could write another's key
// there.
TEST_F(AuthTest, ARefusalNamesTheKeyWhoseSecretWasRight) {
  Authenticator authenticator(keys_, {});
  const auto key_of_refused = [&](Scope scope, const string& key) {
    const Route route{.method = "GET", .pattern = "/x", .scope = scope};
    const auto decision = authenticator.Decide(route, {{"Authorization", "Bearer " + key}},
                                               "10.0.0.1:5", KeyMeter::Time());
    EXPECT_TRUE(decision.refusal);
    return decision.caller.key;
  };
  const string key = Key({.name = "q"});
  const string bound = Key({.name = "b", .collections = {{"other"}}});
  EXPECT_EQ(key_of_refused(Scope::kIngest, key), IdOfKey(key));
  EXPECT_EQ(key_of_refused(Scope::kQuery, bound), IdOfKey(bound));
  const string wrong = key.substr(0, key.size() - 1) + (key.back() == 'a' ? 'b' : 'a');
  EXPECT_EQ(key_of_refused(Scope::kQuery, wrong), "");
  ASSERT_OK(keys_.Revoke(IdOfKey(key)).status());
  EXPECT_EQ(key_of_refused(Scope::kQuery, key), IdOfKey(key));
}

TEST_F(AuthTest, TheOpenAiSurfaceRefusesInItsOwnShape) {
  const TestServer server(engine_, {});
  Key({.name = "reader"});
  const HttpReply reply = Send(server, "GET", "/v1/models", "sk-foreign");
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(json::parse(reply.body), (json{{"error",
                                            {{"message", "the key is not known here"},
                                             {"type", "invalid_request_error"},
                                             {"param", nullptr},
                                             {"code", "invalid_api_key"}}}}));
}

TEST_F(AuthTest, AHeaderThatIsNoneOfOursIsRefused) {
  const TestServer server(engine_, {});
  const string key = Key({.name = "reader"});
  const auto message = [&](const string& headers) {
    const HttpReply reply = Send(server, "GET", "/api/v1/documents", "", nullptr, headers);
    EXPECT_EQ(reply.status, 401) << headers;
    return MessageOf(reply);
  };
  EXPECT_EQ(message("Authorization: Basic YTpi\r\n"),
            "header Authorization: expected \"Bearer\" and a key");
  EXPECT_EQ(message("Authorization: Bearer " + key + "\r\nAuthorization: Bearer x\r\n"),
            "header Authorization stands twice");
  EXPECT_EQ(message("Authorization: Bearer\r\n"),
            "header Authorization: expected \"Bearer\" and a key");
  EXPECT_EQ(Send(server, "GET", "/api/v1/documents", "", nullptr,
                 "authorization: bearer  " + key + "\r\n")
                .status,
            200);
}

TEST_F(AuthTest, EveryRouteAsksForItsScope) {
  const TestServer server(engine_, {});
  const string query = Key({.name = "q"});
  const string ingest = Key({.name = "i", .scopes = {Scope::kIngest}});
  const string admin = Key({.name = "a", .scopes = {Scope::kAdmin}});
  const auto status = [&](const string& method, const string& target, const string& key,
                          const json& body = nullptr) {
    return Send(server, method, target, key, body).status;
  };
  const json search = {{"query", "pump"}};
  const json document = {{"id", "n"}, {"text", "New."}};
  EXPECT_EQ(status("POST", "/api/v1/search", query, search), 200);
  EXPECT_EQ(status("POST", "/api/v1/search", ingest, search), 403);
  EXPECT_EQ(status("POST", "/api/v1/search", admin, search), 200);
  EXPECT_EQ(status("PUT", "/api/v1/documents", query, document), 403);
  EXPECT_EQ(status("PUT", "/api/v1/documents", ingest, document), 201);
  EXPECT_EQ(status("DELETE", "/api/v1/documents/n", query), 403);
  EXPECT_EQ(status("DELETE", "/api/v1/documents/n", ingest), 200);
  for (const char* target : {"/api/v1/keys", "/api/v1/stats", "/api/v1/cache", "/metrics"}) {
    EXPECT_EQ(status("GET", target, query), 403) << target;
    EXPECT_EQ(status("GET", target, ingest), 403) << target;
  }
  EXPECT_EQ(status("GET", "/api/v1/keys", admin), 200);
  const HttpReply reply = Send(server, "GET", "/api/v1/keys", query);
  EXPECT_EQ(MessageOf(reply), "this needs the scope admin, which the key does not have");
}

TEST_F(AuthTest, WithoutAKeyNoRouteAnswersButThoseThatAreOpen) {
  const TestServer server(engine_, {});
  Key({.name = "q"});
  const json description = json::parse(Send(server, "GET", "/openapi.json", "").body);
  std::set<string> open;
  for (const auto& [path, methods] : description.at("paths").items()) {
    for (const auto& [method, operation] : methods.items()) {
      string upper = method;
      for (char& c : upper) c = static_cast<char>(std::toupper(c));
      string target = path;
      for (size_t at; (at = target.find('{')) != string::npos;) {
        target.replace(at, target.find('}') - at + 1, "x");
      }
      const int status = Send(server, upper, target, "").status;
      if (operation.at("security").empty()) {
        EXPECT_NE(status, 401) << upper << ' ' << path;
        open.insert(path);
      } else {
        EXPECT_EQ(status, 401) << upper << ' ' << path;
      }
    }
  }
  EXPECT_TRUE(open.contains("/healthz"));
  for (const string& path : open) {
    EXPECT_FALSE(path.starts_with("/api/v1/") || path.starts_with("/v1/")) << path;
  }
}

TEST_F(AuthTest, ARouteThatSaysNothingIsForAdministratorsWithoutBounds) {
  ServerOptions options;
  options.routes = {{.method = "GET", .pattern = "/api/v1/new", .handler = [](const Call&) {
                       return Response{.body = "{}"};
                     }}};
  const TestServer server(engine_, options);
  EXPECT_EQ(Send(server, "GET", "/api/v1/new", Key({.name = "q"})).status, 403);
  EXPECT_EQ(Send(server, "GET", "/api/v1/new",
                 Key({.name = "b", .scopes = {Scope::kAdmin}, .collections = {{"default"}}}))
                .status,
            403);
  EXPECT_EQ(
      Send(server, "GET", "/api/v1/new", Key({.name = "a", .scopes = {Scope::kAdmin}})).status,
      200);
}

TEST_F(AuthTest, AKeyOfOneCollectionReachesNoOther) {
  const TestServer server(engine_, {});
  const string query = Key({.name = "q", .collections = {{"other"}}});
  const string ingest =
      Key({.name = "i", .scopes = {Scope::kIngest, Scope::kAdmin}, .collections = {{"other"}}});
  const auto expect_hidden = [&](const string& method, const string& target, const string& key,
                                 const json& body = nullptr) {
    const HttpReply reply = Send(server, method, target, key, body);
    EXPECT_EQ(reply.status, 404) << method << ' ' << target;
    EXPECT_EQ(MessageOf(reply), "no collection \"default\"; there is: other") << target;
  };
  const json asked = {{"query", "pump"}, {"collection", "default"}};
  for (const char* target : {"/api/v1/search", "/api/v1/explain", "/api/v1/answer"}) {
    expect_hidden("POST", target, query, asked);
    expect_hidden("POST", target, query, {{"query", "pump"}});
  }
  expect_hidden("POST", "/api/v1/search", query,
                {{"query", "pump"}, {"collections", {"other", "default"}}});
  expect_hidden("POST", "/v1/chat/completions", query,
                {{"model", "quarry"},
                 {"messages", {{{"role", "user"}, {"content", "pump?"}}}},
                 {"quarry", {{"collection", "default"}}}});
  expect_hidden("GET", "/api/v1/documents", query);
  expect_hidden("GET", "/api/v1/documents/secret?collection=default", query);
  expect_hidden("PUT", "/api/v1/documents", ingest, {{"id", "n"}, {"text", "x"}});
  expect_hidden("PUT", "/api/v1/documents/n", ingest, {{"text", "x"}});
  expect_hidden("DELETE", "/api/v1/documents/secret", ingest);
  expect_hidden("DELETE", "/api/v1/collections/default", ingest);
  expect_hidden("POST", "/api/v1/collections", ingest, {{"name", "default"}});

  EXPECT_EQ(Send(server, "PUT", "/api/v1/documents?collection=other", ingest,
                 {{"id", "n"}, {"text", "x"}})
                .status,
            201);
  const json listed = json::parse(Send(server, "GET", "/api/v1/collections", query).body);
  ASSERT_EQ(listed.at("collections").size(), 1u);
  EXPECT_EQ(listed.at("collections")[0].at("name"), "other");
  EXPECT_EQ(MessageOf(Send(server, "GET", "/api/v1/stats", ingest)),
            "the key is bound to collections or principals, and this is about all of them");
}

TEST_F(AuthTest, AKeyOfAPrincipalReadsWhatThatPrincipalMay) {
  const TestServer server(engine_, {});
  const string staff = Key({.name = "s", .principals = {{"staff"}}});
  const string board = Key({.name = "b", .principals = {{"board", "staff"}}});
  const json search = {{"query", "what does the director earn"}, {"k", 50}};
  const auto holds_secret = [&](const string& key, const json& body) {
    const HttpReply reply = Send(server, "POST", "/api/v1/search", key, body);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return reply.body.find("9000 crowns") != string::npos;
  };
  EXPECT_FALSE(holds_secret(staff, search));
  EXPECT_TRUE(holds_secret(board, search));
  json narrowed = search;
  narrowed["principals"] = {"staff"};
  EXPECT_FALSE(holds_secret(board, narrowed));
  narrowed["principals"] = json::array();
  EXPECT_FALSE(holds_secret(board, narrowed));

  json widened = search;
  widened["principals"] = {"staff", "board"};
  const HttpReply refused = Send(server, "POST", "/api/v1/search", staff, widened);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(MessageOf(refused), "principals: \"board\" is none of this key's");

  EXPECT_EQ(Send(server, "GET", "/api/v1/documents/secret?text=true", board).status, 200);
  const HttpReply hidden = Send(server, "GET", "/api/v1/documents/secret?text=true", staff);
  EXPECT_EQ(hidden.status, 404);
  EXPECT_EQ(MessageOf(hidden), MessageOf(Send(server, "GET", "/api/v1/documents/secret2", staff))
                                   .replace(string("no document \"secret").size(), 1, ""));
  const json some = json::parse(Send(server, "GET", "/api/v1/documents?limit=1000", staff).body);
  const json all = json::parse(Send(server, "GET", "/api/v1/documents?limit=1000", board).body);
  EXPECT_EQ(some.at("documents").size() + 1, all.at("documents").size());
  EXPECT_EQ(some.at("total"), some.at("documents").size());
  // How many passages hold a word is told to nobody who may not read them all.
  const HttpReply explained =
      Send(server, "POST", "/api/v1/explain", staff, {{"query", "director"}, {"why", "secret"}});
  EXPECT_EQ(explained.status, 400);
  EXPECT_EQ(MessageOf(explained), "explain: not for a key that is bound to principals");
  const json corrected = json::parse(
      Send(server, "POST", "/api/v1/search", staff, {{"query", "directer"}, {"correct", true}})
          .body);
  EXPECT_FALSE(corrected.contains("corrected"));
  const json collections = json::parse(Send(server, "GET", "/api/v1/collections", staff).body);
  EXPECT_FALSE(collections.at("collections")[0].contains("documents"));
}

TEST_F(AuthTest, LimitsOfAKeyAreSaidAndKept) {
  const TestServer server(engine_, {});
  const string key = Key({.name = "q", .limits = {.requests_per_minute = 2}});
  const HttpReply first = Send(server, "GET", "/v1/models", key);
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.Header("x-ratelimit-limit-requests"), "2");
  EXPECT_EQ(first.Header("x-ratelimit-remaining-requests"), "1");
  EXPECT_EQ(Send(server, "GET", "/v1/models", key).status, 200);
  const HttpReply third = Send(server, "GET", "/v1/models", key);
  EXPECT_EQ(third.status, 429);
  EXPECT_EQ(third.Header("retry-after"), "30");
  EXPECT_EQ(third.Header("x-ratelimit-remaining-requests"), "0");
  EXPECT_EQ(json::parse(third.body).at("error").at("type"), "rate_limit_error");
  EXPECT_EQ(json::parse(third.body).at("error").at("code"), "rate_limit_exceeded");
  EXPECT_EQ(Send(server, "GET", "/v1/models", Key({.name = "free"})).status, 200);
}

TEST_F(AuthTest, TokensOfAnswersAreCharged) {
  const TestServer server(engine_, {});
  const string key = Key({.name = "q", .limits = {.tokens_per_day = 1}});
  const json chat = {{"model", "quarry"},
                     {"messages", {{{"role", "user"}, {"content", "Where are bicycles parked?"}}}}};
  EXPECT_EQ(Send(server, "POST", "/v1/chat/completions", key, chat).status, 200);
  const HttpReply second = Send(server, "POST", "/v1/chat/completions", key, chat);
  EXPECT_EQ(second.status, 429);
  EXPECT_EQ(MessageOf(second), "this key is for 1 tokens per day, and they are used up");
}

// A model that takes seven tokens until its reader has gone away.
class AbandonedModel final : public model::ChatModel {
 public:
  const string& name() const override { return name_; }
  Result<model::ChatReply> Complete(const model::ChatRequest&, const model::ChatSink&,
                                    const CallContext& context) const override {
    if (context.usage != nullptr) context.usage->Add(7);
    return CancelledError("the reader of the answer went away");
  }

 private:
  const string name_ = "abandoned";
};

TEST_F(AuthTest, TokensOfAnAnswerThatNobodyWaitsForAreCharged) {
  const AbandonedModel abandoned;
  const generation::Prompts prompts;
  const generation::AnswerModel answers{abandoned, prompts};
  const generation::Answerer answerer(engine_.analyzer, engine_.retriever, engine_.token_counter,
                                      {}, answers);
  MetricsRegistry metrics;
  engine_.assistant.reset();
  engine_.cached_answerer =
      std::make_unique<generation::CachedAnswerer>(answerer, *engine_.index, nullptr, metrics);
  engine_.assistant = std::make_unique<generation::Assistant>(*engine_.cached_answerer, answers,
                                                              generation::AssistantOptions{});
  const TestServer server(engine_, {});
  const json asked = {{"query", "How many litres per second does the pump P-3 deliver?"}};
  const json asked_in_chinese = {{"query", "水泵 B-3 每秒输送多少升水？"}};
  for (const json& question : {asked, asked_in_chinese}) {
    const string key = Key({.name = "q", .limits = {.tokens_per_day = 5}});
    EXPECT_EQ(Send(server, "POST", "/api/v1/answer", key, question).status, 499);
    const HttpReply second = Send(server, "POST", "/api/v1/answer", key, question);
    EXPECT_EQ(second.status, 429);
    EXPECT_EQ(MessageOf(second), "this key is for 5 tokens per day, and they are used up");
  }
}

TEST_F(AuthTest, GuessesAreLimitedAndStopNobodyElse) {
  const TestServer server(engine_, {});
  const string good = Key({.name = "a"});
  const string other = Key({.name = "b"});
  string wrong = good;
  wrong.back() = wrong.back() == 'a' ? 'b' : 'a';
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Send(server, "GET", "/v1/models", wrong).status, 401);
  const HttpReply blocked = Send(server, "GET", "/v1/models", wrong);
  EXPECT_EQ(blocked.status, 429);
  EXPECT_FALSE(blocked.Header("retry-after").empty());
  EXPECT_EQ(Send(server, "GET", "/v1/models", good).status, 200)
      << "who has the key is not locked out";
  EXPECT_EQ(Send(server, "GET", "/v1/models", other).status, 200);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Send(server, "GET", "/v1/models", "nothing").status, 401);
  EXPECT_EQ(Send(server, "GET", "/v1/models", "nothing else").status, 429);
  EXPECT_EQ(Send(server, "GET", "/v1/models", other).status, 200);
}

TEST_F(AuthTest, LoopbackMayBeLeftOpen) {
  ServerOptions options;
  options.loopback_open = true;
  const TestServer server(engine_, options);
  const string key = Key({.name = "q"});
  EXPECT_EQ(Send(server, "GET", "/api/v1/stats", "").status, 200);
  EXPECT_EQ(Send(server, "GET", "/api/v1/stats", "none").status, 200);
  EXPECT_EQ(Send(server, "GET", "/api/v1/stats", key).status, 403);
  EXPECT_EQ(Send(server, "GET", "/api/v1/stats", key + "x").status, 401);
}

TEST_F(AuthTest, TheOwnersTokenOpensWhatNoKeyDoes) {
  ServerOptions options;
  options.owner_token = "qo-0123456789";
  options.routes = {{.method = "GET",
                     .pattern = "/api/v1/owner",
                     .handler = [](const Call&) { return Response{.body = "{}"}; },
                     .scope = Scope::kOwner}};
  const TestServer server(engine_, options);
  EXPECT_EQ(Send(server, "GET", "/api/v1/owner", "").status, 403);
  EXPECT_EQ(Send(server, "GET", "/api/v1/owner", "qo-0123456789").status, 200);
  const string admin = Key({.name = "a", .scopes = {Scope::kAdmin}});
  EXPECT_EQ(Send(server, "GET", "/api/v1/owner", admin).status, 403);
  EXPECT_EQ(Send(server, "GET", "/api/v1/owner", "qo-0123456788").status, 403);
  EXPECT_EQ(Send(server, "GET", "/api/v1/keys", "qo-0123456789").status, 200);
}

TEST_F(AuthTest, KeysAreMadeListedAndRevokedOverHttp) {
  const TestServer server(engine_, {});
  const HttpReply made =
      Send(server, "POST", "/api/v1/keys", "", {{"name", "root"}, {"scopes", {"admin"}}});
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.Header("cache-control"), "no-store");
  const json created = json::parse(made.body);
  const string key = created.at("key");
  const HttpReply listed = Send(server, "GET", "/api/v1/keys", key);
  EXPECT_EQ(listed.body.find(key), string::npos);
  const json record = json::parse(listed.body).at("keys").at(0);
  EXPECT_EQ(record.at("id"), created.at("id"));
  EXPECT_EQ(record.at("scopes"), json::array({"admin"}));
  EXPECT_TRUE(record.at("collections").is_null());
  EXPECT_FALSE(record.contains("hash"));
  EXPECT_EQ(MessageOf(Send(server, "POST", "/api/v1/keys", key, {{"name", "x"}, {"scope", "y"}})),
            "body: unknown field \"scope\"; did you mean \"scopes\"?");
  EXPECT_EQ(Send(server, "DELETE", "/api/v1/keys/" + created.at("id").get<string>(), key).status,
            200);
  EXPECT_EQ(Send(server, "GET", "/api/v1/keys", key).status, 401);
}

TEST_F(AuthTest, AKeyThatCannotBeReadHidesNoOtherAndIsLoggedOnce) {
  const TestServer server(engine_, {});
  const string admin = Key({.name = "root", .scopes = {Scope::kAdmin}});
  const string damaged = IdOfKey(Key({.name = "ci"}));
  testing::DamageRecord(engine_.index->objects(),
                        {.kind = index::ObjectKind::kApiKey, .id = damaged});
  ::testing::internal::CaptureStderr();
  for (int i = 0; i < 2; ++i) {
    const json keys = json::parse(Send(server, "GET", "/api/v1/keys", admin).body).at("keys");
    ASSERT_EQ(keys.size(), 1u) << keys;
    EXPECT_EQ(keys.at(0).at("name"), "root");
  }
  const string log = ::testing::internal::GetCapturedStderr();
  const size_t told = log.find("(API key): ");
  ASSERT_NE(told, string::npos) << log;
  EXPECT_EQ(log.find("(API key): ", told + 1), string::npos) << log;
  EXPECT_EQ(Send(server, "DELETE", "/api/v1/keys/" + damaged, admin).status, 500);
}

TEST_F(AuthTest, OtherMachinesAreServedWithAKeyAndTlsOnly) {
  MetricsRegistry metrics;
  const auto start = [&](ServerOptions options) {
    options.port = 0;
    options.host = "0.0.0.0";
    return Server::Start(options, ServicesOf(engine_, metrics)).status();
  };
  EXPECT_EQ(start({}),
            FailedPreconditionError(
                "listen on 0.0.0.0: other machines would be served without a key (quarry keys "
                "create) and TLS (server.tls_certificate, server.tls_key); behind something that "
                "has both set server.allow_insecure"));
  Key({.name = "a"});
  EXPECT_EQ(start({}).message(),
            "listen on 0.0.0.0: other machines would be served without TLS "
            "(server.tls_certificate, server.tls_key); behind something that has both set "
            "server.allow_insecure");
  ServerOptions insecure;
  insecure.allow_insecure = true;
  EXPECT_TRUE(start(insecure).ok());
}

TEST(AddressTest, IsTakenOfARemoteAndKnownAsLoopback) {
  EXPECT_EQ(AddressOf("127.0.0.1:51324"), "127.0.0.1");
  EXPECT_EQ(AddressOf("[::1]:51324"), "::1");
  for (const char* here : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(IsLoopbackAddress(here)) << here;
  }
  for (const char* away : {"10.0.0.1", "::2", "128.0.0.1", "", "1127.0.0.1", "::ffff:10.0.0.1"}) {
    EXPECT_FALSE(IsLoopbackAddress(away)) << away;
  }
}

}  // namespace
}  // namespace quarry::server
