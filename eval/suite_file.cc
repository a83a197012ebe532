// suite.yaml. Exceptions of yaml-cpp end here.

#include "eval/suite_file.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <type_traits>

#include "base/file.h"
#include "base/hash.h"
#include "base/names.h"
#include "base/numbers.h"
#include "generation/yaml_errors.h"

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
      std::set<std::string> keys;
      for (const auto& pair : root) {
        const std::string key = pair.first.Scalar();
        if (!keys.insert(key).second) return Fail(pair.first, key + ": stands twice");
        QUARRY_RETURN_IF_ERROR(ReadKey(key, pair.first, pair.second));
      }
      if (suite_.name.empty()) return InvalidArgumentError(name_ + ": \"name\" is missing");
      return std::move(suite_);
    } catch (const YAML::Exception& error) {
      return generation::YamlError(name_, error);
    }
  }

 private:
  Status Fail(const YAML::Node& node, const std::string& message) const {
    return generation::YamlError(name_, node.Mark(), message);
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
    const std::optional<T> read = ParseNumber<T>(text);
    if (!read || !(*read >= min && *read <= max)) {
      return Fail(value, key + ": expected a number, got \"" + text + "\"");
    }
    number = *read;
    return OkStatus();
  }

  Status ReadConfig(const YAML::Node& value) {
    if (!value.IsMap()) return Fail(value, "config: expected \"section.key: value\" lines");
    for (const auto& pair : value) {
      const std::string key = pair.first.Scalar();
      if (!pair.second.IsScalar()) return Fail(pair.second, "config." + key + ": expected a text");
      if (suite_.config.contains(key)) return Fail(pair.first, "config." + key + ": stands twice");
      suite_.config[key] = pair.second.Scalar();
      suite_.config_lines[key] = static_cast<uint32_t>(pair.first.Mark().line + 1);
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
    for (const auto& pair : node) {
      const std::optional<Gate::Kind> kind = FindGateKind(pair.first.Scalar());
      if (!kind) continue;
      if (has_kind) {
        return Fail(pair.first, "a gate has one kind; found " + pair.first.Scalar() + " beside it");
      }
      has_kind = true;
      gate.kind = *kind;
    }
    if (!has_kind) {
      constexpr const char* kKinds =
          "expected min, max, no_regression, must_pass, max_cost, max_p95_ms or max_false_hit";
      for (const auto& pair : node) {
        const std::string key = pair.first.Scalar();
        if (key == "value" || key == "margin" || key == "slice") continue;
        return Fail(pair.first, "gates: unknown key \"" + key + "\"; " + kKinds);
      }
      return Fail(node, std::string("gates: ") + kKinds);
    }
    const std::string kind = GateKindName(gate.kind);
    const bool is_bound = gate.kind == Gate::Kind::kMin || gate.kind == Gate::Kind::kMax;
    std::set<std::string> keys;
    for (const auto& pair : node) {
      const std::string key = pair.first.Scalar();
      if (!keys.insert(key).second) return Fail(pair.first, key + ": stands twice");
      if (key == kind) {
        QUARRY_RETURN_IF_ERROR(ReadSubject(kind, pair.second, gate));
      } else if ((key == "value" && is_bound) ||
                 (key == "margin" && gate.kind == Gate::Kind::kNoRegression)) {
        QUARRY_RETURN_IF_ERROR(ReadNumber(key, pair.second, gate.value, -1e12, 1e12));
      } else if (key == "slice" && is_bound) {
        QUARRY_RETURN_IF_ERROR(ReadText(key, pair.second, gate.slice));
      } else {
        return Fail(pair.first, kind + ": unknown key \"" + key + "\"" +
                                    (is_bound ? "; expected value or slice"
                                     : gate.kind == Gate::Kind::kNoRegression
                                         ? "; expected margin"
                                         : "; nothing else stands beside it"));
      }
    }
    if (is_bound && !keys.contains("value")) return Fail(node, kind + ": \"value\" is missing");
    if (const Status valid = ValidateGate(gate); !valid.ok()) return Fail(node, valid.message());
    // A metric has one margin.
    const bool is_again = gate.kind == Gate::Kind::kNoRegression &&
                          std::ranges::any_of(suite_.gates, [&](const Gate& other) {
                            return other.kind == gate.kind && other.metric == gate.metric;
                          });
    if (is_again) return Fail(node, kind + ": " + gate.metric + ": stands twice");
    suite_.gates.push_back(std::move(gate));
    suite_.gate_lines.push_back(static_cast<uint32_t>(node.Mark().line + 1));
    return OkStatus();
  }

  // What stands behind the kind: a metric, a tag or a bound.
  Status ReadSubject(const std::string& kind, const YAML::Node& value, Gate& gate) const {
    switch (gate.kind) {
      case Gate::Kind::kMin:
      case Gate::Kind::kMax:
      case Gate::Kind::kNoRegression:
        return ReadText(kind, value, gate.metric);
      case Gate::Kind::kMustPass:
        return ReadText(kind, value, gate.tag);
      case Gate::Kind::kMaxCost:
      case Gate::Kind::kMaxP95Ms:
      case Gate::Kind::kMaxFalseHit:
        return ReadNumber(kind, value, gate.value, -1e12, 1e12);
    }
    Fatal(__FILE__, __LINE__, "unknown Gate::Kind");
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

namespace {

// A gate over cases that are not there would be found out after an hour of asking.
Status CheckGates(const Suite& suite, const std::string& path, SuiteUse use) {
  std::set<std::string> slices;
  for (const Case& one : suite.cases) {
    if (one.draft && use == SuiteUse::kToRun) continue;
    for (std::string& slice : SlicesOfCase(one)) slices.insert(std::move(slice));
  }
  for (size_t i = 0; i < suite.gates.size(); ++i) {
    const Gate& gate = suite.gates[i];
    const std::string slice = SliceOf(gate);
    if (slice.empty() || slices.contains(slice)) continue;
    return InvalidArgumentError(path + ":" + std::to_string(suite.gate_lines[i]) + ": " +
                                GateKindName(gate.kind) + ": no case is in the slice \"" + slice +
                                "\"");
  }
  return OkStatus();
}

}  // namespace

Result<Suite> ReadSuite(const std::string& directory, SuiteUse use) {
  const std::string path = directory + "/suite.yaml";
  QUARRY_ASSIGN_OR_RETURN(const std::string yaml, ReadFile(path, kMaxFileBytes));
  QUARRY_ASSIGN_OR_RETURN(Suite suite, ParseSuiteFile(yaml, path));
  suite.directory = directory;
  for (std::string* file : {&suite.corpus, &suite.baseline}) {
    if (!file->empty()) *file = (fs::path(directory) / *file).lexically_normal();
  }
  const std::string cases = directory + "/cases.jsonl";
  QUARRY_ASSIGN_OR_RETURN(suite.cases, ReadCases(cases));
  if (suite.cases.empty()) return InvalidArgumentError(cases + ": no case");
  const bool is_asked =
      std::ranges::any_of(suite.cases, [](const Case& one) { return !one.draft; });
  if (!is_asked && use == SuiteUse::kToRun) {
    return InvalidArgumentError(cases + ": no case that is not a draft");
  }
  QUARRY_RETURN_IF_ERROR(CheckGates(suite, path, use));
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
