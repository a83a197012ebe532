// docs/http.md against the server: every route has its section, and every field that a strict reader
// knows stands in it.

#include <fstream>
#include <map>
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
  list = list.substr(0, list.find(" ("));
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
  nlohmann::json chat = {
      {"model", "quarry"}, {"messages", {{{"role", "user"}, {"content", "x"}}}}, {"quarry", odd}};
  expect_fields(server.Post("/v1/chat/completions", chat), "POST /v1/chat/completions");
}

}  // namespace
}  // namespace quarry::testing
