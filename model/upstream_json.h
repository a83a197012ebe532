#pragma once

// Reading JSON that an upstream sent: with limits, and without an exception. Internal to
// model/*_json.cc, which alone include it.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "base/text.h"

namespace quarry::model {

using Json = nlohmann::json;

inline constexpr int kMaxUpstreamJsonDepth = 64;

// What an answer holds at most where nothing else is said; a value takes some 50 times the bytes that
// it is written in ("[]").
inline constexpr uint64_t kMaxUpstreamJsonValues = uint64_t{1} << 20;

// kUnavailable "not JSON: ..." for what is none, is nested deeper, or holds more than `max_values`
// numbers, strings, lists and the like.
inline Result<Json> ParseUpstreamJson(std::string_view text,
                                      uint64_t max_values = kMaxUpstreamJsonValues) {
  bool too_deep = false;
  uint64_t values = 0;
  const auto check = [&](int depth, Json::parse_event_t event, Json&) {
    too_deep = too_deep || depth > kMaxUpstreamJsonDepth;
    const bool is_end =
        event == Json::parse_event_t::array_end || event == Json::parse_event_t::object_end;
    if (!is_end) ++values;
    return !too_deep && values <= max_values;  // what comes then is dropped
  };
  Json json = Json::parse(text, check, /*allow_exceptions=*/false);
  if (too_deep) return UnavailableError("not JSON that is read here: nested deeper than 64");
  if (values > max_values) {
    return UnavailableError("not JSON that is read here: more than " + std::to_string(max_values) +
                            " values");
  }
  if (json.is_discarded()) {
    const std::string begin(TruncateUtf8(text, 60));
    return UnavailableError("not JSON: it begins with \"" + begin + "\"");
  }
  return json;
}

// An answer that is JSON, and not what was asked for.
inline Status WrongAnswer(const std::string& problem) {
  return UnavailableError("its answer: " + problem);
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
