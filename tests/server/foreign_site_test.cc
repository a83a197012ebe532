// Web pages of other sites do not drive a server through a browser.

#include <unistd.h>

#include "server/api_keys.h"
#include "tests/server/server_testing.h"

namespace quarry::server {
namespace {

using testing::Fetch;
using testing::HttpConnection;
using testing::TestServer;

int StatusWith(const TestServer& server, const std::string& headers,
               const std::string& path = "/api/v1/collections") {
  HttpConnection connection(server.port());
  const auto reply = connection.Ask("GET " + path + " HTTP/1.1\r\n" + headers + "\r\n");
  return reply ? reply->status : 0;
}

TEST(ForeignSiteTest, OnLoopbackHostNamesTheLoopback) {
  const TestServer server;
  for (const char* host : {"localhost", "LocalHost:8420", "127.0.0.1:1", "[::1]:8420", "[::1]"}) {
    EXPECT_EQ(StatusWith(server, std::string("Host: ") + host + "\r\n"), 200) << host;
  }
  for (const char* host : {"evil.example", "localhost.evil.example:8420", "10.0.0.1", "[::2]",
                           "127.evil.example:8420", "127.0.0.1.nip.io", "127.1", "quarry"}) {
    EXPECT_EQ(StatusWith(server, std::string("Host: ") + host + "\r\n"), 403) << host;
  }
  HttpConnection connection(server.port());
  EXPECT_THAT(
      connection.Ask("GET /api/v1/collections HTTP/1.1\r\nHost: evil.example\r\n\r\n")->body,
      ::testing::HasSubstr("Host evil.example: without a key the server is used by localhost, "
                           "127.0.0.1, [::1] or one of server.cors_origins;"));
}

// A proxy on the same machine that keeps the name, as it is commonly set up.
TEST(ForeignSiteTest, OnLoopbackAProxyMayKeepTheNameThatItIsAskedUnder) {
  testing::TestEngine engine;
  ServerOptions options;
  options.cors_origins = {"https://listed.example"};
  options.loopback_open = true;
  const TestServer server(engine, options);
  const std::string kept = "Host: search.example\r\n";
  EXPECT_EQ(StatusWith(server, kept, "/healthz"), 200);
  EXPECT_EQ(StatusWith(server, kept, "/readyz"), 200);
  EXPECT_EQ(StatusWith(server, kept), 403) << "nobody asks for a key yet";
  EXPECT_EQ(StatusWith(server, "Host: listed.example\r\n"), 200);

  const ApiKeys keys(engine.index->objects(), engine.clock);
  const std::string bearing =
      "Authorization: Bearer " + keys.Create({.name = "k"}).value().key + "\r\n";
  EXPECT_EQ(StatusWith(server, kept), 401);
  EXPECT_EQ(StatusWith(server, "Host: listed.example\r\n"), 401);
  EXPECT_EQ(StatusWith(server, kept + bearing), 200);
  EXPECT_EQ(StatusWith(server, kept + bearing + "Origin: https://search.example\r\n"), 200);
  EXPECT_EQ(StatusWith(server, kept + bearing + "Origin: https://evil.example\r\n"), 403);
}

TEST(ForeignSiteTest, AnOriginIsTheServersOwn) {
  const TestServer server;
  const std::string host = "Host: localhost:8420\r\nOrigin: ";
  EXPECT_EQ(StatusWith(server, host + "http://localhost:8420\r\n"), 200);
  for (const char* origin : {"http://evil.example", "http://localhost:9000", "null", "localhost"}) {
    EXPECT_EQ(StatusWith(server, host + origin + "\r\n"), 403) << origin;
  }
}

TEST(ForeignSiteTest, ARefusalSaysWhatWasExpected) {
  const TestServer server;
  const auto reply = Fetch(server.port(), "GET", "/readyz", "", "Origin: http://evil.example\r\n");
  ASSERT_TRUE(reply);
  EXPECT_EQ(
      reply->body,
      R"({"error":{"code":"FORBIDDEN","message":"Origin http://evil.example is another site; )"
      R"(requests of its pages are not served"}})");
}

