#include "model/http_client.h"

#include <dirent.h>

#include <atomic>
#include <thread>

#include "model/proxy.h"
#include "model/url.h"
#include "tests/testing/http_upstream.h"

namespace quarry::model {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::HttpUpstream;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;
using testing::TestAuthority;
using testing::UpstreamCall;
using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

void Echo(UpstreamCall& call) {
  call.Reply(200, call.request().method + ' ' + call.request().target + ' ' + call.request().body);
}

Result<HttpResponse> Get(const HttpClient& client, const std::string& url,
                         const CallContext& context = CallContext::WithTimeout(10s)) {
  return client.Send({.url = url}, {}, context);
}

size_t CountEntries(const char* directory) {
  DIR* open = ::opendir(directory);
  size_t count = 0;
  while (::readdir(open) != nullptr) ++count;
  ::closedir(open);
  return count;
}

TEST(UrlTest, HoldsWhatIsSentAndShowsNoSecret) {
  const Url url = ParseUrl("HTTPS://me:s%40crET@Example.org:8443/v1/x?key=abc#part").value();
  EXPECT_TRUE(url.tls);
  EXPECT_EQ(url.host, "example.org");
  EXPECT_EQ(url.port, 8443);
  EXPECT_EQ(url.target, "/v1/x?key=abc");
  EXPECT_EQ(url.Credentials(), "me:s@crET");
  EXPECT_EQ(url.Shown(), "https://example.org:8443/v1/x");
  EXPECT_EQ(ParseUrl("http://[::1]?q").value().Shown(), "http://[::1]/");
  EXPECT_EQ(ParseUrl("http://a:80").value().Authority(), "a");
  EXPECT_EQ(JoinUrl("https://a/v1/?x=1#m", "/embeddings"), "https://a/v1/embeddings?x=1");
}

TEST(UrlTest, RefusesWhatIsNone) {
  const auto message = [](const char* text) { return ParseUrl(text).status().message(); };
  EXPECT_THAT(message("ftp://a"), HasSubstr("begins with neither http:// nor https://"));
  EXPECT_THAT(message("http:///path"), HasSubstr("its host is missing"));
  EXPECT_THAT(message("http://a:99999/"), HasSubstr("the port of host a is no number"));
  EXPECT_THAT(message("http://a:0/"), HasSubstr("the port of host a is no number"));
  EXPECT_THAT(message("http://me:secret/@a"), Not(HasSubstr("secret")));
  EXPECT_THAT(message("http://[::1]secret"), Not(HasSubstr("secret")));
  EXPECT_THAT(message("http://a b/"), HasSubstr("its host holds white space"));
  EXPECT_THAT(message("http://a\\b/"), HasSubstr("its host holds a character that no name has"));
  EXPECT_THAT(message("http://%61/"), HasSubstr("its host holds a character that no name has"));
  EXPECT_THAT(message("http://[[a]/"), HasSubstr("no IPv6 address stands between"));
  EXPECT_THAT(message("http://[127.0.0.1]/"), HasSubstr("no IPv6 address stands between"));
  EXPECT_THAT(message("http://a/b c"), HasSubstr("white space or a control character"));
  EXPECT_THAT(message("http://me:secret@:80/"), Not(HasSubstr("secret")));
}

TEST(UrlTest, ReferencesAreReadWhereTheyStand) {
  const Url base = ParseUrl("https://a.org/x/y?q").value();
  EXPECT_EQ(ResolveUrl(base, "z").value().Shown(), "https://a.org/x/z");
  EXPECT_EQ(ResolveUrl(base, "/z").value().Shown(), "https://a.org/z");
  EXPECT_EQ(ResolveUrl(base, "//b.org/z").value().Shown(), "https://b.org/z");
  EXPECT_EQ(ResolveUrl(base, "../../w/./v/").value().Shown(), "https://a.org/w/v/");
  EXPECT_EQ(ResolveUrl(base, "?p").value().target, "/x/y?p");
  EXPECT_EQ(ResolveUrl(base, "#part").value().target, "/x/y?q");
  EXPECT_EQ(ResolveUrl(base, "http://c.org").value().Shown(), "http://c.org/");
}

TEST(ProxyTest, VariablesChooseTheProxyAndNoProxyLeavesOut) {
  const ProxySettings settings =
      ProxyFromEnvironment({{"HTTPS_PROXY", "http://me:pw@proxy:3128"},
                            {"HTTP_PROXY", "other:8080"},
                            {"http_proxy", "small:8080"},
                            {"NO_PROXY", "internal.org, .corp,10.0.0.1,only:8443"}})
          .value();
  const auto host = [&](const char* url) {
    const Url* proxy = settings.For(ParseUrl(url).value());
    return proxy == nullptr ? "" : proxy->host;
  };
  EXPECT_EQ(host("https://example.org/"), "proxy");
  EXPECT_EQ(host("http://example.org/"), "small");
  EXPECT_EQ(host("https://internal.org/"), "");
  EXPECT_EQ(host("https://api.internal.org/"), "");
  EXPECT_EQ(host("https://notinternal.org/"), "proxy");
  EXPECT_EQ(host("https://x.corp/"), "");
  EXPECT_EQ(host("https://10.0.0.1/"), "");
  EXPECT_EQ(host("https://only:8443/"), "");
  EXPECT_EQ(host("https://only/"), "proxy");
  EXPECT_EQ(host("http://127.0.0.1:1/"), "");
  EXPECT_EQ(ProxyFromEnvironment({{"ALL_PROXY", "p:1"}, {"NO_PROXY", "*"}})
                .value()
                .For(ParseUrl("http://a/").value()),
            nullptr);
  EXPECT_THAT(ProxyFromEnvironment({{"HTTPS_PROXY", "https://p"}}).status().message(),
              StartsWith("HTTPS_PROXY: a proxy that is spoken to by https is not supported"));
}

TEST(HttpClientTest, SendsAndReceives) {
  HttpUpstream upstream(Echo);
  const HttpClient client({});
  const HttpResponse response = client
                                    .Send({.method = "POST",
                                           .url = upstream.url() + "/v1?a=b",
                                           .headers = {{"Authorization", "Bearer k"}},
                                           .body = "hello"},
                                          {}, CallContext::WithTimeout(10s))
                                    .value();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "POST /v1?a=b hello");
  EXPECT_EQ(upstream.requests().at(0).Header("authorization"), "Bearer k");
  EXPECT_EQ(upstream.requests().at(0).Header("host"),
            "127.0.0.1:" + std::to_string(upstream.port()));
}

