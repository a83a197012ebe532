// Search and answer: POST /api/v1/search, POST /api/v1/explain, POST /api/v1/answer.

#include <algorithm>
#include <optional>
#include <utility>

#include "retrieval/absence.h"
#include "retrieval/explanation.h"
#include "retrieval/facets.h"
#include "retrieval/highlight.h"
#include "retrieval/spelling.h"
#include "server/api_json.h"
#include "server/ask.h"
#include "server/handlers.h"
#include "server/question.h"

namespace quarry::server {
namespace {

constexpr size_t kMostQueryBytes = 64 * 1024;
constexpr uint64_t kMostExplained = 100'000;  // the question's terms times hits

// A search that was asked for, and what it found.
struct Search {
  Question question;
  Query searched;        // the question's, its words corrected where that was asked for
  bool several = false;  // collections were named
  bool explain = false;
  bool highlight = false;
  bool facets = false;
  bool correct = false;
  std::string why;  // a document, for explain
  SearchedCollections collections;
  Trace trace;
  std::vector<retrieval::Correction> corrections;
  retrieval::Retrieved retrieved;
};

// Reads the request, which has the fields of a search and what `read_more` reads, and searches.
template <typename ReadMore>
Status RunSearch(const HandlerEnvironment& environment, const Call& call, ReadMore read_more,
                 Search& search) {
  QUARRY_ASSIGN_OR_RETURN(const JsonValue body, ParseJson(call.request.body));
  Question& question = search.question;
  question = DefaultQuestion(environment.options);
  ObjectReader reader(body, "");
  reader.Required("query").String(question.query.text);
  question.query.has_operators = true;
  reader.Optional("operators").Bool(question.query.has_operators);
  ReadQuestionFields(reader, environment.options, question);
  std::vector<std::string> names;
  reader.Optional("collections").Strings(names);
  reader.Optional("highlight").Bool(search.highlight);
  reader.Optional("facets").Bool(search.facets);
  reader.Optional("correct").Bool(search.correct);
  read_more(reader);
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  if (question.query.text.size() > kMostQueryBytes) {
    return InvalidArgumentError("query: " + std::to_string(question.query.text.size()) +
                                " bytes, expected at most " + std::to_string(kMostQueryBytes));
  }
  // How many passages hold a word tells of those that its key may not read.
  if (search.explain && call.request.caller.principals) {
    return InvalidArgumentError("explain: not for a key that is bound to principals");
  }

  search.several = !names.empty();
  if (search.several) question.collection = names[0];  // its own is not searched
  QUARRY_RETURN_IF_ERROR(BindTo(call.request.caller, question));
  if (!search.several) names = {question.collection};
  QUARRY_ASSIGN_OR_RETURN(search.collections,
                          SnapshotsOf(environment, call.request.caller, std::move(names)));
  CallContext context = call.context;
  context.trace = &search.trace;
  Query& query = search.searched;
  query = question.query;
  // Whom documents are kept from is told none of their words.
  if (search.correct && query.principals.unrestricted) {
    QUARRY_ASSIGN_OR_RETURN(retrieval::CorrectedQuery corrected,
                            retrieval::CorrectQuery(environment.services.analyzer, query.text,
                                                    search.collections.snapshots, context));
    query.text = std::move(corrected.text);
    search.corrections = std::move(corrected.corrections);
  }
  QUARRY_ASSIGN_OR_RETURN(search.retrieved, environment.services.retriever.RetrieveAcross(
                                                query, search.collections.snapshots, context));
  // What is added, of the other language or in one word, is not the caller's to leave out.
  const uint64_t terms = search.retrieved.asked_terms;
  if (search.explain && terms * search.retrieved.hits.size() > kMostExplained) {
    return InvalidArgumentError("explain: " + std::to_string(terms) + " terms of " +
                                std::to_string(search.retrieved.hits.size()) +
                                " hits; ask for fewer hits or with fewer words, at most " +
                                std::to_string(kMostExplained) + " of both together");
  }
  return OkStatus();
}

void WriteCorrections(const std::vector<retrieval::Correction>& corrections, JsonWriter& json) {
  json.BeginArray();
  for (const retrieval::Correction& correction : corrections) {
    json.BeginObject().Key("term").String(correction.word);
    json.Key("by").String(correction.by).EndObject();
  }
  json.EndArray();
}

void WriteFacets(const std::vector<retrieval::Facet>& facets, JsonWriter& json) {
  json.BeginArray();
  for (const retrieval::Facet& facet : facets) {
    json.BeginObject().Key("key").String(facet.key).Key("values").BeginArray();
    for (const retrieval::FacetValue& value : facet.values) {
      WriteMetadataValue(value.value, json.BeginObject().Key("value"));
      json.Key("count").Uint(value.documents).EndObject();
    }
    json.EndArray().EndObject();
  }
  json.EndArray();
}

// The fields of a search's answer, into an object that is open.
Status AddSearch(const HandlerEnvironment& environment, const Search& search,
                 const CallContext& context, JsonWriter& json) {
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
  if (!retrieved.notes.empty()) WriteStrings(retrieved.notes, json.Key("notes"));
  if (!search.corrections.empty()) WriteCorrections(search.corrections, json.Key("corrected"));
  if (search.facets) {
    QUARRY_ASSIGN_OR_RETURN(const std::vector<retrieval::Facet> facets,
                            retrieval::CountFacets(retrieved, collections.snapshots, context));
    WriteFacets(facets, json.Key("facets"));
  }
  json.Key("hits").BeginArray();
  for (size_t i = 0; i < passages.size(); ++i) {
    const retrieval::RankedHit& hit = retrieved.hits[i];
    const Explanation explanation{terms[i], hit.steps};
    std::vector<TextRange> highlights;
    if (search.highlight) {
      highlights = retrieval::Highlights(environment.services.analyzer, retrieved.lexical,
                                         passages[i].chunk.text);
    }
    WritePassage(passages[i],
                 {.rank = static_cast<uint32_t>(i) + 1,
                  .collection = search.several ? collections.names[hit.collection] : "",
                  .is_neighbour = hit.is_neighbour,
                  .by_name = hit.hop == 0 ? "" : retrieved.hops[hit.hop - 1].name,
                  .also_in = retrieval::AlsoIn(collections.snapshots, retrieved.collapsed, hit),
                  .names = search.several ? &collections.names : nullptr,
                  .explanation = search.explain ? &explanation : nullptr,
                  .highlights = search.highlight ? &highlights : nullptr},
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
  QUARRY_RETURN_IF_ERROR(AddSearch(environment, search, call.context, json));
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
  QUARRY_RETURN_IF_ERROR(AddSearch(environment, search, call.context, json));
  AddCut(search, json);
  std::optional<Context> context;
  if (!search.several) {
    QUARRY_ASSIGN_OR_RETURN(
        context,
        services.answerer.MakeContext(search.searched, *search.collections.held[0], call.context));
    WriteContextPlan(*context, json.Key("context"));
  }
  if (!search.why.empty()) {
    QUARRY_ASSIGN_OR_RETURN(
        const retrieval::Absence absence,
        retrieval::WhyAbsent(services.retriever, search.searched, search.collections.snapshots,
                             search.retrieved, search.why, {}, call.context));
    WriteAbsence(absence, context ? &*context : nullptr, json.Key("why"));
  }
  WriteTimings(search.trace.stages(), json.Key("timings_us"));
  return Response{.body = json.EndObject().Take()};
}

Result<Response> PostAnswer(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_ASSIGN_OR_RETURN(const AskRequest request, ParseAskRequest(environment, call));
  return Ask(environment, call, request);
}

}  // namespace quarry::server
