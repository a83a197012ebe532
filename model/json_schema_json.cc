#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "model/json_schema.h"
#include "model/upstream_json.h"

namespace quarry::model {
namespace {

constexpr int kMaxDepth = 64;
// Of checking a reply: alternatives of alternatives multiply.
constexpr int kMaxSteps = 100'000;

constexpr std::string_view kChecked[] = {"type",
                                         "enum",
                                         "const",
                                         "properties",
                                         "required",
                                         "additionalProperties",
                                         "items",
                                         "minItems",
                                         "maxItems",
                                         "minLength",
                                         "maxLength",
                                         "minimum",
                                         "maximum",
                                         "anyOf",
                                         "oneOf",
                                         "allOf",
                                         "not",
                                         "$ref",
                                         "exclusiveMinimum",
                                         "exclusiveMaximum"};
constexpr std::string_view kSaysNothing[] = {"title",       "description", "default", "examples",
                                             "format",      "$schema",     "$id",     "$defs",
                                             "definitions", "$comment",    "strict"};

// What the members of a schema that hold schemas are.
bool HoldsList(const std::string& key) {
  return key == "anyOf" || key == "oneOf" || key == "allOf";
}
bool HoldsMap(const std::string& key) {
  return key == "properties" || key == "$defs" || key == "definitions";
}

// What a $ref names; nullptr where that is nothing.
const Json* Target(const Json& root, const std::string& reference) {
  if (!reference.starts_with('#')) return nullptr;
  try {
    const Json::json_pointer pointer(reference.substr(1));
    return root.contains(pointer) ? &root.at(pointer) : nullptr;
  } catch (const Json::exception&) {  // no pointer
    return nullptr;
  }
}

class SchemaChecker {
 public:
  explicit SchemaChecker(const Json& root) : root_(root) {}

  Status Check() {
    QUARRY_RETURN_IF_ERROR(CheckPart(root_, "schema", 0));
    // Also what is referred to and stands where no schema would.
    for (size_t i = 0; i < targets_.size(); ++i) {
      if (known_.contains(targets_[i].second)) continue;
      QUARRY_RETURN_IF_ERROR(CheckPart(*targets_[i].second, "schema: " + targets_[i].first, 0));
    }
    for (const Json* schema : std::set<const Json*>(known_)) {
      QUARRY_RETURN_IF_ERROR(CheckEnds(*schema, 0));
    }
    return OkStatus();
  }

 private:
  Status CheckPart(const Json& schema, const std::string& place, int depth) {
    if (schema.is_boolean()) return OkStatus();
    if (depth > kMaxDepth) return InvalidArgumentError(place + ": nested deeper than 64");
    if (!schema.is_object()) return InvalidArgumentError(place + ": expected an object");
    known_.insert(&schema);
    for (const auto& [key, value] : schema.items()) {
      const std::string below = place + '.' + key;
      if (!IsOneOf(key, kChecked) && !IsOneOf(key, kSaysNothing)) {
        return InvalidArgumentError(below + ": is not checked here");
      }
      if (HoldsMap(key) || HoldsList(key)) {
        if (HoldsList(key) ? !value.is_array() : !value.is_object()) {
          return InvalidArgumentError(below + ": expected " +
                                      (HoldsList(key) ? "a list" : "an object"));
        }
        for (const Json& part : value) QUARRY_RETURN_IF_ERROR(CheckPart(part, below, depth + 1));
      } else if (key == "items" || key == "not" || key == "additionalProperties") {
        QUARRY_RETURN_IF_ERROR(CheckPart(value, below, depth + 1));
      } else if (key == "$ref") {
        const std::string reference = StringOf(schema, "$ref");
        const Json* target = Target(root_, reference);
        if (target == nullptr) return InvalidArgumentError(below + ": " + reference + ": unknown");
        targets_.emplace_back(reference, target);
      }
    }
    return OkStatus();
  }

