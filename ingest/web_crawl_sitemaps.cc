// What a crawl makes of the sitemaps of its site.

#include <utility>

#include "index/index_writer.h"
#include "ingest/sitemap.h"
#include "ingest/web_crawl.h"
#include "ingest/web_url.h"

namespace quarry::ingest {

// Those that are to be read once no link is left. A crawl of one page alone needs none.
void WebCrawl::NameSitemaps() {
  if (options_.depth == 0) return;
  if (options_.robots_sitemaps) {
    for (const std::string& url : robots_->sitemaps()) AddSitemap(url, /*is_nested=*/false);
  }
  for (const std::string& url : options_.sitemaps) AddSitemap(url, /*is_nested=*/false);
}

void WebCrawl::AddSitemap(const std::string& url, bool is_nested) {
  const Result<model::Url> known = WebUrl(url);
  const std::string text = known.ok() ? UrlText(*known) : url;
  // More are never asked for, and need no place in memory.
  if (seen_sitemaps_.size() >= options_.pages) {
    is_whole_ = false;
    return;
  }
  if (seen_sitemaps_.insert(text).second) sitemaps_.push_back({text, is_nested});
}

// One that cannot be read is a note: what it would have named may be there all the same.
Status WebCrawl::VisitSitemap(const ListedMap& map, FileList& list, const CallContext& context) {
  const auto note = [&](const std::string& reason) {
    list.skipped.push_back({map.url, map.url, "sitemap: " + reason});
    return OkStatus();
  };
  const Result<model::Url> url = WebUrl(map.url);
  if (!url.ok()) return note(url.status().message());
  if (!IsOnSite(*url)) return note("it is of another site, " + url->Origin());
  if (!robots_->Allows(url->target)) return note("robots.txt asks not to read it");
  if (!MayAskMore()) return OkStatus();
  QUARRY_RETURN_IF_ERROR(WaitForTurn(context));
  Result<WebPage> page = fetcher_.Fetch({.url = map.url, .stay = true}, context);
  QUARRY_RETURN_IF_ERROR(context.Check());
  if (page.ok() && page->IsGone()) return note("status " + std::to_string(page->status));
  const std::string problem =
      page.ok() ? TakeSitemap(map, *std::move(page)) : ReasonOf(map.url, page.status());
  if (problem.empty()) return OkStatus();
  is_whole_ = false;
  return note(problem);
}

// What is wrong with it; "" if nothing is.
std::string WebCrawl::TakeSitemap(const ListedMap& map, WebPage page) {
  if (!page.location.empty()) {
    AddSitemap(page.location, map.is_nested);
    return "";
  }
  if (!page.IsSuccess()) return "status " + std::to_string(page.status);
  const Result<Sitemap> sitemap = ReadSitemap(std::move(page.body), fetcher_.options().page_bytes);
  if (!sitemap.ok()) return sitemap.status().message();
  if (sitemap->is_index && map.is_nested) return "a list of sitemaps that another list names";
  for (const std::string& text : sitemap->urls) {
    if (sitemap->is_index) {
      AddSitemap(text, /*is_nested=*/true);
      continue;
    }
    const Result<model::Url> url = WebUrl(text);
    if (!url.ok() || !IsOnSite(*url) || text.size() > index::kMaxDocumentIdBytes) continue;
    if (listed_.size() == options_.pages) {
      return "more URLs than web.pages, the rest is not read";
    }
    if (seen_.insert(text).second) listed_.push_back(text);
  }
  return sitemap->is_cut
             ? "more than " + std::to_string(kMaxSitemapUrls) + " URLs, the rest is not read"
             : "";
}

}  // namespace quarry::ingest
