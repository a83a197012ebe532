// Chat completions with what only a chat model can do. A stream is: per choice a chunk with the role,
// chunks with text, one with the calls of tools where there are some, one with finish_reason; the last
// of them has `quarry`; then usage and "[DONE]" as in the plain one.

#include <chrono>
#include <utility>

#include "base/numbers.h"
#include "base/text.h"
#include "server/api_json.h"
#include "server/ask.h"
#include "server/completion.h"
#include "server/errors.h"
#include "server/handlers.h"
#include "server/openai_answer.h"
#include "server/sse.h"
#include "server/token_charge.h"

namespace quarry::server {
namespace {

using generation::Relayed;

void WriteToolCalls(const std::vector<model::ToolCall>& calls, bool with_index, JsonWriter& json) {
  json.BeginArray();
  for (size_t i = 0; i < calls.size(); ++i) {
    json.BeginObject();
    if (with_index) json.Key("index").Uint(i);
    json.Key("id").String(calls[i].id).Key("type").String("function");
    json.Key("function").BeginObject().Key("name").String(calls[i].name);
    json.Key("arguments").String(calls[i].arguments).EndObject().EndObject();
  }
  json.EndArray();
}

void WriteLogprobs(const std::vector<model::TokenLogprob>& logprobs, JsonWriter& json) {
  if (logprobs.empty()) {
    json.Null();
    return;
  }
  json.BeginObject().Key("content").BeginArray();
  for (const model::TokenLogprob& token : logprobs) {
    json.BeginObject().Key("token").String(token.token).Key("logprob").Double(token.logprob);
    json.Key("bytes").Null().Key("top_logprobs").BeginArray().EndArray().EndObject();
  }
  json.EndArray().Key("refusal").Null().EndObject();
}

// A link for each "[2]" that names a passage.
void WriteLinks(std::string_view text, const Relayed& relayed, const Completion& completion,
                JsonWriter& json) {
  const std::vector<Passage>& passages = relayed.context.passages;
  json.BeginArray();
  for (size_t at = text.find('['); at != std::string_view::npos; at = text.find('[', at + 1)) {
    const size_t close = text.find(']', at);
    if (close == std::string_view::npos) break;
    const uint32_t number = ParseNumber<uint32_t>(text.substr(at + 1, close - at - 1)).value_or(0);
    if (number == 0 || number > passages.size()) continue;
    const size_t start = CountCodePoints(text.substr(0, at));
    WriteUrlCitation(start, start + close + 1 - at, passages[number - 1], completion, json);
  }
  json.EndArray();
}

// JSON is the client's own; nothing in it is a marker.
bool HasMarkers(const ChatRequest& chat) {
  return chat.relay.chat.response_format.kind == model::ResponseFormat::Kind::kText;
}

const char* FinishReason(const model::ChatReply& reply) {
  if (!reply.tool_calls.empty()) return "tool_calls";
  if (reply.finish_reason == "length") return "length";
  return reply.finish_reason == "content_filter" ? "content_filter" : "stop";
}

void WriteRelayedExtension(const Relayed& relayed, const Completion& completion, JsonWriter& json) {
  json.BeginObject();
  if (!completion.answer_id.empty()) json.Key("id").String(completion.answer_id);
  json.Key("collection").String(completion.request.question.collection);
  json.Key("standalone").String(relayed.standalone);
  json.Key("model").String(relayed.replies.empty() ? "" : relayed.replies[0].model);
  json.Key("cost").Double(relayed.usage.cost).Key("contexts").BeginArray();
  for (const Passage& passage : relayed.context.passages) WritePassage(passage, {}, json);
  json.EndArray();
  WriteStrings(relayed.withheld_tools, json.Key("withheld_tools"));
  json.Key("cache").BeginObject().Key("kind").String(CacheKindName(relayed.cache.kind));
  json.Key("hit").Bool(relayed.cache.hit());
  if (!relayed.cache.reason.empty()) json.Key("reason").String(relayed.cache.reason);
  if (relayed.cache.hit()) json.Key("age_seconds").Int(relayed.cache.age_seconds);
  json.EndObject().Key("commit").Uint(relayed.commit.value).EndObject();
}

std::string CompletionJson(const Relayed& relayed, const Completion& completion) {
  JsonWriter json;
  BeginCompletion(completion, "chat.completion", json).Key("choices").BeginArray();
  for (size_t i = 0; i < relayed.replies.size(); ++i) {
    const model::ChatReply& reply = relayed.replies[i];
    json.BeginObject().Key("index").Uint(i).Key("message").BeginObject();
    json.Key("role").String("assistant").Key("content");
    reply.content.empty() && !reply.tool_calls.empty() ? json.Null() : json.String(reply.content);
    json.Key("refusal");
    reply.refusal.empty() ? json.Null() : json.String(reply.refusal);
    if (!reply.tool_calls.empty()) WriteToolCalls(reply.tool_calls, false, json.Key("tool_calls"));
    json.Key("annotations");
    if (HasMarkers(completion.request)) {
      WriteLinks(reply.content, relayed, completion, json);
    } else {
      json.BeginArray().EndArray();
    }
    json.EndObject();
    WriteLogprobs(reply.logprobs, json.Key("logprobs"));
    json.Key("finish_reason").String(FinishReason(reply)).EndObject();
  }
  json.EndArray();
  WriteUsage(relayed.usage, json.Key("usage"));
  json.Key("system_fingerprint").String(relayed.fingerprint);
  WriteRelayedExtension(relayed, completion, json.Key("quarry"));
  return json.EndObject().Take();
}

// A chunk of choice `index`. `finished`: its reply; `relayed`: all of it, in the last such chunk.
std::string ChunkEvent(const Completion& completion, size_t index, std::string_view delta,
                       const model::ChatReply* finished, const Relayed* relayed) {
  JsonWriter json;
  BeginCompletion(completion, "chat.completion.chunk", json);
  if (relayed != nullptr) json.Key("system_fingerprint").String(relayed->fingerprint);
  json.Key("choices").BeginArray().BeginObject().Key("index").Uint(index);
  json.Key("delta").Raw(delta).Key("logprobs");
  finished != nullptr ? WriteLogprobs(finished->logprobs, json) : (void)json.Null();
  json.Key("finish_reason");
  finished != nullptr ? json.String(FinishReason(*finished)) : json.Null();
  json.EndObject().EndArray();
  if (completion.request.include_usage) json.Key("usage").Null();
  if (relayed != nullptr) WriteRelayedExtension(*relayed, completion, json.Key("quarry"));
  return SseEvent("", json.EndObject().text());
}

// One stream under way. Used by the handler's thread.
class RelayedStream {
 public:
  RelayedStream(const Completion& completion, StreamWriter& stream)
      : completion_(completion), stream_(stream) {}

