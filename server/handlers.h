#pragma once

// The handlers: what each route does. One function per route, grouped by file; routes.cc is the
// table that names them all.
//
// A handler runs on a thread of its route's lane and may be called from many at once. An error that
// it returns becomes the response of its surface (errors.h); one that streams begins the stream
// only when nothing can fail before the first piece, and writes later errors into it.

#include <mutex>
#include <vector>

#include "base/call_context.h"
#include "base/metrics.h"
#include "server/router.h"
#include "server/server.h"

namespace quarry::server {

// What handlers work on; outlives every call.
struct HandlerEnvironment {
  const ServerOptions options;
  const Services services;
  // Raised when the server stops. Work that must not end with its client (vectors of documents that
  // are on disk already) watches this instead of the call.
  const CancelToken stopping;
  const int64_t started_seconds;  // since 1970: `created` of the models
  mutable std::mutex backup;      // held while one is made
};

// Every route of the server. `environment` must outlive them.
std::vector<Route> MakeRoutes(const HandlerEnvironment& environment);

// ---- handlers_ops.cc ----
Result<Response> GetHealth(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetReadiness(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetMetrics(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_search.cc ----
Result<Response> PostSearch(const HandlerEnvironment& environment, const Call& call);
Result<Response> PostExplain(const HandlerEnvironment& environment, const Call& call);
Result<Response> PostAnswer(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_documents.cc ----
Result<Response> GetDocuments(const HandlerEnvironment& environment, const Call& call);
Result<Response> PutDocuments(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetDocument(const HandlerEnvironment& environment, const Call& call);
Result<Response> PutDocument(const HandlerEnvironment& environment, const Call& call);
Result<Response> DeleteDocument(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_collections.cc ----
Result<Response> GetCollections(const HandlerEnvironment& environment, const Call& call);
Result<Response> PostCollections(const HandlerEnvironment& environment, const Call& call);
Result<Response> DeleteCollection(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetStats(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_cache.cc ----
Result<Response> GetCache(const HandlerEnvironment& environment, const Call& call);
Result<Response> PostCacheExplain(const HandlerEnvironment& environment, const Call& call);
Result<Response> DeleteCache(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_backup.cc ----
Result<Response> PostBackup(const HandlerEnvironment& environment, const Call& call);

// ---- handlers_openai.cc ----
Result<Response> GetModels(const HandlerEnvironment& environment, const Call& call);
Result<Response> GetModel(const HandlerEnvironment& environment, const Call& call);
Result<Response> PostChatCompletions(const HandlerEnvironment& environment, const Call& call);

}  // namespace quarry::server
