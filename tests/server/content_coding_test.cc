#include "server/content_coding.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "ingest/gzip_reader.h"
#include "tests/server/server_testing.h"

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

// Sanitizers reserve more than any limit, and end the process where there is no memory.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define QUARRY_TEST_SANITIZED_CODING
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define QUARRY_TEST_SANITIZED_CODING
#endif
#endif

#ifndef QUARRY_TEST_SANITIZED_CODING
TEST(CompressResponseTest, WhereMemoryIsShortTheBodyGoesAsItIs) {
  Response response{.body = string(100u << 20, 'a')};
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    uint64_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    rlimit limit = {};
    limit.rlim_cur = limit.rlim_max =
        pages * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE)) + (16u << 20);
    if (pages == 0 || ::setrlimit(RLIMIT_AS, &limit) != 0) ::_exit(2);
    CompressResponse({{"Accept-Encoding", "gzip"}}, response);
    const bool is_packed = FindHeader(response.headers, "Content-Encoding") != nullptr;
    ::_exit(!is_packed && response.body.size() == 100u << 20 ? 0 : 1);
  }
  int ended = 0;
  ASSERT_EQ(::waitpid(child, &ended, 0), child);
  EXPECT_TRUE(WIFEXITED(ended));
  EXPECT_EQ(WEXITSTATUS(ended), 0);
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
