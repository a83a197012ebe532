// The table of routes.

#include <utility>

#include "server/errors.h"
#include "server/handlers.h"

namespace quarry::server {
namespace {

using HandlerFunction = Result<Response>(const HandlerEnvironment& environment, const Call& call);

Handler Bind(const HandlerEnvironment& environment, HandlerFunction* function) {
  return [&environment, function](const Call& call) {
    Result<Response> response = function(environment, call);
    if (response.ok()) return std::move(response).value();
    return ErrorResponse(SurfaceOf(call.request.path), response.status());
  };
}

}  // namespace

std::vector<Route> MakeRoutes(const HandlerEnvironment& environment) {
  const auto bind = [&](HandlerFunction* function) { return Bind(environment, function); };
  return {
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
  };
}

}  // namespace quarry::server
