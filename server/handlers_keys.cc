// The keys of the store: GET, POST /api/v1/keys, DELETE /api/v1/keys/{id}.

#include "server/handlers.h"
#include "server/query_parameters.h"

namespace quarry::server {

Result<Response> GetKeys(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_RETURN_IF_ERROR(QueryParameters(call.request.query).Finish());
  std::vector<Status> damaged;
  QUARRY_ASSIGN_OR_RETURN(const std::vector<ApiKey> keys, environment.keys.List(&damaged));
  for (const Status& why : damaged) environment.damaged.Tell(why);
  JsonWriter json;
  json.BeginObject().Key("keys").BeginArray();
  for (const ApiKey& key : keys) {
    json.BeginObject();
    AddKeyFields(key, json);
    json.EndObject();
  }
  return Response{.body = json.EndArray().EndObject().Take()};
}

Result<Response> PostKeys(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_ASSIGN_OR_RETURN(const JsonValue body, ParseJson(call.request.body));
  KeyGrant grant;
  ObjectReader reader(body, "");
  ReadGrant(reader, grant);
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  QUARRY_ASSIGN_OR_RETURN(const CreatedKey created, environment.keys.Create(grant));
  JsonWriter json;
  json.BeginObject().Key("key").String(created.key);
  AddKeyFields(created.record, json);
  return Response{
      .status = 201, .headers = {{"Cache-Control", "no-store"}}, .body = json.EndObject().Take()};
}

Result<Response> DeleteKey(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_ASSIGN_OR_RETURN(const ApiKey key, environment.keys.Revoke(call.request.params.at("id")));
  JsonWriter json;
  json.BeginObject();
  AddKeyFields(key, json);
  return Response{.body = json.EndObject().Take()};
}

}  // namespace quarry::server
