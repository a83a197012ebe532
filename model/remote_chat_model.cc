#include "model/remote_chat_model.h"

#include <chrono>
#include <utility>

#include "base/text.h"
#include "model/chat_stream.h"
#include "model/json_schema.h"
#include "model/sse_parser.h"

namespace quarry::model {
namespace {

using Clock = std::chrono::steady_clock;

uint32_t EstimatePrompt(const ChatRequest& request) {
  uint32_t tokens = 0;
  for (const ChatMessage& message : request.messages) tokens += CountTokens(message.content) + 4;
  for (const ChatTool& tool : request.tools) {
    tokens += CountTokens(tool.description) + CountTokens(tool.parameters);
  }
  return tokens;
}

// A reply as it comes.
class ReplyStream {
 public:
  ReplyStream(const HttpLimits& limits, const ChatSink& sink) : limits_(limits), sink_(sink) {}

  HttpSink Sink() {
    return {.head =
                [this](const HttpResponse& head) {
                  const std::string* type = FindHttpHeader(head.headers, "Content-Type");
                  in_one_piece_ = type != nullptr && type->starts_with("application/json");
                  return OkStatus();
                },
            .body = [this](std::string_view piece) { return Take(piece); },
            .enough = [this] { return reader_.done(); }};
  }

  // After the last byte.
  Result<ChatReply> Finish() {
    if (in_one_piece_) QUARRY_RETURN_IF_ERROR(TakeEvent(whole_));
    if (!reader_.complete()) return UnavailableError("its answer was cut off");
    return reader_.Finish();
  }
  // The answer had all that makes it one; what failed afterwards does not matter.
  bool complete() const { return reader_.complete(); }

 private:
  Status Take(std::string_view piece) {
    if (in_one_piece_) {
      whole_ += piece;
      return OkStatus();
    }
    QUARRY_RETURN_IF_ERROR(events_.Feed(piece));
    const auto silence = Clock::now() - last_token_;
    const auto limit = began_ ? limits_.gap : limits_.first_byte;
    if (silence > limit && !reader_.complete()) {
      return UnavailableError(std::string("no ") + (began_ ? "further" : "first") +
                              " token within " + std::to_string(limit.count()) + " ms");
    }
    return OkStatus();
  }

  Status TakeEvent(std::string_view data) {
    std::string delta;
    QUARRY_RETURN_IF_ERROR(reader_.Take(data, delta));
    last_token_ = Clock::now();
    began_ = true;
    if (!delta.empty() && sink_ != nullptr && !sink_(delta)) {
      return CancelledError("the reader of the answer went away");
    }
    return OkStatus();
  }

  const HttpLimits& limits_;
  const ChatSink& sink_;
  ChatReplyReader reader_;
  SseParser events_{[this](const SseEvent& event) { return TakeEvent(event.data); }};
  bool in_one_piece_ = false;
  std::string whole_;
  bool began_ = false;
  Clock::time_point last_token_ = Clock::now();
};

}  // namespace

RemoteChatModel::RemoteChatModel(std::shared_ptr<RemoteEndpoint> endpoint, RemoteName name,
                                 RemoteOptions options, ChatPricing pricing)
    : endpoint_(std::move(endpoint)),
      name_(std::move(name)),
      text_(name_.ToString()),
      limits_(options.limits),
      pricing_(pricing) {}

Result<ChatReply> RemoteChatModel::Complete(const ChatRequest& request, const ChatSink& sink,
                                            const CallContext& context) const {
  if (request.response_format.kind == ResponseFormat::Kind::kJsonSchema) {
    QUARRY_RETURN_IF_ERROR(CheckSchema(request.response_format.schema));
  }
  QUARRY_ASSIGN_OR_RETURN(const std::string body,
                          WriteChatRequest(request, name_.model, /*stream=*/true));
  const Usage most{.prompt_tokens = EstimatePrompt(request),
                   .completion_tokens = request.max_tokens};
  QUARRY_RETURN_IF_ERROR(pricing_.budget.Check(pricing_.prices.CostOf(name_.model, most),
                                               request.spent, pricing_.clock.NowMicros()));
  ReplyStream stream(limits_, sink);
  const Result<HttpResponse> response =
      endpoint_->Post("/chat/completions", body, stream.Sink(), context);
  Result<ChatReply> reply = UnavailableError("no answer");
  if (response.ok() || (stream.complete() && response.status().code() == Code::kUnavailable)) {
    reply = stream.Finish();
  } else {
    reply = response.status();
  }
  if (!reply.ok()) return std::move(reply).status().Annotate("chat model " + text_);
  if (!reply->has_usage) {
    reply->usage = {.prompt_tokens = most.prompt_tokens,
                    .completion_tokens = CountTokens(reply->content)};
  }
  reply->usage.cost = pricing_.prices.CostOf(name_.model, reply->usage);
  pricing_.budget.Add(reply->usage.cost, pricing_.clock.NowMicros());
  // Tools may be called instead of an answer in the format; one cut short says so itself.
  if (reply->tool_calls.empty()) {
    QUARRY_RETURN_IF_ERROR(
        CheckFormat(request.response_format, reply->content).Annotate("chat model " + text_));
  }
  return reply;
}

}  // namespace quarry::model
