// Search and answer: POST /api/v1/search, POST /api/v1/explain, POST /api/v1/answer.

#include <optional>
#include <utility>

#include "retrieval/absence.h"
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
  ReadHistory(reader, request.question);
  reader.Optional("stream").Bool(request.stream);
  reader.Optional("context").Bool(request.with_context);
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  return request;
}

}  // namespace

namespace {

// A search that was asked for, and what it found.
struct Search {
  Question question;
  bool several = false;  // collections were named
  bool explain = false;
  std::string why;  // a document, for explain
  SearchedCollections collections;
  Trace trace;
  retrieval::Retrieved retrieved;
};

// Reads the request, whose fields are those of a search and what `read_more` reads, and searches.
template <typename ReadMore>
Status RunSearch(const HandlerEnvironment& environment, const Call& call, ReadMore read_more,
                 Search& search) {
  QUARRY_ASSIGN_OR_RETURN(const JsonValue body, ParseJson(call.request.body));
  Question& question = search.question;
  question = DefaultQuestion(environment.options);
  ObjectReader reader(body, "");
  reader.Required("query").String(question.query.text);
  question.query.has_operators = true;
  ReadQuestionFields(reader, environment.options, question);
  std::vector<std::string> names;
  reader.Optional("collections").Strings(names);
  read_more(reader);
  QUARRY_RETURN_IF_ERROR(reader.Finish());

  search.several = !names.empty();
  if (search.several) question.collection = names[0];  // its own is not searched
  QUARRY_RETURN_IF_ERROR(BindTo(call.request.caller, question));
  if (!search.several) names = {question.collection};
  for (const std::string& name : names) {
    QUARRY_RETURN_IF_ERROR(call.request.caller.CheckCollection(name));
  }
  QUARRY_ASSIGN_OR_RETURN(search.collections, SnapshotsOf(environment.services, std::move(names)));
  CallContext context = call.context;
  context.trace = &search.trace;
  QUARRY_ASSIGN_OR_RETURN(search.retrieved,
                          environment.services.retriever.RetrieveAcross(
                              question.query, search.collections.snapshots, context));
  return OkStatus();
}

// The fields of a search's answer, into an object that is open.
Status AddSearch(const Search& search, const CallContext& context, JsonWriter& json) {
  const Query& query = search.question.query;
  const retrieval::Retrieved& retrieved = search.retrieved;
  const SearchedCollections& collections = search.collections;
  QUARRY_ASSIGN_OR_RETURN(const std::vector<Passage> passages,
                          retrieval::ReadPassages(collections.snapshots, retrieved.hits));
  std::vector<std::vector<index::TermContribution>> terms(passages.size());
  if (search.explain && retrieved.used_lexical) {
    QUARRY_ASSIGN_OR_RETURN(terms,
                            retrieval::ExplainTerms(retrieved, collections.snapshots, context));
  }
  json.Key("query").String(query.text);
  if (search.several) {
    WriteStrings(collections.names, json.Key("collections"));
  } else {
    json.Key("collection").String(search.question.collection);
  }
  json.Key("mode").String(SearchModeName(query.mode)).Key("k").Uint(query.k);
  json.Key("used_lexical").Bool(retrieved.used_lexical);
  json.Key("used_dense").Bool(retrieved.used_dense);
  if (search.explain) {
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
                  .collection = search.several ? collections.names[hit.collection] : "",
                  .is_neighbour = hit.is_neighbour,
                  .by_name = hit.hop == 0 ? "" : retrieved.hops[hit.hop - 1].name,
                  .explanation = search.explain ? &explanation : nullptr},
                 json);
  }
  json.EndArray();
  return OkStatus();
}

// What stands behind the last hit.
void AddCut(const Search& search, JsonWriter& json) {
  json.Key("cut").BeginArray();
  uint64_t rank = search.question.query.k;
  for (const retrieval::RankedHit& hit : search.retrieved.cut) {
    const index::Snapshot& snapshot = *search.collections.snapshots[hit.collection];
    json.BeginObject().Key("rank").Uint(++rank).Key("score").Double(hit.hit.score);
    if (search.several) json.Key("collection").String(search.collections.names[hit.collection]);
    json.Key("document").String(snapshot.rows().DocumentOf(hit.row).id);
    json.Key("chunk").Uint(hit.hit.chunk.value).EndObject();
  }
  json.EndArray();
}

}  // namespace

Result<Response> PostSearch(const HandlerEnvironment& environment, const Call& call) {
  Search search;
  QUARRY_RETURN_IF_ERROR(RunSearch(
      environment, call,
      [&](ObjectReader& reader) { reader.Optional("explain").Bool(search.explain); }, search));
  JsonWriter json;
  json.BeginObject();
  QUARRY_RETURN_IF_ERROR(AddSearch(search, call.context, json));
  WriteTimings(search.trace.stages(), json.Key("timings_us"));
  return Response{.body = json.EndObject().Take()};
}

Result<Response> PostExplain(const HandlerEnvironment& environment, const Call& call) {
  const Services& services = environment.services;
  Search search{.explain = true};
  QUARRY_RETURN_IF_ERROR(RunSearch(
      environment, call, [&](ObjectReader& reader) { reader.Optional("why").String(search.why); },
      search));
  JsonWriter json;
  json.BeginObject();
  QUARRY_RETURN_IF_ERROR(AddSearch(search, call.context, json));
  AddCut(search, json);
  std::optional<Context> context;
  if (!search.several) {
    QUARRY_ASSIGN_OR_RETURN(
        context, services.answerer.MakeContext(search.question.query, *search.collections.held[0],
                                               call.context));
    WriteContextPlan(*context, json.Key("context"));
  }
  if (!search.why.empty()) {
    QUARRY_ASSIGN_OR_RETURN(const retrieval::Absence absence,
                            retrieval::WhyAbsent(services.retriever, search.question.query,
                                                 search.collections.snapshots, search.retrieved,
                                                 search.why, {}, call.context));
    WriteAbsence(absence, context ? &*context : nullptr, json.Key("why"));
  }
  WriteTimings(search.trace.stages(), json.Key("timings_us"));
  return Response{.body = json.EndObject().Take()};
}

// Streamed: "delta" events with pieces of the text, then one "answer" with the whole object, then
// "end". What goes wrong after the first delta is an "error" event instead of the last two.
Result<Response> PostAnswer(const HandlerEnvironment& environment, const Call& call) {
  const Services& services = environment.services;
  QUARRY_ASSIGN_OR_RETURN(AnswerRequest request,
                          ParseAnswerRequest(environment, call.request.body));
  QUARRY_RETURN_IF_ERROR(BindTo(call.request.caller, request.question));
  const Question& question = request.question;
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          SnapshotOf(services, question.collection));
  generation::AnswerSink sink;
  if (request.stream) {
    call.stream.KeepAlive(EventStreamHead());
    sink = [&](std::string_view delta) {
      if (!call.stream.begun()) call.stream.Begin(EventStreamHead());
      JsonWriter json;
      json.BeginObject().Key("text").String(delta).EndObject();
      return call.stream.Write(SseEvent("delta", json.text()));
    };
  }
  const Result<Answer> answer = services.assistant.Ask(
      question.turns, question.query, *snapshot, CacheUseOf(call.request), sink, call.context);
  if (!answer.ok()) {
    if (!call.stream.begun()) return answer.status();
    call.stream.Write(SseEvent("error", ErrorJson(Surface::kNative, DetailOf(answer.status()))));
    return Response();
  }
  call.request.caller.ChargeTokens(uint64_t{answer->usage.prompt_tokens} +
                                   answer->usage.completion_tokens);
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
