#pragma once

// EmbedderCache: the embedders in use, each opened once; published ones with a QuestionMemory.

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/shared_bytes.h"
#include "model/embedder.h"
#include "model/embedder_folder.h"
#include "model/vector_memory.h"

namespace quarry::model {

class RemoteModels;

// Keeps the last few. Thread-safe.
class EmbedderCache {
 public:
  // `remote`, by which models behind HTTP are reached, must outlive the cache; it may be null.
  explicit EmbedderCache(const RemoteModels* remote = nullptr) : remote_(remote) {}

  // Where vectors of passages are kept; it must outlive the cache. Call before anybody embeds.
  void UseVectors(VectorMemory& vectors) { vectors_ = &vectors; }
  // Null where none are kept.
  VectorMemory* vectors() const { return vectors_; }

  // The published model that `folder` names (OpenPublishedEmbedder), opened anew and not kept.
  Result<std::shared_ptr<const Embedder>> OpenPublished(const EmbedderFolder& folder,
                                                        const CallContext& context) const;

  // The embedder of `space`; where it is not open yet, opened as `kind` from what `read_table`
  // gives (OpenEmbedder). Errors: those of reading and opening; kUnavailable naming both sides
  // when the opened embedder's space is another.
  Result<std::shared_ptr<const Embedder>> Get(
      const EmbeddingSpace& space, const std::string& kind,
      const std::function<Result<SharedBytes>()>& read_table);

  // Takes in a published one that is open already.
  void Add(std::shared_ptr<const Embedder> embedder);

 private:
  static constexpr size_t kCapacity = 8;
  void AddLocked(std::shared_ptr<const Embedder> embedder);

  const RemoteModels* const remote_;
  VectorMemory* vectors_ = nullptr;
  std::mutex mutex_;
  std::vector<std::shared_ptr<const Embedder>> embedders_;  // most recently used last
};

}  // namespace quarry::model
