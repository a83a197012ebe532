#pragma once

// EmbeddingMaintainer: keeps the vectors of an open index up with its chunks, in the background.
//
//   EmbeddingMaintainer maintainer(index, cache, options);
//   maintainer.Notice(collection);   // after a write, and once at the start
//
// Learning reads a snapshot and holds no writer; embedding takes the writer for a batch at a time.
// Writers and readers go on meanwhile. What fails is logged and tried again at the next notice:
// until then the chunks are found by their words.

#include <mutex>
#include <optional>
#include <set>

#include "base/thread_pool.h"
#include "index/index.h"
#include "ingest/embedding.h"

namespace quarry::ingest {

// Thread-safe. Runs one thread of its own; index and cache must outlive it.
class EmbeddingMaintainer {
 public:
  EmbeddingMaintainer(index::Index& index, model::EmbedderCache& cache, EmbeddingOptions options);
  // Gives up what is under way: it is done again by the next process.
  ~EmbeddingMaintainer();
  EmbeddingMaintainer(const EmbeddingMaintainer&) = delete;
  EmbeddingMaintainer& operator=(const EmbeddingMaintainer&) = delete;

  // Has the collection looked at, soon.
  void Notice(CollectionId collection);
  // Whether the collection is being looked at, or waits for that.
  bool IsUnderWay(CollectionId collection) const;
  // Returns when everything noticed so far has been looked at.
  void WaitUntilIdle() { thread_.Wait(); }

 private:
  Status Update(CollectionId collection);

  index::Index& index_;
  model::EmbedderCache& cache_;
  const EmbeddingOptions options_;
  const CallContext context_;  // cancelled by the destructor
  mutable std::mutex mutex_;
  std::set<CollectionId> noticed_;         // guarded by mutex_
  std::optional<CollectionId> looked_at_;  // guarded by mutex_
  ThreadPool thread_;                      // last: its task uses all of the above
};

}  // namespace quarry::ingest
