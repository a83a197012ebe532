// Files of a vector store and batches of them: attach, list, show, change attributes, take out.

#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "server/api_json.h"
#include "server/handlers.h"
#include "server/object_page.h"
#include "server/question.h"
#include "server/store_file_indexer.h"
#include "server/store_requests.h"
#include "server/store_search.h"

namespace quarry::server {
namespace {

using index::ObjectKind;

// What a file is attached with.
struct Attachment {
  std::string file;
  Metadata attributes;
  ChunkSizes chunks;
};

void WriteAttached(const HandlerEnvironment& environment, const std::string& store,
                   const std::string& id, const AttachedFile& file, JsonWriter& json) {
  std::string code = file.error_code;
  std::string message = file.error_message;
  if (file.status == FileStatus::kInProgress) {
    message = environment.store_files.TroubleOf(store, id);
    if (!message.empty()) code = "server_error";  // it is tried again
  }
  json.BeginObject().Key("id").String(id).Key("object").String("vector_store.file");
  json.Key("usage_bytes").Uint(file.usage_bytes).Key("created_at").Int(file.created);
  json.Key("vector_store_id").String(store).Key("status").String(FileStatusName(file.status));
  json.Key("last_error");
  if (code.empty()) {
    json.Null();
  } else {
    json.BeginObject().Key("code").String(code);
    json.Key("message").String(message).EndObject();
  }
  WriteChunking(file.chunks, json.Key("chunking_strategy"));
  WriteMetadata(file.attributes, json.Key("attributes"));
  json.EndObject();
}

// Where something is in progress, when to ask again: what OpenAI's SDKs poll by.
Response WithPollingTime(std::string body, bool in_progress) {
  Response response{.body = std::move(body)};
  if (in_progress) response.headers.emplace_back("openai-poll-after-ms", "200");
  return response;
}

Result<Response> ShowAttached(const HandlerEnvironment& environment, const std::string& store,
                              const std::string& id) {
  QUARRY_ASSIGN_OR_RETURN(const AttachedFile file,
                          GetAttached(environment.services.index.objects(), store, id));
  JsonWriter json;
  WriteAttached(environment, store, id, file, json);
  return WithPollingTime(json.Take(), file.status == FileStatus::kInProgress);
}

// The document that searches and citations give as a file of its own under this id
// (FileReferences): one that no attached file brought. nullopt: there is none.
Result<std::optional<index::StoredDocument>> FindOwnDocument(const Services& services,
                                                             const std::string& store,
                                                             const index::Snapshot& snapshot,
                                                             const std::string& id) {
  const Status attached =
      GetAttached(services.index.objects(), store, id.substr(0, id.find('#'))).status();
  if (attached.ok()) return std::optional<index::StoredDocument>();
  if (attached.code() != Code::kNotFound) return attached;
  Result<index::StoredDocument> document = snapshot.ReadDocument(id);
  if (document.status().code() == Code::kNotFound) return std::optional<index::StoredDocument>();
  QUARRY_RETURN_IF_ERROR(document.status());
  return std::optional<index::StoredDocument>(*std::move(document));
}

// kNotFound where nothing of that id is in the store; kFailedPrecondition where it is a document, which
// was not attached and can be neither changed nor taken out as files are.
Status CheckAttached(const Services& services, const VectorStore& store, const std::string& id) {
  Status attached = GetAttached(services.index.objects(), store.id(), id).status();
  if (attached.code() != Code::kNotFound) return attached;
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          services.index.GetSnapshot(store.collection.id));
  QUARRY_ASSIGN_OR_RETURN(const std::optional<index::StoredDocument> document,
                          FindOwnDocument(services, store.id(), *snapshot, id));
  if (!document) return attached;
  return FailedPreconditionError("\"" + id +
                                 "\" is a document that was not attached to vector store \"" +
                                 store.id() + "\"; PUT and DELETE /api/v1/documents/... change it");
}

void ReadAttachment(ObjectReader& reader, Attachment& attachment) {
  reader.Optional("attributes").Value([&](const JsonValue& value, const std::string& place) {
    return ReadAttributes(value, place, attachment.attributes);
  });
  reader.Optional("chunking_strategy").Value([&](const JsonValue& value, const std::string& place) {
    return ReadChunking(value, place, attachment.chunks);
  });
}

Status ReadOneAttachment(const JsonValue& value, const std::string& place, Attachment& attachment) {
  ObjectReader reader(value, place);
  reader.Required("file_id").String(attachment.file);
  ReadAttachment(reader, attachment);
  return reader.Finish();
}

// {"file_ids": [...], "attributes", "chunking_strategy"} or {"files": [{"file_id", ...}, ...]}.
Result<std::vector<Attachment>> ParseBatch(const std::string& body) {
  QUARRY_ASSIGN_OR_RETURN(const JsonValue json, ParseJson(body));
  std::vector<std::string> ids;
  Attachment common;
  std::vector<Attachment> attachments;
  ObjectReader reader(json, "");
  reader.Optional("file_ids").Strings(ids);
  ReadAttachment(reader, common);
  reader.Optional("files").Value([&](const JsonValue& list, const std::string& place) -> Status {
    if (list.AsArray() == nullptr) {
      return InvalidArgumentError(place + ": expected a list of objects, not " + list.TypeName());
    }
    for (size_t i = 0; i < list.AsArray()->size(); ++i) {
      QUARRY_RETURN_IF_ERROR(ReadOneAttachment(
          (*list.AsArray())[i], place + '[' + std::to_string(i) + ']', attachments.emplace_back()));
    }
    return OkStatus();
  });
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  if (ids.empty() == attachments.empty()) {
    return InvalidArgumentError("body: expected either file_ids or files, not empty");
  }
  for (const std::string& id : ids) attachments.push_back({id, common.attributes, common.chunks});
  if (attachments.size() > kMaxBatchFiles) {
    return InvalidArgumentError("body: expected at most " + std::to_string(kMaxBatchFiles) +
                                " files, not " + std::to_string(attachments.size()));
  }
  std::set<std::string> distinct;
  for (const Attachment& attachment : attachments) {
    if (!distinct.insert(attachment.file).second) {
      return InvalidArgumentError("body: file " + JsonString(attachment.file) + " stands twice");
    }
  }
  return attachments;
}

// All of them or none; they are indexed in the background. What was attached already is again, as it
// is said now.
Status Attach(const HandlerEnvironment& environment, const Caller& caller, const std::string& store,
              const std::vector<Attachment>& attachments, const std::string& batch_id) {
  const Services& services = environment.services;
  const int64_t now = services.clock.NowMicros() / 1'000'000;
  index::ObjectBatch batch;
  if (!batch_id.empty()) {
    batch.Put({.kind = ObjectKind::kFileBatch, .id = batch_id, .scope = store},
              Encode(FileBatch{.created = now}));
  }
  for (const Attachment& attachment : attachments) {
    QUARRY_RETURN_IF_ERROR(GetFile(services.index.objects(), caller, attachment.file).status());
    batch.Put(AttachedName(store, attachment.file), Encode(AttachedFile{
                                                        .created = now,
                                                        .attributes = attachment.attributes,
                                                        .chunks = attachment.chunks,
                                                        .batch = batch_id,
                                                    }));
  }
  QUARRY_RETURN_IF_ERROR(services.index.objects().Write(batch));
  for (const Attachment& attachment : attachments) {
    environment.store_files.Notice(store, attachment.file);
  }
  return OkStatus();
}

// The files of a store, or of one of its batches.
Result<Response> ListFiles(const HandlerEnvironment& environment, const Call& call,
                           const std::string& store, const std::string& batch) {
  index::ObjectListing listing;
  std::string filter;
  QueryParameters parameters(call.request.query);
  parameters.String("filter", filter);
  QUARRY_RETURN_IF_ERROR(ReadListing(parameters, 20, 100, listing));
  QUARRY_RETURN_IF_ERROR(parameters.Finish());
  const std::optional<FileStatus> wanted = ParseFileStatus(filter);
  if (!filter.empty() && !wanted) {
    return InvalidArgumentError(
        "query parameter \"filter\": expected in_progress, completed, failed or cancelled, not " +
        JsonString(filter));
  }
  QUARRY_ASSIGN_OR_RETURN(
      const index::ObjectPage page,
      ListWhere(environment.services.index.objects(), ObjectKind::kVectorStoreFile, store, listing,
                environment.damaged, [&](const index::Object& object) -> Result<bool> {
                  QUARRY_RETURN_IF_ERROR(call.context.Check());
                  QUARRY_ASSIGN_OR_RETURN(const AttachedFile file, DecodeAttached(object));
                  return (!wanted || file.status == *wanted) &&
                         (batch.empty() || file.batch == batch);
                }));
  JsonWriter json;
  json.BeginObject().Key("object").String("list").Key("data").BeginArray();
  for (const index::Object& object : page.objects) {
    QUARRY_ASSIGN_OR_RETURN(const AttachedFile file, DecodeAttached(object));
    WriteAttached(environment, store, object.id, file, json);
  }
  json.EndArray();
  WritePageEnd(page, json);
  return Response{.body = json.EndObject().Take()};
}

Result<FileBatch> GetBatch(const Services& services, const std::string& store,
                           const std::string& id) {
  QUARRY_ASSIGN_OR_RETURN(
      const std::optional<index::Object> object,
      services.index.objects().Get({.kind = ObjectKind::kFileBatch, .id = id, .scope = store}));
  if (!object) {
    return NotFoundError("there is no file batch \"" + id + "\" in vector store \"" + store + "\"");
  }
  return DecodeBatch(*object);
}

Result<Response> ShowBatch(const Services& services, const std::string& store,
                           const std::string& id) {
  QUARRY_ASSIGN_OR_RETURN(const FileBatch batch, GetBatch(services, store, id));
  QUARRY_ASSIGN_OR_RETURN(const FileCounts counts, CountFiles(services.index.objects(), store, id));
  const bool in_progress = counts.Of(FileStatus::kInProgress) > 0;
  const char* status = batch.cancelled ? "cancelled"
                       : in_progress   ? "in_progress"
                       : counts.total() > 0 && counts.Of(FileStatus::kFailed) == counts.total()
                           ? "failed"
                           : "completed";
  JsonWriter json;
  json.BeginObject().Key("id").String(id).Key("object").String("vector_store.files_batch");
  json.Key("created_at").Int(batch.created).Key("vector_store_id").String(store);
  json.Key("status").String(status);
  WriteFileCounts(counts, json.Key("file_counts"));
  return WithPollingTime(json.EndObject().Take(), in_progress && !batch.cancelled);
}

}  // namespace

