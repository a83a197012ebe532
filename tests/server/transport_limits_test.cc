// The limits of the transport: on time, connections, bodies held together; and its end.

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/server/transport_testing.h"

namespace quarry::server {
namespace {

using std::string;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Eventually;
using testing::HttpConnection;
using testing::MakeRequest;

TEST_F(TransportTest, SlowHeadersEndIn408) {
  HttpConnection connection(Start({.header_seconds = 1}));
  connection.Send("GET /hello HTTP/1.1\r\nHo");
  const auto start = std::chrono::steady_clock::now();
  const auto reply = connection.Read();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 408);
  EXPECT_EQ(reply->body, "the headers did not arrive within 1 s");
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(5));
  EXPECT_TRUE(connection.IsClosed());
}

TEST_F(TransportTest, TrickledHeadersGetNoMoreTime) {
  HttpConnection connection(Start({.header_seconds = 1}));
  connection.Send("GET /hello HTTP/1.1\r\nA: ");
  for (int i = 0; i < 30; ++i) {
    if (!connection.Send("x")) break;
    std::this_thread::sleep_for(milliseconds(50));
  }
  const auto reply = connection.Read();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 408);
}

TEST_F(TransportTest, SlowBodiesEndIn408) {
  HttpConnection connection(Start({.body_seconds = 1}));
  connection.Send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
  const auto reply = connection.Read();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 408);
  EXPECT_EQ(reply->body, "the body did not arrive within 1 s");
}

TEST_F(TransportTest, IdleConnectionsAreClosedWithoutAWord) {
  HttpConnection connection(Start({.idle_seconds = 1}));
  ASSERT_TRUE(connection.Ask(MakeRequest("GET", "/hello")));
  EXPECT_TRUE(connection.IsClosed());
}

