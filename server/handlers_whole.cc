// Whole documents: POST /api/v1/summary and POST /api/v1/comparison. The answer is an object as that of
// POST /api/v1/answer.

#include "server/api_json.h"
#include "server/handlers.h"
#include "server/question.h"
#include "server/strict_json.h"
#include "server/token_charge.h"

namespace quarry::server {
namespace {

constexpr uint32_t kMaxWholeSentences = 1000;

struct WholeRequest {
  generation::WholeDocumentRequest request;
  std::string collection;
};

Result<WholeRequest> ParseWholeRequest(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_ASSIGN_OR_RETURN(const JsonValue json, ParseJson(call.request.body));
  WholeRequest whole;
  Question scope = DefaultQuestion(environment.options);
  ObjectReader reader(json, "");
  reader.Required("documents").Strings(whole.request.documents);
  reader.Optional("focus").String(whole.request.focus);
  reader.Optional("language").String(whole.request.language);
  reader.Optional("sentences").Uint(whole.request.max_sentences, 1, kMaxWholeSentences);
  reader.Optional("collection").String(scope.collection);
  ObjectReader::Field principals = reader.Optional("principals");
  if (principals.present()) scope.query.principals.unrestricted = false;
  principals.Strings(scope.query.principals.names);
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  const std::string& language = whole.request.language;
  if (!language.empty() && language != "en" && language != "zh") {
    return WrongValue("language", "expected \"en\" or \"zh\"");
  }
  QUARRY_RETURN_IF_ERROR(BindTo(call.request.caller, scope));
  whole.request.principals = std::move(scope.query.principals);
  whole.collection = std::move(scope.collection);
  return whole;
}

template <typename Write>
Result<Response> AnswerWhole(const HandlerEnvironment& environment, const Call& call,
                             const Write& write) {
  QUARRY_ASSIGN_OR_RETURN(const WholeRequest whole, ParseWholeRequest(environment, call));
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          SnapshotOf(environment, call.request.caller, whole.collection));
  const TokenCharge charge(call);
  QUARRY_ASSIGN_OR_RETURN(const Answer answer, write(whole.request, *snapshot));
  charge.Took(answer.usage);
  JsonWriter json;
  WriteAnswer({.question = whole.request.focus, .collection = whole.collection, .answer = answer},
              json);
  return Response{.body = json.Take()};
}

}  // namespace

Result<Response> PostSummary(const HandlerEnvironment& environment, const Call& call) {
  return AnswerWhole(environment, call, [&](const auto& request, const index::Snapshot& snapshot) {
    return environment.services.whole_documents.Summarize(request, snapshot, nullptr, call.context);
  });
}

Result<Response> PostComparison(const HandlerEnvironment& environment, const Call& call) {
  return AnswerWhole(environment, call, [&](const auto& request, const index::Snapshot& snapshot) {
    return environment.services.whole_documents.Compare(request, snapshot, nullptr, call.context);
  });
}

}  // namespace quarry::server
