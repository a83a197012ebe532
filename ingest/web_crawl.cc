#include "ingest/web_crawl.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/text.h"
#include "index/index_writer.h"
#include "ingest/web_url.h"
#include "model/remote_endpoint.h"

namespace quarry::ingest {
namespace {

using CrawlClock = std::chrono::steady_clock;

constexpr const char* kAgent = "quarry";
constexpr std::chrono::milliseconds kMaxCrawlDelay{30'000};
// A site that does not answer so many times is left alone.
constexpr uint32_t kMaxFailuresInARow = 5;
// What is fetched before it is written.
constexpr size_t kRoundPages = 32;
constexpr uint64_t kRoundBytes = 8u << 20;
constexpr std::chrono::seconds kRoundTime{5};
// URLs that are kept for each request that may be made: one that robots.txt forbids takes none.
constexpr uint64_t kSeenPerRequest = 10;

// The page is there and not for us.
bool IsRefusedStatus(int status) {
  return status >= 400 && status < 500 && status != 408 && status != 429;
}

PageLinks LinksOf(const WebPage& page) {
  PageLinks links;
  const bool is_html = page.media_type == "text/html" ||
                       page.media_type == "application/xhtml+xml" ||
                       (page.media_type.empty() &&
                        DetectTextFormat(page.body.substr(0, 4096), page.url) == Format::kHtml);
  if (is_html) {
    const Result<DecodedText> text = DecodeText(page.body);
    const Result<model::Url> url = WebUrl(page.url);
    if (text.ok() && url.ok()) links = ReadLinks(text->text, *url, kAgent);
  }
  ReadRobotsTag(page.robots, kAgent, links);
  return links;
}

}  // namespace

WebCrawl::WebCrawl(const WebFetcher& fetcher, const CrawlOptions& options, model::Url start,
                   const SourceMemory* memory, IsCurrent is_current)
    : fetcher_(fetcher),
      options_(options),
      memory_(memory),
      is_current_(std::move(is_current)),
      end_(CrawlClock::now() + std::chrono::seconds(options.seconds)),
      start_(UrlText(start)),
      origin_(start.Origin()),
      next_request_(CrawlClock::now()) {
  seen_.insert(start_);
  frontier_.push_back({start_});
}

bool WebCrawl::IsOnSite(const model::Url& url) const { return url.Origin() == origin_; }

bool WebCrawl::IsUsedUp() const {
  return !stopped_.empty() || (frontier_.empty() && sitemaps_.empty() && listed_.empty());
}

bool WebCrawl::SeesTooMany() const { return seen_.size() >= kSeenPerRequest * options_.pages; }

// Where the crawl began, or was led to from there.
bool WebCrawl::IsFirst(const Target& target) { return target.depth == 0 && !target.is_canonical; }

std::vector<FileList::Note>& WebCrawl::NotesFor(const Target& target, FileList& list) {
  return IsFirst(target) ? list.failures : list.skipped;
}

Result<bool> WebCrawl::Next(FileList& list, const CallContext& context) {
  list.is_whole = false;  // until all is known
  const CrawlClock::time_point round_end = CrawlClock::now() + kRoundTime;
  const size_t items = list.items.size();
  uint64_t bytes = 0;
  while (!IsUsedUp() && list.items.size() - items < kRoundPages && bytes < kRoundBytes &&
         CrawlClock::now() < round_end) {
    const size_t before = list.items.size();
    QUARRY_RETURN_IF_ERROR(VisitNext(list, context));
    for (size_t i = before; i < list.items.size(); ++i) bytes += list.items.bytes(i);
  }
  std::sort(list.gone.begin(), list.gone.end());
  if (!IsUsedUp()) return true;
  Finish(list);
  return false;
}

// First what links lead to, then the sitemaps, then what only they name.
Status WebCrawl::VisitNext(FileList& list, const CallContext& context) {
  if (frontier_.empty() && !sitemaps_.empty()) {
    const ListedMap map = std::move(sitemaps_.front());
    sitemaps_.pop_front();
    return VisitSitemap(map, list, context);
  }
  if (frontier_.empty()) {
    frontier_.push_back({.url = std::move(listed_.front()), .depth = 1});
    listed_.pop_front();
  }
  const Target target = std::move(frontier_.front());
  frontier_.pop_front();
  return Visit(target, list, context);
}

void WebCrawl::Finish(FileList& list) {
  if (stopped_.empty() && has_cut_links_) {
    stopped_ = "after " + std::to_string(seen_.size()) + " URLs (" +
               std::to_string(kSeenPerRequest) + " times web.pages)";
  }
  if (!stopped_.empty()) {
    (list.items.empty() ? list.failures : list.skipped)
        .push_back({start_, start_, stopped_ + "; what else it leads to was not read"});
    is_whole_ = false;
  }
  list.is_whole = is_whole_;
}

// Within the limits of a crawl; what it is stopped by is kept.
bool WebCrawl::MayAskMore() {
  if (requests_ == options_.pages) {
    stopped_ = "after " + std::to_string(requests_) + " requests (web.pages)";
  } else if (CrawlClock::now() >= end_) {
    stopped_ = "after " + std::to_string(options_.seconds) + " s (web.seconds)";
  } else {
    ++requests_;
    return true;
  }
  return false;
}

Status WebCrawl::WaitForTurn(const CallContext& context) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_request_ - CrawlClock::now());
  if (left.count() > 0) QUARRY_RETURN_IF_ERROR(model::WaitFor(left, context));
  std::chrono::milliseconds delay(options_.delay_ms);
  if (robots_ && robots_->crawl_delay()) {
    delay = std::max(delay, std::min(*robots_->crawl_delay(), kMaxCrawlDelay));
  }
  next_request_ = CrawlClock::now() + delay;
  return context.Check();
}

