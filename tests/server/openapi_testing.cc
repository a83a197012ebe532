#include "tests/server/openapi_testing.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "tests/testing/test_environment.h"

namespace quarry::testing {
namespace {

using nlohmann::json;

// Keywords that say nothing about which values are valid, and those that are looked at.
const std::set<std::string_view> kAnnotations = {
    "description", "title",           "default",      "example",         "examples",
    "format",      "deprecated",      "readOnly",     "writeOnly",       "discriminator",
    "nullable",    "contentEncoding", "externalDocs", "$recursiveAnchor"};
const std::set<std::string_view> kKeywords = {
    "$ref",          "$recursiveRef", "type",
    "enum",          "const",         "allOf",
    "anyOf",         "oneOf",         "not",
    "properties",    "required",      "additionalProperties",
    "items",         "minItems",      "maxItems",
    "minLength",     "maxLength",     "pattern",
    "minimum",       "maximum",       "exclusiveMinimum",
    "propertyNames", "maxProperties"};

json FromYaml(const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Sequence: {
      json list = json::array();
      for (const YAML::Node& element : node) list.push_back(FromYaml(element));
      return list;
    }
    case YAML::NodeType::Map: {
      json object = json::object();
      for (const auto& field : node) object[field.first.Scalar()] = FromYaml(field.second);
      return object;
    }
    case YAML::NodeType::Scalar: {
      const std::string& text = node.Scalar();
      if (node.Tag() == "!") return text;  // in quotes, or a block
      if (text == "null" || text == "~") return nullptr;
      if (text == "true" || text == "false") return text == "true";
      const json number = json::parse(text, nullptr, false);
      return number.is_number() ? number : json(text);
    }
    default:
      return nullptr;
  }
}

// What stands below each key that is indented by `indent` spaces, from line `from` to the next line
// that is indented less.
std::map<std::string, std::string, std::less<>> Cut(const std::vector<std::string>& lines,
                                                    size_t from, size_t indent) {
  std::map<std::string, std::string, std::less<>> slices;
  std::string* current = nullptr;
  for (size_t i = from; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    const size_t begin = line.find_first_not_of(' ');
    if (begin == std::string::npos) {
      if (current != nullptr) *current += '\n';
      continue;
    }
    if (begin < indent) break;
    if (begin == indent && line.ends_with(':')) {
      std::string name = line.substr(begin, line.size() - begin - 1);
      std::erase(name, '\'');
      current = &slices[name];
      continue;
    }
    if (current != nullptr) *current += line + '\n';
  }
  return slices;
}

size_t LineOf(const std::vector<std::string>& lines, const std::string& line, size_t from = 0) {
  return static_cast<size_t>(
      std::find(lines.begin() + static_cast<ptrdiff_t>(from), lines.end(), line) - lines.begin());
}

bool HasType(const json& value, const std::string& type) {
  if (type == "null") return value.is_null();
  if (type == "boolean") return value.is_boolean();
  if (type == "string") return value.is_string();
  if (type == "number") return value.is_number();
  if (type == "integer") {
    return value.is_number_integer() ||
           (value.is_number() && std::floor(value.get<double>()) == value.get<double>());
  }
  if (type == "array") return value.is_array();
  return type == "object" && value.is_object();
}

// Whether "/files/a" is of "/files/{file_id}".
bool FitsPattern(std::string_view path, std::string_view pattern) {
  while (!path.empty() && !pattern.empty()) {
    const size_t path_end = std::min(path.find('/', 1), path.size());
    const size_t pattern_end = std::min(pattern.find('/', 1), pattern.size());
    if (!pattern.starts_with("/{") && path.substr(0, path_end) != pattern.substr(0, pattern_end)) {
      return false;
    }
    path.remove_prefix(path_end);
    pattern.remove_prefix(pattern_end);
  }
  return path.empty() && pattern.empty();
}

size_t CountCharacters(const std::string& text) {
  return static_cast<size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string Shown(const json& value) { return value.dump().substr(0, 80); }

}  // namespace

const OpenAiDescription* OpenAiDescription::Get() {
  static const OpenAiDescription* const description = []() -> const OpenAiDescription* {
    const std::optional<std::string> path = SuitePath("openai-openapi/openapi.yaml");
    if (!path) return nullptr;
    std::ifstream file(*path);
    std::ostringstream text;
    text << file.rdbuf();
    return new OpenAiDescription(text.str());
  }();
  return description;
}

OpenAiDescription::OpenAiDescription(const std::string& yaml) {
  std::vector<std::string> lines;
  std::istringstream in(yaml);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  path_text_ = Cut(lines, LineOf(lines, "paths:") + 1, 2);
  schema_text_ = Cut(lines, LineOf(lines, "  schemas:", LineOf(lines, "components:")) + 1, 4);
}

const json& OpenAiDescription::Schema(const std::string& name) const {
  const auto found = schemas_.find(name);
  if (found != schemas_.end()) return found->second;
  const auto text = schema_text_.find(name);
  if (text == schema_text_.end()) {
    ADD_FAILURE() << "the description has no schema " << name;
    return schemas_[name] = json::object();
  }
  return schemas_[name] = FromYaml(YAML::Load(text->second));
}

std::optional<std::string> OpenAiDescription::ResponseSchema(const std::string& method,
                                                             const std::string& path,
                                                             const std::string& media_type) const {
  for (const auto& [pattern, text] : path_text_) {
    if (!FitsPattern(path, pattern)) continue;
    std::string verb = method;
    std::ranges::transform(verb, verb.begin(), [](char c) { return static_cast<char>(c | 0x20); });
    const auto [known, is_new] = operations_.try_emplace(pattern);
    if (is_new) known->second = FromYaml(YAML::Load(text));
    const json::json_pointer content("/" + verb + "/responses/200/content");
    if (!known->second.contains(content)) return std::nullopt;
    const json& types = known->second.at(content);
    if (!types.contains(media_type) || !types.at(media_type).at("schema").contains("$ref")) {
      return std::nullopt;
    }
    const std::string ref = types.at(media_type).at("schema").at("$ref");
    return ref.substr(ref.rfind('/') + 1);
  }
  return std::nullopt;
}

std::vector<std::string> OpenAiDescription::Check(const std::string& schema,
                                                  const json& value) const {
  Problems problems;
  Check(Schema(schema), value, {}, problems);
  return problems;
}

void OpenAiDescription::Check(const json& schema, const json& value, Place place,
                              Problems& problems) const {
  const auto fail = [&](const std::string& problem) {
    problems.push_back((place.path.empty() ? "value" : place.path) + ": " + problem);
  };
  if (schema.is_boolean()) {
    if (!schema.get<bool>()) fail("is not allowed");
    return;
  }
  for (const auto& [keyword, unused] : schema.items()) {
    if (!keyword.starts_with("x-") && !kAnnotations.contains(keyword) &&
        !kKeywords.contains(keyword)) {
      fail("the schema has the keyword " + keyword + ", which is not understood");
    }
  }
  if (schema.value("$recursiveAnchor", false)) place.anchor = &schema;
  if (value.is_null() && schema.value("nullable", false)) return;
  if (schema.contains("$ref")) {
    const std::string ref = schema.at("$ref");
    Check(Schema(ref.substr(ref.rfind('/') + 1)), value, place, problems);
  }
  if (schema.contains("$recursiveRef") && place.anchor != nullptr) {
    Check(*place.anchor, value, place, problems);
  }
  if (schema.contains("type")) {
    const json& type = schema.at("type");
    const json types = type.is_array() ? type : json::array({type});
    if (std::ranges::none_of(
            types, [&](const json& one) { return HasType(value, one.get<std::string>()); })) {
      return fail("expected " + types.dump() + ", not " + Shown(value));
    }
  }
  if (schema.contains("enum")) {
    const json& values = schema.at("enum");
    if (std::ranges::find(values, value) == values.end()) {
      fail("expected one of " + Shown(values) + ", not " + Shown(value));
    }
  }
  if (schema.contains("const") && schema.at("const") != value) {
    fail("expected " + Shown(schema.at("const")) + ", not " + Shown(value));
  }
  if (schema.contains("allOf")) {
    for (const json& part : schema.at("allOf")) Check(part, value, place, problems);
  }
  CheckAlternatives(schema, "anyOf", value, place, problems);
  CheckAlternatives(schema, "oneOf", value, place, problems);
  if (schema.contains("not")) {
    Problems of_the_other;
    Check(schema.at("not"), value, place, of_the_other);
    if (of_the_other.empty()) fail("is what it must not be");
  }
  if (value.is_object()) CheckObject(schema, value, place, problems);
  if (value.is_array()) {
    if (value.size() < schema.value("minItems", size_t{0})) fail("has too few items");
    if (value.size() > schema.value("maxItems", SIZE_MAX)) fail("has too many items");
    if (schema.contains("items")) {
      for (size_t i = 0; i < value.size(); ++i) {
        Check(schema.at("items"), value[i],
              {place.path + '[' + std::to_string(i) + ']', place.anchor}, problems);
      }
    }
  }
  if (value.is_string()) {
    const std::string text = value;
    const size_t length = CountCharacters(text);
    if (length < schema.value("minLength", size_t{0})) fail("is too short");
    if (length > schema.value("maxLength", SIZE_MAX)) fail("is too long");
    if (schema.contains("pattern") &&
        !std::regex_search(text, std::regex(schema.at("pattern").get<std::string>()))) {
      fail("does not match " + schema.at("pattern").get<std::string>());
    }
  }
  if (value.is_number()) {
    const auto number = value.get<double>();
    if (number < schema.value("minimum", -HUGE_VAL)) fail("is too small: " + Shown(value));
    if (number > schema.value("maximum", HUGE_VAL)) fail("is too large: " + Shown(value));
    if (number <= schema.value("exclusiveMinimum", -HUGE_VAL)) {
      fail("is too small: " + Shown(value));
    }
  }
}

std::optional<bool> OpenAiDescription::MayBe(const json& schema, const std::string& property,
                                             const json& value) const {
  if (schema.contains("$ref")) {
    const std::string ref = schema.at("$ref");
    return MayBe(Schema(ref.substr(ref.rfind('/') + 1)), property, value);
  }
  const json::json_pointer at("/properties/" + property);
  if (schema.contains(at)) {
    Problems problems;
    Check(schema.at(at), value, {}, problems);
    return problems.empty();
  }
  for (const char* keyword : {"allOf", "anyOf", "oneOf"}) {
    if (!schema.contains(keyword)) continue;
    std::optional<bool> answer;
    for (const json& part : schema.at(keyword)) {
      const std::optional<bool> of_part = MayBe(part, property, value);
      if (of_part) answer = answer.value_or(false) || *of_part;
    }
    if (answer) return answer;
  }
  return std::nullopt;
}

// With a discriminator only the alternatives count that it names; of those, and of anyOf, one must
// fit, of oneOf exactly one.
void OpenAiDescription::CheckAlternatives(const json& schema, const char* keyword,
                                          const json& value, const Place& place,
                                          Problems& problems) const {
  if (!schema.contains(keyword)) return;
  const json::json_pointer discriminator("/discriminator/propertyName");
  const bool discriminates = schema.contains(discriminator) && value.is_object() &&
                             value.contains(schema.at(discriminator).get<std::string>());
  size_t fitting = 0;
  size_t considered = 0;
  Problems nearest;
  for (const json& alternative : schema.at(keyword)) {
    if (discriminates) {
      const std::string property = schema.at(discriminator);
      if (!MayBe(alternative, property, value.at(property)).value_or(true)) continue;
    }
    Problems of_this;
    Check(alternative, value, place, of_this);
    fitting += of_this.empty();
    if (considered++ == 0 || of_this.size() < nearest.size()) nearest = std::move(of_this);
  }
  const std::string where = place.path.empty() ? "value" : place.path;
  if (fitting == 0) {
    problems.push_back(where + ": fits none of " + keyword + ": " + Shown(value));
    problems.insert(problems.end(), nearest.begin(), nearest.end());
  } else if (fitting > 1 && !discriminates && std::string_view(keyword) == "oneOf") {
    problems.push_back(where + ": fits several of oneOf: " + Shown(value));
  }
}

void OpenAiDescription::CheckObject(const json& schema, const json& value, const Place& place,
                                    Problems& problems) const {
  const auto below = [&](const std::string& name) -> Place {
    return {place.path.empty() ? name : place.path + '.' + name, place.anchor};
  };
  for (const json& name : schema.value("required", json::array())) {
    if (!value.contains(name.get<std::string>())) {
      problems.push_back(below(name).path + ": is missing");
    }
  }
  if (value.size() > schema.value("maxProperties", SIZE_MAX)) {
    problems.push_back(place.path + ": has too many properties");
  }
  const json properties = schema.value("properties", json::object());
  for (const auto& [name, field] : value.items()) {
    if (properties.contains(name)) {
      Check(properties.at(name), field, below(name), problems);
    } else if (schema.contains("additionalProperties")) {
      Check(schema.at("additionalProperties"), field, below(name), problems);
    }
    if (schema.contains("propertyNames")) {
      Check(schema.at("propertyNames"), name, below(name), problems);
    }
  }
}

}  // namespace quarry::testing
