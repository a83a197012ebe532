// What a site says to crawlers: URLs, links of pages, robots.txt, sitemaps. A URL that is written again stays as
// it is, and so do the links of a page; whatever robots.txt says, a path is allowed or it is not.

#include "ingest/html_links.h"
#include "ingest/robots.h"
#include "ingest/sitemap.h"
#include "ingest/web_url.h"
#include "tests/fuzz/fuzz_target.h"

namespace quarry::fuzz {

std::vector<std::string> Seeds() {
  return {
      "https://example.org/a/../b%7e/%E9%98%80?x=1&y=%zz#part",
      "HTTP://me:pw@Example.ORG:80//x/./y/",
      "http://[::ffff:127.0.0.1]:8080/?q",
      "<base href=/docs/><a href='a.html'>A</a><a href=\"../b?x=1&amp;y=&#x4E2d;\">B</a>"
      "<link rel=canonical href=c><meta name=robots content='noindex, nofollow'>",
      "User-agent: *\nDisallow: /private*/x$\nAllow: /private/open\nCrawl-delay: 2.5\n",
      "User-agent: quarry\nUser-agent: other\nDisallow: /%7eme/\xE9\x98\x80\n\n# all\nSitemap: x\n",
      "<?xml version='1.0'?><urlset "
      "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>https://a.org/x?a=1&amp;"
      "b=2</loc><i:image xmlns:i='i'><i:loc>https://a.org/p.png</i:loc></i:image></url></urlset>",
      "<sitemapindex><sitemap><loc><![CDATA[https://a.org/1.xml.gz]]></loc></sitemap></"
      "sitemapindex>",
      "https://a.org/1\r\nhttps://a.org/阀门\n",
  };
}

}  // namespace quarry::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace quarry;
  const std::string_view text = fuzz::View(data, size);
  const model::Url base = ingest::WebUrl("https://example.org/x/y?z").value();
  for (const Result<model::Url>& url : {ingest::WebUrl(text), ingest::ResolveLink(base, text)}) {
    if (!url.ok()) {
      QUARRY_CHECK(!url.status().message().empty());
      continue;
    }
    if (!url->user_info.empty()) continue;  // not written
    const std::string written = ingest::UrlText(*url);
    const Result<model::Url> again = ingest::WebUrl(written);
    QUARRY_CHECK(again.ok() && ingest::UrlText(*again) == written);
  }
  const ingest::PageLinks links = ingest::ReadLinks(text, base, "quarry");
  QUARRY_CHECK(links.links.size() <= ingest::kMaxLinks);
  for (const std::string& link : links.links) {
    const Result<model::Url> url = ingest::WebUrl(link);
    QUARRY_CHECK(url.ok() && ingest::UrlText(*url) == link);
  }
  const ingest::RobotsRules rules = ingest::RobotsRules::Parse(text, "quarry");
  QUARRY_CHECK(rules.Allows("/robots.txt"));
  const std::string path = '/' + std::string(text.substr(0, 200));
  QUARRY_CHECK(rules.Allows(path) == ingest::RobotsRules::Parse(text, "QUARRY").Allows(path));
  const Result<ingest::Sitemap> sitemap = ingest::ReadSitemap(std::string(text), 1u << 20);
  QUARRY_CHECK(sitemap.ok() || sitemap.status().code() == Code::kInvalidArgument);
  if (!sitemap.ok()) return 0;
  QUARRY_CHECK(sitemap->urls.size() <= ingest::kMaxSitemapUrls);
  for (const std::string& url : sitemap->urls) {
    const Result<model::Url> again = ingest::WebUrl(url);
    QUARRY_CHECK(again.ok() && ingest::UrlText(*again) == url);
  }
  return 0;
}