Result<Response> PostVectorStoreFiles(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_ASSIGN_OR_RETURN(const VectorStore store,
                          UseStore(environment, call.request.params.at("store")));
  QUARRY_ASSIGN_OR_RETURN(const JsonValue body, ParseJson(call.request.body));
  Attachment attachment;
  QUARRY_RETURN_IF_ERROR(ReadOneAttachment(body, "", attachment));
  QUARRY_RETURN_IF_ERROR(Attach(environment, call.request.caller, store.id(), {attachment}, ""));
  return ShowAttached(environment, store.id(), attachment.file);
}

Result<Response> GetVectorStoreFiles(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_ASSIGN_OR_RETURN(const VectorStore store,
                          FindStore(environment.services, call.request.params.at("store")));
  return ListFiles(environment, call, store.id(), "");
}

Result<Response> GetVectorStoreFile(const HandlerEnvironment& environment, const Call& call) {
  const Services& services = environment.services;
  QUARRY_ASSIGN_OR_RETURN(const VectorStore store,
                          FindStore(services, call.request.params.at("store")));
  const std::string& id = call.request.params.at("file");
  // Programs poll this until a file is indexed: nothing is loaded for what the record tells.
  const Status attached = GetAttached(services.index.objects(), store.id(), id).status();
  if (attached.code() != Code::kNotFound) return ShowAttached(environment, store.id(), id);
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          services.index.GetSnapshot(store.collection.id));
  QUARRY_ASSIGN_OR_RETURN(const std::optional<index::StoredDocument> document,
                          FindOwnDocument(services, store.id(), *snapshot, id));
  if (!document) return attached;
  JsonWriter json;
  WriteAttached(environment, store.id(), id,
                {.status = FileStatus::kCompleted,
                 .usage_bytes = document->text_bytes,
                 .created = document->indexed_micros / 1'000'000,
                 .attributes = AttributesOf(document->metadata)},
                json);
  return Response{.body = json.Take()};
}

