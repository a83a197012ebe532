#include "server/store_file_indexer.h"

#include <algorithm>
#include <exception>
#include <new>

#include "base/hash.h"
#include "base/log.h"
#include "ingest/crash_note.h"

namespace quarry::server {
namespace {

constexpr std::chrono::seconds kRetryPause{5};

// What logs call it.
std::string NamedAttachment(const std::string& store, const std::string& file) {
  return "file " + file + " of vector store " + store;
}

// The documents of a collection that are of a file.
Result<std::vector<DocumentId>> DocumentsOf(const index::Snapshot& snapshot,
                                            const std::string& file) {
  QUARRY_ASSIGN_OR_RETURN(std::vector<DocumentId> ids, snapshot.RecordsOf(file));
  ids.push_back(file);  // where it is one document
  return ids;
}

}  // namespace

StoreFileIndexer::StoreFileIndexer(const Services& services)
    : services_(services), troubles_(kRetryPause), thread_([this] { Run(); }) {}

StoreFileIndexer::~StoreFileIndexer() {
  context_.cancel.Cancel();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void StoreFileIndexer::Notice(std::string store, std::string file) {
  {
    const std::lock_guard lock(mutex_);
    if (!waiting_.emplace(store, file).second) return;
    std::deque<std::string>& queue = queues_[store];
    if (queue.empty()) turns_.push_back(std::move(store));
    queue.push_back(std::move(file));
  }
  changed_.notify_all();
}

std::optional<StoreFileIndexer::Attachment> StoreFileIndexer::Next() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (!later_.empty() && later_.begin()->first <= std::chrono::steady_clock::now()) {
      return later_.extract(later_.begin()).mapped();
    }
    if (!turns_.empty()) {
      std::string store = std::move(turns_.front());
      turns_.pop_front();
      const auto queue = queues_.find(store);
      Attachment attachment{store, std::move(queue->second.front())};
      queue->second.pop_front();
      if (queue->second.empty()) {
        queues_.erase(queue);
      } else {
        turns_.push_back(std::move(store));
      }
      waiting_.erase(attachment);
      return attachment;
    }
    if (later_.empty()) {
      changed_.wait(lock);
    } else {
      const Time next = later_.begin()->first;
      changed_.wait_until(lock, next);
    }
  }
  return std::nullopt;
}

void StoreFileIndexer::Run() {
  while (const std::optional<Attachment> attachment = Next()) IndexNoticed(*attachment);
}

void StoreFileIndexer::IndexNoticed(const Attachment& attachment) {
  Status status;
  try {
    status = Index(attachment.first, attachment.second, context_);
  } catch (const std::bad_alloc&) {
    status = UnavailableError("memory lacks");
  } catch (const std::exception& error) {
    status = InternalError(error.what());
  }
  if (status.code() == Code::kCancelled) return;
  const std::string what = NamedAttachment(attachment.first, attachment.second);
  if (status.ok()) return troubles_.End(what);
  const bool is_lasting = status.code() == Code::kInvalidArgument ||
                          status.code() == Code::kDataLoss || status.code() == Code::kInternal;
  const Result<AttachedFile> file =
      GetAttached(services_.index.objects(), attachment.first, attachment.second);
  if (is_lasting || (file.ok() && file->attempts >= kMostAttempts)) {
    const std::string why = status.message();
    status = Fail(attachment, why);
    // A damaged record is not mended by waiting.
    const bool is_over = status.ok() || status.code() == Code::kDataLoss;
    if (is_over) LogWarning(what + ": " + why);
    if (is_over || status.code() == Code::kNotFound) return troubles_.End(what);
  }
  const std::chrono::milliseconds pause = troubles_.Add(what, status);
  const std::lock_guard lock(mutex_);
  later_.emplace(std::chrono::steady_clock::now() + pause, attachment);
}

std::string StoreFileIndexer::TroubleOf(const std::string& store, const std::string& file) const {
  return troubles_.Of(NamedAttachment(store, file));
}

