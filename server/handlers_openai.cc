// The OpenAI surface: models and chat completions, in OpenAI's shapes (CreateChatCompletionResponse
// and CreateChatCompletionStreamResponse of its openapi.yaml), each answer with our `quarry` object
// beside them.
//
// A stream is: a chunk with the role; chunks with text; a chunk with finish_reason, annotations and
// `quarry`; with include_usage one with the usage and no choices; "[DONE]". What goes wrong after
// the first chunk is an {"error": ...} event, after which the stream ends without "[DONE]".

#include <chrono>

#include "generation/profile_store.h"
#include "server/ask.h"
#include "server/completion.h"
#include "server/errors.h"
#include "server/handlers.h"
#include "server/openai_answer.h"
#include "server/profile.h"
#include "server/sse.h"
#include "server/token_charge.h"

namespace quarry::server {
namespace {

void WriteModel(const HandlerEnvironment& environment, std::string_view id, JsonWriter& json) {
  json.BeginObject().Key("id").String(id).Key("object").String("model");
  json.Key("created").Int(environment.started_seconds);
  json.Key("owned_by").String("quarry").EndObject();
}

// A url_citation for each marker.
void WriteAnnotations(const Answer& answer, const Completion& completion, JsonWriter& json) {
  json.BeginArray();
  for (const Marker& marker : MarkersOf(answer)) {
    WriteUrlCitation(marker.start, marker.end, marker.passage, completion, json);
  }
  json.EndArray();
}

std::string CompletionJson(const Answer& answer, const Completion& completion) {
  JsonWriter json;
  BeginCompletion(completion, "chat.completion", json).Key("choices").BeginArray().BeginObject();
  json.Key("index").Int(0).Key("message").BeginObject();
  json.Key("role").String("assistant").Key("content").String(answer.text);
  json.Key("refusal").Null();
  WriteAnnotations(answer, completion, json.Key("annotations"));
  json.EndObject().Key("logprobs").Null().Key("finish_reason").String("stop");
  json.EndObject().EndArray();
  WriteUsage(answer.usage, json.Key("usage"));
  json.Key("system_fingerprint").String(answer.fingerprint);
  WriteExtension(answer, completion.request.question.collection, completion.answer_id,
                 json.Key("quarry"));
  return json.EndObject().Take();
}

// A chunk with `delta`, a JSON object. `finished`: the answer, in the last chunk that has a choice.
std::string ChunkEvent(const Completion& completion, std::string_view delta,
                       const Answer* finished) {
  JsonWriter json;
  BeginCompletion(completion, "chat.completion.chunk", json);
  if (finished != nullptr) json.Key("system_fingerprint").String(finished->fingerprint);
  json.Key("choices").BeginArray().BeginObject().Key("index").Int(0).Key("delta").Raw(delta);
  json.Key("logprobs").Null().Key("finish_reason");
  finished != nullptr ? json.String("stop") : json.Null();
  json.EndObject().EndArray();
  if (completion.request.include_usage) json.Key("usage").Null();
  if (finished != nullptr) {
    WriteExtension(*finished, completion.request.question.collection, completion.answer_id,
                   json.Key("quarry"));
  }
  return SseEvent("", json.EndObject().text());
}

std::string UsageEvent(const Completion& completion, const Answer& answer) {
  JsonWriter json;
  BeginCompletion(completion, "chat.completion.chunk", json);
  json.Key("system_fingerprint").String(answer.fingerprint);
  json.Key("choices").BeginArray().EndArray();
  WriteUsage(answer.usage, json.Key("usage"));
  return SseEvent("", json.EndObject().text());
}

// Nothing once begun.
void BeginStream(const Completion& completion, StreamWriter& stream) {
  if (stream.begun()) return;
  stream.Begin(EventStreamHead());
  stream.Write(
      ChunkEvent(completion, R"({"role":"assistant","content":"","refusal":null})", nullptr));
}

void EndStream(const Completion& completion, const Answer& answer, StreamWriter& stream) {
  BeginStream(completion, stream);  // of an answer without text nothing was streamed
  JsonWriter delta;
  delta.BeginObject();
  if (!answer.citations.empty()) {
    WriteAnnotations(answer, completion, delta.Key("annotations"));
  }
  delta.EndObject();
  stream.Write(ChunkEvent(completion, delta.text(), &answer));
  if (completion.request.include_usage) stream.Write(UsageEvent(completion, answer));
  stream.Write(SseEvent("", "[DONE]"));
}

}  // namespace

Completion NewCompletion(const Services& services, const ChatRequest& chat,
                         const Request& request) {
  return {.id = index::NewObjectId("chatcmpl-"),
          .created = services.clock.NowMicros() / 1'000'000,
          .request = chat,
          .http = request};
}

JsonWriter& BeginCompletion(const Completion& completion, std::string_view object,
                            JsonWriter& json) {
  json.BeginObject().Key("id").String(completion.id).Key("object").String(object);
  json.Key("created").Int(completion.created);
  return json.Key("model").String(completion.request.model);
}

void WriteUsage(const Usage& usage, JsonWriter& json) {
  json.BeginObject().Key("prompt_tokens").Uint(usage.prompt_tokens);
  json.Key("completion_tokens").Uint(usage.completion_tokens);
  json.Key("total_tokens").Uint(uint64_t{usage.prompt_tokens} + usage.completion_tokens);
  json.EndObject();
}

void WriteUrlCitation(size_t start, size_t end, const Passage& passage,
                      const Completion& completion, JsonWriter& json) {
  json.BeginObject().Key("type").String("url_citation").Key("url_citation").BeginObject();
  json.Key("start_index").Uint(start).Key("end_index").Uint(end);
  json.Key("url").String(UrlOf(passage, completion.request.question.collection, completion.http));
  json.Key("title").String(TitleOf(passage)).EndObject().EndObject();
}

// The server's own, and the profiles of collections that the caller may use.
Result<Response> GetModels(const HandlerEnvironment& environment, const Call& call) {
  JsonWriter json;
  json.BeginObject().Key("object").String("list").Key("data").BeginArray();
  WriteModel(environment, kProfile, json);
  const generation::ProfileStore profiles(environment.services.index.objects());
  std::vector<Status> damaged;
  QUARRY_ASSIGN_OR_RETURN(const std::vector<generation::StoredProfile> list,
                          profiles.List(&damaged));
  for (const Status& why : damaged) environment.damaged.Tell(why);
  for (const generation::StoredProfile& stored : list) {
    if (!IsToldOf(call.request.caller, stored.profile)) continue;
    WriteModel(environment, std::string(kProfile) + '/' + stored.profile.name, json);
  }
  return Response{.body = json.EndArray().EndObject().Take()};
}

Result<Response> GetModel(const HandlerEnvironment& environment, const Call& call) {
  const std::string& model = call.request.params.at("model");
  if (auto refusal = RefuseModel(environment.services, call.request.caller, model)) {
    return *std::move(refusal);
  }
  JsonWriter json;
  WriteModel(environment, model, json);
  return Response{.body = json.Take()};
}

Result<Response> PostChatCompletions(const HandlerEnvironment& environment, const Call& call) {
  const Services& services = environment.services;
  QUARRY_ASSIGN_OR_RETURN(ChatRequest chat, ParseChatRequest(call.request, environment));
  if (auto refusal = RefuseModel(services, call.request.caller, chat.model)) {
    return *std::move(refusal);
  }
  QUARRY_RETURN_IF_ERROR(BindTo(call.request.caller, chat.question));
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          SnapshotOf(environment, call.request.caller, chat.question.collection));
  if (!chat.relayed_by.empty()) return CompleteRelayed(environment, call, chat, *snapshot);
  Completion completion = NewCompletion(services, chat, call.request);
  generation::AnswerSink sink;
  if (chat.stream) {
    call.stream.KeepAlive(EventStreamHead());
    sink = [&](std::string_view piece) {
      BeginStream(completion, call.stream);
      JsonWriter delta;
      delta.BeginObject().Key("content").String(piece).EndObject();
      return call.stream.Write(ChunkEvent(completion, delta.text(), nullptr));
    };
  }
  const auto began = std::chrono::steady_clock::now();
  const TokenCharge charge(call);
  const Result<Answer> answer =
      services.assistant.Ask(chat.question.turns, chat.question.query, *snapshot,
                             CacheUseOf(call.request), sink, call.context);
  if (!answer.ok()) {
    if (!call.stream.begun()) return answer.status();
    call.stream.Write(SseEvent("", ErrorJson(Surface::kOpenAi, DetailOf(answer.status()))));
    return Response();
  }
  charge.Took(answer->usage);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  completion.answer_id = KeepAnswer(environment, call.request.caller, chat.question,
                                    call.request.body, *snapshot, *answer, took.count())
                             .id;
  if (!chat.stream) return Response{.body = CompletionJson(*answer, completion)};
  EndStream(completion, *answer, call.stream);
  return Response();
}

}  // namespace quarry::server