// The new attributes hold for searches when the answer comes. Interrupted, the file is in progress
// until they do.
Result<Response> PostVectorStoreFile(const HandlerEnvironment& environment, const Call& call) {
  const Services& services = environment.services;
  QUARRY_ASSIGN_OR_RETURN(const VectorStore store,
                          FindStore(services, call.request.params.at("store")));
  const std::string& id = call.request.params.at("file");
  QUARRY_ASSIGN_OR_RETURN(const JsonValue body, ParseJson(call.request.body));
  Metadata attributes;
  ObjectReader reader(body, "");
  const JsonValue* given = body.Find("attributes");
  if (given == nullptr || !given->IsNull()) {  // null takes all of them away
    reader.Required("attributes").Value([&](const JsonValue& value, const std::string& place) {
      return ReadAttributes(value, place, attributes);
    });
  } else {
    reader.Optional("attributes");
  }
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  QUARRY_RETURN_IF_ERROR(CheckAttached(services, store, id));
  QUARRY_RETURN_IF_ERROR(services.index.objects().Update(
      AttachedName(store.id(), id), [&](const std::string& value) -> Result<std::string> {
        QUARRY_ASSIGN_OR_RETURN(AttachedFile file,
                                DecodeAttached({.id = id, .scope = store.id(), .value = value}));
        file.attributes = attributes;
        file.attempts = 0;
        if (file.status == FileStatus::kCompleted) {
          file.status = FileStatus::kInProgress;
          file.usage_bytes = 0;
        }
        return Encode(file);
      }));
  const Status indexed = environment.store_files.Index(store.id(), id, call.context);
  if (!indexed.ok()) {
    environment.store_files.Notice(store.id(), id);
    return indexed;
  }
  return ShowAttached(environment, store.id(), id);
}

