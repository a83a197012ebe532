#include "server/query_parameters.h"

#include <algorithm>

#include "base/numbers.h"
#include "base/text.h"
#include "server/json_writer.h"
#include "server/strict_json.h"

namespace quarry::server {

const std::string* QueryParameters::Find(std::string_view name) {
  known_.push_back(name);
  const auto found = query_.find(std::string(name));
  return found == query_.end() ? nullptr : &found->second;
}

void QueryParameters::Fail(std::string_view name, const std::string& expected,
                           const std::string& value) {
  if (!status_.ok()) return;
  status_ = InvalidArgumentError("query parameter \"" + std::string(name) + "\": expected " +
                                 expected + ", not " + JsonString(value));
}

void QueryParameters::String(std::string_view name, std::string& out) {
  if (const std::string* value = Find(name)) out = *value;
}

void QueryParameters::Bool(std::string_view name, bool& out) {
  const std::string* value = Find(name);
  if (value == nullptr) return;
  if (*value != "true" && *value != "false" && !value->empty()) {
    return Fail(name, "true or false", *value);
  }
  out = *value != "false";
}

void QueryParameters::Uint(std::string_view name, uint32_t& out, uint32_t min, uint32_t max) {
  const std::string* value = Find(name);
  if (value == nullptr) return;
  const std::optional<uint32_t> number = ParseNumber<uint32_t>(*value);
  if (!number || *number < min || *number > max) {
    return Fail(name, "an integer from " + std::to_string(min) + " to " + std::to_string(max),
                *value);
  }
  out = *number;
}

Status QueryParameters::Finish() {
  if (!status_.ok()) return status_;
  for (const auto& [name, value] : query_) {
    if (std::ranges::find(known_, name) != known_.end()) continue;
    const std::string expected = Join(known_, ", ");
    return InvalidArgumentError("unknown query parameter " + JsonString(name) + "; expected " +
                                (expected.empty() ? "none" : "one of " + expected));
  }
  return OkStatus();
}

}  // namespace quarry::server
