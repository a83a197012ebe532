#include "server/chat_request.h"

#include <algorithm>

#include "base/text.h"
#include "server/json_writer.h"
#include "server/message_content.h"
#include "server/profile.h"

namespace quarry::server {
namespace {

constexpr uint32_t kMaxChoices = 8;
constexpr std::string_view kRoles[] = {"developer", "system", "user",
                                       "assistant", "tool",   "function"};

constexpr std::string_view kChatTextParts[] = {"text"};

model::ChatRole RoleOf(std::string_view role) {
  if (role == "user") return model::ChatRole::kUser;
  if (role == "assistant") return model::ChatRole::kAssistant;
  return role == "tool" || role == "function" ? model::ChatRole::kTool : model::ChatRole::kSystem;
}

// A call that the assistant made in an earlier turn.
Status ReadToolCall(const JsonValue& value, const std::string& place, model::ToolCall& call) {
  ObjectReader reader(value, place);
  reader.Required("id").String(call.id);
  reader.Required("function").Value([&](const JsonValue& function, const std::string& at) {
    ObjectReader fields(function, at);
    fields.Required("name").String(call.name);
    fields.Required("arguments").String(call.arguments);
    return fields.FinishIgnoringUnknown();
  });
  return reader.FinishIgnoringUnknown();
}

// Takes a list, element by element.
template <typename Read>
Status ReadList(const JsonValue& list, const std::string& place, const char* of, Read read) {
  if (list.AsArray() == nullptr) {
    return WrongValue(place, std::string("expected a list of ") + of + ", not " + list.TypeName());
  }
  for (size_t i = 0; i < list.AsArray()->size(); ++i) {
    QUARRY_RETURN_IF_ERROR(read((*list.AsArray())[i], place + '[' + std::to_string(i) + ']'));
  }
  return OkStatus();
}

Status ReadMessage(const JsonValue& value, const std::string& place, ChatRequest& request) {
  std::string role;
  ObjectReader reader(value, place);
  reader.Required("role").String(role);
  QUARRY_RETURN_IF_ERROR(reader.FinishIgnoringUnknown());
  if (std::ranges::find(kRoles, role) == std::end(kRoles)) {
    return WrongValue(
        place + ".role",
        JsonString(role) + " is no role; expected one of developer, system, user, assistant, tool");
  }
  model::ChatMessage message{.role = RoleOf(role)};
  const bool may_be_silent = message.role == model::ChatRole::kAssistant;
  (may_be_silent ? reader.Optional("content") : reader.Required("content"))
      .Value([&](const JsonValue& content, const std::string& at) {
        const Status read = ReadContent(content, at, kChatTextParts, message.content);
        // What cannot be read of an assistant (a refusal) says nothing to a question.
        return may_be_silent ? OkStatus() : read;
      });
  reader.Optional("tool_calls").Value([&](const JsonValue& calls, const std::string& at) {
    return ReadList(calls, at, "calls", [&](const JsonValue& call, const std::string& call_place) {
      return ReadToolCall(call, call_place, message.tool_calls.emplace_back());
    });
  });
  reader.Optional("tool_call_id").String(message.tool_call_id);
  QUARRY_RETURN_IF_ERROR(reader.FinishIgnoringUnknown());
  if (message.role == model::ChatRole::kTool || !message.tool_calls.empty()) {
    request.relayed_by = place;
  }
  request.relay.chat.messages.push_back(std::move(message));
  return OkStatus();
}

// The last message of a user is the question; those of users and assistants before it are turns.
Status ReadMessages(const JsonValue& messages, const std::string& place, ChatRequest& request) {
  if (messages.AsArray() != nullptr && messages.AsArray()->size() > kMaxTurns) {
    return WrongValue(place, "expected at most " + std::to_string(kMaxTurns) + " messages");
  }
  QUARRY_RETURN_IF_ERROR(ReadList(
      messages, place, "messages",
      [&](const JsonValue& one, const std::string& at) { return ReadMessage(one, at, request); }));
  const std::vector<model::ChatMessage>& read = request.relay.chat.messages;
  const auto question = std::ranges::find(read.rbegin(), read.rend(), model::ChatRole::kUser,
                                          &model::ChatMessage::role);
  if (question == read.rend()) return WrongValue(place, "expected a message of role \"user\"");
  const auto number = static_cast<size_t>(read.rend() - question) - 1;
  if (Trim(question->content).empty()) {
    return WrongValue(place + '[' + std::to_string(number) + "].content",
                      "expected text that is not empty");
  }
  request.question.query.text = question->content;
  for (size_t i = 0; i < number; ++i) {
    const bool by_user = read[i].role == model::ChatRole::kUser;
    if (by_user || read[i].role == model::ChatRole::kAssistant) {
      request.question.turns.push_back({.by_user = by_user, .text = read[i].content});
    }
  }
  return OkStatus();
}

Status ReadTool(const JsonValue& value, const std::string& place, model::ChatTool& tool) {
  std::string type;
  ObjectReader reader(value, place);
  reader.Required("type").String(type);
  QUARRY_RETURN_IF_ERROR(reader.FinishIgnoringUnknown());
  if (type != "function") {
    return WrongValue(place + ".type",
                      JsonString(type) + " is not supported; expected \"function\"");
  }
  tool.parameters = R"({"type":"object","properties":{}})";
  reader.Required("function").Value([&](const JsonValue& function, const std::string& at) {
    ObjectReader fields(function, at);
    fields.Required("name").String(tool.name);
    fields.Optional("description").String(tool.description);
    fields.Optional("parameters").Value([&](const JsonValue& schema, const std::string&) {
      tool.parameters = ToJson(schema);
      return OkStatus();
    });
    return fields.FinishIgnoringUnknown();
  });
  return reader.FinishIgnoringUnknown();
}

Status ReadToolChoice(const JsonValue& value, const std::string& place, ChatRequest& request) {
  std::string& choice = request.relay.chat.tool_choice;
  if (value.AsString() != nullptr) {
    choice = *value.AsString();
    if (choice == "none" || choice == "auto") return OkStatus();
    if (choice == "required") {
      request.relayed_by = place;
      return OkStatus();
    }
    return WrongValue(place, "expected \"none\", \"auto\", \"required\" or a function");
  }
  ObjectReader reader(value, place);
  reader.Required("function").Value([&](const JsonValue& function, const std::string& at) {
    ObjectReader fields(function, at);
    fields.Required("name").String(choice);
    return fields.FinishIgnoringUnknown();
  });
  request.relayed_by = place;
  return reader.FinishIgnoringUnknown();
}

Status ReadResponseFormat(const JsonValue& value, const std::string& place, ChatRequest& request) {
  model::ResponseFormat& format = request.relay.chat.response_format;
  std::string type;
  ObjectReader reader(value, place);
  reader.Required("type").String(type);
  if (type == "json_schema") {
    reader.Required("json_schema").Value([&](const JsonValue& given, const std::string& at) {
      ObjectReader fields(given, at);
      fields.Required("name").String(format.name);
      fields.Required("schema").Value([&](const JsonValue& schema, const std::string&) {
        format.schema = ToJson(schema);
        return OkStatus();
      });
      return fields.FinishIgnoringUnknown();
    });
  }
  QUARRY_RETURN_IF_ERROR(reader.FinishIgnoringUnknown());
  if (type == "text") return OkStatus();
  request.relayed_by = place;
  if (type == "json_object") {
    format.kind = model::ResponseFormat::Kind::kJsonObject;
  } else if (type == "json_schema") {
    format.kind = model::ResponseFormat::Kind::kJsonSchema;
  } else {
    return WrongValue(
        place + ".type",
        JsonString(type) + " is none; expected one of text, json_object, json_schema");
  }
  return OkStatus();
}

// What only a chat model does, and how it does it.
void ReadRelayed(ObjectReader& reader, ChatRequest& request) {
  model::ChatRequest& chat = request.relay.chat;
  reader.Optional("tools").Value([&](const JsonValue& tools, const std::string& place) {
    return ReadList(tools, place, "tools", [&](const JsonValue& tool, const std::string& at) {
      request.relayed_by = place;
      return ReadTool(tool, at, chat.tools.emplace_back());
    });
  });
  reader.Optional("tool_choice").Value([&](const JsonValue& value, const std::string& place) {
    return ReadToolChoice(value, place, request);
  });
  reader.Optional("response_format").Value([&](const JsonValue& value, const std::string& place) {
    return ReadResponseFormat(value, place, request);
  });
  reader.Optional("n").Uint(request.relay.choices, 1, kMaxChoices);
  if (request.relay.choices > 1) request.relayed_by = "n";
  bool logprobs = false;
  reader.Optional("logprobs").Bool(logprobs);
  reader.Optional("top_logprobs").Uint(chat.top_logprobs, 0, 20);
  if (logprobs) chat.top_logprobs = std::max(chat.top_logprobs, 1u);
  if (chat.top_logprobs > 0) request.relayed_by = "logprobs";
  reader.Optional("temperature").Double(chat.temperature);
  reader.Optional("max_tokens").Uint(chat.max_tokens, 1, UINT32_MAX);
  reader.Optional("max_completion_tokens").Uint(chat.max_tokens, 1, UINT32_MAX);
  reader.Optional("seed").Value([&](const JsonValue& value, const std::string& place) -> Status {
    double number = 0;
    uint64_t seed = 0;
    if (!value.AsDouble(number)) return WrongValue(place, "expected an integer");
    if (value.AsUint(seed)) chat.seed = seed;
    return OkStatus();
  });
}

// Of a conversation without documents; the rest is told by Cache-Control.
Status ReadCache(const JsonValue& value, const std::string& place,
                 generation::RelayRequest& relay) {
  const bool* use = value.AsBool();
  if (use == nullptr) return WrongValue(place, "expected true or false");
  if (relay.retrieval) return WrongValue(place, "only allowed together with \"retrieval\": false");
  relay.cache_sampled = *use;
  if (!*use) relay.cache = generation::CacheUse::kOff;
  return OkStatus();
}

bool IsEmptyList(const JsonValue& value) {
  return value.AsArray() != nullptr && value.AsArray()->empty();
}

bool IsOneOf(const JsonValue& value, std::initializer_list<std::string_view> names) {
  return value.AsString() != nullptr && std::ranges::find(names, *value.AsString()) != names.end();
}

// A field that may only have values that change nothing.
struct Restricted {
  const char* field;
  bool (*changes_nothing)(const JsonValue& value);
  const char* problem;
};

constexpr Restricted kRestricted[] = {
    {"functions", IsEmptyList, "this model calls no functions"},
    {"function_call",
     [](const JsonValue& value) {
       return IsOneOf(value, {"none", "auto"});
     },
     "this model calls no functions; expected \"none\" or \"auto\""},
    {"audio", [](const JsonValue&) { return false; }, "this model answers in text only"},
    {"modalities",
     [](const JsonValue& value) {
       return value.AsArray() != nullptr &&
              std::ranges::all_of(*value.AsArray(),
                                  [](const JsonValue& one) { return IsOneOf(one, {"text"}); });
     },
     "this model answers in text only; expected [\"text\"]"},
    {"web_search_options", [](const JsonValue&) { return false; },
     "this model answers from indexed documents, not from the web"},
};

}  // namespace

Result<ChatRequest> ParseChatRequest(const Request& http, const HandlerEnvironment& environment) {
  const ServerOptions& options = environment.options;
  QUARRY_ASSIGN_OR_RETURN(const JsonValue json, ParseJson(http.body));
  ChatRequest request{.model = "", .question = DefaultQuestion(options)};
  ObjectReader reader(json, "");
  reader.Required("model").String(request.model);
  reader.Required("messages").Value([&](const JsonValue& messages, const std::string& place) {
    return ReadMessages(messages, place, request);
  });
  QUARRY_RETURN_IF_ERROR(
      UseModel(environment.services, http.caller, request.model, request.question));
  reader.Optional("stream").Bool(request.stream);
  reader.Optional("stream_options")
      .Value([&](const JsonValue& value, const std::string& place) -> Status {
        if (!request.stream)
          return WrongValue(place, "only allowed together with \"stream\": true");
        ObjectReader stream_options(value, place);
        stream_options.Optional("include_usage").Bool(request.include_usage);
        return stream_options.FinishIgnoringUnknown();
      });
  ReadRelayed(reader, request);
  for (const Restricted& restricted : kRestricted) {
    reader.Optional(restricted.field)
        .Value([&](const JsonValue& value, const std::string& place) -> Status {
          if (restricted.changes_nothing(value)) return OkStatus();
          return WrongValue(place, restricted.problem);
        });
  }
  reader.Optional("quarry").Value([&](const JsonValue& value, const std::string& place) -> Status {
    ObjectReader extension(value, place);
    ReadQuestionFields(extension, options, request.question);
    extension.Optional("retrieval").Bool(request.relay.retrieval);
    if (!request.relay.retrieval) request.relayed_by = place + ".retrieval";
    extension.Optional("cache").Value([&](const JsonValue& cache, const std::string& at) {
      return ReadCache(cache, at, request.relay);
    });
    return extension.Finish();
  });
  QUARRY_RETURN_IF_ERROR(reader.FinishIgnoringUnknown());
  return request;
}

}  // namespace quarry::server
