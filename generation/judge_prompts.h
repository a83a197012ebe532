#pragma once

// What a chat model is told that judges: prompts in English and Chinese, in the language of the case.
//
// Everything judged is untrusted: it stands between tags whose name is drawn so that it occurs in none
// of the texts, and the prompt says that nothing between them is an instruction. The reply is one JSON
// object; the reason comes before the verdict, so that the verdict follows from it. Pure; thread-safe.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/chat_model.h"

namespace quarry::generation {

// Whether a text carries claims, numbered from 1. `language` "zh" or else English.
struct VerdictQuestion {
  std::string language;
  std::string question;  // that the claims are about; "" = none
  std::string text;
  std::vector<std::string> claims;
};

// Which of two answers is better.
struct PreferenceQuestion {
  std::string language;
  std::string question;
  std::string expected;  // what is known to be right; "" = nothing
  std::string first;     // shown as A
  std::string second;
};

// Changes whenever any prompt does.
const std::string& JudgePromptsFingerprint();

// The reply wanted: {"verdicts": [{"id": 1, "reason": "..", "supported": "yes" or "no",
// "contradicted": "yes" or "no"}, ...]}.
std::vector<model::ChatMessage> VerdictMessages(const VerdictQuestion& question);
// The reply wanted: {"reason": "..", "better": "A", "B" or "tie"}.
std::vector<model::ChatMessage> PreferenceMessages(const PreferenceQuestion& question);
// To follow a reply that could not be used; `why` is the reader's, in English.
model::ChatMessage AskAgain(std::string_view language, std::string_view why);

}  // namespace quarry::generation
