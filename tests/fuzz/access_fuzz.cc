// What anybody may send before it is known who it is: headers that say so, origins, encodings, and
// messages of MCP. Nothing that is made up lets anybody in.

#include <algorithm>
#include <chrono>

#include "server/auth.h"
#include "server/content_coding.h"
#include "server/mcp.h"
#include "server/origin.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/testing/memory_store.h"

namespace quarry::fuzz {

std::vector<std::string> Seeds() {
  const std::string secret(48, 'a');
  return {
      "Authorization: Bearer qk-0123456789abcdefghijklmn-" + secret,
      "Authorization: Basic YTpi\nAuthorization: bearer   x\nOrigin: null",
      "Host: [::1]:8420\nOrigin: https://app.example\nAccess-Control-Request-Method: PUT",
      "Host: evil.example\nOrigin: http://evil.example:80",
      "Accept-Encoding: br;q=1.0, gzip;q=0.000, *;q=0.5",
      R"({"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"search"}})",
      R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}})",
      R"([{"jsonrpc":"2.0","id":"a","method":"ping"},{"id":-1.5},[],null])",
  };
}

namespace {

// A store with one key, which is thrown away.
struct Keys {
  const std::unique_ptr<index::Store> store = quarry::testing::NewMemoryStore();
  index::ObjectTable objects{*store};
  SystemClock clock;
  server::ApiKeys keys{objects, clock};
  server::Authenticator authenticator{keys, {.owner_token = "qo-" + std::string(48, 'x')}};

  Keys() { QUARRY_CHECK(keys.Create({.name = "fuzz"}).ok()); }
};

// A header per line.
server::HeaderList HeadersOf(std::string_view text) {
  server::HeaderList headers;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const size_t colon = std::min(line.find(": "), line.size());
    headers.emplace_back(line.substr(0, colon), line.substr(std::min(colon + 2, line.size())));
  }
  return headers;
}

}  // namespace
}  // namespace quarry::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace quarry;
  const std::string_view text = fuzz::View(data, size);
  static fuzz::Keys& keys = *new fuzz::Keys();
  const server::HeaderList headers = fuzz::HeadersOf(text);
  for (const server::Scope scope : {server::Scope::kQuery, server::Scope::kOwner}) {
    const server::Route route{.method = "GET", .pattern = "/x", .scope = scope};
    const auto decision =
        keys.authenticator.Decide(route, headers, "127.0.0.1:1", std::chrono::steady_clock::now());
    QUARRY_CHECK(decision.refusal.has_value());
    QUARRY_CHECK(!decision.refusal->message.empty());
  }
  const server::OriginCheck origin = server::CheckOrigin({"https://app.example"}, headers);
  QUARRY_CHECK(origin.problem.empty() || origin.headers.empty());
  server::PreflightResponse("OPTIONS", headers, "GET");
  server::AcceptsGzip(headers);

  server::McpSession session;
  server::TakeMcpNotification(text, session);
  server::IsMcpInitialize(text);
  const std::string error =
      server::McpErrorJson(server::McpIdOf(text), server::kMcpInvalidRequest, text);
  QUARRY_CHECK(server::ParseJson(error).ok());
  return 0;
}
