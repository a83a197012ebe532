// docs/http.md against the server: every route has its section, and every field that a strict reader
// knows stands in it.

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "tests/server/server_testing.h"

namespace quarry::testing {
namespace {

// The text of docs/http.md below each "## METHOD /path".
std::map<std::string, std::string> Sections() {
  std::ifstream file(SourceDirectory() + "/docs/http.md");
  std::map<std::string, std::string> sections;
  std::string heading;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) {
      heading = line.substr(3);
    } else {
      sections[heading] += line + "\n";
    }
  }
  return sections;
}

// The fields that a reader names when it is given one that nobody would mean.
std::vector<std::string> FieldsOf(const std::string& message) {
  const std::string marker = "expected one of ";
  const size_t at = message.find(marker);
  if (at == std::string::npos) return {};
  std::string list = message.substr(at + marker.size());
  list = list.substr(0, std::min(list.find(" ("), list.find("; ")));
  std::vector<std::string> fields;
  std::istringstream in(list);
  for (std::string field; std::getline(in, field, ',');) {
    fields.push_back(field.substr(field.find_first_not_of(' ')));
  }
  return fields;
}

TEST(HttpDocs, EveryRouteHasASectionAndACommand) {
  TestServer server;
  const std::map<std::string, std::string> sections = Sections();
  const auto routes = server.Get("/api/v1").json.at("routes");
  ASSERT_GT(routes.size(), 15u);
  size_t documented = 0;
  for (const auto& route : routes) {
    const std::string path = route.at("path");
    const std::string name = route.at("method").get<std::string>() + " " + path;
    if (path == "/api/v1" || path == "/") continue;
    const auto section = sections.find(name);
    ASSERT_NE(section, sections.end()) << name;
    EXPECT_THAT(section->second, ::testing::HasSubstr("    curl -s ")) << name;
    ++documented;
  }
  for (const auto& [heading, text] : sections) {
    if (heading.find(" /") != std::string::npos) --documented;
  }
  EXPECT_EQ(documented, 0u) << "docs/http.md describes what is not there";
}

// What a reader copies is taken by the server: without a type curl sends that of a form.
TEST(HttpDocs, EveryCommandWithABodyNamesItsType) {
  size_t bodies = 0;
  for (const auto& [heading, text] : Sections()) {
    std::istringstream in(text);
    std::string command;
    for (std::string line; std::getline(in, line);) {
      const bool goes_on = line.ends_with('\\');
      if (command.empty() && !line.starts_with("    curl ")) continue;
      command += line + "\n";
      const bool in_quotes = std::ranges::count(command, '\'') % 2 == 1;
      if (goes_on || in_quotes) continue;
      const bool has_body = command.find(" -d ") != std::string::npos ||
                            command.find(" --data-binary ") != std::string::npos;
      if (has_body) {
        EXPECT_THAT(command, ::testing::HasSubstr("Content-Type: ")) << heading;
        ++bodies;
      }
      command.clear();
    }
  }
  EXPECT_GT(bodies, 15u);
}

// Every operation of the description is a route, every route is in it, and both say the same of it.
TEST(HttpDocs, TheDescriptionHasEveryRoute) {
  TestServer server;
  const nlohmann::json description = server.Get("/openapi.json").json;
  EXPECT_EQ(description.at("openapi"), "3.1.0");
  EXPECT_EQ(description.at("info").at("version"), "1.2.3");
  std::set<std::string> ids;
  size_t operations = 0;
  for (const auto& [path, methods] : description.at("paths").items()) {
    for (const auto& [method, operation] : methods.items()) {
      EXPECT_TRUE(ids.insert(operation.at("operationId")).second) << path;
      for (const auto& parameter : operation.value("parameters", nlohmann::json::array())) {
        EXPECT_THAT(path,
                    ::testing::HasSubstr("{" + parameter.at("name").get<std::string>() + "}"));
      }
      ++operations;
    }
  }
  const auto routes = server.Get("/api/v1").json.at("routes");
  EXPECT_EQ(operations, routes.size());
  for (const auto& route : routes) {
    std::string path = route.at("path");
    if (const size_t rest = path.find("...}"); rest != std::string::npos) path.erase(rest, 3);
    std::string method = route.at("method");
    for (char& c : method) c = static_cast<char>(c | 0x20);
    const nlohmann::json& operation = description.at("paths").at(path).at(method);
    EXPECT_EQ(operation.at("summary"), route.at("description"));
    EXPECT_EQ(operation.contains("requestBody"), method != "get" && method != "delete");
  }
}

TEST(HttpDocs, EveryFieldStandsInItsSection) {
  TestServer server;
  const std::map<std::string, std::string> sections = Sections();
  const nlohmann::json odd = {{"qqqqqqqqqqqqqqqq", 1}};
  const auto expect_fields = [&](const JsonReply& reply, const std::string& section) {
    const std::vector<std::string> fields = FieldsOf(reply.Message());
    EXPECT_FALSE(fields.empty()) << section << ": " << reply.Message();
    for (const std::string& field : fields) {
      EXPECT_THAT(sections.at(section), ::testing::HasSubstr("`" + field + "`")) << section;
    }
  };
  expect_fields(server.Post("/api/v1/search", odd), "POST /api/v1/search");
  expect_fields(server.Post("/api/v1/answer", odd), "POST /api/v1/answer");
  expect_fields(server.Post("/api/v1/collections", odd), "POST /api/v1/collections");
  expect_fields(server.Post("/api/v1/backup", odd), "POST /api/v1/backup");
  expect_fields(server.Put("/api/v1/documents", odd), "PUT /api/v1/documents");
  expect_fields(server.Post("/api/v1/feedback", odd), "POST /api/v1/feedback");
  expect_fields(server.Post("/api/v1/compare", odd), "POST /api/v1/compare");
  expect_fields(server.Post("/api/v1/compare/x/vote", odd), "POST /api/v1/compare/{id}/vote");
  expect_fields(server.Post("/api/v1/conversations", odd), "POST /api/v1/conversations");
  expect_fields(server.Post("/api/v1/uploads", odd), "POST /api/v1/uploads");
  nlohmann::json chat = {
      {"model", "quarry"}, {"messages", {{{"role", "user"}, {"content", "x"}}}}, {"quarry", odd}};
  expect_fields(server.Post("/v1/chat/completions", chat), "POST /v1/chat/completions");
  for (const char* path : {"/v1/embeddings", "/v1/rerank", "/v1/vector_stores"}) {
    expect_fields(server.Post(path, odd), std::string("POST ") + path);
  }
  const std::string store = "/v1/vector_stores/default";
  expect_fields(server.Post(store, odd), "POST /v1/vector_stores/{store}");
  expect_fields(server.Post(store + "/search", odd), "POST /v1/vector_stores/{store}/search");
  expect_fields(server.Post(store + "/files", odd), "POST /v1/vector_stores/{store}/files");
  expect_fields(server.Post(store + "/file_batches", odd),
                "POST /v1/vector_stores/{store}/file_batches");
}

}  // namespace
}  // namespace quarry::testing
