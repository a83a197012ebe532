// What a page and its site say to crawlers: URLs, links, robots.txt.

#include "ingest/html_links.h"
#include "ingest/robots.h"
#include "ingest/web_url.h"
#include "tests/testing/test_environment.h"

namespace quarry::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Written(const char* text) {
  const Result<model::Url> url = WebUrl(text);
  return url.ok() ? UrlText(*url) : url.status().message();
}

std::string Resolved(const char* base, const char* link) {
  const Result<model::Url> url = ResolveLink(WebUrl(base).value(), link);
  return url.ok() ? UrlText(*url) : url.status().message();
}

TEST(WebUrlTest, APageHasOneUrl) {
  for (const char* text : {"http://example.org/a/b", "HTTP://Example.Org:80/a/b",
                           "http://example.org/a/./c/../b#part", "http://example.org/%61/b",
                           "http://example.org/x/../../a/b", "http://example.org/a/%2e/b"}) {
    EXPECT_EQ(Written(text), "http://example.org/a/b") << text;
  }
  EXPECT_EQ(Written("https://example.org"), "https://example.org/");
  EXPECT_EQ(Written("https://example.org?q=%e4%B8%ad"), "https://example.org/?q=%E4%B8%AD");
  EXPECT_EQ(Written("https://example.org/手册/安装 说明"),
            "https://example.org/%E6%89%8B%E5%86%8C/%E5%AE%89%E8%A3%85%20%E8%AF%B4%E6%98%8E");
  EXPECT_EQ(Written("https://例子.测试/"), "https://xn--fsqu00a.xn--0zwm56d/");
  // What is reserved means something else when it is encoded.
  EXPECT_EQ(Written("https://example.org/a%2fb?x=1%262&y=100%"),
            "https://example.org/a%2Fb?x=1%262&y=100%25");
  EXPECT_EQ(Written("http://[::1]:8080//x"), "http://[::1]:8080//x");
  EXPECT_EQ(Written(Written("http://a.org/%7e%zz//..//b?c#d").c_str()),
            Written("http://a.org/%7e%zz//..//b?c#d"));
  EXPECT_THAT(Written("ftp://example.org/"), HasSubstr("begins with neither http:// nor https://"));
}

TEST(WebUrlTest, LinksAreReadWhereTheyStand) {
  const char* base = "https://example.org/docs/a.html?page=2";
  EXPECT_EQ(Resolved(base, "b.html"), "https://example.org/docs/b.html");
  EXPECT_EQ(Resolved(base, " ../b .html\n"), "https://example.org/b%20.html");
  EXPECT_EQ(Resolved(base, "?page=3"), "https://example.org/docs/a.html?page=3");
  EXPECT_EQ(Resolved(base, "#part"), "https://example.org/docs/a.html?page=2");
  EXPECT_EQ(Resolved(base, "//other.org/x"), "https://other.org/x");
  EXPECT_EQ(Resolved(base, "/x?to=http://other.org/"),
            "https://example.org/x?to=http://other.org/");
  EXPECT_EQ(Resolved(base, "HTTP://other.org/x/../y"), "http://other.org/y");
  EXPECT_EQ(Resolved(base, "./x:y"), "https://example.org/docs/x:y");
  for (const char* link : {"mailto:me@example.org", "javascript:void(0)", "data:text/html,x",
                           "tel:112", "ftp://example.org/"}) {
    EXPECT_THAT(Resolved(base, link), HasSubstr("expected http or https")) << link;
  }
}

TEST(HtmlLinksTest, LinksOfAPageAreFoundInOrderAndOnce) {
  const PageLinks links = ReadLinks(
      R"(<html><head><title><a href="/title"></title><base href="/docs/">
         <link rel="stylesheet canonical" href="main.html">
         <script>"<a href='/script'>"</script><!-- <a href="/comment"> --></head>
         <body><a href="a.html">A</a> <A HREF='/b?x=1&amp;y=2&copy=3'>B</A> <a href=a.html#top>again</a>
         <a href="https://other.org/&#x4E2d;">C</a> <a name="here">D</a>
         <area href="map.html"><a href="mailto:x@y">E</a> <a rel="noopener nofollow" href="ad.html">F</a>
         <a href="http://me:secret@example.org/">G</a><a href>H</a>)",
      WebUrl("https://example.org/x/").value(), "quarry");
  EXPECT_THAT(links.links,
              ElementsAre("https://example.org/docs/a.html", "https://example.org/b?x=1&y=2&copy=3",
                          "https://other.org/%E4%B8%AD", "https://example.org/docs/map.html",
                          "https://example.org/docs/"));
  EXPECT_EQ(links.canonical, "https://example.org/docs/main.html");
  EXPECT_TRUE(links.index);
  EXPECT_TRUE(links.follow);
}

