#include "ingest/web_fetcher.h"

#include <algorithm>
#include <optional>

#include "base/ascii.h"
#include "base/host_name.h"
#include "base/ip_address.h"
#include "base/text.h"
#include "base/text_convert.h"
#include "base/word_lists.h"
#include "ingest/gzip_reader.h"
#include "ingest/mime.h"
#include "ingest/web_url.h"

namespace quarry::ingest {
namespace {

constexpr size_t kMaxHttpField = 4096;      // bytes of a header that is kept
constexpr uint64_t kErrorBytes = 1u << 20;  // of the text of an answer that is no page

// What has no text by what its sender says; fetching it would be for nothing. Pictures may have: they
// are read where they are files (docs/formats.md), and not for each button of a page.
constexpr std::string_view kWithoutText[] = {
    "image/", "audio/", "video/", "font/", "text/css", "text/javascript", "application/javascript"};

// What may be connected to.
class AddressGuard {
 public:
  static Result<AddressGuard> Create(const std::vector<std::string>& allow) {
    AddressGuard guard;
    for (const std::string& entry : allow) {
      Result<IpRange> range = ParseIpRange(entry);
      if (range.ok()) {
        guard.ranges_.push_back(*std::move(range));
        continue;
      }
      const Result<std::string> host = AsciiHostName(entry);
      if (entry.empty() || entry.find_first_of("/: ") != std::string::npos || !host.ok()) {
        return InvalidArgumentError("\"" + entry +
                                    "\": expected the name of a host, \".name\" for all below it, "
                                    "an address, or a range of "
                                    "addresses such as 10.1.0.0/16");
      }
      guard.hosts_.push_back(*host);
    }
    return guard;
  }

  Status Check(const std::string& host, const IpAddress& address) const {
    if (IsPublicAddress(address)) return OkStatus();
    for (const IpRange& range : ranges_) {
      if (range.Contains(address)) return OkStatus();
    }
    for (const std::string& name : hosts_) {
      if (host == name || (name.starts_with('.') && host.ends_with(name))) return OkStatus();
    }
    const std::string text = address.ToString();
    return FailedPreconditionError((host == text ? "" : "its host is at ") + text +
                                   (host == text ? " is" : ", which is") +
                                   " no address of the public Internet (web.allow lists the "
                                   "hosts and ranges that may be read all the same)");
  }

