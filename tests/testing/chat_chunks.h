#pragma once

// What a chat model behind HTTP streams, as a scripted upstream writes it.

#include <nlohmann/json.hpp>
#include <string>

namespace quarry::testing {

// The event that ends a stream.
inline constexpr const char* kDoneEvent = "data: [DONE]\n\n";

inline std::string EventOf(const nlohmann::json& data) { return "data: " + data.dump() + "\n\n"; }

// A chunk with one choice; `finish_reason` "" stands in none.
inline nlohmann::json ChatChunk(const nlohmann::json& delta,
                                const std::string& finish_reason = "") {
  nlohmann::json choice = {{"index", 0}, {"delta", delta}};
  if (!finish_reason.empty()) choice["finish_reason"] = finish_reason;
  return {{"choices", {choice}}};
}

}  // namespace quarry::testing
