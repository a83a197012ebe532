// Verification of the answer cache: entries, the rows that find them and what they rest on.

#include <set>
#include <string>
#include <utility>

#include "index/cache_record.h"
#include "index/keys.h"
#include "index/verify_scope.h"

namespace quarry::index {

Status VerifyCache(const VerifyScope& scope) {
  ProblemList& problems = scope.problems;
  std::set<std::string> expected;  // keys of the other three tables
  QUARRY_RETURN_IF_ERROR(
      scope.ScanTable(Table::kCacheEntry, [&](std::string_view key, std::string_view value) {
        const Result<CacheEntryId> id = ParseCacheEntryKey(key);
        const Result<StoredCacheEntry> entry = DecodeCacheEntry(value);
        if (!id.ok() || !entry.ok()) {
          problems.AddError(id.status(), "cache");
          problems.AddError(entry.status(), "cache");
          return;
        }
        const std::string where = "cache entry " + std::to_string(id->value);
        if (entry->id != *id) problems.Add(where + ": stands under another key");
        expected.insert(
            CacheQuestionKey(scope.collection(), entry->scope_hash(), entry->form_hash(), *id));
        for (const ChunkId chunk : entry->chunks) {
          if (!scope.owned.contains(chunk)) {
            problems.Add(where + ": rests on chunk " + std::to_string(chunk.value) +
                         ", which is not there");
          }
          expected.insert(CacheEntryChunkKey(scope.collection(), *id, chunk));
          expected.insert(ChunkCacheEntryKey(scope.collection(), chunk, *id));
        }
      }));
  const std::pair<Table, const char*> rows[] = {{Table::kCacheQuestion, "question"},
                                                {Table::kCacheEntryChunk, "chunk"},
                                                {Table::kChunkCacheEntry, "entry"}};
  for (const auto& [table, name] : rows) {
    QUARRY_RETURN_IF_ERROR(
        scope.ScanTable(table, [&, name = name](std::string_view key, std::string_view) {
          if (expected.erase(std::string(key)) > 0) return;
          problems.Add("cache: a " + std::string(name) + " row that no entry asks for");
        }));
  }
  if (!expected.empty()) {
    problems.Add("cache: " + std::to_string(expected.size()) +
                 " rows of questions and chunks are missing");
  }
  return OkStatus();
}

}  // namespace quarry::index
