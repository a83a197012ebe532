// The table of routes: ours, and behind them those of routes_openai.cc.

#include <utility>

#include "server/errors.h"
#include "server/handlers.h"

namespace quarry::server {

Handler Bind(const HandlerEnvironment& environment, HandlerFunction* function) {
  return [&environment, function](const Call& call) {
    Result<Response> response = function(environment, call);
    if (response.ok()) return std::move(response).value();
    return ErrorResponse(SurfaceOf(call.request.path), response.status());
  };
}

std::vector<Route> MakeRoutes(const HandlerEnvironment& environment) {
  const auto bind = [&](HandlerFunction* function) { return Bind(environment, function); };
  const uint64_t ingest_bytes = environment.options.ingest_body_bytes;
  std::vector<Route> routes = {
      {.method = "GET",
       .pattern = "/healthz",
       .description = "whether the process lives",
       .handler = bind(GetHealth),
       .lane = Lane::kOperations},
      {.method = "GET",
       .pattern = "/readyz",
       .description = "whether questions are answered",
       .handler = bind(GetReadiness),
       .lane = Lane::kOperations},
      {.method = "GET",
       .pattern = "/metrics",
       .description = "counters and latencies, in the Prometheus text format",
       .handler = bind(GetMetrics),
       .lane = Lane::kOperations},

      {.method = "POST",
       .pattern = "/api/v1/search",
       .description = "ranked passages for a question",
       .handler = bind(PostSearch)},
      {.method = "POST",
       .pattern = "/api/v1/explain",
       .description = "how a search comes to its passages, and why a document is not among them",
       .handler = bind(PostExplain)},
      {.method = "POST",
       .pattern = "/api/v1/answer",
       .description = "a cited answer to a question; with \"stream\": true piece by piece",
       .handler = bind(PostAnswer)},

      {.method = "GET",
       .pattern = "/api/v1/documents",
       .description = "the documents of a collection, ?limit= from ?offset=",
       .handler = bind(GetDocuments)},
      {.method = "PUT",
       .pattern = "/api/v1/documents",
       .description = "add or replace documents given as JSON",
       .handler = bind(PutDocuments),
       .lane = Lane::kIngest,
       .body_limit = ingest_bytes},
      {.method = "GET",
       .pattern = "/api/v1/documents/{id...}",
       .description = "one document; its words with ?text=true, its chunks with ?chunks=true",
       .handler = bind(GetDocument)},
      {.method = "PUT",
       .pattern = "/api/v1/documents/{id...}",
       .description = "add or replace one document, given as JSON or as the file itself",
       .handler = bind(PutDocument),
       .lane = Lane::kIngest,
       .body = BodyKind::kFile,
       .body_limit = ingest_bytes},
      {.method = "DELETE",
       .pattern = "/api/v1/documents/{id...}",
       .description = "remove one document",
       .handler = bind(DeleteDocument),
       .lane = Lane::kIngest},

      {.method = "GET",
       .pattern = "/api/v1/collections",
       .description = "the collections and what they hold",
       .handler = bind(GetCollections)},
      {.method = "POST",
       .pattern = "/api/v1/collections",
       .description = "make a collection",
       .handler = bind(PostCollections),
       .lane = Lane::kIngest},
      {.method = "DELETE",
       .pattern = "/api/v1/collections/{name}",
       .description = "remove a collection and all it holds",
       .handler = bind(DeleteCollection),
       .lane = Lane::kIngest},
      {.method = "GET",
       .pattern = "/api/v1/stats",
       .description = "what the store holds",
       .handler = bind(GetStats)},
      {.method = "GET",
       .pattern = "/api/v1/cache",
       .description =
           "stored answers of a ?collection=, ?limit= from ?offset=, and what they saved",
       .handler = bind(GetCache)},
      {.method = "POST",
       .pattern = "/api/v1/cache/explain",
       .description = "what the answer cache would do with a question, and why",
       .handler = bind(PostCacheExplain)},
      {.method = "DELETE",
       .pattern = "/api/v1/cache",
       .description = "remove the stored answers of a ?collection=; one of them by ?entry=",
       .handler = bind(DeleteCache),
       .lane = Lane::kIngest},
      {.method = "POST",
       .pattern = "/api/v1/backup",
       .description = "copy the store to a directory of that name, where backups are allowed",
       .handler = bind(PostBackup),
       .lane = Lane::kIngest},
  };
  for (Route& route : MakeOpenAiRoutes(environment)) routes.push_back(std::move(route));
  return routes;
}

}  // namespace quarry::server
