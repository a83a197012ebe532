#pragma once

// What requests about vector stores have in common: finding one, showing one, how files are cut.

#include <string>

#include "server/handlers.h"
#include "server/json_writer.h"
#include "server/vector_store.h"

namespace quarry::server {

inline constexpr size_t kMaxBatchFiles = 2000;  // that are attached at once
inline constexpr size_t kMaxCollections = 10'000;

struct VectorStore {
  index::StoredCollection collection;
  StoreProfile profile;  // of a collection that nobody has said anything of: its name

  const std::string& id() const { return collection.name; }
};

Status NoSuchStore(const std::string& id);
// kResourceExhausted where the store has kMaxCollections of them.
Status CheckRoomForCollection(const index::Index& index);
// kNotFound.
Result<VectorStore> FindStore(const Services& services, const std::string& id);
// The same for who will use it: kFailedPrecondition where it has expired; else it is active now. Where that
// cannot be written down (a full disk), it is used all the same.
Result<VectorStore> UseStore(const HandlerEnvironment& environment, const std::string& id);

// A store as OpenAI shows it, with our `quarry` beside: documents and chunks, however they came.
Status WriteStore(const Services& services, const VectorStore& store, JsonWriter& json);
void WriteFileCounts(const FileCounts& counts, JsonWriter& json);

// {"type": "auto"}, or "static" with the sizes of chunks.
Status ReadChunking(const JsonValue& value, const std::string& place, ChunkSizes& chunks);
void WriteChunking(const ChunkSizes& chunks, JsonWriter& json);

}  // namespace quarry::server
