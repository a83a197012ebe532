// Collections and what the store holds.

#include "server/api_json.h"
#include "server/conversation_store.h"
#include "server/handlers.h"
#include "server/query_parameters.h"
#include "server/question.h"
#include "server/store_requests.h"
#include "server/strict_json.h"

namespace quarry::server {
namespace {

enum class CollectionsShown : uint8_t {
  kListed,        // IsListed
  kWithoutFiles,  // all but the files of conversations, which nobody looks for
};

// "collections": [...], those that the caller may use, into an object that is open.
Status AddCollections(const HandlerEnvironment& environment, const Call& call,
                      CollectionsShown shown, JsonWriter& json) {
  index::Index& index = environment.services.index;
  json.Key("collections").BeginArray();
  for (const index::StoredCollection& collection : index.Collections()) {
    if (!call.request.caller.MayUse(collection.name)) continue;
    QUARRY_RETURN_IF_ERROR(call.context.Check());
    const bool is_shown = shown == CollectionsShown::kListed ? IsListed(collection.name)
                                                             : !IsConversationId(collection.name);
    if (!is_shown) continue;
    const Result<index::CollectionStats> stats = index.Stats(collection.id);
    if (stats.status().code() == Code::kNotFound) continue;  // deleted since
    // One that cannot be loaded hides no other.
    // The counts are of documents, too, that a bound caller may not read.
    if (!stats.ok() || call.request.caller.principals) {
      json.BeginObject().Key("name").String(collection.name);
      // The message may name a document.
      const bool is_bound = call.request.caller.principals.has_value();
      if (!stats.ok())
        json.Key("error").String(is_bound ? "cannot be loaded" : stats.status().message());
      json.EndObject();
      continue;
    }
    WriteCollectionStats(*stats, environment.services.maintainer.IsUnderWay(collection.id), json);
  }
  json.EndArray();
  return OkStatus();
}

}  // namespace

Result<Response> GetCollections(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_RETURN_IF_ERROR(QueryParameters(call.request.query).Finish());
  JsonWriter json;
  json.BeginObject();
  QUARRY_RETURN_IF_ERROR(AddCollections(environment, call, CollectionsShown::kListed, json));
  return Response{.body = json.EndObject().Take()};
}

Result<Response> PostCollections(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_ASSIGN_OR_RETURN(const JsonValue body, ParseJson(call.request.body));
  std::string name;
  ObjectReader reader(body, "");
  reader.Required("name").String(name);
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  QUARRY_RETURN_IF_ERROR(call.request.caller.CheckCollection(name));
  if (IsConversationId(name)) {
    return InvalidArgumentError("name: what begins with \"" + std::string(kConversationPrefix) +
                                "\" is a conversation's");
  }
  QUARRY_RETURN_IF_ERROR(CheckRoomForCollection(environment.services.index));
  QUARRY_RETURN_IF_ERROR(environment.services.index.CreateCollection(name).status());
  JsonWriter json;
  json.BeginObject().Key("created").String(name).EndObject();
  return Response{.status = 201, .body = json.Take()};
}

Result<Response> DeleteCollection(const HandlerEnvironment& environment, const Call& call) {
  const std::string& name = call.request.params.at("name");
  QUARRY_RETURN_IF_ERROR(FindCollection(environment, call.request.caller, name).status());
  QUARRY_RETURN_IF_ERROR(environment.services.index.DeleteCollection(name, call.context));
  JsonWriter json;
  json.BeginObject().Key("deleted").String(name).EndObject();
  return Response{.body = json.Take()};
}

Result<Response> GetStats(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_RETURN_IF_ERROR(QueryParameters(call.request.query).Finish());
  const Services& services = environment.services;
  JsonWriter json;
  json.BeginObject().Key("version").String(services.version);
  json.Key("store").String(services.index.directory());
  const index::StoreUsage usage = services.index.Usage();
  json.Key("bytes").Uint(usage.database_bytes).Key("derived_bytes").Uint(usage.derived_bytes);
  json.Key("memory").BeginObject().Key("block_cache").Uint(usage.memory.block_cache);
  json.Key("block_cache_limit").Uint(usage.memory.block_cache_limit);
  json.Key("memtables").Uint(usage.memory.memtables);
  json.Key("table_readers").Uint(usage.memory.table_readers).EndObject();
  QUARRY_RETURN_IF_ERROR(AddCollections(environment, call, CollectionsShown::kWithoutFiles, json));
  return Response{.body = json.EndObject().Take()};
}

}  // namespace quarry::server