Result<uint32_t> StoreFileIndexer::CountAttempt(const Attachment& attachment, int by) {
  const auto& [store, file] = attachment;
  uint32_t attempts = 0;
  const auto count = [&](std::string value) -> Result<std::string> {
    QUARRY_ASSIGN_OR_RETURN(AttachedFile current,
                            DecodeAttached({.id = file, .scope = store, .value = value}));
    if (by < 0 && current.attempts == 0) return value;  // attached again meanwhile
    current.attempts = by > 0 ? current.attempts + 1 : current.attempts - 1;
    attempts = current.attempts;
    return Encode(current);
  };
  QUARRY_RETURN_IF_ERROR(services_.index.objects().Update(AttachedName(store, file), count));
  return attempts;
}

Status StoreFileIndexer::Fail(const Attachment& attachment, const std::string& message) {
  const auto& [store, file] = attachment;
  const auto fail = [&](std::string value) -> Result<std::string> {
    QUARRY_ASSIGN_OR_RETURN(AttachedFile current,
                            DecodeAttached({.id = file, .scope = store, .value = value}));
    if (current.status != FileStatus::kInProgress) return value;
    current.status = FileStatus::kFailed;
    current.error_code = "server_error";
    current.error_message = message;
    return Encode(current);
  };
  return services_.index.objects().Update(AttachedName(store, file), fail);
}

Status StoreFileIndexer::NoticeAll() {
  std::vector<std::pair<std::string, std::string>> found;
  // Of those that are damaged: the others are indexed, and the server starts.
  std::vector<Status> damaged;
  QUARRY_RETURN_IF_ERROR(services_.index.objects().ForEach(
      index::ObjectKind::kVectorStoreFile,
      [&](const index::Object& object) {
        const Result<AttachedFile> file = DecodeAttached(object);
        if (!file.ok()) {
          LogWarning(NamedAttachment(object.scope, object.id) + ": " + file.status().ToString());
        } else if (file->status == FileStatus::kInProgress) {
          found.emplace_back(object.scope, object.id);
        }
        return true;
      },
      &damaged));
  for (const Status& why : damaged) LogWarning("files of vector stores: " + why.ToString());
  for (auto& [store, file] : found) Notice(std::move(store), std::move(file));
  return OkStatus();
}

Status StoreFileIndexer::Index(const std::string& store, const std::string& file,
                               const CallContext& context) {
  index::ObjectTable& objects = services_.index.objects();
  Result<AttachedFile> attached = GetAttached(objects, store, file);
  if (attached.status().code() == Code::kNotFound) return OkStatus();  // taken out meanwhile
  QUARRY_RETURN_IF_ERROR(attached.status());
  if (attached->status != FileStatus::kInProgress) return OkStatus();
  if (services_.index.FindCollection(store).status().code() == Code::kNotFound) {
    return objects.Delete(AttachedName(store, file));  // it went while the file was being attached
  }
  const Attachment attachment{store, file};
  QUARRY_ASSIGN_OR_RETURN(const uint32_t attempts, CountAttempt(attachment, 1));
  if (attempts > kMostAttempts) {
    return Fail(attachment, "it was tried " + std::to_string(kMostAttempts) +
                                " times and did not come to an end");
  }
  Status done = Attempt(attachment, context);
  const bool was_interrupted =
      done.code() == Code::kCancelled || done.code() == Code::kDeadlineExceeded;
  if (was_interrupted) QUARRY_RETURN_IF_ERROR(CountAttempt(attachment, -1).status());
  return done;
}

Status StoreFileIndexer::Attempt(const Attachment& attachment, const CallContext& context) {
  const auto& [store, file] = attachment;
  index::ObjectTable& objects = services_.index.objects();
  Result<AttachedFile> attached = GetAttached(objects, store, file);
  QUARRY_RETURN_IF_ERROR(attached.status());

  const Result<UploadedFile> uploaded = GetFile(objects, file);
  if (uploaded.status().code() == Code::kNotFound) {  // deleted while it was being attached
    attached->status = FileStatus::kFailed;
    attached->error_code = "invalid_file";
    attached->error_message = "the file was deleted";
    return Write(store, file, *std::move(attached), {}, context);
  }
  QUARRY_RETURN_IF_ERROR(uploaded.status());
  QUARRY_ASSIGN_OR_RETURN(const std::string bytes, ReadFileBytes(objects, file));
  QUARRY_RETURN_IF_ERROR(context.Check());
  Result<ingest::ParsedSource> parsed = ingest::ParseWatched(
      bytes, Hash64(bytes), {.id = file, .path = uploaded->filename, .uri = ""},
      services_.ingest.crashed);
  // Memory that lacks, say: no fault of the file.
  if (parsed.status().code() == Code::kUnavailable) {
    return parsed.status().Annotate(uploaded->filename);
  }
  if (!parsed.ok()) {
    attached->status = FileStatus::kFailed;
    attached->error_code =
        ingest::HoldsNoText(bytes, uploaded->filename) ? "unsupported_file" : "invalid_file";
    attached->error_message = uploaded->filename + ": " + parsed.status().message();
    return Write(store, file, *std::move(attached), {}, context);
  }
  for (Document& document : parsed->documents) {
    for (const auto& [name, value] : attached->attributes) document.metadata[name] = value;
    attached->usage_bytes += document.text.size();
  }
  attached->status = FileStatus::kCompleted;
  return Write(store, file, *std::move(attached), std::move(parsed->documents), context);
}

