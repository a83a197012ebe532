#pragma once

// What every command prints with --json: one object on one line. Internal to app/output_*.cc.

#include <nlohmann/json.hpp>
#include <string>

#include "eval/statistics.h"

namespace quarry::app {

// Keeps the order in which keys are added: a reader of the output sees what matters first.
using Json = nlohmann::ordered_json;

inline Json ToJson(const eval::Estimate& estimate) {
  return {{"mean", estimate.mean}, {"low", estimate.low}, {"high", estimate.high}};
}

// Bytes that are no UTF-8 are replaced.
inline std::string Line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace quarry::app
