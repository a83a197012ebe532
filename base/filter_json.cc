// The JSON form of filters. Everything that comes from outside is refused with its place:
//   filter.filters[1].type: unknown operator "foo"; expected one of and, or, ...

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/filter.h"
#include "base/text.h"

namespace quarry {
namespace {

using Json = nlohmann::json;
using Op = Filter::Op;

constexpr size_t kMaxBytes = 64 * 1024;
// A level of a filter takes two of JSON (object and list), a list of values one more. The parser
// recurses nowhere, but what it makes is destroyed and printed recursively.
constexpr int kMaxJsonDepth = 64;

constexpr std::pair<const char*, Op> kOperators[] = {
    {"and", Op::kAnd}, {"or", Op::kOr}, {"eq", Op::kEq},   {"ne", Op::kNe}, {"gt", Op::kGt},
    {"gte", Op::kGte}, {"lt", Op::kLt}, {"lte", Op::kLte}, {"in", Op::kIn}, {"nin", Op::kNin}};

Status At(const std::string& place, const std::string& problem) {
  return InvalidArgumentError(place + ": " + problem);
}

// `text` in quotes, fit for a line of a message.
std::string Quoted(const std::string& text) {
  constexpr size_t kShown = 60;
  if (text.size() <= kShown) return Json(text).dump();
  return Json(std::string(TruncateUtf8(text, kShown)) + "...").dump();
}

const char* TypeName(const Json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "a list";
  if (value.is_string()) return "a string";
  if (value.is_boolean()) return "a boolean";
  if (value.is_number()) return "a number";
  return "null";
}

// Parses with caps on size and depth. A key that stands twice is refused: which one counts would be
// a guess.
Result<Json> ParseJson(std::string_view json) {
  if (json.size() > kMaxBytes) {
    return At("filter", std::to_string(json.size()) + " bytes; at most " +
                            std::to_string(kMaxBytes) + " are accepted");
  }
  std::vector<std::set<std::string>> keys;  // of the objects that are open
  const auto check = [&](int depth, Json::parse_event_t event, Json& value) {
    switch (event) {
      case Json::parse_event_t::object_start:
        keys.emplace_back();
        [[fallthrough]];
      case Json::parse_event_t::array_start:
        if (depth >= kMaxJsonDepth) {
          throw At("filter",
                   "JSON nested deeper than " + std::to_string(kMaxJsonDepth) + " levels");
        }
        break;
      case Json::parse_event_t::object_end:
        keys.pop_back();
        break;
      case Json::parse_event_t::key:
        if (const auto& key = value.get_ref<const std::string&>();
            !keys.back().insert(key).second) {
          throw At("filter", "key " + Quoted(key) + " stands twice in one object");
        }
        break;
      default:
        break;
    }
    return true;
  };
  try {
    return Json::parse(json.begin(), json.end(), check);
  } catch (const Json::exception& error) {
    // "[json.exception.parse_error.101] parse error at line 1, column 2: ..."
    const std::string_view what = error.what();
    return At("filter", "not JSON: " + std::string(what.substr(what.find(']') + 2)));
  } catch (const Status& status) {
    return status;
  }
}

Result<Op> ParseOperator(const Json& object, const std::string& place) {
  const auto type = object.find("type");
  if (type == object.end()) return At(place, "\"type\" is missing");
  if (!type->is_string()) {
    return At(place + ".type", std::string("expected a string, not ") + TypeName(*type));
  }
  const auto& name = type->get_ref<const std::string&>();
  std::string expected;
  for (const auto& [known, op] : kOperators) {
    if (name == known) return op;
    expected += (expected.empty() ? "" : ", ") + std::string(known);
  }
  return At(place + ".type", "unknown operator " + Quoted(name) + "; expected one of " + expected);
}

Status CheckKeys(const Json& object, std::initializer_list<std::string_view> known,
                 const std::string& place) {
  const std::string expected = Join(known, ", ");
  for (const auto& item : object.items()) {
    if (std::ranges::find(known, item.key()) == known.end()) {
      return At(place, "unknown key " + Quoted(item.key()) + "; expected " + expected);
    }
  }
  for (const std::string_view key : known) {
    if (!object.contains(key)) return At(place, "\"" + std::string(key) + "\" is missing");
  }
  return OkStatus();
}

Result<MetadataValue> ParseValue(const Json& value, bool ordered, const std::string& place) {
  if (value.is_string()) return MetadataValue(value.get<std::string>());
  if (value.is_number()) return MetadataValue(value.get<double>());
  if (value.is_boolean() && !ordered) return MetadataValue(value.get<bool>());
  return At(place, std::string(ordered ? "expected a number or a string, not "
                                       : "expected a string, a number or a boolean, not ") +
                       TypeName(value));
}

Result<Filter> ParseComparison(const Json& object, Op op, const std::string& place) {
  QUARRY_RETURN_IF_ERROR(CheckKeys(object, {"type", "key", "value"}, place));
  Filter filter;
  filter.op = op;
  const Json& key = object["key"];
  if (!key.is_string()) {
    return At(place + ".key", std::string("expected a string, not ") + TypeName(key));
  }
  filter.field = key.get<std::string>();
  if (filter.field.empty()) return At(place + ".key", "the name of a field is empty");
  const Json& value = object["value"];
  const std::string value_place = place + ".value";
  if (op != Op::kIn && op != Op::kNin) {
    const bool ordered = op != Op::kEq && op != Op::kNe;
    QUARRY_ASSIGN_OR_RETURN(MetadataValue parsed, ParseValue(value, ordered, value_place));
    filter.values.push_back(std::move(parsed));
    return filter;
  }
  if (!value.is_array()) {
    return At(value_place, std::string("expected a list, not ") + TypeName(value));
  }
  for (size_t i = 0; i < value.size(); ++i) {
    QUARRY_ASSIGN_OR_RETURN(
        MetadataValue parsed,
        ParseValue(value[i], /*ordered=*/false, value_place + "[" + std::to_string(i) + "]"));
    filter.values.push_back(std::move(parsed));
  }
  return filter;
}

Result<Filter> ParseNode(const Json& object, int depth, const std::string& place) {
  if (depth > Filter::kMaxDepth) {
    return At(place, "nested deeper than " + std::to_string(Filter::kMaxDepth) + " levels");
  }
  if (!object.is_object()) {
    return At(place, std::string("expected an object, not ") + TypeName(object));
  }
  QUARRY_ASSIGN_OR_RETURN(const Op op, ParseOperator(object, place));
  if (op != Op::kAnd && op != Op::kOr) return ParseComparison(object, op, place);

  QUARRY_RETURN_IF_ERROR(CheckKeys(object, {"type", "filters"}, place));
  const Json& children = object["filters"];
  if (!children.is_array()) {
    return At(place + ".filters", std::string("expected a list, not ") + TypeName(children));
  }
  Filter filter;
  filter.op = op;
  for (size_t i = 0; i < children.size(); ++i) {
    QUARRY_ASSIGN_OR_RETURN(Filter child, ParseNode(children[i], depth + 1,
                                                    place + ".filters[" + std::to_string(i) + "]"));
    filter.children.push_back(std::move(child));
  }
  return filter;
}

}  // namespace

const char* FilterOpName(Filter::Op op) {
  const auto* const found = std::ranges::find(kOperators, op, &std::pair<const char*, Op>::second);
  QUARRY_CHECK(found != std::end(kOperators));
  return found->first;
}

Result<Filter> ParseFilter(std::string_view json) {
  QUARRY_ASSIGN_OR_RETURN(const Json parsed, ParseJson(json));
  return ParseNode(parsed, 1, "filter");
}

}  // namespace quarry
