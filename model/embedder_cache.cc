#include "model/embedder_cache.h"

#include <algorithm>
#include <utility>

#include "model/embedder_factory.h"
#include "model/question_memory.h"

namespace quarry::model {

Result<std::shared_ptr<const Embedder>> EmbedderCache::Get(
    const EmbeddingSpace& space, const std::string& kind,
    const std::function<Result<SharedBytes>()>& read_table) {
  // Opening under the lock: a second query that needs the same embedder waits instead of opening it
  // too.
  std::lock_guard lock(mutex_);
  const auto found = std::find_if(embedders_.begin(), embedders_.end(),
                                  [&](const auto& embedder) { return embedder->space() == space; });
  if (found != embedders_.end()) {
    std::rotate(found, found + 1, embedders_.end());
    return embedders_.back();
  }
  QUARRY_ASSIGN_OR_RETURN(const SharedBytes table, read_table());
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const Embedder> embedder,
                          OpenEmbedder(kind, table, remote_, space.dimension));
  if (embedder->space() != space) {
    return UnavailableError("embedder fingerprint mismatch: index=" + space.fingerprint +
                            " embedder=" + embedder->space().fingerprint +
                            MismatchAdvice(kind, table.view));
  }
  // A learnt one embeds a question in a microsecond.
  const bool learnt = kind == kLearntKind || kind == kLsaKind || kind == kBilingualKind;
  AddLocked(learnt ? embedder : std::make_shared<const QuestionMemory>(embedder));
  return embedders_.back();
}

Result<std::shared_ptr<const Embedder>> EmbedderCache::OpenPublished(
    const EmbedderFolder& folder, const CallContext& context) const {
  return OpenPublishedEmbedder(folder, remote_, context);
}

void EmbedderCache::Add(std::shared_ptr<const Embedder> embedder) {
  std::lock_guard lock(mutex_);
  AddLocked(std::make_shared<const QuestionMemory>(std::move(embedder)));
}

void EmbedderCache::AddLocked(std::shared_ptr<const Embedder> embedder) {
  if (embedders_.size() == kCapacity) embedders_.erase(embedders_.begin());
  embedders_.push_back(std::move(embedder));
}

}  // namespace quarry::model
