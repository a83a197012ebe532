#include "app/server_setup.h"

#include <algorithm>
#include <string>

#include "model/url.h"

namespace quarry::app {
namespace {

// A request that waits for a model elsewhere takes no core.
size_t ThreadsOf(const Config& config) {
  constexpr size_t kWhileModelsAnswer = 16;
  const bool waits = !config.chat_model.empty() || model::IsUrl(config.rerank_model) ||
                     model::IsUrl(config.embedding.folder.path);
  const bool is_chosen = config.server_threads != 0;
  const size_t threads = ThreadCount(config.server_threads);
  return waits && !is_chosen ? std::max(threads, kWhileModelsAnswer) : threads;
}

}  // namespace

server::ServerOptions ServerOptionsOf(const Config& config) {
  server::ServerOptions options = config.server;
  options.default_collection = config.collection;
  options.default_k = config.k;
  options.default_mode = config.mode;
  options.default_retrieval = config.retrieval;
  options.threads = ThreadsOf(config);
  options.queue = config.server_queue;
  return options;
}

server::Services ServicesOf(Engine& engine, ingest::EmbeddingMaintainer& maintainer) {
  return {.index = engine.index(),
          .analyzer = engine.analyzer(),
          .retriever = engine.retriever(),
          .answerer = engine.answerer(),
          .assistant = engine.assistant(),
          .whole_documents = engine.whole_documents(),
          .ingest = engine.ingest_options(),
          .embedders = engine.embedders(),
          .maintainer = maintainer,
          .metrics = engine.metrics(),
          .ingest_pool = engine.ingest_pool(),
          .clock = engine.clock(),
          .version = ProgramVersion(),
          .reranker = engine.reranker(),
          .relay = engine.relay(),
          .tools = &engine.tools()};
}

}  // namespace quarry::app
