#include "model/remote_chat_model.h"

#include <chrono>
#include <optional>
#include <utility>

#include "base/text.h"
#include "model/chat_stream.h"
#include "model/json_schema.h"
#include "model/sse_parser.h"

namespace quarry::model {
namespace {

using SteadyClock = std::chrono::steady_clock;

uint32_t EstimatePrompt(const ChatRequest& request) {
  uint32_t tokens = 0;
  for (const ChatMessage& message : request.messages) tokens += CountTokens(message.content) + 4;
  for (const ChatTool& tool : request.tools) {
    tokens += CountTokens(tool.description) + CountTokens(tool.parameters);
  }
  return tokens;
}

// Behind "[DONE]", or all that it stands for, for the end of the answer, so that the connection may be
// kept; behind a finish_reason for the usage.
constexpr std::chrono::milliseconds kEndWait{100};
constexpr std::chrono::milliseconds kUsageWait{1'000};

std::string RepairText(const std::string& problem) {
  return "That reply is not what was asked for: " + problem +
         ". Reply once more, with the JSON alone.";
}

// A reply as it comes.
class ReplyStream {
 public:
  ReplyStream(const HttpLimits& limits, const ChatSink& sink) : limits_(limits), sink_(sink) {}

  HttpSink Sink() {
    return {.head = [this](const HttpResponse& head) { return Begin(head); },
            .body = [this](std::string_view piece) { return Take(piece); },
            .enough = [this]() -> std::optional<std::chrono::milliseconds> {
              if (!reader_.complete()) return std::nullopt;
              return reader_.done() || reader_.has_usage() ? kEndWait : kUsageWait;
            }};
  }

  // After the last byte.
  Status End() {
    if (in_one_piece_) QUARRY_RETURN_IF_ERROR(TakeEvent(whole_));
    return reader_.complete() ? OkStatus() : UnavailableError("its answer was cut off");
  }
  // After End.
  Result<ChatReply> Finish() { return reader_.Finish(); }

  // What was used so far, also of an answer that failed: as the upstream counts it, or estimated.
  Usage Used(uint32_t prompt_tokens) const {
    return began_ ? reader_.Used(prompt_tokens) : Usage();
  }

 private:
  // Of each attempt: nothing of one before counts, neither its bytes nor its time.
  Status Begin(const HttpResponse& head) {
    const std::string* type = FindHttpHeader(head.headers, "Content-Type");
    in_one_piece_ = type != nullptr && type->starts_with("application/json");
    whole_.clear();
    reader_ = {};
    events_.emplace([this](const SseEvent& event) { return TakeEvent(event.data); });
    began_ = true;
    has_token_ = false;
    last_token_ = SteadyClock::now();
    return OkStatus();
  }

  Status Take(std::string_view piece) {
    if (in_one_piece_) {
      whole_ += piece;
      return OkStatus();
    }
    const Status fed = events_->Feed(piece);
    // What is wrong behind the end does not matter.
    if (fed.code() == Code::kUnavailable && reader_.complete()) return OkStatus();
    QUARRY_RETURN_IF_ERROR(fed);
    const auto silence = SteadyClock::now() - last_token_;
    const auto limit = has_token_ ? limits_.gap : limits_.first_byte;
    if (silence > limit && !reader_.complete()) {
      return UnavailableError(std::string("no ") + (has_token_ ? "further" : "first") +
                              " token within " + std::to_string(limit.count()) + " ms");
    }
    return OkStatus();
  }

  Status TakeEvent(std::string_view data) {
    std::string delta;
    QUARRY_RETURN_IF_ERROR(reader_.Take(data, delta));
    last_token_ = SteadyClock::now();
    has_token_ = true;
    if (!delta.empty() && sink_ != nullptr && !sink_(delta)) {
      return CancelledError("the reader of the answer went away");
    }
    return OkStatus();
  }

  const HttpLimits& limits_;
  const ChatSink& sink_;
  ChatReplyReader reader_;
  std::optional<SseParser> events_;
  bool in_one_piece_ = false;
  std::string whole_;
  bool began_ = false;  // an answer came
  bool has_token_ = false;
  SteadyClock::time_point last_token_;
};

}  // namespace

RemoteChatModel::RemoteChatModel(std::shared_ptr<RemoteEndpoint> endpoint, RemoteName name,
                                 RemoteOptions options, ChatPricing pricing)
    : endpoint_(std::move(endpoint)),
      name_(std::move(name)),
      text_(name_.ToString()),
      limits_(options.limits),
      pricing_(pricing) {}

Status RemoteChatModel::Told(Status error) const {
  return endpoint_->Redacted(std::move(error).Annotate("chat model " + text_));
}

Result<ChatReply> RemoteChatModel::Complete(const ChatRequest& request, const ChatSink& sink,
                                            const CallContext& context) const {
  const ResponseFormat& format = request.response_format;
  if (format.kind == ResponseFormat::Kind::kText) return CompleteOnce(request, sink, context);
  if (format.kind == ResponseFormat::Kind::kJsonSchema) {
    QUARRY_RETURN_IF_ERROR(CheckSchema(format.schema));
  }
  QUARRY_ASSIGN_OR_RETURN(ChatReply reply, CompleteOnce(request, nullptr, context));
  // Tools may be called instead of an answer in the format.
  if (!reply.tool_calls.empty()) return reply;
  Status follows = CheckFormat(format, reply.content);
  // One cut short would be cut again.
  if (follows.code() == Code::kUnavailable && reply.finish_reason != "length") {
    ChatRequest repair = request;
    repair.messages.push_back({.role = ChatRole::kAssistant, .content = reply.content});
    repair.messages.push_back({.content = RepairText(follows.message())});
    repair.spent += reply.usage.cost;
    const Usage spent = reply.usage;
    QUARRY_ASSIGN_OR_RETURN(reply, CompleteOnce(repair, nullptr, context));
    reply.usage += spent;
    follows = CheckFormat(format, reply.content);
  }
  if (!follows.ok()) return Told(std::move(follows));
  if (sink != nullptr && !sink(reply.content)) {
    return CancelledError("the reader of the answer went away");
  }
  return reply;
}

Result<ChatReply> RemoteChatModel::CompleteOnce(const ChatRequest& request, const ChatSink& sink,
                                                const CallContext& context) const {
  QUARRY_ASSIGN_OR_RETURN(const std::string body,
                          WriteChatRequest(request, name_.model, /*stream=*/true));
  const Usage most{.prompt_tokens = EstimatePrompt(request),
                   .completion_tokens = request.max_tokens};
  const std::string& priced = request.model.empty() ? name_.model : request.model;
  const auto cost_of = [&](const Usage& usage) { return pricing_.prices.CostOf(priced, usage); };
  QUARRY_ASSIGN_OR_RETURN(
      Budget::Reservation reserved,
      pricing_.budget.Reserve(cost_of(most), request.spent, pricing_.clock.NowMicros()));
  ReplyStream stream(limits_, sink);
  Status status = endpoint_->Post("/chat/completions", body, stream.Sink(), context).status();
  if (status.ok()) status = stream.End();
  Usage used = stream.Used(most.prompt_tokens);
  used.cost = cost_of(used);
  reserved.Settle(used.cost, pricing_.clock.NowMicros());
  if (context.usage != nullptr) {
    context.usage->Add(uint64_t{used.prompt_tokens} + used.completion_tokens);
  }
  if (!status.ok()) return Told(std::move(status));
  Result<ChatReply> reply = stream.Finish();
  if (!reply.ok()) return Told(std::move(reply).status());
  reply->usage = used;
  return reply;
}

}  // namespace quarry::model
