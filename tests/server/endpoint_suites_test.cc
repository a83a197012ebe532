// Every endpoint that takes JSON against JSONTestSuite, and the names that people give things against the
// Big List of Naughty Strings.

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "base/file.h"
#include "base/hex.h"
#include "index/index_writer.h"
#include "tests/server/server_testing.h"

namespace quarry::testing {
namespace {

using nlohmann::json;
using std::string;

// One server that holds one of everything, and one connection that stays open.
class EndpointSuites : public ::testing::Test {
 protected:
  EndpointSuites() {
    engine_.Add(SmallCorpus());
    server::ServerOptions options;
    options.requests_per_connection = UINT32_MAX;
    options.backup_directory = backups_.path();
    server_ = std::make_unique<TestServer>(engine_, options);
    connection_ = std::make_unique<HttpConnection>(server_->port());
  }

  HttpReply Send(const string& method, const string& target, const string& body,
                 const string& headers = "Content-Type: application/json\r\n") {
    const auto reply = connection_->Ask(MakeRequest(method, target, body, headers));
    if (!reply) {
      ADD_FAILURE() << method << ' ' << target << ": no response to " << body.substr(0, 200);
      connection_ = std::make_unique<HttpConnection>(server_->port());
      return {};
    }
    return *reply;
  }
  json Made(const string& method, const string& target, const json& body) {
    const HttpReply reply = Send(method, target, body.dump());
    EXPECT_LT(reply.status, 300) << target << ' ' << reply.body;
    return json::parse(reply.body, nullptr, false);
  }

  TestEngine engine_;
  TemporaryDirectory backups_ = MakeTemporaryDirectory();
  std::unique_ptr<TestServer> server_;
  std::unique_ptr<HttpConnection> connection_;
};

// The suite's texts by name.
std::map<string, string> JsonTexts() {
  std::map<string, string> texts;
  const auto directory = SuitePath("JSONTestSuite/test_parsing");
  if (!directory) return texts;
  for (const auto& entry : std::filesystem::directory_iterator(*directory)) {
    texts[entry.path().filename().string()] = ReadFile(entry.path().string()).value();
  }
  return texts;
}

TEST_F(EndpointSuites, EveryEndpointReadsJsonAsJsonTestSuiteHasIt) {
  std::map<string, string> texts = JsonTexts();
  if (texts.empty()) GTEST_SKIP() << "no suites/JSONTestSuite/test_parsing";
  texts["n_depth_million.json"] = string(1'000'000, '[');
  const json question = {{"query", "pump"}, {"a", json::object()}, {"b", json::object()}};
  const string conversation =
      Made("POST", "/api/v1/conversations", {{"title", "x"}}).at("id").get<string>();
  const string comparison = Made("POST", "/api/v1/compare", question).at("id").get<string>();
  const string form =
      "--x\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nassistants\r\n"
      "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n"
      "The quern grinds.\r\n--x--\r\n";
  const string file =
      json::parse(
          Send("POST", "/v1/files", form, "Content-Type: multipart/form-data; boundary=x\r\n").body)
          .at("id");
  Made("POST", "/v1/vector_stores/default/files", {{"file_id", file}});
  const HttpReply initialized = Send(
      "POST", "/mcp",
      R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}})",
      "Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n");
  ASSERT_EQ(initialized.status, 200) << initialized.body;

  // What stands for the names in a path; routes that read no JSON.
  const std::map<string, string> names = {
      {"{store}", "default"}, {"{file}", file}, {"{name}", "fitter"}};
  const std::map<string, string> ids = {{"/api/v1/conversations/{id}", conversation},
                                        {"/api/v1/conversations/{id}/turns", conversation},
                                        {"/api/v1/compare/{id}/vote", comparison},
                                        {"/api/v1/documents/{id...}", "pumps.json"},
                                        {"/api/v1/profiles/{name}", "fitter"}};
  const std::set<string> without_json = {
      "POST /api/v1/runs",
      "POST /api/v1/answers/{id}/replay",
      "PUT /api/v1/conversations/{id}/files/{name...}",
      "PUT /api/v1/uploads/{id}/parts/{number}",
      "POST /api/v1/uploads/{id}/complete",
      "POST /v1/files",
      "POST /v1/vector_stores/{store}/file_batches/{batch}/cancel"};
  size_t endpoints = 0;
  const json routes = json::parse(Send("GET", "/api/v1", "").body).at("routes");
  for (const json& route : routes) {
    const string method = route.at("method");
    const string pattern = route.at("path");
    if (method == "GET" || method == "DELETE" || without_json.contains(method + ' ' + pattern)) {
      continue;
    }
    ++endpoints;
    string target = pattern;
    if (const auto id = ids.find(pattern); id != ids.end()) {
      const size_t open = target.find('{');
      target.replace(open, target.find('}') + 1 - open, id->second);
    }
    for (const auto& [name, value] : names) {
      if (const size_t at = target.find(name); at != string::npos) {
        target.replace(at, name.size(), value);
      }
    }
    ASSERT_EQ(target.find('{'), string::npos) << pattern << ": a name that this test does not know";
    string headers = "Content-Type: application/json\r\n";
    const bool is_mcp = pattern == "/mcp";
    if (is_mcp) {
      headers += "Accept: application/json, text/event-stream\r\nMcp-Session-Id: " +
                 initialized.Header("mcp-session-id") + "\r\n";
    }
    for (const auto& [name, text] : texts) {
      const HttpReply reply = Send(method, target, text, headers);
      const string where = method + ' ' + target + ' ' + name + ": " + reply.body.substr(0, 300);
      ASSERT_NE(reply.status, 0) << where;
      EXPECT_LT(reply.status, 500) << where;
      const bool is_refused = reply.body.find("not JSON") != string::npos;
      if (name[0] == 'y') {
        EXPECT_FALSE(is_refused) << where;
      } else if (name[0] == 'n' && is_mcp) {
        EXPECT_NE(reply.body.find("-32700"), string::npos) << where;
      } else if (name[0] == 'n' && !(text.empty() && pattern == "/v1/vector_stores")) {
        EXPECT_EQ(reply.status, 400) << where;
      }
    }
  }
  EXPECT_GE(endpoints, 24u);
}

