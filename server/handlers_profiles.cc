// The profiles of the store: GET /api/v1/profiles, GET, PUT, DELETE /api/v1/profiles/{name}, and
// POST /api/v1/profiles/{name}/answer.

#include "generation/profile_store.h"
#include "server/api_json.h"
#include "server/ask.h"
#include "server/handlers.h"
#include "server/query_parameters.h"
#include "server/strict_json.h"

namespace quarry::server {
namespace {

// What of a profile stands beside its YAML.
void AddProfile(const HandlerEnvironment& environment, const generation::Profile& profile,
                JsonWriter& json) {
  json.Key("name").String(profile.name).Key("description").String(profile.description);
  json.Key("collection").String(profile.collection);
  json.Key("model").String("quarry/" + profile.name);
  const bool has_model = environment.services.relay != nullptr;
  json.Key("without_effect").String(has_model ? "" : profile.guide.NeedsModel());
}

}  // namespace

Result<Response> GetProfiles(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_RETURN_IF_ERROR(QueryParameters(call.request.query).Finish());
  const generation::ProfileStore profiles(environment.services.index.objects());
  std::vector<Status> damaged;
  QUARRY_ASSIGN_OR_RETURN(const std::vector<generation::StoredProfile> list,
                          profiles.List(&damaged));
  for (const Status& why : damaged) environment.damaged.Tell(why);
  JsonWriter json;
  json.BeginObject().Key("profiles").BeginArray();
  for (const generation::StoredProfile& stored : list) {
    json.BeginObject();
    AddProfile(environment, stored.profile, json);
    json.EndObject();
  }
  return Response{.body = json.EndArray().EndObject().Take()};
}

Result<Response> GetProfile(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_RETURN_IF_ERROR(QueryParameters(call.request.query).Finish());
  const generation::ProfileStore profiles(environment.services.index.objects());
  QUARRY_ASSIGN_OR_RETURN(const generation::StoredProfile stored,
                          profiles.Get(call.request.params.at("name")));
  JsonWriter json;
  json.BeginObject();
  AddProfile(environment, stored.profile, json);
  json.Key("yaml").String(stored.yaml);
  return Response{.body = json.EndObject().Take()};
}

Result<Response> PutProfile(const HandlerEnvironment& environment, const Call& call) {
  const std::string& name = call.request.params.at("name");
  QUARRY_ASSIGN_OR_RETURN(const JsonValue body, ParseJson(call.request.body));
  std::string yaml;
  ObjectReader reader(body, "");
  reader.Required("yaml").String(yaml);
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  const generation::ProfileStore profiles(environment.services.index.objects());
  QUARRY_ASSIGN_OR_RETURN(const generation::Profile profile, profiles.Put(name, yaml, "yaml"));
  JsonWriter json;
  json.BeginObject();
  AddProfile(environment, profile, json);
  return Response{.body = json.EndObject().Take()};
}

Result<Response> DeleteProfile(const HandlerEnvironment& environment, const Call& call) {
  const std::string& name = call.request.params.at("name");
  const generation::ProfileStore profiles(environment.services.index.objects());
  QUARRY_RETURN_IF_ERROR(profiles.Delete(name));
  JsonWriter json;
  return Response{.body = json.BeginObject().Key("deleted").String(name).EndObject().Take()};
}

// Whoever may ask under a text of his own may write profiles: it can hold tools.
Result<Response> PostProfileAnswer(const HandlerEnvironment& environment, const Call& call) {
  const std::string& name = call.request.params.at("name");
  QUARRY_ASSIGN_OR_RETURN(const JsonValue body, ParseJson(call.request.body));
  AskRequest request{.question = DefaultQuestion(environment.options), .body = call.request.body};
  Question& question = request.question;
  ObjectReader reader(body, "");
  reader.Required("yaml").Value([&](const JsonValue& value, const std::string& place) -> Status {
    if (value.AsString() == nullptr) {
      return WrongValue(place, std::string("expected a string, not ") + value.TypeName());
    }
    QUARRY_ASSIGN_OR_RETURN(const generation::Profile profile,
                            generation::ParseProfile(*value.AsString(), name, place));
    generation::ApplyProfile(profile, question.query);
    if (!profile.collection.empty()) question.collection = profile.collection;
    return OkStatus();
  });
  reader.Required("query").String(question.query.text);
  ReadQuestionFields(reader, environment.options, question);
  ReadHistory(reader, question);
  reader.Optional("stream").Bool(request.stream);
  reader.Optional("context").Bool(request.with_context);
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  QUARRY_RETURN_IF_ERROR(BindTo(call.request.caller, question));
  return Ask(environment, call, request);
}

}  // namespace quarry::server