TEST_F(TransportTest, AHandlerThatIgnoresItsDeadlineIsAnsweredFor) {
  HttpConnection connection(Start({.request_seconds = 1}));
  const auto reply = connection.Ask(MakeRequest("GET", "/stuck"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 504);
  EXPECT_TRUE(connection.IsClosed());
}

TEST_F(TransportTest, RefusesConnectionsAboveTheMaximumWhereAllAreBusy) {
  const uint16_t port = Start({.max_connections = 2});
  HttpConnection first(port);
  HttpConnection second(port);
  first.Send(MakeRequest("GET", "/wait"));
  second.Send(MakeRequest("GET", "/wait"));
  ASSERT_TRUE(Eventually([&] { return dispatcher_.dispatched == 2; }));
  HttpConnection third(port);
  const auto refused = third.Ask(MakeRequest("GET", "/hello"));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(refused->body, "too many connections");
  EXPECT_TRUE(third.IsClosed());
  first.Close();
  EXPECT_TRUE(Eventually([&] {
    HttpConnection again(port);
    const auto reply = again.Ask(MakeRequest("GET", "/hello"));
    return reply && reply->status == 200;
  }));
}

TEST_F(TransportTest, WhoOnlyHoldsConnectionsOpenShutsNobodyOut) {
  const uint16_t port = Start({.max_connections = 2});
  HttpConnection busy(port);
  busy.Send(MakeRequest("GET", "/wait"));
  ASSERT_TRUE(Eventually([&] { return dispatcher_.dispatched == 1; }));
  HttpConnection idle(port);
  ASSERT_TRUE(idle.Ask(MakeRequest("GET", "/hello")));
  HttpConnection slow(port);  // takes the place of the idle one
  EXPECT_TRUE(idle.IsClosed());
  slow.Send("GET /hello HTTP/1.1\r\n");
  HttpConnection good(port);  // takes the place of one that does not end its headers
  const auto reply = good.Ask(MakeRequest("GET", "/hello"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
  EXPECT_TRUE(slow.IsClosed());
  dispatcher_.Open();
  EXPECT_EQ(busy.Read()->body, "waited");
}

TEST_F(TransportTest, AnAddressHasSoManyConnectionsThatWait) {
  const uint16_t port = Start({.connections_per_address = 2});
  HttpConnection first(port);
  ASSERT_TRUE(first.Ask(MakeRequest("GET", "/hello")));
  HttpConnection second(port);
  ASSERT_TRUE(second.Ask(MakeRequest("GET", "/hello")));
  HttpConnection third(port);
  ASSERT_TRUE(third.Ask(MakeRequest("GET", "/hello")));
  EXPECT_TRUE(first.IsClosed());
  EXPECT_TRUE(second.Ask(MakeRequest("GET", "/hello")));
}

TEST_F(TransportTest, AConnectionThatAsksNothingIsClosedSooner) {
  HttpConnection silent(Start({.header_seconds = 1}));
  EXPECT_TRUE(silent.IsClosed());
}

TEST_F(TransportTest, LimitsTheBodiesHeldTogether) {
  const uint16_t port = Start({.held_body_bytes = 3000, .small_body_bytes = 100});
  HttpConnection first(port);
  first.Send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" + string(999, 'a'));
  EXPECT_TRUE(Eventually([&] {
    const auto reply = testing::Fetch(port, "POST", "/echo", string(600, 'b'));
    return reply && reply->status == 503;
  }));
  EXPECT_EQ(testing::Fetch(port, "POST", "/echo", string(100, 'c'))->status, 200);
  const auto reply = first.Ask("a");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(testing::Fetch(port, "POST", "/echo", string(600, 'b'))->status, 200);
}

TEST_F(TransportTest, ABodyCountsUntilItsHandlerHasEndedThoughItsClientIsGone) {
  const uint16_t port = Start({.held_body_bytes = 3000, .small_body_bytes = 100});
  HttpConnection first(port);
  first.Send(MakeRequest("POST", "/stuck", string(999, 'a')));
  ASSERT_TRUE(Eventually([&] { return dispatcher_.dispatched == 1; }));
  first.Reset();
  ASSERT_TRUE(Eventually([&] { return dispatcher_.served().size() == 1; }));
  EXPECT_EQ(dispatcher_.served()[0].status, 499);
  EXPECT_EQ(testing::Fetch(port, "POST", "/echo", string(600, 'b'))->status, 503);
  dispatcher_.Open();
  EXPECT_TRUE(Eventually([&] {
    const auto reply = testing::Fetch(port, "POST", "/echo", string(600, 'b'));
    return reply && reply->status == 200;
  }));
}

TEST_F(TransportTest, ServesManyConnectionsAtOnce) {
  const uint16_t port = Start();
  std::vector<std::thread> clients;
  std::atomic<int> right = 0;
  for (int i = 0; i < 16; ++i) {
    clients.emplace_back([&, i] {
      HttpConnection connection(port);
      for (int n = 0; n < 50; ++n) {
        const string body = std::to_string(i * 1000 + n);
        const auto reply = connection.Ask(MakeRequest("POST", "/echo", body));
        if (reply && reply->body == body) ++right;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(right, 16 * 50);
}

TEST_F(TransportTest, StopLetsRequestsFinishAndClosesTheIdle) {
  const uint16_t port = Start();
  HttpConnection idle(port);
  ASSERT_TRUE(idle.Ask(MakeRequest("GET", "/hello")));
  HttpConnection busy(port);
  busy.Send(MakeRequest("GET", "/wait"));
  ASSERT_TRUE(Eventually([&] { return dispatcher_.dispatched == 2; }));
  std::thread stopper([&] { transport_->Stop(); });
  EXPECT_TRUE(idle.IsClosed());
  EXPECT_TRUE(Eventually([&] { return !HttpConnection(port).connected(); }));
  dispatcher_.Open();
  const auto reply = busy.Read();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "waited");
  EXPECT_EQ(reply->Header("connection"), "close");
  EXPECT_TRUE(busy.IsClosed());
  transport_->Wait();
  stopper.join();
  transport_->Stop();
}

// From here on no thread of this process can be started, until it goes.
class NoMoreThreads {
 public:
  NoMoreThreads() {
    pthread_getattr_default_np(&before_);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, size_t{1} << 46);  // of address space there is less
    pthread_setattr_default_np(&attributes);
    pthread_attr_destroy(&attributes);
  }
  ~NoMoreThreads() {
    pthread_setattr_default_np(&before_);
    pthread_attr_destroy(&before_);
  }
  NoMoreThreads(const NoMoreThreads&) = delete;
  NoMoreThreads& operator=(const NoMoreThreads&) = delete;

 private:
  pthread_attr_t before_;
};

TEST_F(TransportTest, AcceptsNothingBeforeItHasAllItsThreads) {
  // Who connects while they are started would be left behind where one of them fails.
  const uint16_t port = Start();
  transport_.reset();
  std::optional<NoMoreThreads> none;
  dispatcher_.on_connection = [&] {
    if (!none) none.emplace();
  };
  std::atomic<bool> stops = false;
  std::thread client([&] {
    while (!stops) {
      HttpConnection connection(port);
      if (!connection.connected()) continue;
      connection.Ask(MakeRequest("GET", "/hello"));
      return;
    }
  });
  const auto transport = Transport::Start({.port = port, .threads = 256}, dispatcher_);
  EXPECT_OK(transport.status());
  stops = true;
  client.join();
}

TEST_F(TransportTest, AFailedStartLeavesNothingBehind) {
  {
    const NoMoreThreads none;
    EXPECT_THAT(Transport::Start({}, dispatcher_).status().message(),
                ::testing::HasSubstr("a server of 3 threads: "));
  }
  EXPECT_EQ(dispatcher_.connections, 0);
}

TEST_F(TransportTest, StopCancelsWhatDoesNotFinish) {
  HttpConnection busy(Start({.drain_seconds = 1}));
  busy.Send(MakeRequest("GET", "/wait"));
  ASSERT_TRUE(Eventually([&] { return dispatcher_.dispatched == 1; }));
  const auto start = std::chrono::steady_clock::now();
  transport_->Stop();
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(8));
  EXPECT_TRUE(Eventually([&] { return dispatcher_.cancelled == 1; }));
  EXPECT_FALSE(busy.Read());
}

}  // namespace
}  // namespace quarry::server
