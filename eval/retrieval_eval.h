#pragma once

// Measures retrieval on a collection in the BEIR layout (beir.h), with the product's own chunker,
// embedder and retriever.
//
// Documents are ranked by their best chunk. The retriever is asked for `leg_documents` chunks, and
// for more where those come from fewer than 100 documents. A document whose id is the query's is
// dropped, as BEIR does. Means are over all judged queries.

#include <cstdint>
#include <string>
#include <vector>

#include "base/analyzer.h"
#include "base/call_context.h"
#include "base/query.h"
#include "base/thread_pool.h"
#include "eval/metrics.h"
#include "index/index.h"
#include "ingest/pipeline.h"
#include "retrieval/retriever.h"

namespace quarry::eval {

struct RetrievalEvalOptions {
  std::string directory;  // BEIR layout
  std::string split = "test";
  SearchMode mode = SearchMode::kHybrid;
  uint32_t k = 10;       // cut-off of nDCG, recall@k, precision and MRR
  std::string run_file;  // TREC run that is written; "" = none
};

// The parts of the engine that are measured; all must outlive the call.
struct RetrievalEvalParts {
  index::Index& index;
  CollectionId collection;
  const Analyzer& analyzer;
  const retrieval::Retriever& retriever;
  const ingest::IngestOptions& ingest;
  ThreadPool& pool;
};

struct RetrievalEvalReport {
  std::string directory;
  std::string split;
  SearchMode mode = SearchMode::kHybrid;
  uint32_t k = 0;

  bool indexed = false;          // by this call; else the collection was there
  uint64_t documents = 0;        // in the collection
  uint64_t empty_documents = 0;  // of the corpus, without title and text: not indexed
  uint64_t chunks = 0;
  uint64_t missing_judged_documents = 0;  // judged relevant and not in the collection
  uint64_t queries = 0;
  uint64_t queries_without_results = 0;  // measured as 0
  QueryMetrics mean;

  // Zero where the collection was there. Reading, parsing, chunking, storing and BM25; then
  // learning; then embedding.
  double index_seconds = 0;
  double learn_seconds = 0;
  double embed_seconds = 0;
  // Retriever::Retrieve for `leg_documents` chunks, one thread.
  double search_p50_us = 0;
  double search_p99_us = 0;
  double search_mean_us = 0;
  double peak_rss_mb = 0;  // of the process

  std::vector<std::string> warnings;  // of the files
};

// Indexes DIRECTORY/corpus.jsonl into the collection if that is empty, then runs every judged
// query. Errors: those of beir.h, of the pipeline and of the retriever; kFailedPrecondition when
// the collection holds none of the documents that are judged.
Result<RetrievalEvalReport> EvaluateRetrieval(const RetrievalEvalOptions& options,
                                              RetrievalEvalParts parts,
                                              const ingest::ProgressSink& progress,
                                              const CallContext& context);

}  // namespace quarry::eval
