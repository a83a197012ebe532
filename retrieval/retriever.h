#pragma once

// Retriever: question -> ranked passages, on one snapshot.
//
// Two legs, each asked for the chunks of its best `leg_documents` documents: lexical (BM25) and
// dense (the embedder of the snapshot's generation). Their lists are fused (fusion.h) and cut to k.
// The dense leg is left out when the mode says so, below `dense_from_chunks` chunks, and while the
// collection has no vectors; the trace says which legs ran.

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/query.h"
#include "index/snapshot.h"
#include "model/embedder.h"
#include "retrieval/fusion.h"

namespace quarry::retrieval {

// Opens the embedder of a snapshot's generation and keeps the last few. Thread-safe.
class EmbedderCache {
 public:
  // REQUIRES: snapshot.generation(). Errors: those of model::OpenEmbedder; kFailedPrecondition
  // naming both sides when the opened embedder's space is not the generation's.
  Result<std::shared_ptr<const model::Embedder>> Get(const index::Snapshot& snapshot);

 private:
  static constexpr size_t kCapacity = 8;
  struct Entry {
    std::string fingerprint;
    std::shared_ptr<const model::Embedder> embedder;
  };
  std::mutex mutex_;
  std::vector<Entry> entries_;  // most recently used last
};

struct RetrievalOptions {
  FusionOptions fusion;
  uint32_t leg_documents = 100;
  uint32_t dense_from_chunks = 30;
  index::VectorSearchOptions vectors;

  Status Validate() const;
};

// A ranked chunk and its row in the snapshot that was searched.
struct RankedHit {
  RowId row = 0;
  Hit hit;
};

struct Retrieved {
  std::vector<RankedHit> hits;  // best first, at most query.k
  bool used_lexical = false;
  bool used_dense = false;
};

// Thread-safe; the analyzer and the cache must outlive it.
class Retriever {
 public:
  Retriever(const Analyzer& analyzer, EmbedderCache& embedders, RetrievalOptions options)
      : analyzer_(analyzer), embedders_(embedders), options_(options) {}

  // Errors: kInvalidArgument (empty question, k of 0 or above 10,000, bad filter),
  // kFailedPrecondition (mode dense on a collection without vectors), those of the legs and of the
  // context.
  Result<Retrieved> Retrieve(const Query& query, const index::Snapshot& snapshot,
                             const CallContext& context) const;

  const RetrievalOptions& options() const { return options_; }

 private:
  Result<std::vector<index::ScoredRow>> SearchDenseLeg(const Query& query,
                                                       const index::Snapshot& snapshot,
                                                       const index::AllowedRows& allowed,
                                                       const CallContext& context) const;

  const Analyzer& analyzer_;
  EmbedderCache& embedders_;
  const RetrievalOptions options_;
};

// The hits with their text, in the same order.
Result<std::vector<Passage>> ReadPassages(const index::Snapshot& snapshot,
                                          const std::vector<RankedHit>& hits);

}  // namespace quarry::retrieval
