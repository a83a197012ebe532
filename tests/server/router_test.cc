#include "server/router.h"

#include "base/hex.h"
#include "tests/testing/test_environment.h"

namespace quarry::server {
namespace {

Router MakeRouter() {
  Router router;
  const auto add = [&](std::string method, std::string pattern) {
    router.Add({.method = std::move(method),
                .pattern = std::move(pattern),
                .description = "",
                .handler = [](const Call&) { return Response(); }});
  };
  add("GET", "/");
  add("GET", "/healthz");
  add("GET", "/docs");
  add("GET", "/docs/{id...}/chunks");
  add("GET", "/docs/{id...}");
  add("PUT", "/docs/{id...}");
  add("GET", "/models/{model}");
  add("DELETE", "/models/{model}");
  return router;
}

std::string PatternOf(const Router& router, std::string_view method, std::string_view path) {
  const auto match = router.Find(method, path);
  return match.ok() && match->route != nullptr ? match->route->pattern : "";
}

TEST(Router, FindsLiteralPaths) {
  const Router router = MakeRouter();
  EXPECT_EQ(PatternOf(router, "GET", "/"), "/");
  EXPECT_EQ(PatternOf(router, "GET", "/healthz"), "/healthz");
  EXPECT_EQ(PatternOf(router, "GET", "/healthz/"), "");
  EXPECT_EQ(PatternOf(router, "GET", "/healthzz"), "");
  EXPECT_EQ(PatternOf(router, "GET", "healthz"), "");
  EXPECT_EQ(PatternOf(router, "GET", ""), "");
  EXPECT_EQ(PatternOf(router, "GET", "//"), "");
}

TEST(Router, DecodesParametersAfterCutting) {
  const Router router = MakeRouter();
  const auto id = [&](std::string_view path) {
    const auto match = router.Find("GET", path);
    return match.ok() && match->route != nullptr ? match->params.at("id") : "none";
  };
  EXPECT_EQ(id("/docs/a"), "a");
  EXPECT_EQ(id("/docs/guides/pump%20one.md"), "guides/pump one.md");
  EXPECT_EQ(id("/docs/a%2Fb"), "a/b");
  EXPECT_EQ(id("/docs/a/chunks"), "a");
  EXPECT_EQ(id("/docs/a%2Fchunks"), "a/chunks");
  EXPECT_EQ(id("/docs/a/b/chunks"), "a/b");
  EXPECT_EQ(id("/docs/chunks"), "chunks");
  EXPECT_EQ(id("/docs/a+b"), "a+b");
  EXPECT_EQ(id("/docs/%E6%96%87"), "\xE6\x96\x87");
  EXPECT_EQ(id("/docs/"), "none");
}

TEST(Router, OneSegmentParametersHoldNoSlash) {
  const Router router = MakeRouter();
  EXPECT_EQ(PatternOf(router, "GET", "/models/quarry"), "/models/{model}");
  EXPECT_EQ(PatternOf(router, "GET", "/models/a/b"), "");
}

TEST(Router, TellsUnknownPathsFromUnknownMethods) {
  const Router router = MakeRouter();
  const auto unknown = router.Find("GET", "/nothing");
  ASSERT_TRUE(unknown.ok());
  EXPECT_EQ(unknown->route, nullptr);
  EXPECT_EQ(unknown->allow, "");
  EXPECT_EQ(router.Find("POST", "/docs/a")->allow, "GET, HEAD, PUT");
  EXPECT_EQ(router.Find("POST", "/models/m")->allow, "GET, HEAD, DELETE");
}

TEST(Router, TheFirstPatternOwnsThePath) {
  // Else PUT /docs/a/chunks would write a document that GET cannot show.
  EXPECT_EQ(MakeRouter().Find("PUT", "/docs/a/chunks")->allow, "GET, HEAD");
}

TEST(Router, RefusesBadEncoding) {
  const Router router = MakeRouter();
  for (const char* path : {"/docs/%", "/docs/%4", "/docs/%zz", "/docs/%00", "/docs/%ff"}) {
    EXPECT_EQ(router.Find("GET", path).status().code(), Code::kInvalidArgument) << path;
  }
}

TEST(Query, DecodesNamesAndValues) {
  const auto query = ParseQuery("a=1&b=x%20y+z&&c&d=%3D=");
  ASSERT_OK(query.status());
  EXPECT_EQ(*query, (std::map<std::string, std::string>{
                        {"a", "1"}, {"b", "x y z"}, {"c", ""}, {"d", "=="}}));
  EXPECT_EQ(ParseQuery("a=%").status().message(),
            "query parameter \"a\": the value is not percent-encoded UTF-8");
  EXPECT_EQ(ParseQuery("a=1&a=2").status().message(), "query parameter \"a\" is given twice");
}

TEST(PercentEncoding, RoundTrips) {
  const std::string text = "a/b c?d=\xE6\x96\x87&%";
  EXPECT_EQ(PercentEncode(text), "a%2Fb%20c%3Fd%3D%E6%96%87%26%25");
  EXPECT_EQ(PercentDecode(PercentEncode(text)), text);
}

TEST(HttpDate, IsAsRfc9110WritesIt) {
  EXPECT_EQ(FormatHttpDate(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(FormatHttpDate(0), "Thu, 01 Jan 1970 00:00:00 GMT");
}

}  // namespace
}  // namespace quarry::server
