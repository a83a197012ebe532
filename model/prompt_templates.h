#pragma once

// PromptTemplates: what chat models are told, as texts with variables, in English and Chinese.
//
// A template is text with two parts, "[system]" and "[user]", each on a line of its own, and variables
// in double braces: {{question}}. A variable that its user does not know is an error. Own templates
// stand in a directory, "answer.en" as answer.en.txt; what is not there is the built-in one.

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "model/chat_model.h"

namespace quarry::model {

// A value.
class PromptTemplates {
 public:
  using Variables = std::map<std::string, std::string, std::less<>>;

  // The built-in ones by name, and the variables that they and own ones may use. REQUIRES: each parses,
  // and each name is there with ".en" and with ".zh".
  PromptTemplates(std::initializer_list<std::pair<const char*, const char*>> built_in,
                  std::vector<std::string> variables);
  // Puts those of a directory in their place. kInvalidArgument naming file and line; kNotFound where
  // `directory` is none.
  Status Load(const std::string& directory);

  // Changes whenever any template does.
  const std::string& fingerprint() const { return fingerprint_; }

  // The template `name` in the language of the question; a system message where it has such a part.
  std::vector<ChatMessage> Messages(std::string_view name, std::string_view question,
                                    const Variables& variables) const;
  // In that language: "zh", else English.
  std::vector<ChatMessage> MessagesIn(std::string_view language, std::string_view name,
                                      const Variables& variables) const;

 private:
  struct Template {
    std::string system;
    std::string user;
  };

  Result<Template> Parse(const std::string& text) const;
  void MakeFingerprint();

  std::vector<std::string> variables_;
  std::map<std::string, Template> templates_;
  std::string fingerprint_;
};

}  // namespace quarry::model
