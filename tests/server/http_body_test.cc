#include "server/http_body.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace quarry::server {
namespace {

using std::string;

RequestHead Chunked() {
  RequestHead head;
  head.chunked = true;
  return head;
}

RequestHead Fixed(uint64_t length) {
  RequestHead head;
  head.content_length = length;
  return head;
}

struct Outcome {
  bool done = false;
  int status = 0;  // of the problem, 0 = none
  string text;
  size_t consumed = 0;
};

// Feeds `bytes` in pieces of `step`.
Outcome Decode(const RequestHead& head, const string& bytes, size_t step, uint64_t limit = 1000) {
  BodyDecoder decoder(head, limit);
  size_t consumed = 0;
  for (size_t end = 0; end < bytes.size() && !decoder.done() && !decoder.problem();) {
    end = std::min(bytes.size(), end + step);
    consumed += decoder.Consume(std::string_view(bytes).substr(consumed, end - consumed));
  }
  return {decoder.done(), decoder.problem() ? decoder.problem()->status : 0, decoder.Take(),
          consumed};
}

TEST(BodyDecoder, TakesContentLengthBytesAndNoMore) {
  for (const size_t step : {1, 3, 100}) {
    const Outcome outcome = Decode(Fixed(5), "helloGET /", step);
    EXPECT_TRUE(outcome.done);
    EXPECT_EQ(outcome.text, "hello");
    EXPECT_EQ(outcome.consumed, 5u);
  }
}

TEST(BodyDecoder, NoBodyIsDoneAtOnce) {
  EXPECT_TRUE(BodyDecoder(RequestHead(), 10).done());
  EXPECT_TRUE(BodyDecoder(Fixed(0), 0).done());
}

TEST(BodyDecoder, RefusesTooLongBodiesBeforeTheyCome) {
  const BodyDecoder decoder(Fixed(11), 10);
  ASSERT_TRUE(decoder.problem());
  EXPECT_EQ(decoder.problem()->status, 413);
  EXPECT_EQ(decoder.problem()->message, "the body has 11 bytes; at most 10 are accepted");
  EXPECT_FALSE(BodyDecoder(Fixed(10), 10).problem());
}

TEST(BodyDecoder, JoinsChunks) {
  const std::vector<string> bodies = {
      "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
      "5;a;b=c;d=\"e;\\\"f\"\r\nhello\r\n06\r\n world\r\n000\r\n\r\n",
      "B\r\nhello world\r\n0\r\nX-Sum: 1\r\nY:\r\n\r\n",
      "b\r\nhello world\r\n0;x\r\n\r\n",
  };
  for (const string& body : bodies) {
    for (const size_t step : {1, 2, 7, 1000}) {
      const Outcome outcome = Decode(Chunked(), body + "GET / HTTP/1.1\r\n", step);
      EXPECT_TRUE(outcome.done) << body;
      EXPECT_EQ(outcome.text, "hello world");
      EXPECT_EQ(outcome.consumed, body.size());
    }
  }
}

TEST(BodyDecoder, RefusesWhatTwoParsersCouldReadDifferently) {
  const std::vector<string> bodies = {
      "5\nhello\r\n0\r\n\r\n",         // bare LF after the size
      "5;a\nb\r\nhello\r\n0\r\n\r\n",  // bare LF in an extension
      "5;a=\"b\nc\"\r\nhello\r\n",     // ... in a quoted one
      "5\r\r\nhello\r\n",              // CR in the line
      "5 \r\nhello\r\n",               // white space after the size
      " 5\r\nhello\r\n",
      "5 ;a\r\nhello\r\n",
      "5; a\r\nhello\r\n",
      "5;\r\nhello\r\n",
      "5;a=\r\nhello\r\n",
      "5;=b\r\nhello\r\n",
      "5;\"a\"\r\nhello\r\n",
      "5;a=\"b\r\nhello\r\n",
      "0x5\r\nhello\r\n",
      "+5\r\nhello\r\n",
      "-5\r\nhello\r\n",
      "5g\r\nhello\r\n",
      "\r\nhello\r\n",
      ";a\r\nhello\r\n",
      "G\r\n",
      "5\r\nhellox\r\n0\r\n\r\n",  // longer than its size
      "5\r\nhello0\r\n\r\n",       // no line end after the data
      "5\r\nhello\n0\r\n\r\n",     // bare LF after the data
      "5\r\nhello\r0\r\n\r\n",
      "0000000000000005\r\nhello\r\n",  // 16 digits
      "10000000000000000\r\n",          // 2^64
      "0\r\nX\r\n\r\n",
      "0\r\nX : 1\r\n\r\n",
      "0\r\n X: 1\r\n\r\n",
      "0\r\nX: 1\n\r\n",
      "0\r\nX: \x01\r\n\r\n",
      "0\r\n\n",
      string("0\r\nX: \0\r\n\r\n", 11),
      "5;" + string(2000, 'a') + "\r\nhello\r\n",
  };
  for (const string& body : bodies) {
    for (const size_t step : {size_t{1}, size_t{1000}, body.size()}) {
      EXPECT_EQ(Decode(Chunked(), body, step).status, 400) << body;
    }
  }
}

TEST(BodyDecoder, LimitsChunkedBodiesAndTrailers) {
  EXPECT_EQ(Decode(Chunked(), "5\r\nhello\r\n5\r\nhello\r\n0\r\n\r\n", 100, 10).text, "hellohello");
  EXPECT_EQ(Decode(Chunked(), "5\r\nhello\r\n6\r\n", 100, 10).status, 413);
  EXPECT_EQ(Decode(Chunked(), "b\r\n", 100, 10).status, 413);
  EXPECT_EQ(Decode(Chunked(), "fffffffffffffff\r\n", 100, 10).status, 413);
  string trailers = "0\r\n";
  for (int i = 0; i < 100; ++i) trailers += "X: " + string(100, 'a') + "\r\n";
  EXPECT_EQ(Decode(Chunked(), trailers + "\r\n", 1 << 20).status, 431);
}

TEST(BodyDecoder, TakesNothingAfterAProblem) {
  BodyDecoder decoder(Chunked(), 10);
  decoder.Consume("x\r\n");
  ASSERT_TRUE(decoder.problem());
  EXPECT_EQ(decoder.Consume("5\r\nhello\r\n"), 0u);
}

}  // namespace
}  // namespace quarry::server
