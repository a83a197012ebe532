#include "index/cache_record.h"

#include <bit>

#include "base/hash.h"
#include "index/record_coding.h"

namespace quarry::index {

using namespace record_coding;

uint64_t StoredCacheEntry::scope_hash() const { return Hash64(scope); }
uint64_t StoredCacheEntry::form_hash() const { return Hash64(form); }

std::string EncodeCacheEntry(const StoredCacheEntry& entry) {
  std::string out = NewRecord();
  AppendVarint(out, entry.id.value);
  AppendBytes(out, entry.scope);
  AppendBytes(out, entry.question);
  AppendBytes(out, entry.form);
  AppendSigned(out, entry.created_micros);
  AppendVarint(out, entry.commit.value);
  AppendVarint(out, entry.cost_micros);
  AppendVarint(out, entry.hits);
  AppendSigned(out, entry.used_micros);
  AppendFixed64(out, entry.context_hash);
  AppendChunkIds(out, entry.chunks);
  AppendBytes(out, entry.answer);
  AppendVarint(out, entry.vector.size());
  for (const float value : entry.vector) AppendFixed32(out, std::bit_cast<uint32_t>(value));
  return out;
}

Result<StoredCacheEntry> DecodeCacheEntry(std::string_view bytes) {
  Decoder decoder(bytes, "cache entry");
  RecordReader& reader = decoder.reader();
  StoredCacheEntry entry;
  entry.id = decoder.ValidId<CacheEntryId>("entry is 0");
  entry.scope = decoder.String();
  entry.question = decoder.String();
  entry.form = decoder.String();
  entry.created_micros = decoder.Signed();
  entry.commit = CommitSequence(reader.Varint());
  entry.cost_micros = reader.Varint();
  entry.hits = reader.Varint();
  entry.used_micros = decoder.Signed();
  entry.context_hash = reader.Fixed64();
  entry.chunks = decoder.ChunkIds();
  entry.answer = decoder.String();
  entry.vector.resize(decoder.Count(sizeof(float)));
  for (float& value : entry.vector) value = std::bit_cast<float>(reader.Fixed32());
  QUARRY_RETURN_IF_ERROR(decoder.Finish());
  return entry;
}

}  // namespace quarry::index