// A server for other machines, and requests to it under any name.
class OpenToOtherMachinesTest : public ::testing::Test {
 protected:
  static ServerOptions Options() {
    ServerOptions options;
    options.host = "0.0.0.0";
    options.allow_insecure = true;
    options.cors_origins = {"https://search.example"};
    return options;
  }
  testing::HttpReply Send(const std::string& request_line, const std::string& headers,
                          const std::string& body = "") const {
    HttpConnection connection(server_.port());
    return connection.Ask(request_line + " HTTP/1.1\r\n" + headers + "\r\n" + body)
        .value_or(testing::HttpReply());
  }
  int CollectionsUnder(const std::string& host) const {
    return Send("GET /api/v1/collections", "Host: " + host + "\r\n").status;
  }

  testing::TestEngine engine_;
  const TestServer server_{engine_, Options()};
};

TEST_F(OpenToOtherMachinesTest, WithoutAKeyNoNameThatAnotherSiteMayHaveIsServed) {
  char own_name[256] = "";
  ASSERT_EQ(::gethostname(own_name, sizeof(own_name) - 1), 0);
  const std::vector<std::string> served = {
      "localhost",     "127.0.0.1:8420", "[::1]:8420",          "10.0.0.7:8420",
      "[2001:db8::1]", "quarry:8420",    "Search.Example:8443", std::string(own_name) + ":8420"};
  for (const std::string& host : served) {
    EXPECT_EQ(CollectionsUnder(host), 200) << host;
  }
  for (const char* host : {"evil.example:8420", "search.example.evil.example", "127.0.0.1.nip.io",
                           "127.0.1", "quarry."}) {
    EXPECT_EQ(CollectionsUnder(host), 403) << host;
  }
  EXPECT_THAT(Send("GET /api/v1/collections", "Host: evil.example:8420\r\n").body,
              ::testing::HasSubstr(
                  "Host evil.example:8420: without a key the server is used by its address, its "
                  "host name, a name without a dot or one of server.cors_origins; add this one "
                  "there as https://NAME or http://NAME:PORT, or make a key (quarry keys create)"));
}

// What a page does whose name was made to lead here: to the browser it is the server's own page.
TEST_F(OpenToOtherMachinesTest, APageWhoseNameLeadsHereWritesNothingAndMakesNoKey) {
  const std::string site =
      "Host: evil.example:8420\r\nOrigin: http://evil.example:8420\r\n"
      "Content-Type: application/json\r\n";
  EXPECT_EQ(
      Send("PUT /api/v1/documents/a", site + "Content-Length: 12\r\n", R"({"text":"x"})").status,
      403);
  EXPECT_EQ(Send("POST /api/v1/keys", site + "Content-Length: 12\r\n", R"({"name":"x"})").status,
            403);
  EXPECT_EQ(server_.Get("/api/v1/documents/a").status, 404);
  EXPECT_EQ(server_.Get("/api/v1/keys").json.at("keys").size(), 0u);
}

TEST_F(OpenToOtherMachinesTest, WithKeysAnyNameIsServed) {
  const ApiKeys keys(engine_.index->objects(), engine_.clock);
  const std::string key = keys.Create({.name = "k"}).value().key;
  EXPECT_EQ(CollectionsUnder("search.example"), 401);
  const std::string bearing = "Host: other.example\r\nAuthorization: Bearer " + key + "\r\n";
  EXPECT_EQ(Send("GET /api/v1/collections", bearing).status, 200);
  EXPECT_EQ(Send("GET /api/v1/collections", bearing + "Origin: http://evil.example\r\n").status,
            403);
}

