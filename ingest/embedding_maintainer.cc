#include "ingest/embedding_maintainer.h"

#include <cstdint>
#include <string>
#include <utility>

#include "base/log.h"

namespace quarry::ingest {

EmbeddingMaintainer::EmbeddingMaintainer(index::Index& index, model::EmbedderCache& cache,
                                         EmbeddingOptions options)
    : index_(index), cache_(cache), options_(std::move(options)), thread_(1, SIZE_MAX) {}

EmbeddingMaintainer::~EmbeddingMaintainer() { context_.cancel.Cancel(); }

void EmbeddingMaintainer::Notice(CollectionId collection) {
  {
    std::lock_guard lock(mutex_);
    if (!noticed_.insert(collection).second) return;  // its turn will come
  }
  thread_.Submit([this, collection] {
    {
      std::lock_guard lock(mutex_);
      noticed_.erase(collection);
      looked_at_ = collection;
    }
    const Status status = Update(collection);
    {
      std::lock_guard lock(mutex_);
      looked_at_.reset();
    }
    if (status.ok() || status.code() == Code::kCancelled) return;
    // A collection that was deleted meanwhile needs no vectors.
    if (index_.GetSnapshot(collection).status().code() == Code::kNotFound) return;
    LogWarning("vectors of collection number " + std::to_string(collection.value) +
               " stay behind: " + status.ToString());
  });
}

bool EmbeddingMaintainer::IsUnderWay(CollectionId collection) const {
  std::lock_guard lock(mutex_);
  return looked_at_ == collection || noticed_.contains(collection);
}

Status EmbeddingMaintainer::Update(CollectionId collection) {
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          index_.GetSnapshot(collection));
  const WithWriter with_writer = [&](const WriterStep& step) -> Status {
    QUARRY_ASSIGN_OR_RETURN(index::IndexWriter writer, index_.OpenWriter(collection, context_));
    return step(writer);
  };
  QUARRY_ASSIGN_OR_RETURN(
      const EmbeddingReport report,
      UpdateEmbeddings(*snapshot, with_writer, cache_, options_, context_, nullptr));
  if (report.learnt) {
    LogInfo("collection " + snapshot->collection().name + ": learnt an embedder from " +
            std::to_string(snapshot->live_chunks()) + " chunks, " +
            std::to_string(report.embedded) + " embedded");
  }
  return OkStatus();
}

}  // namespace quarry::ingest
