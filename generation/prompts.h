#pragma once

// Prompts: what a chat model is told, as templates in English and Chinese.
//
// Templates: model/prompt_templates.h. Their variables:
//   {{question}}     the question
//   {{passages}}     the numbered passages, each between marks that no document can foresee
//   {{no_answer}}    what to reply where the passages do not say
//   {{answer}}       of a repair: what is already said and stays; of a check: the answer
//   {{unsupported}}  of a repair: the sentences that were not carried, one a line
//   {{conversation}} of a rewriting: what was said before, a turn a line
//   {{focus}}        of whole documents: what the text is to be about, as a part of a sentence; may be ""
// They are answer, repair, rewrite (a message that leans on others, as a question of its own), guard
// (whether a message asks for harm), check (whether an answer is good), and for whole documents notes,
// summary and comparison.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/query.h"
#include "generation/follow_up.h"
#include "model/chat_model.h"
#include "model/prompt_templates.h"

namespace quarry::generation {

// The reply of a model that finds no answer in the passages.
inline constexpr std::string_view kNoAnswer = "NO_ANSWER";
// What a reply begins with that is no plain answer: the question fits several things, takes for granted
// what the passages contradict, or excludes itself.
inline constexpr std::string_view kAskBackMark = "ASK_BACK";
inline constexpr std::string_view kFalsePremiseMark = "FALSE_PREMISE";
inline constexpr std::string_view kContradictionMark = "CONTRADICTION";

// The passages by their numbers, each between tags whose name depends on all of them and on the
// question, so that no document can hold the closing one.
std::string PassagesText(std::string_view question, const Context& context,
                         bool with_documents = false);

// The same of passages under numbers of their own, in their order.
struct NumberedPassage {
  uint32_t number = 0;
  const Passage& passage;
};
std::string PassagesText(std::string_view question, const std::vector<NumberedPassage>& passages,
                         bool with_documents);

// What is asked of whole documents (whole_document.h): notes of a part, or the text from all.
enum class WholeDocumentPrompt : uint8_t { kNotes, kSummary, kComparison };

class Prompts {
 public:
  // The built-in ones.
  Prompts();
  // kInvalidArgument naming file and line; kNotFound where `directory` is none.
  static Result<Prompts> Load(const std::string& directory);

  // Changes whenever any template does.
  const std::string& fingerprint() const { return templates_.fingerprint(); }

  // In `language` ("zh", else English); "" is that of the question, which the answer follows.
  // `with_documents`: the passages tell which documents they are of, for tools to name.
  std::vector<model::ChatMessage> Answer(std::string_view question, const Context& context,
                                         std::string_view language = "",
                                         bool with_documents = false) const;
  // To follow the messages of Answer and the model's reply to them.
  model::ChatMessage Repair(std::string_view question, std::string_view answer,
                            const std::vector<std::string>& unsupported) const;

  // The message, which `turns` came before, as a question that stands alone.
  std::vector<model::ChatMessage> Rewrite(std::span<const ConversationTurn> turns,
                                          std::string_view message) const;
  // Whether an answer is good: "good" or "bad".
  std::vector<model::ChatMessage> Check(std::string_view question, const Context& context,
                                        std::string_view answer) const;
  // `passages`: numbered passages, or notes of them.
  std::vector<model::ChatMessage> WholeDocuments(WholeDocumentPrompt prompt, bool chinese,
                                                 std::string_view focus,
                                                 std::string_view passages) const;
  // Whether a message asks for harm: "harmful" or "harmless".
  std::vector<model::ChatMessage> Guard(std::string_view message) const;

 private:
  model::PromptTemplates templates_;
};

}  // namespace quarry::generation