Result<Response> DeleteVectorStoreFile(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_ASSIGN_OR_RETURN(const VectorStore store,
                          FindStore(environment.services, call.request.params.at("store")));
  const std::string& id = call.request.params.at("file");
  QUARRY_RETURN_IF_ERROR(CheckAttached(environment.services, store, id));
  QUARRY_RETURN_IF_ERROR(environment.store_files.Detach(store.id(), id, call.context));
  JsonWriter json;
  json.BeginObject().Key("id").String(id).Key("object").String("vector_store.file.deleted");
  return Response{.body = json.Key("deleted").Bool(true).EndObject().Take()};
}

// The text that is searched, a part per document.
Result<Response> GetVectorStoreFileContent(const HandlerEnvironment& environment,
                                           const Call& call) {
  const Services& services = environment.services;
  QUARRY_ASSIGN_OR_RETURN(const VectorStore store,
                          FindStore(services, call.request.params.at("store")));
  const std::string& id = call.request.params.at("file");
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          services.index.GetSnapshot(store.collection.id));
  QUARRY_ASSIGN_OR_RETURN(const std::optional<index::StoredDocument> own,
                          FindOwnDocument(services, store.id(), *snapshot, id));
  std::vector<DocumentId> ids;
  if (!own) {
    QUARRY_RETURN_IF_ERROR(GetAttached(services.index.objects(), store.id(), id).status());
    QUARRY_ASSIGN_OR_RETURN(ids, snapshot->RecordsOf(id));
  }
  if (ids.empty()) ids.push_back(id);
  JsonWriter json;
  json.BeginObject().Key("object").String("vector_store.file_content.page");
  json.Key("data").BeginArray();
  for (const DocumentId& document_id : ids) {
    QUARRY_RETURN_IF_ERROR(call.context.Check());
    const Result<index::StoredDocument> document = snapshot->ReadDocument(document_id);
    if (document.status().code() == Code::kNotFound) continue;  // not indexed yet
    QUARRY_RETURN_IF_ERROR(document.status());
    QUARRY_ASSIGN_OR_RETURN(const std::string text, snapshot->ReadText(document->number));
    json.BeginObject().Key("type").String("text").Key("text").String(text).EndObject();
  }
  json.EndArray().Key("has_more").Bool(false).Key("next_page").Null();
  return Response{.body = json.EndObject().Take()};
}