Status WebCrawl::ReadRobots(const CallContext& context) {
  QUARRY_RETURN_IF_ERROR(WaitForTurn(context));
  const Result<WebPage> page =
      fetcher_.Fetch({.url = origin_ + "/robots.txt", .cut_at = kRobotsBytes}, context);
  QUARRY_RETURN_IF_ERROR(context.Check());
  if (page.ok() && page->IsSuccess()) {
    robots_ = RobotsRules::Parse(page->body, kAgent);
  } else if (page.ok() && page->status < 500 && page->status != 429) {
    robots_ = RobotsRules::AllowAll();
  } else {
    robots_ = RobotsRules::DenyAll();
    is_whole_ = false;
    stopped_ = "robots.txt cannot be read (" +
               (page.ok() ? "status " + std::to_string(page->status) : page.status().message()) +
               ")";
  }
  NameSitemaps();
  return OkStatus();
}

std::optional<RememberedPage> WebCrawl::Recall(const std::string& url, FileList& list) const {
  if (memory_ == nullptr) return std::nullopt;
  Result<std::optional<RememberedPage>> known = memory_->FindPage(url);
  if (known.ok()) return *std::move(known);
  // It is fetched whole, and what is kept of it is written anew.
  list.failures.push_back({url, url, known.status().message()});
  return std::nullopt;
}

Status WebCrawl::Visit(const Target& target, FileList& list, const CallContext& context) {
  QUARRY_ASSIGN_OR_RETURN(const model::Url url, WebUrl(target.url));
  if (!robots_) QUARRY_RETURN_IF_ERROR(ReadRobots(context));
  if (!stopped_.empty()) return OkStatus();
  if (!robots_->Allows(url.target)) {
    NotesFor(target, list).push_back({target.url, target.url, "robots.txt asks not to read it"});
    list.gone.push_back(target.url);
    return OkStatus();
  }
  if (!MayAskMore()) return OkStatus();
  QUARRY_RETURN_IF_ERROR(WaitForTurn(context));
  std::optional<RememberedPage> known = Recall(target.url, list);
  WebRequest request{.url = target.url, .stay = true};
  // Of a page that is no document nobody would miss the text, unless it becomes one.
  if (known && (known->indexed ? is_current_(target.url) : !known->links.index)) {
    request.etag = known->etag;
    request.last_modified = known->last_modified;
  }
  Result<WebPage> page = fetcher_.Fetch(request, context);
  QUARRY_RETURN_IF_ERROR(context.Check());
  const bool may_be_same = !request.etag.empty() || !request.last_modified.empty();
  if (page.ok() && page->status == 304 && !may_be_same) {
    page = UnavailableError("status 304, though all of it was asked for");
  }
  if (!page.ok()) {
    TakeError(target, page.status(), known, list);
    return OkStatus();
  }
  return TakePage(target, *std::move(page), std::move(known), list, context);
}

Status WebCrawl::TakePage(const Target& target, WebPage page, std::optional<RememberedPage> known,
                          FileList& list, const CallContext& context) {
  const std::string& url = target.url;
  const std::string says = "status " + std::to_string(page.status);
  if (!page.location.empty()) {
    failures_in_a_row_ = 0;
    FollowRedirect(target, page.location, list);
    return OkStatus();
  }
  const bool is_refused = IsRefusedStatus(page.status) && (!known || !known->indexed);
  if (page.IsGone() || is_refused) {
    failures_in_a_row_ = 0;
    NotesFor(target, list).push_back({url, url, says});
    if (page.IsGone()) list.gone.push_back(url);
    return OkStatus();
  }
  const bool is_same = page.status == 304;
  if (!is_same && !page.IsSuccess()) {
    TakeError(target, UnavailableError(says), known, list);
    return OkStatus();
  }
  failures_in_a_row_ = 0;
  SourceItem item{.info = SourceInfoOf(page)};
  if (is_same) {
    item.is_unchanged = true;
    return TakeItem(target, std::move(item), *std::move(known), list, context);
  }
  RememberedPage remembered{
      .url = url, .etag = page.etag, .last_modified = page.last_modified, .links = LinksOf(page)};
  item.bytes = page.body.size();
  // Read once; then nobody needs it any more.
  item.read = [body = std::make_shared<std::string>(
                   std::move(page.body))]() -> Result<std::string> { return std::move(*body); };
  return TakeItem(target, std::move(item), std::move(remembered), list, context);
}

