#pragma once

// A request of OpenAI's chat completions, as far as it means anything here.
//
// The question is the text of the last user message, understood by the turns before it. `quarry` is our own field: {"collection", "k",
// "mode", "filter", "principals", "options", "retrieval", "cache"}. What only a chat model can do (tools, JSON,
// log probabilities, several choices, no documents) is `relayed`: the whole conversation goes to the
// configured model. Else fields that only tune how a model writes (temperature, max_tokens, user,
// metadata, ...) and fields that nobody knows are accepted and have no effect, since SDKs send them
// unasked. What would change what an answer *is* and nobody here can do (audio, legacy functions, a
// search of the web) is refused, so that no client takes what it gets for what it asked for.

#include <string>

#include "generation/chat_relay.h"
#include "server/question.h"

namespace quarry::server {

struct ChatRequest {
  std::string model;
  Question question;
  bool stream = false;
  bool include_usage = false;      // stream_options: a last chunk with the usage
  std::string relayed_by;          // the field that asks for a chat model: "tools"; "" = none does
  generation::RelayRequest relay;  // what goes to it then
};

// The question is one to the profile that `model` names. kInvalidArgument beginning with the place:
// "messages[0].role: ...". A model that is not there is not looked for.
Result<ChatRequest> ParseChatRequest(const Request& http, const HandlerEnvironment& environment);

}  // namespace quarry::server
