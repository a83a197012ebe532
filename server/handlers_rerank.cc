// POST /v1/rerank, POST /v2/rerank: the order of given documents for a question, in Cohere's shapes.
// By the configured reranker; without one by words and, where the collection has an embedder, by
// meaning (retrieval/text_ranking.h).

#include <algorithm>
#include <numeric>

#include "base/text.h"
#include "index/object_table.h"
#include "retrieval/text_ranking.h"
#include "server/handlers.h"
#include "server/json_writer.h"
#include "server/profile.h"
#include "server/question.h"

namespace quarry::server {
namespace {

constexpr size_t kMaxRankedDocuments = 1000;

struct RerankRequest {
  std::string model = std::string(kProfile);
  std::string query;
  std::vector<std::string> texts;
  JsonValue documents;  // as they were given
  std::vector<std::string> rank_fields = {"text"};
  uint32_t top_n = kMaxRankedDocuments;
  bool return_documents = false;
  std::string collection;
};

// A string, or the fields of an object that are to be ranked by, a line each.
Status ReadText(const JsonValue& document, const std::string& place,
                const std::vector<std::string>& fields, std::string& text) {
  if (document.AsString() != nullptr) {
    text = *document.AsString();
    return OkStatus();
  }
  if (document.AsObject() == nullptr) {
    return WrongValue(place,
                      std::string("expected a string or an object, not ") + document.TypeName());
  }
  bool found = false;
  for (const std::string& name : fields) {
    const JsonValue* field = document.Find(name);
    if (field == nullptr) continue;
    if (field->AsString() == nullptr) {
      return WrongValue(place + '.' + name,
                        std::string("expected a string, not ") + field->TypeName());
    }
    if (found) text += '\n';
    text += *field->AsString();
    found = true;
  }
  return found ? OkStatus() : WrongValue(place, "has none of the fields that are ranked by");
}

Status ReadTexts(RerankRequest& request) {
  const JsonValue::Array* list = request.documents.AsArray();
  if (list == nullptr) {
    return WrongValue("documents", std::string("expected a list of documents, not ") +
                                       request.documents.TypeName());
  }
  if (list->empty() || list->size() > kMaxRankedDocuments) {
    return WrongValue("documents", "expected 1 to " + std::to_string(kMaxRankedDocuments) +
                                       ", not " + std::to_string(list->size()));
  }
  for (size_t i = 0; i < list->size(); ++i) {
    std::string text;
    QUARRY_RETURN_IF_ERROR(
        ReadText((*list)[i], "documents[" + std::to_string(i) + ']', request.rank_fields, text));
    request.texts.push_back(std::move(text));
  }
  return OkStatus();
}

Result<RerankRequest> ParseRerank(const std::string& body, const ServerOptions& options) {
  QUARRY_ASSIGN_OR_RETURN(const JsonValue json, ParseJson(body));
  RerankRequest request{.collection = options.default_collection};
  ObjectReader reader(json, "");
  uint32_t ignored = 0;  // how much of a document is read is the reranker's business
  reader.Optional("model").String(request.model);
  reader.Required("query").String(request.query);
  reader.Required("documents").Value([&](const JsonValue& value, const std::string&) {
    request.documents = value;
    return OkStatus();
  });
  reader.Optional("top_n").Uint(request.top_n, 1, UINT32_MAX);
  reader.Optional("return_documents").Bool(request.return_documents);
  reader.Optional("rank_fields").Strings(request.rank_fields);
  reader.Optional("max_chunks_per_doc").Uint(ignored, 1, UINT32_MAX);
  reader.Optional("max_tokens_per_doc").Uint(ignored, 1, UINT32_MAX);
  reader.Optional("priority").Uint(ignored, 0, UINT32_MAX);
  reader.Optional("quarry").Value([&](const JsonValue& value, const std::string& place) {
    ObjectReader extension(value, place);
    extension.Optional("collection").String(request.collection);
    return extension.Finish();
  });
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  if (Trim(request.query).empty()) return WrongValue("query", "expected text that is not empty");
  QUARRY_RETURN_IF_ERROR(ReadTexts(request));
  return request;
}

struct Scored {
  std::vector<double> scores;
  std::string scorer;
};

Result<Scored> Score(const HandlerEnvironment& environment, const Caller& caller,
                     const RerankRequest& request, const CallContext& context) {
  const Services& services = environment.services;
  if (services.reranker != nullptr) {
    QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const model::Reranker> reranker,
                            services.reranker->Get());
    QUARRY_ASSIGN_OR_RETURN(const std::vector<float> scores,
                            reranker->Score(request.query, request.texts, context));
    return Scored{{scores.begin(), scores.end()}, reranker->fingerprint()};
  }
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          SnapshotOf(environment, caller, request.collection));
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const model::Embedder> embedder,
                          EmbedderOf(services, *snapshot));
  const double weight = services.retriever.options().DenseWeightOf(request.collection);
  Scored scored;
  QUARRY_ASSIGN_OR_RETURN(scored.scores,
                          retrieval::ScoreTexts(request.query, request.texts, services.analyzer,
                                                embedder.get(), weight, context));
  scored.scorer = embedder == nullptr ? "words" : "words and " + embedder->space().fingerprint;
  return scored;
}

// v1 gives a document that was a string back as an object.
void WriteDocument(const JsonValue& document, JsonWriter& json) {
  if (document.AsString() == nullptr) {
    json.Raw(ToJson(document));
  } else {
    json.BeginObject().Key("text").String(*document.AsString()).EndObject();
  }
}

Result<Response> Rerank(const HandlerEnvironment& environment, const Call& call,
                        const char* version) {
  QUARRY_ASSIGN_OR_RETURN(const RerankRequest request,
                          ParseRerank(call.request.body, environment.options));
  if (auto refusal = RefuseModel(request.model)) return *std::move(refusal);
  QUARRY_RETURN_IF_ERROR(call.request.caller.CheckCollection(request.collection));
  QUARRY_ASSIGN_OR_RETURN(const Scored scored,
                          Score(environment, call.request.caller, request, call.context));
  std::vector<size_t> order(scored.scores.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order,
                           [&](size_t a, size_t b) { return scored.scores[a] > scored.scores[b]; });
  order.resize(std::min<size_t>(order.size(), request.top_n));

  JsonWriter json;
  json.BeginObject().Key("id").String(index::NewObjectId("rerank-"));
  json.Key("results").BeginArray();
  for (const size_t i : order) {
    json.BeginObject().Key("index").Uint(i).Key("relevance_score").Double(scored.scores[i]);
    if (request.return_documents) {
      WriteDocument((*request.documents.AsArray())[i], json.Key("document"));
    }
    json.EndObject();
  }
  json.EndArray().Key("meta").BeginObject();
  json.Key("api_version").BeginObject().Key("version").String(version).EndObject();
  json.Key("billed_units").BeginObject().Key("search_units").Int(1).EndObject().EndObject();
  json.Key("quarry").BeginObject().Key("scorer").String(scored.scorer).EndObject();
  return Response{.body = json.EndObject().Take()};
}

}  // namespace

Result<Response> PostRerankV1(const HandlerEnvironment& environment, const Call& call) {
  return Rerank(environment, call, "1");
}

Result<Response> PostRerankV2(const HandlerEnvironment& environment, const Call& call) {
  return Rerank(environment, call, "2");
}

}  // namespace quarry::server
