#pragma once

// Engine: the composition root. The one place where the parts of Quarry are put together; every
// command gets them from here as references.

#include <memory>
#include <optional>
#include <string>

#include "app/chat_setup.h"
#include "app/config.h"
#include "base/analyzer.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/thread_pool.h"
#include "generation/assistant.h"
#include "generation/chat_relay.h"
#include "generation/toolbox.h"
#include "generation/whole_document.h"
#include "index/index.h"
#include "ingest/pipeline.h"
#include "ingest/vector_cache.h"
#include "model/remote_models.h"
#include "model/token_counter.h"
#include "retrieval/retriever.h"

namespace quarry::app {

// How a store is opened. Readers share it; one writer has it alone.
enum class StoreAccess {
  kRead,
  kWrite,   // must exist
  kCreate,  // write, and make it if it is missing
};

// The version of the program: "0.1.0".
std::string ProgramVersion();

// Used by the thread of the command; what it hands out says for itself who may use it.
class Engine {
 public:
  // Errors: those of Index::Open and, for kCreate, of CheckCollectionName.
  static Result<std::unique_ptr<Engine>> Open(const Config& config, StoreAccess access);
  // By a configuration of its own, over the store that `other` has open: index, answer cache and
  // whatever else is kept there are other's, which must outlive it. kFailedPrecondition names the
  // option of collections that are made in which the two differ.
  static Result<std::unique_ptr<Engine>> OpenOver(Engine& other, const Config& config);
  // From now on what a parser crashes on is noted in this store (ingest/crash_note.h). For the whole process: not
  // for a store beside the one that the process is for, such as that of a dry run which a server does.
  void WatchForCrashes() const;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  const Config& config() const { return config_; }
  const Analyzer& analyzer() const { return analyzer_; }
  const Clock& clock() const { return clock_; }
  MetricsRegistry& metrics() { return metrics_; }
  index::Index& index() { return *index_; }
  const model::RemoteModels& remote() const { return remote_; }
  model::EmbedderCache& embedders() { return embedders_; }
  ingest::VectorCache& kept_vectors() { return *kept_vectors_; }
  const retrieval::Retriever& retriever() const { return *retriever_; }
  // Null where none is configured.
  model::CrossEncoderFolder* reranker() {
    return config_.rerank_model.empty() ? nullptr : &reranker_;
  }
  // Null where no chat model is.
  const generation::ChatRelay* relay() const { return relay_ ? &*relay_ : nullptr; }
  generation::RelayCache& kept_conversations() { return *kept_conversations_; }
  model::TokenCounter& token_counter() { return token_counter_; }
  // With the answer cache in front, where it is enabled.
  const generation::CachedAnswerer& answerer() const { return *cached_answerer_; }
  // The same behind what a conversation needs.
  const generation::Assistant& assistant() const { return *assistant_; }
  const generation::Toolbox& tools() const { return *tools_; }
  // Summaries and comparisons.
  const generation::WholeDocuments& whole_documents() const { return *whole_documents_; }
  // nullptr where none is configured.
  const ChatSetup* chat() const { return chat_.get(); }
  // Without what the command line adds to them (metadata, prune, dry run).
  const ingest::IngestOptions& ingest_options() const { return ingest_options_; }
  // For parsing; its threads start when it is first asked for.
  ThreadPool& ingest_pool();

  // Opens the models that the configuration names, which are otherwise opened when first needed.
  // Errors: those of opening, naming the key.
  Status OpenModels();

  // The collection of the configuration. kNotFound lists what there is.
  Result<CollectionId> FindCollection() const;
  // The same, made if it is missing. REQUIRES: not kRead.
  Result<CollectionId> FindOrCreateCollection();
  Result<std::shared_ptr<const index::Snapshot>> GetSnapshot();

 private:
  Engine(const Config& config, model::RemoteModelsOptions remote);
  Status Prepare(const std::string& openai_base_url);
  std::optional<generation::AnswerModel> AnswerModel() const;
  void MakeCache(bool read_only);
  void MakeAnswerer();

  // In the order in which they need each other.
  const Config config_;
  const SystemClock clock_;
  MetricsRegistry metrics_;
  const Analyzer analyzer_;
  std::shared_ptr<index::Index> index_;
  std::shared_ptr<ingest::VectorCache> kept_vectors_;
  const model::RemoteModels remote_;
  model::EmbedderCache embedders_;
  model::CrossEncoderFolder reranker_;
  model::TokenCounter token_counter_;
  std::unique_ptr<ChatSetup> chat_;  // null: none is configured
  std::optional<retrieval::Retriever> retriever_;
  std::optional<generation::Toolbox> tools_;
  std::optional<generation::Answerer> answerer_;
  std::shared_ptr<generation::RelayCache> kept_conversations_;
  std::optional<generation::ChatRelay> relay_;
  std::optional<generation::WholeDocuments> whole_documents_;
  const ingest::IngestOptions ingest_options_;
  std::optional<ThreadPool> ingest_pool_;
  std::unique_ptr<retrieval::QuestionVerifier> verifier_;
  std::shared_ptr<retrieval::AnswerCache> cache_;  // null where it is not enabled
  std::unique_ptr<generation::CachedAnswerer> cached_answerer_;
  std::unique_ptr<generation::Assistant> assistant_;
};

// The collection of that name, made if it is missing. REQUIRES: the index was not opened kRead.
Result<CollectionId> FindOrCreateCollection(index::Index& index, const std::string& name);

// How models behind HTTP are reached: by the configuration, the proxies of the environment and
// OPENAI_API_KEY and OPENAI_BASE_URL. kInvalidArgument naming the variable that is wrong.
Result<model::RemoteModelsOptions> RemoteOptionsOf(const Config& config);

// Threads for `configured`, 0 meaning one per core.
size_t ThreadCount(uint32_t configured);

}  // namespace quarry::app
