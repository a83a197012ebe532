#pragma once

// A small real engine in a temporary directory: what retrieval, generation and server tests ask.

#include <memory>
#include <string>
#include <vector>

#include "base/analyzer.h"
#include "base/clock.h"
#include "base/thread_pool.h"
#include "generation/assistant.h"
#include "generation/toolbox.h"
#include "generation/whole_document.h"
#include "index/index.h"
#include "index/object_table.h"
#include "ingest/embedding_maintainer.h"
#include "ingest/pipeline.h"
#include "retrieval/retriever.h"
#include "tests/testing/test_environment.h"

namespace quarry::testing {

// A document of plain paragraphs (separated by empty lines).
Document TextDocument(const std::string& id, const std::string& title, const std::string& text);

class TestEngine {
 public:
  explicit TestEngine(RetrievalOptions retrieval = {}, generation::AnswerOptions answers = {});

  // Adds documents and brings vectors up to date; aborts on error.
  ingest::IngestReport Add(std::vector<Document> documents);
  std::shared_ptr<const index::Snapshot> snapshot();
  // Puts an answer cache before the answerer. Call before anybody asks.
  void UseCache(retrieval::CacheOptions options);

  TemporaryDirectory directory = MakeTemporaryDirectory();
  FakeClock clock{1'700'000'000'000'000};
  Analyzer analyzer;
  ThreadPool pool{2, 64};
  ingest::IngestOptions ingest;
  std::unique_ptr<index::Index> index;
  CollectionId collection;
  model::EmbedderCache embedders;
  retrieval::Retriever retriever;
  model::TokenCounter token_counter{""};
  generation::Answerer answerer;
  generation::Toolbox toolbox{retriever, nullptr, {}};
  generation::WholeDocuments whole_documents;
  MetricsRegistry metrics;
  std::unique_ptr<retrieval::AnswerCache> cache;  // null until UseCache
  std::unique_ptr<generation::CachedAnswerer> cached_answerer;
  std::unique_ptr<generation::Assistant> assistant;
  ingest::EmbeddingMaintainer maintainer;
};

// What a bad disk makes of the record of an object, which must be there.
void DamageRecord(index::ObjectTable& objects, const index::ObjectName& name);

// The same of a document of a collection, which must be empty and not have been loaded: it cannot be any more.
void DamageCollection(index::Index& index, CollectionId collection);

// 40 short documents about pumps, valves and holidays, in English and Chinese: enough for vectors.
std::vector<Document> SmallCorpus();

}  // namespace quarry::testing
