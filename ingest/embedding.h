#pragma once

// Keeps a collection's vectors up with its chunks.
//
// The first time, when the corpus has doubled since, when more than a twentieth of its words came
// since, and once where an earlier version of the program has learnt, an embedder is learnt from the
// collection's own chunks, a generation of vectors is made with it beside the current one and
// published atomically. Otherwise pending chunks are embedded with the current generation's embedder.
// A collection that a published model embeds (EmbeddingOptions::folder, embedder_switch.h) stays with it.

#include <functional>
#include <memory>
#include <string>

#include "base/call_context.h"
#include "index/index_writer.h"
#include "model/embedder_cache.h"
#include "model/embedder_folder.h"
#include "model/learnt_embedder.h"

namespace quarry::ingest {

struct EmbeddingOptions {
  bool enabled = true;
  uint32_t learn_from_chunks = 30;  // below this many nothing is learnt: BM25 alone serves better
  double relearn_growth = 2.0;  // learn again when there are this many times the chunks learnt from
  double relearn_unknown = 0.05;  // or more than this share of its words is not in the table
  uint32_t batch = 1024;          // chunks embedded and stored at a time, at most
  model::LearningOptions learning;
  std::string pairs;  // file of judged questions to learn from, too (learning_pairs.h); "" = none
  uint64_t cache_bytes = uint64_t{512} << 20;  // of vectors kept beside (vector_cache.h)
  model::EmbedderFolder folder;  // embeds instead of what would be learnt; path "" = none
};

struct EmbeddingReport {
  uint64_t embedded = 0;  // chunks that got a vector
  uint64_t reused = 0;    // of these, by one that was kept of the same text (vector_cache.h)
  bool learnt = false;    // a new generation was published
  double learn_seconds = 0;
  double embed_seconds = 0;
};

// `stage` is "learning", "embedding" or "linking".
using EmbeddingProgress = std::function<void(const char* stage, uint64_t done, uint64_t total)>;

// Runs a step with the writer of the collection, which it has for that long only: learning and
// embedding go on without it.
using WriterStep = std::function<Status(index::IndexWriter& writer)>;
using WithWriter = std::function<Status(const WriterStep& step)>;

// Whether an embedder should be learnt from what the collection holds now: there is none, or it was
// learnt by an earlier version of the program, or the collection has grown. Growth counts from the
// last that was learnt, also where an operator went back to the one before. Never where the vectors
// are by a published model.
bool ShouldLearn(const index::Snapshot& snapshot, const EmbeddingOptions& options);

// Learns an embedder from `snapshot`, embeds all chunks with it, those that come meanwhile
// included, and publishes. One at a time per collection. On error the vectors are as they were.
Result<EmbeddingReport> LearnGeneration(const index::Snapshot& snapshot,
                                        const WithWriter& with_writer, model::EmbedderCache& cache,
                                        const EmbeddingOptions& options, const CallContext& context,
                                        const EmbeddingProgress& progress);

// Goes back to the generation that is kept beside the current one: embeds what it has no vectors of,
// that which comes meanwhile included, and publishes it. kNotFound when none is kept. On error the
// vectors are as they were.
Result<EmbeddingReport> RevertGeneration(const index::Snapshot& snapshot,
                                         const WithWriter& with_writer, model::EmbedderCache& cache,
                                         const EmbeddingOptions& options,
                                         const CallContext& context,
                                         const EmbeddingProgress& progress);

// Embeds the pending chunks of the generation of `snapshot`, if it has one.
Result<EmbeddingReport> EmbedPending(const index::Snapshot& snapshot, const WithWriter& with_writer,
                                     model::EmbedderCache& cache, const EmbeddingOptions& options,
                                     const CallContext& context, const EmbeddingProgress& progress);

// Fills a generation that was begun, makes its index and publishes it. Chunks that get a vector are
// added to `report`. `vectors`: where they are kept; null for those of a learnt embedder, which costs
// less than looking for them.
Status CompleteGeneration(const WithWriter& with_writer, GenerationId generation,
                          const std::shared_ptr<const model::Embedder>& embedder,
                          model::VectorMemory* vectors, model::EmbedderCache& cache,
                          const EmbeddingOptions& options, const CallContext& context,
                          const EmbeddingProgress& progress, EmbeddingReport& report);

// What is due: with options.folder a generation by it where there is none, else what ShouldLearn says;
// otherwise pending chunks. Nothing unless options.enabled. Errors: also those of CheckEmbedder
// (embedder_switch.h).
Result<EmbeddingReport> UpdateEmbeddings(const index::Snapshot& snapshot,
                                         const WithWriter& with_writer, model::EmbedderCache& cache,
                                         const EmbeddingOptions& options,
                                         const CallContext& context,
                                         const EmbeddingProgress& progress);

}  // namespace quarry::ingest
