#include "index/cache_table.h"

#include <utility>

#include "index/collection.h"
#include "index/keys.h"

namespace quarry::index {
namespace {

Result<std::optional<StoredCacheEntry>> ReadEntry(const StoreView& view, CollectionId collection,
                                                  CacheEntryId id) {
  QUARRY_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                          view.Get(CacheEntryKey(collection, id)));
  if (!bytes) return std::optional<StoredCacheEntry>();
  QUARRY_ASSIGN_OR_RETURN(StoredCacheEntry entry, DecodeCacheEntry(*bytes));
  return std::optional(std::move(entry));
}

}  // namespace

CacheTable::CacheTable(std::shared_ptr<Collection> collection)
    : collection_(std::move(collection)) {}

Result<bool> CacheTable::Add(const StoredCacheEntry& entry) {
  return collection_->AddCacheEntry(entry);
}
Status CacheTable::Update(std::span<const StoredCacheEntry> entries) {
  return collection_->UpdateCacheEntries(entries);
}
Status CacheTable::Remove(std::span<const CacheEntryId> ids) {
  return collection_->RemoveCacheEntries(ids);
}
Status CacheTable::Clear() { return collection_->ClearCache(); }
Status CacheTable::SetTuning(std::string tuning) {
  return collection_->SetCacheTuning(std::move(tuning));
}

Result<bool> CacheTable::Contains(CacheEntryId id) const {
  QUARRY_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                          collection_->NewestView()->Get(CacheEntryKey(collection_->id(), id)));
  return bytes.has_value();
}

Result<std::optional<StoredCacheEntry>> CacheTable::Get(CacheEntryId id) const {
  return ReadEntry(*collection_->NewestView(), collection_->id(), id);
}

Result<std::vector<StoredCacheEntry>> CacheTable::Find(uint64_t scope_hash,
                                                       uint64_t form_hash) const {
  return FindPrefix(CacheQuestionPrefix(collection_->id(), scope_hash, form_hash));
}

Result<std::vector<StoredCacheEntry>> CacheTable::FindScope(uint64_t scope_hash) const {
  return FindPrefix(CacheScopePrefix(collection_->id(), scope_hash));
}

Result<std::vector<StoredCacheEntry>> CacheTable::FindPrefix(const std::string& prefix) const {
  const std::shared_ptr<const StoreView> view = collection_->NewestView();
  std::vector<CacheEntryId> ids;
  Status parsed;
  QUARRY_RETURN_IF_ERROR(view->Scan(prefix, [&](std::string_view key, std::string_view) {
    const Result<CacheEntryId> id = ParseCacheQuestionKey(key);
    parsed = id.status();
    if (parsed.ok()) ids.push_back(*id);
    return parsed.ok();
  }));
  QUARRY_RETURN_IF_ERROR(parsed);
  std::vector<StoredCacheEntry> entries;
  for (const CacheEntryId id : ids) {
    QUARRY_ASSIGN_OR_RETURN(std::optional<StoredCacheEntry> entry,
                            ReadEntry(*view, collection_->id(), id));
    if (entry) entries.push_back(*std::move(entry));
  }
  return entries;
}

Status CacheTable::ForEach(const std::function<bool(StoredCacheEntry)>& visit,
                           uint64_t* damaged) const {
  return collection_->NewestView()->Scan(TablePrefix(collection_->id(), Table::kCacheEntry),
                                         [&](std::string_view, std::string_view value) {
                                           Result<StoredCacheEntry> entry = DecodeCacheEntry(value);
                                           if (entry.ok()) return visit(*std::move(entry));
                                           if (damaged != nullptr) ++*damaged;
                                           return true;
                                         });
}

bool CacheTable::deleted() const { return collection_->deleted(); }

Result<std::string> CacheTable::Tuning() const {
  QUARRY_ASSIGN_OR_RETURN(std::optional<std::string> bytes,
                          collection_->NewestView()->Get(CacheTuningKey(collection_->id())));
  return bytes ? *std::move(bytes) : std::string();
}

}  // namespace quarry::index
