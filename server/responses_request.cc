#include "server/responses_request.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "generation/profile.h"
#include "server/json_writer.h"
#include "server/message_content.h"
#include "server/profile.h"
#include "server/store_search.h"

namespace quarry::server {
namespace {

constexpr std::string_view kResponseTextParts[] = {"input_text", "output_text"};

void WriteMessage(const std::string& role, const std::string& text, JsonWriter& json) {
  json.BeginObject().Key("id").String(index::NewObjectId("msg_")).Key("type").String("message");
  json.Key("role").String(role).Key("status").String("completed");
  json.Key("content").BeginArray().BeginObject();
  const bool is_output = role == "assistant";
  json.Key("type").String(is_output ? "output_text" : "input_text").Key("text").String(text);
  if (is_output) {
    json.Key("annotations").BeginArray().EndArray().Key("logprobs").BeginArray().EndArray();
  }
  json.EndObject().EndArray().EndObject();
}

// A message joins the turns: the last of a user is taken out of them again as the question.
Status ReadItem(const JsonValue& item, const std::string& place,
                std::vector<generation::ConversationTurn>& turns, JsonWriter& items) {
  constexpr std::array<std::string_view, 4> kRoles = {"user", "assistant", "system", "developer"};
  std::string type = "message";
  std::string role;
  std::string text;
  ObjectReader reader(item, place);
  reader.Optional("type").String(type);
  QUARRY_RETURN_IF_ERROR(reader.FinishIgnoringUnknown());
  if (type != "message") {
    return WrongValue(place + ".type",
                      JsonString(type) + " is not supported; expected \"message\"");
  }
  reader.Required("role").String(role);
  reader.Required("content").Value([&](const JsonValue& content, const std::string& at) {
    return ReadContent(content, at, kResponseTextParts, text);
  });
  QUARRY_RETURN_IF_ERROR(reader.FinishIgnoringUnknown());
  if (std::ranges::find(kRoles, role) == kRoles.end()) {
    return WrongValue(place + ".role", JsonString(role) +
                                           " is no role; expected one of user, assistant, system, "
                                           "developer");
  }
  if (role == "user" || role == "assistant") {
    turns.push_back({.by_user = role == "user", .text = text});
  }
  WriteMessage(role, text, items);
  return OkStatus();
}

Status ReadInput(const JsonValue& input, const std::string& place, ResponsesRequest& request) {
  Question& question = request.question;
  JsonWriter items;
  items.BeginArray();
  if (input.AsString() != nullptr) {
    question.query.text = *input.AsString();
    WriteMessage("user", question.query.text, items);
  } else if (input.AsArray() != nullptr) {
    if (input.AsArray()->size() > kMaxTurns) {
      return WrongValue(place, "expected at most " + std::to_string(kMaxTurns) + " items");
    }
    for (size_t i = 0; i < input.AsArray()->size(); ++i) {
      QUARRY_RETURN_IF_ERROR(ReadItem((*input.AsArray())[i], place + '[' + std::to_string(i) + ']',
                                      question.turns, items));
    }
    while (!question.turns.empty() && !question.turns.back().by_user) question.turns.pop_back();
    if (!question.turns.empty()) {
      question.query.text = std::move(question.turns.back().text);
      question.turns.pop_back();
    }
  } else {
    return WrongValue(place,
                      std::string("expected a string or a list of items, not ") + input.TypeName());
  }
  request.items = items.EndArray().Take();
  if (Trim(question.query.text).empty()) {
    return WrongValue(place, "expected a message of role \"user\" with text that is not empty");
  }
  return OkStatus();
}

Status ReadFileSearch(const JsonValue& tool, const std::string& place, const ServerOptions& options,
                      ResponsesRequest& request) {
  ObjectReader reader(tool, place);
  std::string type;
  std::vector<std::string> stores;
  StoreQuery query;
  reader.Required("type").String(type);
  QUARRY_RETURN_IF_ERROR(reader.FinishIgnoringUnknown());
  if (type != "file_search") {
    return WrongValue(place + ".type",
                      JsonString(type) + " is not supported; expected \"file_search\"");
  }
  reader.Required("vector_store_ids").Strings(stores);
  ReadStoreQuery(reader, options, query);
  QUARRY_RETURN_IF_ERROR(reader.Finish());
  if (stores.size() != 1) {
    return WrongValue(place + ".vector_store_ids",
                      "expected one vector store, not " + std::to_string(stores.size()));
  }
  if (query.score_threshold != 0) {
    return WrongValue(place + ".ranking_options.score_threshold",
                      "an answer is made from the best passages, whatever their score; expected 0");
  }
  request.file_search = true;
  request.question.collection = stores[0];
  query.query.text = request.question.query.text;
  query.query.guide = request.question.query.guide;
  generation::AddFilter(std::move(request.question.query.filter), query.query);
  request.question.query = std::move(query.query);
  return OkStatus();
}

Status ReadTools(const JsonValue& tools, const std::string& place, const ServerOptions& options,
                 ResponsesRequest& request) {
  if (tools.AsArray() == nullptr) {
    return WrongValue(place, std::string("expected a list of tools, not ") + tools.TypeName());
  }
  if (tools.AsArray()->size() > 1) return WrongValue(place, "expected at most one tool");
  request.tools = ToJson(tools);
  for (const JsonValue& tool : *tools.AsArray()) {
    QUARRY_RETURN_IF_ERROR(ReadFileSearch(tool, place + "[0]", options, request));
  }
  return OkStatus();
}

Status ReadToolChoice(const JsonValue& value, const std::string& place, ResponsesRequest& request) {
  const JsonValue* type = value.Find("type");
  const std::string* name = type != nullptr ? type->AsString() : value.AsString();
  const bool known =
      name != nullptr && (type != nullptr ? *name == "file_search"
                                          : *name == "auto" || *name == "required" ||
                                                (*name == "none" && !request.file_search));
  if (!known) {
    return WrongValue(place, "expected \"auto\", \"required\" or {\"type\": \"file_search\"}");
  }
  if (type != nullptr || *name == "required") {
    if (!request.file_search) return WrongValue(place, "there is no tool file_search to choose");
  }
  request.tool_choice = ToJson(value);
  return OkStatus();
}

Status ReadInclude(const JsonValue& value, const std::string& place, bool& include_results) {
  if (value.AsArray() == nullptr) {
    return WrongValue(place, std::string("expected a list of strings, not ") + value.TypeName());
  }
  for (const JsonValue& one : *value.AsArray()) {
    if (one.AsString() == nullptr || *one.AsString() != "file_search_call.results") {
      return WrongValue(place,
                        ToJson(one) + " is not there; expected \"file_search_call.results\"");
    }
    include_results = true;
  }
  return OkStatus();
}

// Refuses a field that would change what an answer is.
void Refuse(ObjectReader& reader, const char* field, const char* problem) {
  reader.Optional(field).Value([&](const JsonValue& value, const std::string& place) -> Status {
    if (value.AsBool() != nullptr && !*value.AsBool()) return OkStatus();
    return WrongValue(place, problem);
  });
}

}  // namespace

Result<ResponsesRequest> ParseResponsesRequest(const Request& http,
                                               const HandlerEnvironment& environment) {
  const ServerOptions& options = environment.options;
  QUARRY_ASSIGN_OR_RETURN(const JsonValue json, ParseJson(http.body));
  ResponsesRequest request{.question = DefaultQuestion(options)};
  ObjectReader reader(json, "");
  reader.Required("model").String(request.model);
  reader.Required("input").Value([&](const JsonValue& value, const std::string& place) {
    return ReadInput(value, place, request);
  });
  QUARRY_RETURN_IF_ERROR(
      UseModel(environment.services, http.caller, request.model, request.question));
  reader.Optional("quarry").Value([&](const JsonValue& value, const std::string& place) {
    ObjectReader extension(value, place);
    ReadQuestionFields(extension, options, request.question);
    return extension.Finish();
  });
  const Principals principals = request.question.query.principals;
  reader.Optional("tools").Value([&](const JsonValue& value, const std::string& place) {
    return ReadTools(value, place, options, request);
  });
  request.question.query.principals = principals;  // whatever the tool says
  reader.Optional("tool_choice").Value([&](const JsonValue& value, const std::string& place) {
    return ReadToolChoice(value, place, request);
  });
  reader.Optional("include").Value([&](const JsonValue& value, const std::string& place) {
    return ReadInclude(value, place, request.include_results);
  });
  reader.Optional("instructions")
      .Value([&](const JsonValue& value, const std::string& place) -> Status {
        if (value.AsString() == nullptr) {
          return WrongValue(place, std::string("expected a string, not ") + value.TypeName());
        }
        request.instructions = ToJson(value);
        return OkStatus();
      });
  reader.Optional("text").Value([](const JsonValue& value, const std::string& place) -> Status {
    const JsonValue* format = value.Find("format");
    const JsonValue* type = format == nullptr ? nullptr : format->Find("type");
    if (type == nullptr || (type->AsString() != nullptr && *type->AsString() == "text")) {
      return OkStatus();
    }
    return WrongValue(place + ".format",
                      "this model answers in sentences; expected {\"type\": \"text\"}");
  });
  reader.Optional("metadata").Value([&](const JsonValue& value, const std::string& place) {
    return ReadStringMap(value, place, request.metadata);
  });
  reader.Optional("max_output_tokens")
      .Value([&](const JsonValue& value, const std::string& place) -> Status {
        uint64_t tokens = 0;
        if (!value.AsUint(tokens)) return WrongValue(place, "expected an integer");
        request.max_output_tokens = ToJson(value);
        return OkStatus();
      });
  reader.Optional("previous_response_id").String(request.previous_response_id);
  reader.Optional("stream").Bool(request.stream);
  reader.Optional("store").Bool(request.store);
  reader.Optional("parallel_tool_calls").Bool(request.parallel_tool_calls);
  reader.Optional("temperature").Double(request.temperature);
  reader.Optional("top_p").Double(request.top_p);
  Refuse(reader, "background", "a response is made while its caller waits; expected false");
  Refuse(reader, "conversation", "there are no conversations here; use previous_response_id");
  Refuse(reader, "prompt", "there are no stored prompts here; give the question as input");
  QUARRY_RETURN_IF_ERROR(reader.FinishIgnoringUnknown());
  if (request.temperature < 0 || request.temperature > 2) {
    return WrongValue("temperature", "expected a number from 0 to 2");
  }
  if (request.top_p < 0 || request.top_p > 1)
    return WrongValue("top_p", "expected a number from 0 to 1");
  return request;
}

}  // namespace quarry::server