  bool Take(uint32_t choice, std::string_view piece) {
    Reach(choice);
    JsonWriter delta;
    delta.BeginObject().Key("content").String(piece).EndObject();
    return stream_.Write(ChunkEvent(completion_, choice, delta.text(), nullptr, nullptr));
  }

  void End(const Relayed& relayed) {
    for (size_t i = 0; i < relayed.replies.size(); ++i) {
      const model::ChatReply& reply = relayed.replies[i];
      Reach(i);
      if (!reply.tool_calls.empty()) {
        JsonWriter calls;
        WriteToolCalls(reply.tool_calls, true, calls.BeginObject().Key("tool_calls"));
        stream_.Write(ChunkEvent(completion_, i, calls.EndObject().text(), nullptr, nullptr));
      }
      JsonWriter delta;
      delta.BeginObject();
      if (HasMarkers(completion_.request) && !relayed.context.passages.empty()) {
        WriteLinks(reply.content, relayed, completion_, delta.Key("annotations"));
      }
      const bool is_last = i + 1 == relayed.replies.size();
      stream_.Write(ChunkEvent(completion_, i, delta.EndObject().text(), &reply,
                               is_last ? &relayed : nullptr));
    }
    if (completion_.request.include_usage) {
      JsonWriter json;
      BeginCompletion(completion_, "chat.completion.chunk", json);
      json.Key("system_fingerprint").String(relayed.fingerprint);
      json.Key("choices").BeginArray().EndArray();
      WriteUsage(relayed.usage, json.Key("usage"));
      stream_.Write(SseEvent("", json.EndObject().text()));
    }
    stream_.Write(SseEvent("", "[DONE]"));
  }

 private:
  // Begins every choice up to this one.
  void Reach(size_t choice) {
    for (; begun_ <= choice; ++begun_) {
      stream_.Write(ChunkEvent(completion_, begun_,
                               R"({"role":"assistant","content":"","refusal":null})", nullptr,
                               nullptr));
    }
  }

  const Completion& completion_;
  StreamWriter& stream_;
  size_t begun_ = 0;  // choices
};

// What is kept of a completion: its first choice, with what it was made from. Nothing of one without words,
// such as one that calls tools.
std::string KeepRelayed(const HandlerEnvironment& environment, const Call& call,
                        const ChatRequest& chat, const index::Snapshot& snapshot,
                        const Relayed& relayed, double seconds) {
  if (relayed.replies.empty() || relayed.replies[0].content.empty()) return "";
  Answer answer;
  answer.standalone = relayed.standalone;
  answer.text = relayed.replies[0].content;
  answer.model = relayed.replies[0].model;
  answer.usage = relayed.usage;
  answer.context = relayed.context;
  for (const Passage& passage : relayed.context.passages) {
    answer.retrieved.push_back(passage.chunk.id);
  }
  answer.commit = relayed.commit;
  answer.fingerprint = relayed.fingerprint;
  answer.verdict.reason = "what the model writes here is not checked";
  return KeepAnswer(environment, call.request.caller, chat.question, call.request.body, snapshot,
                    answer, seconds)
      .id;
}

}  // namespace

Result<Response> CompleteRelayed(const HandlerEnvironment& environment, const Call& call,
                                 const ChatRequest& chat, const index::Snapshot& snapshot) {
  const Services& services = environment.services;
  if (services.relay == nullptr) {
    return InvalidArgumentError(chat.relayed_by +
                                ": needs a chat model, and none is configured (chat.model)");
  }
  Completion completion = NewCompletion(services, chat, call.request);
  RelayedStream stream(completion, call.stream);
  generation::RelaySink sink;
  if (chat.stream) {
    call.stream.KeepAlive(EventStreamHead());
    sink = [&](uint32_t choice, std::string_view piece) { return stream.Take(choice, piece); };
  }
  generation::RelayRequest request = chat.relay;
  request.asker = call.request.caller.key;
  if (request.cache == generation::CacheUse::kRead) request.cache = CacheUseOf(call.request);
  const auto began = std::chrono::steady_clock::now();
  const TokenCharge charge(call);
  const Result<Relayed> relayed =
      services.relay->Complete(request, chat.question.query, snapshot, sink, call.context);
  if (!relayed.ok()) {
    if (!call.stream.begun()) return relayed.status();
    call.stream.Write(SseEvent("", ErrorJson(Surface::kOpenAi, DetailOf(relayed.status()))));
    return Response();
  }
  charge.Took(relayed->usage);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  completion.answer_id = KeepRelayed(environment, call, chat, snapshot, *relayed, took.count());
  if (!chat.stream) return Response{.body = CompletionJson(*relayed, completion)};
  stream.End(*relayed);
  return Response();
}

}  // namespace quarry::server
