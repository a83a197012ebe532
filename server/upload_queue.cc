#include "server/upload_queue.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <new>
#include <utility>

#include "base/log.h"
#include "server/errors.h"

namespace quarry::server {
namespace {

using index::ObjectKind;

constexpr uint64_t kUploadVersion = 1;
constexpr std::string_view kPrefix = "up_";  // tells uploads from other tasks
constexpr int64_t kKeptMicros = int64_t{24} * 3600 * 1'000'000;
constexpr std::chrono::hours kSweepInterval{1};

// What logs call it.
std::string NamedUpload(const std::string& id) { return "upload " + id; }

index::ObjectName UploadName(const std::string& id) {
  return {.kind = ObjectKind::kTask, .id = id};
}

std::string ValueOf(const UploadRecord& record) {
  JsonWriter json;
  json.BeginObject().Key("version").Uint(kUploadVersion);
  WriteOwner(record.owner, json);
  json.Key("time_us").Int(record.time_micros);
  json.Key("document").String(record.target.document);
  json.Key("collection").String(record.target.collection);
  json.Key("media_type").String(record.target.media_type);
  json.Key("bytes").Uint(record.target.bytes).Key("parts").BeginArray();
  for (const uint32_t part : record.parts) json.Uint(part);
  json.EndArray().Key("state").String(record.state).Key("attempts").Uint(record.attempts);
  json.Key("error").String(record.error);
  json.Key("result");
  record.result.empty() ? json.Null() : json.Raw(record.result);
  return json.EndObject().Take();
}

Status ReadParts(const JsonValue& list, const std::string& place, std::vector<uint32_t>& parts) {
  if (list.AsArray() == nullptr) return InvalidArgumentError(place + ": expected a list");
  for (const JsonValue& value : *list.AsArray()) {
    uint64_t part = 0;
    if (!value.AsUint(part)) return InvalidArgumentError(place + ": expected numbers");
    parts.push_back(static_cast<uint32_t>(part));
  }
  return OkStatus();
}

Status ReadValue(std::string_view value, UploadRecord& record) {
  QUARRY_ASSIGN_OR_RETURN(const JsonValue json, ParseJson(value));
  uint64_t version = 0;
  uint64_t time_micros = 0;
  ObjectReader reader(json, "");
  reader.Required("version").Uint64(version);
  ReadOwner(reader, record.owner);
  reader.Required("time_us").Uint64(time_micros);
  reader.Required("document").String(record.target.document);
  reader.Required("collection").String(record.target.collection);
  reader.Required("media_type").String(record.target.media_type);
  reader.Required("bytes").Uint64(record.target.bytes);
  reader.Required("parts").Value([&](const JsonValue& list, const std::string& place) {
    return ReadParts(list, place, record.parts);
  });
  reader.Required("state").String(record.state);
  reader.Optional("attempts").Uint(record.attempts, 0, UINT32_MAX);
  reader.Required("error").String(record.error);
  reader.Optional("result").Value([&](const JsonValue& result, const std::string&) {
    record.result = ToJson(result);
    return OkStatus();
  });
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  if (version != kUploadVersion) {
    return InvalidArgumentError("version: expected " + std::to_string(kUploadVersion) + ", not " +
                                std::to_string(version));
  }
  record.time_micros = static_cast<int64_t>(time_micros);
  return OkStatus();
}

Result<UploadRecord> RecordOf(const index::Object& object) {
  UploadRecord record{.id = object.id};
  const Status read = ReadValue(object.value, record);
  if (!read.ok()) return DataLossError("upload " + object.id + ": " + read.message());
  return record;
}

// The message of an error response.
std::string MessageOf(const Response& response) {
  const Result<JsonValue> json = ParseJson(response.body);
  const JsonValue* error = json.ok() ? json->Find("error") : nullptr;
  const JsonValue* message = error != nullptr ? error->Find("message") : nullptr;
  if (message != nullptr && message->AsString() != nullptr) return *message->AsString();
  return "status " + std::to_string(response.status);
}

// What would be answered otherwise later, as an error: the disk is full, a model cannot be reached. Else ok.
Status PassingTrouble(const Response& response) {
  for (const Code code : {Code::kResourceExhausted, Code::kUnavailable, Code::kDeadlineExceeded}) {
    if (response.status == InfoOf(code).http_status) return Status(code, MessageOf(response));
  }
  return OkStatus();
}

}  // namespace

UploadQueue::~UploadQueue() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Status UploadQueue::Start() {
  // Of those that are damaged: the others are indexed, and the server starts.
  std::vector<Status> damaged;
  const auto find_waiting = [&](const index::Object& object) {
    if (!object.id.starts_with(kPrefix)) return true;
    const Result<UploadRecord> record = RecordOf(object);
    if (!record.ok()) damaged.push_back(record.status());
    if (record.ok() && record->state == "waiting") waiting_.push_back(record->id);
    return true;
  };
  QUARRY_RETURN_IF_ERROR(objects_.ForEach(ObjectKind::kTask, find_waiting, &damaged));
  for (const Status& why : damaged) damaged_.Tell(why);
  QUARRY_RETURN_IF_ERROR(Sweep());
  thread_ = std::thread([this] { Run(); });
  return OkStatus();
}

Status UploadQueue::Sweep() {
  const std::lock_guard lock(writing_);
  const int64_t oldest = clock_.NowMicros() - kKeptMicros;
  index::ObjectBatch gone;
  std::vector<Owner> owners;
  std::vector<Status> damaged;  // whoever asks for one is told
  const auto find_old = [&](const index::Object& object) {
    if (!object.id.starts_with(kPrefix)) return true;
    const Result<UploadRecord> record = RecordOf(object);
    if (!record.ok()) return true;
    if (record->state == "waiting" || record->time_micros >= oldest) return true;
    gone.Delete(UploadName(record->id));
    owners.push_back(record->owner);
    return true;
  };
  QUARRY_RETURN_IF_ERROR(objects_.ForEach(ObjectKind::kTask, find_old, &damaged));
  QUARRY_RETURN_IF_ERROR(objects_.Write(gone));
  for (const Owner& owner : owners) quota_.Return(owner, 1);
  return OkStatus();
}

Result<UploadRecord> UploadQueue::Create(const Caller& caller, UploadTarget target) {
  const Owner owner{.key = caller.key, .bytes = target.bytes};
  QUARRY_ASSIGN_OR_RETURN(OwnerQuota::Room room, quota_.Reserve(caller, owner));
  UploadRecord record{.id = index::NewObjectId(kPrefix),
                      .owner = owner,
                      .time_micros = clock_.NowMicros(),
                      .target = std::move(target),
                      .parts = {},
                      .state = "receiving"};
  QUARRY_RETURN_IF_ERROR(objects_.Create(UploadName(record.id), ValueOf(record)));
  room.Keep();
  return record;
}

Result<UploadRecord> UploadQueue::Get(const Caller& caller, const std::string& id) const {
  const Status missing = NotFoundError("there is no upload " + id);
  std::optional<index::Object> object;
  if (id.starts_with(kPrefix) && id.size() <= index::kMaxObjectIdBytes) {
    QUARRY_ASSIGN_OR_RETURN(object, objects_.Get(UploadName(id)));
  }
  if (!object) return missing;
  QUARRY_ASSIGN_OR_RETURN(UploadRecord record, RecordOf(*object));
  if (!caller.MaySee(record.owner.key)) return missing;
  if (record.state == "waiting") record.last_error = troubles_.Of(NamedUpload(id));
  return record;
}

Result<UploadPage> UploadQueue::List(const Caller& caller,
                                     const index::ObjectListing& listing) const {
  const auto is_seen = [&](const index::Object& object) -> Result<bool> {
    if (!object.id.starts_with(kPrefix)) return false;
    if (!caller.is_admin && !caller.MaySee(OwnerOf(object.value).key)) return false;
    QUARRY_RETURN_IF_ERROR(RecordOf(object).status());
    return true;
  };
  QUARRY_ASSIGN_OR_RETURN(const index::ObjectPage page,
                          ListWhere(objects_, ObjectKind::kTask, "", listing, damaged_, is_seen));
  UploadPage result{.uploads = {}, .has_more = page.has_more};
  for (const index::Object& object : page.objects) {
    QUARRY_ASSIGN_OR_RETURN(UploadRecord record, RecordOf(object));
    if (record.state == "waiting") record.last_error = troubles_.Of(NamedUpload(record.id));
    result.uploads.push_back(std::move(record));
  }
  return result;
}

Result<UploadRecord> UploadQueue::PutPart(const Caller& caller, const std::string& id,
                                          uint32_t number, std::string bytes) {
  const std::lock_guard lock(writing_);
  QUARRY_ASSIGN_OR_RETURN(UploadRecord record, Get(caller, id));
  if (record.state != "receiving") {
    return FailedPreconditionError("upload " + id + " is complete");
  }
  const uint32_t last = record.part_count();
  if (number == 0 || number > last) {
    return InvalidArgumentError("part " + std::to_string(number) + ": expected one from 1 to " +
                                std::to_string(last));
  }
  const uint64_t size =
      number < last ? kUploadPartBytes : record.target.bytes - (last - 1) * kUploadPartBytes;
  if (bytes.size() != size) {
    return InvalidArgumentError("part " + std::to_string(number) + ": expected " +
                                std::to_string(size) + " bytes, not " +
                                std::to_string(bytes.size()));
  }
  const auto place = std::ranges::lower_bound(record.parts, number);
  if (place == record.parts.end() || *place != number) record.parts.insert(place, number);
  record.time_micros = clock_.NowMicros();
  index::ObjectBatch batch;
  batch.Put(UploadName(id), ValueOf(record));
  batch.PutPart(UploadName(id), number, std::move(bytes));
  QUARRY_RETURN_IF_ERROR(objects_.Write(batch));
  return record;
}

Result<UploadRecord> UploadQueue::Complete(const Caller& caller, const std::string& id) {
  const std::lock_guard lock(writing_);
  QUARRY_ASSIGN_OR_RETURN(UploadRecord record, Get(caller, id));
  if (record.state != "receiving") return record;  // asked again
  for (uint32_t number = 1; number <= record.part_count(); ++number) {
    if (number <= record.parts.size() && record.parts[number - 1] == number) continue;
    return FailedPreconditionError("upload " + id + ": part " + std::to_string(number) +
                                   " is missing");
  }
  record.state = "waiting";
  QUARRY_RETURN_IF_ERROR(objects_.Put(UploadName(id), ValueOf(record)));
  {
    const std::lock_guard queue(mutex_);
    waiting_.push_back(id);
    ++changes_;
  }
  changed_.notify_all();
  return record;
}

Status UploadQueue::Delete(const Caller& caller, const std::string& id) {
  const std::lock_guard lock(writing_);
  QUARRY_ASSIGN_OR_RETURN(const UploadRecord record, Get(caller, id));
  QUARRY_RETURN_IF_ERROR(objects_.Delete(UploadName(id)));
  quota_.Return(record.owner, 1);
  {
    const std::lock_guard queue(mutex_);
    if (attempted_ == id) attempted_.clear();
    ++changes_;
  }
  changed_.notify_all();
  return OkStatus();
}

void UploadQueue::Run() {
  auto next_sweep = std::chrono::steady_clock::now() + kSweepInterval;
  for (;;) {
    std::string id;
    {
      std::unique_lock lock(mutex_);
      changed_.wait_until(lock, next_sweep, [&] { return stopping_ || !waiting_.empty(); });
      if (stopping_) return;
      if (!waiting_.empty()) {
        id = std::move(waiting_.front());
        waiting_.pop_front();
        attempted_ = id;
        seen_changes_ = changes_;
      }
    }
    if (std::chrono::steady_clock::now() >= next_sweep) {
      next_sweep = std::chrono::steady_clock::now() + kSweepInterval;
      const Status swept = Sweep();
      if (!swept.ok()) LogWarning("uploads of yesterday stay: " + swept.ToString());
    }
    if (id.empty()) continue;
    const Status processed = Process(id);
    if (!processed.ok() && processed.code() != Code::kNotFound) {
      LogWarning("upload " + id + " waits for the next start: " + processed.ToString());
    }
  }
}

Result<std::string> UploadQueue::Assemble(const UploadRecord& record) const {
  std::string bytes;
  bytes.reserve(record.target.bytes);
  QUARRY_RETURN_IF_ERROR(
      objects_.ForEachPart(UploadName(record.id), 1, [&](uint32_t, std::string_view part) {
        bytes += part;
        return true;
      }));
  if (bytes.size() == record.target.bytes) return bytes;
  return DataLossError("upload " + record.id + ": expected " + std::to_string(record.target.bytes) +
                       " bytes, not " + std::to_string(bytes.size()));
}

Result<Response> UploadQueue::IndexParts(const UploadRecord& record) const {
  try {
    QUARRY_ASSIGN_OR_RETURN(std::string bytes, Assemble(record));
    return index_(record.target, std::move(bytes));
  } catch (const std::bad_alloc&) {  // the file is in memory as a whole; later there may be more
    return ErrorResponse(Surface::kNative,
                         UnavailableError("a file of " + std::to_string(record.target.bytes) +
                                          " bytes: memory lacks"));
  } catch (const std::exception& error) {
    return ErrorResponse(Surface::kNative,
                         InternalError("a file of " + std::to_string(record.target.bytes) +
                                       " bytes: " + error.what()));
  }
}

Result<UploadRecord> UploadQueue::BeginAttempt(const std::string& id) {
  const std::lock_guard lock(writing_);
  QUARRY_ASSIGN_OR_RETURN(UploadRecord record, Get(Caller(), id));
  ++record.attempts;
  QUARRY_RETURN_IF_ERROR(objects_.Put(UploadName(id), ValueOf(record)));
  return record;
}

Status UploadQueue::End(UploadRecord record) {
  const std::lock_guard lock(writing_);
  QUARRY_RETURN_IF_ERROR(Get(Caller(), record.id).status());
  const Owner freed{.key = record.owner.key, .bytes = std::exchange(record.owner.bytes, 0)};
  index::ObjectBatch batch;
  batch.Delete(UploadName(record.id));
  batch.Put(UploadName(record.id), ValueOf(record));
  QUARRY_RETURN_IF_ERROR(objects_.Write(batch));
  quota_.Return(freed, 0);
  return OkStatus();
}

Status UploadQueue::Attempt(UploadRecord record) {
  if (record.attempts > kMostAttempts) {
    record.state = "failed";
    record.error = "it was tried " + std::to_string(kMostAttempts) +
                   " times and did not come to an end; it is not tried again";
    return End(std::move(record));
  }
  QUARRY_ASSIGN_OR_RETURN(const Response response, IndexParts(record));
  if (response.status == InfoOf(Code::kCancelled).http_status) {  // the server stops
    const std::lock_guard lock(writing_);
    QUARRY_RETURN_IF_ERROR(Get(Caller(), record.id).status());
    --record.attempts;
    QUARRY_RETURN_IF_ERROR(objects_.Put(UploadName(record.id), ValueOf(record)));
    return CancelledError("the server stops");
  }
  if (record.attempts < kMostAttempts) QUARRY_RETURN_IF_ERROR(PassingTrouble(response));
  const bool is_done = response.status < 300;
  record.state = is_done ? "done" : "failed";
  record.result = is_done ? response.body : "";
  record.error = is_done ? "" : MessageOf(response);
  return End(std::move(record));
}

Status UploadQueue::Process(const std::string& id) {
  Result<UploadRecord> begun = BeginAttempt(id);
  const bool is_counted = begun.ok();
  Status attempted = is_counted ? Attempt(*std::move(begun)) : begun.status();
  const Code code = attempted.code();
  if (code == Code::kCancelled) return OkStatus();  // it waits for the next start
  // A damaged record is not mended by waiting.
  if (attempted.ok() || code == Code::kNotFound || code == Code::kDataLoss) {
    troubles_.End(NamedUpload(id));
    return attempted;
  }
  TryAgain(id, attempted, is_counted);
  return OkStatus();
}

void UploadQueue::TryAgain(const std::string& id, const Status& why, bool is_counted) {
  const std::chrono::milliseconds pause = troubles_.Add(NamedUpload(id), why);
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, pause, [&] {
    // What was written since shows that it can be; an attempt that counts is not used up on that.
    const bool is_writable = !is_counted && changes_ != seen_changes_;
    return stopping_ || attempted_.empty() || is_writable;
  });
  waiting_.push_back(id);
}

}  // namespace quarry::server
