// The transport over loopback, with a dispatcher of a few lines behind it.

#include "server/transport.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "tests/testing/http_client.h"
#include "tests/testing/test_environment.h"

namespace quarry::server {
namespace {

using std::string;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Eventually;
using testing::HttpConnection;
using testing::HttpReply;
using testing::MakeRequest;

// GET /hello, GET /large, POST /echo, GET /wait (until opened or cancelled), GET /stream (pieces without end
// until nobody listens), GET /three (three pieces), GET /stuck (ignores its deadline), GET /quiet (a
// stream that says nothing until opened).
class TestDispatcher final : public Dispatcher {
 public:
  string RequestId(const HeaderList& headers) override {
    const string* given = FindHeader(headers, "X-Request-Id");
    return given == nullptr ? "made" : *given;
  }

  Admission Admit(Request& request, std::string_view target) override {
    Admission admission;
    admission.body_limit = 1000;
    target_ = target;
    if (request.path == "/missing") {
      admission.refusal = Response{.status = 404, .body = "missing"};
    }
    return admission;
  }

  void Dispatch(const Admission&, std::shared_ptr<Exchange> exchange, TaskGate& gate) override {
    ++dispatched;
    const Status queued = gate.TryRun([this, exchange] {
      exchange->Finish(Handle(exchange->request(), exchange->context(), *exchange));
    });
    QUARRY_CHECK(queued.ok());
  }

  Response Refuse(const HttpProblem& problem, std::string_view) override {
    return {.status = problem.status, .content_type = "text/plain", .body = problem.message};
  }

  void ConnectionsChanged(int by) override { connections += by; }

  void Done(const Served& served) override {
    const std::lock_guard lock(mutex_);
    served_.push_back(served);
  }

  std::vector<Served> served() {
    const std::lock_guard lock(mutex_);
    return served_;
  }
  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }

  std::atomic<int> connections = 0;
  std::atomic<int> dispatched = 0;
  std::atomic<int> cancelled = 0;
  std::atomic<size_t> streamed = 0;

 private:
  Response Handle(const Request& request, const CallContext& context, StreamWriter& stream) {
    if (request.path == "/echo") {
      return {
          .content_type = "text/plain", .headers = {{"X-Evil", "a\r\nb: c"}}, .body = request.body};
    }
    if (request.path == "/wait" || request.path == "/stuck") {
      std::unique_lock lock(mutex_);
      while (!open_) {
        opened_.wait_for(lock, milliseconds(5));
        if (request.path == "/stuck" || context.Check().ok()) continue;
        ++cancelled;
        return {.status = 499, .body = "cancelled"};
      }
      return {.content_type = "text/plain", .body = "waited"};
    }
    if (request.path == "/quiet") {
      stream.KeepAlive({.content_type = "text/event-stream"});
      std::unique_lock lock(mutex_);
      opened_.wait(lock, [&] { return open_; });
      stream.Begin({.content_type = "text/event-stream"});
      stream.Write("data: said\n\n");
      return {};
    }
    if (request.path == "/large") {  // than what the kernel takes of it
      return {.content_type = "text/plain", .body = string(size_t{64} << 20, 'x')};
    }
    if (request.path == "/three") {
      stream.Begin({.content_type = "text/event-stream", .body = ""});
      for (const char* piece : {"one ", "two ", "three"}) stream.Write(piece);
      return {};
    }
    if (request.path == "/stream") {
      stream.Begin({.content_type = "text/event-stream", .body = "first"});
      const string piece(1000, 'x');
      while (stream.Write(piece)) streamed += piece.size();
      ++cancelled;
      return {};
    }
    return {.content_type = "text/plain", .body = "hello " + request.method};
  }

  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;           // guarded by mutex_
  std::vector<Served> served_;  // guarded by mutex_
  string target_;
};

class TransportTest : public ::testing::Test {
 protected:
  uint16_t Start(TransportOptions options = {}) {
    options.threads = 4;
    options.queue = 1000;
    auto started = Transport::Start(options, dispatcher_);
    QUARRY_CHECK(started.ok());
    transport_ = std::move(started).value();
    return transport_->port();
  }
  void TearDown() override {
    dispatcher_.Open();
    if (transport_ != nullptr) transport_->Stop();
    EXPECT_TRUE(Eventually([&] { return dispatcher_.connections == 0; }));
  }

