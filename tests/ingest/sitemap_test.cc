#include "ingest/sitemap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/testing/package_testing.h"

namespace quarry::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr uint64_t kLimit = 1u << 20;

std::string SitemapErrorOf(const std::string& bytes, uint64_t limit = kLimit) {
  const Result<Sitemap> sitemap = ReadSitemap(bytes, limit);
  return sitemap.ok() ? "" : sitemap.status().ToString();
}

TEST(SitemapTest, TheUrlsOfPagesAreReadAndThoseOfTheirPicturesAreNot) {
  const std::string xml =
      "\xEF\xBB\xBF<?xml version='1.0' encoding='UTF-8'?>\n"
      "<!-- made by hand -->\n"
      "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:image='i'>\n"
      "<url>\n <loc> https://A.org/x?a=1&amp;b=2 </loc><lastmod>2026-01-01</lastmod>"
      "<image:image><image:loc>https://a.org/p.png</image:loc></image:image></url>"
      "<url><loc><![CDATA[https://a.org/阀门]]></loc></url>"
      "<url><loc>/relative</loc></url><url><loc/></url><url/><other><loc>https://a.org/o</loc></"
      "other>"
      "</urlset>";
  const Sitemap sitemap = ReadSitemap(xml, kLimit).value();
  EXPECT_THAT(sitemap.urls,
              ElementsAre("https://a.org/x?a=1&b=2", "https://a.org/%E9%98%80%E9%97%A8"));
  EXPECT_FALSE(sitemap.is_index);
  EXPECT_FALSE(sitemap.is_cut);
  // Whatever the prefix, and packed.
  const Sitemap index =
      ReadSitemap(quarry::testing::MakeGzip(
                      "<s:sitemapindex xmlns:s='x'><s:sitemap><s:loc>https://a.org/1.xml"
                      "</s:loc></s:sitemap></s:sitemapindex>"),
                  kLimit)
          .value();
  EXPECT_TRUE(index.is_index);
  EXPECT_THAT(index.urls, ElementsAre("https://a.org/1.xml"));
}

TEST(SitemapTest, ATextHasAUrlALine) {
  const Sitemap sitemap =
      ReadSitemap("\xEF\xBB\xBFhttps://a.org/1\r\n\r\n  https://a.org/手册\nnonsense\n", kLimit)
          .value();
  EXPECT_THAT(sitemap.urls, ElementsAre("https://a.org/1", "https://a.org/%E6%89%8B%E5%86%8C"));
}

TEST(SitemapTest, AnEmptyListIsOne) {
  EXPECT_THAT(ReadSitemap("<urlset></urlset>", kLimit).value().urls, IsEmpty());
}

TEST(SitemapTest, WhatIsNoneIsNamed) {
  EXPECT_THAT(SitemapErrorOf("<html><body>404</body></html>"),
              HasSubstr("expected <urlset> or <sitemapindex>, it is <html>"));
  EXPECT_THAT(SitemapErrorOf("nothing\nhere\n"), HasSubstr("expected XML or a URL a line"));
  EXPECT_THAT(SitemapErrorOf(""), HasSubstr("expected XML or a URL a line"));
  EXPECT_THAT(SitemapErrorOf("<!-- only -->"), HasSubstr("no element"));
  EXPECT_THAT(SitemapErrorOf("<urlset><url><loc>https://a.org/</loc></url>"),
              HasSubstr("not closed"));
  EXPECT_THAT(SitemapErrorOf("<!DOCTYPE urlset [<!ENTITY a 'b'>]><urlset/>"),
              HasSubstr("declarations"));
  std::string deep = "<urlset>";
  for (int i = 0; i < 200; ++i) deep += "<url>";
  EXPECT_THAT(SitemapErrorOf(deep), HasSubstr("deep"));
}

TEST(SitemapTest, ItsSizeIsBounded) {
  std::string lines;
  for (size_t i = 0; i <= kMaxSitemapUrls; ++i) lines += "http://a.org/" + std::to_string(i) + "\n";
  const Sitemap sitemap = ReadSitemap(lines, 4 * kLimit).value();
  EXPECT_THAT(sitemap.urls, SizeIs(kMaxSitemapUrls));
  EXPECT_TRUE(sitemap.is_cut);
  EXPECT_THAT(SitemapErrorOf(lines, 1000),
              HasSubstr("more than 1000 bytes unpacked (web.page_bytes)"));
  EXPECT_THAT(SitemapErrorOf(quarry::testing::MakeGzip(lines), 1000),
              HasSubstr("more than 1000 bytes unpacked"));
  // A kilobyte that unpacks to a thousand times as much.
  EXPECT_THAT(
      SitemapErrorOf(quarry::testing::MakeGzip(std::string(64u << 20, ' ')), uint64_t{1} << 30),
      HasSubstr("100"));
}

}  // namespace
}  // namespace quarry::ingest
