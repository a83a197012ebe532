#pragma once

// Reading the JSON that this folder wrote. Internal to index/*_json.cc, which alone include it.

#include <nlohmann/json.hpp>
#include <string>

#include "base/status.h"

namespace quarry::index {

// kDataLoss "NAME: expected ..." where the object lacks it or holds something else.
inline Result<uint64_t> UnsignedField(const nlohmann::json& object, const char* name) {
  const auto it = object.find(name);
  if (it == object.end() || !it->is_number_unsigned()) {
    return DataLossError(std::string(name) + ": expected a non-negative integer");
  }
  return it->get<uint64_t>();
}

}  // namespace quarry::index
