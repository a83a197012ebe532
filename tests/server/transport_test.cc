// Requests over the transport, as HTTP has them.

#include <string>
#include <vector>

#include "tests/server/transport_testing.h"

namespace quarry::server {
namespace {

using std::string;
using testing::Eventually;
using testing::HttpConnection;
using testing::MakeRequest;

TEST_F(TransportTest, ServesARequest) {
  HttpConnection connection(Start());
  const auto reply = connection.Ask(MakeRequest("GET", "/hello?x=1", "", "X-Request-Id: r1\r\n"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->body, "hello GET");
  EXPECT_EQ(reply->Header("content-length"), "9");
  EXPECT_EQ(reply->Header("content-type"), "text/plain");
  EXPECT_EQ(reply->Header("x-request-id"), "r1");
  EXPECT_EQ(reply->Header("connection"), "");
  EXPECT_EQ(reply->Header("date").size(), 29u);
  ASSERT_TRUE(Eventually([&] { return dispatcher_.served().size() == 1; }));
  const Served served = dispatcher_.served()[0];
  EXPECT_EQ(served.id, "r1");
  EXPECT_EQ(served.method, "GET");
  EXPECT_EQ(served.path, "/hello");
  EXPECT_EQ(served.status, 200);
  EXPECT_EQ(served.bytes_sent, 9u);
  EXPECT_TRUE(served.remote.starts_with("127.0.0.1:"));
}

TEST_F(TransportTest, KeepsTheConnectionAlive) {
  HttpConnection connection(Start());
  for (int i = 0; i < 20; ++i) {
    const auto reply = connection.Ask(MakeRequest("POST", "/echo", "body " + std::to_string(i)));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->body, "body " + std::to_string(i));
  }
  EXPECT_EQ(dispatcher_.connections, 1);
}

TEST_F(TransportTest, AHeaderValueCannotBecomeAHeader) {
  HttpConnection connection(Start());
  const auto reply = connection.Ask(MakeRequest("POST", "/echo", "x"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->Header("x-evil"), "a  b: c");
}

TEST_F(TransportTest, ServesPipelinedRequestsInOrder) {
  HttpConnection connection(Start());
  string requests;
  for (int i = 0; i < 50; ++i) requests += MakeRequest("POST", "/echo", std::to_string(i));
  ASSERT_TRUE(connection.Send(requests));
  for (int i = 0; i < 50; ++i) {
    const auto reply = connection.Read();
    ASSERT_TRUE(reply) << i;
    EXPECT_EQ(reply->body, std::to_string(i));
  }
}

TEST_F(TransportTest, ServesWhatIsSentWhileARequestIsHandled) {
  HttpConnection connection(Start());
  connection.Send(MakeRequest("GET", "/wait"));
  ASSERT_TRUE(Eventually([&] { return dispatcher_.dispatched == 1; }));
  // More than is read ahead, and the last one in part.
  constexpr int kRequests = 300;
  const string padding(900, 'x');
  for (int i = 0; i < kRequests; ++i) {
    ASSERT_TRUE(connection.Send(MakeRequest("POST", "/echo", std::to_string(i) + padding)));
  }
  const string last = MakeRequest("POST", "/echo", "last");
  ASSERT_TRUE(connection.Send(last.substr(0, last.size() / 2)));
  dispatcher_.Open();
  const auto waited = connection.Read();
  ASSERT_TRUE(waited);
  EXPECT_EQ(waited->body, "waited");
  for (int i = 0; i < kRequests; ++i) {
    const auto reply = connection.Read();
    ASSERT_TRUE(reply) << i;
    EXPECT_EQ(reply->body, std::to_string(i) + padding);
  }
  const auto reply = connection.Ask(last.substr(last.size() / 2));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "last");
}

TEST_F(TransportTest, ServesARequestThatComesByteByByte) {
  HttpConnection connection(Start());
  const string request = MakeRequest("POST", "/echo", "slow");
  for (const char c : request) ASSERT_TRUE(connection.Send(string(1, c)));
  const auto reply = connection.Read();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "slow");
}

TEST_F(TransportTest, ServesChunkedBodies) {
  HttpConnection connection(Start());
  const string head = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 2; ++i) {
    const auto reply = connection.Ask(head + "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nSum: 1\r\n\r\n");
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->body, "abcde");
  }
}

TEST_F(TransportTest, HeadHasTheHeadersOfGetAndNoBody) {
  HttpConnection connection(Start());
  const auto head = connection.Ask(MakeRequest("HEAD", "/hello"), /*to_head=*/true);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(head->Header("content-length"), "9");
  const auto get = connection.Ask(MakeRequest("GET", "/hello"));
  ASSERT_TRUE(get);
  EXPECT_EQ(get->body, "hello GET");
}

