// Answers that are streamed over the transport, and clients that leave or read slowly.

#include <chrono>
#include <thread>

#include "tests/server/transport_testing.h"

namespace quarry::server {
namespace {

using std::chrono::milliseconds;
using testing::Eventually;
using testing::HttpConnection;
using testing::MakeRequest;

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

}  // namespace
}  // namespace quarry::server
