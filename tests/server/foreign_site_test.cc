// Web pages of other sites do not drive a server through a browser.

#include "tests/server/server_testing.h"

namespace quarry::server {
namespace {

using testing::Fetch;
using testing::HttpConnection;
using testing::TestServer;

int StatusWith(const TestServer& server, const std::string& headers) {
  HttpConnection connection(server.port());
  const auto reply = connection.Ask("GET /readyz HTTP/1.1\r\n" + headers + "\r\n");
  return reply ? reply->status : 0;
}

TEST(ForeignSiteTest, OnLoopbackHostNamesTheLoopback) {
  const TestServer server;
  for (const char* host : {"localhost", "LocalHost:8420", "127.0.0.1:1", "[::1]:8420", "[::1]"}) {
    EXPECT_EQ(StatusWith(server, std::string("Host: ") + host + "\r\n"), 200) << host;
  }
  for (const char* host : {"evil.example", "localhost.evil.example:8420", "10.0.0.1", "[::2]"}) {
    EXPECT_EQ(StatusWith(server, std::string("Host: ") + host + "\r\n"), 403) << host;
  }
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

TEST(ForeignSiteTest, BoundToMoreThanLoopbackAnyHostIsServed) {
  ServerOptions options;
  options.host = "0.0.0.0";
  const TestServer server(options);
  EXPECT_EQ(StatusWith(server, "Host: search.example\r\n"), 200);
  EXPECT_EQ(StatusWith(server, "Host: search.example\r\nOrigin: http://evil.example\r\n"), 403);
}

}  // namespace
}  // namespace quarry::server