  TestDispatcher dispatcher_;
  std::unique_ptr<Transport> transport_;
};

TEST_F(TransportTest, AStreamThatIsSilentSendsComments) {
  HttpConnection connection(Start({.heartbeat = milliseconds(50)}));
  connection.Send(MakeRequest("GET", "/quiet"));
  ASSERT_TRUE(connection.ReadUntil(": alive\n\n\r\n9\r\n: alive\n\n")) << connection.buffered();
  dispatcher_.Open();
  const auto reply = connection.Read();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->Header("content-type"), "text/event-stream");
  EXPECT_TRUE(reply->body.ends_with(": alive\n\ndata: said\n\n")) << reply->body;
}

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

TEST_F(TransportTest, StreamsPieceByPiece) {
  HttpConnection connection(Start());
  for (int i = 0; i < 3; ++i) {
    const auto reply = connection.Ask(MakeRequest("GET", "/three"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->Header("transfer-encoding"), "chunked");
    EXPECT_EQ(reply->Header("content-type"), "text/event-stream");
    EXPECT_EQ(reply->body, "one two three");
  }
}

TEST_F(TransportTest, ASlowReaderHoldsTheHandlerBack) {
  HttpConnection connection(Start());
  connection.Send(MakeRequest("GET", "/stream"));
  ASSERT_TRUE(connection.ReadUntil("first"));
  // What the kernel's buffers and ours hold; then the handler waits.
  size_t before = 0;
  ASSERT_TRUE(Eventually([&] {
    const size_t now = dispatcher_.streamed;
    const bool still = now == before && now > 0;
    before = now;
    std::this_thread::sleep_for(milliseconds(50));
    return still;
  }));
  EXPECT_LT(dispatcher_.streamed, 64u << 20);
  connection.Reset();
  EXPECT_TRUE(Eventually([&] { return dispatcher_.cancelled == 1; }));
}

TEST_F(TransportTest, AClientThatLeavesCancelsItsCall) {
  const uint16_t port = Start();
  for (const bool reset : {false, true}) {
    dispatcher_.cancelled = 0;
    HttpConnection connection(port);
    connection.Send(MakeRequest("GET", "/wait"));
    const int before = dispatcher_.dispatched;
    Eventually([&] { return dispatcher_.dispatched > before || dispatcher_.dispatched > 0; });
    reset ? connection.Reset() : connection.Close();
    EXPECT_TRUE(Eventually([&] { return dispatcher_.cancelled == 1; })) << reset;
  }
  ASSERT_TRUE(Eventually([&] { return dispatcher_.served().size() == 2; }));
  EXPECT_EQ(dispatcher_.served()[0].status, 499);
  EXPECT_EQ(dispatcher_.served()[1].status, 499);
}

TEST_F(TransportTest, AResponseThatItsClientDidNotTakeIsNotCountedAsSent) {
  HttpConnection connection(Start());
  connection.Send(MakeRequest("GET", "/large"));
  ASSERT_TRUE(connection.ReadUntil("HTTP/1.1 200"));
  connection.Reset();
  ASSERT_TRUE(Eventually([&] { return dispatcher_.served().size() == 1; }));
  EXPECT_EQ(dispatcher_.served()[0].status, 499);
  EXPECT_EQ(dispatcher_.served()[0].bytes_sent, 0u);
}

TEST_F(TransportTest, AClientThatOnlyEndsSendingGetsItsAnswer) {
  HttpConnection connection(Start());
  connection.Send(MakeRequest("GET", "/hello"));
  connection.CloseSending();
  const auto reply = connection.Read();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "hello GET");
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

TEST_F(TransportTest, NamesTheAddressThatItCannotUse) {
  TestDispatcher other;
  const TransportOptions no_address{.host = "nowhere.example", .port = 1};
  EXPECT_EQ(Transport::Start(no_address, other).status().ToString(),
            "INVALID_ARGUMENT: listen on nowhere.example port 1: \"nowhere.example\" is not an IP "
            "address; expected e.g. 127.0.0.1, 0.0.0.0 or ::1");
  const uint16_t port = Start();
  EXPECT_EQ(Transport::Start({.port = port}, other).status().ToString(),
            "UNAVAILABLE: listen on 127.0.0.1 port " + std::to_string(port) + ": address in use");
}

}  // namespace
}  // namespace quarry::server
