// Life, readiness, metrics: what an operator's machines ask.

#include <filesystem>

#include "server/handlers.h"
#include "server/json_writer.h"

namespace quarry::server {
namespace {

// What is not counted as it happens but stands in the store: looked up when it is asked for.
void SetStoreGauges(index::Index& index, MetricsRegistry& metrics) {
  double documents = 0;
  double chunks = 0;
  const std::vector<index::StoredCollection> collections = index.Collections();
  for (const index::StoredCollection& collection : collections) {
    const auto snapshot = index.GetSnapshot(collection.id);
    if (!snapshot.ok()) continue;  // deleted since
    documents += static_cast<double>((*snapshot)->live_documents());
    chunks += static_cast<double>((*snapshot)->live_chunks());
  }
  metrics.GetGauge("quarry_collections", "Collections of the store.")
      .Set(static_cast<double>(collections.size()));
  metrics.GetGauge("quarry_documents", "Documents of all collections.").Set(documents);
  metrics.GetGauge("quarry_chunks", "Chunks of all collections.").Set(chunks);
  const index::StoreUsage usage = index.Usage();
  metrics.GetGauge("quarry_store_bytes", "Files of the store.")
      .Set(static_cast<double>(usage.database_bytes + usage.derived_bytes));
  std::error_code error;
  const std::filesystem::space_info disk = std::filesystem::space(index.directory(), error);
  if (error) return;
  metrics.GetGauge("quarry_disk_free_bytes", "Free on the disk of the store.")
      .Set(static_cast<double>(disk.available));
}

}  // namespace

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
    // The message of what is damaged may name a document.
    json.String(is_missing ? "no collection \"" + name + "\""
                           : "collection \"" + name +
                                 "\" cannot be loaded; GET /api/v1/collections says why");
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
  SetStoreGauges(environment.services.index, environment.services.metrics);
  return Response{.content_type = "text/plain; version=0.0.4; charset=utf-8",
                  .body = environment.services.metrics.Expose()};
}

}  // namespace quarry::server