TEST(ForeignSiteTest, PagesOfListedSitesMayAsk) {
  ServerOptions options;
  options.cors_origins = {"https://app.example"};
  const TestServer server(options);
  const auto from = [&](const std::string& origin) {
    return Fetch(server.port(), "GET", "/readyz", "", "Origin: " + origin + "\r\n");
  };
  const auto listed = from("https://app.example");
  ASSERT_TRUE(listed);
  EXPECT_EQ(listed->status, 200);
  EXPECT_EQ(listed->Header("access-control-allow-origin"), "https://app.example");
  EXPECT_EQ(listed->Header("vary"), "Origin");
  EXPECT_NE(listed->Header("access-control-expose-headers").find("X-Request-Id"),
            std::string::npos);
  for (const char* origin : {"http://app.example", "https://app.example:8443", "null"}) {
    const auto reply = from(origin);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 403) << origin;
    EXPECT_EQ(reply->Header("access-control-allow-origin"), "") << origin;
  }
}

TEST(ForeignSiteTest, ABrowserThatAsksFirstIsTold) {
  ServerOptions options;
  options.cors_origins = {"https://app.example"};
  const TestServer server(options);
  const auto ask = [&](const std::string& target, const std::string& origin) {
    return Fetch(server.port(), "OPTIONS", target, "",
                 "Origin: " + origin + "\r\nAccess-Control-Request-Method: PUT\r\n");
  };
  const auto allowed = ask("/api/v1/documents/x", "https://app.example");
  ASSERT_TRUE(allowed);
  EXPECT_EQ(allowed->status, 204);
  EXPECT_EQ(allowed->Header("access-control-allow-methods"), "GET, HEAD, PUT, DELETE");
  EXPECT_NE(allowed->Header("access-control-allow-headers").find("Authorization"),
            std::string::npos);
  EXPECT_EQ(allowed->Header("access-control-allow-origin"), "https://app.example");
  EXPECT_EQ(ask("/nope", "https://app.example")->status, 404);
  EXPECT_EQ(ask("/api/v1/documents/x", "https://evil.example")->status, 403);
  EXPECT_EQ(Fetch(server.port(), "OPTIONS", "/api/v1/search")->status, 405);
}

TEST(ForeignSiteTest, HeadersThatAnSdkAddsAreAllowed) {
  ServerOptions options;
  options.cors_origins = {"https://app.example"};
  const TestServer server(options);
  const auto allowed_for = [&](const std::string& asked) {
    const auto reply = Fetch(server.port(), "OPTIONS", "/v1/chat/completions", "",
                             "Origin: https://app.example\r\n"
                             "Access-Control-Request-Method: POST\r\n"
                             "Access-Control-Request-Headers: " +
                                 asked + "\r\n");
    EXPECT_TRUE(reply && reply->status == 204);
    if (!reply) return std::string();
    EXPECT_NE(reply->head.find("Vary: Access-Control-Request-Headers\r\n"), std::string::npos);
    EXPECT_NE(reply->head.find("Vary: Origin\r\n"), std::string::npos);
    return reply->Header("access-control-allow-headers");
  };
  EXPECT_NE(allowed_for("authorization, x-stainless-retry-count,x-stainless-os")
                .find("x-stainless-retry-count,x-stainless-os"),
            std::string::npos);
  const std::string odd = allowed_for("x-a; <b>");
  EXPECT_EQ(odd.find("x-a"), std::string::npos);
  EXPECT_NE(odd.find("Authorization"), std::string::npos);
}

TEST(ForeignSiteTest, AStarIsEverySiteWhereKeysAreNeeded) {
  testing::TestEngine engine;
  ServerOptions options;
  options.cors_origins = {"*"};
  const auto start = [&](const ServerOptions& given) {
    MetricsRegistry metrics;
    return Server::Start(given, testing::ServicesOf(engine, metrics)).status();
  };
  EXPECT_EQ(start(options).code(), Code::kFailedPrecondition);
  EXPECT_TRUE(
      start(options).message().starts_with("server.cors_origins: \"*\" lets every web page"));
  ApiKeys(engine.index->objects(), engine.clock).Create({.name = "k"}).value();
  const TestServer server(engine, options);
  const auto reply = Fetch(server.port(), "GET", "/readyz", "", "Origin: https://any.example\r\n");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->Header("access-control-allow-origin"), "https://any.example");
}

}  // namespace
}  // namespace quarry::server