TEST_F(TransportTest, ServesHttp10) {
  const uint16_t port = Start();
  HttpConnection once(port);
  auto reply = once.Ask("GET /hello HTTP/1.0\r\n\r\n");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->Header("connection"), "close");
  EXPECT_TRUE(once.IsClosed());

  HttpConnection kept(port);
  for (int i = 0; i < 2; ++i) {
    reply = kept.Ask("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->Header("connection"), "keep-alive");
  }

  HttpConnection stream(port);
  reply = stream.Ask("GET /three HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->Header("transfer-encoding"), "");
  EXPECT_EQ(reply->Header("connection"), "close");
  EXPECT_EQ(reply->body, "one two three");
}

TEST_F(TransportTest, ClosesWhenAskedTo) {
  HttpConnection connection(Start());
  const auto reply = connection.Ask(MakeRequest("GET", "/hello", "", "Connection: close\r\n"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->Header("connection"), "close");
  EXPECT_TRUE(connection.IsClosed());
}

TEST_F(TransportTest, ClosesAfterTheLastRequestOfAConnection) {
  HttpConnection connection(Start({.requests_per_connection = 3}));
  for (int i = 1; i <= 3; ++i) {
    const auto reply = connection.Ask(MakeRequest("GET", "/hello"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->Header("connection"), i == 3 ? "close" : "");
  }
  EXPECT_TRUE(connection.IsClosed());
}

TEST_F(TransportTest, SendsContinueWhenItIsWaitedFor) {
  const uint16_t port = Start();
  HttpConnection waits(port);
  auto reply = waits.Ask(
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 100);
  reply = waits.Ask("ab");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "ab");

  HttpConnection refused(port);
  reply = refused.Ask(
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2000\r\nExpect: 100-continue\r\n\r\n");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 413);

  HttpConnection empty(port);
  reply = empty.Ask(MakeRequest("POST", "/echo", "", "Expect: 100-continue\r\n"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
}

TEST_F(TransportTest, RefusesAndClosesWhatBreaksTheRules) {
  const uint16_t port = Start();
  struct Case {
    string bytes;
    int status;
  };
  const string smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::vector<Case> cases = {
      {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: "
       "chunked\r\n\r\n0\r\n\r\n" +
           smuggled,
       400},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n" +
           smuggled,
       501},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + smuggled,
       501},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + smuggled,
       400},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 5\r\n\r\nabcde" +
           smuggled,
       400},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na" + smuggled, 400},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nX: y\r\n Content-Length: 5\r\n\r\nabcde" + smuggled, 400},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nX: y\nContent-Length: 5\r\n\r\nabcde" + smuggled, 400},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
       "chunked\r\n\r\n5;a\nb\r\nabcde\r\n0\r\n\r\n" +
           smuggled,
       400},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
       "chunked\r\n\r\n5\r\nabcdefg\r\n0\r\n\r\n" +
           smuggled,
       400},
      {"GET /hello HTTP/1.1\r\n\r\n" + smuggled, 400},
      {"GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + smuggled, 400},
      {"GET /hello HTTP/3.0\r\nHost: a\r\n\r\n" + smuggled, 505},
      {"\x16\x03\x01", 400},  // as TLS begins
      {"GET /" + string(9000, 'a'), 414},
      {"GET / HTTP/1.1\r\nHost: a\r\nA: " + string(9000, 'a'), 431},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n" + smuggled, 413},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + smuggled,
       413},
  };
  for (const Case& c : cases) {
    HttpConnection connection(port);
    const auto reply = connection.Ask(c.bytes);
    ASSERT_TRUE(reply) << c.bytes;
    EXPECT_EQ(reply->status, c.status) << c.bytes;
    EXPECT_EQ(reply->Header("connection"), "close") << c.bytes;
    EXPECT_EQ(connection.ReadToEnd(), "") << c.bytes;
  }
  EXPECT_EQ(dispatcher_.dispatched, 0);
}

TEST_F(TransportTest, AGetWithABodyIsServedAndTheConnectionEnds) {
  HttpConnection connection(Start());
  const auto reply =
      connection.Ask(MakeRequest("GET", "/hello", "body") + MakeRequest("GET", "/hello"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->Header("connection"), "close");
  EXPECT_EQ(connection.ReadToEnd(), "");
}

TEST_F(TransportTest, ARefusalKeepsTheConnectionUnlessABodyFollows) {
  HttpConnection connection(Start());
  auto reply = connection.Ask(MakeRequest("GET", "/missing"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 404);
  reply = connection.Ask(MakeRequest("POST", "/missing", "body"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 404);
  EXPECT_EQ(reply->Header("connection"), "close");
  EXPECT_EQ(connection.ReadToEnd(), "");
}

TEST_F(TransportTest, NamesTheAddressThatItCannotUse) {
  TestDispatcher other;
  const TransportOptions no_address{.host = "nowhere.example", .port = 1};
  EXPECT_EQ(Transport::Start(no_address, other).status().ToString(),
            "INVALID_ARGUMENT: listen on nowhere.example port 1: \"nowhere.example\" is not an IP "
            "address; expected e.g. 127.0.0.1, 0.0.0.0 or ::1");
  const uint16_t port = Start();
  EXPECT_EQ(
      Transport::Start({.port = port}, other).status().ToString(),
      "UNAVAILABLE: listen on 127.0.0.1 port " + std::to_string(port) +
          ": address in use; --port takes another, 0 any that is free; who has it is shown by: "
          "lsof -i :" +
          std::to_string(port));
}

}  // namespace
}  // namespace quarry::server
