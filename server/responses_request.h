#pragma once

// A request of OpenAI's responses, as far as it means anything here.
//
// The question is the text of the last user message of `input`, understood by the turns before it, in
// `input` and of previous_response_id; `instructions` are kept and shown, and not read. With the tool
// file_search the answer is made from its vector store, else from a collection, as in chat
// completions. As there, what only tunes how a model writes is accepted, and what would change what an
// answer *is* refused.

#include <map>
#include <optional>
#include <string>

#include "server/question.h"

namespace quarry::server {

struct ResponsesRequest {
  std::string model;
  Question question;         // of file_search: its store, filters and number of passages; the turns
                             // are those of the input
  bool file_search = false;  // it was asked for
  bool include_results = false;
  bool stream = false;
  bool store = true;
  std::string previous_response_id;
  std::map<std::string, std::string> metadata;
  // As they are shown again, in JSON.
  std::string items;  // of the input: a list, each with an id
  std::string instructions = "null";
  std::string tools = "[]";
  std::string tool_choice = "\"auto\"";
  std::string max_output_tokens = "null";
  bool parallel_tool_calls = true;
  double temperature = 1;
  double top_p = 1;
};

// The question is one to the profile that `model` names. kInvalidArgument beginning with the place:
// "input[0].role: ...". Neither a model that is not there nor the store nor
// the response before is looked for.
Result<ResponsesRequest> ParseResponsesRequest(const Request& http,
                                               const HandlerEnvironment& environment);

}  // namespace quarry::server