// The writer is held by whoever changes what is attached or its documents, so that both agree.
Status StoreFileIndexer::Write(const std::string& store, const std::string& file,
                               AttachedFile attached, std::vector<Document> documents,
                               const CallContext& context) {
  index::ObjectTable& objects = services_.index.objects();
  QUARRY_ASSIGN_OR_RETURN(const CollectionId collection, services_.index.FindCollection(store));
  QUARRY_ASSIGN_OR_RETURN(index::IndexWriter writer,
                          services_.index.OpenWriter(collection, context));
  Result<AttachedFile> now = GetAttached(objects, store, file);
  if (now.status().code() == Code::kNotFound) return OkStatus();
  QUARRY_RETURN_IF_ERROR(now.status());
  if (now->status != FileStatus::kInProgress) return OkStatus();  // cancelled
  // Changed since it was read: that was noticed, too, and does it as it is now.
  if (now->attributes != attached.attributes || now->chunks != attached.chunks) return OkStatus();

  QUARRY_ASSIGN_OR_RETURN(std::vector<DocumentId> gone, DocumentsOf(*writer.snapshot(), file));
  std::set<DocumentId> ids;
  for (const Document& document : documents) ids.insert(document.id);
  std::erase_if(gone, [&](const DocumentId& id) { return ids.contains(id); });
  ingest::IngestOptions options = services_.ingest;
  options.chunks = attached.chunks.ApplyTo(options.chunks);
  ingest::Pipeline pipeline(writer, services_.analyzer, services_.ingest_pool, services_.embedders,
                            options);
  ingest::IngestReport report;
  QUARRY_RETURN_IF_ERROR(pipeline.Add(std::move(documents), report, context));
  QUARRY_RETURN_IF_ERROR(writer.Delete(gone).status());
  // Attributes may have been given since: then it stays in progress, and was noticed again.
  const auto finish = [&](std::string value) -> Result<std::string> {
    QUARRY_ASSIGN_OR_RETURN(AttachedFile current,
                            DecodeAttached({.id = file, .scope = store, .value = value}));
    const bool is_same =
        current.attributes == attached.attributes && current.chunks == attached.chunks;
    if (!is_same || current.status != FileStatus::kInProgress) return value;
    current.status = attached.status;
    current.error_code = attached.error_code;
    current.error_message = attached.error_message;
    current.usage_bytes = attached.usage_bytes;
    return Encode(current);
  };
  QUARRY_RETURN_IF_ERROR(objects.Update(AttachedName(store, file), finish));
  services_.maintainer.Notice(collection);
  return OkStatus();
}

Status StoreFileIndexer::Detach(const std::string& store, const std::string& file,
                                const CallContext& context) {
  index::ObjectTable& objects = services_.index.objects();
  QUARRY_ASSIGN_OR_RETURN(const CollectionId collection, services_.index.FindCollection(store));
  QUARRY_ASSIGN_OR_RETURN(index::IndexWriter writer,
                          services_.index.OpenWriter(collection, context));
  QUARRY_RETURN_IF_ERROR(GetAttached(objects, store, file).status());
  QUARRY_ASSIGN_OR_RETURN(const std::vector<DocumentId> ids, DocumentsOf(*writer.snapshot(), file));
  QUARRY_RETURN_IF_ERROR(writer.Delete(ids).status());
  return objects.Delete(AttachedName(store, file));
}

}  // namespace quarry::server
