#include "generation/yaml_json.h"

#include <yaml-cpp/yaml.h>

#include <nlohmann/json.hpp>

namespace quarry::generation {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kMaxYamlDepth = 64;

Json ScalarOf(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  if (node.Tag() == "!") return text;  // in quotes
  if (text == "true" || text == "false") return text == "true";
  if (text == "null" || text == "~") return nullptr;
  const Json number = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  return number.is_number() ? number : Json(text);
}

Json JsonOf(const YAML::Node& node, int depth) {
  if (depth > kMaxYamlDepth || node.IsNull()) return nullptr;
  if (node.IsScalar()) return ScalarOf(node);
  if (node.IsSequence()) {
    Json list = Json::array();
    for (const YAML::Node& one : node) list.push_back(JsonOf(one, depth + 1));
    return list;
  }
  Json object = Json::object();
  for (const auto& pair : node) {
    object[pair.first.IsScalar() ? pair.first.Scalar() : ""] = JsonOf(pair.second, depth + 1);
  }
  return object;
}

}  // namespace

std::string YamlToJson(const YAML::Node& node) {
  return JsonOf(node, 0).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace quarry::generation
