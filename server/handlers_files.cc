// Files: uploaded bytes, which vector stores are filled from.

#include <algorithm>
#include <array>

#include "server/handlers.h"
#include "server/multipart.h"
#include "server/object_page.h"
#include "server/store_file_indexer.h"

namespace quarry::server {
namespace {

using index::ObjectKind;

constexpr std::array<std::string_view, 6> kPurposes = {"assistants", "batch",     "fine-tune",
                                                       "vision",     "user_data", "evals"};
constexpr size_t kPartBytes = 1 << 20;
constexpr size_t kMaxFilenameBytes = 255;

void WriteFile(const std::string& id, const UploadedFile& file, JsonWriter& json) {
  json.BeginObject().Key("id").String(id).Key("object").String("file");
  json.Key("bytes").Uint(file.bytes).Key("created_at").Int(file.created);
  json.Key("filename").String(file.filename).Key("purpose").String(file.purpose);
  json.Key("status").String("processed").EndObject();
}

struct FileUpload {
  std::string filename;
  std::string purpose;
  std::string_view bytes;
};

Result<FileUpload> ReadUpload(const Request& request) {
  const std::string* type = FindHeader(request.headers, "Content-Type");
  QUARRY_ASSIGN_OR_RETURN(const std::vector<FormPart> parts,
                          ParseMultipart(type == nullptr ? "" : *type, request.body));
  FileUpload upload;
  bool has_file = false;
  for (const FormPart& part : parts) {
    if (part.name == "file") {
      if (has_file) return InvalidArgumentError("file: stands twice");
      if (!part.filename || part.filename->empty()) {
        return InvalidArgumentError("file: expected a file with its name");
      }
      has_file = true;
      upload.filename = *part.filename;
      upload.bytes = part.body;
    } else if (part.name == "purpose") {
      upload.purpose = part.body;
    } else if (part.name.starts_with("expires_after")) {
      return InvalidArgumentError(
          "expires_after: files are kept until they are deleted; leave it out");
    } else {
      return InvalidArgumentError("body: unknown field \"" + part.name +
                                  "\"; expected file and purpose");
    }
  }
  if (!has_file) return InvalidArgumentError("file: is missing");
  if (upload.purpose.empty()) return InvalidArgumentError("purpose: is missing");
  if (std::ranges::find(kPurposes, upload.purpose) == kPurposes.end()) {
    return InvalidArgumentError("purpose: " + JsonString(upload.purpose) +
                                " is none; expected one of assistants, batch, fine-tune, vision, "
                                "user_data, evals");
  }
  // A path that a browser sends along is its business.
  upload.filename.erase(0, upload.filename.find_last_of("/\\") + 1);
  if (upload.filename.empty() || upload.filename.size() > kMaxFilenameBytes) {
    return InvalidArgumentError("file: expected a name of 1 to " +
                                std::to_string(kMaxFilenameBytes) + " bytes");
  }
  if (upload.bytes.empty()) return InvalidArgumentError("file: is empty");
  return upload;
}

}  // namespace

Result<Response> PostFiles(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_ASSIGN_OR_RETURN(const FileUpload upload, ReadUpload(call.request));
  const Caller& caller = call.request.caller;
  const UploadedFile file{.owner = {.key = caller.key, .bytes = upload.bytes.size()},
                          .filename = upload.filename,
                          .purpose = upload.purpose,
                          .bytes = upload.bytes.size(),
                          .created = environment.services.clock.NowMicros() / 1'000'000};
  const index::ObjectName name{.kind = ObjectKind::kFile, .id = index::NewObjectId("file-")};
  index::ObjectBatch batch;
  batch.Put(name, Encode(file));
  uint32_t part = 0;
  for (std::string_view rest = upload.bytes; !rest.empty();
       rest.remove_prefix(std::min(rest.size(), kPartBytes))) {
    batch.PutPart(name, ++part, std::string(rest.substr(0, kPartBytes)));
  }
  QUARRY_ASSIGN_OR_RETURN(OwnerQuota::Room room, environment.quota.Reserve(caller, file.owner));
  QUARRY_RETURN_IF_ERROR(environment.services.index.objects().Write(batch));
  room.Keep();
  JsonWriter json;
  WriteFile(name.id, file, json);
  return Response{.body = json.Take()};
}

Result<Response> GetFiles(const HandlerEnvironment& environment, const Call& call) {
  index::ObjectListing listing;
  std::string purpose;
  QueryParameters parameters(call.request.query);
  parameters.String("purpose", purpose);
  QUARRY_RETURN_IF_ERROR(ReadListing(parameters, 10'000, 10'000, listing));
  QUARRY_RETURN_IF_ERROR(parameters.Finish());
  JsonWriter json;
  json.BeginObject().Key("object").String("list").Key("data").BeginArray();
  QUARRY_ASSIGN_OR_RETURN(
      const index::ObjectPage page,
      ListWhere(environment.services.index.objects(), ObjectKind::kFile, "", listing,
                environment.damaged, [&](const index::Object& object) -> Result<bool> {
                  QUARRY_RETURN_IF_ERROR(call.context.Check());
                  QUARRY_ASSIGN_OR_RETURN(const UploadedFile file, DecodeFile(object));
                  return call.request.caller.MaySee(file.owner.key) &&
                         (purpose.empty() || file.purpose == purpose);
                }));
  for (const index::Object& object : page.objects) {
    QUARRY_ASSIGN_OR_RETURN(const UploadedFile file, DecodeFile(object));
    WriteFile(object.id, file, json);
  }
  json.EndArray();
  WritePageEnd(page, json);
  return Response{.body = json.EndObject().Take()};
}

Result<Response> GetFile(const HandlerEnvironment& environment, const Call& call) {
  const std::string& id = call.request.params.at("file");
  QUARRY_ASSIGN_OR_RETURN(const UploadedFile file,
                          GetFile(environment.services.index.objects(), call.request.caller, id));
  JsonWriter json;
  WriteFile(id, file, json);
  return Response{.body = json.Take()};
}

Result<Response> GetFileContent(const HandlerEnvironment& environment, const Call& call) {
  const std::string& id = call.request.params.at("file");
  const index::ObjectTable& objects = environment.services.index.objects();
  QUARRY_RETURN_IF_ERROR(GetFile(objects, call.request.caller, id).status());
  QUARRY_ASSIGN_OR_RETURN(std::string bytes, ReadFileBytes(objects, id));
  // Whatever was uploaded: a browser shall not take it for a page of this server (every response says that its type
  // is not to be guessed).
  return Response{.content_type = "application/octet-stream",
                  .headers = {{"Content-Disposition", "attachment"}},
                  .body = std::move(bytes)};
}

// Takes it out of every vector store, then away. Interrupted, it has done a part and can be repeated.
Result<Response> DeleteFile(const HandlerEnvironment& environment, const Call& call) {
  const std::string& id = call.request.params.at("file");
  index::ObjectTable& objects = environment.services.index.objects();
  QUARRY_RETURN_IF_ERROR(GetFile(objects, call.request.caller, id).status());
  std::vector<std::string> stores;
  std::vector<Status> damaged;
  QUARRY_RETURN_IF_ERROR(objects.ForEach(
      ObjectKind::kVectorStoreFile,
      [&](const index::Object& object) {
        if (object.id == id) stores.push_back(object.scope);
        return true;
      },
      &damaged));
  for (const Status& why : damaged) environment.damaged.Tell(why);
  for (const std::string& store : stores) {
    const Status detached = environment.store_files.Detach(store, id, call.context);
    if (detached.code() != Code::kNotFound) QUARRY_RETURN_IF_ERROR(detached);
  }
  QUARRY_ASSIGN_OR_RETURN(const bool was_there,
                          environment.quota.Delete(objects, {.kind = ObjectKind::kFile, .id = id}));
  // Another request deleted it meanwhile.
  if (!was_there) return NotFoundError("there is no file \"" + id + "\"");
  JsonWriter json;
  json.BeginObject().Key("id").String(id).Key("object").String("file");
  return Response{.body = json.Key("deleted").Bool(true).EndObject().Take()};
}

}  // namespace quarry::server
