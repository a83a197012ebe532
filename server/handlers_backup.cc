// Backups of a store that this process holds.

#include <mutex>

#include "base/text_given_name.h"
#include "server/handlers.h"
#include "server/json_writer.h"
#include "server/strict_json.h"

namespace quarry::server {

// The caller chooses a name, never a place: what may be a collection's name cannot lead out of a
// directory.
Result<Response> PostBackup(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_ASSIGN_OR_RETURN(const JsonValue body, ParseJson(call.request.body));
  std::string name;
  ObjectReader reader(body, "");
  reader.Required("name").String(name);
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  const std::string& root = environment.options.backup_directory;
  if (root.empty()) {
    return FailedPreconditionError(
        "backups over HTTP are off; start the server with server.backup_directory");
  }
  if (!IsGivenName(name)) {
    return InvalidArgumentError("name: expected " + std::string(kGivenNameRule) + ", got \"" +
                                name + '"');
  }
  // Each reads the whole store and takes a thread of those that uploads have.
  const std::unique_lock only(environment.backup, std::try_to_lock);
  if (!only.owns_lock()) {
    return ResourceExhaustedError("another backup is being made; there is one at a time");
  }
  // It goes on when the client has gone: half a backup is none.
  CallContext context;
  context.cancel = environment.stopping;
  QUARRY_ASSIGN_OR_RETURN(const index::BackupReport report,
                          environment.services.index.Backup(root + "/" + name, context));
  JsonWriter json;
  json.BeginObject().Key("created").String(name).Key("store_id").String(report.store_id);
  json.Key("files").Uint(report.files).Key("bytes").Uint(report.bytes).EndObject();
  return Response{.status = 201, .body = json.Take()};
}

}  // namespace quarry::server
