// Header block and body of requests. What comes out does not depend on how the bytes arrive.

#include <algorithm>

#include "server/http_body.h"
#include "server/http_guard.h"
#include "tests/fuzz/fuzz_target.h"

namespace quarry::fuzz {
namespace {

using server::BodyDecoder;
using server::HeaderScan;
using server::HttpProblem;
using server::RequestHead;

struct Outcome {
  int status = 0;  // of a problem; 0 = none yet
  bool complete = false;
  std::string method;
  std::string target;
  std::string body;
  size_t used = 0;

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

// Reads one request from bytes that arrive `step` at a time.
Outcome Read(std::string_view bytes, size_t step) {
  const server::GuardLimits limits{.header_bytes = 512, .target_bytes = 128, .header_count = 8};
  Outcome outcome;
  size_t scanned = 0;
  size_t arrived = 0;
  HeaderScan scan;
  while (scan.state == HeaderScan::State::kNeedMore && arrived < bytes.size()) {
    arrived = std::min(bytes.size(), arrived + step);
    scan = server::ScanHeader(bytes.substr(0, arrived), limits, scanned);
  }
  if (scan.state == HeaderScan::State::kBad) {
    outcome.status = scan.problem.status;
    QUARRY_CHECK(!scan.problem.message.empty());
    return outcome;
  }
  if (scan.state == HeaderScan::State::kNeedMore) return outcome;
  QUARRY_CHECK(scan.size <= arrived);
  const auto parsed = server::ParseHeader(bytes.substr(0, scan.size), limits);
  if (const auto* problem = std::get_if<HttpProblem>(&parsed)) {
    outcome.status = problem->status;
    return outcome;
  }
  const auto& head = std::get<RequestHead>(parsed);
  QUARRY_CHECK(!head.chunked || !head.content_length);
  QUARRY_CHECK(head.target.starts_with('/') || head.target == "*");
  outcome.method = head.method;
  outcome.target = head.target;

  constexpr uint64_t kLimit = 256;
  BodyDecoder body(head, kLimit);
  size_t at = scan.size;
  while (!body.done() && !body.problem() && at < bytes.size()) {
    const size_t end = std::min(bytes.size(), std::max(arrived, at + step));
    const size_t taken = body.Consume(bytes.substr(at, end - at));
    QUARRY_CHECK(taken <= end - at);
    at += taken;
    if (taken == 0) break;
  }
  if (body.problem()) {
    outcome.status = body.problem()->status;
    return outcome;
  }
  QUARRY_CHECK(body.text().size() <= kLimit);
  outcome.complete = body.done();
  if (outcome.complete) {
    outcome.body = body.text();
    outcome.used = at;
  }
  return outcome;
}

}  // namespace

std::vector<std::string> Seeds() {
  return {
      "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
      "POST /v1/chat HTTP/1.1\r\nHost: a:80\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;x=\"y\"\r\nhello\r\n0\r\nT: v\r\n\r\nGET / HTTP/1.1",
      "OPTIONS * HTTP/1.0\r\n\r\n",
      "GET http://a/b?c=%20d HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
  };
}

}  // namespace quarry::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes = quarry::fuzz::View(data, size);
  const quarry::fuzz::Outcome whole = quarry::fuzz::Read(bytes, std::max<size_t>(size, 1));
  QUARRY_CHECK(quarry::fuzz::Read(bytes, 1) == whole);
  QUARRY_CHECK(quarry::fuzz::Read(bytes, 7) == whole);
  return 0;
}