// A page that answered: its links, and whether it is a document.
Status WebCrawl::TakeItem(const Target& target, SourceItem item, RememberedPage page,
                          FileList& list, const CallContext& context) {
  const std::string& url = target.url;
  page.indexed = page.links.index;
  std::string elsewhere;
  if (!page.links.index) {
    list.skipped.push_back({url, url, "it asks not to be indexed (noindex)"});
  } else if (!target.is_canonical && !page.links.canonical.empty() && page.links.canonical != url) {
    const Result<model::Url> canonical = WebUrl(page.links.canonical);
    if (canonical.ok() && IsOnSite(*canonical)) {
      elsewhere = page.links.canonical;
      // First that one: where it is not there, this one has to do.
      if (seen_.insert(elsewhere).second) {
        QUARRY_RETURN_IF_ERROR(
            Visit({.url = elsewhere, .depth = target.depth, .is_canonical = true}, list, context));
      }
      page.indexed = !taken_.contains(elsewhere);
      if (!page.indexed) {
        list.skipped.push_back({url, url, "it is to be known as " + elsewhere});
      }
    }
  }
  if (page.links.follow) FollowLinks(page.links, target.depth);
  if (page.indexed) {
    taken_.insert(url);
    list.items.Add(std::move(item));
  } else {
    list.gone.push_back(url);
  }
  if (memory_ != nullptr) {
    memory_->Put(page, remembered_);
    has_remembered_ = true;
  }
  return OkStatus();
}

// Without the URL: notes name it already.
std::string WebCrawl::ReasonOf(const std::string& url, const Status& status) {
  std::string message = status.message();
  if (const Result<model::Url> place = WebUrl(url); place.ok()) {
    const std::string shown = place->Shown() + ": ";
    if (message.starts_with(shown)) message.erase(0, shown.size());
  }
  return message;
}

void WebCrawl::TakeError(const Target& target, const Status& status,
                         const std::optional<RememberedPage>& known, FileList& list) {
  const std::string& url = target.url;
  std::string message = ReasonOf(url, status);
  if (status.code() == Code::kInvalidArgument) {  // nothing with text
    failures_in_a_row_ = 0;
    list.skipped.push_back({url, url, std::move(message)});
    return;
  }
  is_whole_ = false;
  // A page in the way of a link says what links there were.
  if (known && known->links.follow) FollowLinks(known->links, target.depth);
  SourceItem item;
  item.info = {.id = url, .path = url, .uri = url};
  item.read = [status = Status(status.code(), std::move(message))]() -> Result<std::string> {
    return status;
  };
  list.items.Add(std::move(item));
  if (++failures_in_a_row_ == kMaxFailuresInARow) {
    stopped_ = std::to_string(kMaxFailuresInARow) + " pages in a row could not be read";
  }
}

void WebCrawl::FollowRedirect(const Target& target, const std::string& location, FileList& list) {
  const std::string& url = target.url;
  const Result<model::Url> to = WebUrl(location);
  const auto note = [&](const std::string& reason) {
    NotesFor(target, list).push_back({url, url, reason});
  };
  list.gone.push_back(url);
  if (!to.ok()) return note("its redirect leads nowhere");
  if (target.redirects == fetcher_.options().redirects) {
    return note("more than " + std::to_string(target.redirects) + " redirects");
  }
  if (!IsOnSite(*to)) {
    if (!IsFirst(target)) return note("it leads to another site, " + to->Origin());
    // The first page says where the site is.
    if (url.starts_with("https:") && !to->tls) {
      return note("its redirect leads from https to " + to->Origin());
    }
    origin_ = to->Origin();
    robots_.reset();
    sitemaps_.clear();
    seen_sitemaps_.clear();
  }
  if (location.size() > index::kMaxDocumentIdBytes || !seen_.insert(location).second) {
    if (IsFirst(target)) note("its redirect leads to " + location + ", where it came from");
    return;
  }
  frontier_.push_front({location, target.depth, target.redirects + 1, target.is_canonical});
}

void WebCrawl::FollowLinks(const PageLinks& links, uint32_t depth) {
  if (depth == options_.depth) return;
  if (links.links.size() >= kMaxLinks) is_whole_ = false;  // there may be more
  for (const std::string& link : links.links) {
    if (link.size() > index::kMaxDocumentIdBytes || seen_.contains(link)) continue;
    const Result<model::Url> url = WebUrl(link);
    if (!url.ok() || !IsOnSite(*url)) continue;
    if (SeesTooMany()) {
      has_cut_links_ = true;
      return;
    }
    seen_.insert(link);
    frontier_.push_back({link, depth + 1});
  }
}

Status WebCrawl::Stored() {
  if (memory_ == nullptr || !std::exchange(has_remembered_, false)) return OkStatus();
  return memory_->Write(std::exchange(remembered_, {}));
}

}  // namespace quarry::ingest
