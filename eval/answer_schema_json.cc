// The schema part of answer_checks.h.

#include "eval/answer_checks.h"
#include "eval/json_fields.h"

namespace quarry::eval {
namespace {

constexpr const char* kTypes[] = {"object",  "array",   "string", "number",
                                  "integer", "boolean", "null"};

bool IsOfType(const Json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "number") return value.is_number();
  if (type == "integer") return value.is_number_integer();
  if (type == "boolean") return value.is_boolean();
  return value.is_null();
}

bool Fits(const Json& value, const Json& schema) {
  if (schema.contains("type") && !IsOfType(value, schema["type"].get<std::string>())) return false;
  if (schema.contains("enum")) {
    const Json& values = schema["enum"];
    if (std::find(values.begin(), values.end(), value) == values.end()) return false;
  }
  if (value.is_object()) {
    const Json required = schema.value("required", Json::array());
    for (const Json& name : required) {
      if (!value.contains(name.get<std::string>())) return false;
    }
    const Json properties = schema.value("properties", Json::object());
    for (const auto& [name, member] : properties.items()) {
      if (value.contains(name) && !Fits(value[name], member)) return false;
    }
  }
  if (value.is_array() && schema.contains("items")) {
    return std::all_of(value.begin(), value.end(),
                       [&](const Json& element) { return Fits(element, schema["items"]); });
  }
  return true;
}

Status Validate(const Json& schema, const std::string& place) {
  const auto fail = [&](const std::string& what) {
    return InvalidArgumentError(place.empty() ? what : place + ": " + what);
  };
  if (!schema.is_object()) return fail("expected an object");
  for (const auto& [name, value] : schema.items()) {
    const std::string inner = place.empty() ? name : place + "." + name;
    if (name == "type") {
      if (!value.is_string() || std::find(std::begin(kTypes), std::end(kTypes),
                                          value.get<std::string>()) == std::end(kTypes)) {
        return fail("type: expected the name of a JSON type");
      }
    } else if (name == "enum") {
      if (!value.is_array()) return fail("enum: expected a list");
    } else if (name == "required") {
      const bool fits = value.is_array() && std::all_of(value.begin(), value.end(),
                                                        [](auto& one) { return one.is_string(); });
      if (!fits) return fail("required: expected a list of names");
    } else if (name == "properties") {
      if (!value.is_object()) return fail("properties: expected an object");
      for (const auto& [key, member] : value.items()) {
        QUARRY_RETURN_IF_ERROR(Validate(member, inner + "." + key));
      }
    } else if (name == "items") {
      QUARRY_RETURN_IF_ERROR(Validate(value, inner));
    } else {
      return fail("\"" + name + "\" is not checked here; expected type, enum, required, " +
                  "properties and items");
    }
  }
  return OkStatus();
}

}  // namespace

bool FitsSchema(std::string_view text, std::string_view schema) {
  const Result<Json> value = ParseJson(text);
  const Result<Json> parsed = ParseJson(schema);
  return value.ok() && parsed.ok() && Validate(*parsed, "").ok() && Fits(*value, *parsed);
}

Status ValidateSchema(std::string_view schema) {
  QUARRY_ASSIGN_OR_RETURN(const Json parsed, ParseJson(schema));
  return Validate(parsed, "");
}

}  // namespace quarry::eval
