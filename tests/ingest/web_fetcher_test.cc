#include "ingest/web_fetcher.h"

#include <dlfcn.h>
#include <netdb.h>

#include <atomic>
#include <cstring>
#include <map>
#include <mutex>

#include "tests/testing/http_upstream.h"
#include "tests/testing/package_testing.h"

// A resolver whose answers a test decides: names ending with ".lying" have, one call after the other,
// the addresses that stand in the name ("127-0-0-2.127-0-0-1.lying").
namespace {

std::mutex resolver_mutex;
std::map<std::string, int> resolver_calls;  // guarded by resolver_mutex

int CallsFor(const std::string& name) {
  const std::lock_guard lock(resolver_mutex);
  return resolver_calls[name];
}

}  // namespace

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** found) {
  using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto real = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getaddrinfo"));
  std::string name = node == nullptr ? "" : node;
  const bool numeric_only = hints != nullptr && (hints->ai_flags & AI_NUMERICHOST) != 0;
  if (!name.ends_with(".lying") || numeric_only) return real(node, service, hints, found);
  int call = 0;
  {
    const std::lock_guard lock(resolver_mutex);
    call = resolver_calls[name]++;
  }
  std::string rest = name;
  for (; call > 0 && rest.find('.') != rest.rfind('.'); --call) rest.erase(0, rest.find('.') + 1);
  std::string address = rest.substr(0, rest.find('.'));
  for (char& c : address) c = c == '-' ? '.' : c;
  return real(address.c_str(), service, hints, found);
}

