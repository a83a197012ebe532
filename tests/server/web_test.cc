// The web page as the server gives it.

#include "server/web_files.h"
#include "tests/server/server_testing.h"

namespace quarry::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string HeaderOf(const JsonReply& reply, const std::string& name) {
  return reply.http.Header(name);
}

TEST(WebPage, IsServedAtTheRootUnderAStrictPolicy) {
  const TestServer server;
  const JsonReply page = server.Get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(HeaderOf(page, "content-type"), "text/html; charset=utf-8");
  const std::string policy = HeaderOf(page, "content-security-policy");
  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, HasSubstr("script-src 'self'"));
  EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  EXPECT_EQ(HeaderOf(page, "x-content-type-options"), "nosniff");
  EXPECT_EQ(HeaderOf(page, "referrer-policy"), "no-referrer");
}

TEST(WebPage, EveryFileThatItNamesIsThere) {
  const TestServer server;
  const std::span<const server::WebFile> files = server::WebFiles();
  ASSERT_GT(files.size(), 10u);
  for (const server::WebFile& file : files) {
    const std::string text(file.bytes());
    for (const std::string& begin : {std::string("from './"), std::string("\"/web/")}) {
      for (size_t at = text.find(begin); at != std::string::npos; at = text.find(begin, at + 1)) {
        const size_t from = at + begin.size();
        const std::string name = text.substr(from, text.find_first_of("'\"", from) - from);
        EXPECT_EQ(server.Get("/web/" + name).status, 200) << file.name << " names " << name;
      }
    }
  }
}

TEST(WebPage, NothingInItRunsWhatIsNoFile) {
  for (const server::WebFile& file : server::WebFiles()) {
    const std::string text(file.bytes());
    for (const char* wrong : {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write",
                              "eval(", "new Function", "javascript:", "http://", "@import"}) {
      if (file.name.ends_with(".svg") || file.name == "dom.js") {
        if (std::string(wrong) == "http://") continue;  // the name of SVG
      }
      EXPECT_EQ(text.find(wrong), std::string::npos) << file.name << " holds " << wrong;
    }
  }
}

TEST(WebPage, WhatTheBrowserHasIsNotSentAgain) {
  const TestServer server;
  const JsonReply first = server.Get("/web/app.js");
  const std::string tag = HeaderOf(first, "etag");
  ASSERT_FALSE(tag.empty());
  HttpConnection connection(server.port());
  const auto again = connection.Ask(
      "GET /web/app.js HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: " + tag + "\r\n\r\n");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->status, 304);
  EXPECT_EQ(again->body, "");
  ASSERT_TRUE(tag.starts_with("W/"));
  const auto strong = connection.Ask(
      "GET /web/app.js HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: " + tag.substr(2) +
      "\r\n\r\n");
  ASSERT_TRUE(strong);
  EXPECT_EQ(strong->status, 304);
  const auto other =
      connection.Ask("GET /web/app.js HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: \"0\"\r\n\r\n");
  ASSERT_TRUE(other);
  EXPECT_EQ(other->status, 200);
}

TEST(WebPage, OtherFilesAreNotServed) {
  const TestServer server;
  EXPECT_EQ(server.Get("/web/none.js").Message(), "the web page has no file none.js");
  EXPECT_EQ(server.Get("/web/%2e%2e%2fCMakeLists.txt").status, 404);
  EXPECT_EQ(server.Get("/web/..%2fREADME.md").status, 404);
}

}  // namespace
}  // namespace quarry::testing
