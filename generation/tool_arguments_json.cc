#include <charconv>
#include <nlohmann/json.hpp>

#include "generation/tool_arguments.h"
#include "model/json_schema.h"

namespace quarry::generation {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

Result<ToolArguments> ToolArguments::Parse(std::string_view json, const std::string& schema) {
  ToolArguments arguments;
  arguments.json_ = json.empty() ? "{}" : std::string(json);
  const Status follows = model::CheckFormat(
      {model::ResponseFormat::Kind::kJsonSchema, "arguments", schema}, arguments.json_);
  if (!follows.ok()) {
    return InvalidArgumentError("arguments: " + follows.message());
  }
  const Json parsed = Json::parse(arguments.json_, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return InvalidArgumentError("arguments: expected an object");
  for (const auto& [name, value] : parsed.items()) {
    if (value.is_string()) {
      arguments.scalars_[name] = value.get<std::string>();
    } else if (value.is_number() || value.is_boolean()) {
      arguments.scalars_[name] = value.dump();
    }
  }
  return arguments;
}

std::optional<std::string> ToolArguments::Scalar(const std::string& name) const {
  const auto found = scalars_.find(name);
  return found == scalars_.end() ? std::nullopt : std::optional(found->second);
}

uint64_t ToolArguments::Integer(const std::string& name, uint64_t absent) const {
  const auto found = scalars_.find(name);
  if (found == scalars_.end()) return absent;
  uint64_t number = absent;
  const std::string& text = found->second;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string ToolArguments::ToJson(const std::vector<std::string>& without) const {
  Json json = Json::parse(json_);
  for (const std::string& name : without) json.erase(name);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace quarry::generation
