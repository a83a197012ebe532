#pragma once

// Reading the JSON that this folder wrote. Internal to index/*_json.cc, which alone include it.

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/status.h"

namespace quarry::index {

// Of nothing deeper than what is written here, so that damage cannot make the parser build much. kDataLoss for all
// but an object.
inline Result<nlohmann::json> ParseObject(std::string_view text) {
  using Json = nlohmann::json;
  Json json = Json::parse(
      text, [](int depth, Json::parse_event_t, Json&) { return depth <= 4; }, false);
  if (!json.is_object()) return DataLossError("not a JSON object");
  return json;
}

// kDataLoss "NAME: expected ..." where the object lacks it or holds something else.
inline Result<uint64_t> UnsignedField(const nlohmann::json& object, const char* name) {
  const auto it = object.find(name);
  if (it == object.end() || !it->is_number_unsigned()) {
    return DataLossError(std::string(name) + ": expected a non-negative integer");
  }
  return it->get<uint64_t>();
}
inline Result<std::string> StringField(const nlohmann::json& object, const char* name) {
  const auto it = object.find(name);
  if (it == object.end() || !it->is_string()) {
    return DataLossError(std::string(name) + ": expected a string");
  }
  return it->get<std::string>();
}

}  // namespace quarry::index
