// Documents: list, show, put, delete. A put document is on disk and found lexically when the
// response says so; its vectors follow within the request where there is an embedder, else in the
// background.

#include <algorithm>
#include <set>
#include <utility>

#include "base/log.h"
#include "ingest/embedder_switch.h"
#include "model/embedder_factory.h"
#include "server/api_json.h"
#include "server/conversation_store.h"
#include "server/document_body.h"
#include "server/handlers.h"
#include "server/media_type.h"
#include "server/query_parameters.h"
#include "server/question.h"
#include "server/store_requests.h"
#include "server/strict_json.h"

namespace quarry::server {
namespace {

constexpr uint32_t kDefaultDocuments = 100;
constexpr uint32_t kMaxDocuments = 1000;

Result<index::IndexWriter> OpenWriter(const HandlerEnvironment& environment,
                                      const std::string& collection, const Call& call) {
  QUARRY_ASSIGN_OR_RETURN(const CollectionId id,
                          FindCollection(environment, call.request.caller, collection));
  return environment.services.index.OpenWriter(id, call.context);
}

// What a PUT writes.
struct DocumentUpload {
  std::string collection;
  bool is_of_conversation = false;  // whose collection is made where it is not there
  std::vector<Document> documents;
  std::vector<ingest::SourceError> errors;  // parts of a file that could not be used
  std::string file;  // id of the file that the documents are the records of; "" if of none
};

// Removes what `upload.file` held before and does not any more.
Status RemoveStaleRecords(const DocumentUpload& upload, const std::set<DocumentId>& current,
                          index::IndexWriter& writer, ingest::IngestReport& report) {
  QUARRY_ASSIGN_OR_RETURN(std::vector<DocumentId> stale, writer.snapshot()->RecordsOf(upload.file));
  stale.push_back(upload.file);  // when it was one document
  std::erase_if(stale, [&](const DocumentId& id) { return current.contains(id); });
  QUARRY_ASSIGN_OR_RETURN(const std::vector<index::DocumentChange> changes, writer.Delete(stale));
  report.documents_removed += changes.size();
  for (const index::DocumentChange& change : changes)
    report.chunks_removed += change.removed.size();
  return OkStatus();
}

// The collection of a conversation's upload that was read and found good.
Status MakeCollection(const HandlerEnvironment& environment, const Call& call,
                      const std::string& name) {
  index::Index& index = environment.services.index;
  if (index.FindCollection(name).ok()) return OkStatus();
  QUARRY_RETURN_IF_ERROR(CheckRoomForCollection(index));
  const Status made = index.CreateCollection(name).status();
  // By another request, meanwhile.
  if (!made.ok() && made.code() != Code::kAlreadyExists) return made;
  // The conversation may have been deleted while the file was read: nobody would find its collection.
  const Status there = environment.conversations->Get(call.request.caller, name).status();
  if (there.code() == Code::kNotFound)
    QUARRY_RETURN_IF_ERROR(index.DeleteCollection(name, call.context));
  return there;
}

// What became of each document of an upload, by its state before and after: "added", "changed" or
// "unchanged".
void AddStatuses(const std::set<DocumentId>& ids, const index::Snapshot& before,
                 const index::Snapshot& after, JsonWriter& json) {
  json.BeginArray();
  for (const DocumentId& id : ids) {
    const Result<index::StoredDocument> now = after.ReadDocument(id);
    if (!now.ok()) continue;  // none without the other: the writer is ours
    const Result<index::StoredDocument> then = before.ReadDocument(id);
    const char* status = !then.ok()                    ? "added"
                         : then->commit == now->commit ? "unchanged"
                                                       : "changed";
    json.BeginObject().Key("id").String(id).Key("status").String(status);
    json.Key("chunks").Uint(now->chunks.size()).EndObject();
  }
  json.EndArray();
}

std::string UploadJson(const DocumentUpload& upload, const std::set<DocumentId>& ids,
                       const ingest::IngestReport& report, const index::Snapshot& before,
                       const index::Snapshot& snapshot) {
  JsonWriter json;
  json.BeginObject().Key("collection").String(upload.collection).Key("ids").BeginArray();
  for (const DocumentId& id : ids) json.String(id);
  json.EndArray().Key("results");
  AddStatuses(ids, before, snapshot, json);
  json.Key("documents").BeginObject();
  json.Key("added").Uint(report.documents_added).Key("changed").Uint(report.documents_changed);
  json.Key("unchanged").Uint(report.documents_unchanged);
  json.Key("removed").Uint(report.documents_removed);
  json.Key("duplicates").Uint(report.duplicates).EndObject();
  json.Key("chunks").BeginObject().Key("added").Uint(report.chunks_added);
  json.Key("kept").Uint(report.chunks_kept).Key("removed").Uint(report.chunks_removed).EndObject();
  json.Key("embedding").BeginObject().Key("embedded").Uint(report.embedding.embedded);
  json.Key("pending").Uint(snapshot.pending_vectors()).EndObject();
  json.Key("commit").Uint(snapshot.commit().value);
  json.Key("failures").BeginArray();
  for (const ingest::SourceError& error : upload.errors) {
    json.BeginObject().Key("place").String(error.place).Key("reason").String(error.reason);
    json.EndObject();
  }
  return json.EndArray().EndObject().Take();
}

// Chunks that a request waits for where a published model embeds them: some tens of milliseconds each.
constexpr uint64_t kMostForTransformer = 16;

// Gives the documents that were just written their vectors, where that is quick: there is an
// embedder, and no backlog. The rest is the maintainer's. They are on disk, so that a client that
// has left meanwhile stops nothing. Returns how many chunks got one.
uint64_t EmbedNow(const HandlerEnvironment& environment, const Call& call,
                  index::IndexWriter& writer) {
  const Services& services = environment.services;
  const ingest::EmbeddingOptions& options = services.ingest.embedding;
  const std::shared_ptr<const index::Snapshot> snapshot = writer.snapshot();
  const bool is_slow =
      snapshot->generation() && model::IsPublishedKind(snapshot->generation()->embedder_kind);
  const uint64_t most = is_slow ? kMostForTransformer : options.batch;
  if (!options.enabled || snapshot->pending_vectors() > most) return 0;
  if (!ingest::CheckEmbedder(*snapshot, options).ok()) return 0;  // the maintainer says why
  CallContext context;
  context.deadline = call.context.deadline;
  context.cancel = environment.stopping;
  const Result<ingest::EmbeddingReport> report = ingest::EmbedPending(
      *snapshot, [&](const ingest::WriterStep& step) { return step(writer); }, services.embedders,
      options, context, nullptr);
  if (report.ok()) return report->embedded;
  LogWarning("request " + call.request.id + ": vectors of collection " +
             snapshot->collection().name + " stay behind: " + report.status().ToString());
  return 0;
}

// 201 where a document is new, else 200.
Result<Response> Write(const HandlerEnvironment& environment, const Call& call,
                       DocumentUpload upload) {
  const Services& services = environment.services;
  std::set<DocumentId> ids;
  for (const Document& document : upload.documents) ids.insert(document.id);
  if (upload.is_of_conversation) {
    QUARRY_RETURN_IF_ERROR(MakeCollection(environment, call, upload.collection));
  }
  QUARRY_ASSIGN_OR_RETURN(index::IndexWriter writer,
                          OpenWriter(environment, upload.collection, call));
  const std::shared_ptr<const index::Snapshot> before = writer.snapshot();
  ingest::Pipeline pipeline(writer, services.analyzer, services.ingest_pool, services.embedders,
                            services.ingest);
  ingest::IngestReport report;
  QUARRY_RETURN_IF_ERROR(pipeline.Add(std::move(upload.documents), report, call.context));
  if (!upload.file.empty()) {
    QUARRY_RETURN_IF_ERROR(RemoveStaleRecords(upload, ids, writer, report));
  }

  report.embedding.embedded = EmbedNow(environment, call, writer);
  services.maintainer.Notice(writer.snapshot()->collection().id);
  return Response{.status = report.documents_added > 0 ? 201 : 200,
                  .body = UploadJson(upload, ids, report, *before, *writer.snapshot())};
}

// JSON is a record, anything else a file; with ?raw=true JSON is a file as well. Into `conversation`, where it is
// not "", whatever collection the request names.
Result<DocumentUpload> ReadDocumentUpload(const HandlerEnvironment& environment,
                                          const Request& request, const std::string& id,
                                          const std::string& conversation) {
  const std::string media_type = MediaTypeOf(request.headers);
  DocumentUpload upload{.collection = environment.options.default_collection};
  ingest::SourceInfo source{.id = id, .path = id, .uri = ""};
  std::string title;
  bool raw = media_type != "application/json";
  QueryParameters parameters(request.query);
  parameters.String("collection", upload.collection);
  parameters.Bool("raw", raw);
  if (raw) {
    parameters.String("uri", source.uri);
    parameters.String("title", title);
  }
  QUARRY_RETURN_IF_ERROR(parameters.Finish());
  upload.is_of_conversation = !conversation.empty();
  if (upload.is_of_conversation) upload.collection = conversation;

  if (!raw) {
    QUARRY_ASSIGN_OR_RETURN(const JsonValue body, ParseJson(request.body));
    Result<std::vector<Document>> documents = ParseRecordOf(body, id);
    if (!documents.ok() && body.Find("text") == nullptr) {
      const std::string hint = " (to index a JSON file as it is, add ?raw=true)";
      return InvalidArgumentError(documents.status().message() + hint);
    }
    QUARRY_RETURN_IF_ERROR(documents.status());
    upload.documents = *std::move(documents);
    return upload;
  }
  source.format = FormatOfMediaType(media_type);
  QUARRY_ASSIGN_OR_RETURN(ingest::ParsedSource parsed,
                          ParseFile(request.body, source, environment.services.ingest.crashed));
  upload.documents = std::move(parsed.documents);
  upload.errors = std::move(parsed.errors);
  // A part that could not be read may be one that was there before: it stays.
  if (upload.errors.empty()) upload.file = id;
  for (Document& document : upload.documents) {
    if (!title.empty()) document.title = title;
  }
  return upload;
}

}  // namespace

Result<Response> GetDocuments(const HandlerEnvironment& environment, const Call& call) {
  std::string collection = environment.options.default_collection;
  uint32_t limit = kDefaultDocuments;
  uint32_t offset = 0;
  QueryParameters parameters(call.request.query);
  parameters.String("collection", collection);
  parameters.Uint("limit", limit, 1, kMaxDocuments);
  parameters.Uint("offset", offset, 0, UINT32_MAX);
  QUARRY_RETURN_IF_ERROR(parameters.Finish());
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          SnapshotOf(environment, call.request.caller, collection));

