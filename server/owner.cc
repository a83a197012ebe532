#include "server/owner.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace quarry::server {
namespace {

using index::ObjectKind;

// Kept answers are bounded in all (AnswerLog).
constexpr ObjectKind kCountedKinds[] = {ObjectKind::kConversation, ObjectKind::kResponse,
                                        ObjectKind::kFeedback, ObjectKind::kFile,
                                        ObjectKind::kTask};

Status Exhausted(const char* what, uint64_t most) {
  return ResourceExhaustedError("this key may store " + std::to_string(most) + ' ' + what +
                                " of conversations, responses, feedback, files and uploads, and " +
                                "has no room for this; delete some first");
}

}  // namespace

void WriteOwner(const Owner& owner, JsonWriter& json) {
  if (owner.key.empty()) return;
  json.Key("owner").BeginObject().Key("key").String(owner.key);
  json.Key("bytes").Uint(owner.bytes).EndObject();
}

void ReadOwner(ObjectReader& reader, Owner& owner) {
  reader.Optional("owner").Value([&](const JsonValue& value, const std::string& place) {
    ObjectReader fields(value, place);
    fields.Required("key").String(owner.key);
    fields.Required("bytes").Uint64(owner.bytes);
    return fields.Finish();
  });
}

Owner OwnerOf(std::string_view value) {
  Owner owner;
  const Result<JsonValue> json = ParseJson(value);
  if (!json.ok() || json->AsObject() == nullptr) return owner;
  ObjectReader reader(*json, "");
  ReadOwner(reader, owner);
  return reader.FinishIgnoringUnknown().ok() ? owner : Owner();
}

OwnerQuota::Room::Room(Room&& other) noexcept
    : quota_(std::exchange(other.quota_, nullptr)),
      owner_(std::move(other.owner_)),
      objects_(other.objects_) {}

OwnerQuota::Room::~Room() {
  if (quota_ != nullptr) quota_->Return(owner_, objects_);
}

Status OwnerQuota::Load(const index::ObjectTable& objects) {
  const std::lock_guard lock(mutex_);
  std::vector<Status> damaged;  // whose they are nobody knows
  for (const ObjectKind kind : kCountedKinds) {
    const auto count = [&](const index::Object& object) {
      const Owner owner = OwnerOf(object.value);
      if (owner.key.empty()) return true;
      Held& held = held_[owner.key];
      ++held.objects;
      held.bytes += owner.bytes;
      return true;
    };
    QUARRY_RETURN_IF_ERROR(objects.ForEach(kind, count, &damaged));
  }
  return OkStatus();
}

Result<OwnerQuota::Room> OwnerQuota::Reserve(const Caller& caller, const Owner& owner,
                                             uint64_t objects) {
  if (owner.key.empty()) return Room(*this, owner, objects);
  const std::lock_guard lock(mutex_);
  Held& held = held_[owner.key];
  const bool adds = objects != 0 || owner.bytes != 0;  // what grows by nothing is never refused
  if (!caller.is_admin && adds) {
    if (limits_.objects != 0 && held.objects + objects > limits_.objects) {
      return Exhausted("objects", limits_.objects);
    }
    if (limits_.bytes != 0 && held.bytes + owner.bytes > limits_.bytes) {
      return Exhausted("bytes", limits_.bytes);
    }
  }
  held.objects += objects;
  held.bytes += owner.bytes;
  return Room(*this, owner, objects);
}

Status OwnerQuota::Replace(const Caller& caller, const Owner& before, const Owner& after,
                           const std::function<Status()>& write) {
  const bool is_same = before.key == after.key;
  const uint64_t shared = is_same ? std::min(before.bytes, after.bytes) : 0;
  const uint64_t objects = is_same ? 0 : 1;
  QUARRY_ASSIGN_OR_RETURN(
      Room room, Reserve(caller, {.key = after.key, .bytes = after.bytes - shared}, objects));
  QUARRY_RETURN_IF_ERROR(write());
  room.Keep();
  Return({.key = before.key, .bytes = before.bytes - shared}, objects);
  return OkStatus();
}

Result<bool> OwnerQuota::Delete(index::ObjectTable& objects, const index::ObjectName& name) {
  const std::lock_guard lock(deleting_);
  QUARRY_ASSIGN_OR_RETURN(const std::optional<index::Object> object, objects.Get(name));
  if (!object) return false;
  QUARRY_RETURN_IF_ERROR(objects.Delete(name));
  Return(OwnerOf(object->value), 1);
  return true;
}

void OwnerQuota::Return(const Owner& owner, uint64_t objects) {
  if (owner.key.empty()) return;
  const std::lock_guard lock(mutex_);
  const auto found = held_.find(owner.key);
  if (found == held_.end()) return;
  Held& held = found->second;
  held.objects -= std::min(held.objects, objects);
  held.bytes -= std::min(held.bytes, owner.bytes);
  if (held.objects == 0) held_.erase(found);
}

}  // namespace quarry::server
