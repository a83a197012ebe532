// The profiles of the store: GET /api/v1/profiles, and GET, PUT, DELETE /api/v1/profiles/{name}.

#include "generation/profile_store.h"
#include "server/api_json.h"
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
  QUARRY_ASSIGN_OR_RETURN(const std::vector<generation::StoredProfile> list, profiles.List());
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

}  // namespace quarry::server
