#include "server/conversation_store.h"

#include <utility>

namespace quarry::server {
namespace {

constexpr uint64_t kConversationVersion = 1;

index::ObjectName ConversationName(const std::string& id) {
  return {.kind = index::ObjectKind::kConversation, .id = id};
}

std::string ValueOf(const Conversation& conversation) {
  JsonWriter json;
  json.BeginObject().Key("version").Uint(kConversationVersion);
  WriteOwner(conversation.owner, json);
  json.Key("title").String(conversation.title);
  if (!conversation.instructions.empty()) {
    json.Key("instructions").String(conversation.instructions);
  }
  json.Key("created_us").Int(conversation.created_micros);
  json.Key("updated_us").Int(conversation.updated_micros);
  json.Key("turns").Uint(conversation.turns).Key("bytes").Uint(conversation.bytes);
  return json.EndObject().Take();
}

Status ReadValue(std::string_view value, Conversation& conversation) {
  QUARRY_ASSIGN_OR_RETURN(const JsonValue json, ParseJson(value));
  uint64_t version = 0;
  uint64_t created = 0;
  uint64_t updated = 0;
  uint64_t turns = 0;
  ObjectReader reader(json, "");
  reader.Required("version").Uint64(version);
  ReadOwner(reader, conversation.owner);
  reader.Required("title").String(conversation.title);
  reader.Optional("instructions").String(conversation.instructions);
  reader.Required("created_us").Uint64(created);
  reader.Required("updated_us").Uint64(updated);
  reader.Required("turns").Uint64(turns);
  reader.Required("bytes").Uint64(conversation.bytes);
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  if (version != kConversationVersion) {
    return InvalidArgumentError("version: expected " + std::to_string(kConversationVersion) +
                                ", not " + std::to_string(version));
  }
  if (turns > kMaxStoredTurns) return InvalidArgumentError("turns: more than there may be");
  conversation.created_micros = static_cast<int64_t>(created);
  conversation.updated_micros = static_cast<int64_t>(updated);
  conversation.turns = static_cast<uint32_t>(turns);
  return OkStatus();
}

Result<Conversation> ConversationOf(const index::Object& object) {
  Conversation conversation{.id = object.id};
  const Status read = ReadValue(object.value, conversation);
  if (!read.ok()) return DataLossError("conversation " + object.id + ": " + read.message());
  return conversation;
}

Status CheckTitle(const std::string& title) {
  if (title.empty()) return InvalidArgumentError("title: expected text that is not empty");
  return CheckBytes("title", title, kMaxTitleBytes);
}

Status CheckInstructions(const std::string& instructions) {
  return CheckBytes("instructions", instructions, kMaxInstructionBytes);
}

// What counts against its key.
uint64_t BytesOwned(const Conversation& conversation) {
  return conversation.bytes + conversation.title.size() + conversation.instructions.size();
}

Status RoomIn(const Conversation& conversation) {
  if (conversation.turns >= kMaxStoredTurns) {
    return FailedPreconditionError("conversation " + conversation.id + " has " +
                                   std::to_string(kMaxStoredTurns) + " turns, which is the most");
  }
  if (conversation.bytes >= kMaxConversationBytes) {
    return FailedPreconditionError("conversation " + conversation.id + " is full: it has " +
                                   std::to_string(conversation.bytes) + " bytes");
  }
  return OkStatus();
}

}  // namespace

Result<Conversation> ConversationStore::Create(const Caller& caller, std::string title,
                                               std::string instructions) {
  QUARRY_RETURN_IF_ERROR(CheckTitle(title));
  QUARRY_RETURN_IF_ERROR(CheckInstructions(instructions));
  const int64_t now = clock_.NowMicros();
  Conversation conversation{.id = index::NewObjectId(kConversationPrefix),
                            .owner = {.key = caller.key},
                            .title = std::move(title),
                            .instructions = std::move(instructions),
                            .created_micros = now,
                            .updated_micros = now};
  conversation.owner.bytes = BytesOwned(conversation);
  QUARRY_ASSIGN_OR_RETURN(OwnerQuota::Room room, quota_.Reserve(caller, conversation.owner));
  QUARRY_RETURN_IF_ERROR(objects_.Create(ConversationName(conversation.id), ValueOf(conversation)));
  room.Keep();
  return conversation;
}

Result<std::optional<index::Object>> ConversationStore::Find(const std::string& id) const {
  if (id.empty() || id.size() > index::kMaxObjectIdBytes) return std::optional<index::Object>();
  return objects_.Get(ConversationName(id));
}

Result<Conversation> ConversationStore::Get(const Caller& caller, const std::string& id) const {
  const Status missing = NotFoundError("there is no conversation " + id);
  QUARRY_ASSIGN_OR_RETURN(const std::optional<index::Object> object, Find(id));
  if (!object) return missing;
  QUARRY_ASSIGN_OR_RETURN(Conversation conversation, ConversationOf(*object));
  if (!caller.MaySee(conversation.owner.key)) return missing;
  return conversation;
}

Result<ConversationPage> ConversationStore::List(const Caller& caller,
                                                 const index::ObjectListing& listing) const {
  const auto is_own = [&](const index::Object& object) -> Result<bool> {
    QUARRY_ASSIGN_OR_RETURN(const Conversation conversation, ConversationOf(object));
    return caller.is_admin || caller.MaySee(conversation.owner.key);
  };
  QUARRY_ASSIGN_OR_RETURN(
      const index::ObjectPage page,
      ListWhere(objects_, index::ObjectKind::kConversation, "", listing, damaged_, is_own));
  ConversationPage result{.has_more = page.has_more};
  for (const index::Object& object : page.objects) {
    QUARRY_ASSIGN_OR_RETURN(Conversation conversation, ConversationOf(object));
    result.conversations.push_back(std::move(conversation));
  }
  return result;
}

Result<Conversation> ConversationStore::Change(const Caller& caller, const std::string& id,
                                               std::optional<std::string> title,
                                               std::optional<std::string> instructions) {
  if (title) QUARRY_RETURN_IF_ERROR(CheckTitle(*title));
  if (instructions) QUARRY_RETURN_IF_ERROR(CheckInstructions(*instructions));
  const std::lock_guard lock(writing_);
  QUARRY_ASSIGN_OR_RETURN(Conversation conversation, Get(caller, id));
  if (title) conversation.title = *std::move(title);
  if (instructions) conversation.instructions = *std::move(instructions);
  const Owner before = conversation.owner;
  conversation.owner.bytes = BytesOwned(conversation);
  QUARRY_RETURN_IF_ERROR(quota_.Replace(caller, before, conversation.owner, [&] {
    return objects_.Put(ConversationName(id), ValueOf(conversation));
  }));
  return conversation;
}

Status ConversationStore::Delete(const Caller& caller, const std::string& id) {
  const std::lock_guard lock(writing_);
  QUARRY_ASSIGN_OR_RETURN(const Conversation conversation, Get(caller, id));
  QUARRY_RETURN_IF_ERROR(objects_.Delete(ConversationName(id)));
  quota_.Return(conversation.owner, 1);
  return OkStatus();
}

Status ConversationStore::CheckRoom(const Caller& caller, const std::string& id) const {
  QUARRY_ASSIGN_OR_RETURN(const Conversation conversation, Get(caller, id));
  QUARRY_RETURN_IF_ERROR(RoomIn(conversation));
  return quota_.Reserve(caller, {.key = conversation.owner.key, .bytes = 1}, 0).status();
}

Status ConversationStore::Append(const Caller& caller, const std::string& id, std::string turn) {
  const std::lock_guard lock(writing_);
  QUARRY_ASSIGN_OR_RETURN(Conversation conversation, Get(caller, id));
  QUARRY_RETURN_IF_ERROR(RoomIn(conversation));
  const Owner before = conversation.owner;
  ++conversation.turns;
  conversation.bytes += turn.size();
  conversation.owner.bytes = BytesOwned(conversation);
  conversation.updated_micros = clock_.NowMicros();
  index::ObjectBatch batch;
  batch.Put(ConversationName(id), ValueOf(conversation));
  batch.PutPart(ConversationName(id), conversation.turns, std::move(turn));
  return quota_.Replace(caller, before, conversation.owner, [&] { return objects_.Write(batch); });
}

Status ConversationStore::ForEachTurn(
    const std::string& id, uint32_t from,
    const std::function<Status(uint32_t number, std::string_view turn)>& visit) const {
  Status status;
  QUARRY_RETURN_IF_ERROR(
      objects_.ForEachPart(ConversationName(id), from, [&](uint32_t number, std::string_view turn) {
        status = visit(number, turn);
        return status.ok();
      }));
  return status;
}

}  // namespace quarry::server
