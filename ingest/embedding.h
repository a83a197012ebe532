#pragma once

// Keeps a collection's vectors up with its chunks.
//
// The first time, and when the corpus has doubled since, an embedder is learnt from the
// collection's own chunks, a generation of vectors is made with it beside the current one and
// published atomically. Otherwise pending chunks are embedded with the current generation's
// embedder.

#include <functional>

#include "base/call_context.h"
#include "index/index_writer.h"
#include "model/lsa_embedder.h"

namespace quarry::ingest {

struct EmbeddingOptions {
  bool enabled = true;
  uint32_t learn_from_chunks = 30;  // below this many nothing is learnt: BM25 alone serves better
  double relearn_growth = 2.0;  // learn again when there are this many times the chunks learnt from
  uint32_t batch = 1024;        // chunks embedded and stored at a time
  model::LsaOptions lsa;
};

struct EmbeddingReport {
  uint64_t embedded = 0;  // chunks that got a vector
  bool learnt = false;    // a new generation was published
  double learn_seconds = 0;
  double embed_seconds = 0;
};

// `progress(stage, done, total)`: stage is "learning" or "embedding".
Result<EmbeddingReport> UpdateEmbeddings(
    index::IndexWriter& writer, const EmbeddingOptions& options, const CallContext& context,
    const std::function<void(const char* stage, uint64_t done, uint64_t total)>& progress);

}  // namespace quarry::ingest
