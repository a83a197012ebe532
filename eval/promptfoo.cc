// The part of case_formats.h that reads and writes YAML.

#include <yaml-cpp/yaml.h>

#include "eval/answer_checks.h"
#include "eval/case_formats.h"
#include "generation/yaml_errors.h"

namespace quarry::eval {
namespace {

class PromptfooParser {
 public:
  explicit PromptfooParser(const std::string& name) : name_(name) {}

  Result<ImportedSuite> Parse(const std::string& yaml) {
    try {
      const YAML::Node root = YAML::Load(yaml);
      const YAML::Node tests = root.IsMap() ? root["tests"] : root;
      if (!tests || !tests.IsSequence()) {
        return InvalidArgumentError(name_ + ": expected a list of tests, or \"tests:\" with one");
      }
      for (const YAML::Node& test : tests) QUARRY_RETURN_IF_ERROR(ReadTest(test));
      return std::move(imported_);
    } catch (const YAML::Exception& error) {
      return generation::YamlError(name_, error);
    }
  }

 private:
  Status ReadTest(const YAML::Node& test) {
    const auto fail = [&](const std::string& problem) {
      return generation::YamlError(name_, test.Mark(), problem);
    };
    if (!test.IsMap()) return fail("expected a test");
    const YAML::Node vars = test["vars"];
    const YAML::Node question = vars && vars.IsMap() && vars["question"] ? vars["question"]
                                : vars && vars.IsMap()                   ? vars["query"]
                                                                         : YAML::Node();
    if (!question || !question.IsDefined() || !question.IsScalar()) {
      return fail("expected the variable \"question\" or \"query\"");
    }
    Case one{.id = "t" + std::to_string(imported_.cases.size() + 1), .query = question.Scalar()};
    if (const YAML::Node reference = vars["reference"]; reference && reference.IsScalar()) {
      one.reference = reference.Scalar();
    }
    const YAML::Node assertions = test["assert"];
    if (assertions && assertions.IsSequence()) {
      for (const YAML::Node& assertion : assertions) ReadAssertion(assertion, one);
    }
    if (!one.answerable && !one.accept.empty()) {  // no answer has both
      imported_.warnings.push_back(one.id + ": assertion \"is-refusal\" is left out: others say " +
                                   "what an answer holds");
      one.answerable = true;
    }
    imported_.cases.push_back(std::move(one));
    return OkStatus();
  }

  void ReadAssertion(const YAML::Node& assertion, Case& one) {
    if (!assertion.IsMap() || !assertion["type"] || !assertion["type"].IsScalar()) return;
    std::string type = assertion["type"].Scalar();
    const bool negated = type.starts_with("not-");
    const std::string positive = negated ? type.substr(4) : type;
    const YAML::Node value = assertion["value"];
    AnswerCheck check;
    const bool is_text = value && value.IsScalar();
    if ((positive == "contains" || positive == "icontains" || positive == "equals") && is_text) {
      check.texts = {value.Scalar()};
    } else if ((positive == "contains-any" || positive == "icontains-any") && value &&
               value.IsSequence()) {
      for (const YAML::Node& text : value) {
        if (text.IsScalar()) check.texts.push_back(text.Scalar());
      }
    } else if ((positive == "contains-all" || positive == "icontains-all") && value &&
               value.IsSequence() && !negated) {
      for (const YAML::Node& text : value) {
        if (text.IsScalar()) one.accept.push_back({.texts = {text.Scalar()}});
      }
      return;
    } else if (positive == "regex" && is_text) {
      check.kind = AnswerCheck::Kind::kRegex;
      check.texts = {value.Scalar()};
    } else if (positive == "is-refusal") {
      one.answerable = negated;
      return;
    } else if (positive == "is-json") {
      check.kind = AnswerCheck::Kind::kJson;
      check.schema = "{}";
    } else {
      imported_.warnings.push_back(one.id + ": assertion \"" + type + "\" is left out");
      return;
    }
    (negated ? one.reject : one.accept).push_back(std::move(check));
  }

  const std::string& name_;
  ImportedSuite imported_;
};

void EmitCheck(const AnswerCheck& check, bool negated, YAML::Emitter& yaml) {
  const std::string prefix = negated ? "not-" : "";
  std::string type;
  if (check.kind == AnswerCheck::Kind::kContains) {
    type = check.texts.size() == 1 ? "icontains" : "icontains-any";
  } else if (check.kind == AnswerCheck::Kind::kRegex) {
    type = "regex";
  } else if (check.kind == AnswerCheck::Kind::kJson) {
    type = "is-json";
  } else {
    return;  // it has no such assertion
  }
  yaml << YAML::BeginMap << YAML::Key << "type" << YAML::Value << prefix + type;
  if (check.kind == AnswerCheck::Kind::kContains && check.texts.size() > 1) {
    yaml << YAML::Key << "value" << YAML::Value << YAML::BeginSeq;
    for (const std::string& text : check.texts) yaml << YAML::DoubleQuoted << text;
    yaml << YAML::EndSeq;
  } else if (check.kind != AnswerCheck::Kind::kJson) {
    yaml << YAML::Key << "value" << YAML::Value << YAML::DoubleQuoted << check.texts[0];
  }
  yaml << YAML::EndMap;
}

}  // namespace

Result<ImportedSuite> ParsePromptfoo(const std::string& yaml, const std::string& name) {
  return PromptfooParser(name).Parse(yaml);
}

std::string PromptfooTests(const std::vector<Case>& cases) {
  YAML::Emitter yaml;
  yaml << YAML::BeginSeq;
  for (const Case& one : cases) {
    if (one.draft) continue;
    yaml << YAML::BeginMap << YAML::Key << "description" << YAML::Value << YAML::DoubleQuoted
         << one.id << YAML::Key << "vars" << YAML::Value << YAML::BeginMap << YAML::Key
         << "question" << YAML::Value << YAML::DoubleQuoted << one.query;
    if (!one.reference.empty()) {
      yaml << YAML::Key << "reference" << YAML::Value << YAML::DoubleQuoted << one.reference;
    }
    yaml << YAML::EndMap;
    if (!one.answerable || !one.accept.empty() || !one.reject.empty()) {
      yaml << YAML::Key << "assert" << YAML::Value << YAML::BeginSeq;
      if (!one.answerable) {
        yaml << YAML::BeginMap << YAML::Key << "type" << YAML::Value << "is-refusal"
             << YAML::EndMap;
      }
      for (const AnswerCheck& check : one.accept) EmitCheck(check, false, yaml);
      for (const AnswerCheck& check : one.reject) EmitCheck(check, true, yaml);
      yaml << YAML::EndSeq;
    }
    yaml << YAML::EndMap;
  }
  yaml << YAML::EndSeq;
  return std::string(yaml.c_str()) + "\n";
}

}  // namespace quarry::eval