  // That checking a value against `schema` comes to an end: what is checked against the same value,
  // by $ref and by what combines schemas, goes in no circle.
  Status CheckEnds(const Json& schema, int depth) {
    if (!schema.is_object() || ending_.contains(&schema)) return OkStatus();
    if (depth > kMaxDepth) {
      return InvalidArgumentError(
          "schema: $ref in a circle that passes no properties or items, or longer than 64");
    }
    for (const auto& [key, value] : schema.items()) {
      if (key == "$ref") {
        QUARRY_RETURN_IF_ERROR(CheckEnds(*Target(root_, value.get<std::string>()), depth + 1));
      } else if (key == "not") {
        QUARRY_RETURN_IF_ERROR(CheckEnds(value, depth + 1));
      } else if (HoldsList(key)) {
        for (const Json& part : value) QUARRY_RETURN_IF_ERROR(CheckEnds(part, depth + 1));
      }
    }
    ending_.insert(&schema);
    return OkStatus();
  }

  const Json& root_;
  std::set<const Json*> known_;
  std::set<const Json*> ending_;
  std::vector<std::pair<std::string, const Json*>> targets_;
};

bool IsOfType(const Json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "null") return value.is_null();
  if (type == "number") return value.is_number();
  if (type == "integer") {
    return value.is_number_integer() ||
           (value.is_number_float() && value.get<double>() == std::floor(value.get<double>()));
  }
  return false;
}

class Validator {
 public:
  explicit Validator(const Json& root) : root_(root) {}

  Status CheckReply(const Json& reply, const Json& schema) {
    Status status = Check(reply, schema, "", 0);
    if (steps_ <= kMaxSteps) return status;
    return InvalidArgumentError("schema: takes more than " + std::to_string(kMaxSteps) +
                                " steps to check");
  }

 private:
  Status Check(const Json& value, const Json& schema, const std::string& place, int depth) {
    if (++steps_ > kMaxSteps) return Wrong(place, "fewer steps");
    if (schema.is_boolean()) return schema.get<bool>() ? OkStatus() : Wrong(place, "nothing");
    if (depth > kMaxDepth) return Wrong(place, "less nesting");
    if (const std::string reference = StringOf(schema, "$ref"); !reference.empty()) {
      const Json* target = Target(root_, reference);
      if (target == nullptr) return InvalidArgumentError("schema: $ref " + reference + ": unknown");
      return Check(value, *target, place, depth + 1);
    }
    QUARRY_RETURN_IF_ERROR(CheckValue(value, schema, place));
    if (value.is_object()) QUARRY_RETURN_IF_ERROR(CheckObject(value, schema, place, depth));
    if (value.is_array()) QUARRY_RETURN_IF_ERROR(CheckArray(value, schema, place, depth));
    return CheckCombined(value, schema, place, depth);
  }

  static Status Wrong(const std::string& place, const std::string& expected) {
    return UnavailableError((place.empty() ? "the reply" : place) + ": expected " + expected);
  }

  static Status CheckValue(const Json& value, const Json& schema, const std::string& place) {
    if (const Json* type = Find(schema, "type")) {
      const Json types = type->is_array() ? *type : Json::array({*type});
      if (std::ranges::none_of(types, [&](const Json& one) {
            return one.is_string() && IsOfType(value, one.get<std::string>());
          })) {
        return Wrong(place, type->is_string() ? type->get<std::string>() : DumpJson(*type));
      }
    }
    if (schema.contains("const") && value != schema["const"]) {
      return Wrong(place, DumpJson(schema["const"]));
    }
    if (const Json* choices = Find(schema, "enum");
        choices != nullptr && std::ranges::find(*choices, value) == choices->end()) {
      return Wrong(place, "one of " + DumpJson(*choices));
    }
    const auto limit = [&](const char* name, double size, auto&& holds, const char* words) {
      const Json* bound = Find(schema, name);
      if (bound == nullptr || !bound->is_number() || holds(size, bound->get<double>())) {
        return OkStatus();
      }
      return Wrong(place, words + DumpJson(*bound));
    };
    const auto least = [](double size, double bound) { return size >= bound; };
    const auto most = [](double size, double bound) { return size <= bound; };
    const auto above = [](double size, double bound) { return size > bound; };
    const auto below = [](double size, double bound) { return size < bound; };
    if (value.is_number()) {
      const double number = value.get<double>();
      QUARRY_RETURN_IF_ERROR(limit("minimum", number, least, "at least "));
      QUARRY_RETURN_IF_ERROR(limit("maximum", number, most, "at most "));
      QUARRY_RETURN_IF_ERROR(limit("exclusiveMinimum", number, above, "more than "));
      QUARRY_RETURN_IF_ERROR(limit("exclusiveMaximum", number, below, "less than "));
    }
    if (value.is_string()) {
      const auto length = static_cast<double>(CountCodePoints(value.get_ref<const std::string&>()));
      QUARRY_RETURN_IF_ERROR(limit("minLength", length, least, "characters: at least "));
      QUARRY_RETURN_IF_ERROR(limit("maxLength", length, most, "characters: at most "));
    }
    if (value.is_array()) {
      const auto size = static_cast<double>(value.size());
      QUARRY_RETURN_IF_ERROR(limit("minItems", size, least, "elements: at least "));
      QUARRY_RETURN_IF_ERROR(limit("maxItems", size, most, "elements: at most "));
    }
    return OkStatus();
  }

