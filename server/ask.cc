#include "server/ask.h"

#include <chrono>
#include <utility>

#include "server/answer_log.h"
#include "server/api_json.h"
#include "server/errors.h"
#include "server/profile.h"
#include "server/sse.h"
#include "server/token_charge.h"

namespace quarry::server {

Result<AskRequest> ParseAskRequest(const HandlerEnvironment& environment, const Call& call,
                                   const std::string& collection) {
  const std::string& body = call.request.body;
  QUARRY_ASSIGN_OR_RETURN(const JsonValue json, ParseJson(body));
  AskRequest request{.question = DefaultQuestion(environment.options), .body = body};
  if (!collection.empty()) request.question.collection = collection;
  ObjectReader reader(json, "");
  reader.Required("query").String(request.question.query.text);
  reader.Optional("profile").Value([&](const JsonValue& value, const std::string& place) -> Status {
    if (value.AsString() == nullptr) {
      return InvalidArgumentError(place + ": expected a string, not " + value.TypeName());
    }
    return UseProfile(environment.services, call.request.caller, *value.AsString(),
                      request.question)
        .Annotate(place);
  });
  ReadQuestionFields(reader, environment.options, request.question);
  ReadHistory(reader, request.question);
  reader.Optional("stream").Bool(request.stream);
  reader.Optional("context").Bool(request.with_context);
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  QUARRY_RETURN_IF_ERROR(BindTo(call.request.caller, request.question));
  return request;
}

KeptAnswer KeepAnswer(const HandlerEnvironment& environment, const Caller& caller,
                      const Question& question, std::string_view body,
                      const index::Snapshot& snapshot, const Answer& answer, double seconds) {
  KeptAnswer kept;
  // The question as the documents were asked it.
  StoredQuery retrieval{
      .query = question.query, .own_options = question.query.options.has_value(), .setting = {}};
  if (!answer.standalone.empty()) retrieval.query.text = answer.standalone;
  Result<generation::RetrievalSetting> setting =
      environment.services.assistant.answerer().answerer().SettingOf(retrieval.query, snapshot);
  const bool has_retrieved =
      setting.ok() && answer.kind != ReplyKind::kSmallTalk && answer.kind != ReplyKind::kRefused;
  if (setting.ok()) retrieval.setting = *std::move(setting);
  kept.value = StoredAnswerJson(answer, {.question = question.query.text,
                                         .collection = question.collection,
                                         .collection_id = snapshot.collection().id,
                                         .request = body,
                                         .owner = caller.key,
                                         .time_micros = environment.services.clock.NowMicros(),
                                         .seconds = seconds,
                                         .retrieval = has_retrieved ? &retrieval : nullptr});
  kept.id = environment.answers->Keep(kept.value);
  return kept;
}

Result<StoredAnswer> FindAnswer(const HandlerEnvironment& environment, const Caller& caller,
                                const std::string& id) {
  QUARRY_ASSIGN_OR_RETURN(StoredAnswer answer, environment.answers->Find(id));
  if (!caller.MaySee(answer.owner.key)) return NoAnswer(id);
  return answer;
}

Result<Response> Ask(const HandlerEnvironment& environment, const Call& call,
                     const AskRequest& request,
                     const std::function<Status(const KeptAnswer&)>& before_telling) {
  const Services& services = environment.services;
  const Question& question = request.question;
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          SnapshotOf(environment, call.request.caller, question.collection));
  generation::AnswerSink sink;
  if (request.stream) {
    call.stream.KeepAlive(EventStreamHead());
    sink = [&](std::string_view delta) {
      JsonWriter json;
      json.BeginObject().Key("text").String(delta).EndObject();
      return call.stream.Write(SseEvent("delta", json.text()));
    };
  }
  const auto fail = [&](const Status& status) -> Result<Response> {
    if (!call.stream.begun()) return status;
    call.stream.Write(SseEvent("error", ErrorJson(Surface::kNative, DetailOf(status))));
    return Response();
  };
  const auto began = std::chrono::steady_clock::now();
  const TokenCharge charge(call);
  const Result<Answer> answer = services.assistant.Ask(
      question.turns, question.query, *snapshot, CacheUseOf(call.request), sink, call.context);
  if (!answer.ok()) return fail(answer.status());
  charge.Took(answer->usage);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  const KeptAnswer kept = KeepAnswer(environment, call.request.caller, question, request.body,
                                     *snapshot, *answer, took.count());
  if (before_telling != nullptr) {
    if (const Status status = before_telling(kept); !status.ok()) return fail(status);
  }
  JsonWriter json;
  WriteAnswer({.question = question.query.text,
               .collection = question.collection,
               .answer = *answer,
               .with_context = request.with_context,
               .id = kept.id},
              json);
  if (!request.stream) return Response{.body = json.Take()};
  call.stream.Write(SseEvent("answer", json.text()));
  call.stream.Write(SseEvent("end", "{}"));
  return Response();
}

}  // namespace quarry::server
