// suite.yaml. Exceptions of yaml-cpp end here.

#include "eval/suite_file.h"

#include <yaml-cpp/yaml.h>

#include <charconv>
#include <filesystem>
#include <type_traits>

#include "base/file.h"
#include "base/hash.h"
#include "base/names.h"
#include "eval/answer_checks.h"

namespace quarry::eval {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMaxFileBytes = 1 << 20;
constexpr std::string_view kKeys[] = {"name",    "description", "corpus", "config",  "max_words",
                                      "repeats", "seed",        "gates",  "baseline"};
class SuiteParser {
 public:
  explicit SuiteParser(const std::string& name) : name_(name) {}

  Result<Suite> Parse(const std::string& yaml) {
    try {
      const YAML::Node root = YAML::Load(yaml);
      if (!root.IsMap()) return Fail(root, "expected \"key: value\" lines");
      for (const auto& pair : root) {
        const std::string key = pair.first.Scalar();
        QUARRY_RETURN_IF_ERROR(ReadKey(key, pair.first, pair.second));
      }
      if (suite_.name.empty()) return InvalidArgumentError(name_ + ": \"name\" is missing");
      return std::move(suite_);
    } catch (const YAML::Exception& error) {
      return InvalidArgumentError(Place(error.mark) + ": not valid YAML: " + error.msg);
    }
  }

 private:
  std::string Place(const YAML::Mark& mark) const {
    return mark.is_null() ? name_ : name_ + ":" + std::to_string(mark.line + 1);
  }
  Status Fail(const YAML::Node& node, const std::string& message) const {
    return InvalidArgumentError(Place(node.Mark()) + ": " + message);
  }

  Status ReadKey(const std::string& key, const YAML::Node& at, const YAML::Node& value) {
    if (key == "name") return ReadText(key, value, suite_.name);
    if (key == "description") return ReadText(key, value, suite_.description);
    if (key == "corpus") return ReadText(key, value, suite_.corpus);
    if (key == "baseline") return ReadText(key, value, suite_.baseline);
    if (key == "max_words") return ReadNumber(key, value, suite_.max_words, 0, 1'000'000);
    if (key == "repeats") return ReadNumber(key, value, suite_.repeats, 1, 100);
    if (key == "seed") return ReadNumber(key, value, suite_.seed, 0, UINT64_MAX);
    if (key == "config") return ReadConfig(value);
    if (key == "gates") return ReadGates(value);
    const std::string_view nearest = NearestName(key, kKeys);
    return Fail(at, key + ": unknown key" +
                        (nearest.empty() ? "" : "; did you mean " + std::string(nearest) + "?"));
  }

  Status ReadText(const std::string& key, const YAML::Node& value, std::string& text) const {
    if (!value.IsScalar() || value.Scalar().empty()) return Fail(value, key + ": expected a text");
    text = value.Scalar();
    return OkStatus();
  }

  template <typename T>
  Status ReadNumber(const std::string& key, const YAML::Node& value, T& number,
                    std::type_identity_t<T> min, std::type_identity_t<T> max) const {
    const std::string text = value.IsScalar() ? value.Scalar() : "";
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error == std::errc() && rest == end && number >= min && number <= max) return OkStatus();
    return Fail(value, key + ": expected a number, got \"" + text + "\"");
  }

  Status ReadConfig(const YAML::Node& value) {
    if (!value.IsMap()) return Fail(value, "config: expected \"section.key: value\" lines");
    for (const auto& pair : value) {
      const std::string key = pair.first.Scalar();
      if (!pair.second.IsScalar()) return Fail(pair.second, "config." + key + ": expected a text");
      suite_.config[key] = pair.second.Scalar();
    }
    return OkStatus();
  }

  Status ReadGates(const YAML::Node& value) {
    if (!value.IsSequence()) return Fail(value, "gates: expected a list");
    for (const YAML::Node& element : value) {
      if (!element.IsMap()) return Fail(element, "gates: expected \"kind: ...\"");
      QUARRY_RETURN_IF_ERROR(ReadGate(element));
    }
    return OkStatus();
  }

