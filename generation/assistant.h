#pragma once

// Assistant: a message of a conversation -> an answer. In front of CachedAnswerer:
//
//   harm that is asked for           declined (guard.h; the chat model is asked too, where it is to be)
//   small talk                       a reply of its own (small_talk.h)
//   a message that leans on others   made a question that stands alone (follow_up.h, or by the model)
//   the question                     CachedAnswerer; of two readings the one that is meant (readings.h)
//   a declined one with a word that no passage holds and that is near one they do
//                                    once more, with that one (readings.h); the note says so
//
// Thread-safe.

#include <optional>
#include <span>
#include <string>

#include "generation/cached_answerer.h"
#include "generation/follow_up.h"

namespace quarry::generation {

struct AssistantOptions {
  bool guard = true;            // decline by rules
  bool guard_by_model = false;  // ask the chat model too: one more call for each question
  bool small_talk = true;
  bool rewrite_by_model = true;   // where there is a chat model
  bool correct = true;            // ask what was declined again, with words that are there
  uint32_t memory_tokens = 2000;  // of the turns before that are read again (conversation_memory.h)
};

class Assistant {
 public:
  // Of a conversation the last so many turns are looked at, and read again as far as they fit
  // AssistantOptions::memory_tokens.
  static constexpr size_t kTurnsRead = 40;

  // All must outlive it.
  Assistant(const CachedAnswerer& answerer, std::optional<AnswerModel> model,
            AssistantOptions options);

  // Answers query.text, which `turns` came before, oldest first. Errors: those of CachedAnswerer::Ask. A
  // chat model that fails to rewrite is no error: rules do it.
  Result<Answer> Ask(std::span<const ConversationTurn> turns, const Query& query,
                     const index::Snapshot& snapshot, CacheUse use, const AnswerSink& sink,
                     const CallContext& context) const;

  const CachedAnswerer& answerer() const { return answerer_; }
  const AssistantOptions& options() const { return options_; }

 private:
  Result<StandaloneQuestion> Rewrite(std::span<const ConversationTurn> turns,
                                     const std::string& message, Usage& usage,
                                     const CallContext& context) const;
  Result<bool> ModelDeclines(const std::string& message, Usage& usage,
                             const CallContext& context) const;

  const CachedAnswerer& answerer_;
  const std::optional<AnswerModel> model_;
  const AssistantOptions options_;
};

}  // namespace quarry::generation
