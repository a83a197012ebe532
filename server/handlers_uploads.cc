// Files that come in parts: /api/v1/uploads.

#include <exception>
#include <new>
#include <utility>

#include "index/index_writer.h"
#include "server/errors.h"
#include "server/exchange.h"
#include "server/handlers.h"
#include "server/json_writer.h"
#include "server/media_type.h"
#include "server/object_page.h"
#include "server/query_parameters.h"
#include "server/question.h"
#include "server/strict_json.h"
#include "server/upload_queue.h"

namespace quarry::server {
namespace {

constexpr uint32_t kDefaultUploads = 20;
constexpr uint32_t kMaxUploads = 100;

void WriteUpload(const UploadRecord& record, JsonWriter& json) {
  json.BeginObject().Key("id").String(record.id).Key("state").String(record.state);
  json.Key("document").String(record.target.document);
  json.Key("collection").String(record.target.collection);
  json.Key("bytes").Uint(record.target.bytes).Key("part_bytes").Uint(kUploadPartBytes);
  json.Key("part_count").Uint(record.part_count()).Key("parts").BeginArray();
  for (const uint32_t part : record.parts) json.Uint(part);
  json.EndArray();
  if (!record.error.empty()) json.Key("error").String(record.error);
  if (!record.last_error.empty()) json.Key("last_error").String(record.last_error);
  if (!record.result.empty()) json.Key("result").Raw(record.result);
  json.EndObject();
}

std::string UploadJson(const UploadRecord& record) {
  JsonWriter json;
  WriteUpload(record, json);
  return json.Take();
}

Result<UploadTarget> ReadTarget(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_ASSIGN_OR_RETURN(const JsonValue json, ParseJson(call.request.body));
  UploadTarget target{.collection = environment.options.default_collection};
  ObjectReader reader(json, "");
  reader.Required("document").String(target.document);
  reader.Required("bytes").Uint64(target.bytes);
  reader.Optional("collection").String(target.collection);
  reader.Optional("media_type").String(target.media_type);
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  QUARRY_RETURN_IF_ERROR(index::CheckDocumentId(target.document).Annotate("document"));
  if (target.bytes == 0 || target.bytes > environment.options.upload_bytes) {
    return InvalidArgumentError("bytes: expected an integer from 1 to " +
                                std::to_string(environment.options.upload_bytes) + ", not " +
                                std::to_string(target.bytes));
  }
  if (!IsDocumentMediaType(target.media_type)) {
    return InvalidArgumentError("media_type: " + JsonString(target.media_type) +
                                " cannot be indexed; expected one of " + DocumentMediaTypes());
  }
  QUARRY_RETURN_IF_ERROR(
      FindCollection(environment, call.request.caller, target.collection).status());
  return target;
}

Result<uint32_t> ReadNumber(const std::string& text) {
  constexpr size_t kMostDigits = 9;
  const bool is_number = !text.empty() && text.size() <= kMostDigits &&
                         text.find_first_not_of("0123456789") == std::string::npos;
  if (is_number) return static_cast<uint32_t>(std::stoul(text));
  return InvalidArgumentError("part: expected a number, not " + JsonString(text));
}

}  // namespace

Response IndexUpload(const HandlerEnvironment& environment, const UploadTarget& target,
                     std::string bytes) {
  Request request{.id = "upload",
                  .method = "PUT",
                  .query = {{"collection", target.collection}, {"raw", "true"}},
                  .params = {{"id", target.document}},
                  .headers = {{"Content-Type", target.media_type}},
                  .body = std::move(bytes)};
  CallContext context;
  context.cancel = environment.stopping;
  Exchange exchange(std::move(request), context, [](bool) {});
  try {
    Result<Response> response = PutDocument(
        environment,
        {.request = exchange.request(), .context = exchange.context(), .stream = exchange});
    if (response.ok()) return *std::move(response);
    return ErrorResponse(Surface::kNative, response.status());
  } catch (const std::bad_alloc&) {
    return ErrorResponse(Surface::kNative, UnavailableError("memory lacks"));
  } catch (const std::exception& error) {  // as RequestDispatcher does
    return ErrorResponse(Surface::kNative, InternalError(error.what()));
  }
}

Result<Response> PostUploads(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_ASSIGN_OR_RETURN(UploadTarget target, ReadTarget(environment, call));
  QUARRY_ASSIGN_OR_RETURN(const UploadRecord record,
                          environment.uploads->Create(call.request.caller, std::move(target)));
  return Response{.status = 201, .body = UploadJson(record)};
}

Result<Response> GetUploads(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_ASSIGN_OR_RETURN(const index::ObjectListing listing,
                          ReadNewestFirst(call.request.query, kDefaultUploads, kMaxUploads));
  QUARRY_ASSIGN_OR_RETURN(const UploadPage page,
                          environment.uploads->List(call.request.caller, listing));
  JsonWriter json;
  json.BeginObject().Key("uploads").BeginArray();
  for (const UploadRecord& record : page.uploads) WriteUpload(record, json);
  json.EndArray().Key("has_more").Bool(page.has_more);
  return Response{.body = json.EndObject().Take()};
}

Result<Response> PutUploadPart(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_RETURN_IF_ERROR(QueryParameters(call.request.query).Finish());
  QUARRY_ASSIGN_OR_RETURN(const uint32_t number, ReadNumber(call.request.params.at("number")));
  QUARRY_ASSIGN_OR_RETURN(
      const UploadRecord record,
      environment.uploads->PutPart(call.request.caller, call.request.params.at("id"), number,
                                   call.request.body));
  return Response{.body = UploadJson(record)};
}

Result<Response> PostUploadComplete(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_ASSIGN_OR_RETURN(
      const UploadRecord record,
      environment.uploads->Complete(call.request.caller, call.request.params.at("id")));
  return Response{.status = 202, .body = UploadJson(record)};
}

Result<Response> GetUpload(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_RETURN_IF_ERROR(QueryParameters(call.request.query).Finish());
  QUARRY_ASSIGN_OR_RETURN(
      const UploadRecord record,
      environment.uploads->Get(call.request.caller, call.request.params.at("id")));
  return Response{.body = UploadJson(record)};
}

Result<Response> DeleteUpload(const HandlerEnvironment& environment, const Call& call) {
  const std::string& id = call.request.params.at("id");
  QUARRY_RETURN_IF_ERROR(QueryParameters(call.request.query).Finish());
  QUARRY_RETURN_IF_ERROR(environment.uploads->Delete(call.request.caller, id));
  JsonWriter json;
  json.BeginObject().Key("deleted").String(id);
  return Response{.body = json.EndObject().Take()};
}

}  // namespace quarry::server