Result<Response> PostFileBatches(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_ASSIGN_OR_RETURN(const VectorStore store,
                          UseStore(environment, call.request.params.at("store")));
  QUARRY_ASSIGN_OR_RETURN(const std::vector<Attachment> attachments, ParseBatch(call.request.body));
  const std::string id = index::NewObjectId("vsfb_");
  QUARRY_RETURN_IF_ERROR(Attach(environment, call.request.caller, store.id(), attachments, id));
  return ShowBatch(environment.services, store.id(), id);
}

Result<Response> GetFileBatch(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_ASSIGN_OR_RETURN(const VectorStore store,
                          FindStore(environment.services, call.request.params.at("store")));
  return ShowBatch(environment.services, store.id(), call.request.params.at("batch"));
}

// What is not indexed yet will not be.
Result<Response> PostFileBatchCancel(const HandlerEnvironment& environment, const Call& call) {
  const Services& services = environment.services;
  QUARRY_ASSIGN_OR_RETURN(const VectorStore store,
                          FindStore(services, call.request.params.at("store")));
  const std::string& id = call.request.params.at("batch");
  index::ObjectTable& objects = services.index.objects();
  QUARRY_ASSIGN_OR_RETURN(FileBatch batch, GetBatch(services, store.id(), id));
  // No file becomes complete meanwhile: whoever completes one holds the writer.
  QUARRY_ASSIGN_OR_RETURN(const index::IndexWriter writer,
                          services.index.OpenWriter(store.collection.id, call.context));
  index::ObjectBatch changes;
  index::ObjectListing listing{.limit = UINT32_MAX};
  QUARRY_ASSIGN_OR_RETURN(const index::ObjectPage page,
                          objects.List(ObjectKind::kVectorStoreFile, store.id(), listing));
  for (const Status& why : page.damaged) environment.damaged.Tell(why);
  bool cancelled = false;
  for (const index::Object& object : page.objects) {
    Result<AttachedFile> file = DecodeAttached(object);
    if (file.status().code() == Code::kDataLoss) {  // it hides no other
      environment.damaged.Tell(file.status());
      continue;
    }
    QUARRY_RETURN_IF_ERROR(file.status());
    if (file->batch != id || file->status != FileStatus::kInProgress) continue;
    file->status = FileStatus::kCancelled;
    changes.Put(AttachedName(store.id(), object.id), Encode(*file));
    cancelled = true;
  }
  if (cancelled) {  // of one that is complete nothing is left to cancel
    batch.cancelled = true;
    changes.Put({.kind = ObjectKind::kFileBatch, .id = id, .scope = store.id()}, Encode(batch));
    QUARRY_RETURN_IF_ERROR(objects.Write(changes));
  }
  return ShowBatch(services, store.id(), id);
}

Result<Response> GetFileBatchFiles(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_ASSIGN_OR_RETURN(const VectorStore store,
                          FindStore(environment.services, call.request.params.at("store")));
  const std::string& batch = call.request.params.at("batch");
  QUARRY_RETURN_IF_ERROR(GetBatch(environment.services, store.id(), batch).status());
  return ListFiles(environment, call, store.id(), batch);
}

}  // namespace quarry::server
