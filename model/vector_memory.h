#pragma once

// VectorMemory: vectors that published models made of passages, kept so that no text is embedded
// twice. The seam between an embedder's callers and where they are kept: ingest::VectorCache.

#include <span>
#include <string>
#include <vector>

#include "base/embedding.h"
#include "base/status.h"

namespace quarry::model {

// Thread-safe.
class VectorMemory {
 public:
  virtual ~VectorMemory() = default;

  // One vector per text, empty where none of that space is kept.
  virtual Result<std::vector<std::vector<float>>> Find(const EmbeddingSpace& space,
                                                       std::span<const std::string> texts) = 0;
  // Row i of `vectors` is of texts[i].
  virtual Status Keep(const EmbeddingSpace& space, std::span<const std::string> texts,
                      const EmbeddingMatrix& vectors) = 0;
};

}  // namespace quarry::model
