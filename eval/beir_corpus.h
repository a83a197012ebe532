#pragma once

// Brings a BEIR corpus (beir.h) into a collection with the product's own pipeline: what every
// measurement on such a collection begins with.

#include <cstdint>
#include <string>
#include <vector>

#include "base/analyzer.h"
#include "base/call_context.h"
#include "base/thread_pool.h"
#include "eval/beir.h"
#include "index/index.h"
#include "ingest/pipeline.h"
#include "model/token_counter.h"
#include "retrieval/retriever.h"

namespace quarry::eval {

// The parts of the engine that are measured; all must outlive the call that is given them.
struct EvalParts {
  index::Index& index;
  CollectionId collection;
  const Analyzer& analyzer;
  const retrieval::Retriever& retriever;
  const ingest::IngestOptions& ingest;
  model::EmbedderCache& embedders;
  model::TokenCounter& token_counter;
  ThreadPool& pool;
};

struct CorpusReport {
  bool indexed = false;          // by this call; else the collection was there
  uint64_t documents = 0;        // in the collection
  uint64_t empty_documents = 0;  // of the corpus, without title and text: not indexed
  uint64_t chunks = 0;
  // Zero where the collection was there. Reading, parsing, chunking, storing and BM25; then
  // learning; then embedding.
  double index_seconds = 0;
  double learn_seconds = 0;
  double embed_seconds = 0;
};

// Indexes DIRECTORY/corpus.jsonl into the collection if that is empty; in any case fills `report`
// and returns the snapshot to measure on. Errors: those of beir.h and of the pipeline.
Result<std::shared_ptr<const index::Snapshot>> OpenBeirCorpus(const std::string& directory,
                                                              const EvalParts& parts,
                                                              const ingest::ProgressSink& progress,
                                                              const CallContext& context,
                                                              CorpusReport& report);

// How many documents that are judged relevant are not in the collection. kFailedPrecondition when
// none of them is: it was made from something else.
Result<uint64_t> CountMissingDocuments(const index::Snapshot& snapshot, const Qrels& qrels,
                                       const std::string& directory);

}  // namespace quarry::eval
