// POST /v1/vector_stores/{store}/search: the passages of a store for a question, with their files.

#include "base/text.h"
#include "server/api_json.h"
#include "server/handlers.h"
#include "server/question.h"
#include "server/store_search.h"

namespace quarry::server {
namespace {

constexpr size_t kMaxQuestions = 32;

// A question, or a list of them.
Status ReadQuestions(const JsonValue& value, const std::string& place,
                     std::vector<std::string>& questions) {
  if (value.AsString() != nullptr) {
    questions = {*value.AsString()};
  } else if (value.AsArray() != nullptr) {
    for (const JsonValue& one : *value.AsArray()) {
      if (one.AsString() == nullptr) {
        return InvalidArgumentError(place + '[' + std::to_string(questions.size()) +
                                    "]: expected a string, not " + one.TypeName());
      }
      questions.push_back(*one.AsString());
    }
    if (questions.empty() || questions.size() > kMaxQuestions) {
      return InvalidArgumentError(place + ": expected 1 to " + std::to_string(kMaxQuestions) +
                                  " questions, not " + std::to_string(questions.size()));
    }
  } else {
    return InvalidArgumentError(place + ": expected a string or a list of strings, not " +
                                value.TypeName());
  }
  for (const std::string& question : questions) {
    if (Trim(question).empty()) {
      return InvalidArgumentError(place + ": expected text that is not empty");
    }
  }
  return OkStatus();
}

}  // namespace

Result<Response> PostVectorStoreSearch(const HandlerEnvironment& environment, const Call& call) {
  Question asked;  // by whom, and where
  asked.collection = call.request.params.at("store");
  QUARRY_RETURN_IF_ERROR(BindTo(call.request.caller, asked));
  QUARRY_ASSIGN_OR_RETURN(const VectorStore store, UseStore(environment, asked.collection));
  QUARRY_ASSIGN_OR_RETURN(const JsonValue body, ParseJson(call.request.body));
  std::vector<std::string> questions;
  StoreQuery query;
  bool rewrite = false;  // a question is searched for as it is: nothing here would be won by it
  ObjectReader reader(body, "");
  reader.Required("query").Value([&](const JsonValue& value, const std::string& place) {
    return ReadQuestions(value, place, questions);
  });
  reader.Optional("rewrite_query").Bool(rewrite);
  ReadStoreQuery(reader, environment.options, query);
  query.query.principals = asked.query.principals;
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  QUARRY_ASSIGN_OR_RETURN(const std::vector<FoundPassage> found,
                          SearchStore(environment.services, store, questions, query, call.context));

  JsonWriter json;
  json.BeginObject().Key("object").String("vector_store.search_results.page");
  WriteStrings(questions, json.Key("search_query"));
  json.Key("data").BeginArray();
  for (const FoundPassage& passage : found) {
    json.BeginObject().Key("file_id").String(passage.file.id);
    json.Key("filename").String(passage.file.filename).Key("score").Double(passage.score);
    WriteMetadata(passage.file.attributes, json.Key("attributes"));
    json.Key("content").BeginArray().BeginObject().Key("type").String("text");
    json.Key("text").String(passage.text).EndObject().EndArray().EndObject();
  }
  json.EndArray().Key("has_more").Bool(false).Key("next_page").Null();
  return Response{.body = json.EndObject().Take()};
}

}  // namespace quarry::server