  const Caller& caller = call.request.caller;
  JsonWriter json;
  json.BeginObject().Key("collection").String(collection);
  json.Key("limit").Uint(limit).Key("offset").Uint(offset).Key("documents").BeginArray();
  uint64_t position = 0;  // among those that the caller may read
  const uint64_t end = uint64_t{offset} + limit;
  Status status;
  QUARRY_RETURN_IF_ERROR(snapshot->ForEachDocument([&](const index::StoredDocument& document) {
    status = call.context.Check();
    if (!caller.MayRead(document.access)) return status.ok();
    if (position >= offset && position < end) {
      json.BeginObject();
      AddDocumentFields(document, json);
      json.EndObject();
    }
    ++position;
    // To know how many there are for a bound caller, all are looked at.
    return status.ok() && (position < end || caller.principals.has_value());
  }));
  QUARRY_RETURN_IF_ERROR(status);
  json.EndArray().Key("total");
  json.Uint(caller.principals ? position : snapshot->live_documents());
  return Response{.body = json.EndObject().Take()};
}

Result<Response> PutDocuments(const HandlerEnvironment& environment, const Call& call) {
  DocumentUpload upload{.collection = environment.options.default_collection};
  QueryParameters parameters(call.request.query);
  parameters.String("collection", upload.collection);
  QUARRY_RETURN_IF_ERROR(parameters.Finish());
  QUARRY_ASSIGN_OR_RETURN(const JsonValue body, ParseJson(call.request.body));
  QUARRY_ASSIGN_OR_RETURN(upload.documents, ParseRecords(body));
  return Write(environment, call, std::move(upload));
}

