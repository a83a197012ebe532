// Life, readiness, metrics: what an operator's machines ask.

#include "server/handlers.h"
#include "server/json_writer.h"

namespace quarry::server {

Result<Response> GetHealth(const HandlerEnvironment& environment, const Call&) {
  JsonWriter json;
  json.BeginObject().Key("status").String("ok");
  json.Key("version").String(environment.services.version).EndObject();
  return Response{.body = json.Take()};
}

// Ready means: a question to the default collection would be answered. Anybody may ask: of other
// collections it says nothing.
Result<Response> GetReadiness(const HandlerEnvironment& environment, const Call&) {
  index::Index& index = environment.services.index;
  const std::string& name = environment.options.default_collection;
  const auto get_snapshot = [&]() -> Result<std::shared_ptr<const index::Snapshot>> {
    QUARRY_ASSIGN_OR_RETURN(const CollectionId collection, index.FindCollection(name));
    return index.GetSnapshot(collection);
  };
  const auto snapshot = get_snapshot();
  JsonWriter json;
  json.BeginObject();
  if (!snapshot.ok()) {
    const bool is_missing = snapshot.status().code() == Code::kNotFound;
    json.Key("status").String("not ready").Key("reason");
    json.String(is_missing ? "no collection \"" + name + "\"" : snapshot.status().message());
    return Response{
        .status = 503, .headers = {{"Retry-After", "1"}}, .body = json.EndObject().Take()};
  }
  json.Key("status").String("ready");
  json.Key("collection").String((*snapshot)->collection().name);
  json.Key("documents").Uint((*snapshot)->live_documents());
  json.Key("chunks").Uint((*snapshot)->live_chunks());
  return Response{.body = json.EndObject().Take()};
}

Result<Response> GetMetrics(const HandlerEnvironment& environment, const Call&) {
  return Response{.content_type = "text/plain; version=0.0.4; charset=utf-8",
                  .body = environment.services.metrics.Expose()};
}

}  // namespace quarry::server
