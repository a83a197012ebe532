#include "server/exchange.h"

#include <atomic>
#include <thread>

#include "server/errors.h"
#include "tests/testing/test_environment.h"

namespace quarry::server {
namespace {

TEST(Exchange, HandsOverAWholeResponseOnce) {
  int woken = 0;
  Exchange exchange({.path = "/x"}, CallContext(), [&](bool) { ++woken; });
  EXPECT_EQ(exchange.request().path, "/x");
  exchange.Finish({.status = 201, .body = "made"});
  EXPECT_EQ(woken, 1);
  const Exchange::Output output = exchange.Take();
  ASSERT_TRUE(output.response);
  EXPECT_EQ(output.response->status, 201);
  EXPECT_TRUE(output.finished);
  EXPECT_FALSE(exchange.Take().response);
}

TEST(Exchange, JoinsWhatIsWrittenBetweenTwoTakes) {
  int woken = 0;
  Exchange exchange({}, CallContext(), [&](bool) { ++woken; });
  exchange.Begin({.status = 200, .body = "a"});
  EXPECT_TRUE(exchange.Write("b"));
  EXPECT_TRUE(exchange.Write("c"));
  EXPECT_EQ(woken, 1);  // told once, until it has come
  Exchange::Output output = exchange.Take();
  ASSERT_TRUE(output.head);
  EXPECT_EQ(output.bytes, "abc");
  EXPECT_FALSE(output.finished);
  exchange.Finish({.status = 500, .body = "ignored"});
  output = exchange.Take();
  EXPECT_FALSE(output.head);
  EXPECT_FALSE(output.response);
  EXPECT_TRUE(output.finished);
}

TEST(Exchange, AWriterWaitsForRoomAndAbandonReleasesIt) {
  Exchange exchange({}, CallContext(), [](bool) {});
  exchange.Begin({});
  EXPECT_TRUE(exchange.Write(std::string(Exchange::kBufferBytes, 'x')));
  std::atomic<bool> returned = false;
  bool written = true;
  std::thread writer([&] {
    written = exchange.Write("y");
    returned = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_FALSE(returned);
  exchange.Abandon();
  writer.join();
  EXPECT_FALSE(written);
  EXPECT_TRUE(exchange.context().cancel.cancelled());
}

TEST(Exchange, AWriterWaitsNoLongerThanItsDeadline) {
  Exchange exchange({}, CallContext::WithTimeout(std::chrono::milliseconds(30)), [](bool) {});
  exchange.Begin({});
  EXPECT_TRUE(exchange.Write(std::string(Exchange::kBufferBytes, 'x')));
  EXPECT_FALSE(exchange.Write("y"));
}

// One request must not end the process that serves the others.
TEST(Exchange, AHandlerThatCallsOutOfOrderSpoilsItsOwnResponseAtMost) {
  Exchange exchange({}, CallContext(), [](bool) {});
  EXPECT_TRUE(exchange.Write("a"));
  EXPECT_TRUE(exchange.begun());
  Exchange::Output output = exchange.Take();
  ASSERT_TRUE(output.head);
  EXPECT_EQ(output.head->content_type, "text/event-stream; charset=utf-8");
  EXPECT_EQ(output.bytes, "a");
  exchange.Begin({.status = 500, .body = "b"});
  exchange.Finish({});
  exchange.Finish({.status = 500, .body = "c"});
  output = exchange.Take();
  EXPECT_FALSE(output.head);
  EXPECT_EQ(output.bytes, "b");
  EXPECT_FALSE(output.response);
  EXPECT_TRUE(output.finished);
}

TEST(Exchange, ASilentStreamIsKeptAlive) {
  Exchange exchange({.path = "/api/v1/x"}, CallContext(), [](bool) {});
  exchange.Beat();
  EXPECT_FALSE(exchange.Take().head) << "nobody asked for it";
  exchange.KeepAlive({.content_type = "text/event-stream"});
  exchange.Beat();
  Exchange::Output output = exchange.Take();
  ASSERT_TRUE(output.head);
  EXPECT_EQ(output.head->content_type, "text/event-stream");
  EXPECT_EQ(output.bytes, ": alive\n\n");
  exchange.Beat();
  output = exchange.Take();
  EXPECT_FALSE(output.head);
  EXPECT_EQ(output.bytes, ": alive\n\n");

  EXPECT_FALSE(exchange.begun());
  exchange.Begin({.content_type = "text/event-stream", .body = "a"});
  exchange.Write("b");
  exchange.Beat();
  output = exchange.Take();
  EXPECT_FALSE(output.head) << "it was sent";
  EXPECT_EQ(output.bytes, "ab") << "what is written keeps it alive itself";
  exchange.Finish({});
  exchange.Beat();
  EXPECT_EQ(exchange.Take().bytes, "");
}

TEST(Exchange, AnErrorBehindACommentIsAnEvent) {
  const auto end_of = [](const std::string& path) {
    Exchange exchange({.path = path}, CallContext(), [](bool) {});
    exchange.KeepAlive({.content_type = "text/event-stream"});
    exchange.Beat();
    exchange.Take();
    exchange.Finish({.status = 503, .body = "{\"error\":1}"});
    const Exchange::Output output = exchange.Take();
    EXPECT_FALSE(output.response);
    EXPECT_TRUE(output.finished);
    return output.bytes;
  };
  EXPECT_EQ(end_of("/api/v1/answer"), "event: error\ndata: {\"error\":1}\n\n");
  EXPECT_EQ(end_of("/v1/chat/completions"), "data: {\"error\":1}\n\n");
}

TEST(Errors, HaveTheShapeOfTheirSurface) {
  const Status status = NotFoundError("no \"x\"");
  EXPECT_EQ(ErrorJson(Surface::kNative, DetailOf(status)),
            R"({"error":{"code":"NOT_FOUND","message":"no \"x\""}})");
  EXPECT_EQ(
      ErrorJson(Surface::kOpenAi, DetailOf(status)),
      R"({"error":{"message":"no \"x\"","type":"invalid_request_error","param":null,"code":null}})");
  EXPECT_EQ(SurfaceOf("/v1/models"), Surface::kOpenAi);
  EXPECT_EQ(SurfaceOf("/v1"), Surface::kOpenAi);
  EXPECT_EQ(SurfaceOf("/v10"), Surface::kNative);
  EXPECT_EQ(SurfaceOf("/api/v1/search"), Surface::kNative);
}

TEST(Errors, SayWhenToTryAgain) {
  EXPECT_EQ(
      *FindHeader(ErrorResponse(Surface::kNative, UnavailableError("x")).headers, "Retry-After"),
      "1");
  const Response limited = ErrorResponse(Surface::kOpenAi, ResourceExhaustedError("x"));
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(*FindHeader(limited.headers, "Retry-After"), "1");
  EXPECT_TRUE(ErrorResponse(Surface::kNative, InternalError("x")).headers.empty());
}

TEST(Errors, NameWhatTheHttpLayerRefuses) {
  const auto name = [](int status) { return DetailOf(HttpProblem{status, ""}).name; };
  EXPECT_EQ(name(400), "INVALID_ARGUMENT");
  EXPECT_EQ(name(405), "METHOD_NOT_ALLOWED");
  EXPECT_EQ(name(413), "BODY_TOO_LARGE");
  EXPECT_EQ(name(415), "UNSUPPORTED_MEDIA_TYPE");
  EXPECT_EQ(name(431), "HEADERS_TOO_LARGE");
  EXPECT_EQ(name(503), "UNAVAILABLE");
  EXPECT_EQ(name(504), "DEADLINE_EXCEEDED");
}

}  // namespace
}  // namespace quarry::server