class NaughtyStrings : public EndpointSuites {
 protected:
  void SetUp() override {
    const auto path = SuitePath("blns/blns.json");
    if (!path) GTEST_SKIP() << "no suites/blns/blns.json";
    for (const json& one : json::parse(ReadFile(*path).value())) strings_.insert(one);
    ASSERT_GE(strings_.size(), 400u);
  }
  std::set<string> strings_;
};

TEST_F(NaughtyStrings, AreQuestionsFiltersAndTenantsLikeAnyOther) {
  for (const string& text : strings_) {
    const json bodies[] = {
        {{"query", text}, {"highlight", true}, {"facets", true}, {"correct", true}},
        {{"query", "pump"},
         {"principals", {text}},
         {"filter", {{"type", "eq"}, {"key", text.empty() ? "k" : text}, {"value", text}}}}};
    for (const json& body : bodies) {
      const HttpReply reply = Send("POST", "/api/v1/search", body.dump());
      EXPECT_TRUE(reply.status == 200 || reply.status == 400) << body << reply.body;
      EXPECT_TRUE(json::accept(reply.body)) << body;
    }
    const HttpReply missing =
        Send("POST", "/api/v1/search", json{{"query", "pump"}, {"collection", text}}.dump());
    EXPECT_EQ(missing.status, 404) << text << missing.body;
    EXPECT_TRUE(json::accept(missing.body)) << text;
    const int made = Send("POST", "/api/v1/collections", json{{"name", text}}.dump()).status;
    EXPECT_TRUE(made == 201 || made == 400 || made == 409) << text << made;
  }
}

TEST_F(NaughtyStrings, AreDocumentsUnderTheirNames) {
  json documents = json::array();
  std::map<string, string> text_of;
  for (const string& id : strings_) {
    // Control characters are no text, whoever sends them.
    const bool is_text = std::ranges::none_of(id, [](char c) {
      return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' && c != '\r') ||
             c == 0x7F;
    });
    const string name = is_text ? id : "it";
    const string body = name + " is naughty";
    const bool is_id = index::CheckDocumentId(id).ok();
    if (is_id && text_of.emplace(id, body).second) {
      documents.push_back({{"id", id}, {"title", name}, {"text", body}});
    }
    if (is_id) continue;
    const json one = {{"documents", {{{"id", id}, {"text", body}}}}};
    EXPECT_EQ(Send("PUT", "/api/v1/documents", one.dump()).status, 400) << id;
  }
  ASSERT_GE(documents.size(), 300u);
  const HttpReply put = Send("PUT", "/api/v1/documents", json{{"documents", documents}}.dump());
  ASSERT_EQ(put.status, 201) << put.body.substr(0, 500);
  for (const auto& [id, body] : text_of) {
    const HttpReply shown =
        Send("GET", "/api/v1/documents/" + PercentEncode(id) + "?text=true", "");
    ASSERT_EQ(shown.status, 200) << id << ' ' << shown.body;
    EXPECT_EQ(json::parse(shown.body).at("id"), id);
  }
}

TEST_F(NaughtyStrings, AreNoKeys) {
  EXPECT_EQ(Send("POST", "/api/v1/keys", R"({"name":"k"})").status, 201);
  for (const string& text : strings_) {
    HttpConnection connection(server_->port());
    const auto reply = connection.Ask(
        MakeRequest("GET", "/api/v1/documents", "", "Authorization: Bearer " + text + "\r\n"));
    ASSERT_TRUE(reply) << text;
    EXPECT_TRUE(reply->status == 401 || reply->status == 400 || reply->status == 429 ||
                reply->status == 431)
        << text << reply->status;
    EXPECT_EQ(reply->body.find("\"documents\""), string::npos);
  }
}

}  // namespace
}  // namespace quarry::testing
