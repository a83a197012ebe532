// Profiles in YAML. Exceptions of yaml-cpp end here.

#include <yaml-cpp/yaml.h>

#include <functional>
#include <span>
#include <type_traits>

#include "base/names.h"
#include "base/numbers.h"
#include "base/text.h"
#include "generation/http_tool.h"
#include "generation/model_writer.h"
#include "generation/profile.h"
#include "generation/yaml_errors.h"
#include "generation/yaml_json.h"
#include "model/json_schema.h"

namespace quarry::generation {
namespace {

constexpr size_t kMaxInstructionBytes = 32 * 1024;
constexpr size_t kMaxExamples = 64;
constexpr size_t kMaxHttpTools = 16;
constexpr int kMaxProfileNodes = 10'000;  // aliases followed
constexpr int kMaxProfileDepth = 64;

// A value and what it is called in messages.
struct NamedValue {
  const std::string key;
  const YAML::Node node;
};

class ProfileParser {
 public:
  ProfileParser(const std::string& name, const std::string& file) : file_(file) {
    profile_.name = name;
    profile_.guide.profile = name;
  }

  Result<Profile> Parse(std::string_view yaml) {
    try {
      const YAML::Node root = YAML::Load(std::string(yaml));
      if (root.IsNull()) return InvalidArgumentError(file_ + ": expected \"key: value\" lines");
      int nodes = 0;
      if (!IsSmall(root, 0, nodes)) {
        return InvalidArgumentError(file_ + ": more than 64 levels or 10000 values, those that " +
                                    "aliases repeat counted");
      }
      QUARRY_RETURN_IF_ERROR(ReadMap("", root, TopKeys()));
      QUARRY_RETURN_IF_ERROR(CheckToolChoice(root));
      return std::move(profile_);
    } catch (const YAML::Exception& error) {
      return YamlError(file_, error);
    }
  }

 private:
  using Read = std::function<Status(const NamedValue& value)>;
  struct Key {
    std::string_view name;
    Read read;
  };