Result<Response> GetDocument(const HandlerEnvironment& environment, const Call& call) {
  std::string collection = environment.options.default_collection;
  bool with_text = false;
  bool with_chunks = false;
  QueryParameters parameters(call.request.query);
  parameters.String("collection", collection);
  parameters.Bool("text", with_text);
  parameters.Bool("chunks", with_chunks);
  QUARRY_RETURN_IF_ERROR(parameters.Finish());
  QUARRY_ASSIGN_OR_RETURN(
      const FoundDocument found,
      FindDocument(environment, call.request.caller, collection, call.request.params.at("id")));
  const index::StoredDocument& document = found.document;
  JsonWriter json;
  json.BeginObject();
  AddDocumentFields(document, json);
  if (with_chunks) {
    json.Key("chunk_list").BeginArray();
    for (const ChunkId id : document.chunks) {
      QUARRY_RETURN_IF_ERROR(call.context.Check());
      QUARRY_ASSIGN_OR_RETURN(const index::StoredChunk chunk, found.snapshot->ReadChunk(id));
      WriteChunk(chunk, json);
    }
    json.EndArray();
  }
  if (with_text) {
    QUARRY_ASSIGN_OR_RETURN(const std::string text, found.snapshot->ReadText(document.number));
    json.Key("text").String(text);
  }
  return Response{.body = json.EndObject().Take()};
}

