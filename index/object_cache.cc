#include "index/object_cache.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "base/coding.h"

namespace quarry::index {
namespace {

constexpr uint64_t kCachedVersion = 1;
constexpr int64_t kMicrosPerDay = int64_t{24} * 3600 * 1'000'000;
constexpr const char* kSizeId = "size";

struct CachedValue {
  uint32_t day = 0;  // of the last use, since 1970
  std::string_view bytes;
};

std::string EncodeCached(const CachedValue& value) {
  std::string record;
  AppendVarint(record, kCachedVersion);
  AppendVarint(record, value.day);
  AppendBytes(record, value.bytes);
  return record;
}

// Its bytes are in `record`.
std::optional<CachedValue> DecodeCached(std::string_view record) {
  RecordReader reader(record);
  const uint64_t version = reader.Varint();
  CachedValue value;
  value.day = reader.Varint32();
  value.bytes = reader.Bytes();
  if (version != kCachedVersion || !reader.Finish("").ok()) return std::nullopt;
  return value;
}

std::string EncodeSize(const ObjectCacheStats& stats) {
  std::string record;
  AppendVarint(record, kCachedVersion);
  AppendVarint(record, stats.objects);
  AppendVarint(record, stats.bytes);
  return record;
}

// Scope and id stand in both keys of an object.
uint64_t SizeOfObject(const ObjectName& name, size_t record) {
  return record + 2 * (name.scope.size() + name.id.size());
}

void TakeOff(uint64_t bytes, ObjectCacheStats& stats) {
  stats.bytes -= std::min(stats.bytes, bytes);
  stats.objects -= std::min<uint64_t>(stats.objects, 1);
}

}  // namespace

Status ObjectCache::Damaged(std::string_view what) const {
  return DataLossError(options_.name + ": " + std::string(what) + " is damaged; `" +
                       options_.remedy + "` removes them");
}

uint32_t ObjectCache::Today() const {
  return static_cast<uint32_t>(std::max<int64_t>(0, clock_.NowMicros() / kMicrosPerDay));
}

ObjectName ObjectCache::NameOf(const std::string& scope, const std::string& id) const {
  return {.kind = options_.kind, .id = id, .scope = scope};
}

Result<std::vector<std::optional<std::string>>> ObjectCache::Find(
    const std::string& scope, std::span<const std::string> ids) {
  const uint32_t today = Today();
  std::vector<std::optional<std::string>> found(ids.size());
  ObjectBatch used;
  std::lock_guard lock(mutex_);  // what is found is not evicted before its use is noted
  for (size_t i = 0; i < ids.size(); ++i) {
    ObjectName name = NameOf(scope, ids[i]);
    QUARRY_ASSIGN_OR_RETURN(const std::optional<Object> object, objects_.Get(name));
    if (!object) continue;
    const std::optional<CachedValue> value = DecodeCached(object->value);
    if (!value) return Damaged("object " + ids[i] + " of " + scope);
    found[i] = std::string(value->bytes);
    if (value->day < today && !options_.read_only) {
      used.Put(std::move(name), EncodeCached({today, value->bytes}));
    }
  }
  QUARRY_RETURN_IF_ERROR(objects_.Write(used));
  return found;
}

Status ObjectCache::Keep(const std::string& scope, std::vector<Entry> entries) {
  if (options_.max_bytes == 0 || options_.read_only) return OkStatus();
  const uint32_t today = Today();
  std::lock_guard lock(mutex_);
  QUARRY_ASSIGN_OR_RETURN(ObjectCacheStats stats, GetStats());
  ObjectBatch batch;
  std::set<std::string> ids;
  for (Entry& entry : entries) {
    ObjectName name = NameOf(scope, entry.id);
    if (!ids.insert(entry.id).second) continue;
    QUARRY_ASSIGN_OR_RETURN(const std::optional<Object> before, objects_.Get(name));
    if (before) TakeOff(SizeOfObject(name, before->value.size()), stats);
    std::string record = EncodeCached({today, entry.value});
    stats.objects += 1;
    stats.bytes += SizeOfObject(name, record.size());
    batch.Put(std::move(name), std::move(record));
  }
  if (ids.empty()) return OkStatus();
  batch.Put(NameOf("", kSizeId), EncodeSize(stats));
  QUARRY_RETURN_IF_ERROR(objects_.Write(batch));
  return stats.bytes > options_.max_bytes ? Evict() : OkStatus();
}

Status ObjectCache::Evict() {
  struct Kept {
    uint32_t day;
    uint64_t number;
    uint64_t bytes;
    ObjectName name;
  };
  std::vector<Kept> all;
  ObjectCacheStats stats;  // counted anew: what is damaged is not as large as it was
  const auto add = [&](const Object& object) {
    if (object.scope.empty()) return true;
    // A damaged value goes before all others.
    const uint32_t day = DecodeCached(object.value).value_or(CachedValue()).day;
    ObjectName name = NameOf(object.scope, object.id);
    const uint64_t bytes = SizeOfObject(name, object.value.size());
    all.push_back({day, object.number, bytes, std::move(name)});
    stats.objects += 1;
    stats.bytes += bytes;
    return true;
  };
  std::vector<Status> unread;  // nameless: Clear removes them, and the others make room meanwhile
  QUARRY_RETURN_IF_ERROR(objects_.ForEach(options_.kind, add, &unread));
  std::sort(all.begin(), all.end(), [](const Kept& a, const Kept& b) {
    return std::tie(a.day, a.number) < std::tie(b.day, b.number);
  });
  ObjectBatch batch;
  for (Kept& kept : all) {
    if (stats.bytes <= options_.max_bytes - options_.max_bytes / 10) break;
    TakeOff(kept.bytes, stats);
    batch.Delete(std::move(kept.name));
  }
  batch.Put(NameOf("", kSizeId), EncodeSize(stats));
  return objects_.Write(batch);
}

Result<ObjectCacheStats> ObjectCache::GetStats() const {
  QUARRY_ASSIGN_OR_RETURN(const std::optional<Object> object, objects_.Get(NameOf("", kSizeId)));
  ObjectCacheStats stats;
  if (!object) return stats;
  RecordReader reader(object->value);
  const uint64_t version = reader.Varint();
  stats.objects = reader.Varint();
  stats.bytes = reader.Varint();
  if (version != kCachedVersion || !reader.Finish("").ok()) return Damaged("their count");
  return stats;
}

Status ObjectCache::Clear() {
  std::lock_guard lock(mutex_);
  return objects_.DeleteKind(options_.kind);
}

}  // namespace quarry::index
