#pragma once

// WebFetcher: one page of the web at a time, from wherever an untrusted link leads and not into the
// network that this program stands in.
//
//   QUARRY_ASSIGN_OR_RETURN(const auto fetcher, WebFetcher::Create(options, {.ca_file = ...}));
//   QUARRY_ASSIGN_OR_RETURN(const WebPage page, fetcher->Fetch({.url = link}, context));
//   if (page.IsSuccess()) ParseSource(page.body, SourceInfoOf(page));
//
// What holds for every request, that of each redirect included:
//   * http and https alone, to a port of WebOptions::ports, without user info in the URL;
//   * only to addresses of the public Internet (IsPublicAddress), or to what WebOptions::allow names.
//     The address is judged that is then connected to: a name is resolved once, so it cannot answer
//     with another address later (DNS rebinding). Proxies are not used: they resolve by themselves;
//   * no cookies, no credentials, certificates verified;
//   * time and bytes are bounded, those of compressed content as they are unpacked.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/call_context.h"
#include "base/status.h"
#include "ingest/parser.h"
#include "model/http_client.h"
#include "model/url.h"

namespace quarry::ingest {

struct WebOptions {
  // What may be reached though it is not public: names of hosts ("wiki.corp", and with all below it
  // ".corp.example"), whatever they resolve to; addresses and ranges ("10.1.0.0/16", "fd00::/8").
  std::vector<std::string> allow;
  std::vector<uint16_t> ports = {80, 443};
  uint64_t page_bytes = 16u << 20;  // sent, and unpacked; of a larger page nothing is kept
  std::chrono::milliseconds page_time{30'000};  // of a page with all its redirects
  uint32_t redirects = 5;
};

struct WebRequest {
  std::string url;
  // As the page had them when it was last fetched; the answer is 304 if it is still that one.
  std::string etag = {};
  std::string last_modified = {};
  // An answer 3xx is returned and not followed.
  bool stay = false;
  // Keeps the first so many bytes of a longer page; 0 = a page longer than page_bytes is an error.
  uint64_t cut_at = 0;
};

struct WebPage {
  std::string url;  // that answered, normalised (web_url.h)
  int status = 0;
  std::string location;    // where an answer 3xx leads, normalised; "" if nowhere
  std::string media_type;  // "text/html", in lower case; "" if it is not said
  std::string etag;
  std::string last_modified;
  std::string robots;  // X-Robots-Tag
  std::string body;    // of 2xx, unpacked; text whose charset the answer says, as UTF-8

  bool IsSuccess() const { return model::IsSuccess(status); }
  bool IsGone() const { return status == 404 || status == 410; }
};

// Thread-safe.
class WebFetcher {
 public:
  // Of `http` the proxy is not used. kInvalidArgument for an entry of `allow` that is neither name
  // nor range.
  static Result<std::unique_ptr<WebFetcher>> Create(WebOptions options,
                                                    model::HttpClientOptions http);

  // Any status of HTTP is a page. Errors begin with the URL that failed, without its query:
  //   kInvalidArgument     no URL of http or https, another port; nothing that has text (a picture,
  //                        a film, a style sheet, by its media type)
  //   kResourceExhausted   too long
  //   kFailedPrecondition  the address is not public
  //   kUnavailable         no connection, no answer in time, no HTTP, wrongly packed, too many
  //                        redirects
  //   kCancelled, kDeadlineExceeded   of the call
  Result<WebPage> Fetch(const WebRequest& request, const CallContext& context) const;

  const WebOptions& options() const { return options_; }

 private:
  WebFetcher(WebOptions options, model::HttpClientOptions http);
  Status CheckTarget(const model::Url& url) const;
  Result<WebPage> FetchOne(const WebRequest& request, const model::Url& url,
                           const CallContext& context) const;

  const WebOptions options_;
  const model::HttpClient http_;
};

// What ParseSource is to know of a page: its URL is id and uri.
SourceInfo SourceInfoOf(const WebPage& page);

}  // namespace quarry::ingest
