#pragma once

// A request of OpenAI's chat completions, as far as it means anything here.
//
// The question is the text of the last user message, understood by the turns before it. `quarry` is our own field: {"collection", "k",
// "mode", "filter", "principals"}. Fields that only tune how a model writes (temperature,
// max_tokens, seed, user, metadata, ...) and fields that nobody knows are accepted and have no
// effect, since SDKs send them unasked. What would change what an answer *is* (n above 1, tools, a
// response_format other than text, log probabilities, audio) is refused, so that no client takes
// what it gets for what it asked for.

#include <string>

#include "server/question.h"

namespace quarry::server {

struct ChatRequest {
  std::string model;
  Question question;
  bool stream = false;
  bool include_usage = false;  // stream_options: a last chunk with the usage
};

// kInvalidArgument beginning with the place: "messages[0].role: ...". The model is not checked.
Result<ChatRequest> ParseChatRequest(const std::string& body, const ServerOptions& options);

}  // namespace quarry::server
