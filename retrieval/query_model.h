#pragma once

// QueryModel: what a chat model makes of a question before it is searched for, and of what was found.
// Each is one call, at temperature 0; its reply is remembered, so that the same question finds the same
// again (a stored answer is checked by searching once more) and is paid for once.
//
// Templates (model/prompt_templates.h), in the directory of the others (chat.prompts):
//   rephrase   {{question}} {{count}}: the question in other words, one wording a line
//   imagine    {{question}}: a passage that would answer it
//   decompose  {{question}} {{count}}: the questions that must be answered first, one a line
//   rank       {{question}} {{passages}}: the numbers of the passages, best first
// The question and the passages are data between marks that nobody who wrote them can foresee.
//
// Thread-safe.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/call_context.h"
#include "base/lru_map.h"
#include "model/chat_model.h"
#include "model/prompt_templates.h"

namespace quarry::retrieval {

// The built-in templates, those of `directory` in their place where it is not "". Errors: those of
// PromptTemplates::Load.
Result<model::PromptTemplates> LoadQueryPrompts(const std::string& directory);

class QueryModel {
 public:
  // `chat` must outlive it.
  QueryModel(const model::ChatModel& chat, model::PromptTemplates prompts);

  // Changes whenever other replies are to be expected.
  const std::string& fingerprint() const { return fingerprint_; }

  // Errors of all: those of the model; kUnavailable, with the begin of the reply, for one that holds
  // nothing of what was asked for.

  // 1 to `count` other wordings.
  Result<std::vector<std::string>> Rephrase(const std::string& question, uint32_t count,
                                            const CallContext& context) const;
  // A passage as it might stand in a document.
  Result<std::string> Imagine(const std::string& question, const CallContext& context) const;
  // 1 to `count` questions whose answers the question needs.
  Result<std::vector<std::string>> Decompose(const std::string& question, uint32_t count,
                                             const CallContext& context) const;
  // The places of the texts, the best first; those that the reply leaves out behind, in their order.
  Result<std::vector<size_t>> Rank(const std::string& question, std::span<const std::string> texts,
                                   const CallContext& context) const;

 private:
  Result<std::string> Ask(const std::vector<model::ChatMessage>& messages, uint32_t max_tokens,
                          const CallContext& context) const;
  Result<std::vector<std::string>> AskForQuestions(std::string_view prompt,
                                                   const std::string& question, uint32_t count,
                                                   const CallContext& context) const;

  const model::ChatModel& chat_;
  const model::PromptTemplates prompts_;
  const std::string fingerprint_;
  mutable LruMap<std::string> replies_;  // by the digest of what was asked
};

}  // namespace quarry::retrieval