Result<Response> PutDocument(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_ASSIGN_OR_RETURN(
      DocumentUpload upload,
      ReadDocumentUpload(environment, call.request, call.request.params.at("id"), ""));
  return Write(environment, call, std::move(upload));
}

// Into the conversation's own collection, which is made with the first file that is not refused.
Result<Response> PutConversationFile(const HandlerEnvironment& environment, const Call& call) {
  const std::string& id = call.request.params.at("id");
  QUARRY_RETURN_IF_ERROR(environment.conversations->Get(call.request.caller, id).status());
  QUARRY_ASSIGN_OR_RETURN(
      DocumentUpload upload,
      ReadDocumentUpload(environment, call.request, call.request.params.at("name"), id));
  return Write(environment, call, std::move(upload));
}

Result<Response> DeleteDocument(const HandlerEnvironment& environment, const Call& call) {
  const std::string& id = call.request.params.at("id");
  std::string collection = environment.options.default_collection;
  QueryParameters parameters(call.request.query);
  parameters.String("collection", collection);
  QUARRY_RETURN_IF_ERROR(parameters.Finish());
  QUARRY_ASSIGN_OR_RETURN(index::IndexWriter writer, OpenWriter(environment, collection, call));
  std::vector<DocumentId> gone = {id};
  const Status found = writer.snapshot()->ReadDocument(id).status();
  if (found.code() == Code::kNotFound) {
    QUARRY_ASSIGN_OR_RETURN(gone, writer.snapshot()->RecordsOf(id));
  }
  if (!found.ok() && gone.empty()) return found;
  QUARRY_RETURN_IF_ERROR(writer.Delete(gone).status());
  JsonWriter json;
  json.BeginObject().Key("collection").String(collection).Key("deleted").BeginArray();
  for (const DocumentId& one : gone) json.String(one);
  json.EndArray().Key("commit").Uint(writer.snapshot()->commit().value);
  return Response{.body = json.EndObject().Take()};
}

}  // namespace quarry::server
