#pragma once

// VectorCache: vectors that published models made of passages, kept in the store by embedding space
// and the SHA-256 of the text, of all collections together (index/object_cache.h; scope: the space,
// id: the digest, value: float32). So a text is not embedded again where it comes back in another
// document or collection, after it was cut anew, or when a collection returns to an earlier model.
//
// Thread-safe.

#include <cstdint>

#include "index/object_cache.h"
#include "model/vector_memory.h"

namespace quarry::ingest {

class VectorCache final : public model::VectorMemory {
 public:
  // Both must outlive it. `read_only` as the store was opened.
  VectorCache(index::ObjectTable& objects, uint64_t max_bytes, bool read_only, const Clock& clock);

  // Errors of all: those of index::ObjectCache.
  Result<std::vector<std::vector<float>>> Find(const EmbeddingSpace& space,
                                               std::span<const std::string> texts) override;
  Status Keep(const EmbeddingSpace& space, std::span<const std::string> texts,
              const EmbeddingMatrix& vectors) override;

  Result<index::ObjectCacheStats> GetStats() const { return vectors_.GetStats(); }
  Status Clear() { return vectors_.Clear(); }

 private:
  index::ObjectCache vectors_;
};

}  // namespace quarry::ingest