namespace quarry::ingest {
namespace {

using quarry::testing::HttpUpstream;
using quarry::testing::UpstreamCall;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;
using namespace std::chrono_literals;

constexpr const char* kNotPublic = "no address of the public Internet";

WebOptions OptionsFor(const HttpUpstream& upstream, std::vector<std::string> allow) {
  WebOptions options;
  options.allow = std::move(allow);
  options.ports = {upstream.port()};
  return options;
}

Result<WebPage> Fetch(const WebOptions& options, const WebRequest& request,
                      const CallContext& context = CallContext::WithTimeout(10s)) {
  QUARRY_ASSIGN_OR_RETURN(const std::unique_ptr<WebFetcher> fetcher,
                          WebFetcher::Create(options, {}));
  return fetcher->Fetch(request, context);
}

std::string UrlAt(const std::string& host, const HttpUpstream& upstream,
                  const std::string& path = "/") {
  return "http://" + host + ":" + std::to_string(upstream.port()) + path;
}

TEST(WebFetcherTest, APageComesWithWhatItsSenderSays) {
  HttpUpstream upstream([](UpstreamCall& call) {
    call.Reply(200, "<h1>Pump</h1>",
               "Content-Type: Text/HTML; charset=utf-8\r\nETag: \"v1\"\r\nLast-Modified: Mon, 01 "
               "Jan 2024 00:00:00 GMT\r\nX-Robots-Tag: noindex\r\nSet-Cookie: a=b\r\n");
  });
  const WebPage page =
      Fetch(OptionsFor(upstream, {"127.0.0.0/8"}),
            {.url = upstream.url() + "/a/../b?q=1#c", .etag = "\"v0\"", .last_modified = "then"})
          .value();
  EXPECT_EQ(page.url, upstream.url() + "/b?q=1");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.media_type, "text/html");
  EXPECT_EQ(page.etag, "\"v1\"");
  EXPECT_EQ(page.last_modified, "Mon, 01 Jan 2024 00:00:00 GMT");
  EXPECT_EQ(page.robots, "noindex");
  EXPECT_EQ(page.body, "<h1>Pump</h1>");
  EXPECT_EQ(SourceInfoOf(page).format, Format::kHtml);
  const quarry::testing::UpstreamRequest sent = upstream.requests().at(0);
  EXPECT_EQ(sent.target, "/b?q=1");
  EXPECT_EQ(sent.Header("if-none-match"), "\"v0\"");
  EXPECT_EQ(sent.Header("if-modified-since"), "then");
  EXPECT_EQ(sent.Header("accept-encoding"), "gzip");
  EXPECT_EQ(sent.Header("user-agent"), "quarry");
  EXPECT_EQ(sent.Header("cookie"), "");
}

TEST(WebFetcherTest, NothingThatIsNotPublicIsConnectedTo) {
  HttpUpstream upstream([](UpstreamCall& call) { call.Reply(200, "secret"); });
  for (const char* host : {"127.0.0.1",
                           "localhost",
                           "2130706433",
                           "0177.0.0.1",
                           "0x7f.1",
                           "127.1",
                           "0",
                           "0.0.0.0",
                           "[::1]",
                           "[::]",
                           "[::ffff:127.0.0.1]",
                           "[::ffff:7f00:1]",
                           "[64:ff9b::7f00:1]",
                           "[2002:7f00:1::]",
                           "10.0.0.1",
                           "172.16.0.1",
                           "192.168.0.1",
                           "169.254.169.254",
                           "100.64.0.1",
                           "224.0.0.1",
                           "[fe80::1]",
                           "[fc00::1]",
                           "[ff02::1]",
                           "①②⑦.0.0.1",
                           "127-0-0-1.lying"}) {
    const Status status = Fetch(OptionsFor(upstream, {}), {.url = UrlAt(host, upstream)}).status();
    EXPECT_EQ(status.code(), Code::kFailedPrecondition) << host << ' ' << status.ToString();
    EXPECT_THAT(status.message(), AllOf(StartsWith("http://"), HasSubstr(kNotPublic))) << host;
  }
  EXPECT_EQ(upstream.connections(), 0u);
}

TEST(WebFetcherTest, WhatIsAllowedByNameOrRangeIsReached) {
  HttpUpstream upstream([](UpstreamCall& call) { call.Reply(200, "intranet"); });
  const auto status = [&](const char* host, std::vector<std::string> allow) {
    return Fetch(OptionsFor(upstream, std::move(allow)), {.url = UrlAt(host, upstream)}).status();
  };
  EXPECT_TRUE(status("127.0.0.1", {"127.0.0.1"}).ok());
  EXPECT_TRUE(status("127.0.0.1", {"10.0.0.0/8", "127.0.0.0/8"}).ok());
  EXPECT_TRUE(status("LocalHost", {"localhost"}).ok());
  EXPECT_TRUE(status("127-0-0-1.x1.lying", {".lying"}).ok());
  EXPECT_THAT(status("127-0-0-1.x2.lying", {"lying"}).message(), HasSubstr(kNotPublic));
  EXPECT_THAT(status("127-0-0-1.x3.lying", {".x.lying"}).message(), HasSubstr(kNotPublic));
  // Another way to write an address is another address.
  EXPECT_THAT(status("[::ffff:127.0.0.1]", {"127.0.0.0/8"}).message(), HasSubstr(kNotPublic));
  for (const char* wrong : {"", "http://a", "a b", "10.0.0.0/40", "a/b"}) {
    EXPECT_THAT(status("127.0.0.1", {wrong}).message(), HasSubstr("expected the name of a host"));
  }
}

TEST(WebFetcherTest, ANameIsResolvedOnceAndThatAddressIsTheOneConnectedTo) {
  HttpUpstream upstream([](UpstreamCall& call) { call.Reply(200, "rebound"); });
  // Allowed is where nobody listens; a second look-up would lead to the upstream.
  const std::string host = "127-0-0-2.127-0-0-1.lying";
  const auto fetcher = WebFetcher::Create(OptionsFor(upstream, {"127.0.0.2"}), {}).value();
  const WebRequest request{.url = UrlAt(host, upstream)};
  Status status = fetcher->Fetch(request, CallContext::WithTimeout(10s)).status();
  EXPECT_THAT(status.message(), HasSubstr("Connection refused"));
  EXPECT_EQ(CallsFor(host), 1);
  // The next request asks anew, and judges anew.
  status = fetcher->Fetch(request, CallContext::WithTimeout(10s)).status();
  EXPECT_THAT(status.message(), HasSubstr("its host is at 127.0.0.1, which is no address"));
  EXPECT_EQ(CallsFor(host), 2);
  EXPECT_EQ(upstream.connections(), 0u);
}

TEST(WebFetcherTest, EachRedirectIsJudged) {
  const std::map<std::string, std::string> redirects = {
      {"/metadata", "http://169.254.169.254/latest"},
      {"/six", "http://[::1]:PORT/"},
      {"/mapped", "http://[::ffff:127.0.0.1]:PORT/"},
      {"/name", "http://127-0-0-9.lying:PORT/"},
      {"/decimal", "//2130706434:PORT/"},
      {"/port", "http://127.0.0.1:22/"},
      {"/file", "file:///etc/passwd"},
      {"/login", "http://me:pw@127.0.0.1:PORT/"}};
  HttpUpstream upstream([&](UpstreamCall& call) {
    std::string to = redirects.at(call.request().target);
    const size_t port = to.find("PORT");
    const std::string host = call.request().Header("host");
    if (port != std::string::npos) to.replace(port, 4, host.substr(host.find(':') + 1));
    call.Reply(302, "", "Location: " + to + "\r\n");
  });
  const WebOptions options = [&] {
    WebOptions made = OptionsFor(upstream, {"127.0.0.1"});
    made.ports.push_back(80);
    return made;
  }();
  for (const auto& [path, to] : redirects) {
    const Status status = Fetch(options, {.url = upstream.url() + path}).status();
    const char* expected = path == "/port"    ? "port 22 is none of those"
                           : path == "/file"  ? "\"file:\": expected http or https"
                           : path == "/login" ? "a name and password stand in it"
                                              : kNotPublic;
    EXPECT_THAT(status.message(), HasSubstr(expected)) << path;
  }
  EXPECT_THAT(upstream.requests(), SizeIs(redirects.size()));
}

TEST(WebFetcherTest, RedirectsEnd) {
  HttpUpstream upstream([&](UpstreamCall& call) {
    const std::string& target = call.request().target;
    if (target == "/end") return call.Reply(200, "there");
    const bool is_loop = target == "/loop";
    const int step = is_loop ? 0 : std::atoi(target.c_str() + 1);
    call.Reply(301, "",
               "Location: " +
                   (is_loop     ? "/loop"
                    : step == 0 ? "/end"
                                : std::to_string(step - 1)) +
                   "\r\n");
  });
  const WebOptions options = OptionsFor(upstream, {"127.0.0.1"});
  EXPECT_EQ(Fetch(options, {.url = upstream.url() + "/4"}).value().body, "there");
  EXPECT_EQ(Fetch(options, {.url = upstream.url() + "/4"}).value().url, upstream.url() + "/end");
  EXPECT_THAT(Fetch(options, {.url = upstream.url() + "/5"}).status().message(),
              StartsWith(upstream.url() + "/5: more than 5 redirects"));
  EXPECT_THAT(Fetch(options, {.url = upstream.url() + "/loop"}).status().message(),
              HasSubstr("more than 5 redirects"));
  const WebPage stayed = Fetch(options, {.url = upstream.url() + "/2", .stay = true}).value();
  EXPECT_EQ(stayed.status, 301);
  EXPECT_EQ(stayed.location, upstream.url() + "/1");
}

TEST(WebFetcherTest, LongAndEndlessPagesAreNotTaken) {
  std::atomic<bool> ended = false;
  HttpUpstream upstream([&](UpstreamCall& call) {
    const std::string& target = call.request().target;
    if (target == "/long") return call.Reply(200, std::string(2000, 'x'));
    if (target == "/error") {
      call.Write("HTTP/1.1 500 Error\r\n\r\n");
      while (call.Write(std::string(4096, 'x'))) {
      }
    } else if (target == "/slow") {
      call.BeginChunks("text/plain");
      while (call.Chunk("x")) std::this_thread::sleep_for(5ms);
    } else {
      call.BeginChunks("text/plain");
      while (call.Chunk(std::string(4096, 'x'))) {
      }
    }
    ended = true;
    call.Close();
  });
  WebOptions options = OptionsFor(upstream, {"127.0.0.1"});
  options.page_bytes = 1000;
  options.page_time = 300ms;
  const auto message = [&](const char* path) {
    return Fetch(options, {.url = upstream.url() + path}).status().message();
  };
  EXPECT_THAT(message("/long"), HasSubstr("/long: more than 1000 bytes (web.page_bytes)"));
  EXPECT_THAT(message("/endless"), HasSubstr("more than 1000 bytes"));
  EXPECT_THAT(message("/error"), HasSubstr("an answer of more than"));
  EXPECT_THAT(message("/slow"), HasSubstr("/slow: no whole page within 300 ms"));
  // The beginning, where that is enough.
  const WebPage cut = Fetch(options, {.url = upstream.url() + "/endless", .cut_at = 5000}).value();
  EXPECT_EQ(cut.body, std::string(5000, 'x'));
  EXPECT_TRUE(cut.IsSuccess());
}

TEST(WebFetcherTest, PackedPagesAreUnpackedUnderTheSameLimit) {
  const std::string bomb = quarry::testing::MakeGzip(std::string(50 << 20, '0'));
  const std::string text = quarry::testing::MakeGzip("<p>阀门 valve</p>");
  HttpUpstream upstream([&](UpstreamCall& call) {
    const std::string& target = call.request().target;
    if (target == "/bomb") return call.Reply(200, bomb, "Content-Encoding: gzip\r\n");
    if (target == "/text") return call.Reply(200, text, "Content-Encoding: gzip\r\n");
    if (target == "/half") {
      return call.Reply(200, text.substr(0, 20), "Content-Encoding: gzip\r\n");
    }
    if (target == "/brotli") return call.Reply(200, "x", "Content-Encoding: br\r\n");
    call.Reply(200, "plain", "Content-Encoding: gzip\r\n");
  });
  const WebOptions options = OptionsFor(upstream, {"127.0.0.1"});
  const auto message = [&](const char* path) {
    return Fetch(options, {.url = upstream.url() + path}).status().message();
  };
  EXPECT_EQ(Fetch(options, {.url = upstream.url() + "/text"}).value().body, "<p>阀门 valve</p>");
  EXPECT_THAT(message("/bomb"), HasSubstr("100 times"));
  EXPECT_THAT(message("/half"), HasSubstr("cut off at byte 20"));
  EXPECT_THAT(message("/plain"), HasSubstr("not gzip"));
  EXPECT_THAT(message("/brotli"), HasSubstr("packed by \"br\": expected gzip or nothing"));
}

TEST(WebFetcherTest, TextInAnotherCharsetIsReadAsItsSenderSays) {
  HttpUpstream upstream([](UpstreamCall& call) {
    const bool is_page = call.request().target == "/page";
    call.Reply(200, "\xB7\xA7\xC3\xC5",
               is_page ? "Content-Type: text/html; charset=GB2312\r\n"
                       : "Content-Type: application/octet-stream; charset=GB2312\r\n");
  });
  const WebOptions options = OptionsFor(upstream, {"127.0.0.1"});
  EXPECT_EQ(Fetch(options, {.url = upstream.url() + "/page"}).value().body, "阀门");
  EXPECT_EQ(Fetch(options, {.url = upstream.url() + "/file"}).value().body, "\xB7\xA7\xC3\xC5");
}

TEST(WebFetcherTest, WhatHasNoTextIsNotFetched) {
  HttpUpstream upstream([](UpstreamCall& call) {
    call.Write("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n");
    while (call.Write(std::string(4096, 'x'))) {
    }
    call.Close();
  });
  const Status status =
      Fetch(OptionsFor(upstream, {"127.0.0.1"}), {.url = upstream.url() + "/a.png"}).status();
  EXPECT_EQ(status.code(), Code::kInvalidArgument);
  EXPECT_EQ(status.message(),
            upstream.url() + "/a.png: it is image/png: expected a page or document");
}

TEST(WebFetcherTest, HttpsIsVerifiedAndNotLeft) {
  const quarry::testing::TestAuthority authority;
  HttpUpstream plain([](UpstreamCall& call) { call.Reply(200, "plain"); });
  HttpUpstream upstream(
      [&](UpstreamCall& call) {
        if (call.request().target == "/") return call.Reply(200, "safe");
        call.Reply(302, "", "Location: " + plain.url() + "/\r\n");
      },
      &authority);
  WebOptions options = OptionsFor(upstream, {"127.0.0.1"});
  options.ports.push_back(plain.port());
  EXPECT_THAT(Fetch(options, {.url = upstream.url()}).status().message(), HasSubstr("certificate"));
  const auto fetcher = WebFetcher::Create(options, {.ca_file = authority.ca_file()}).value();
  const CallContext context = CallContext::WithTimeout(10s);
  EXPECT_EQ(fetcher->Fetch({.url = upstream.url()}, context).value().body, "safe");
  EXPECT_THAT(fetcher->Fetch({.url = upstream.url() + "/down"}, context).status().message(),
              HasSubstr("its redirect leads from https to http://"));
  EXPECT_THAT(plain.requests(), IsEmpty());
}

TEST(WebFetcherTest, ProxiesAreNotUsedAndCancellingIsHeard) {
  HttpUpstream proxy([](UpstreamCall& call) { call.Reply(200, "by proxy"); });
  quarry::testing::Gate gate;
  HttpUpstream upstream([&](UpstreamCall& call) {
    if (call.request().target == "/wait") gate.Wait();
    call.Reply(200, "direct");
  });
  model::HttpClientOptions http;
  http.proxy.http = model::ParseUrl(proxy.url()).value();
  WebOptions options = OptionsFor(upstream, {"localhost"});
  const auto fetcher = WebFetcher::Create(options, http).value();
  EXPECT_EQ(fetcher->Fetch({.url = UrlAt("localhost", upstream)}, CallContext()).value().body,
            "direct");
  EXPECT_THAT(proxy.requests(), IsEmpty());
  CallContext context;
  context.cancel.Cancel();
  EXPECT_EQ(fetcher->Fetch({.url = UrlAt("localhost", upstream)}, context).status().code(),
            Code::kCancelled);
  EXPECT_EQ(
      fetcher->Fetch({.url = UrlAt("localhost", upstream, "/wait")}, CallContext::WithTimeout(50ms))
          .status()
          .code(),
      Code::kDeadlineExceeded);
  gate.Open();
}

}  // namespace
}  // namespace quarry::ingest
