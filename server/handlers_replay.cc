// POST /api/v1/answers/{id}/replay: what a kept answer was retrieved from, retrieved again.

#include "server/ask.h"
#include "server/handlers.h"
#include "server/query_parameters.h"
#include "server/replay.h"

namespace quarry::server {

Result<Response> PostReplay(const HandlerEnvironment& environment, const Call& call) {
  const std::string& id = call.request.params.at("id");
  QUARRY_RETURN_IF_ERROR(QueryParameters(call.request.query).Finish());
  QUARRY_ASSIGN_OR_RETURN(const StoredAnswer answer,
                          FindAnswer(environment, call.request.caller, id));
  // With the rights of now: whoever may read less than then asks anew.
  const Caller& caller = call.request.caller;
  QUARRY_RETURN_IF_ERROR(caller.CheckCollection(answer.collection));
  if (answer.retrieval && !caller.MayActFor(answer.retrieval->query.principals)) {
    return FailedPreconditionError("answer " + id +
                                   ": was made with rights that the key does not have any more");
  }
  QUARRY_ASSIGN_OR_RETURN(
      const Replay replay,
      ReplayAnswer(id, answer, environment.services.assistant.answerer().answerer(),
                   environment.services.index, call.context));
  return Response{.body = ReplayJson(replay)};
}

}  // namespace quarry::server
