#pragma once

// Reading JSON that an upstream sent: with limits, and without an exception. Internal to
// model/*_json.cc, which alone include it.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace quarry::model {

using Json = nlohmann::json;

inline constexpr int kMaxUpstreamJsonDepth = 64;

// kUnavailable "not JSON: ..." for what is none, or is nested deeper.
inline Result<Json> ParseUpstreamJson(std::string_view text) {
  bool too_deep = false;
  const auto check = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > kMaxUpstreamJsonDepth;
    return !too_deep;  // what is below is dropped
  };
  Json json = Json::parse(text, check, /*allow_exceptions=*/false);
  if (too_deep) return UnavailableError("not JSON that is read here: nested deeper than 64");
  if (json.is_discarded()) {
    const std::string begin(text.substr(0, 60));
    return UnavailableError("not JSON: it begins with \"" + begin + "\"");
  }
  return json;
}

// The member of an object; nullptr where there is none or it is null.
inline const Json* Find(const Json& json, const char* name) {
  if (!json.is_object()) return nullptr;
  const auto found = json.find(name);
  return found == json.end() || found->is_null() ? nullptr : &*found;
}

// A member that is a string; "" where there is none.
inline std::string StringOf(const Json& json, const char* name) {
  const Json* member = Find(json, name);
  return member != nullptr && member->is_string() ? member->get<std::string>() : "";
}

// A member that is an integer from 0 to `max`.
inline std::optional<uint64_t> UintOf(const Json& json, const char* name,
                                      uint64_t max = UINT64_MAX) {
  const Json* member = Find(json, name);
  if (member == nullptr || !member->is_number_unsigned()) return std::nullopt;
  const uint64_t value = member->get<uint64_t>();
  return value <= max ? std::optional(value) : std::nullopt;
}

// JSON text of bytes that need not be UTF-8: what is not becomes U+FFFD.
inline std::string DumpJson(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace quarry::model
