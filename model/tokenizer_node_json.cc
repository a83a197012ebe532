#include "model/tokenizer_json.h"

namespace quarry::model {
namespace {

constexpr size_t kMaxTokenBytes = 1024;  // byte-level runs of spaces take some hundreds

}  // namespace

Status JsonNode::Wrong(const std::string& expected) const {
  return InvalidArgumentError((path.empty() ? "" : path + ": ") + "expected " + expected);
}

bool JsonNode::Has(const char* key) const {
  return json.is_object() && json.contains(key) && !json[key].is_null();
}

Result<JsonNode> JsonNode::At(const char* key) const {
  if (!json.is_object()) return Wrong("an object");
  if (!Has(key)) return InvalidArgumentError(Below(key) + ": missing");
  return JsonNode{json[key], Below(key)};
}

Result<std::vector<JsonNode>> JsonNode::Elements(const char* key) const {
  QUARRY_ASSIGN_OR_RETURN(const JsonNode list, At(key));
  if (!list.json.is_array()) return list.Wrong("a list");
  std::vector<JsonNode> nodes;
  for (size_t i = 0; i < list.json.size(); ++i) {
    nodes.push_back({list.json[i], list.path + "[" + std::to_string(i) + "]"});
  }
  return nodes;
}

Result<std::string> JsonNode::String(const char* key) const {
  QUARRY_ASSIGN_OR_RETURN(const JsonNode node, At(key));
  if (!node.json.is_string()) return node.Wrong("a text");
  return node.json.get<std::string>();
}

Result<bool> JsonNode::Flag(const char* key, bool otherwise) const {
  if (!Has(key)) return otherwise;
  QUARRY_ASSIGN_OR_RETURN(const JsonNode node, At(key));
  if (!node.json.is_boolean()) return node.Wrong("true or false");
  return node.json.get<bool>();
}

Result<uint32_t> JsonNode::AsUint() const {
  if (!json.is_number_unsigned() || json.get<uint64_t>() > kMaxVocabulary) {
    return Wrong("a number from 0 to " + std::to_string(kMaxVocabulary));
  }
  return json.get<uint32_t>();
}

Result<uint32_t> JsonNode::Uint(const char* key) const {
  QUARRY_ASSIGN_OR_RETURN(const JsonNode node, At(key));
  return node.AsUint();
}

Status JsonNode::UnknownType(const std::string& type, const std::string& known) const {
  return InvalidArgumentError(Below("type") + ": \"" + type + "\" is not known; known are " +
                              known);
}

Result<Json> ParseTokenizerFile(const std::string& bytes) {
  Json json = Json::parse(bytes, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return InvalidArgumentError("not JSON");
  return json;
}

Status CheckToken(const std::string& place, const std::string& token) {
  if (token.size() <= kMaxTokenBytes) return OkStatus();
  return InvalidArgumentError(place + ": a token of " + std::to_string(token.size()) +
                              " bytes; expected at most " + std::to_string(kMaxTokenBytes));
}

}  // namespace quarry::model
