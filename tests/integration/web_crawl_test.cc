#include "ingest/web_crawl.h"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "ingest/pipeline.h"
#include "ingest/web_url.h"
#include "tests/testing/engine_testing.h"
#include "tests/testing/http_upstream.h"
#include "tests/testing/package_testing.h"
#include "tests/testing/run_quarry.h"

namespace quarry::ingest {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::HttpUpstream;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using testing::UpstreamCall;

struct SiteAnswer {
  int status = 200;
  std::string body;
  std::string headers = "Content-Type: text/html; charset=utf-8\r\n";
};

// A site whose pages a test changes; without an ETag of its own a page has one made of its text.
class Site {
 public:
  void Put(const std::string& path, SiteAnswer answer) {
    const std::lock_guard lock(mutex_);
    pages_[path] = std::move(answer);
  }
  void Page(const std::string& path, const std::string& text,
            const std::vector<std::string>& links = {}) {
    std::string body = "<title>" + text + "</title><p>" + text + " stands here.</p>";
    for (const std::string& link : links) body += "<a href=\"" + link + "\">" + link + "</a>\n";
    Put(path, {.body = std::move(body)});
  }
  void Fails(const std::string& path, int status) { Put(path, {.status = status}); }
  void Remove(const std::string& path) {
    const std::lock_guard lock(mutex_);
    pages_.erase(path);
  }

  // "/a" for a page that was sent, "/a 304" for one that was not.
  std::vector<std::string> Visits() {
    const std::lock_guard lock(mutex_);
    return std::exchange(visits_, {});
  }
  std::string url() const { return upstream_.url(); }
  uint16_t port() const { return upstream_.port(); }

 private:
  void Serve(UpstreamCall& call) {
    const std::string& target = call.request().target;
    SiteAnswer answer{.status = 404};
    {
      const std::lock_guard lock(mutex_);
      if (const auto page = pages_.find(target); page != pages_.end()) answer = page->second;
      std::string tag = "\"" + std::to_string(std::hash<std::string>()(answer.body)) + "\"";
      if (answer.status == 200 && answer.headers.find("ETag") == std::string::npos) {
        answer.headers += "ETag: " + tag + "\r\n";
        if (call.request().Header("if-none-match") == tag) answer = {.status = 304};
      }
      visits_.push_back(target + (answer.status == 200 ? "" : " " + std::to_string(answer.status)));
    }
    call.Reply(answer.status, answer.body, answer.headers);
  }

  std::mutex mutex_;
  std::map<std::string, SiteAnswer> pages_;
  std::vector<std::string> visits_;
  HttpUpstream upstream_{[this](UpstreamCall& call) { Serve(call); }};
};

class WebCrawlTest : public ::testing::Test {
 protected:
  WebCrawlTest() { crawl_.delay_ms = 0; }

  IngestReport Sync(const std::string& path = "/", IngestOptions options = {}) {
    auto writer = engine_.index->OpenWriter(engine_.collection).value();
    const SourceMemory memory(engine_.index->objects(), engine_.collection);
    Pipeline pipeline(writer, engine_.analyzer, engine_.pool, engine_.embedders, options, &memory);
    WebOptions web;
    web.allow = {"127.0.0.1"};
    web.ports = {site_.port(), other_.port()};
    web.page_bytes = 100'000;
    const auto fetcher = WebFetcher::Create(web, {}).value();
    const model::Url start = WebUrl(site_.url() + path).value();
    const std::string root = UrlText(start);
    WebCrawl crawl(*fetcher, crawl_, start, &memory,
                   [&](const DocumentId& page) { return pipeline.IsCurrent(page, root); });
    FileList list{.root = root};
    const IngestReport report = pipeline.Sync(list, crawl, nullptr, CallContext()).value();
    for (const auto* notes : {&report.failures, &report.skipped}) {
      auto& to = notes == &report.failures ? failures_ : skipped_;
      to.clear();
      for (const IngestNote& note : *notes) to.push_back(Short(note.path) + ": " + note.reason);
    }
    return report;
  }
  IngestReport Prune(const std::string& path = "/") {
    IngestOptions options;
    options.prune = true;
    return Sync(path, options);
  }

