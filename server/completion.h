#pragma once

// What the plain and the relayed chat completion have in common: how each of their objects begins.
//
// A Completion belongs to the thread that handles its request, and does not outlive the request.

#include <cstdint>
#include <string>
#include <string_view>

#include "server/chat_request.h"
#include "server/http_types.h"
#include "server/json_writer.h"

namespace quarry::server {

// What all chunks of one completion share.
struct Completion {
  std::string id;
  int64_t created = 0;
  const ChatRequest& request;
  const Request& http;
  std::string answer_id = {};  // in the answer log; "" = not there, or not yet
};

Completion NewCompletion(const Services& services, const ChatRequest& chat, const Request& request);
// Opens the object that every response and chunk is.
JsonWriter& BeginCompletion(const Completion& completion, std::string_view object,
                            JsonWriter& json);
void WriteUsage(const Usage& usage, JsonWriter& json);
// One url_citation for a marker of a text.
void WriteUrlCitation(size_t start, size_t end, const Passage& passage,
                      const Completion& completion, JsonWriter& json);

// A completion by the configured chat model with what only it can do (generation/chat_relay.h):
// tools, JSON, log probabilities, several choices. handlers_openai.cc has the other.
Result<Response> CompleteRelayed(const HandlerEnvironment& environment, const Call& call,
                                 const ChatRequest& chat, const index::Snapshot& snapshot);

}  // namespace quarry::server
