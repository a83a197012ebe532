#pragma once

// What every command prints with --json: one object on one line. Internal to app/output_*.cc.

#include <nlohmann/json.hpp>
#include <string>
#include <variant>

#include "base/document.h"
#include "eval/statistics.h"

namespace quarry::app {

// Keeps the order in which keys are added: a reader of the output sees what matters first.
using Json = nlohmann::ordered_json;

inline Json ToJson(const eval::Estimate& estimate) {
  return {{"mean", estimate.mean}, {"low", estimate.low}, {"high", estimate.high}};
}

inline Json MetadataJson(const Metadata& metadata) {
  Json json = Json::object();
  for (const auto& [key, value] : metadata) {
    json[key] = std::visit([](const auto& v) { return Json(v); }, value);
  }
  return json;
}

// Adds the keys of a span to `json`; what it does not have is left out.
inline void AddSpan(const SourceSpan& span, Json& json) {
  json["begin"] = span.begin;
  json["end"] = span.end;
  if (span.page != 0) json["page"] = span.page;
  if (!span.heading_path.empty()) json["heading_path"] = span.heading_path;
}

// Bytes that are no UTF-8 are replaced.
inline std::string Line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace quarry::app
