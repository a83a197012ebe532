// The answer cache of a collection in the store: cache_table.h.
//
// Entries are written beside the writer, under the mutex that its calls hold too: so what is in the
// newest view then is what a change of a document will find to cut.

#include <set>
#include <utility>

#include "index/collection.h"
#include "index/keys.h"

namespace quarry::index {

Status Collection::PlanCacheRemoval(const StoreView& view, CacheEntryId entry,
                                    WriteBatch& batch) const {
  QUARRY_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                          view.Get(CacheEntryKey(id_, entry)));
  std::vector<ChunkId> linked;
  Status parsed;
  QUARRY_RETURN_IF_ERROR(
      view.Scan(CacheEntryChunkPrefix(id_, entry), [&](std::string_view key, std::string_view) {
        const Result<CacheLink> link = ParseCacheEntryChunkKey(key);
        parsed = link.status();
        if (parsed.ok()) linked.push_back(link->chunk);
        return parsed.ok();
      }));
  QUARRY_RETURN_IF_ERROR(parsed);
  for (const ChunkId chunk : linked) {
    batch.Delete(CacheEntryChunkKey(id_, entry, chunk));
    batch.Delete(ChunkCacheEntryKey(id_, chunk, entry));
  }
  if (!bytes) return OkStatus();
  batch.Delete(CacheEntryKey(id_, entry));
  // A damaged record does not say where its question stands: that row leads nowhere then.
  const Result<StoredCacheEntry> record = DecodeCacheEntry(*bytes);
  if (record.ok()) {
    batch.Delete(CacheQuestionKey(id_, record->scope_hash(), record->form_hash(), entry));
  }
  return OkStatus();
}

Status Collection::PlanCacheCuts(std::span<const ChunkId> chunks, WriteBatch& batch) const {
  const std::shared_ptr<const StoreView> view = environment_.store.GetView();
  std::set<CacheEntryId> entries;
  Status parsed;
  // Mostly there are none at all, which takes one look and not one a chunk.
  bool has_links = false;
  QUARRY_RETURN_IF_ERROR(view->Scan(TablePrefix(id_, Table::kChunkCacheEntry),
                                    [&](std::string_view, std::string_view) {
                                      has_links = true;
                                      return false;
                                    }));
  if (!has_links) return OkStatus();
  for (const ChunkId chunk : chunks) {
    QUARRY_RETURN_IF_ERROR(
        view->Scan(ChunkCacheEntryPrefix(id_, chunk), [&](std::string_view key, std::string_view) {
          const Result<CacheLink> link = ParseChunkCacheEntryKey(key);
          parsed = link.status();
          if (parsed.ok()) entries.insert(link->entry);
          return parsed.ok();
        }));
    QUARRY_RETURN_IF_ERROR(parsed);
  }
  for (const CacheEntryId entry : entries) {
    QUARRY_RETURN_IF_ERROR(PlanCacheRemoval(*view, entry, batch));
  }
  return OkStatus();
}

// Whether every chunk is there, of a version of its document that entry.commit has seen.
Result<bool> Collection::RestsOnWhatIs(const StoreView& view, const StoredCacheEntry& entry) const {
  for (const ChunkId id : entry.chunks) {
    QUARRY_ASSIGN_OR_RETURN(const std::optional<std::string> bytes, view.Get(ChunkKey(id_, id)));
    if (!bytes) return false;
    QUARRY_ASSIGN_OR_RETURN(const StoredChunk chunk, DecodeChunk(*bytes));
    QUARRY_ASSIGN_OR_RETURN(const std::optional<std::string> record,
                            view.Get(DocumentKey(id_, chunk.document)));
    if (!record) return false;
    QUARRY_ASSIGN_OR_RETURN(const StoredDocument document, DecodeDocument(*record));
    if (document.commit > entry.commit) return false;
  }
  return true;
}

Result<bool> Collection::AddCacheEntry(const StoredCacheEntry& entry) {
  std::lock_guard lock(mutex_);
  if (deleted_) return false;
  const std::shared_ptr<const StoreView> view = environment_.store.GetView();
  QUARRY_ASSIGN_OR_RETURN(const bool current, RestsOnWhatIs(*view, entry));
  if (!current) return false;
  WriteBatch batch;
  QUARRY_RETURN_IF_ERROR(PlanCacheRemoval(*view, entry.id, batch));
  batch.Put(CacheEntryKey(id_, entry.id), EncodeCacheEntry(entry));
  batch.Put(CacheQuestionKey(id_, entry.scope_hash(), entry.form_hash(), entry.id), "");
  for (const ChunkId chunk : entry.chunks) {
    batch.Put(CacheEntryChunkKey(id_, entry.id, chunk), "");
    batch.Put(ChunkCacheEntryKey(id_, chunk, entry.id), "");
  }
  QUARRY_RETURN_IF_ERROR(environment_.store.Write(batch));
  return true;
}

Status Collection::UpdateCacheEntries(std::span<const StoredCacheEntry> entries) {
  std::lock_guard lock(mutex_);
  if (deleted_) return OkStatus();
  const std::shared_ptr<const StoreView> view = environment_.store.GetView();
  WriteBatch batch;
  for (const StoredCacheEntry& entry : entries) {
    const std::string key = CacheEntryKey(id_, entry.id);
    QUARRY_ASSIGN_OR_RETURN(const std::optional<std::string> bytes, view->Get(key));
    if (bytes) batch.Put(key, EncodeCacheEntry(entry));
  }
  return batch.empty() ? OkStatus() : environment_.store.Write(batch);
}

Status Collection::RemoveCacheEntries(std::span<const CacheEntryId> ids) {
  std::lock_guard lock(mutex_);
  const std::shared_ptr<const StoreView> view = environment_.store.GetView();
  WriteBatch batch;
  for (const CacheEntryId id : ids) QUARRY_RETURN_IF_ERROR(PlanCacheRemoval(*view, id, batch));
  return batch.empty() ? OkStatus() : environment_.store.Write(batch);
}

Status Collection::ClearCache() {
  std::lock_guard lock(mutex_);
  WriteBatch batch;
  batch.DeleteRange(TablePrefix(id_, Table::kCacheEntry), TablePrefix(id_, Table::kCacheTuning));
  return environment_.store.Write(batch);
}

Status Collection::SetCacheTuning(std::string tuning) {
  std::lock_guard lock(mutex_);
  if (deleted_) return NotFoundError("the collection was deleted meanwhile");
  WriteBatch batch;
  batch.Put(CacheTuningKey(id_), std::move(tuning));
  return environment_.store.Write(batch);
}

}  // namespace quarry::index
