#pragma once

// The record of a stored answer (docs/index_format.md).

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/status.h"

namespace quarry::index {

struct StoredCacheEntry {
  CacheEntryId id;
  // Whoever asks within another scope does not see the entry: retrieval/cache_scope.h.
  std::string scope;
  std::string question;  // as it was asked
  std::string form;      // its normal form
  int64_t created_micros = 0;
  CommitSequence commit;     // the state of the collection that was answered from
  uint64_t cost_micros = 0;  // what making the answer took, which a hit saves
  uint64_t hits = 0;
  int64_t used_micros = 0;      // the last hit, or when it was made
  uint64_t context_hash = 0;    // of the passages that it was made from
  std::vector<ChunkId> chunks;  // those passages; when one changes, the entry goes
  std::string answer;           // retrieval/cache_answer.h; opaque here
  std::vector<float> vector;    // of the question, in the space that the scope names; may be empty

  uint64_t scope_hash() const;
  uint64_t form_hash() const;

  friend bool operator==(const StoredCacheEntry&, const StoredCacheEntry&) = default;
};

std::string EncodeCacheEntry(const StoredCacheEntry& entry);
Result<StoredCacheEntry> DecodeCacheEntry(std::string_view bytes);

}  // namespace quarry::index