TEST(HttpClientTest, AConnectionIsUsedAgain) {
  HttpUpstream upstream(Echo);
  const HttpClient client({});
  for (int i = 0; i < 5; ++i) ASSERT_EQ(Get(client, upstream.url()).value().status, 200);
  EXPECT_EQ(upstream.connections(), 1u);
  EXPECT_EQ(client.idle_connections(), 1u);
}

TEST(HttpClientTest, AKeptConnectionThatWasClosedIsReplacedWithoutAnError) {
  HttpUpstream upstream([](UpstreamCall& call) {
    // Promises to keep the connection and closes it when the second request comes.
    if (call.number() == 1) return call.Close();
    Echo(call);
  });
  const HttpClient client({});
  ASSERT_EQ(Get(client, upstream.url()).value().status, 200);
  EXPECT_EQ(Get(client, upstream.url() + "/again").value().body, "GET /again ");
  EXPECT_EQ(upstream.connections(), 2u);
}

// It may have had its effect already.
TEST(HttpClientTest, WhatAKeptConnectionMayHaveReadIsNotSentTwice) {
  std::atomic<bool> dies = false;
  testing::Gate gate;
  HttpUpstream upstream([&](UpstreamCall& call) {
    if (call.request().target == "/wait") gate.Wait();
    if (dies) return call.Close();
    Echo(call);
  });
  const HttpClient client({});
  // Two connections are kept.
  std::thread beside([&] { EXPECT_OK(Get(client, upstream.url() + "/wait").status()); });
  ASSERT_TRUE(testing::Eventually([&] { return upstream.requests().size() == 1; }));
  ASSERT_OK(Get(client, upstream.url()).status());
  gate.Open();
  beside.join();
  ASSERT_EQ(client.idle_connections(), 2u);
  for (const std::string method : {"POST", "PUT", "PATCH", "DELETE", "GET"}) {
    dies = false;
    ASSERT_OK(Get(client, upstream.url()).status());  // keeps a connection
    const size_t before = upstream.requests().size();
    dies = true;
    const Status status =
        client
            .Send(
                {.method = method, .url = upstream.url(), .body = "order", .once = method == "GET"},
                {}, CallContext::WithTimeout(10s))
            .status();
    EXPECT_EQ(status.code(), Code::kUnavailable) << method;
    EXPECT_THAT(status.message(), HasSubstr("it closed without an answer"));
    EXPECT_EQ(upstream.requests().size(), before + 1) << method;
    EXPECT_EQ(client.idle_connections(), 0u);
  }
}

