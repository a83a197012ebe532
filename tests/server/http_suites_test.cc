// The reader of requests against the vectors of others: what they call an error must be one here.

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "base/file.h"
#include "server/http_body.h"
#include "server/http_guard.h"
#include "tests/testing/test_environment.h"

namespace quarry::server {
namespace {

using std::string;

// Reads `bytes` as a connection would, request after request. The status of the first problem; 0
// where there is none and 1 where more bytes are waited for.
int StatusOfReply(string bytes) {
  while (!bytes.empty()) {
    size_t scanned = 0;
    const HeaderScan scan = ScanHeader(bytes, {}, scanned);
    if (scan.state == HeaderScan::State::kBad) return scan.problem.status;
    if (scan.state == HeaderScan::State::kNeedMore) return 1;
    const auto parsed = ParseHeader(std::string_view(bytes).substr(0, scan.size), {});
    if (const auto* problem = std::get_if<HttpProblem>(&parsed)) return problem->status;
    bytes.erase(0, scan.size);
    BodyDecoder body(std::get<RequestHead>(parsed), UINT64_MAX);
    bytes.erase(0, body.Consume(bytes));
    if (body.problem()) return body.problem()->status;
    if (!body.done()) return 1;
  }
  return 0;
}

// ---- llhttp: Markdown with blocks ```http and ```log ----

// The block of `kind` that begins at or after `at`; moves `at` behind it.
string BlockOf(const string& text, const string& kind, size_t& at) {
  const size_t begin = text.find("```" + kind + "\n", at);
  if (begin == string::npos) return at = begin, "";
  const size_t first = begin + kind.size() + 4;
  const size_t end = text.find("\n```", first);
  at = end + 4;
  return text.substr(first, end - first);
}

// As llhttp's own runner does: a backslash joins lines, line ends are CRLF, escapes are bytes.
string Unescape(const string& block) {
  string bytes;
  for (size_t i = 0; i < block.size(); ++i) {
    const char next = i + 1 < block.size() ? block[i + 1] : '\0';
    if (block[i] == '\n') {
      bytes += "\r\n";
    } else if (block[i] != '\\' || string("\nrntfx").find(next) == string::npos) {
      bytes += block[i];
    } else {
      ++i;
      if (next == 'r') bytes += '\r';
      if (next == 'n') bytes += '\n';
      if (next == 't') bytes += '\t';
      if (next == 'f') bytes += '\f';
      if (next == 'x') {
        bytes += static_cast<char>(std::stoi(block.substr(i + 1, 2), nullptr, 16));
        i += 2;
      }
    }
  }
  return bytes;
}

TEST(HttpSuites, RefusesWhatLlhttpRefuses) {
  const auto directory = testing::SuitePath("llhttp/test/request");
  if (!directory) GTEST_SKIP() << "no suites/llhttp/test/request";
  int errors = 0;
  for (const auto& entry : std::filesystem::directory_iterator(*directory)) {
    ASSERT_OK_AND_ASSIGN(const string text, ReadFile(entry.path().string()));
    for (size_t at = text.find("<!-- meta="); at != string::npos;
         at = text.find("<!-- meta=", at)) {
      string meta = text.substr(at, text.find("-->", at) - at);
      std::erase(meta, ' ');
      const string bytes = Unescape(BlockOf(text, "http", at));
      const string log = at == string::npos ? "" : BlockOf(text, "log", at);
      // Lenient modes are not ours; a pause is none of the bytes' doing.
      const bool strict = meta.find("\"type\":\"request\"") != string::npos;
      const bool refused = log.find(" error code=") != string::npos &&
                           log.find("reason=\"Pause") == string::npos &&
                           log.find("on_") == string::npos;
      if (!strict || !refused) continue;
      ++errors;
      // Some vectors end where llhttp found the error, before the header does.
      int status = StatusOfReply(bytes);
      if (status == 1) status = StatusOfReply(bytes + "\r\n\r\n");
      // Whether a method exists is the router's affair (405), and a path is any bytes but control
      // characters and spaces; neither moves the place where the next request begins.
      const bool harmless = log.find("reason=\"Invalid method") != string::npos ||
                            log.find("reason=\"Invalid char in url path\"") != string::npos;
      if (harmless && status == 0) continue;
      EXPECT_GE(status, 400) << entry.path().filename() << "\n" << bytes << "\n" << log;
    }
  }
  EXPECT_GE(errors, 40);
}

// ---- http-desync-guardian: YAML ----

string BytesOf(const YAML::Node& test) {
  const auto text = [](const YAML::Node& node) { return node.IsNull() ? "" : node.as<string>(); };
  string headers;
  bool has_host = false;
  for (const YAML::Node& header : test["headers"]) {
    const string name = text(header["name"]);
    has_host = has_host || EqualsIgnoringCase(name, "host");
    headers += name + ": " + text(header["value"]) + "\r\n";
  }
  const string version = text(test["version"]);
  return text(test["method"]) + ' ' + text(test["uri"]) + (version.empty() ? "" : ' ' + version) +
         "\r\n" + (has_host ? "" : "Host: a\r\n") + headers + "\r\n";
}

TEST(HttpSuites, AgreesWithHttpDesyncGuardian) {
  const auto directory = testing::SuitePath("http-desync-guardian/tests");
  if (!directory) GTEST_SKIP() << "no suites/http-desync-guardian/tests";
  int compliant = 0;
  int refused = 0;
  for (const auto& entry : std::filesystem::directory_iterator(*directory)) {
    if (entry.path().extension() != ".yaml") continue;
    for (const YAML::Node& test : YAML::LoadFile(entry.path().string())) {
      const string tier = test["expected"]["tier"].as<string>();
      const string bytes = BytesOf(test);
      const int status = StatusOfReply(bytes);
      const string where = entry.path().filename().string() + ": " + test["name"].as<string>();
      if (tier == "Severe" || tier == "Ambiguous") {
        ++refused;
        // A body of GET is read, and the connection then ends (transport_test.cc).
        const string method = test["method"].as<string>();
        const bool odd_body = (method == "GET" || method == "HEAD") && tier == "Ambiguous";
        if (odd_body && status == 1) continue;
        EXPECT_GE(status, 400) << where << "\n" << bytes;
      } else if (tier == "Compliant") {
        ++compliant;
        // Transfer codings other than chunked alone are not served, and a request line needs a
        // target.
        if (status == 501 || test["name"].as<string>() == "Empty URI") continue;
        EXPECT_LT(status, 400) << where << "\n" << bytes;
      }
    }
  }
  EXPECT_EQ(refused, 116);
  EXPECT_EQ(compliant, 28);
}

}  // namespace
}  // namespace quarry::server
