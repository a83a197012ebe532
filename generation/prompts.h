#pragma once

// Prompts: what a chat model is told, as templates in English and Chinese.
//
// A template is text with two parts, "[system]" and "[user]", each on a line of its own, and variables
// in double braces:
//   {{question}}     the question
//   {{passages}}     the numbered passages, each between marks that no document can foresee
//   {{no_answer}}    what to reply where the passages do not say
//   {{answer}}       of a repair: what is already said and stays
//   {{unsupported}}  of a repair: the sentences that were not carried, one a line
//   {{conversation}} of a rewriting: what was said before, a turn a line
// Any other variable is an error. Own templates stand in a directory as answer.en.txt, answer.zh.txt
// and so on for answer, repair, rewrite (a message that leans on others, as a question of its own) and
// guard (whether a message asks for harm); what is not there is the built-in one.

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/query.h"
#include "generation/follow_up.h"
#include "model/chat_model.h"

namespace quarry::generation {

// The reply of a model that finds no answer in the passages.
inline constexpr std::string_view kNoAnswer = "NO_ANSWER";

// The passages by their numbers, each between tags whose name depends on all of them and on the
// question, so that no document can hold the closing one.
std::string PassagesText(std::string_view question, const Context& context);

class Prompts {
 public:
  // The built-in ones.
  Prompts();
  // kInvalidArgument naming file and line; kNotFound where `directory` is none.
  static Result<Prompts> Load(const std::string& directory);

  // Changes whenever any template does.
  const std::string& fingerprint() const { return fingerprint_; }

  // In the language of the question, which the answer follows.
  std::vector<model::ChatMessage> Answer(std::string_view question, const Context& context) const;
  // To follow the messages of Answer and the model's reply to them.
  model::ChatMessage Repair(std::string_view question, std::string_view answer,
                            const std::vector<std::string>& unsupported) const;

  // The message, which `turns` came before, as a question that stands alone.
  std::vector<model::ChatMessage> Rewrite(std::span<const ConversationTurn> turns,
                                          std::string_view message) const;
  // Whether a message asks for harm: "harmful" or "harmless".
  std::vector<model::ChatMessage> Guard(std::string_view message) const;

 private:
  struct Template {
    std::string system;
    std::string user;
  };
  using Variables = std::map<std::string, std::string, std::less<>>;

  static Result<Template> Parse(const std::string& text);
  static std::string Fill(std::string_view text, const Variables& variables);
  const Template& Of(std::string_view name, std::string_view question) const;
  std::vector<model::ChatMessage> Messages(std::string_view name, std::string_view question,
                                           const Variables& variables) const;
  void MakeFingerprint();

  std::map<std::string, Template> templates_;  // "answer.en"
  std::string fingerprint_;
};

}  // namespace quarry::generation