TEST(HttpClientTest, APostPassesOverAConnectionThatWasClosedWhileItWasKept) {
  HttpUpstream upstream([](UpstreamCall& call) {
    Echo(call);
    call.Close();  // without having said so
  });
  const HttpClient client({});
  for (const std::string body : {"one", "two"}) {
    EXPECT_EQ(client
                  .Send({.method = "POST", .url = upstream.url(), .body = body}, {},
                        CallContext::WithTimeout(10s))
                  .value()
                  .body,
              "POST / " + body);
    std::this_thread::sleep_for(200ms);  // until its end is here
  }
  EXPECT_EQ(upstream.requests().size(), 2u);
  EXPECT_EQ(upstream.connections(), 2u);
}

TEST(HttpClientTest, AnswersOfEveryFramingAreRead) {
  const std::vector<std::string> answers = {
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n",
      "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: "
      "5\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello",
      "HTTP/1.0 200 OK\r\n\r\nhello",
  };
  for (const std::string& answer : answers) {
    // In one piece, and cut at every byte.
    for (size_t cut = 0; cut < answer.size(); ++cut) {
      HttpUpstream upstream([&](UpstreamCall& call) {
        call.Write(answer.substr(0, cut));
        call.Write(answer.substr(cut));
        call.Close();
      });
      const Result<HttpResponse> response = Get(HttpClient({}), upstream.url());
      ASSERT_TRUE(response.ok()) << cut << ' ' << response.status().ToString();
      ASSERT_EQ(response->body, "hello") << cut;
    }
  }
}

TEST(HttpClientTest, BrokenAnswersAreErrorsThatNameTheUrl) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "it closed without an answer"},
      {"SSH-2.0-OpenSSH_9\r\n\r\n", "its answer is not HTTP"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "its answer was cut off"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe", "its answer was cut off"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "its answer is not HTTP"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
       "its answer is not HTTP"},
      {"HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x') + "\r\n\r\n", "its answer is not HTTP"},
  };
  for (const auto& [bytes, message] : cases) {
    HttpUpstream upstream([&, answer = &bytes](UpstreamCall& call) {
      call.Write(*answer);
      call.Close();
    });
    const std::string url = upstream.url();
    const Status status = Get(HttpClient({}), url + "/v1?key=secret").status();
    EXPECT_EQ(status.code(), Code::kUnavailable);
    EXPECT_THAT(status.message(), StartsWith("GET " + url + "/v1: " + message));
  }
}

TEST(HttpClientTest, AResetIsAnError) {
  HttpUpstream upstream([](UpstreamCall& call) { call.Close(/*reset=*/true); });
  const Status status = Get(HttpClient({}), upstream.url()).status();
  EXPECT_EQ(status.code(), Code::kUnavailable);
  EXPECT_THAT(status.message(), HasSubstr("the connection was reset"));
}

TEST(HttpClientTest, NobodyListensIsAnError) {
  uint16_t port = 0;
  {
    HttpUpstream upstream(Echo);
    port = upstream.port();
  }
  const Status status = Get(HttpClient({}), "http://127.0.0.1:" + std::to_string(port)).status();
  EXPECT_EQ(status.code(), Code::kUnavailable);
  EXPECT_THAT(status.message(), HasSubstr("connect: Connection refused"));
}

