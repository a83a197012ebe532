// Conversations: made, listed, read, renamed, deleted, and asked in.

#include "base/answer_guide.h"
#include "base/clock.h"
#include "server/ask.h"
#include "server/conversation_store.h"
#include "server/handlers.h"
#include "server/object_page.h"
#include "server/query_parameters.h"
#include "server/store_requests.h"
#include "server/stored_answer.h"
#include "server/strict_json.h"

namespace quarry::server {
namespace {

constexpr uint32_t kDefaultConversations = 20;
constexpr uint32_t kMaxConversations = 100;

// Its fields, into an object that is open.
void AddConversation(const Conversation& conversation, JsonWriter& json) {
  json.Key("id").String(conversation.id).Key("title").String(conversation.title);
  if (!conversation.instructions.empty()) {
    json.Key("instructions").String(conversation.instructions);
  }
  json.Key("created_at").String(FormatIso8601(conversation.created_micros));
  json.Key("updated_at").String(FormatIso8601(conversation.updated_micros));
  json.Key("turn_count").Uint(conversation.turns);
}

std::string ConversationJson(const Conversation& conversation) {
  JsonWriter json;
  json.BeginObject();
  AddConversation(conversation, json);
  return json.EndObject().Take();
}

struct ConversationFields {
  std::optional<std::string> title;
  std::optional<std::string> instructions;
};

Result<ConversationFields> ReadConversationFields(const std::string& body, bool needs_title) {
  QUARRY_ASSIGN_OR_RETURN(const JsonValue json, ParseJson(body));
  ConversationFields fields;
  ObjectReader reader(json, "");
  const auto read = [](ObjectReader::Field field, std::optional<std::string>& text) {
    if (field.present()) field.String(text.emplace());
  };
  read(needs_title ? reader.Required("title") : reader.Optional("title"), fields.title);
  read(reader.Optional("instructions"), fields.instructions);
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  if (!fields.title && !fields.instructions) {
    return InvalidArgumentError("expected title or instructions");
  }
  return fields;
}

// Files of a conversation's own are a collection that has its id for a name.
bool HasFiles(const HandlerEnvironment& environment, const std::string& id) {
  return environment.services.index.FindCollection(id).ok();
}

Status DeleteFiles(const HandlerEnvironment& environment, const std::string& id,
                   const CallContext& context) {
  if (!HasFiles(environment, id)) return OkStatus();
  Status status = environment.services.index.DeleteCollection(id, context);
  return status.code() == Code::kNotFound ? OkStatus() : status;  // another request's doing
}

std::string TurnName(const std::string& conversation, uint32_t number) {
  return "conversation " + conversation + ", turn " + std::to_string(number);
}

// Adds what was said before in a conversation, as far as it is read, and its instructions. Of an
// answer that does not stand any more only the question counts.
Status AddHistory(const HandlerEnvironment& environment, const Call& call, const std::string& id,
                  Question& question) {
  QUARRY_ASSIGN_OR_RETURN(const Conversation conversation,
                          environment.conversations->Get(call.request.caller, id));
  AddInstructions(conversation.instructions, question.query);
  std::vector<generation::ConversationTurn>& turns = question.turns;
  constexpr uint32_t kRead = generation::Assistant::kTurnsRead / 2;
  const uint32_t from = conversation.turns > kRead ? conversation.turns - kRead + 1 : 1;
  const auto add = [&](uint32_t number, std::string_view turn) -> Status {
    QUARRY_ASSIGN_OR_RETURN(StoredAnswer answer, ParseStoredAnswer(TurnName(id, number), turn));
    QUARRY_ASSIGN_OR_RETURN(const bool stands, StillStands(answer, environment.services.index));
    turns.push_back({.by_user = true, .text = std::move(answer.question)});
    if (stands) turns.push_back({.by_user = false, .text = std::move(answer.text)});
    return OkStatus();
  };
  return environment.conversations->ForEachTurn(id, from, add);
}

Status WriteTurn(const HandlerEnvironment& environment, const std::string& conversation,
                 uint32_t number, std::string_view turn, JsonWriter& json) {
  QUARRY_ASSIGN_OR_RETURN(const StoredAnswer answer,
                          ParseStoredAnswer(TurnName(conversation, number), turn));
  json.BeginObject().Key("number").Uint(number);
  QUARRY_RETURN_IF_ERROR(AddStoredAnswer(answer, environment.services.index, json));
  json.EndObject();
  return OkStatus();
}

}  // namespace

Result<Response> PostConversations(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_ASSIGN_OR_RETURN(ConversationFields fields,
                          ReadConversationFields(call.request.body, /*needs_title=*/true));
  QUARRY_ASSIGN_OR_RETURN(
      const Conversation made,
      environment.conversations->Create(call.request.caller, *std::move(fields.title),
                                        std::move(fields.instructions).value_or("")));
  return Response{.status = 201, .body = ConversationJson(made)};
}

Result<Response> GetConversations(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_ASSIGN_OR_RETURN(
      const index::ObjectListing listing,
      ReadNewestFirst(call.request.query, kDefaultConversations, kMaxConversations));
  QUARRY_ASSIGN_OR_RETURN(const ConversationPage page,
                          environment.conversations->List(call.request.caller, listing));
  JsonWriter json;
  json.BeginObject().Key("conversations").BeginArray();
  for (const Conversation& conversation : page.conversations) {
    json.BeginObject();
    AddConversation(conversation, json);
    json.EndObject();
  }
  json.EndArray().Key("has_more").Bool(page.has_more);
  return Response{.body = json.EndObject().Take()};
}

Result<Response> GetConversation(const HandlerEnvironment& environment, const Call& call) {
  const std::string& id = call.request.params.at("id");
  QUARRY_RETURN_IF_ERROR(QueryParameters(call.request.query).Finish());
  QUARRY_ASSIGN_OR_RETURN(const Conversation conversation,
                          environment.conversations->Get(call.request.caller, id));
  JsonWriter json;
  json.BeginObject();
  AddConversation(conversation, json);
  json.Key("has_files").Bool(HasFiles(environment, id));
  json.Key("turns").BeginArray();
  const auto write = [&](uint32_t number, std::string_view turn) {
    const Status status = call.context.Check();
    return status.ok() ? WriteTurn(environment, id, number, turn, json) : status;
  };
  QUARRY_RETURN_IF_ERROR(environment.conversations->ForEachTurn(id, 1, write));
  return Response{.body = json.EndArray().EndObject().Take()};
}

Result<Response> PatchConversation(const HandlerEnvironment& environment, const Call& call) {
  QUARRY_ASSIGN_OR_RETURN(ConversationFields fields,
                          ReadConversationFields(call.request.body, /*needs_title=*/false));
  QUARRY_ASSIGN_OR_RETURN(
      const Conversation changed,
      environment.conversations->Change(call.request.caller, call.request.params.at("id"),
                                        std::move(fields.title), std::move(fields.instructions)));
  return Response{.body = ConversationJson(changed)};
}

Result<Response> DeleteConversation(const HandlerEnvironment& environment, const Call& call) {
  const std::string& id = call.request.params.at("id");
  QUARRY_RETURN_IF_ERROR(QueryParameters(call.request.query).Finish());
  QUARRY_RETURN_IF_ERROR(environment.conversations->Get(call.request.caller, id).status());
  // The files first: should the other fail, they do not stay behind.
  QUARRY_RETURN_IF_ERROR(DeleteFiles(environment, id, call.context));
  QUARRY_RETURN_IF_ERROR(environment.conversations->Delete(call.request.caller, id));
  // Those of an upload that found the conversation until now. A later one finds none, and takes its own away. A
  // client that has left meanwhile does not stop it: nobody else would.
  CallContext to_the_end;
  to_the_end.cancel = environment.stopping;
  QUARRY_RETURN_IF_ERROR(DeleteFiles(environment, id, to_the_end));
  JsonWriter json;
  json.BeginObject().Key("deleted").String(id);
  return Response{.body = json.EndObject().Take()};
}

// Without a collection the question goes to the conversation's own files, where it has some. The turn
// is on disk when the client has the answer.
Result<Response> PostTurn(const HandlerEnvironment& environment, const Call& call) {
  const std::string& id = call.request.params.at("id");
  QUARRY_RETURN_IF_ERROR(environment.conversations->CheckRoom(call.request.caller, id));
  QUARRY_ASSIGN_OR_RETURN(
      AskRequest request,
      ParseAskRequest(environment, call, HasFiles(environment, id) ? id : std::string()));
  if (!request.question.turns.empty()) {
    return InvalidArgumentError("history: a conversation has its own");
  }
  QUARRY_RETURN_IF_ERROR(AddHistory(environment, call, id, request.question));
  return Ask(environment, call, request, [&](const KeptAnswer& answer) {
    return environment.conversations->Append(call.request.caller, id, answer.value);
  });
}

}  // namespace quarry::server
