// Vector stores: make, list, show, change, delete. A store is a collection (vector_store.h).

#include <algorithm>

#include "server/handlers.h"
#include "server/object_page.h"
#include "server/question.h"
#include "server/store_file_indexer.h"
#include "server/store_requests.h"

namespace quarry::server {
namespace {

using index::ObjectKind;

constexpr uint32_t kMaxExpiryDays = 365;
constexpr size_t kMaxNameBytes = 256;
constexpr size_t kMaxDescriptionBytes = 1024;

struct StoreRequest {
  StoreProfile profile;
  std::vector<std::string> files;
  ChunkSizes chunks;
};

Status ReadExpiry(const JsonValue& value, const std::string& place, StoreProfile& profile) {
  ObjectReader reader(value, place);
  std::string anchor;
  reader.Required("anchor").String(anchor);
  reader.Required("days").Uint(profile.expires_days, 1, kMaxExpiryDays);
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  if (anchor != "last_active_at") {
    return InvalidArgumentError(place + ".anchor: expected \"last_active_at\"");
  }
  return OkStatus();
}

// Reads what may be said of a store when it is made and later.
void ReadProfile(ObjectReader& reader, StoreProfile& profile) {
  reader.Optional("name").String(profile.name);
  reader.Optional("expires_after").Value([&](const JsonValue& value, const std::string& place) {
    return ReadExpiry(value, place, profile);
  });
  reader.Optional("metadata").Value([&](const JsonValue& value, const std::string& place) {
    return ReadStringMap(value, place, profile.metadata);
  });
}

Result<StoreRequest> ParseStoreRequest(const std::string& body) {
  StoreRequest request;
  if (body.empty()) return request;
  QUARRY_ASSIGN_OR_RETURN(const JsonValue json, ParseJson(body));
  ObjectReader reader(json, "");
  ReadProfile(reader, request.profile);
  reader.Optional("description").String(request.profile.description);
  reader.Optional("file_ids").Strings(request.files);
  reader.Optional("chunking_strategy").Value([&](const JsonValue& value, const std::string& place) {
    return ReadChunking(value, place, request.chunks);
  });
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  QUARRY_RETURN_IF_ERROR(CheckBytes("name", request.profile.name, kMaxNameBytes));
  QUARRY_RETURN_IF_ERROR(
      CheckBytes("description", request.profile.description, kMaxDescriptionBytes));
  if (request.files.size() > kMaxBatchFiles) {
    return InvalidArgumentError("file_ids: expected at most " + std::to_string(kMaxBatchFiles) +
                                ", not " + std::to_string(request.files.size()));
  }
  return request;
}

Result<Response> ShowStore(const HandlerEnvironment& environment, const std::string& id) {
  QUARRY_ASSIGN_OR_RETURN(const VectorStore store, FindStore(environment.services, id));
  JsonWriter json;
  QUARRY_RETURN_IF_ERROR(WriteStore(environment.services, store, json));
  return Response{.body = json.Take()};
}

}  // namespace

Result<Response> PostVectorStores(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_ASSIGN_OR_RETURN(StoreRequest request, ParseStoreRequest(call.request.body));
  const Services& services = environment.services;
  QUARRY_RETURN_IF_ERROR(CheckRoomForCollection(services.index));
  const std::string id = index::NewObjectId("vs_");
  const int64_t now = services.clock.NowMicros() / 1'000'000;
  request.profile.last_active = now;
  index::ObjectBatch batch;
  batch.Put(StoreName(id), Encode(request.profile));
  for (const std::string& file : request.files) {
    QUARRY_RETURN_IF_ERROR(GetFile(services.index.objects(), call.request.caller, file).status());
    batch.Put(AttachedName(id, file),
              Encode(AttachedFile{.created = now, .chunks = request.chunks}));
  }
  // The collection last: a store is there with all that it was made with, or not at all.
  QUARRY_RETURN_IF_ERROR(services.index.objects().Write(batch));
  QUARRY_RETURN_IF_ERROR(services.index.CreateCollection(id).status());
  for (const std::string& file : request.files) environment.store_files.Notice(id, file);
  return ShowStore(environment, id);
}

Result<Response> GetVectorStores(const HandlerEnvironment& environment, const Call& call) {
  index::ObjectListing listing;
  QueryParameters parameters(call.request.query);
  QUARRY_RETURN_IF_ERROR(ReadListing(parameters, 20, 100, listing));
  QUARRY_RETURN_IF_ERROR(parameters.Finish());
  std::vector<index::StoredCollection> collections = environment.services.index.Collections();
  std::erase_if(collections, [](const auto& one) { return !IsListed(one.name); });
  std::ranges::sort(collections, [&](const auto& a, const auto& b) {
    return listing.newest_first ? a.id > b.id : a.id < b.id;
  });
  std::vector<std::string> ids;
  for (const index::StoredCollection& one : collections) ids.push_back(one.name);
  QUARRY_ASSIGN_OR_RETURN(const ListPage page, PageOf(ids, listing, NoSuchStore));

  JsonWriter json;
  json.BeginObject().Key("object").String("list").Key("data").BeginArray();
  for (size_t i = page.begin; i < page.end; ++i) {
    QUARRY_RETURN_IF_ERROR(call.context.Check());
    const Result<VectorStore> store = FindStore(environment.services, ids[i]);
    if (store.status().code() == Code::kNotFound) continue;  // deleted since
    if (store.status().code() == Code::kDataLoss) {          // it hides no other
      environment.damaged.Tell(store.status());
      continue;
    }
    QUARRY_RETURN_IF_ERROR(store.status());
    QUARRY_RETURN_IF_ERROR(WriteStore(environment.services, *store, json));
  }
  json.EndArray();
  WritePageEnd(page.first, page.last, page.has_more, json);
  return Response{.body = json.EndObject().Take()};
}

Result<Response> GetVectorStore(const HandlerEnvironment& environment, const Call& call) {
  return ShowStore(environment, call.request.params.at("store"));
}

Result<Response> PostVectorStore(const HandlerEnvironment& environment, const Call& call) {
  const std::string& id = call.request.params.at("store");
  QUARRY_ASSIGN_OR_RETURN(const JsonValue body, ParseJson(call.request.body));
  const auto change = [&](StoreProfile profile) -> Result<std::string> {
    ObjectReader reader(body, "");
    ReadProfile(reader, profile);
    QUARRY_RETURN_IF_ERROR(reader.Finish());
    QUARRY_RETURN_IF_ERROR(CheckBytes("name", profile.name, kMaxNameBytes));
    const JsonValue* expiry = body.Find("expires_after");
    if (expiry != nullptr && expiry->IsNull()) profile.expires_days = 0;
    return Encode(profile);
  };
  QUARRY_ASSIGN_OR_RETURN(const VectorStore store, FindStore(environment.services, id));
  index::ObjectTable& objects = environment.services.index.objects();
  const auto update = [&](const std::string& value) -> Result<std::string> {
    QUARRY_ASSIGN_OR_RETURN(StoreProfile profile,
                            DecodeStore({.id = id, .scope = id, .value = value}));
    return change(std::move(profile));
  };
  Status changed = objects.Update(StoreName(id), update);
  if (changed.code() == Code::kNotFound) {  // nobody has said anything of it yet
    QUARRY_ASSIGN_OR_RETURN(std::string first, change(store.profile));
    changed = objects.Create(StoreName(id), std::move(first));
    if (changed.code() == Code::kAlreadyExists) changed = objects.Update(StoreName(id), update);
  }
  QUARRY_RETURN_IF_ERROR(changed);
  // Deleted meanwhile: what is said of it goes, too.
  if (!FindStore(environment.services, id).ok()) {
    QUARRY_RETURN_IF_ERROR(objects.Delete(StoreName(id)));
    return NoSuchStore(id);
  }
  return ShowStore(environment, id);
}

Result<Response> DeleteVectorStore(const HandlerEnvironment& environment, const Call& call) {
  const std::string& id = call.request.params.at("store");
  const Status deleted = environment.services.index.DeleteCollection(id, call.context);
  if (deleted.code() == Code::kNotFound) return NoSuchStore(id);
  QUARRY_RETURN_IF_ERROR(deleted);
  JsonWriter json;
  json.BeginObject().Key("id").String(id).Key("object").String("vector_store.deleted");
  return Response{.body = json.Key("deleted").Bool(true).EndObject().Take()};
}

}  // namespace quarry::server