TEST(HttpClientTest, AHostWithoutAddressIsAnError) {
  const Status status = Get(HttpClient({}), "http://no-such-host.invalid/").status();
  EXPECT_EQ(status.code(), Code::kUnavailable);
  EXPECT_THAT(status.message(), StartsWith("GET http://no-such-host.invalid/: "));
}

TEST(HttpClientTest, ASilentUpstreamIsGivenUp) {
  testing::Gate gate;
  HttpUpstream upstream([&](UpstreamCall& call) {
    if (call.request().target == "/gap") {
      call.BeginChunks("text/plain");
      call.Chunk("first");
    }
    gate.Wait();
  });
  const HttpClient client({});
  HttpRequest request{.url = upstream.url() + "/head"};
  request.limits.first_byte = 100ms;
  request.limits.gap = 150ms;
  Status status = client.Send(request, {}, {}).status();
  EXPECT_EQ(status.code(), Code::kUnavailable);
  EXPECT_THAT(status.message(), HasSubstr("/head: no answer within 100 ms"));
  request.url = upstream.url() + "/gap";
  status = client.Send(request, {}, {}).status();
  EXPECT_THAT(status.message(), HasSubstr("no further byte of the answer within 150 ms"));
  const Status late = Get(client, upstream.url(), CallContext::WithTimeout(80ms)).status();
  EXPECT_EQ(late.code(), Code::kDeadlineExceeded);
  gate.Open();
}

TEST(HttpClientTest, CancellingEndsTheCallAndTheUpstreamsWithin100Milliseconds) {
  std::atomic<bool> closed = false;
  testing::Gate arrived;
  SteadyClock::time_point seen;
  HttpUpstream upstream([&](UpstreamCall& call) {
    call.BeginChunks("text/event-stream");
    call.Chunk("data: x\n\n");
    arrived.Open();
    closed = call.ClientCloses(5s);
    seen = SteadyClock::now();
  });
  const HttpClient client({});
  CallContext context;
  SteadyClock::time_point cancelled;
  std::thread canceller([&] {
    arrived.Wait();
    std::this_thread::sleep_for(30ms);
    cancelled = SteadyClock::now();
    context.cancel.Cancel();
  });
  const Status status = Get(client, upstream.url(), context).status();
  const auto returned = SteadyClock::now();
  canceller.join();
  EXPECT_EQ(status.code(), Code::kCancelled);
  EXPECT_LT(returned - cancelled, 100ms);
  ASSERT_TRUE(testing::Eventually([&] { return closed.load(); }));
  EXPECT_LT(seen - cancelled, 100ms);
}

TEST(HttpClientTest, ASinkTakesTheBodyAsItComesAndMayEndTheCall) {
  testing::Gate gate;
  HttpUpstream upstream([&](UpstreamCall& call) {
    call.BeginChunks("text/plain");
    call.Chunk("one");
    gate.Wait();
    call.Chunk("two");
    call.EndChunks();
  });
  const HttpClient client({});
  std::string taken;
  int status = 0;
  const HttpSink sink{[&](const HttpResponse& head) {
                        status = head.status;
                        return OkStatus();
                      },
                      [&](std::string_view piece) {
                        taken += piece;
                        gate.Open();  // the rest comes only after the first piece was seen
                        return OkStatus();
                      }};
  const HttpResponse response =
      client.Send({.url = upstream.url()}, sink, CallContext::WithTimeout(10s)).value();
  EXPECT_EQ(taken, "onetwo");
  EXPECT_EQ(status, 200);
  EXPECT_EQ(response.body, "");
  const HttpSink refusing{nullptr, [](std::string_view) { return DataLossError("enough"); }};
  const Status ended =
      client.Send({.url = upstream.url()}, refusing, CallContext::WithTimeout(10s)).status();
  EXPECT_EQ(ended.code(), Code::kDataLoss);
  EXPECT_THAT(ended.message(), HasSubstr(": enough"));
}

