#include "server/openapi.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/ascii.h"
#include "server/errors.h"
#include "server/json_writer.h"

namespace quarry::server {
namespace {

struct PathPattern {
  std::string path;                                      // "/v1/files/{file}"
  std::vector<std::pair<std::string, bool>> parameters;  // name; whether it may hold slashes
};

PathPattern Describe(const std::string& pattern) {
  PathPattern described;
  for (size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] != '{') {
      described.path += pattern[at];
      continue;
    }
    const size_t end = pattern.find('}', at);
    std::string name = pattern.substr(at + 1, end - at - 1);
    const bool takes_rest = name.ends_with("...");
    if (takes_rest) name.resize(name.size() - 3);
    described.path += '{' + name + '}';
    described.parameters.emplace_back(std::move(name), takes_rest);
    at = end;
  }
  return described;
}

// "get_v1_files_file": unique, since method and pattern are.
std::string OperationId(const Route& route) {
  std::string id = route.method + route.pattern;
  std::erase_if(id, [](char c) { return c == '{' || c == '}'; });
  for (char& c : id) {
    c = IsAsciiAlphanumeric(c) ? AsciiLower(c) : '_';
  }
  return id;
}

const char* TagOf(const std::string& pattern) {
  if (SurfaceOf(pattern) == Surface::kOpenAi) return "openai";
  return pattern.starts_with("/api/") ? "quarry" : "operations";
}

void WriteBody(const Route& route, JsonWriter& json) {
  const char* type = route.body == BodyKind::kForm    ? "multipart/form-data"
                     : route.body == BodyKind::kFile  ? "*/*"
                     : route.body == BodyKind::kLines ? "application/jsonl"
                                                      : "application/json";
  json.Key("requestBody").BeginObject().Key("content").BeginObject();
  json.Key(type).BeginObject().EndObject().EndObject().EndObject();
}

void WriteOperation(const Route& route, const PathPattern& pattern, JsonWriter& json) {
  std::string method = route.method;
  for (char& c : method) c = static_cast<char>(c - 'A' + 'a');
  json.Key(method).BeginObject().Key("operationId").String(OperationId(route));
  json.Key("summary").String(route.description);
  json.Key("tags").BeginArray().String(TagOf(route.pattern)).EndArray();
  // What a key must have, where the store has keys; an empty list: none is asked for.
  json.Key("security").BeginArray();
  if (route.scope != Scope::kOpen) {
    json.BeginObject().Key("key").BeginArray().String(ScopeName(route.scope)).EndArray();
    json.EndObject();
  }
  json.EndArray();
  if (!pattern.parameters.empty()) {
    json.Key("parameters").BeginArray();
    for (const auto& [name, takes_rest] : pattern.parameters) {
      json.BeginObject().Key("name").String(name).Key("in").String("path");
      json.Key("required").Bool(true).Key("schema").Raw(R"({"type":"string"})");
      if (takes_rest) json.Key("description").String("may hold slashes");
      json.EndObject();
    }
    json.EndArray();
  }
  if (route.method == "POST" || route.method == "PUT" || route.method == "PATCH") {
    WriteBody(route, json);
  }
  json.Key("responses").BeginObject();
  json.Key("200").BeginObject().Key("description").String("done").EndObject();
  json.Key("default").BeginObject().Key("description").String("an error");
  json.Key("content").BeginObject().Key("application/json").BeginObject().Key("schema");
  json.BeginObject().Key("$ref").String(SurfaceOf(route.pattern) == Surface::kOpenAi
                                            ? "#/components/schemas/OpenAiError"
                                            : "#/components/schemas/Error");
  json.EndObject().EndObject().EndObject().EndObject().EndObject().EndObject();
}

constexpr const char* kSchemas = R"({
"Error":{"type":"object","required":["error"],"properties":{"error":{"type":"object",
"required":["code","message"],"properties":{"code":{"type":"string"},"message":{"type":"string"}}}}},
"OpenAiError":{"type":"object","required":["error"],"properties":{"error":{"type":"object",
"required":["message","type","param","code"],"properties":{"message":{"type":"string"},
"type":{"type":"string"},"param":{"type":["string","null"]},"code":{"type":["string","null"]}}}}}})";

}  // namespace

std::string OpenApiDocument(const std::vector<Route>& routes, const std::string& version) {
  std::map<std::string, std::vector<const Route*>> by_path;
  for (const Route& route : routes) by_path[Describe(route.pattern).path].push_back(&route);
  JsonWriter json;
  json.BeginObject().Key("openapi").String("3.1.0").Key("info").BeginObject();
  json.Key("title").String("Quarry").Key("version").String(version);
  json.Key("license").BeginObject().Key("name").String("Apache-2.0").EndObject().EndObject();
  json.Key("paths").BeginObject();
  for (const auto& [path, operations] : by_path) {
    json.Key(path).BeginObject();
    for (const Route* route : operations) WriteOperation(*route, Describe(route->pattern), json);
    json.EndObject();
  }
  json.EndObject().Key("components").BeginObject().Key("schemas").Raw(kSchemas);
  json.Key("securitySchemes").Raw(R"({"key":{"type":"http","scheme":"bearer"}})");
  return json.EndObject().EndObject().Take();
}

}  // namespace quarry::server
