#pragma once

// ChatModel: messages -> a reply, streamed. Implementations: RemoteChatModel (remote_chat_model.h), an
// upstream that speaks OpenAI's chat completions; CassetteChatModel (chat_cassette.h), which records
// what a model said and says it again.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/answer.h"
#include "base/call_context.h"
#include "base/status.h"

namespace quarry::model {

enum class ChatRole : uint8_t { kSystem, kUser, kAssistant, kTool };
const char* ChatRoleName(ChatRole role);  // "system"

// A call that the model asks for.
struct ToolCall {
  std::string id;
  std::string name;
  std::string arguments;  // JSON text of an object, as the model wrote it; checked to be JSON

  friend bool operator==(const ToolCall&, const ToolCall&) = default;
};

struct ChatMessage {
  ChatRole role = ChatRole::kUser;
  std::string content = {};
  std::vector<ToolCall> tool_calls = {};  // of an assistant's message
  std::string tool_call_id = {};          // of a tool's: the call that it answers
};

struct ChatTool {
  std::string name;
  std::string description;
  std::string parameters;  // JSON Schema of an object, as text
};

struct ResponseFormat {
  enum class Kind : uint8_t { kText, kJsonObject, kJsonSchema };
  Kind kind = Kind::kText;
  std::string name = {};    // of the schema
  std::string schema = {};  // JSON Schema, as text
};

struct ChatRequest {
  std::vector<ChatMessage> messages;
  std::vector<ChatTool> tools = {};
  std::string tool_choice = {};  // "", "none", "auto", "required" or the name of a tool
  ResponseFormat response_format = {};
  double temperature = 0;
  std::optional<uint64_t> seed = {};
  uint32_t max_tokens = 1024;
  double spent = 0;  // by earlier calls for the same question: counts to the budget of a request
  uint32_t top_logprobs = 0;  // above 0: log probabilities of the tokens, so many at each place
  std::string model = {};     // another one of the same upstream; "" = the configured one
};

struct TokenLogprob {
  std::string token;
  double logprob = 0;
};

struct ChatReply {
  std::string content;
  std::string refusal;  // why the model will not, where it says so in a field of its own
  std::vector<ToolCall> tool_calls;
  std::string finish_reason;  // "stop", "length", "tool_calls", "content_filter"
  std::string model;          // as the upstream calls it
  std::string system_fingerprint;
  std::vector<TokenLogprob> logprobs;
  Usage usage;
  bool has_usage = false;  // else the upstream counted nothing
};

// Takes the content as it comes; returns false when nobody listens any more, which cancels the call.
// The pieces joined equal ChatReply::content.
using ChatSink = std::function<bool(std::string_view delta)>;

// Thread-safe.
class ChatModel {
 public:
  virtual ~ChatModel() = default;

  // As it is configured; changes whenever other replies are to be expected.
  virtual const std::string& name() const = 0;

  // Errors: kUnavailable (no answer, a broken one, one cut off; the message names the upstream),
  // kResourceExhausted (a budget, a limit per minute), kDeadlineExceeded, kCancelled. `sink` may be
  // null. A reply to a request for JSON is JSON, and follows the schema where there is one, or an
  // error.
  virtual Result<ChatReply> Complete(const ChatRequest& request, const ChatSink& sink,
                                     const CallContext& context) const = 0;
};

}  // namespace quarry::model
