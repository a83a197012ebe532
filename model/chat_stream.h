#pragma once

// The JSON of OpenAI's chat completions: requests written, replies and the pieces of streamed ones
// read. Internal to remote_chat_model.cc and chat_cassette.cc.

#include <map>
#include <string>
#include <string_view>

#include "model/chat_model.h"

namespace quarry::model {

// `model` where the request names none. kInvalidArgument for a schema or a tool's parameters that are
// not JSON.
Result<std::string> WriteChatRequest(const ChatRequest& request, const std::string& model,
                                     bool stream);

// Puts a reply together from its pieces: the `data` of events, or the body of an answer that was not
// streamed. Used by one thread.
class ChatReplyReader {
 public:
  // Takes a piece; `delta` is the content that it adds. kUnavailable for what is no such piece and for
  // an error that the upstream tells in the stream.
  Status Take(std::string_view data, std::string& delta);
  // "[DONE]" came, or all choices have a finish_reason.
  bool complete() const { return done_ || !reply_.finish_reason.empty(); }
  bool done() const { return done_; }
  bool has_usage() const { return reply_.has_usage; }
  // What the pieces so far have used: as the upstream counts it, else the prompt's tokens and an
  // estimate. Before Finish.
  Usage Used(uint32_t prompt_tokens) const;
  // kUnavailable for tool calls without a name or whose arguments are not a JSON object.
  Result<ChatReply> Finish();

 private:
  ChatReply reply_;
  std::map<uint64_t, ToolCall> calls_;  // by index
  bool done_ = false;
};

// A reply as JSON text and back, for cassettes. kDataLoss for what WriteChatReply did not write.
std::string WriteChatReply(const ChatReply& reply);
Result<ChatReply> ReadChatReply(std::string_view text);

}  // namespace quarry::model
