#include "server/answer_log.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace quarry::server {
namespace {

using index::ObjectKind;

// Answers that wait for the disk; more are not kept.
constexpr size_t kMostWaiting = 1024;
// The oldest go by so many at a time.
constexpr uint32_t kTrimmed = 100;

Result<std::optional<std::string>> LoggedValue(const index::ObjectTable& objects,
                                               const std::string& id) {
  if (id.empty() || id.size() > index::kMaxObjectIdBytes) return std::optional<std::string>();
  QUARRY_ASSIGN_OR_RETURN(std::optional<index::Object> object,
                          objects.Get({.kind = ObjectKind::kAnswer, .id = id}));
  if (!object) return std::optional<std::string>();
  return std::optional(std::move(object->value));
}

Result<StoredAnswer> ReadLogged(const std::string& id, const std::optional<std::string>& value) {
  if (value) return ParseStoredAnswer("answer " + id, *value);
  return NoAnswer(id);
}

}  // namespace

Status NoAnswer(const std::string& id) {
  return NotFoundError("there is no answer " + id + ", or it is not kept any more");
}

AnswerLog::AnswerLog(index::ObjectTable& objects, uint64_t kept) : objects_(objects), kept_(kept) {
  if (kept_ > 0) writer_ = std::thread([this] { Run(); });
}

AnswerLog::~AnswerLog() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (writer_.joinable()) writer_.join();
}

std::string AnswerLog::Keep(std::string value) {
  if (kept_ == 0 || value.size() > index::kMaxObjectBytes) return "";
  std::string id = index::NewObjectId("ans_");
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= kMostWaiting) return "";
    waiting_.emplace(id, std::move(value));
  }
  changed_.notify_all();
  return id;
}

Result<std::optional<std::string>> AnswerLog::Get(const std::string& id) const {
  {
    const std::lock_guard lock(mutex_);
    for (const auto* group : {&waiting_, &writing_}) {
      const auto found = group->find(id);
      if (found != group->end()) return std::optional(found->second);
    }
  }
  return LoggedValue(objects_, id);
}

Result<StoredAnswer> AnswerLog::Find(const std::string& id) const {
  QUARRY_ASSIGN_OR_RETURN(const std::optional<std::string> value, Get(id));
  return ReadLogged(id, value);
}

Result<StoredAnswer> FindLoggedAnswer(const index::ObjectTable& objects, const std::string& id) {
  QUARRY_ASSIGN_OR_RETURN(const std::optional<std::string> value, LoggedValue(objects, id));
  return ReadLogged(id, value);
}

void AnswerLog::Flush() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return waiting_.empty() && writing_.empty(); });
}

void AnswerLog::Run() {
  Code last = Code::kOk;  // of writing: a full disk is said once, not with every answer
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    writing_.swap(waiting_);
    lock.unlock();
    // Nobody but this thread changes writing_ now.
    const Status written = WriteGroup(writing_);
    if (!written.ok() && written.code() != last) {
      LogWarning("answers are not kept: " + written.ToString());
    }
    if (written.ok() && last != Code::kOk) LogInfo("answers are kept again");
    last = written.code();
    lock.lock();
    writing_.clear();
    changed_.notify_all();
  }
}

Result<uint64_t> AnswerLog::Count() const {
  uint64_t count = 0;
  std::vector<Status> damaged;  // no list shows them, and none is trimmed
  QUARRY_RETURN_IF_ERROR(objects_.ForEach(
      ObjectKind::kAnswer,
      [&](const index::Object&) {
        ++count;
        return true;
      },
      &damaged));
  return count;
}

Status AnswerLog::WriteGroup(const std::map<std::string, std::string>& group) {
  if (!stored_) {
    QUARRY_ASSIGN_OR_RETURN(stored_, Count());
  }
  index::ObjectBatch batch;
  for (const auto& [id, value] : group) batch.Put({.kind = ObjectKind::kAnswer, .id = id}, value);
  QUARRY_RETURN_IF_ERROR(objects_.Write(batch));
  *stored_ += group.size();
  while (*stored_ > kept_) {
    const uint64_t over = *stored_ - kept_;
    QUARRY_ASSIGN_OR_RETURN(
        const index::ObjectPage page,
        objects_.List(ObjectKind::kAnswer, "",
                      {.limit = static_cast<uint32_t>(std::min<uint64_t>(over, kTrimmed))}));
    if (page.objects.empty()) break;
    index::ObjectBatch gone;
    for (const index::Object& object : page.objects) {
      gone.Delete({.kind = ObjectKind::kAnswer, .id = object.id});
    }
    QUARRY_RETURN_IF_ERROR(objects_.Write(gone));
    *stored_ -= page.objects.size();
  }
  return OkStatus();
}

}  // namespace quarry::server