TEST(HttpClientTest, TheBodyOfAnErrorGoesToNoSinkAndIsCut) {
  HttpUpstream upstream([](UpstreamCall& call) { call.Reply(500, std::string(100'000, 'e')); });
  const HttpSink sink{nullptr, [](std::string_view) { return InternalError("taken"); }};
  const HttpResponse response =
      HttpClient({}).Send({.url = upstream.url()}, sink, CallContext::WithTimeout(10s)).value();
  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(response.body, SizeIs(64 * 1024));
}

TEST(HttpClientTest, ALargeBodyIsRefused) {
  HttpUpstream upstream([](UpstreamCall& call) { call.Reply(200, std::string(2000, 'x')); });
  HttpRequest request{.url = upstream.url()};
  request.limits.body_bytes = 1000;
  const Status status = HttpClient({}).Send(request, {}, CallContext::WithTimeout(10s)).status();
  EXPECT_EQ(status.code(), Code::kResourceExhausted);
  EXPECT_THAT(status.message(), HasSubstr("an answer of more than 1000 bytes"));
}

// Answers with `head`, then with `more` until the client is gone.
HttpUpstream::Handler Endless(std::string head, std::string more) {
  return [head = std::move(head), more = std::move(more)](UpstreamCall& call) {
    const auto end = SteadyClock::now() + 20s;
    for (bool is_open = call.Write(head); is_open && SteadyClock::now() < end;) {
      is_open = call.Write(more);
    }
    call.Close();
  };
}

TEST(HttpClientTest, AnEndlessAnswerEnds) {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  struct Case {
    std::string head;
    std::string more;
    std::string message;
  };
  const std::vector<Case> cases = {
      {"", "HTTP/1.1 100 Continue\r\n\r\n", "more than 8 interim answers"},
      {chunked + "5;x=", std::string(4096, 'x'), "a line of more than 81920 bytes"},
      {chunked + "0\r\n", "X: y\r\n", "a line of more than 81920 bytes"},
      {chunked, "1;x=" + std::string(60'000, 'x') + "\r\ny\r\n", "an answer of more than "},
  };
  for (const Case& test : cases) {
    HttpUpstream upstream(Endless(test.head, test.more));
    HttpRequest request{.url = upstream.url()};
    request.limits.body_bytes = 100'000;
    const Status status = HttpClient({}).Send(request, {}, CallContext::WithTimeout(10s)).status();
    EXPECT_THAT(status.message(), HasSubstr(test.message));
  }
}

TEST(HttpClientTest, AnEndlessAnswerIsLeftWhenTheCallIsCancelled) {
  HttpUpstream upstream(Endless("HTTP/1.1 200 OK\r\n\r\n", std::string(65'536, 'x')));
  HttpRequest request{.url = upstream.url()};
  request.limits.body_bytes = UINT64_MAX;
  const HttpSink sink{nullptr, [](std::string_view) { return OkStatus(); }};
  const auto start = SteadyClock::now();
  EXPECT_EQ(HttpClient({}).Send(request, sink, CallContext::WithTimeout(100ms)).status().code(),
            Code::kDeadlineExceeded);
  EXPECT_LT(SteadyClock::now() - start, 2s);
}

TEST(HttpClientTest, AnAnswerThatDripsIsGivenUp) {
  HttpUpstream upstream([](UpstreamCall& call) {
    call.BeginChunks("application/json");
    for (int i = 0; i < 200 && call.Chunk("x"); ++i) std::this_thread::sleep_for(20ms);
  });
  HttpRequest request{.url = upstream.url()};
  request.limits.total = 150ms;
  const Status status = HttpClient({}).Send(request, {}, CallContext::WithTimeout(10s)).status();
  EXPECT_EQ(status.code(), Code::kUnavailable);
  EXPECT_THAT(status.message(), HasSubstr("no whole answer within 150 ms"));
}

TEST(HttpClientTest, AHeaderThatWouldBreakTheRequestIsRefused) {
  const Status status =
      HttpClient({})
          .Send({.url = "http://127.0.0.1:1/", .headers = {{"Authorization", "Bearer k\r\nX: y"}}},
                {}, {})
          .status();
  EXPECT_EQ(status.code(), Code::kInvalidArgument);
  EXPECT_THAT(status.message(),
              AllOf(HasSubstr("header Authorization: a control character"), Not(HasSubstr("k\r"))));
}

TEST(HttpClientTest, AHeaderWhoseNameIsNoTokenIsRefused) {
  for (const char* name : {"", "X: y", "X y", "X\r\nY", "X:", "\xC3\xA9"}) {
    const Status status =
        HttpClient({})
            .Send({.url = "http://127.0.0.1:1/", .headers = {{name, "v"}}}, {}, {})
            .status();
    EXPECT_EQ(status.code(), Code::kInvalidArgument) << name;
    EXPECT_THAT(status.message(), HasSubstr("a header's name: expected letters"));
  }
}

TEST(HttpClientTest, RedirectsAreFollowedWithoutTheKeyToOtherHosts) {
  HttpUpstream other(Echo);
  HttpUpstream upstream([&](UpstreamCall& call) {
    if (call.request().target == "/here") return call.Reply(302, "", "Location: there\r\n");
    if (call.request().target == "/loop") return call.Reply(302, "", "Location: /loop\r\n");
    if (call.request().target == "/away") {
      return call.Reply(307, "", "Location: " + other.url() + "/x\r\n");
    }
    Echo(call);
  });
  const HttpClient client({});
  HttpRequest request{.url = upstream.url() + "/here",
                      .headers = {{"Authorization", "Bearer k"}},
                      .max_redirects = 3};
  const CallContext context = CallContext::WithTimeout(10s);
  EXPECT_EQ(client.Send(request, {}, context).value().body, "GET /there ");
  EXPECT_EQ(upstream.requests().at(1).Header("authorization"), "Bearer k");
  request.url = upstream.url() + "/away";
  EXPECT_EQ(client.Send(request, {}, context).value().body, "GET /x ");
  EXPECT_EQ(other.requests().at(0).Header("authorization"), "");
  request.url = upstream.url() + "/loop";
  EXPECT_THAT(client.Send(request, {}, context).status().message(),
              HasSubstr("more than 3 redirects"));
  request.max_redirects = 0;
  EXPECT_EQ(client.Send(request, {}, context).value().status, 302);
}

TEST(HttpClientTlsTest, ACertificateOfATrustedAuthorityIsAccepted) {
  const TestAuthority authority;
  HttpUpstream upstream(Echo, &authority);
  const HttpClient client({.ca_file = authority.ca_file()});
  for (int i = 0; i < 3; ++i) {
    const Result<HttpResponse> response = Get(client, upstream.url() + "/x");
    ASSERT_TRUE(response.ok()) << response.status().ToString();
    EXPECT_EQ(response->body, "GET /x ");
  }
  EXPECT_EQ(upstream.connections(), 1u);
}

TEST(HttpClientTlsTest, AnotherAuthorityOrAnotherHostIsRefused) {
  const TestAuthority authority;
  HttpUpstream upstream(Echo, &authority);
  const Status unknown = Get(HttpClient({}), upstream.url()).status();
  EXPECT_EQ(unknown.code(), Code::kUnavailable);
  EXPECT_THAT(unknown.message(), AllOf(HasSubstr("the certificate of 127.0.0.1 is not trusted"),
                                       HasSubstr("http.ca_file names a file")));
  HttpUpstream proxy([&](UpstreamCall& call) { call.Tunnel(upstream.port()); });
  HttpClientOptions options{.ca_file = authority.ca_file()};
  options.proxy.https = ParseUrl("http://127.0.0.1:" + std::to_string(proxy.port())).value();
  const Status other = Get(HttpClient(options), "https://other.test/").status();
  EXPECT_THAT(other.message(),
              HasSubstr("the certificate of other.test is not trusted: hostname mismatch"));
  EXPECT_THAT(upstream.requests(), SizeIs(0));
}

TEST(HttpClientTlsTest, AFileWithoutCertificatesIsRefused) {
  const auto directory = testing::MakeTemporaryDirectory();
  ASSERT_OK(WriteFileAtomically(directory.path() + "/ca.pem", "nothing"));
  const Status status = Get(HttpClient({.ca_file = directory.path() + "/ca.pem"}),
                            "https://127.0.0.1:" + std::to_string(HttpUpstream(Echo).port()))
                            .status();
  EXPECT_FALSE(status.ok());
}

TEST(HttpClientProxyTest, HttpIsForwardedAndHttpsTunnelled) {
  const TestAuthority authority("upstream.test");
  HttpUpstream target(Echo, &authority);
  HttpUpstream proxy([&](UpstreamCall& call) {
    if (call.request().method == "CONNECT") return call.Tunnel(target.port());
    Echo(call);
  });
  HttpClientOptions options{.ca_file = authority.ca_file()};
  options.proxy.http = ParseUrl("http://me:pw@127.0.0.1:" + std::to_string(proxy.port())).value();
  options.proxy.https = options.proxy.http;
  const HttpClient client(options);
  EXPECT_EQ(Get(client, "http://upstream.test/a").value().body, "GET http://upstream.test/a ");
  const Result<HttpResponse> tunnelled = Get(client, "https://upstream.test/b");
  ASSERT_TRUE(tunnelled.ok()) << tunnelled.status().ToString();
  EXPECT_EQ(tunnelled->body, "GET /b ");
  const auto requests = proxy.requests();
  ASSERT_THAT(requests, SizeIs(2));
  EXPECT_EQ(requests[1].target, "upstream.test:443");
  EXPECT_EQ(requests[0].Header("proxy-authorization"), "Basic bWU6cHc=");
  EXPECT_EQ(requests[1].Header("proxy-authorization"), "Basic bWU6cHc=");
  EXPECT_EQ(target.requests().at(0).Header("proxy-authorization"), "");
}

TEST(HttpClientProxyTest, ARefusalOfTheProxyIsAnErrorThatNamesIt) {
  HttpUpstream proxy([](UpstreamCall& call) { call.Reply(407, "no"); });
  HttpClientOptions options;
  options.proxy.https = ParseUrl("http://me:pw@127.0.0.1:" + std::to_string(proxy.port())).value();
  const Status status = Get(HttpClient(options), "https://upstream.test/").status();
  EXPECT_THAT(status.message(), AllOf(HasSubstr("proxy http://127.0.0.1:"), HasSubstr("status 407"),
                                      Not(HasSubstr("pw"))));
}

TEST(HttpClientTest, TenThousandCallsLeakNoSocketAndNoThread) {
  HttpUpstream upstream([](UpstreamCall& call) {
    switch (call.number() % 100) {
      case 13:
        return call.Close();
      case 26:
        return call.Close(/*reset=*/true);
      case 39:
        call.Write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
        return call.Close();
      case 52:
        call.Write("garbage\r\n\r\n");
        return call.Close();
      case 65:
        return call.Reply(500, "no");
      default:
        Echo(call);
    }
  });
  constexpr int kThreads = 4;
  constexpr int kCalls = 2500;
  size_t sockets_before = 0;
  size_t threads_before = 0;
  {
    const HttpClient client({});
    ASSERT_TRUE(Get(client, upstream.url()).ok());
    sockets_before = CountEntries("/proc/self/fd");
    threads_before = CountEntries("/proc/self/task");
    std::atomic<int> answered = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < kCalls; ++i) answered += Get(client, upstream.url()).ok() ? 1 : 0;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_GT(answered, kThreads * kCalls * 9 / 10);
    EXPECT_LE(client.idle_connections(), 8u);
  }
  // The upstream's side of the closed connections is in this process too, and a moment behind.
  testing::Eventually([&] {
    return CountEntries("/proc/self/fd") <= sockets_before &&
           CountEntries("/proc/self/task") <= threads_before;
  });
  EXPECT_LE(CountEntries("/proc/self/fd"), sockets_before);
  EXPECT_LE(CountEntries("/proc/self/task"), threads_before);
}

}  // namespace
}  // namespace quarry::model
