#pragma once

// Measures retrieval on a collection in the BEIR layout (beir.h), with the product's own chunker,
// embedder and retriever.
//
// Documents are ranked by their best chunk, ties in the retriever's order. The retriever is asked
// for `leg_documents` chunks, and for more where those come from fewer than 100 documents. A
// document whose id is the query's is dropped, as BEIR does. Means are over all judged queries.

#include <cstdint>
#include <string>
#include <vector>

#include "base/query.h"
#include "eval/beir_corpus.h"
#include "eval/metrics.h"

namespace quarry::eval {

struct RetrievalEvalOptions {
  std::string directory;  // BEIR layout
  std::string split = "test";
  SearchMode mode = SearchMode::kHybrid;
  uint32_t k = 10;       // cut-off of nDCG, recall@k, precision and MRR
  std::string run_file;  // TREC run that is written; "" = none
};

struct RetrievalEvalReport {
  std::string directory;
  std::string split;
  SearchMode mode = SearchMode::kHybrid;
  uint32_t k = 0;

  CorpusReport corpus;
  uint64_t missing_judged_documents = 0;  // judged relevant and not in the collection
  uint64_t queries = 0;
  uint64_t queries_without_results = 0;  // measured as 0
  QueryMetrics mean;

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
                                              const EvalParts& parts,
                                              const ingest::ProgressSink& progress,
                                              const CallContext& context);

}  // namespace quarry::eval