 private:
  std::vector<std::string> hosts_;
  std::vector<IpRange> ranges_;
};

std::string HttpFieldOf(const model::HttpResponse& response, std::string_view name) {
  const std::string* field = model::FindHttpHeader(response.headers, name);
  return field == nullptr || field->size() > kMaxHttpField ? "" : *field;
}

mime::Value ContentTypeOf(const model::HttpResponse& response) {
  mime::Entity entity;
  const std::string type = HttpFieldOf(response, "Content-Type");
  if (type.empty()) return {};
  entity.fields.emplace_back("content-type", type);
  return entity.Type();
}

// Takes off what the sender has packed the page in.
Status UnpackBody(const std::string& coding, uint64_t limit, bool cut, std::string& body) {
  if (coding.empty() || EqualsIgnoringCase(coding, "identity")) return OkStatus();
  if (!EqualsIgnoringCase(coding, "gzip") && !EqualsIgnoringCase(coding, "x-gzip")) {
    return UnavailableError("packed by \"" + coding + "\": expected gzip or nothing");
  }
  ParseBudget budget(body.size());
  GzipReader reader(body, &budget);
  std::string unpacked;
  const Status read = reader.Read(limit + 1, &unpacked);
  // Of a page that is cut the end is missing.
  if (!read.ok() && !(cut && !unpacked.empty())) return UnavailableError(read.message());
  if (unpacked.size() > limit && !cut) {
    return ResourceExhaustedError("more than " + std::to_string(limit) +
                                  " bytes unpacked (web.page_bytes)");
  }
  unpacked.resize(std::min<uint64_t>(unpacked.size(), limit));
  body = std::move(unpacked);
  return OkStatus();
}

// Text in the charset that the answer says, unless it is UTF-8 already.
void ConvertText(const mime::Value& type, std::string& body) {
  const std::string_view charset = type.Parameter("charset");
  if (charset.empty() || !(type.value.starts_with("text/") || type.value.ends_with("+xml"))) return;
  if (IsValidUtf8(body)) return;
  if (std::optional<std::string> text = ConvertToUtf8(body, charset)) body = *std::move(text);
}

}  // namespace

Result<std::unique_ptr<WebFetcher>> WebFetcher::Create(WebOptions options,
                                                       model::HttpClientOptions http) {
  QUARRY_ASSIGN_OR_RETURN(AddressGuard guard, AddressGuard::Create(options.allow));
  http.filter = [guard = std::move(guard)](const std::string& host, const IpAddress& address) {
    return guard.Check(host, address);
  };
  return std::unique_ptr<WebFetcher>(new WebFetcher(std::move(options), std::move(http)));
}

WebFetcher::WebFetcher(WebOptions options, model::HttpClientOptions http)
    : options_(std::move(options)), http_(std::move(http)) {}

Status WebFetcher::CheckTarget(const model::Url& url) const {
  if (!url.user_info.empty()) {
    return InvalidArgumentError("a name and password stand in it, which are never sent");
  }
  if (std::find(options_.ports.begin(), options_.ports.end(), url.port) == options_.ports.end()) {
    return InvalidArgumentError("port " + std::to_string(url.port) +
                                " is none of those that pages are read from (web.ports)");
  }
  return OkStatus();
}

Result<WebPage> WebFetcher::FetchOne(const WebRequest& request, const model::Url& url,
                                     const CallContext& context) const {
  QUARRY_RETURN_IF_ERROR(CheckTarget(url));
  const uint64_t limit = request.cut_at != 0 ? request.cut_at : options_.page_bytes;
  model::HttpRequest sent{
      .url = UrlText(url),
      .headers = {{"Accept", "text/html, text/*;q=0.9, */*;q=0.8"}, {"Accept-Encoding", "gzip"}}};
  if (!request.etag.empty()) sent.headers.emplace_back("If-None-Match", request.etag);
  if (!request.last_modified.empty()) {
    sent.headers.emplace_back("If-Modified-Since", request.last_modified);
  }
  sent.limits.connect = std::min(sent.limits.connect, options_.page_time);
  sent.limits.body_bytes = limit + kErrorBytes;  // of a page the sink counts, with a message

  WebPage page{.url = UrlText(url)};
  model::HttpResponse answer;
  mime::Value type;
  bool is_cut = false;
  model::HttpSink sink;
  sink.head = [&](const model::HttpResponse& head) -> Status {
    answer = head;
    type = ContentTypeOf(head);
    if (!StartsWithAny(type.value, kWithoutText)) return OkStatus();
    return InvalidArgumentError("it is " + type.value + ": expected a page or document");
  };
  sink.body = [&](std::string_view piece) -> Status {
    page.body += piece;
    if (page.body.size() <= limit) return OkStatus();
    is_cut = request.cut_at != 0;
    return ResourceExhaustedError("more than " + std::to_string(limit) + " bytes (web.page_bytes)");
  };
  Result<model::HttpResponse> response = http_.Send(sent, sink, context);
  if (response.ok()) {
    answer = *std::move(response);
  } else if (is_cut) {
    page.body.resize(limit);
  } else {
    // The client's message begins with the method and the URL; whoever calls says the URL.
    std::string message = response.status().message();
    const std::string place = "GET " + url.Shown() + ": ";
    if (message.starts_with(place)) message.erase(0, place.size());
    return Status(response.status().code(), std::move(message));
  }
  page.status = answer.status;
  page.media_type = type.value;
  page.etag = HttpFieldOf(answer, "ETag");
  page.last_modified = HttpFieldOf(answer, "Last-Modified");
  page.robots = HttpFieldOf(answer, "X-Robots-Tag");
  const std::string location = HttpFieldOf(answer, "Location");
  if (model::IsRedirect(page.status) && !location.empty()) {
    QUARRY_ASSIGN_OR_RETURN(const model::Url to, ResolveLink(url, location));
    if (!to.user_info.empty()) {
      return InvalidArgumentError("its redirect: a name and password stand in it");
    }
    page.location = UrlText(to);
  }
  if (!page.IsSuccess()) return page;
  QUARRY_RETURN_IF_ERROR(
      UnpackBody(HttpFieldOf(answer, "Content-Encoding"), limit, request.cut_at != 0, page.body));
  ConvertText(type, page.body);
  return page;
}

Result<WebPage> WebFetcher::Fetch(const WebRequest& request, const CallContext& context) const {
  QUARRY_ASSIGN_OR_RETURN(model::Url url, WebUrl(request.url));
  const std::string first = url.Shown();
  CallContext own = context;
  own.trace = nullptr;
  own.deadline = std::min(context.deadline, CallContext::Clock::now() + options_.page_time);
  for (uint32_t redirects = 0;; ++redirects) {
    Result<WebPage> page = FetchOne(request, url, own);
    if (!page.ok()) {
      QUARRY_RETURN_IF_ERROR(context.Check());
      if (page.status().code() == Code::kDeadlineExceeded) {
        return UnavailableError(url.Shown() + ": no whole page within " +
                                std::to_string(options_.page_time.count()) + " ms");
      }
      return std::move(page).status().Annotate(url.Shown());
    }
    if (request.stay || page->location.empty()) return page;
    if (redirects == options_.redirects) {
      return UnavailableError(first + ": more than " + std::to_string(options_.redirects) +
                              " redirects");
    }
    QUARRY_ASSIGN_OR_RETURN(model::Url next, WebUrl(page->location));
    if (url.tls && !next.tls) {
      return UnavailableError(url.Shown() + ": its redirect leads from https to " + next.Origin());
    }
    url = std::move(next);
  }
}

SourceInfo SourceInfoOf(const WebPage& page) {
  SourceInfo info{.id = page.url, .path = page.url, .uri = page.url};
  // "list.php" is no program if its sender calls it a page.
  if (page.media_type == "text/html" || page.media_type == "application/xhtml+xml") {
    info.format = Format::kHtml;
  }
  return info;
}

}  // namespace quarry::ingest
