#include "server/http_guard.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace quarry::server {
namespace {

using std::string;

// What the whole guard says of a request: its head, or the problem that scanning or parsing found.
std::variant<RequestHead, HttpProblem> Guard(const string& bytes, const GuardLimits& limits = {}) {
  size_t scanned = 0;
  const HeaderScan scan = ScanHeader(bytes, limits, scanned);
  if (scan.state == HeaderScan::State::kBad) return scan.problem;
  EXPECT_EQ(scan.state, HeaderScan::State::kComplete) << bytes;
  if (scan.state != HeaderScan::State::kComplete) return HttpProblem{0, "incomplete"};
  return ParseHeader(std::string_view(bytes).substr(0, scan.size), limits);
}

int StatusOf(const string& bytes) {
  const auto outcome = Guard(bytes);
  const auto* problem = std::get_if<HttpProblem>(&outcome);
  return problem == nullptr ? 200 : problem->status;
}

string MessageOf(const string& bytes) {
  const auto outcome = Guard(bytes);
  const auto* problem = std::get_if<HttpProblem>(&outcome);
  return problem == nullptr ? "" : problem->message;
}

RequestHead HeadOf(const string& bytes) {
  auto outcome = Guard(bytes);
  if (auto* problem = std::get_if<HttpProblem>(&outcome)) {
    ADD_FAILURE() << bytes << "\n" << problem->message;
    return {};
  }
  return std::get<RequestHead>(std::move(outcome));
}

// "GET / HTTP/1.1" with Host and these lines.
string With(const string& lines) { return "POST /x HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n"; }

TEST(HttpGuard, AcceptsAnOrdinaryRequest) {
  const RequestHead head = HeadOf(
      "POST /v1/chat?x=1 HTTP/1.1\r\nHost: localhost:8420\r\nAccept:*/*\r\n"
      "X-Note: \t a b \t\r\nContent-Length: 12\r\n\r\n");
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/v1/chat?x=1");
  EXPECT_EQ(head.minor_version, 1);
  ASSERT_EQ(head.headers.size(), 4u);
  EXPECT_EQ(*FindHeader(head.headers, "accept"), "*/*");
  EXPECT_EQ(*FindHeader(head.headers, "x-note"), "a b");
  EXPECT_EQ(head.content_length, 12u);
  EXPECT_TRUE(head.HasBody());
  EXPECT_TRUE(head.keep_alive);
  EXPECT_FALSE(head.chunked);
}

struct RequestLineCase {
  string line;
  int status;
};

TEST(HttpGuard, ChecksTheRequestLine) {
  const std::vector<RequestLineCase> cases = {
      {"GET / HTTP/1.1", 200},
      {"GET / HTTP/1.0", 200},
      {"M-SEARCH /a?b=c#d HTTP/1.1", 200},
      {"OPTIONS * HTTP/1.1", 200},
      {"GET http://example.org/x HTTP/1.1", 200},
      {"GET HTTP://example.org:80 HTTP/1.1", 200},
      {"GET /\xE6\x96\x87 HTTP/1.1", 200},
      {"GET * HTTP/1.1", 400},
      {"GET  / HTTP/1.1", 400},
      {"GET /  HTTP/1.1", 400},
      {" GET / HTTP/1.1", 400},
      {"GET / HTTP/1.1 ", 400},
      {"GET /a b HTTP/1.1", 400},
      {"GET\t/ HTTP/1.1", 400},
      {"GET /\tx HTTP/1.1", 400},
      {"GET /\x01 HTTP/1.1", 400},
      {"GET /\x7F HTTP/1.1", 400},
      {"GET /", 400},
      {"GET", 400},
      {"G(T / HTTP/1.1", 400},
      {"G\xC3\x84T / HTTP/1.1", 400},
      {string(33, 'A') + " / HTTP/1.1", 400},
      {"GET x HTTP/1.1", 400},
      {"CONNECT a:443 HTTP/1.1", 400},
      {"GET http:// HTTP/1.1", 400},
      {"GET http://u@h/ HTTP/1.1", 400},
      {"GET / http/1.1", 400},
      {"GET / HTTP/1", 400},
      {"GET / HTTP/01.1", 400},
      {"GET / HTTP/1.10", 400},
      {"GET / ICE/1.0", 400},
      {"GET / HTTP/1.2", 505},
      {"GET / HTTP/2.0", 505},
      {"GET / HTTP/0.9", 505},
      {"PRI * HTTP/2.0", 505},
      {"GET /" + string(4096, 'a') + " HTTP/1.1", 414},
  };
  for (const RequestLineCase& c : cases) {
    EXPECT_EQ(StatusOf(c.line + "\r\nHost: a\r\n\r\n"), c.status) << c.line;
  }
}

TEST(HttpGuard, ReducesAbsoluteFormToOriginForm) {
  EXPECT_EQ(HeadOf("GET http://h:1/a?b HTTP/1.1\r\nHost: h\r\n\r\n").target, "/a?b");
  EXPECT_EQ(HeadOf("GET https://h HTTP/1.1\r\nHost: h\r\n\r\n").target, "/");
  EXPECT_EQ(HeadOf("GET http://h?q HTTP/1.1\r\nHost: h\r\n\r\n").target, "/?q");
}

TEST(HttpGuard, ChecksHeaders) {
  const std::vector<RequestLineCase> cases = {
      {"A: b\r\n", 200},
      {"A:\r\n", 200},
      {"a.b_c!#$%&'*+^`|~-09: x\r\n", 200},
      {"A: caf\xC3\xA9 \x85\t;\r\n", 200},
      {"A : b\r\n", 400},
      {"A\t: b\r\n", 400},
      {" A: b\r\n", 400},
      {"A: b\r\n c\r\n", 400},
      {"A: b\r\n\tc\r\n", 400},
      {": b\r\n", 400},
      {"A\r\n", 400},
      {"A(b): c\r\n", 400},
      {"\x01"
       "A: b\r\n",
       400},
      {"\xC3\x84: b\r\n", 400},
      {"A: b\x01\r\n", 400},
      {"A: b\x7F\r\n", 400},
      {"A: b\x0B\r\n", 400},
      {"A: b\rC: d\r\n", 400},
      {"A: b\nC: d\r\n", 400},
      {"A: b\r\r\n", 400},
      {string("A: b\0\r\n", 7), 400},
      {string("A\0: b\r\n", 7), 400},
  };
  for (const RequestLineCase& c : cases) EXPECT_EQ(StatusOf(With(c.line)), c.status) << c.line;
}

TEST(HttpGuard, WantsExactlyOneHost) {
  EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(MessageOf("GET / HTTP/1.1\r\n\r\n"), "header Host is missing; HTTP/1.1 requires it");
  EXPECT_EQ(StatusOf("GET / HTTP/1.0\r\n\r\n"), 200);
  EXPECT_EQ(StatusOf(With("Host: a\r\n")), 400);
  EXPECT_EQ(StatusOf(With("hOST: b\r\n")), 400);
  EXPECT_EQ(StatusOf("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"), 400);
  for (const char* host : {"a", "a:80", "127.0.0.1:8420", "[::1]:8420", "[::1]", "", "x_y", "a:"}) {
    EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\nHost: " + string(host) + "\r\n\r\n"), 200) << host;
  }
  for (const char* host :
       {"a b", "a,b", "u@h", "a/b", "a:b", "a:123456", "[::1", "[]", "[::1]x", "\xC3\x84"}) {
    EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\nHost: " + string(host) + "\r\n\r\n"), 400) << host;
  }
}

TEST(HttpGuard, TakesContentLengthAsOneRowOfDigits) {
  EXPECT_EQ(HeadOf(With("Content-Length: 003\r\n")).content_length, 3u);
  EXPECT_FALSE(HeadOf(With("Content-Length: 0\r\n")).HasBody());
  EXPECT_EQ(HeadOf(With("Content-Length: 18446744073709551615\r\n")).content_length, UINT64_MAX);
  for (const char* value : {"", "+1", "-1", "-0", "1 1", "1,1", "1, 1", "1.0", "0x1", "1a", "a",
                            "18446744073709551616", "100000000000000000000000", "\"1\""}) {
    EXPECT_EQ(StatusOf(With("Content-Length: " + string(value) + "\r\n")), 400) << value;
  }
  EXPECT_EQ(StatusOf(With("Content-Length: 1\r\nContent-Length: 1\r\n")), 400);
  EXPECT_EQ(StatusOf(With("Content-Length: 1\r\ncontent-length: 2\r\n")), 400);
  EXPECT_EQ(MessageOf(With("Content-Length: 1, 2\r\n")),
            "header Content-Length: expected digits, found \"1, 2\"");
}

TEST(HttpGuard, TakesTransferEncodingChunkedOnly) {
  EXPECT_TRUE(HeadOf(With("Transfer-Encoding: chunked\r\n")).chunked);
  EXPECT_TRUE(HeadOf(With("transfer-encoding: Chunked \r\n")).HasBody());
  for (const char* value : {"gzip", "identity", "gzip, chunked", "chunked, chunked", "chunked;q=1",
                            "xchunked", "chunked,", "", "chunke",
                            "\xA0"
                            "chunked"}) {
    EXPECT_EQ(StatusOf(With("Transfer-Encoding: " + string(value) + "\r\n")), 501) << value;
  }
  EXPECT_EQ(StatusOf(With("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")), 400);
  EXPECT_EQ(StatusOf(With("Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n")), 501);
  EXPECT_EQ(StatusOf(With("Transfer-Encoding: \x0B"
                          "chunked\r\n")),
            400);
  EXPECT_EQ(StatusOf("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
}

TEST(HttpGuard, RefusesTransferEncodingTogetherWithContentLength) {
  EXPECT_EQ(StatusOf(With("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")), 400);
  EXPECT_EQ(StatusOf(With("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")), 400);
  EXPECT_EQ(StatusOf(With("Transfer-Encoding: gzip\r\nContent-Length: 5\r\n")), 400);
}

TEST(HttpGuard, RefusesNamesThatLookLikeFraming) {
  for (const char* name : {"Content_Length", "Transfer_Encoding", "ContentLength",
                           "Content-Length-", "transfer.encoding", "_Host", "HOST_"}) {
    EXPECT_EQ(StatusOf(With(string(name) + ": 1\r\n")), 400) << name;
  }
  EXPECT_EQ(StatusOf(With("X-Content-Length: 1\r\nMy_Header: 1\r\n")), 200);
}

TEST(HttpGuard, ReadsConnectionAndExpect) {
  EXPECT_FALSE(HeadOf(With("Connection: close\r\n")).keep_alive);
  EXPECT_FALSE(HeadOf(With("Connection: keep-alive, Close\r\n")).keep_alive);
  EXPECT_FALSE(HeadOf(With("Connection: upgrade\r\nConnection: close\r\n")).keep_alive);
  EXPECT_TRUE(HeadOf(With("Connection: upgrade, x ,\r\n")).keep_alive);
  EXPECT_FALSE(HeadOf("GET / HTTP/1.0\r\n\r\n").keep_alive);
  EXPECT_TRUE(HeadOf("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keep_alive);
  EXPECT_TRUE(HeadOf(With("Expect: 100-Continue\r\n")).expect_continue);
  EXPECT_FALSE(HeadOf("POST / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n").expect_continue);
  EXPECT_EQ(StatusOf(With("Expect: 200-ok\r\n")), 417);
}

TEST(HttpGuard, LimitsCountAndBytes) {
  const GuardLimits limits;
  string many;
  for (uint32_t i = 1; i < limits.header_count; ++i) many += "A: b\r\n";
  EXPECT_EQ(StatusOf(With(many)), 200);
  EXPECT_EQ(StatusOf(With(many + "A: b\r\n")), 431);

  const string frame = With("A: \r\n");
  const string fill(limits.header_bytes - frame.size(), 'x');
  EXPECT_EQ(StatusOf(With("A: " + fill + "\r\n")), 200);
  EXPECT_EQ(StatusOf(With("A: " + fill + "x\r\n")), 431);
  EXPECT_EQ(StatusOf("GET /" + string(limits.header_bytes, 'x')), 414);
}

TEST(HttpGuard, ScansByteByByteAsAtOnce) {
  const string request = "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\nGET /next";
  size_t scanned = 0;
  for (size_t i = 1; i <= request.size(); ++i) {
    const HeaderScan scan = ScanHeader(request.substr(0, i), {}, scanned);
    if (scan.state == HeaderScan::State::kNeedMore) continue;
    EXPECT_EQ(scan.state, HeaderScan::State::kComplete);
    EXPECT_EQ(scan.size, request.size() - string("GET /next").size());
    EXPECT_EQ(i, scan.size);
    return;
  }
  FAIL() << "never complete";
}

TEST(HttpGuard, AllowsOneEmptyLineBeforeTheRequest) {
  EXPECT_EQ(StatusOf("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
  EXPECT_EQ(StatusOf("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
}

TEST(HttpGuard, RefusesBareLineEndsBeforeTheHeaderIsComplete) {
  size_t scanned = 0;
  EXPECT_EQ(ScanHeader("GET / HTTP/1.1\nHo", {}, scanned).problem.message,
            "a line feed without carriage return at offset 14");
  scanned = 0;
  EXPECT_EQ(ScanHeader("GET / HTTP/1.1\rHo", {}, scanned).problem.message,
            "a carriage return without line feed at offset 14");
  scanned = 0;
  EXPECT_EQ(ScanHeader("GET / HTTP/1.1\r", {}, scanned).state, HeaderScan::State::kNeedMore);
}

}  // namespace
}  // namespace quarry::server
