#include "app/engine.h"

#include <algorithm>
#include <cstdlib>
#include <thread>
#include <utility>

#include "app/build_info.h"
#include "app/page_reader.h"
#include "app/server_record.h"
#include "ingest/crash_note.h"
#include "model/embedder_folder.h"
#include "model/proxy.h"
#include "model/url.h"
#include "retrieval/cross_encoder_verifier.h"
#include "retrieval/pair_classifier.h"

namespace quarry::app {
namespace {

// Sources that wait to be parsed; more would only hold memory.
constexpr size_t kIngestQueue = 256;

std::string CrashNotes(const Config& config) { return config.store + "/CRASHES"; }

// Options that hold for the open store and what it keeps, whoever asks: those that the index gives to
// collections (index::IndexOptions) and those of stored answers.
bool IsOfStore(std::string_view key) {
  return key.starts_with("bm25.") || key.starts_with("vectors.") ||
         (key.starts_with("cache.") && key != "cache.enabled");
}

ingest::IngestOptions MakeIngestOptions(const Config& config) {
  ingest::IngestOptions options;
  options.chunks = config.chunking;
  options.embedding = config.embedding;
  options.batch_bytes = config.ingest.batch_bytes;
  options.batch_documents = config.ingest.batch_documents;
  options.crashed = ingest::ReadCrashNotes(CrashNotes(config), BuildName());
  return options;
}

}  // namespace

std::string ProgramVersion() { return QUARRY_VERSION; }

size_t ThreadCount(uint32_t configured) {
  if (configured != 0) return configured;
  return std::max(1u, std::thread::hardware_concurrency());
}

Result<model::RemoteModelsOptions> RemoteOptionsOf(const Config& config) {
  model::RemoteModelsOptions options;
  options.http.ca_file = config.ca_file;
  QUARRY_ASSIGN_OR_RETURN(options.http.proxy,
                          model::ProxyFromEnvironment(model::ProxyEnvironment()));
  options.remote = config.remote;
  options.embedding_key = config.embedding_key;
  options.embedding_model = config.embedding.folder.path;
  options.rerank_key = config.rerank_key;
  options.chat_key = config.chat_key;
  options.chat_model = config.chat_model;
  options.first_chat_key = config.chat_first_key;
  options.first_chat_model = config.chat_first_model;
  options.rerank_model = config.rerank_model;
  if (const char* key = std::getenv("OPENAI_API_KEY")) options.openai_key = key;
  if (const char* url = std::getenv("OPENAI_BASE_URL"); url != nullptr && *url != '\0') {
    options.openai_base_url = url;
  }
  return options;
}

Engine::Engine(const Config& config, model::RemoteModelsOptions remote)
    : config_(config),
      remote_(std::move(remote)),
      embedders_(&remote_),
      reranker_(config_.rerank_model, &remote_),
      token_counter_(config_.tokenizer),
      ingest_options_(MakeIngestOptions(config_)) {}

Result<std::unique_ptr<Engine>> Engine::Open(const Config& config, StoreAccess access) {
  // Before a store is made for it.
  if (access == StoreAccess::kCreate) {
    QUARRY_RETURN_IF_ERROR(index::CheckCollectionName(config.collection));
  }
  QUARRY_ASSIGN_OR_RETURN(model::RemoteModelsOptions remote, RemoteOptionsOf(config));
  const std::string openai_base_url = remote.openai_base_url;
  std::unique_ptr<Engine> engine(new Engine(config, std::move(remote)));
  QUARRY_RETURN_IF_ERROR(engine->Prepare(openai_base_url));
  index::IndexOptions options;
  options.read_only = access == StoreAccess::kRead;
  options.create_if_missing = access == StoreAccess::kCreate;
  options.store = config.storage;
  options.vectors = config.vectors;
  options.bm25 = config.bm25;
  options.keep_previous = config.keep_previous_generation;
  options.title_weight = config.title_weight;
  Result<std::unique_ptr<index::Index>> index =
      index::Index::Open(config.store, options, engine->analyzer_, engine->clock_);
  if (index.status().code() == Code::kLocked) {
    return HeldStoreError(config.store, index.status());
  }
  QUARRY_ASSIGN_OR_RETURN(engine->index_, std::move(index));
  engine->kept_vectors_ = std::make_shared<ingest::VectorCache>(
      engine->index_->objects(), config.embedding.cache_bytes, options.read_only, engine->clock_);
  engine->kept_conversations_ = std::make_shared<generation::RelayCache>(
      engine->index_->objects(),
      generation::RelayCacheOptions{.max_bytes = config.cache.max_bytes,
                                    .ttl_hours = config.cache.ttl_hours,
                                    .read_only = options.read_only},
      engine->clock_);
  engine->MakeCache(options.read_only);
  engine->MakeAnswerer();
  return engine;
}

void Engine::WatchForCrashes() const { ingest::WatchForCrashes(CrashNotes(config_), BuildName()); }

Result<std::unique_ptr<Engine>> Engine::OpenOver(Engine& other, const Config& config) {
  QUARRY_RETURN_IF_ERROR(index::CheckCollectionName(config.collection));
  for (const ConfigKey& key : ConfigKeys()) {
    if (!IsOfStore(key.name)) continue;
    const std::string theirs = FormatConfigValue(key.get(other.config_));
    const std::string ours = FormatConfigValue(key.get(config));
    if (ours == theirs) continue;
    return FailedPreconditionError(key.name + ": is " + theirs +
                                   " in the store that is open; expected the same, found " + ours);
  }
  QUARRY_ASSIGN_OR_RETURN(model::RemoteModelsOptions remote, RemoteOptionsOf(config));
  const std::string openai_base_url = remote.openai_base_url;
  std::unique_ptr<Engine> engine(new Engine(config, std::move(remote)));
  QUARRY_RETURN_IF_ERROR(engine->Prepare(openai_base_url));
  engine->index_ = other.index_;
  engine->kept_vectors_ = other.kept_vectors_;
  engine->kept_conversations_ = other.kept_conversations_;
  if (config.cache.enabled) engine->cache_ = other.cache_;
  engine->MakeAnswerer();
  return engine;
}

Status Engine::Prepare(const std::string& openai_base_url) {
  QUARRY_ASSIGN_OR_RETURN(chat_, ChatSetup::Make(config_, remote_, openai_base_url, clock_));
  retriever_.emplace(analyzer_, embedders_, config_.retrieval, reranker(),
                     chat_ == nullptr ? nullptr : &chat_->queries());
  QUARRY_ASSIGN_OR_RETURN(
      generation::PageReader read_page,
      MakePageReader(config_, ingest::ReadCrashNotes(CrashNotes(config_), BuildName())));
  tools_.emplace(*retriever_, &remote_.http(),
                 generation::ToolboxOptions{.http_hosts = config_.tool_hosts,
                                            .read_page = std::move(read_page)});
  answerer_.emplace(analyzer_, *retriever_, token_counter_, config_.answer, AnswerModel());
  whole_documents_.emplace(analyzer_, token_counter_, AnswerModel());
  return OkStatus();
}

std::optional<generation::AnswerModel> Engine::AnswerModel() const {
  if (chat_ == nullptr) return std::nullopt;
  return generation::AnswerModel{chat_->chat(), chat_->prompts(), &*tools_, chat_->first()};
}

void Engine::MakeCache(bool read_only) {
  if (!config_.cache.enabled) return;
  if (config_.cache.verifier.empty()) {
    verifier_ = std::make_unique<retrieval::PairClassifier>();
  } else {
    verifier_ = std::make_unique<retrieval::CrossEncoderVerifier>(config_.cache.verifier);
  }
  cache_ = std::make_shared<retrieval::AnswerCache>(*index_, embedders_, verifier_.get(),
                                                    config_.cache, read_only, clock_, metrics_);
}

// What stands on the store, once that is open.
void Engine::MakeAnswerer() {
  if (config_.embedding.cache_bytes > 0) embedders_.UseVectors(*kept_vectors_);
  if (chat_ != nullptr) {
    relay_.emplace(*answerer_, chat_->chat(), analyzer_,
                   config_.cache.enabled ? &*kept_conversations_ : nullptr);
  }
  cached_answerer_ =
      std::make_unique<generation::CachedAnswerer>(*answerer_, *index_, cache_.get(), metrics_);
  assistant_ =
      std::make_unique<generation::Assistant>(*cached_answerer_, AnswerModel(), config_.assistant);
}

ThreadPool& Engine::ingest_pool() {
  if (!ingest_pool_) ingest_pool_.emplace(ThreadCount(config_.ingest.jobs), kIngestQueue);
  return *ingest_pool_;
}

Status Engine::OpenModels() {
  if (chat_ != nullptr) QUARRY_RETURN_IF_ERROR(chat_->CheckPlaces());
  const ingest::EmbeddingOptions& embedding = config_.embedding;
  // One behind HTTP is asked when it is needed: a server starts without it.
  if (embedding.enabled && !embedding.folder.path.empty() && !model::IsUrl(embedding.folder.path)) {
    Result<std::shared_ptr<const model::Embedder>> embedder =
        model::OpenFolderEmbedder(embedding.folder);
    QUARRY_RETURN_IF_ERROR(embedder.status().Annotate("embedding.model"));
    embedders_.Add(*std::move(embedder));
  }
  QUARRY_RETURN_IF_ERROR(retriever_->ModelFingerprint(config_.retrieval).status());
  return token_counter_.Fingerprint().status();
}

Result<CollectionId> Engine::FindCollection() const {
  return index_->FindCollection(config_.collection);
}

Result<CollectionId> Engine::FindOrCreateCollection() {
  return app::FindOrCreateCollection(*index_, config_.collection);
}

Result<std::shared_ptr<const index::Snapshot>> Engine::GetSnapshot() {
  QUARRY_ASSIGN_OR_RETURN(const CollectionId collection, FindCollection());
  return index_->GetSnapshot(collection);
}

Result<CollectionId> FindOrCreateCollection(index::Index& index, const std::string& name) {
  Result<CollectionId> found = index.FindCollection(name);
  if (found.ok() || found.status().code() != Code::kNotFound) return found;
  return index.CreateCollection(name);
}

}  // namespace quarry::app