TEST(HtmlLinksTest, WhatAPageAsksCrawlersIsHeard) {
  const auto read = [](const std::string& html) {
    const PageLinks links = ReadLinks(html, WebUrl("https://example.org/").value(), "quarry");
    return std::string(links.index ? "index" : "-") + (links.follow ? " follow" : " -");
  };
  EXPECT_EQ(read("<meta name=robots content=noindex>"), "- follow");
  EXPECT_EQ(read("<meta content='NoFollow, noindex' name=ROBOTS>"), "- -");
  EXPECT_EQ(read("<meta name=robots content=none>"), "- -");
  EXPECT_EQ(read("<meta name=quarry content=nofollow>"), "index -");
  EXPECT_EQ(read("<meta name=otherbot content=noindex>"), "index follow");
  EXPECT_EQ(read("<meta name=robots content='all, noarchive'>"), "index follow");
  PageLinks links;
  ReadRobotsTag("otherbot: noindex", "quarry", links);
  EXPECT_TRUE(links.index);
  ReadRobotsTag("Quarry: noindex", "quarry", links);
  EXPECT_FALSE(links.index);
}

TEST(HtmlLinksTest, DirectivesThatHaveValuesHideNoOthers) {
  const auto read = [](std::string_view value) {
    PageLinks links;
    ReadRobotsTag(value, "quarry", links);
    return std::string(links.index ? "index" : "-") + (links.follow ? " follow" : " -");
  };
  EXPECT_EQ(read("noindex, max-image-preview:large"), "- follow");
  EXPECT_EQ(read("max-snippet:-1, max-image-preview: large, noindex"), "- follow");
  EXPECT_EQ(read("Max-Snippet:-1 noindex nofollow"), "- -");
  EXPECT_EQ(read("unavailable_after: Wed, 25 Jun 2031 15:00:00 GMT, nofollow"), "index -");
  EXPECT_EQ(read("max-image-preview: none"), "index follow");
  EXPECT_EQ(read("max-image-preview:none"), "index follow");
  // Names hold up to the next one.
  EXPECT_EQ(read("noindex, otherbot: nofollow"), "- follow");
  EXPECT_EQ(read("otherbot: noindex, nofollow"), "index follow");
  EXPECT_EQ(read("otherbot: noindex, quarry: nofollow"), "index -");
  EXPECT_EQ(read("Quarry : max-image-preview: none, noindex"), "- follow");
}

