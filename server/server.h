#pragma once

// Server: Quarry over HTTP/1.1.
//
//   GET  /healthz /readyz /metrics          life, readiness, Prometheus
//   POST /api/v1/search, /api/v1/answer     ranked passages; a cited answer
//   PUT/GET/DELETE /api/v1/documents...     documents of a collection
//   GET  /api/v1/collections, /api/v1/stats
//   POST /api/v1/backup                     a copy of the store, below a configured directory
//   /v1/models, chat/completions (plain and SSE), embeddings, rerank     the OpenAI surface
//
// A bounded number of threads handles requests, and one of them at a time is the network thread
// (transport.h). A full queue is answered 503 with Retry-After.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "base/thread_pool.h"
#include "generation/assistant.h"
#include "generation/chat_relay.h"
#include "generation/toolbox.h"
#include "generation/whole_document.h"
#include "index/index.h"
#include "ingest/embedding_maintainer.h"
#include "ingest/pipeline.h"
#include "retrieval/retriever.h"
#include "server/router.h"

namespace quarry::server {

struct ServerOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 8420;  // 0 = any free one, see Server::port()
  std::string default_collection = "default";
  uint32_t default_k = 10;  // of questions that name none, as is the mode
  SearchMode default_mode = SearchMode::kHybrid;
  RetrievalOptions default_retrieval;  // of questions with options: what they leave out
  uint32_t header_bytes = 8 * 1024;    // request line and headers
  uint64_t body_bytes = 1u << 20;
  uint64_t ingest_body_bytes = 32u << 20;  // PUT /api/v1/documents
  uint32_t header_seconds = 10;
  uint32_t body_seconds = 30;
  uint32_t idle_seconds = 75;
  uint32_t requests_per_connection = 1000;
  uint32_t request_seconds = 60;  // deadline given to a handler
  size_t threads = 2;             // requests that are handled at the same time
  size_t queue = 256;             // that wait for that; more are answered 503
  uint32_t max_connections = 1024;
  uint32_t connections_per_address = 512;  // of those that wait; 0 = any
  uint64_t upload_bytes = 1u << 30;        // of a file that comes in parts
  uint64_t answers_kept = 10'000;          // by the answer log; 0 = none
  // That a key may leave in the store (owner.h); 0 = any.
  uint64_t key_objects = 10'000;
  uint64_t key_bytes = uint64_t{10} << 30;
  std::string backup_directory;  // POST /api/v1/backup puts backups below it; "" = it is refused
  uint32_t drain_seconds = 10;   // how long Stop waits for requests under way
  // Who is let in (auth.h).
  bool loopback_open = false;    // no key is needed from this machine, though there are keys
  bool allow_insecure = false;   // other machines are served without key or TLS
  std::string owner_token = {};  // of the owner of the store; "" = there is none
  // Sites whose pages may use the server, "*" = all; without a key it is used by their names, too.
  std::vector<std::string> cors_origins;
  // PEM files of the server's certificate (with those that it is signed by) and its key; "" = HTTP
  // without TLS.
  std::string tls_certificate = {};
  std::string tls_key = {};
  std::vector<Route> routes = {};  // that the program adds to those of handlers.h
};

// What the handlers work on; all must outlive the server.
struct Services {
  index::Index& index;
  const Analyzer& analyzer;
  const retrieval::Retriever& retriever;
  const generation::CachedAnswerer& answerer;
  const generation::Assistant& assistant;  // in front of it
  const generation::WholeDocuments& whole_documents;
  const ingest::IngestOptions& ingest;
  model::EmbedderCache& embedders;
  ingest::EmbeddingMaintainer& maintainer;  // told of what is written
  MetricsRegistry& metrics;
  ThreadPool& ingest_pool;  // parsing of uploads
  const Clock& clock;
  std::string version;                            // of the program
  model::CrossEncoderFolder* reranker = nullptr;  // null: none is configured
  const generation::ChatRelay* relay = nullptr;   // null: no chat model is
  const generation::Toolbox* tools = nullptr;     // for MCP; null: none
};

// Thread-safe: Stop may be called from any thread.
class Server {
 public:
  // Listens. kInvalidArgument for an address that is none, kUnavailable "address in use" for a
  // taken port, both naming host and port; kFailedPrecondition where other machines would be served
  // without a key or without TLS and the options do not allow that.
  static Result<std::unique_ptr<Server>> Start(const ServerOptions& options, Services services);
  // Those of these errors that name host and port, before there is a store to serve.
  static Status CheckAddress(const ServerOptions& options);
  ~Server();

  uint16_t port() const;
  // Where the owner of the store reaches it without TLS, on this machine only.
  uint16_t owner_port() const;
  // Takes certificate and key from their files again, for connections to come. On errors the old
  // ones stay.
  Status ReloadTls();
  // Ends accepting, lets requests under way finish (drain_seconds), closes. Idempotent.
  void Stop();
  // Returns when the server has stopped.
  void Wait();

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace quarry::server
