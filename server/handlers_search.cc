// Search and answer: POST /api/v1/search, POST /api/v1/answer.

#include <utility>

#include "retrieval/explanation.h"
#include "server/api_json.h"
#include "server/errors.h"
#include "server/handlers.h"
#include "server/question.h"
#include "server/sse.h"

namespace quarry::server {
namespace {

struct AnswerRequest {
  Question question;
  bool stream = false;
  bool with_context = false;
};

Result<AnswerRequest> ParseAnswerRequest(const HandlerEnvironment& environment,
                                         const std::string& body) {
  QUARRY_ASSIGN_OR_RETURN(const JsonValue json, ParseJson(body));
  AnswerRequest request{.question = DefaultQuestion(environment.options)};
  ObjectReader reader(json, "");
  reader.Required("query").String(request.question.query.text);
  ReadQuestionFields(reader, environment.options, request.question);
  reader.Optional("stream").Bool(request.stream);
  reader.Optional("context").Bool(request.with_context);
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  return request;
}

}  // namespace

Result<Response> PostSearch(const HandlerEnvironment& environment, const Call& call) {
  const Services& services = environment.services;
  QUARRY_ASSIGN_OR_RETURN(const JsonValue body, ParseJson(call.request.body));
  Question question = DefaultQuestion(environment.options);
  ObjectReader reader(body, "");
  reader.Required("query").String(question.query.text);
  question.query.has_operators = true;
  ReadQuestionFields(reader, environment.options, question);
  std::vector<std::string> names;
  reader.Optional("collections").Strings(names);
  bool explain = false;
  reader.Optional("explain").Bool(explain);
  QUARRY_RETURN_IF_ERROR(reader.Finish());

  const bool several = !names.empty();
  if (!several) names = {question.collection};
  QUARRY_ASSIGN_OR_RETURN(const SearchedCollections collections,
                          SnapshotsOf(services, std::move(names)));
  Trace trace;
  CallContext context = call.context;
  context.trace = &trace;
  QUARRY_ASSIGN_OR_RETURN(
      const retrieval::Retrieved retrieved,
      services.retriever.RetrieveAcross(question.query, collections.snapshots, context));
  QUARRY_ASSIGN_OR_RETURN(const std::vector<Passage> passages,
                          retrieval::ReadPassages(collections.snapshots, retrieved.hits));
  std::vector<std::vector<index::TermContribution>> terms(passages.size());
  if (explain && retrieved.used_lexical) {
    QUARRY_ASSIGN_OR_RETURN(terms,
                            retrieval::ExplainTerms(retrieved, collections.snapshots, context));
  }

  JsonWriter json;
  json.BeginObject().Key("query").String(question.query.text);
  if (several) {
    WriteStrings(collections.names, json.Key("collections"));
  } else {
    json.Key("collection").String(question.collection);
  }
  json.Key("mode").String(SearchModeName(question.query.mode)).Key("k").Uint(question.query.k);
  json.Key("used_lexical").Bool(retrieved.used_lexical);
  json.Key("used_dense").Bool(retrieved.used_dense);
  if (explain) {
    WriteConditions(retrieved.lexical.required, json.Key("required"));
    WriteConditions(retrieved.lexical.excluded, json.Key("excluded"));
    WriteExpansion(retrieved, json);
  }
  json.Key("hits").BeginArray();
  for (size_t i = 0; i < passages.size(); ++i) {
    const retrieval::RankedHit& hit = retrieved.hits[i];
    const Explanation explanation{terms[i], hit.steps};
    WritePassage(passages[i],
                 {.rank = static_cast<uint32_t>(i) + 1,
                  .collection = several ? collections.names[hit.collection] : "",
                  .is_neighbour = hit.is_neighbour,
                  .explanation = explain ? &explanation : nullptr},
                 json);
  }
  json.EndArray();
  WriteTimings(trace.stages(), json.Key("timings_us"));
  return Response{.body = json.EndObject().Take()};
}

// Streamed: "delta" events with pieces of the text, then one "answer" with the whole object, then
// "end". What goes wrong after the first delta is an "error" event instead of the last two.
Result<Response> PostAnswer(const HandlerEnvironment& environment, const Call& call) {
  const Services& services = environment.services;
  QUARRY_ASSIGN_OR_RETURN(const AnswerRequest request,
                          ParseAnswerRequest(environment, call.request.body));
  const Question& question = request.question;
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          SnapshotOf(services, question.collection));
  generation::AnswerSink sink;
  if (request.stream) {
    sink = [&](std::string_view delta) {
      if (!call.stream.begun()) call.stream.Begin(EventStreamHead());
      JsonWriter json;
      json.BeginObject().Key("text").String(delta).EndObject();
      return call.stream.Write(SseEvent("delta", json.text()));
    };
  }
  const Result<Answer> answer =
      services.answerer.Ask(question.query, *snapshot, sink, call.context);
  if (!answer.ok()) {
    if (!call.stream.begun()) return answer.status();
    call.stream.Write(SseEvent("error", ErrorJson(Surface::kNative, DetailOf(answer.status()))));
    return Response();
  }
  JsonWriter json;
  WriteAnswer({.question = question.query.text,
               .collection = question.collection,
               .answer = *answer,
               .with_context = request.with_context},
              json);
  if (!request.stream) return Response{.body = json.Take()};
  call.stream.Write(SseEvent("answer", json.text()));
  call.stream.Write(SseEvent("end", "{}"));
  return Response();
}

}  // namespace quarry::server