TEST(HtmlLinksTest, BrokenAndHostilePagesHaveTheLinksThatCanBeSeen) {
  const model::Url url = WebUrl("https://example.org/").value();
  EXPECT_THAT(ReadLinks("<a href='x", url, "quarry").links, IsEmpty());
  EXPECT_THAT(ReadLinks("", url, "quarry").links, IsEmpty());
  std::string many;
  for (int i = 0; i < 6000; ++i) many += "<a href=/" + std::to_string(i) + ">";
  EXPECT_EQ(ReadLinks(many, url, "quarry").links.size(), kMaxLinks);
  std::string open;
  for (int i = 0; i < 100'000; ++i) open += "<script><a href=/" + std::to_string(i) + ">";
  EXPECT_THAT(ReadLinks(open, url, "quarry").links, IsEmpty());
}

bool Allowed(const char* robots, const char* target) {
  return RobotsRules::Parse(robots, "quarry").Allows(target);
}

TEST(RobotsTest, TheLongestRuleDecides) {
  const char* robots =
      "User-agent: *\n"
      "Disallow: /private\n"
      "Allow: /private/open\n"
      "Disallow: /*.pdf$\n"
      "Allow: /tie\n"
      "Disallow: /tie\n"
      "Disallow:\n";
  EXPECT_TRUE(Allowed(robots, "/"));
  EXPECT_FALSE(Allowed(robots, "/private"));
  EXPECT_FALSE(Allowed(robots, "/privateer?x"));
  EXPECT_TRUE(Allowed(robots, "/private/open/door"));
  EXPECT_FALSE(Allowed(robots, "/a/b.pdf"));
  EXPECT_TRUE(Allowed(robots, "/a/b.pdf?page=1"));
  EXPECT_TRUE(Allowed(robots, "/tie"));
  EXPECT_TRUE(Allowed("User-agent: *\nDisallow: /\n", "/robots.txt"));
}

TEST(RobotsTest, StarsStandForAnythingAndTheDollarForTheEnd) {
  EXPECT_FALSE(Allowed("User-agent: *\nDisallow: *\n", "/x"));
  EXPECT_FALSE(Allowed("User-agent: *\nDisallow: /a*b*c\n", "/a/xx/b/b/yc/z"));
  EXPECT_TRUE(Allowed("User-agent: *\nDisallow: /a*b*c$\n", "/a/xx/b/b/yc/z"));
  EXPECT_FALSE(Allowed("User-agent: *\nDisallow: /$\n", "/"));
  EXPECT_TRUE(Allowed("User-agent: *\nDisallow: /$\n", "/x"));
  EXPECT_FALSE(Allowed("User-agent: *\nDisallow: /a%2A$\n", "/a*"));
  EXPECT_TRUE(Allowed("User-agent: *\nDisallow: /a%2A$\n", "/ab"));
  // One way of writing for both.
  EXPECT_FALSE(Allowed("User-agent: *\nDisallow: /手册\n", "/%E6%89%8B%E5%86%8C/a"));
  EXPECT_FALSE(Allowed("User-agent: *\nDisallow: /%7euser\n", "/~user"));
}

TEST(RobotsTest, AGroupOfOurOwnGoesBeforeThatOfAll) {
  const char* robots =
      "\xEF\xBB\xBFUser-agent: *\r\nDisallow: /\r\n\r\n"
      "user-agent : otherbot\nUSER-AGENT: Quarry/2.0 # of ours\nSitemap: https://x/y\n"
      "disallow: /a\ncrawl-delay: 2.5\n\n"
      "User-agent: quarry\nDisallow: /b\n"
      "User-agent: quarrying\nDisallow: /c\n";
  EXPECT_TRUE(Allowed(robots, "/"));
  EXPECT_FALSE(Allowed(robots, "/a"));
  EXPECT_FALSE(Allowed(robots, "/b"));
  EXPECT_TRUE(Allowed(robots, "/c"));
  EXPECT_EQ(RobotsRules::Parse(robots, "quarry").crawl_delay(), std::chrono::milliseconds(2500));
  EXPECT_EQ(RobotsRules::Parse(robots, "third").crawl_delay(), std::nullopt);
  EXPECT_FALSE(RobotsRules::Parse(robots, "third").Allows("/x"));
  // A sitemap is of all groups and ends none.
  EXPECT_THAT(RobotsRules::Parse(robots, "third").sitemaps(),
              ::testing::ElementsAre("https://x/y"));
}

TEST(RobotsTest, NonsenseAllowsAndHostileRulesTakeNoTime) {
  EXPECT_TRUE(Allowed("<html>404</html>", "/"));
  EXPECT_TRUE(Allowed("Disallow: /\n", "/"));  // of no group
  EXPECT_TRUE(Allowed("User-agent: quarry\nCrawl-delay: -1\nCrawl-delay: x\n", "/"));
  std::string hostile = "User-agent: *\n";
  while (hostile.size() + 100 < kRobotsBytes) {
    hostile += "Disallow: /" + std::string("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b\n");
  }
  EXPECT_TRUE(Allowed(hostile.c_str(), ("/" + std::string(1000, 'a')).c_str()));
  EXPECT_FALSE(RobotsRules::DenyAll().Allows("/x"));
}

}  // namespace
}  // namespace quarry::ingest
