#include "server/content_coding.h"

#include "ingest/gzip_reader.h"
#include "tests/server/server_testing.h"
#include "tests/testing/short_memory.h"

namespace quarry::server {
namespace {

using std::string;
using testing::Fetch;
using testing::SmallCorpus;
using testing::TestEngine;
using testing::TestServer;

string Gunzip(const string& bytes) {
  ingest::ParseBudget budget(bytes.size());
  ingest::GzipReader reader(bytes, &budget);
  string text;
  EXPECT_EQ(reader.Read(size_t{1} << 24, &text), OkStatus());
  return text;
}

TEST(AcceptsGzipTest, ReadsTheHeader) {
  const auto accepts = [](const char* value) { return AcceptsGzip({{"accept-encoding", value}}); };
  for (const char* value :
       {"gzip", "br, GZIP", "deflate;q=0.5,gzip;q=0.1", "*", "br;q=1, *;q=0.1"}) {
    EXPECT_TRUE(accepts(value)) << value;
  }
  for (const char* value :
       {"", "br", "gzip;q=0", "gzip;q=0.000", "*, gzip;q=0", "*;q=0", "xgzip", ","}) {
    EXPECT_FALSE(accepts(value)) << value;
  }
  EXPECT_FALSE(AcceptsGzip({}));
}

TEST(CompressResponseTest, TakesTextThatIsLongEnough) {
  const HeaderList gzip = {{"Accept-Encoding", "gzip"}};
  const string text(kCompressFrom, 'x');
  const auto is_packed = [&](Response response) {
    CompressResponse(gzip, response);
    return FindHeader(response.headers, "Content-Encoding") != nullptr;
  };
  EXPECT_TRUE(is_packed({.body = text}));
  EXPECT_TRUE(is_packed({.content_type = "text/html; charset=utf-8", .body = text}));
  EXPECT_FALSE(is_packed({.body = text.substr(1)}));
  EXPECT_FALSE(is_packed({.status = 500, .body = text}));
  EXPECT_FALSE(is_packed({.content_type = "image/png", .body = text}));
  EXPECT_FALSE(is_packed({.content_type = "application/json-lines", .body = text}));
  Response plain{.body = text};
  CompressResponse({}, plain);
  EXPECT_EQ(plain.body, text);
  EXPECT_EQ(*FindHeader(plain.headers, "Vary"), "Accept-Encoding");
}

#ifndef QUARRY_TEST_SANITIZED
TEST(CompressResponseTest, WhereMemoryIsShortTheBodyGoesAsItIs) {
  Response response{.body = string(100u << 20, 'a')};
  EXPECT_TRUE(testing::HoldsWithShortMemory([&] {
    CompressResponse({{"Accept-Encoding", "gzip"}}, response);
    const bool is_packed = FindHeader(response.headers, "Content-Encoding") != nullptr;
    return !is_packed && response.body.size() == 100u << 20;
  }));
}
#endif

TEST(CompressResponseTest, OverHttpTheSameBytesComeOut) {
  TestEngine engine;
  engine.Add(SmallCorpus());
  const TestServer server(engine, {});
  const auto plain = Fetch(server.port(), "GET", "/api/v1/documents");
  const auto packed =
      Fetch(server.port(), "GET", "/api/v1/documents", "", "Accept-Encoding: gzip, br\r\n");
  ASSERT_TRUE(plain && packed);
  EXPECT_EQ(packed->Header("content-encoding"), "gzip");
  EXPECT_EQ(packed->Header("content-length"), std::to_string(packed->body.size()));
  EXPECT_LT(packed->body.size() * 3, plain->body.size());
  EXPECT_EQ(Gunzip(packed->body), plain->body);
  const auto head =
      Fetch(server.port(), "HEAD", "/api/v1/documents", "", "Accept-Encoding: gzip\r\n");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->Header("content-length"), packed->Header("content-length"));
}

}  // namespace
}  // namespace quarry::server
