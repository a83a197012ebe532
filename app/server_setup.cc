#include "app/server_setup.h"

namespace quarry::app {

server::ServerOptions ServerOptionsOf(const Config& config) {
  server::ServerOptions options = config.server;
  options.default_collection = config.collection;
  options.default_k = config.k;
  options.default_mode = config.mode;
  options.default_retrieval = config.retrieval;
  options.threads = ThreadCount(config.server_threads);
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