  Status ReadGate(const YAML::Node& node) {
    Gate gate;
    bool has_kind = false;
    bool has_value = false;
    for (const auto& pair : node) {
      const std::string key = pair.first.Scalar();
      if (const std::optional<Gate::Kind> kind = FindGateKind(key)) {
        if (has_kind) return Fail(pair.first, "a gate has one kind; found " + key + " beside it");
        has_kind = true;
        gate.kind = *kind;
        const bool is_total = gate.kind == Gate::Kind::kMaxCost ||
                              gate.kind == Gate::Kind::kMaxP95Ms ||
                              gate.kind == Gate::Kind::kMaxFalseHit;
        if (is_total) {
          has_value = true;
          QUARRY_RETURN_IF_ERROR(ReadNumber(key, pair.second, gate.value, 0.0, 1e12));
        } else {
          std::string& name = gate.kind == Gate::Kind::kMustPass ? gate.tag : gate.metric;
          QUARRY_RETURN_IF_ERROR(ReadText(key, pair.second, name));
        }
      } else if (key == "value" || key == "margin") {
        has_value = true;
        QUARRY_RETURN_IF_ERROR(ReadNumber(key, pair.second, gate.value, -1e12, 1e12));
      } else if (key == "slice") {
        QUARRY_RETURN_IF_ERROR(ReadText(key, pair.second, gate.slice));
      } else {
        return Fail(pair.first,
                    "gates: unknown key \"" + key + "\"; expected a kind, value, margin or slice");
      }
    }
    if (!has_kind)
      return Fail(node, "gates: expected min, max, no_regression, must_pass, " +
                            std::string("max_cost, max_p95_ms or max_false_hit"));
    if (!has_value && (gate.kind == Gate::Kind::kMin || gate.kind == Gate::Kind::kMax)) {
      return Fail(node, std::string(GateKindName(gate.kind)) + ": \"value\" is missing");
    }
    if (const Status valid = ValidateGate(gate); !valid.ok()) return Fail(node, valid.message());
    suite_.gates.push_back(std::move(gate));
    return OkStatus();
  }

  const std::string& name_;
  Suite suite_;
};

}  // namespace

uint64_t Suite::Hash() const {
  uint64_t hash = max_words;
  for (const Case& one : cases) {
    if (!one.draft) hash = HashCombine(hash, Hash64(CaseLine(one)));
  }
  return hash;
}

Result<Suite> ParseSuiteFile(const std::string& yaml, const std::string& name) {
  return SuiteParser(name).Parse(yaml);
}

Result<Suite> ReadSuite(const std::string& directory) {
  const std::string path = directory + "/suite.yaml";
  QUARRY_ASSIGN_OR_RETURN(const std::string yaml, ReadFile(path, kMaxFileBytes));
  QUARRY_ASSIGN_OR_RETURN(Suite suite, ParseSuiteFile(yaml, path));
  suite.directory = directory;
  for (std::string* file : {&suite.corpus, &suite.baseline}) {
    if (!file->empty()) *file = (fs::path(directory) / *file).lexically_normal();
  }
  const std::string cases = directory + "/cases.jsonl";
  QUARRY_ASSIGN_OR_RETURN(suite.cases, ReadCases(cases));
  bool has_one = false;
  for (const Case& one : suite.cases) {
    has_one = has_one || !one.draft;
    for (const auto* checks : {&one.accept, &one.reject}) {
      for (const AnswerCheck& check : *checks) {
        QUARRY_RETURN_IF_ERROR(ValidateCheck(check).Annotate(cases + ": case \"" + one.id + "\""));
      }
    }
  }
  if (!has_one) return InvalidArgumentError(cases + ": no case that is not a draft");
  return suite;
}

Status WriteSuite(const Suite& suite) {
  QUARRY_RETURN_IF_ERROR(CreateDirectories(suite.directory));
  std::string lines;
  for (const Case& one : suite.cases) lines += CaseLine(one) + "\n";
  QUARRY_RETURN_IF_ERROR(WriteFileAtomically(suite.directory + "/cases.jsonl", lines));
  const std::string path = suite.directory + "/suite.yaml";
  std::error_code error;
  if (fs::exists(path, error)) return OkStatus();
  YAML::Emitter yaml;
  yaml << YAML::BeginMap << YAML::Key << "name" << YAML::Value << suite.name;
  if (!suite.description.empty()) {
    yaml << YAML::Key << "description" << YAML::Value << suite.description;
  }
  if (!suite.corpus.empty()) {
    const fs::path relative = fs::path(suite.corpus).lexically_relative(suite.directory);
    yaml << YAML::Key << "corpus" << YAML::Value << relative.string();
  }
  yaml << YAML::EndMap;
  return WriteFileAtomically(path, std::string(yaml.c_str()) + "\n");
}

}  // namespace quarry::eval