  std::vector<Key> TopKeys() {
    AnswerGuide& guide = profile_.guide;
    return {
        {"description", Text(profile_.description, 1000)},
        {"collection", Text(profile_.collection, 255)},
        {"filter", [this](const NamedValue& value) { return ReadFilter(value); }},
        {"k", Number(profile_.k, 1u, kMaxK)},
        {"mode", [this](const NamedValue& value) { return ReadMode(value); }},
        {"instructions", [this](const NamedValue& value) { return ReadInstructions(value); }},
        {"examples", [this](const NamedValue& value) { return ReadExamples(value); }},
        {"examples_shown", Number(guide.examples_shown, 1u, uint32_t{kMaxExamples})},
        {"language", Choice(guide.language, {"auto", "en", "zh"}, "auto")},
        {"length", [this](const NamedValue& value) { return ReadLength(value); }},
        {"style", Text(guide.style, 1000)},
        {"model", Text(guide.model, 255)},
        {"temperature", Number(guide.temperature, 0.0, 2.0)},
        {"max_tokens", Number(guide.max_tokens, 1u, 100'000u)},
        {"output_schema", [this](const NamedValue& value) { return ReadSchema(value); }},
        {"refusal", [this](const NamedValue& value) { return ReadRefusal(value); }},
        {"tools", [this](const NamedValue& value) { return ReadTools(value); }},
        {"http_tools", [this](const NamedValue& value) { return ReadHttpTools(value); }},
        {"tool_choice", Text(guide.tool_choice, 64)},
    };
  }

  Status Fail(const YAML::Node& node, const std::string& message) const {
    return YamlError(file_, node.Mark(), message);
  }
  Status Expected(const NamedValue& value, const std::string& what) const {
    const std::string given = value.node.IsScalar() ? '"' + value.node.Scalar() + '"'
                              : value.node.IsMap()  ? "\"key: value\" lines"
                              : value.node.IsNull() ? "nothing"
                                                    : "a list";
    return Fail(value.node, value.key + ": expected " + what + ", got " + given);
  }

  static bool IsSmall(const YAML::Node& node, int depth, int& nodes) {
    if (++nodes > kMaxProfileNodes || depth > kMaxProfileDepth) return false;
    if (node.IsSequence()) {
      return std::ranges::all_of(
          node, [&](const YAML::Node& one) { return IsSmall(one, depth + 1, nodes); });
    }
    return !node.IsMap() || std::ranges::all_of(node, [&](const auto& pair) {
      return IsSmall(pair.second, depth + 1, nodes);
    });
  }

  // `prefix` is what the map is called: "refusal.".
  Status ReadMap(const std::string& prefix, const YAML::Node& map, const std::vector<Key>& keys) {
    if (!map.IsMap()) {
      return Fail(map, prefix.empty() ? "expected \"key: value\" lines"
                                      : prefix.substr(0, prefix.size() - 1) +
                                            ": expected \"key: value\" lines");
    }
    std::vector<std::string_view> names;
    for (const Key& key : keys) names.push_back(key.name);
    std::vector<std::string> seen;
    for (const auto& pair : map) {
      const std::string name = pair.first.IsScalar() ? pair.first.Scalar() : "";
      const auto key = std::ranges::find(keys, name, &Key::name);
      if (key == keys.end()) {
        const std::string_view nearest = NearestName(name, names);
        return Fail(pair.first,
                    prefix + name + ": unknown key; " +
                        (nearest.empty() ? "expected one of " + Join(names, ", ")
                                         : "did you mean " + std::string(nearest) + '?'));
      }
      if (std::ranges::find(seen, name) != seen.end()) {
        return Fail(pair.first, prefix + name + ": stands there twice");
      }
      seen.push_back(name);
      const std::string full = prefix + name;
      QUARRY_RETURN_IF_ERROR(key->read({full, pair.second}));
    }
    return OkStatus();
  }

  Status TakeText(const NamedValue& value, size_t most, std::string& out) const {
    if (!value.node.IsScalar() || Trim(value.node.Scalar()).empty()) {
      return Expected(value, "a text");
    }
    if (value.node.Scalar().size() > most) {
      return Fail(value.node, value.key + ": expected at most " + std::to_string(most) +
                                  " bytes, got " + std::to_string(value.node.Scalar().size()));
    }
    out = Trim(value.node.Scalar());
    return OkStatus();
  }
  Read Text(std::string& out, size_t most) {
    return [this, &out, most](const NamedValue& value) { return TakeText(value, most, out); };
  }

  template <typename Out, typename T>
  Read Number(Out& out, T min, T max) {
    return [this, &out, min, max](const NamedValue& value) -> Status {
      const std::string text = value.node.IsScalar() ? value.node.Scalar() : "";
      const std::optional<T> number = ParseNumber<T>(text);
      if (number && *number >= min && *number <= max) {
        out = *number;
        return OkStatus();
      }
      const auto shown = [](T bound) {
        std::string digits = std::to_string(bound);
        if (std::is_floating_point_v<T>) digits.resize(digits.find('.') + 2);
        return digits;
      };
      return Expected(value, (std::is_floating_point_v<T> ? "a number from " : "an integer from ") +
                                 shown(min) + " to " + shown(max));
    };
  }

  // One of `words`; `none` means "".
  Read Choice(std::string& out, std::vector<std::string> words, std::string none) {
    return [this, &out, words = std::move(words), none = std::move(none)](const NamedValue& value) {
      std::string all;
      for (const std::string& word : words) {
        if (value.node.IsScalar() && value.node.Scalar() == word) {
          out = word == none ? "" : word;
          return OkStatus();
        }
        all += (all.empty() ? "" : word == words.back() ? " or " : ", ") + word;
      }
      return Expected(value, all);
    };
  }

  Status ReadFilter(const NamedValue& value) {
    if (!value.node.IsMap()) {
      return Expected(value, "a filter, as {type: eq, key: team, value: ops}");
    }
    Result<Filter> filter = quarry::ParseFilter(YamlToJson(value.node));
    if (!filter.ok()) return Fail(value.node, filter.status().message());
    profile_.filter = *std::move(filter);
    return OkStatus();
  }

  Status ReadMode(const NamedValue& value) {
    std::string name;
    QUARRY_RETURN_IF_ERROR(Choice(name, {"hybrid", "dense", "lexical"}, "")(value));
    QUARRY_ASSIGN_OR_RETURN(profile_.mode, ParseSearchMode(name));
    return OkStatus();
  }

  Status ReadInstructions(const NamedValue& value) {
    return TakeText(value, kMaxInstructionBytes, profile_.guide.instructions.emplace_back());
  }

  Status ReadLength(const NamedValue& value) {
    std::string name;
    QUARRY_RETURN_IF_ERROR(Choice(name, {"short", "medium", "long"}, "")(value));
    profile_.guide.length = name == "short"    ? AnswerLength::kShort
                            : name == "medium" ? AnswerLength::kMedium
                                               : AnswerLength::kLong;
    return OkStatus();
  }

  Status ReadExamples(const NamedValue& value) {
    if (!value.node.IsSequence() || value.node.size() == 0 || value.node.size() > kMaxExamples) {
      return Expected(value, "a list of 1 to " + std::to_string(kMaxExamples) +
                                 " {question: ..., answer: ...}");
    }
    for (size_t i = 0; i < value.node.size(); ++i) {
      const std::string place = value.key + '[' + std::to_string(i) + "].";
      AnswerExample& example = profile_.guide.examples.emplace_back();
      QUARRY_RETURN_IF_ERROR(ReadMap(place, value.node[i],
                                     {{"question", Text(example.question, kMaxInstructionBytes)},
                                      {"answer", Text(example.answer, kMaxInstructionBytes)}}));
      if (example.question.empty() || example.answer.empty()) {
        return Fail(value.node[i],
                    place + (example.question.empty() ? "question" : "answer") + ": is missing");
      }
    }
    return OkStatus();
  }

  Status ReadSchema(const NamedValue& value) {
    if (!value.node.IsMap()) return Expected(value, "a JSON Schema");
    profile_.guide.output_schema = YamlToJson(value.node);
    const Status checked = model::CheckSchema(profile_.guide.output_schema);
    return checked.ok() ? OkStatus() : Fail(value.node, value.key + ": " + checked.message());
  }

  Status ReadRefusal(const NamedValue& value) {
    AnswerGuide& guide = profile_.guide;
    return ReadMap(value.key + '.', value.node,
                   {{"text", Text(guide.refusal_text, 4000)},
                    {"decline_below", Number(guide.decline_below, 0.0, 1.0)},
                    {"unsupported", Choice(guide.unsupported, {"flag", "repair", "remove"}, "")}});
  }

  Status ReadTools(const NamedValue& value) {
    const std::vector<std::string_view>& known = BuiltInToolNames();
    const std::string names = "a list of tools: " + Join(known, ", ");
    if (!value.node.IsSequence() || value.node.size() == 0) return Expected(value, names);
    for (const YAML::Node& one : value.node) {
      if (!one.IsScalar() || std::ranges::find(known, one.Scalar()) == known.end()) {
        return Expected({value.key, one}, names);
      }
      profile_.guide.tools.push_back(one.Scalar());
    }
    return OkStatus();
  }

  Status ReadHttpTools(const NamedValue& value) {
    if (!value.node.IsSequence() || value.node.size() == 0 || value.node.size() > kMaxHttpTools) {
      return Expected(value, "a list of 1 to " + std::to_string(kMaxHttpTools) + " tools");
    }
    for (size_t i = 0; i < value.node.size(); ++i) {
      const std::string place = value.key + '[' + std::to_string(i) + "].";
      HttpTool tool{.parameters = R"({"type":"object","properties":{}})"};
      QUARRY_RETURN_IF_ERROR(ReadMap(
          place, value.node[i],
          {{"name", Text(tool.name, 64)},
           {"description", Text(tool.description, 2000)},
           {"method", Text(tool.method, 10)},
           {"url", Text(tool.url, 2000)},
           {"parameters",
            [&](const NamedValue& schema) -> Status {
              if (!schema.node.IsMap()) return Expected(schema, "a JSON Schema");
              tool.parameters = YamlToJson(schema.node);
              return OkStatus();
            }},
           {"headers", [&](const NamedValue& headers) { return ReadHeaders(headers, tool); }},
           {"read_only", [&](const NamedValue& flag) { return ReadFlag(flag, tool.read_only); }},
           {"asked_by", [&](const NamedValue& words) { return ReadTexts(words, tool.asked_by); }},
           {"timeout_ms", Number(tool.timeout_ms, 100u, 60'000u)},
           {"max_bytes", Number(tool.max_bytes, 1u, 1u << 20)}}));
      if (const Status checked = CheckHttpTool(tool); !checked.ok()) {
        return Fail(value.node[i], place + checked.message());
      }
      profile_.guide.http_tools.push_back(std::move(tool));
    }
    return OkStatus();
  }

  Status ReadHeaders(const NamedValue& value, HttpTool& tool) {
    if (!value.node.IsMap()) return Expected(value, "\"name: value\" lines");
    for (const auto& pair : value.node) {
      std::string text;
      const std::string name = pair.first.IsScalar() ? pair.first.Scalar() : "";
      QUARRY_RETURN_IF_ERROR(TakeText({value.key + '.' + name, pair.second}, 2000, text));
      tool.headers.emplace_back(name, text);
    }
    return OkStatus();
  }

  Status ReadFlag(const NamedValue& value, bool& flag) {
    std::string word;
    QUARRY_RETURN_IF_ERROR(Choice(word, {"true", "false"}, "false")(value));
    flag = word == "true";
    return OkStatus();
  }

  Status ReadTexts(const NamedValue& value, std::vector<std::string>& texts) {
    if (!value.node.IsSequence() || value.node.size() == 0)
      return Expected(value, "a list of texts");
    for (const YAML::Node& one : value.node) {
      QUARRY_RETURN_IF_ERROR(TakeText({value.key, one}, 200, texts.emplace_back()));
    }
    return OkStatus();
  }

  Status CheckToolChoice(const YAML::Node& root) const {
    const AnswerGuide& guide = profile_.guide;
    const std::string& choice = guide.tool_choice;
    if (choice.empty() || choice == "required" || choice == "none" || choice == "auto") {
      return OkStatus();
    }
    if (std::ranges::find(guide.tools, choice) != guide.tools.end() ||
        std::ranges::find(guide.http_tools, choice, &HttpTool::name) != guide.http_tools.end()) {
      return OkStatus();
    }
    return Fail(root["tool_choice"],
                "tool_choice: expected auto, required, none or a tool of the profile, got \"" +
                    choice + '"');
  }

  const std::string& file_;
  Profile profile_;
};

}  // namespace

Result<Profile> ParseProfile(std::string_view yaml, const std::string& name,
                             const std::string& file) {
  QUARRY_RETURN_IF_ERROR(CheckProfileName(name));
  if (yaml.size() > kMaxProfileBytes) {
    return InvalidArgumentError(file + ": expected at most " + std::to_string(kMaxProfileBytes) +
                                " bytes, got " + std::to_string(yaml.size()));
  }
  if (const size_t bad = FindInvalidUtf8(yaml); bad != std::string_view::npos) {
    return InvalidArgumentError(file + ": not UTF-8 at byte " + std::to_string(bad));
  }
  return ProfileParser(name, file).Parse(yaml);
}

}  // namespace quarry::generation