  Status CheckObject(const Json& value, const Json& schema, const std::string& place, int depth) {
    if (const Json* required = Find(schema, "required")) {
      for (const Json& name : *required) {
        if (name.is_string() && !value.contains(name.get<std::string>())) {
          return Wrong(place, "a field \"" + name.get<std::string>() + "\"");
        }
      }
    }
    const Json* properties = Find(schema, "properties");
    for (const auto& [name, member] : value.items()) {
      const std::string below = place.empty() ? name : place + '.' + name;
      if (properties != nullptr && properties->contains(name)) {
        QUARRY_RETURN_IF_ERROR(Check(member, (*properties)[name], below, depth + 1));
      } else if (const Json* others = Find(schema, "additionalProperties")) {
        if (others->is_boolean() && !others->get<bool>()) {
          return Wrong(below, "no such field");
        }
        QUARRY_RETURN_IF_ERROR(Check(member, *others, below, depth + 1));
      }
    }
    return OkStatus();
  }

  Status CheckArray(const Json& value, const Json& schema, const std::string& place, int depth) {
    const Json* items = Find(schema, "items");
    for (size_t i = 0; items != nullptr && i < value.size(); ++i) {
      QUARRY_RETURN_IF_ERROR(
          Check(value[i], *items, place + '[' + std::to_string(i) + ']', depth + 1));
    }
    return OkStatus();
  }

  Status CheckCombined(const Json& value, const Json& schema, const std::string& place, int depth) {
    // How many hold; `enough` is as good as more.
    const auto count = [&](const Json& schemas, int enough) {
      int holding = 0;
      for (const Json& one : schemas) {
        holding += Check(value, one, place, depth + 1).ok() ? 1 : 0;
        if (holding == enough) break;
      }
      return holding;
    };
    if (const Json* all = Find(schema, "allOf")) {
      for (const Json& one : *all) QUARRY_RETURN_IF_ERROR(Check(value, one, place, depth + 1));
    }
    if (const Json* any = Find(schema, "anyOf"); any != nullptr && count(*any, 1) == 0) {
      return Wrong(place, "what one of anyOf says");
    }
    if (const Json* one = Find(schema, "oneOf"); one != nullptr && count(*one, 2) != 1) {
      return Wrong(place, "what exactly one of oneOf says");
    }
    if (const Json* no = Find(schema, "not");
        no != nullptr && Check(value, *no, place, depth + 1).ok()) {
      return Wrong(place, "something else (not)");
    }
    return OkStatus();
  }

  const Json& root_;
  int steps_ = 0;
};

}  // namespace

Status CheckSchema(const std::string& schema) {
  const Json json = Json::parse(schema, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return InvalidArgumentError("schema: not JSON");
  return SchemaChecker(json).Check();
}

Status CheckFormat(const ResponseFormat& format, const std::string& content) {
  if (format.kind == ResponseFormat::Kind::kText) return OkStatus();
  QUARRY_ASSIGN_OR_RETURN(const Json reply, ParseUpstreamJson(content));
  if (format.kind == ResponseFormat::Kind::kJsonObject) {
    return reply.is_object() ? OkStatus() : UnavailableError("the reply: expected a JSON object");
  }
  QUARRY_RETURN_IF_ERROR(CheckSchema(format.schema));
  const Json schema = Json::parse(format.schema);
  try {
    return Validator(schema).CheckReply(reply, schema);
  } catch (const Json::exception& error) {  // a member of the schema that is of another type
    return InvalidArgumentError(std::string("schema: ") + error.what());
  }
}

}  // namespace quarry::model