  // Paths of the documents.
  std::vector<std::string> Documents() {
    std::vector<std::string> paths;
    QUARRY_CHECK(engine_.snapshot()
                     ->ForEachDocument([&](const index::StoredDocument& document) {
                       EXPECT_EQ(document.uri, document.id);
                       paths.push_back(Short(document.id));
                       return true;
                     })
                     .ok());
    return paths;
  }
  std::string Short(const std::string& url) const {
    return url.starts_with(site_.url()) ? url.substr(site_.url().size()) : url;
  }

  Site site_;
  Site other_;
  CrawlOptions crawl_;
  testing::TestEngine engine_;
  std::vector<std::string> failures_;
  std::vector<std::string> skipped_;
};

TEST_F(WebCrawlTest, LinksAreFollowedOnOneSiteToTheDepthGiven) {
  site_.Page("/", "start", {"a", "/b#x", "/a", "mailto:x@y", other_.url() + "/away"});
  site_.Page("/a", "page a", {"/deep/1", "/"});
  site_.Page("/b", "page b", {"/missing", "c d.html"});
  site_.Page("/c%20d.html", "page c", {"/a"});
  site_.Page("/deep/1", "one", {"2"});
  site_.Page("/deep/2", "two", {"3"});
  site_.Page("/deep/3", "three");
  other_.Page("/away", "away");
  crawl_.depth = 3;
  const IngestReport report = Sync();
  EXPECT_EQ(report.documents_added, 6u);
  EXPECT_THAT(Documents(),
              UnorderedElementsAre("/", "/a", "/b", "/c%20d.html", "/deep/1", "/deep/2"));
  // Breadth first, each once.
  EXPECT_THAT(site_.Visits(), ElementsAre("/robots.txt 404", "/", "/a", "/b", "/deep/1",
                                          "/missing 404", "/c%20d.html", "/deep/2"));
  EXPECT_THAT(other_.Visits(), IsEmpty());
  EXPECT_THAT(failures_, IsEmpty());
  EXPECT_THAT(skipped_, ElementsAre("/missing: status 404"));
  const auto snapshot = engine_.snapshot();
  const index::StoredDocument page = snapshot->ReadDocument(site_.url() + "/a").value();
  EXPECT_EQ(page.title, "page a");
  EXPECT_EQ(page.media_type, "text/html");
}

TEST_F(WebCrawlTest, ASecondCrawlAsksWhatHasChanged) {
  site_.Page("/", "start", {"/a", "/b"});
  site_.Page("/a", "page a", {"/c"});
  site_.Page("/b", "page b");
  site_.Page("/c", "page c");
  EXPECT_EQ(Sync().documents_added, 4u);
  site_.Visits();
  site_.Page("/b", "another page b", {"/d"});
  site_.Page("/d", "page d");
  const IngestReport report = Sync();
  EXPECT_EQ(report.documents_added, 1u);
  EXPECT_EQ(report.documents_changed, 1u);
  EXPECT_EQ(report.documents_unchanged, 3u);
  EXPECT_EQ(report.documents_gone, 0u);
  EXPECT_THAT(site_.Visits(),
              UnorderedElementsAre("/robots.txt 404", "/ 304", "/a 304", "/b", "/c 304", "/d"));
  // Another way of chunking needs the text again.
  IngestOptions options;
  options.chunks = {.target_tokens = 60, .min_tokens = 20, .max_tokens = 100};
  EXPECT_EQ(Sync("/", options).documents_changed, 5u);
  EXPECT_THAT(site_.Visits(), Not(Contains(HasSubstr("304"))));
  EXPECT_EQ(Sync("/", options).documents_unchanged, 5u);
}

TEST_F(WebCrawlTest, WhatIsGoneGoesWithPruneAndWhatDoesNotAnswerStays) {
  site_.Page("/", "start", {"/a", "/b", "/broken"});
  site_.Page("/a", "page a");
  site_.Page("/b", "page b");
  site_.Page("/broken", "works yet", {"/behind"});
  site_.Page("/behind", "behind it");
  EXPECT_EQ(Sync().documents_added, 5u);
  site_.Page("/", "start", {"/a", "/broken"});  // no link to /b
  site_.Fails("/a", 410);
  site_.Fails("/broken", 503);
  IngestReport report = Sync();
  // What the broken page leads to is known; whether it leads to /b now is not.
  EXPECT_EQ(report.documents_gone, 1u);
  EXPECT_EQ(report.documents_unchanged, 1u);
  EXPECT_THAT(failures_, ElementsAre("/broken: status 503; its last good version still answers"));
  report = Prune();
  EXPECT_EQ(report.documents_removed, 1u);
  EXPECT_THAT(Documents(), UnorderedElementsAre("/", "/b", "/broken", "/behind"));
  site_.Page("/broken", "works yet", {"/behind"});
  EXPECT_EQ(Prune().documents_removed, 1u);
  EXPECT_THAT(Documents(), UnorderedElementsAre("/", "/broken", "/behind"));
  // A site that is not there says nothing about its pages.
  site_.Fails("/robots.txt", 500);
  EXPECT_EQ(Prune().documents_removed, 0u);
  EXPECT_THAT(failures_, ElementsAre(HasSubstr("robots.txt cannot be read (status 500)")));
  EXPECT_THAT(Documents(), SizeIs(3));
}

TEST_F(WebCrawlTest, RobotsTxtIsObeyed) {
  site_.Put("/robots.txt",
            {.body = "User-agent: *\nDisallow: /\n\nUser-agent: Quarry\nDisallow: /private\nAllow: "
                     "/private/open\n",
             .headers = "Content-Type: text/plain\r\n"});
  site_.Page("/", "start", {"/private/x", "/private/open", "/public"});
  site_.Page("/private/x", "hidden");
  site_.Page("/private/open", "open");
  site_.Page("/public", "public");
  Sync();
  EXPECT_THAT(Documents(), UnorderedElementsAre("/", "/private/open", "/public"));
  EXPECT_THAT(site_.Visits(), Not(Contains(HasSubstr("/private/x"))));
  EXPECT_THAT(skipped_, ElementsAre("/private/x: robots.txt asks not to read it"));
  // It changes its mind: what it now forbids is gone.
  site_.Put("/robots.txt", {.body = "User-agent: *\nDisallow: /p\n"});
  EXPECT_EQ(Prune().documents_removed, 2u);
  EXPECT_THAT(Documents(), ElementsAre("/"));
  site_.Put("/robots.txt", {.body = "User-agent: *\nDisallow: /\n"});
  Sync();
  EXPECT_THAT(failures_, ElementsAre("/: robots.txt asks not to read it"));
}

TEST_F(WebCrawlTest, WhatAPageAsksForIsDone) {
  site_.Page("/", "start", {"/noindex", "/nofollow", "/header", "/same?utm=1", "/lost"});
  site_.Put("/noindex",
            {.body = "<meta name=robots content=noindex><p>hidden</p><a href=/found>f</a>"});
  site_.Put("/nofollow",
            {.body = "<meta name=robots content=nofollow><p>shown</p><a href=/secret>s</a>"});
  site_.Put("/header", {.body = "<p>hidden, too</p>",
                        .headers = "Content-Type: text/html\r\nX-Robots-Tag: noindex\r\n"});
  site_.Put("/same?utm=1", {.body = "<link rel=canonical href=/same><p>the same</p>"});
  site_.Put("/same", {.body = "<link rel=canonical href=/same><p>the same</p>"});
  site_.Put("/lost", {.body = "<link rel=canonical href=/nowhere><p>alone</p>"});
  site_.Page("/found", "found");
  Sync();
  EXPECT_THAT(Documents(), UnorderedElementsAre("/", "/nofollow", "/same", "/lost", "/found"));
  EXPECT_THAT(skipped_,
              UnorderedElementsAre("/noindex: it asks not to be indexed (noindex)",
                                   "/header: it asks not to be indexed (noindex)",
                                   "/same?utm=1: it is to be known as " + site_.url() + "/same",
                                   "/nowhere: status 404"));
  // Again: nothing but questions.
  EXPECT_EQ(Sync().documents_unchanged, 5u);
  EXPECT_THAT(Documents(), SizeIs(5));
  // What asks not to be found any more is gone.
  site_.Put("/lost", {.body = "<meta name=robots content=none>"});
  EXPECT_EQ(Prune().documents_removed, 1u);
}

TEST_F(WebCrawlTest, RedirectsLeadToOneDocument) {
  site_.Page("/", "start", {"/old", "/new", "/away", "/loop1", "/down"});
  const auto redirect = [&](const std::string& to) {
    return SiteAnswer{.status = 301, .headers = "Location: " + to + "\r\n"};
  };
  site_.Put("/old", redirect("/new"));
  site_.Page("/new", "new");
  site_.Put("/away", redirect(other_.url() + "/x"));
  site_.Put("/loop1", redirect("/loop2"));
  site_.Put("/loop2", redirect("/loop1"));
  site_.Put("/down", redirect("http://10.0.0.1/"));
  Sync();
  EXPECT_THAT(Documents(), UnorderedElementsAre("/", "/new"));
  EXPECT_THAT(skipped_, UnorderedElementsAre("/away: it leads to another site, " + other_.url(),
                                             "/down: it leads to another site, http://10.0.0.1"));
  EXPECT_THAT(other_.Visits(), IsEmpty());
  EXPECT_THAT(failures_, IsEmpty());
}

TEST_F(WebCrawlTest, TheFirstPageMayLeadToWhereTheSiteIs) {
  site_.Put("/", {.status = 302, .headers = "Location: " + other_.url() + "/home\r\n"});
  other_.Page("/home", "home", {"/a"});
  other_.Page("/a", "page a");
  Sync();
  EXPECT_THAT(Documents(), UnorderedElementsAre(other_.url() + "/home", other_.url() + "/a"));
  // And not into a network that is not public.
  site_.Put("/", {.status = 302, .headers = "Location: http://169.254.169.254/latest\r\n"});
  Sync();
  ASSERT_THAT(failures_, SizeIs(1));
  EXPECT_THAT(Documents(), SizeIs(2));
}

TEST_F(WebCrawlTest, PagesThatOnlyASitemapNamesAreRead) {
  const std::string site = site_.url();
  const auto urlset = [&](const std::vector<std::string>& pages) {
    std::string xml = "<?xml version=\"1.0\"?><urlset>";
    for (const std::string& page : pages) xml += "<url><loc>" + page + "</loc></url>";
    return xml + "</urlset>";
  };
  const auto answer = [](std::string body, const std::string& type) {
    return SiteAnswer{.body = std::move(body), .headers = "Content-Type: " + type + "\r\n"};
  };
  site_.Put("/robots.txt", {.body = "Sitemap: " + site + "/index.xml\nSitemap: " + other_.url() +
                                    "/map.xml\nUser-agent: *\nDisallow: /private\n"});
  site_.Put("/index.xml", answer("<sitemapindex><sitemap><loc>" + site +
                                     "/1.xml.gz</loc></sitemap><sitemap><loc>" + site +
                                     "/gone.xml</loc></sitemap><sitemap><loc>" + site +
                                     "/index2.xml</loc></sitemap></sitemapindex>",
                                 "application/xml"));
  site_.Put("/1.xml.gz",
            answer(testing::MakeGzip(urlset({site + "/", site + "/alone", site + "/阀门",
                                             site + "/private/x", other_.url() + "/away"})),
                   "application/gzip"));
  site_.Put("/index2.xml", answer("<sitemapindex></sitemapindex>", "text/xml"));
  site_.Page("/", "start", {"/linked"});
  site_.Page("/linked", "linked");
  site_.Page("/alone", "alone", {"/behind"});
  site_.Page("/behind", "behind it");
  site_.Page("/%E9%98%80%E9%97%A8", "阀门扭矩");
  Sync();
  EXPECT_THAT(Documents(),
              UnorderedElementsAre("/", "/linked", "/alone", "/behind", "/%E9%98%80%E9%97%A8"));
  EXPECT_THAT(site_.Visits(),
              ElementsAre("/robots.txt", "/", "/linked", "/index.xml", "/1.xml.gz", "/gone.xml 404",
                          "/index2.xml", "/alone", "/behind", "/%E9%98%80%E9%97%A8"));
  EXPECT_THAT(other_.Visits(), IsEmpty());
  EXPECT_THAT(failures_, IsEmpty());
  const std::string other =
      other_.url() + "/map.xml: sitemap: it is of another site, " + other_.url();
  const std::string nested = "/index2.xml: sitemap: a list of sitemaps that another list names";
  EXPECT_THAT(skipped_, UnorderedElementsAre(other, nested, "/gone.xml: sitemap: status 404",
                                             "/private/x: robots.txt asks not to read it"));
  // While a sitemap cannot be read, what it named stays; then it goes.
  site_.Put("/index.xml", answer("<html>not here</html>", "text/html"));
  EXPECT_EQ(Prune().documents_removed, 0u);
  EXPECT_THAT(skipped_,
              Contains("/index.xml: sitemap: expected <urlset> or <sitemapindex>, it is <html>"));
  site_.Fails("/index.xml", 503);
  EXPECT_EQ(Prune().documents_removed, 0u);
  EXPECT_THAT(skipped_, Contains("/index.xml: sitemap: status 503"));
  site_.Remove("/index.xml");
  EXPECT_EQ(Prune().documents_removed, 3u);
  EXPECT_THAT(Documents(), UnorderedElementsAre("/", "/linked"));
}

TEST_F(WebCrawlTest, SitemapsAreReadWithinTheLimitsOfACrawl) {
  const std::string site = site_.url();
  site_.Put("/robots.txt", {.body = "Sitemap: " + site + "/map.txt\n"});
  std::string lines;
  for (int i = 0; i < 100; ++i) lines += site + "/" + std::to_string(i) + "\n";
  site_.Put("/map.txt", {.body = lines, .headers = "Content-Type: text/plain\r\n"});
  for (int i = 0; i < 100; ++i) site_.Page("/" + std::to_string(i), "page " + std::to_string(i));
  site_.Page("/", "start");
  crawl_.pages = 10;
  Sync();
  EXPECT_THAT(site_.Visits(), SizeIs(11));  // and robots.txt
  EXPECT_THAT(Documents(), SizeIs(9));
  EXPECT_THAT(skipped_,
              ElementsAre("/map.txt: sitemap: more URLs than web.pages, the rest is not read",
                          "/: after 10 requests (web.pages); what else it leads to was not "
                          "read"));
  // A page alone, and a site whose robots.txt is not heard about sitemaps.
  crawl_ = {.depth = 0, .delay_ms = 0};
  Sync();
  EXPECT_THAT(site_.Visits(), ElementsAre("/robots.txt", "/ 304"));
  crawl_ = {.delay_ms = 0, .robots_sitemaps = false};
  Sync();
  EXPECT_THAT(site_.Visits(), ElementsAre("/robots.txt", "/ 304"));
  // One that the site does not name, and that says too much when it is unpacked.
  site_.Put("/other.gz", {.body = testing::MakeGzip(std::string(200'000, '\n')),
                          .headers = "Content-Type: application/gzip\r\n"});
  crawl_.sitemaps = {site + "/other.gz", site + "/map.txt"};
  Sync();
  EXPECT_THAT(skipped_, ElementsAre("/other.gz: sitemap: more than 100000 bytes unpacked "
                                    "(web.page_bytes)"));
  EXPECT_THAT(Documents(), SizeIs(101));
}

TEST_F(WebCrawlTest, ACrawlEndsThoughASiteDoesNot) {
  site_.Page("/", "start", {"/1"});
  for (int i = 1; i < 50; ++i) {
    site_.Page("/" + std::to_string(i), "page " + std::to_string(i),
               {"/" + std::to_string(i + 1), "/" + std::to_string(i) + "/x"});
  }
  crawl_.depth = 100;
  crawl_.pages = 10;
  IngestReport report = Prune();
  EXPECT_THAT(site_.Visits(), SizeIs(11));  // and robots.txt
  EXPECT_THAT(skipped_, Contains("/: after 10 requests (web.pages); what else it leads to was not "
                                 "read"));
  // Nor does a page that is beyond the limit now go.
  crawl_.pages = 3;
  report = Prune();
  EXPECT_EQ(report.documents_removed, 0u);
  // Five answers in a row that are none are enough.
  for (int i = 0; i < 10; ++i) site_.Fails("/s" + std::to_string(i), 500);
  site_.Page("/", "start", {"/s0", "/s1", "/s2", "/s3", "/s4", "/s5", "/s6"});
  crawl_.pages = 100;
  report = Prune();
  EXPECT_THAT(failures_, SizeIs(5));
  EXPECT_THAT(skipped_, Contains(HasSubstr("5 pages in a row could not be read")));
  EXPECT_EQ(report.documents_removed, 0u);
}

// Links take memory, though robots.txt forbids to follow them and none is asked for.
TEST_F(WebCrawlTest, OfTooManyLinksTheFirstAreFollowedAndNothingIsTakenForGone) {
  site_.Put("/robots.txt", {.body = "User-agent: *\nDisallow: /private\n"});
  site_.Page("/", "start", {"/old", "/last"});
  site_.Page("/old", "old");
  site_.Page("/last", "last");
  crawl_.pages = 10;
  EXPECT_EQ(Sync().documents_added, 3u);
  site_.Visits();
  std::vector<std::string> links;
  for (int i = 0; i < 150; ++i) links.push_back("/private/" + std::to_string(i));
  links.push_back("/last");
  site_.Page("/", "another start", links);
  EXPECT_EQ(Prune().documents_removed, 0u);
  EXPECT_THAT(site_.Visits(), ElementsAre("/robots.txt", "/"));
  EXPECT_THAT(Documents(), UnorderedElementsAre("/", "/old", "/last"));
  EXPECT_THAT(skipped_,
              Contains("/: after 100 URLs (10 times web.pages); what else it leads to was "
                       "not read"));
  // As soon as all is seen, what is gone goes.
  site_.Page("/", "yet another start", {"/last"});
  EXPECT_EQ(Prune().documents_removed, 1u);
}

TEST_F(WebCrawlTest, DocumentsOfEveryFormatAreRead) {
  site_.Page("/", "start", {"/data.csv", "/all.zip", "/p.png", "/guide.md", "/huge"});
  site_.Put("/data.csv", {.body = "model,power\nVX-220,1.5 kW\nVX-240,2 kW\n",
                          .headers = "Content-Type: application/octet-stream\r\n"});
  site_.Put("/guide.md", {.body = "# 阀门手册\n\n扭矩为 45 牛米。",
                          .headers = "Content-Type: text/plain; charset=utf-8\r\n"});
  site_.Put("/all.zip", {.body = testing::MakeZip({{"a.txt", "a valve"}, {"b.txt", "a pump"}}),
                         .headers = "Content-Type: application/zip\r\n"});
  site_.Put("/p.png", {.body = "x", .headers = "Content-Type: image/png\r\n"});
  site_.Put("/huge", {.body = std::string(200'000, 'x')});
  IngestReport report = Sync();
  EXPECT_THAT(Documents(), UnorderedElementsAre("/", "/data.csv", "/guide.md", "/all.zip#a.txt",
                                                "/all.zip#b.txt"));
  EXPECT_THAT(skipped_, ElementsAre("/p.png: it is image/png: expected a page or document"));
  EXPECT_THAT(failures_, ElementsAre("/huge: more than 100000 bytes (web.page_bytes)"));
  site_.Visits();
  report = Sync();
  EXPECT_EQ(report.documents_unchanged, 5u);
  EXPECT_THAT(site_.Visits(),
              IsSupersetOf({"/ 304", "/data.csv 304", "/all.zip 304", "/guide.md 304"}));
}

TEST_F(WebCrawlTest, ADryRunFetchesAndChangesNothing) {
  site_.Page("/", "start", {"/a"});
  site_.Page("/a", "page a");
  IngestOptions options;
  options.dry_run = true;
  const IngestReport report = Sync("/", options);
  EXPECT_THAT(report.plan, SizeIs(2));
  EXPECT_THAT(Documents(), IsEmpty());
  EXPECT_EQ(Sync().documents_added, 2u);
  EXPECT_THAT(site_.Visits(), Not(Contains(HasSubstr("304"))));
}

TEST_F(WebCrawlTest, WhatIsKeptOfPagesGoesWithTheCollection) {
  site_.Page("/", "start");
  Sync();
  const SourceMemory memory(engine_.index->objects(), engine_.collection);
  EXPECT_TRUE(memory.FindPage(site_.url() + "/").value().has_value());
  const std::string name = engine_.snapshot()->collection().name;
  QUARRY_CHECK(engine_.index->DeleteCollection(name).ok());
  EXPECT_FALSE(memory.FindPage(site_.url() + "/").value().has_value());
}

TEST_F(WebCrawlTest, DamageToWhatIsKeptIsToldAndMended) {
  site_.Page("/", "start");
  Sync();
  index::ObjectTable& objects = engine_.index->objects();
  QUARRY_CHECK(objects
                   .ForEach(index::ObjectKind::kWebPage,
                            [&](const index::Object& object) {
                              QUARRY_CHECK(objects
                                               .Put({.kind = index::ObjectKind::kWebPage,
                                                     .id = object.id,
                                                     .scope = object.scope},
                                                    R"({"version":1,"url":7})")
                                               .ok());
                              return false;
                            })
                   .ok());
  EXPECT_EQ(Sync().documents_unchanged, 1u);
  EXPECT_THAT(failures_, ElementsAre(HasSubstr("expected url: a text")));
  Sync();
  EXPECT_THAT(failures_, IsEmpty());
}

class WebIndexCommandTest : public ::testing::Test {
 protected:
  testing::QuarryResult Index(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "index");
    arguments.insert(arguments.end(), {"--store", files_.path() + "/store"});
    return testing::RunQuarry(arguments);
  }
  TemporaryDirectory files_ = testing::MakeTemporaryDirectory();
  Site site_;
};

TEST_F(WebIndexCommandTest, TheWebIsOffUnlessItIsEnabled) {
  site_.Page("/", "start");
  testing::QuarryResult result = Index({site_.url()});
  EXPECT_EQ(result.exit_code, 2) << result.error;
  EXPECT_THAT(result.error, HasSubstr("reading from the web is off; web.enabled turns it on"));
  EXPECT_THAT(site_.Visits(), IsEmpty());
  // Enabled, it does not reach this machine.
  result = Index({site_.url(), "--set", "web.enabled=true", "--set",
                  "web.ports=" + std::to_string(site_.port())});
  EXPECT_EQ(result.exit_code, 1) << result.error;
  EXPECT_THAT(result.out + result.error,
              HasSubstr("127.0.0.1 is no address of the public Internet"));
  EXPECT_THAT(site_.Visits(), IsEmpty());
}

TEST_F(WebIndexCommandTest, AnIntranetAndAFolderAreIndexedTogether) {
  site_.Page("/", "start", {"/阀门"});
  site_.Page("/%E9%98%80%E9%97%A8", "阀门扭矩");
  std::filesystem::create_directory(files_.path() + "/docs");
  std::ofstream(files_.path() + "/docs/a.md") << "# A pump\n\nIt pumps.";
  const std::vector<std::string> arguments = {site_.url(),
                                              files_.path() + "/docs",
                                              "--json",
                                              "--set",
                                              "web.enabled=true",
                                              "--set",
                                              "web.allow=127.0.0.1",
                                              "--set",
                                              "web.ports=" + std::to_string(site_.port()),
                                              "--set",
                                              "web.delay_ms=0"};
  testing::QuarryResult result = Index(arguments);
  EXPECT_EQ(result.exit_code, 0) << result.error;
  EXPECT_EQ(nlohmann::json::parse(result.out)["documents"]["added"], 3);
  result = Index(arguments);
  EXPECT_EQ(nlohmann::json::parse(result.out)["documents"]["unchanged"], 3);
  const testing::QuarryResult found =
      testing::RunQuarry({"search", "阀门扭矩", "--store", files_.path() + "/store"});
  EXPECT_THAT(found.out, HasSubstr(site_.url() + "/%E9%98%80%E9%97%A8"));
}

}  // namespace
}  // namespace quarry::ingest
