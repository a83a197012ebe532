// OpenAI's responses: make, show, delete, list the input. One that is stored is an object of the store
// with three parts: the response and the items of its input, as they were sent, and the turns that one
// which follows it is understood by.

#include <algorithm>
#include <utility>

#include "index/object_table.h"
#include "server/handlers.h"
#include "server/object_page.h"
#include "server/owner.h"
#include "server/profile.h"
#include "server/response_writer.h"
#include "server/sse.h"
#include "server/store_requests.h"
#include "server/token_charge.h"

namespace quarry::server {
namespace {

constexpr uint32_t kResponsePart = 1;
constexpr uint32_t kItemsPart = 2;
constexpr uint32_t kTurnsPart = 3;

using Turns = std::vector<generation::ConversationTurn>;

index::ObjectName ResponseName(const std::string& id) {
  return {.kind = index::ObjectKind::kResponse, .id = id};
}

// The value: {"version": 1, "owner" (owner.h)}.
std::string ResponseValue(const Owner& owner) {
  JsonWriter json;
  json.BeginObject().Key("version").Uint(1);
  WriteOwner(owner, json);
  return json.EndObject().Take();
}

Status NoResponse(const std::string& id) {
  return NotFoundError("there is no response \"" + id + "\"");
}

// kNotFound unless the caller has a response of that id.
Result<index::Object> FindResponse(const HandlerEnvironment& environment, const Caller& caller,
                                   const std::string& id) {
  QUARRY_ASSIGN_OR_RETURN(std::optional<index::Object> object,
                          environment.services.index.objects().Get(ResponseName(id)));
  if (!object) return NoResponse(id);
  QUARRY_ASSIGN_OR_RETURN(const JsonValue json, ParseJson(object->value));
  Owner owner;
  uint32_t version = 0;
  ObjectReader reader(json, "");
  reader.Required("version").Uint(version, 1, 1);
  ReadOwner(reader, owner);
  if (const Status read = reader.Finish(); !read.ok()) {
    return DataLossError("response \"" + id + "\": " + read.message());
  }
  if (!caller.MaySee(owner.key)) return NoResponse(id);
  return *std::move(object);
}

Result<std::string> ReadPart(const HandlerEnvironment& environment, const Caller& caller,
                             const std::string& id, uint32_t part) {
  QUARRY_RETURN_IF_ERROR(FindResponse(environment, caller, id).status());
  const index::ObjectTable& objects = environment.services.index.objects();
  QUARRY_ASSIGN_OR_RETURN(std::optional<std::string> bytes,
                          objects.GetPart(ResponseName(id), part));
  if (!bytes) return DataLossError("response \"" + id + "\" has no part " + std::to_string(part));
  return *std::move(bytes);
}

// The turns up to the end of a stored response.
Result<Turns> ReadTurns(const HandlerEnvironment& environment, const Caller& caller,
                        const std::string& id) {
  QUARRY_ASSIGN_OR_RETURN(const std::string text, ReadPart(environment, caller, id, kTurnsPart));
  const auto damage = [&](const Status& status) {
    return DataLossError("response \"" + id + "\": its turns: " + status.message());
  };
  const Result<JsonValue> list = ParseJson(text);
  if (!list.ok()) return damage(list.status());
  if (list->AsArray() == nullptr) return damage(InvalidArgumentError("expected a list"));
  Turns turns;
  for (const JsonValue& value : *list->AsArray()) {
    generation::ConversationTurn& turn = turns.emplace_back();
    ObjectReader reader(value, "turn");
    reader.Required("by_user").Bool(turn.by_user);
    reader.Required("text").String(turn.text);
    if (const Status read = reader.Finish(); !read.ok()) return damage(read);
  }
  return turns;
}

// As many as are read of a conversation.
std::string TurnsJson(const Turns& turns) {
  const size_t read = generation::Assistant::kTurnsRead;
  JsonWriter json;
  json.BeginArray();
  for (size_t i = turns.size() - std::min(turns.size(), read); i < turns.size(); ++i) {
    json.BeginObject().Key("by_user").Bool(turns[i].by_user);
    json.Key("text").String(turns[i].text).EndObject();
  }
  return json.EndArray().Take();
}

// `turns` are those that came before the question.
Status KeepResponse(const HandlerEnvironment& environment, const Caller& caller,
                    const ResponsesRequest& request, const ResponseWriter& writer, Turns turns,
                    const Answer& answer) {
  if (!request.store) return OkStatus();
  turns.push_back({.by_user = true, .text = request.question.query.text});
  turns.push_back({.by_user = false, .text = answer.text});
  std::string parts[] = {writer.Json(), request.items, TurnsJson(turns)};
  Owner owner{.key = caller.key};
  for (const std::string& part : parts) owner.bytes += part.size();
  QUARRY_ASSIGN_OR_RETURN(OwnerQuota::Room room, environment.quota.Reserve(caller, owner));
  const index::ObjectName name = ResponseName(writer.id());
  index::ObjectBatch batch;
  batch.Put(name, ResponseValue(owner));
  batch.PutPart(name, kResponsePart, std::move(parts[0]));
  batch.PutPart(name, kItemsPart, std::move(parts[1]));
  batch.PutPart(name, kTurnsPart, std::move(parts[2]));
  QUARRY_RETURN_IF_ERROR(environment.services.index.objects().Write(batch));
  room.Keep();
  return OkStatus();
}

// The state of the collection that is answered from.
Result<std::shared_ptr<const index::Snapshot>> SnapshotFor(const HandlerEnvironment& environment,
                                                           const Caller& caller,
                                                           const ResponsesRequest& request) {
  const Services& services = environment.services;
  if (!request.file_search) return SnapshotOf(environment, caller, request.question.collection);
  QUARRY_ASSIGN_OR_RETURN(const VectorStore store,
                          UseStore(environment, request.question.collection));
  return services.index.GetSnapshot(store.collection.id);
}

}  // namespace

Result<Response> PostResponses(const HandlerEnvironment& environment, const Call& call) {
  const Services& services = environment.services;
  QUARRY_ASSIGN_OR_RETURN(ResponsesRequest request,
                          ParseResponsesRequest(call.request, environment));
  if (auto refusal = RefuseModel(services, call.request.caller, request.model)) {
    return *std::move(refusal);
  }
  QUARRY_RETURN_IF_ERROR(BindTo(call.request.caller, request.question));
  // A stored response says what others may not read: keys that are bound have none.
  if (call.request.caller.IsBound()) request.store = false;
  if (request.store) {  // said before the answer is made
    const Owner owner{.key = call.request.caller.key};
    QUARRY_RETURN_IF_ERROR(environment.quota.Reserve(call.request.caller, owner).status());
  }
  Turns turns;
  if (!request.previous_response_id.empty()) {
    if (call.request.caller.IsBound()) {
      return InvalidArgumentError(
          "previous_response_id: this key is bound to collections or principals and has no stored "
          "responses; send the turns in input");
    }
    QUARRY_ASSIGN_OR_RETURN(
        turns, ReadTurns(environment, call.request.caller, request.previous_response_id));
  }
  turns.insert(turns.end(), request.question.turns.begin(), request.question.turns.end());
  QUARRY_ASSIGN_OR_RETURN(const std::shared_ptr<const index::Snapshot> snapshot,
                          SnapshotFor(environment, call.request.caller, request));
  const auto now = [&] { return services.clock.NowMicros() / 1'000'000; };
  ResponseWriter writer(request, call, now());
  generation::AnswerSink sink;
  if (request.stream) {
    call.stream.KeepAlive(EventStreamHead());
    sink = [&](std::string_view delta) { return writer.WriteDelta(delta); };
  }
  const TokenCharge charge(call);
  const Result<Answer> answer = services.assistant.Ask(
      turns, request.question.query, *snapshot, CacheUseOf(call.request), sink, call.context);
  if (answer.ok()) charge.Took(answer->usage);
  Status status = answer.status();
  if (status.ok()) status = writer.SetAnswer(services.index.objects(), *answer, now());
  // Stored before it is said to be complete.
  if (status.ok()) {
    status =
        KeepResponse(environment, call.request.caller, request, writer, std::move(turns), *answer);
  }
  if (!status.ok()) {
    if (!call.stream.begun()) return status;
    writer.WriteFailure(status);
    return Response();
  }
  if (!request.stream) return Response{.body = writer.Json()};
  writer.WriteEnd();
  return Response();
}

Result<Response> GetResponse(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_RETURN_IF_ERROR(QueryParameters(call.request.query).Finish());
  QUARRY_ASSIGN_OR_RETURN(std::string body,
                          ReadPart(environment, call.request.caller,
                                   call.request.params.at("response"), kResponsePart));
  return Response{.body = std::move(body)};
}

Result<Response> DeleteResponse(const HandlerEnvironment& environment, const Call& call) {
  const std::string& id = call.request.params.at("response");
  QUARRY_RETURN_IF_ERROR(FindResponse(environment, call.request.caller, id).status());
  QUARRY_ASSIGN_OR_RETURN(
      const bool was_there,
      environment.quota.Delete(environment.services.index.objects(), ResponseName(id)));
  if (!was_there) return NoResponse(id);  // another request deleted it meanwhile
  JsonWriter json;
  json.BeginObject().Key("id").String(id).Key("object").String("response");
  return Response{.body = json.Key("deleted").Bool(true).EndObject().Take()};
}

Result<Response> GetResponseItems(const HandlerEnvironment& environment, const Call& call) {
  const std::string& id = call.request.params.at("response");
  index::ObjectListing listing;
  QueryParameters parameters(call.request.query);
  QUARRY_RETURN_IF_ERROR(ReadListing(parameters, 20, 100, listing));
  QUARRY_RETURN_IF_ERROR(parameters.Finish());
  QUARRY_ASSIGN_OR_RETURN(const std::string text,
                          ReadPart(environment, call.request.caller, id, kItemsPart));
  const Result<JsonValue> parsed = ParseJson(text);
  if (!parsed.ok() || parsed->AsArray() == nullptr) {
    return DataLossError("response \"" + id + "\": its input is no list");
  }
  JsonValue::Array items = *parsed->AsArray();
  if (listing.newest_first) std::ranges::reverse(items);
  std::vector<std::string> ids;
  for (const JsonValue& item : items) {
    const JsonValue* field = item.Find("id");
    const bool has_id = field != nullptr && field->AsString() != nullptr;
    ids.push_back(has_id ? *field->AsString() : std::string());
  }
  const auto missing = [&](const std::string& item) {
    return NotFoundError("there is no item \"" + item + "\" in response \"" + id + "\"");
  };
  QUARRY_ASSIGN_OR_RETURN(const ListPage page, PageOf(ids, listing, missing));
  JsonWriter json;
  json.BeginObject().Key("object").String("list").Key("data").BeginArray();
  for (size_t i = page.begin; i < page.end; ++i) json.Raw(ToJson(items[i]));
  json.EndArray();
  WritePageEnd(page.first, page.last, page.has_more, json);
  return Response{.body = json.EndObject().Take()};
}

}  // namespace quarry::server
