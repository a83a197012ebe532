#include "server/store_requests.h"

#include <algorithm>

#include "server/conversation_store.h"

namespace quarry::server {
namespace {

constexpr int64_t kDaySeconds = 24 * 3600;
constexpr int64_t kHour = 3600;  // how exactly it is kept when a store was last used

int64_t Now(const Services& services) { return services.clock.NowMicros() / 1'000'000; }

// When it expires; 0 = never.
int64_t ExpiryOf(const StoreProfile& profile) {
  return profile.expires_days == 0 ? 0 : profile.last_active + profile.expires_days * kDaySeconds;
}

bool HasExpired(const Services& services, const StoreProfile& profile) {
  return profile.expires_days != 0 && Now(services) >= ExpiryOf(profile);
}

void IntOrNull(int64_t value, JsonWriter& json) { value == 0 ? json.Null() : json.Int(value); }

}  // namespace

Status NoSuchStore(const std::string& id) {
  return NotFoundError("there is no vector store \"" + id + "\"");
}

Status CheckRoomForCollection(const index::Index& index) {
  if (index.Collections().size() < kMaxCollections) return OkStatus();
  return ResourceExhaustedError("there are " + std::to_string(kMaxCollections) +
                                " collections, which is the most; delete one first");
}

Result<VectorStore> FindStore(const Services& services, const std::string& id) {
  const Result<CollectionId> number = services.index.FindCollection(id);
  if (!number.ok() || IsConversationId(id)) return NoSuchStore(id);
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          services.index.GetSnapshot(*number));
  VectorStore store{.collection = snapshot->collection()};
  QUARRY_ASSIGN_OR_RETURN(const std::optional<index::Object> object,
                          services.index.objects().Get(StoreName(id)));
  if (!object) {
    store.profile.name = id;
    return store;
  }
  QUARRY_ASSIGN_OR_RETURN(store.profile, DecodeStore(*object));
  return store;
}

Result<VectorStore> UseStore(const HandlerEnvironment& environment, const std::string& id) {
  const Services& services = environment.services;
  QUARRY_ASSIGN_OR_RETURN(VectorStore store, FindStore(services, id));
  if (HasExpired(services, store.profile)) {
    return FailedPreconditionError("vector store \"" + id + "\" has expired; change its " +
                                   "expires_after to use it again");
  }
  const int64_t now = Now(services);
  if (store.profile.last_active != 0 && now - store.profile.last_active >= kHour) {
    store.profile.last_active = now;
    const Status noted = services.index.objects().Update(
        StoreName(id), [&](const std::string& value) -> Result<std::string> {
          QUARRY_ASSIGN_OR_RETURN(StoreProfile profile,
                                  DecodeStore({.id = id, .scope = id, .value = value}));
          profile.last_active = std::max(profile.last_active, now);
          return Encode(profile);
        });
    const std::string what = "noting when vector store \"" + id + "\" was last used";
    noted.ok() ? environment.touches.End(what) : (void)environment.touches.Add(what, noted);
  }
  return store;
}

void WriteFileCounts(const FileCounts& counts, JsonWriter& json) {
  json.BeginObject();
  for (const FileStatus status : {FileStatus::kInProgress, FileStatus::kCompleted,
                                  FileStatus::kCancelled, FileStatus::kFailed}) {
    json.Key(FileStatusName(status)).Uint(counts.Of(status));
  }
  json.Key("total").Uint(counts.total()).EndObject();
}

Status WriteStore(const Services& services, const VectorStore& store, JsonWriter& json) {
  QUARRY_ASSIGN_OR_RETURN(const FileCounts counts,
                          CountFiles(services.index.objects(), store.id()));
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          services.index.GetSnapshot(store.collection.id));
  const StoreProfile& profile = store.profile;
  const char* status = HasExpired(services, profile)            ? "expired"
                       : counts.Of(FileStatus::kInProgress) > 0 ? "in_progress"
                                                                : "completed";
  json.BeginObject().Key("id").String(store.id()).Key("object").String("vector_store");
  json.Key("created_at").Int(store.collection.created_micros / 1'000'000);
  json.Key("name").String(profile.name).Key("description").String(profile.description);
  json.Key("usage_bytes").Uint(counts.usage_bytes);
  WriteFileCounts(counts, json.Key("file_counts"));
  json.Key("status").String(status);
  if (profile.expires_days != 0) {
    json.Key("expires_after").BeginObject().Key("anchor").String("last_active_at");
    json.Key("days").Uint(profile.expires_days).EndObject();
  }
  IntOrNull(ExpiryOf(profile), json.Key("expires_at"));
  IntOrNull(profile.last_active, json.Key("last_active_at"));
  json.Key("metadata").BeginObject();
  for (const auto& [name, value] : profile.metadata) json.Key(name).String(value);
  json.EndObject().Key("quarry").BeginObject();
  json.Key("documents").Uint(snapshot->live_documents());
  json.Key("chunks").Uint(snapshot->live_chunks());
  json.Key("pending_vectors").Uint(snapshot->pending_vectors()).EndObject().EndObject();
  return OkStatus();
}

Status ReadChunking(const JsonValue& value, const std::string& place, ChunkSizes& chunks) {
  std::string type;
  ObjectReader reader(value, place);
  reader.Required("type").String(type);
  if (type == "static") {
    reader.Required("static").Value([&](const JsonValue& sizes, const std::string& at) -> Status {
      ObjectReader fields(sizes, at);
      fields.Required("max_chunk_size_tokens").Uint(chunks.max_tokens, 100, 4096);
      fields.Required("chunk_overlap_tokens").Uint(chunks.overlap_tokens, 0, 2048);
      QUARRY_RETURN_IF_ERROR(fields.Finish());
      if (chunks.overlap_tokens > chunks.max_tokens / 2) {
        return InvalidArgumentError(at + ".chunk_overlap_tokens: expected at most half of " +
                                    std::to_string(chunks.max_tokens) + ", not " +
                                    std::to_string(chunks.overlap_tokens));
      }
      return OkStatus();
    });
  }
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  if (type != "static" && type != "auto") {
    return InvalidArgumentError(place + ".type: expected \"auto\" or \"static\", not " +
                                JsonString(type));
  }
  return OkStatus();
}

// By structure there is no size and overlap that is always so: "other".
void WriteChunking(const ChunkSizes& chunks, JsonWriter& json) {
  if (chunks.max_tokens == 0) {
    json.BeginObject().Key("type").String("other").EndObject();
    return;
  }
  json.BeginObject().Key("type").String("static").Key("static").BeginObject();
  json.Key("max_chunk_size_tokens").Uint(chunks.max_tokens);
  json.Key("chunk_overlap_tokens").Uint(chunks.overlap_tokens).EndObject().EndObject();
}

}  // namespace quarry::server
