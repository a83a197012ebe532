#pragma once

// WebCrawl: a site as a source: the pages of one origin that links lead to from a first one.
//
// Breadth first, in the order of the links, one request at a time; robots.txt is heard (robots.h),
// and so are nofollow, noindex and rel=canonical. A redirect within the site is a link; the first
// page may lead to another site, which then is the one that is read. When no link is left, the
// sitemaps of the site are read (sitemap.h), and the pages that only they name as if the first page
// had linked to them.
//
// The id of a page is its URL. A page that was fetched before is asked for with its ETag and
// Last-Modified, and is unchanged if the site says so. Of what the collection holds of the site,
//   * a page that answers 404 or 410, leads elsewhere or is not to be read any more is gone;
//   * one that no link or sitemap leads to any more is gone, if the crawl went through all;
//   * one that gives no answer or another error is kept and reported, and its links are followed.

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "ingest/robots.h"
#include "ingest/source.h"
#include "ingest/source_memory.h"
#include "ingest/web_fetcher.h"

namespace quarry::ingest {

struct CrawlOptions {
  uint32_t depth = 3;                 // links from the first page; 0 = that page alone
  uint32_t pages = 1000;              // requests of one crawl
  uint32_t seconds = 3600;            // for one crawl
  uint32_t delay_ms = 200;            // between two requests; a site may ask for more, up to 30 s
  bool robots_sitemaps = true;        // reads those that robots.txt names
  std::vector<std::string> sitemaps;  // URLs of others that are read; those of other sites are not
};

// Not thread-safe; the references must outlive it.
class WebCrawl final : public ItemStream {
 public:
  // Whether the collection holds all documents of a page as this program would make them.
  using IsCurrent = std::function<bool(const DocumentId& page)>;

  // `start` as WebUrl gives it. With `memory` null nothing is remembered: pages are fetched whole.
  WebCrawl(const WebFetcher& fetcher, const CrawlOptions& options, model::Url start,
           const SourceMemory* memory, IsCurrent is_current);

  // Fetches until there is a window of pages. The errors are those of the call; what is wrong with
  // a page or with the site is a note in the list.
  Result<bool> Next(FileList& list, const CallContext& context) override;
  // Remembers the pages that Next gave.
  Status Stored() override;

 private:
  struct Target {
    std::string url;
    uint32_t depth = 0;
    uint32_t redirects = 0;     // that led to it
    bool is_canonical = false;  // another page names it as the one to be known by
  };

  // A list of pages, or of such lists.
  struct ListedMap {
    std::string url;
    bool is_nested = false;  // another one names it
  };

  // web_crawl_sitemaps.cc
  void NameSitemaps();
  void AddSitemap(const std::string& url, bool is_nested);
  Status VisitSitemap(const ListedMap& map, FileList& list, const CallContext& context);
  std::string TakeSitemap(const ListedMap& map, WebPage page);

  Status VisitNext(FileList& list, const CallContext& context);
  Status Visit(const Target& target, FileList& list, const CallContext& context);
  Status TakePage(const Target& target, WebPage page, std::optional<RememberedPage> known,
                  FileList& list, const CallContext& context);
  Status TakeItem(const Target& target, SourceItem item, RememberedPage page, FileList& list,
                  const CallContext& context);
  void TakeError(const Target& target, const Status& status,
                 const std::optional<RememberedPage>& known, FileList& list);
  void FollowRedirect(const Target& target, const std::string& location, FileList& list);
  void FollowLinks(const PageLinks& links, uint32_t depth);
  Status ReadRobots(const CallContext& context);
  bool MayAskMore();
  Status WaitForTurn(const CallContext& context);
  std::optional<RememberedPage> Recall(const std::string& url, FileList& list) const;
  static std::string ReasonOf(const std::string& url, const Status& status);
  static bool IsFirst(const Target& target);
  static std::vector<FileList::Note>& NotesFor(const Target& target, FileList& list);
  bool IsOnSite(const model::Url& url) const;
  bool IsUsedUp() const;
  bool SeesTooMany() const;  // then links are followed no more
  void Finish(FileList& list);

  const WebFetcher& fetcher_;
  const CrawlOptions options_;
  const SourceMemory* const memory_;
  const IsCurrent is_current_;
  const std::chrono::steady_clock::time_point end_;
  const std::string start_;
  std::string origin_;
  std::optional<RobotsRules> robots_;  // of origin_, once they were read
  std::chrono::steady_clock::time_point next_request_;
  std::deque<Target> frontier_;
  std::deque<ListedMap> sitemaps_;
  std::deque<std::string> listed_;  // pages that only sitemaps name
  std::unordered_set<std::string> seen_sitemaps_;
  std::unordered_set<std::string> seen_;   // put into the frontier at some time
  std::unordered_set<std::string> taken_;  // pages that answered and are documents
  uint32_t requests_ = 0;
  uint32_t failures_in_a_row_ = 0;
  bool is_whole_ = true;        // nothing was left out that might lead to more
  bool has_cut_links_ = false;  // links of a page were left out, since too many URLs were seen
  std::string stopped_;         // why the rest is left out; "" = it is not
  index::ObjectBatch remembered_;
  bool has_remembered_ = false;
};

}  // namespace quarry::ingest
